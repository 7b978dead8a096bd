"""The ring-round: who rings whom and when, who sees which number, and who may change it."""

from datetime import timedelta
from typing import Any

import pytest

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.actor import Role
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.people import Person
from service.storage.planned import PhoneJoining
from service.storage.ringing import CALL_OUT, RELAY
from service.storage.rota import Duty
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.phone_scene import STARTS_IN, PhoneScene, phone_scene
from tests.people import Make

RUNG: dict[str, Any] = {"phone_joining": PhoneJoining.RING, "room_pin": None, "dial_number": ""}
GILS_NUMBER, MASKED = "01632 960 177", "••• 177"
AN_HOUR_BEFORE = STARTS_IN - timedelta(hours=1)


async def rung_scene(make: Make) -> PhoneScene:
    """Make the scene with a session whose phone joiners are rung."""
    return await phone_scene(make, **RUNG)


async def joins_by_phone(make: Make, scene: PhoneScene, name: str, **given: Any) -> Invitation:
    """Make somebody who said yes by phone."""
    person = await make.person(scene.house, name, **{"phone": "01632 960155"} | given)
    return await make.invitation(scene.meeting, person, answer=Answer.YES, way=Way.PHONE)


async def buddy(make: Make, scene: PhoneScene, name: str = "Cleo") -> Person:
    """Make the remote buddy."""
    cleo = await make.staff(scene.house, name, Role.FACILITATOR)
    make.db.add(
        Duty(
            organisation_id=scene.house.id,
            meeting_id=scene.meeting.id,
            role=MeetingRole.REMOTE_BUDDY,
            person_id=cleo.id,
            created_at=make.now,
        )
    )
    return cleo


def page_of(scene: PhoneScene) -> str:
    """Give the address of the page."""
    return f"/sessions/{scene.meeting.id}/ring-round"


