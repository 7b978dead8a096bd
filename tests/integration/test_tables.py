"""Phone tables: a room and a host for people on the phone, to which their own PIN leads."""

from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from scheduling.answers import Answer
from scheduling.online import ServerKind
from scheduling.ways import Way
from service.actions.phone_tables import seat_callers
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.people import Person
from service.storage.planned import PhoneJoining
from service.storage.servers import JitsiServer
from service.storage.side_rooms import SideRoom
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.phone_scene import GILS_PIN, MUC, STARTS_IN, PhoneScene, phone_scene
from tests.people import NOW

ON_THE_DAY = STARTS_IN - timedelta(minutes=10)
IRIS_PIN = "905172643"


@pytest.fixture
async def scene(making: Making) -> PhoneScene:
    """Make the scene, with Iris on the phone too, at a server whose rooms need no token."""
    async with making() as make:
        scene = await phone_scene(make)
        iris = await make.person(scene.house, "Iris")
        given: dict[str, Any] = {"answer": Answer.YES, "way": Way.PHONE, "dial_pin": IRIS_PIN}
        await make.invitation(scene.meeting, iris, **given)
    return scene


@pytest.fixture
async def cleo(scene: PhoneScene, making: Making) -> Person:
    """Make a colleague who does not host the session itself."""
    async with making() as make:
        return await make.staff(scene.house, "Cleo", Role.FACILITATOR)


def page_of(scene: PhoneScene) -> str:
    """Give the address of the page."""
    return f"/sessions/{scene.meeting.id}/tables"


async def add(open_browser: OpenBrowser, scene: PhoneScene, host: Person, title: str = "") -> int:
    """Add a table as the lead; gives the status."""
    browser, here = await open_browser(scene.ada), page_of(scene)
    return (await browser.post(f"{here}/add", on=here, title=title, host=host.id)).status


async def room_of(open_browser: OpenBrowser, pin: str) -> str:
    """Dial in; gives the room's name."""
    client = (await open_browser()).client
    found = await (await client.get(f"/phone/mapper?id={pin}")).json()
    return str(found["conference"]).removesuffix(f"@{MUC}")


