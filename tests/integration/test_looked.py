"""Who looked at what: written down before it is shown, told to the person, and noticed if it is very much."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpServer

from accessibility.disclosure import Field
from service.actions.watching_readers import USUAL_MOST, notice_many_reads
from service.actor import Role, system_actor
from service.app import make_app
from service.parts import Parts
from service.storage import group_writer
from service.storage.audit import AuditLine, record
from service.storage.audit_keeper import AuditKeeper
from service.storage.group_writer import Away, Row
from service.storage.looks import RECEIPT_OPENED, Look
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import TaskKind
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, OWN, SAFE, Scene, lay_out
from tests.people import actor_for

WHY = "To ring her about the room"


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told something in her own words."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN, SAFE, BSL)
    return scene


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator."""
    return await open_browser(scene.ben)


async def looks(scene: Scene) -> Sequence[AuditLine]:
    """Give the lines about looks, in their order."""
    return [line for line in await scene.rows(AuditLine) if line.what.endswith(".read")]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/people/{eve}", "attendance contact safe_contact"),
        ("/people/{eve}/edit", "contact"),
        ("/people/{eve}/needs", "action_lines safe_contact"),
        ("/people/{eve}/needs/tell", "action_lines safe_contact"),
        ("/desk/{invitation}", "attendance"),
        ("/requests/{request}", "action_lines contact"),
    ],
)
async def test_a_page_about_somebody_leaves_a_line_of_who_saw_what(
    path: str, fields: str, scene: Scene, ben: Browser
) -> None:
    request = await scene.request()
    ids = {"eve": scene.eve.id, "invitation": scene.invitation.id, "request": request.id}

    response = await ben.get(path.format(**ids))

    [line] = await looks(scene)
    assert 200 == response.status
    assert ("person.read", scene.ben.id, scene.eve.id) == (line.what, line.actor_id, line.person_id)
    assert (fields, "coordinator") == (line.facts["fields"], line.facts["roles"])
    assert scene.now == line.at
    assert line.facts["way_in"]


async def test_a_list_leaves_one_line_with_how_many_it_shows(scene: Scene, ben: Browser) -> None:
    await ben.get("/people")

    [line] = await looks(scene)
    people = [each for each in await scene.rows(Person) if each.organisation_id == scene.house.id]
    assert ("people.read", None) == (line.what, line.person_id)
    assert ("contact", str(len(people))) == (line.facts["fields"], line.facts["count"])