async def test_everybody_who_comes_by_phone_is_listed_once_with_a_ringer(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
        await buddy(make, scene)
        await joins_by_phone(make, scene, "Iris")
        maybe = await joins_by_phone(make, scene, "Jo")
        maybe.answer = Answer.MAYBE
    browser = await open_browser(scene.ben)
    await browser.get(page_of(scene))
    table = browser.page[browser.page.index("<table") : browser.page.index("</table>")]

    assert [1, 1, 0, 0] == [
        table.count(f"<bdi>{name}</bdi></") for name in ("Gil", "Iris", "Hope", "Jo")
    ]
    assert "Ada" in table
    assert "Cleo" in table
    assert table.count("1:58pm") == 2


@pytest.mark.parametrize(
    ("who", "moved", "shown"),
    [
        ("ben", timedelta(), GILS_NUMBER),
        ("ada", timedelta(), "Here from 1pm"),
        ("ada", AN_HOUR_BEFORE - timedelta(seconds=1), "Here from 1pm"),
        ("ada", AN_HOUR_BEFORE, GILS_NUMBER),
        ("ada", STARTS_IN + timedelta(minutes=119), GILS_NUMBER),
        ("ada", STARTS_IN + timedelta(minutes=120), "Only for who rings"),
    ],
)
async def test_who_rings_sees_the_number_from_an_hour_before_to_the_end(
    who: str,
    moved: timedelta,
    shown: str,
    making: Making,
    open_browser: OpenBrowser,
    clock: TestClock,
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
    clock.move(moved)
    browser = await open_browser(scene.ada if who == "ada" else scene.ben)
    await browser.get(page_of(scene))

    assert shown in browser.page
    assert (GILS_NUMBER in browser.page) == (shown == GILS_NUMBER)


async def test_a_host_who_does_not_ring_sees_a_masked_number(
    making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
        await buddy(make, scene)
    clock.move(AN_HOUR_BEFORE)
    browser = await open_browser(scene.ada)
    await browser.get(page_of(scene))

    assert MASKED in browser.page
    assert GILS_NUMBER not in browser.page


async def test_who_was_chosen_rings_and_sees_the_page_though_they_do_not_host(
    making: Making, open_browser: OpenBrowser, clock: TestClock, parts: Parts
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
        dov = await make.staff(scene.house, "Dov", Role.FACILITATOR)
    theirs = await open_browser(dov)
    assert 404 == (await theirs.get(page_of(scene))).status
    browser = await open_browser(scene.ada)
    choice = {f"ringer-{scene.gils.id}": dov.id}

    saved = await browser.post(page_of(scene), on=page_of(scene), **choice)
    clock.move(AN_HOUR_BEFORE)

    assert 303 == saved.status
    assert (
        dov.id == {each.id: each.ringer_id for each in await rows(parts, Invitation)}[scene.gils.id]
    )
    assert 200 == (await theirs.get(page_of(scene))).status
    assert GILS_NUMBER in theirs.page
    assert "Change who rings whom" not in theirs.page


async def test_somebody_to_be_contacted_safely_is_rung_by_their_coordinator_alone(
    making: Making, open_browser: OpenBrowser, clock: TestClock, parts: Parts
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
        other = await make.staff(scene.house, "Erin", Role.COORDINATOR)
        kept = await joins_by_phone(make, scene, "Kit", coordinator_id=scene.ben.id)
        await make.need(await make.db.get_one(Person, kept.person_id), SAFE_CONTACT)
    clock.move(AN_HOUR_BEFORE)
    seen = {}
    for person in (scene.ada, scene.ben, other):
        browser = await open_browser(person)
        await browser.get(page_of(scene))
        seen[person.chosen_name] = browser.page
        assert "only in the safe way" in browser.page
        assert "Who rings Kit?" not in browser.page

    number = "01632 960 155"
    assert {"Ada": False, "Ben": True, "Erin": False} == {
        name: number in page for name, page in seen.items()
    }
    browser = await open_browser(scene.ada)
    refused = await browser.post(
        page_of(scene), on=page_of(scene), **{f"ringer-{kept.id}": scene.ada.id}
    )
    assert 422 == refused.status
    assert {None} == {each.ringer_id for each in await rows(parts, Invitation)}


async def test_where_people_dial_in_only_those_who_asked_are_rung(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        asked = await joins_by_phone(make, scene, "Iris")
        for code in (CALL_OUT, RELAY):
            await make.need(await make.db.get_one(Person, asked.person_id), code)
    browser = await open_browser(scene.ben)
    await browser.get(page_of(scene))

    assert "Iris" in browser.page
    assert "Gil" not in browser.page
    assert "4 minutes" in browser.page


@pytest.mark.parametrize("value", ["nobody", "00000000-0000-0000-0000-000000000000", "guest"])
async def test_a_choice_of_who_may_not_ring_changes_nothing(
    value: str, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
    browser = await open_browser(scene.ada)
    chosen = str(scene.hope.id) if value == "guest" else value

    refused = await browser.post(
        page_of(scene), on=page_of(scene), **{f"ringer-{scene.gils.id}": chosen}
    )

    assert 422 == refused.status
    assert {None} == {each.ringer_id for each in await rows(parts, Invitation)}


async def test_the_wrong_people_see_and_change_nothing(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
        admin = await make.staff(scene.house, "Ivo", Role.ADMIN)
        stranger = await make.staff(scene.house, "Fay", Role.FACILITATOR)
        elsewhere = await make.organisation("Another Hub")
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
    choice = {f"ringer-{scene.gils.id}": ""}
    for person, status in ((None, 303), (admin, 403), (stranger, 404), (dov, 404)):
        browser = await open_browser(person)

        assert status == (await browser.get(page_of(scene))).status
        sent = await browser.post(
            page_of(scene), on="/sign-in" if not person else "/rota", **choice
        )
        assert status == sent.status


async def test_with_nobody_by_phone_the_page_says_what_will_be_there(
    making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        scene = await rung_scene(make)
    async with parts.database.writing() as db:
        (await db.get_one(Invitation, scene.gils.id)).answer = Answer.NO
    browser = await open_browser(scene.ada)
    await browser.get(page_of(scene))

    assert "will be listed here" in browser.page


async def test_where_people_dial_in_and_nobody_asked_to_be_rung_the_page_says_so(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
    browser = await open_browser(scene.ada)

    await browser.get(page_of(scene))

    assert "Nobody has asked yet." in browser.page
    assert "Nobody has said yes by phone" not in browser.page