async def test_a_table_has_its_own_pin_and_the_pins_of_phone_joiners_lead_there(
    scene: PhoneScene, cleo: Person, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    assert 303 == await add(open_browser, scene, cleo, "Small group A")
    (table,) = await rows(parts, SideRoom)
    clock.move(ON_THE_DAY)

    assert ("Small group A", cleo.id) == (table.title, table.host_id)
    assert {table.name} == {
        await room_of(open_browser, pin) for pin in (table.pin or "", GILS_PIN, IRIS_PIN)
    }
    browser = await open_browser(scene.ada)
    await browser.get(page_of(scene))
    assert {"Gil", "Iris"} == {name for name in ("Gil", "Iris", "Hope") if name in browser.page}


async def test_several_tables_share_people_and_a_choice_holds(
    scene: PhoneScene, cleo: Person, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    for title in ("A", "B"):
        await add(open_browser, scene, cleo, title)
    spread = Counter(each.table_id for each in await rows(parts, Invitation) if each.table_id)
    first, second = sorted(await rows(parts, SideRoom), key=lambda each: each.title)
    browser, here = await open_browser(scene.ada), page_of(scene)
    choice = {f"table-{scene.gils.id}": second.id}
    saved = await browser.post(f"{here}/seats", on=here, **choice)
    bad = await browser.post(f"{here}/seats", on=here, **{f"table-{scene.gils.id}": scene.ada.id})
    clock.move(ON_THE_DAY)

    assert {first.id: 1, second.id: 1} == spread
    assert (303, 422) == (saved.status, bad.status)
    assert second.name == await room_of(open_browser, GILS_PIN)


async def test_a_table_taken_away_leaves_nobody_without_a_room(
    scene: PhoneScene, cleo: Person, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    for title in ("A", "B"):
        await add(open_browser, scene, cleo, title)
    clock.move(ON_THE_DAY)
    browser, here = await open_browser(scene.ada), page_of(scene)
    for left in (1, 0):
        gone = (await rows(parts, SideRoom))[0]
        await browser.post(f"{here}/{gone.id}/remove", on=here)
        tables = await rows(parts, SideRoom)

        assert left == len(tables)
        expected = tables[0].name if tables else scene.meeting.room_name
        assert expected == await room_of(open_browser, GILS_PIN)
        assert "False" == await room_of(open_browser, gone.pin or "")


async def test_who_says_yes_by_phone_later_is_given_a_table_that_stays_theirs(
    scene: PhoneScene, cleo: Person, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    for title in ("A", "B"):
        await add(open_browser, scene, cleo, title)
    async with parts.database.writing() as db:
        hope = await db.get_one(Invitation, scene.hopes.id)
        hope.way = Way.PHONE
    system = system_actor(scene.house.id)
    for expected in (1, 0):
        async with parts.database.writing() as db:
            assert expected == await seat_callers(db, system, now=NOW)

    assert None not in {each.table_id for each in await rows(parts, Invitation)}


async def test_the_host_of_a_table_opens_it_and_nobody_else_does(
    scene: PhoneScene, cleo: Person, open_browser: OpenBrowser, parts: Parts, clock: TestClock
) -> None:
    async with parts.database.writing() as db:
        server = await db.get_one(JitsiServer, scene.server.id)
        server.kind, server.version = ServerKind.PLAIN, 2
    async with parts.database.writing() as db:
        db.add(
            SideRoom(
                organisation_id=scene.house.id,
                name="table-one",
                use="table",
                meeting_id=scene.meeting.id,
                host_id=cleo.id,
                title="A",
                pin="209384756",
                created_at=NOW,
            )
        )
    (table,) = await rows(parts, SideRoom)
    path = f"{page_of(scene)}/{table.id}/open"
    theirs = await open_browser(cleo)
    early = await theirs.post(path, on=page_of(scene))
    clock.move(ON_THE_DAY)
    await theirs.get(page_of(scene))
    shown = theirs.page
    opened = await theirs.post(path, on=page_of(scene))
    ben = await open_browser(scene.ben)
    refused = await ben.post(path, on=page_of(scene))

    assert "Open the table" in shown
    assert "done=opening-early" in early.headers["Location"]
    assert ("meet.example.org", "/table-one") == urlsplit(opened.headers["Location"])[1:3]
    assert 403 == refused.status
    assert "Add a table" not in shown


async def test_a_table_needs_a_host_and_a_line(
    making: Making, open_browser: OpenBrowser, scene: PhoneScene, parts: Parts
) -> None:
    browser, here = await open_browser(scene.ada), page_of(scene)
    nobody = await browser.post(f"{here}/add", on=here, title="A", host="")
    assert "Choose who hosts the table" in browser.page
    guest = await browser.post(f"{here}/add", on=here, title="A", host=scene.gil.id)
    async with making() as make:
        rung = await make.meeting(
            scene.house, scene.kind, hosts=[scene.ada], phone_joining=PhoneJoining.RING
        )
    there = f"/sessions/{rung.id}/tables"
    no_line = await browser.post(f"{there}/add", on=there, title="A", host=scene.ada.id)

    assert (422, 422, 422) == (nobody.status, guest.status, no_line.status)
    assert [] == await rows(parts, SideRoom)


async def test_the_wrong_people_change_no_tables(
    scene: PhoneScene, cleo: Person, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    await add(open_browser, scene, scene.ada, "A")
    (table,) = await rows(parts, SideRoom)
    async with making() as make:
        admin = await make.staff(scene.house, "Ivo", Role.ADMIN)
        elsewhere = await make.organisation("Another Hub")
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
    here = page_of(scene)
    paths = (f"{here}/add", f"{here}/seats", f"{here}/{table.id}/remove", f"{here}/{table.id}/open")
    for person, status in ((None, 303), (admin, 403), (cleo, 404), (dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(here)).status
        for path in paths:
            sent = await browser.post(
                path, on="/sign-in" if not person else "/rota", title="B", host=scene.ada.id
            )
            expected = 403 if person is cleo and path.endswith("/open") else status
            assert expected == sent.status

    assert [table.id] == [each.id for each in await rows(parts, SideRoom)]


async def test_who_hosts_a_table_or_rings_finds_it_on_the_rota_and_hosts_on_their_pages(
    scene: PhoneScene, cleo: Person, making: Making, open_browser: OpenBrowser
) -> None:
    await add(open_browser, scene, cleo, "A")
    async with making() as make:
        (await make.db.get_one(Invitation, scene.gils.id)).ringer_id = cleo.id
    theirs, ada = await open_browser(cleo), await open_browser(scene.ada)
    await theirs.get("/rota")
    await ada.get(f"/sessions/{scene.meeting.id}")
    shown = ada.page
    await ada.get("/rota")

    for part in ("tables", "ring-round"):
        assert f'href="/sessions/{scene.meeting.id}/{part}"' in theirs.page
        assert f'href="/sessions/{scene.meeting.id}/{part}"' not in ada.page
    assert f"{page_of(scene)}" in shown