async def test_cover_who_may_not_see_how_to_reach_somebody_is_not_said_to_have_seen_it(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    bo = await open_browser(scene.bo)

    await bo.get(f"/people/{scene.eve.id}")

    [line] = await looks(scene)
    assert "attendance" == line.facts["fields"]


async def test_who_may_not_look_leaves_no_line(scene: Scene, open_browser: OpenBrowser) -> None:
    for person, status in ((scene.ada, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(f"/people/{scene.eve.id}/needs")).status

    assert [] == await looks(scene)


async def test_what_people_see_of_themselves_is_no_look(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    eve = await open_browser()

    for path in (scene.link, scene.help, f"{scene.help}/looked", f"{scene.link}/details"):
        assert 200 == (await eve.get(path)).status

    assert [] == await looks(scene)


async def test_a_form_that_is_shown_again_leaves_a_line_though_nothing_is_changed(
    scene: Scene, ben: Browser
) -> None:
    edit = f"/people/{scene.eve.id}/edit"
    await ben.get(edit)

    response = await ben.post(edit, chosen_name="")

    assert 422 == response.status
    assert 2 == len(await looks(scene))


async def test_an_export_is_written_down_with_how_many_went_out(scene: Scene, ben: Browser) -> None:
    await ben.post("/people/export", on="/people")

    [line] = [each for each in await scene.rows(AuditLine) if each.what == "people.exported"]
    assert "contact" == line.facts["fields"]
    assert int(line.facts["count"]) > 1


class Nowhere:
    """A store that is always away."""

    async def keep(self, rows: Sequence[Row]) -> None:
        """Store nothing."""
        raise Away("gone")

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_page_whose_line_cannot_be_kept_is_not_shown(
    scene: Scene,
    ben: Browser,
    aiohttp_server: AiohttpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 0.05)
    keeper = AuditKeeper(Nowhere())
    server = await aiohttp_server(make_app(replace(scene.parts, audit=keeper)))
    async with TestClient(server) as client:
        refused = await client.get(f"/people/{scene.eve.id}", headers=ben.headers)
        page = await refused.text()
        other = await client.get("/today", headers=ben.headers)
    await keeper.close()

    assert (503, "5") == (refused.status, refused.headers["Retry-After"])
    assert scene.eve.email not in page
    assert 200 == other.status


async def test_many_looks_at_once_all_stand_in_the_audit(scene: Scene, ben: Browser) -> None:
    path = f"/people/{scene.eve.id}"

    answers = await asyncio.gather(*(ben.client.get(path, headers=ben.headers) for _ in range(20)))

    assert {200} == {each.status for each in answers}
    lines = await looks(scene)
    assert 20 == len({line.id for line in lines})


async def test_somebody_sees_who_looked_by_first_name_and_role_what_when_and_why(
    scene: Scene, ben: Browser, open_browser: OpenBrowser
) -> None:
    need = (await scene.needs())["OTH-OTHER"]
    await ben.get(f"/people/{scene.eve.id}")
    await ben.post(f"/people/{scene.eve.id}/needs/{need.id}/words", reason=WHY)
    eve = await open_browser()

    await eve.get(f"{scene.help}/looked")

    assert "Ben (coordinator)" in eve.page
    assert (
        "Saw: sessions and answers, phone, e-mail and address and how to make contact safely"
        in eve.page
    )
    assert "Saw: own words." in eve.page
    assert WHY in eve.page
    assert "Tuesday 12 January 2027, 9am" in eve.page


async def test_the_desk_can_read_it_out(scene: Scene, ben: Browser) -> None:
    looked = f"/people/{scene.eve.id}/looked"
    await ben.get(looked)
    assert "Nobody has looked yet" in ben.page

    await ben.get(f"/people/{scene.eve.id}/needs")
    assert looked in ben.page
    await ben.get(looked)

    assert "Ben (coordinator)" in ben.page
    assert "Saw: what helps and how to make contact safely." in ben.page


async def test_a_receipt_that_was_opened_is_a_look_at_money(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    async with scene.doing() as db:
        record(db, scene.desk, RECEIPT_OPENED, None, now=scene.now, person_id=scene.eve.id)
    eve = await open_browser()

    await eve.get(f"{scene.help}/looked")

    assert "Saw: money." in eve.page


async def test_that_there_is_a_safeguarding_note_is_told_to_nobody_else(
    scene: Scene, ben: Browser, open_browser: OpenBrowser
) -> None:
    lead = actor_for(scene.house.id, scene.cleo, Role.SAFEGUARDING)
    note = Look(frozenset({Field.SAFEGUARDING_NOTE}), person_id=scene.eve.id)
    async with scene.doing() as db:
        db.add(note.line(lead, now=scene.now))
    eve = await open_browser()

    await eve.get(f"{scene.help}/looked")
    await ben.get(f"/people/{scene.eve.id}/looked")

    for page in (eve.page, ben.page):
        assert "Nobody has looked yet" in page
        assert "Cleo" not in page


async def test_only_looks_at_oneself_are_shown_and_only_where_one_may_see_them(
    scene: Scene, ben: Browser, open_browser: OpenBrowser
) -> None:
    await ben.get(f"/people/{scene.bo.id}")
    eve, ada, dov = [await open_browser(person) for person in (None, scene.ada, scene.dov)]

    await eve.get(f"{scene.help}/looked")

    assert "Nobody has looked yet" in eve.page
    assert 403 == (await ada.get(f"/people/{scene.eve.id}/looked")).status
    assert 404 == (await dov.get(f"/people/{scene.eve.id}/looked")).status
    assert 303 == (await eve.get(f"/people/{scene.eve.id}/looked")).status
    assert 404 == (await eve.get("/i/23456789abcd/help/looked")).status


async def test_long_lists_of_looks_go_on_over_the_page(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    look = Look(frozenset({Field.CONTACT}), person_id=scene.eve.id)
    async with scene.doing() as db:
        for number in range(45):
            db.add(look.line(scene.desk, now=scene.now + timedelta(minutes=number)))
    eve = await open_browser()

    await eve.get(f"{scene.help}/looked")
    first = eve.page.count("Ben (coordinator)")
    more = eve.page.partition('href="/i/')[2]
    assert "before=" in more
    address = next(part for part in eve.page.split('"') if "looked?before=" in part)
    await eve.get(address)

    assert (40, 5) == (first, eve.page.count("Ben (coordinator)"))


async def test_an_admin_sees_looks_without_whose_and_by_whom_they_choose(
    scene: Scene, ben: Browser, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        admin = await make.staff(scene.house, "Ann", Role.ADMIN)
    await ben.get(f"/people/{scene.eve.id}")
    await ben.get("/people")
    ann = await open_browser(admin)

    await ann.get(f"/set-up/changes?by={scene.ben.id}")
    of_ben = ann.page
    await ann.get(f"/set-up/changes?about={scene.eve.id}")
    of_eve = ann.page
    await ann.get(f"/set-up/changes?by={scene.cleo.id}")

    assert "Looked at one person" in of_ben
    assert "Looked at a list of" in of_ben
    assert str(scene.eve.id) not in of_ben
    assert "<bdi>Eve" not in of_ben
    assert "Looked at one person" in of_eve
    assert "Looked at a list of" not in of_eve
    assert "Looked at" not in ann.page
    assert 403 == (await ben.get("/set-up/changes")).status


async def looked_at_many(scene: Scene, people: int) -> None:
    """Let Ben have looked at so many people within the hour, at each of them twice."""
    async with scene.doing() as db:
        for number in range(people):
            person = Person(
                organisation_id=scene.house.id,
                chosen_name=f"Guest {number}",
                name_key=f"guest {number}",
                created_at=scene.now,
            )
            db.add(person)
            await db.flush()
            look = Look(frozenset({Field.CONTACT}), person_id=person.id)
            db.add(look.line(scene.desk, now=scene.now - timedelta(minutes=50)))
            db.add(look.line(scene.desk, now=scene.now - timedelta(minutes=10)))


async def noticed(scene: Scene) -> int:
    """Do what the timer does."""
    async with scene.doing() as db:
        return await notice_many_reads(db, system_actor(scene.house.id), now=scene.now)


async def test_forty_people_in_an_hour_are_nothing_unusual_and_one_more_is(scene: Scene) -> None:
    await looked_at_many(scene, USUAL_MOST)
    assert 0 == await noticed(scene)

    await looked_at_many(scene, 1)

    assert 1 == await noticed(scene)
    tasks = await scene.open_tasks(TaskKind.MANY_READ)
    assert {Role.ADMIN, Role.DIRECTOR} == {task.for_role for task in tasks}
    assert {scene.ben.id} == {task.subject_id for task in tasks}


async def test_it_is_raised_once_an_hour(scene: Scene) -> None:
    await looked_at_many(scene, USUAL_MOST + 1)
    await noticed(scene)

    scene.clock.move(timedelta(minutes=5))
    again = await noticed(scene)
    scene.clock.move(timedelta(minutes=56))
    await looked_at_many(scene, USUAL_MOST + 1)
    later = await noticed(scene)

    assert (0, 1) == (again, later)
    assert 4 == len(await scene.open_tasks(TaskKind.MANY_READ))


async def test_what_is_longer_ago_than_an_hour_does_not_count(scene: Scene) -> None:
    await looked_at_many(scene, USUAL_MOST + 1)

    scene.clock.move(timedelta(minutes=51))

    assert 0 == await noticed(scene)


@pytest.mark.parametrize(("most", "raised"), [(3, 1), (5, 0), (None, 0)])
async def test_how_many_are_too_many_is_for_the_organisation_to_say(
    most: int | None, raised: int, scene: Scene
) -> None:
    async with scene.doing() as db:
        house = await db.get_one(Organisation, scene.house.id)
        house.access_settings = {"many_reads": most}
    await looked_at_many(scene, 5)

    assert raised == await noticed(scene)


async def test_a_director_reads_who_it_was_and_settles_it(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await looked_at_many(scene, USUAL_MOST + 1)
    await noticed(scene)
    tasks = await scene.open_tasks(TaskKind.MANY_READ)
    [task] = [each for each in tasks if each.for_role is Role.DIRECTOR]
    cleo = await open_browser(scene.cleo)

    await cleo.get(f"/tasks/{task.id}")

    assert "Ben looked at 41 different people between 8am and 9am." in cleo.page
    assert "/set-up/changes" not in cleo.page
    done = await cleo.post(f"/tasks/{task.id}/done", outcome="checked")
    assert 303 == done.status
    [left] = await scene.open_tasks(TaskKind.MANY_READ)
    assert Role.ADMIN is left.for_role
