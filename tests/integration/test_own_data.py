"""Somebody is given everything that is kept of them: whole, theirs alone, and only by a safe way."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from accessibility.disclosure import Field
from scheduling.answers import Answer
from scheduling.ways import Way
from service.parts import Parts
from service.storage.apart import KeptApart
from service.storage.audit import AuditLine
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.storage.needs import SealedWords
from service.storage.own_data import PARTS, PERSON
from service.storage.people import Person
from service.storage.tables import METADATA
from service.storage.tasks import TaskKind
from service.web.pages.helping.looked import KEPT_BACK
from service.web.words import all_words
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import rows, task_for
from tests.integration.help_scene import APART, BSL, OWN, OWN_WORDS, SAFE, Scene, lay_out

#: Tables that point at people, and why a person is not given their rows as theirs.
NOT_THEIRS = {
    "audit": "given apart, without who did it",
    "kept_apart": "held for a human",
    "safeguarding_notes": "held for a human",
    "holds": "stands in the invitation",
    "calendar_replies": "stands in the invitation",
    "people": "given first",
    "sealed_words": "given opened, with what they belong to",
    "staff": "given with the roles",
    "sign_in_requests": "secrets of a sign-in that is over in minutes",
    "side_rooms": "an address of a room",
    "special_dates": "nobody's",
    **dict.fromkeys(
        ("meetings", "series", "announcements", "arrangements", "host_ticks", "api_tokens"),
        "made by staff, about a session",
    ),
    **dict.fromkeys(("step_ins", "step_ins_asked"), "made by staff, about a session"),
}


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told us things."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN, BSL, APART)
    return scene


async def given(browser: Browser, path: str, **fields: str) -> dict[str, object]:
    """Ask for the file, and give what is in it."""
    response = await browser.post(path, on=path, wanted="file", **fields)
    assert (200, "application/json") == (response.status, response.content_type), browser.page
    found = json.loads(browser.page)
    assert isinstance(found, dict)
    return found


def test_every_table_that_names_people_is_given_or_left_out_for_a_reason() -> None:
    naming = {
        table.name
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name == "person_id"
        or any(key.target_fullname == "people.id" for key in column.foreign_keys)
    }
    told = {part.table.__tablename__ for part in PARTS}

    assert set() == naming - told - NOT_THEIRS.keys()
    assert set() == told & NOT_THEIRS.keys()


async def test_she_gets_all_of_it_with_her_own_words(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        kind = await make.kind(scene.house)
        past = await make.meeting(
            scene.house, kind, hosts=[scene.ada], starts_in=timedelta(days=-21)
        )
        came = await make.invitation(past, scene.eve, answer=Answer.YES, way=Way.ONLINE)
        said = Feedback(
            organisation_id=scene.house.id,
            invitation_id=came.id,
            meeting_id=past.id,
            person_id=scene.eve.id,
            answer=TookPart.PARTLY,
            channel="web",
            at=make.now,
        )
        make.db.add(said)
    browser = await open_browser()

    found = await given(browser, f"{scene.help}/data")

    person = found["person"]
    assert isinstance(person, dict)
    assert ("Eve", "01632 960188") == (person["chosen_name"], person["phone"])
    needs = {need["code"]: need for need in found["needs"]}  # type: ignore[attr-defined]
    assert OWN_WORDS == needs["OTH-OTHER"]["words"]["own_words"]
    assert {"solo_ok_minutes": "40"} == needs["PRO-BSL"]["details"]
    assert 2 == len(found["invitations"])  # type: ignore[arg-type]
    assert {"consents", "requests", "feedback", "lines"} <= found.keys()


async def test_others_and_whom_she_must_not_meet_stay_out(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        mia = await make.person(scene.house, "Mia")
        first, second = sorted((mia.id, scene.eve.id))
        pair = KeptApart(organisation_id=scene.house.id, first_id=first, second_id=second)
        pair.created_at = make.now
        make.db.add(pair)
        invitation = await make.db.get_one(Invitation, scene.invitation.id)
        invitation.supporter_name = "Zed"
        await task_for(make, TaskKind.KEEP_APART, scene.eve, scene.meeting, words="Mia comes too")
    browser = await open_browser()

    found = await given(browser, f"{scene.help}/data")

    apart = next(need for need in found["needs"] if need["code"] == APART.code)  # type: ignore[attr-defined]
    assert "words" not in apart
    for name in ("Mia", "Zed", "Ada", "Ben", "keep_apart"):
        assert name not in browser.page
    assert "leave out" in str(found["left_out"])


async def test_she_can_read_it_on_a_page_at_her_own_size(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    async with scene.doing() as db:
        await db.execute(update(Person).where(Person.id == scene.eve.id).values(print_size=24))
    browser = await open_browser()
    path = f"{scene.help}/data"

    await browser.get(path)
    assert OWN_WORDS not in browser.page
    assert 200 == (await browser.post(path, wanted="page")).status

    assert OWN_WORDS in browser.page
    assert "24" in browser.page


async def test_who_is_contacted_in_the_safe_way_only_is_asked_to_ring(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.tells(SAFE)
    browser = await open_browser()
    path = f"{scene.help}/data"

    await browser.get(path)
    assert "Please ring us" in browser.page
    assert 422 == (await browser.post(path, on=f"{path}/erase", wanted="file")).status

    assert OWN_WORDS not in browser.page
    lines = [each.what for each in await rows(scene.parts, AuditLine)]
    assert "own-data.given" not in lines


async def test_at_the_desk_it_takes_a_reason_and_she_can_see_that_it_was_given(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    path = f"/people/{scene.eve.id}/data"
    ben = await open_browser(scene.ben)

    assert 422 == (await ben.post(path, on=path, wanted="file", reason="")).status
    assert OWN_WORDS not in ben.page
    await given(ben, path, reason="she rang and asked for it")

    assert OWN_WORDS in ben.page
    lines = [each for each in await rows(scene.parts, AuditLine) if each.what == "own-data.given"]
    assert [(scene.ben.id, scene.eve.id)] == [(each.actor_id, each.person_id) for each in lines]
    assert OWN_WORDS not in str([each.facts for each in lines])
    eve = await open_browser()
    await eve.get(f"{scene.help}/looked")
    assert "she rang and asked for it" in eve.page


async def test_nobody_else_is_given_it(scene: Scene, open_browser: OpenBrowser) -> None:
    path = f"/people/{scene.eve.id}/data"
    asked = {"wanted": "file", "reason": "I would like to know"}

    stranger = await open_browser()
    assert 303 == (await stranger.get(path)).status
    for person, status in ((scene.bo, 403), (scene.ada, 403), (scene.cleo, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(path)).status, person.chosen_name
        answer = await browser.post(path, on="/sessions", **asked)
        assert status == answer.status, person.chosen_name
        assert OWN_WORDS not in browser.page


async def test_words_that_do_not_open_are_said_so_and_nothing_is_half_given(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    async with scene.doing() as db:
        await db.execute(update(SealedWords).values(nonce=b"\0" * 12))
    browser = await open_browser()
    path = f"{scene.help}/data"

    answer = await browser.post(path, on=path, wanted="page")

    assert 422 == answer.status
    assert "Please ring us" in browser.page
    assert "own-data.given" not in [each.what for each in await rows(scene.parts, AuditLine)]


def test_every_field_that_can_be_seen_has_words_for_who_looked() -> None:
    words = all_words()

    assert [] == [
        field for field in Field if field not in KEPT_BACK and f"looked.field.{field}" not in words
    ]


def test_every_column_that_is_given_has_words() -> None:
    words = all_words()
    given = {name for part in PARTS for name in (*part.fields, *dict(part.beside))}
    given |= {*PERSON, "what", "words", "at", "door"}

    assert [] == [
        name for name in sorted(given - {"code"}) if f"own-data.field.{name}" not in words
    ]
    assert [] == [part.code for part in PARTS if f"own-data.part.{part.code}" not in words]
