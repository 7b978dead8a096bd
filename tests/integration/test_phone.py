"""Dialling in through our own numbers and PINs, as Jitsi's page and a voice menu go about it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from scheduling.meeting import MeetingState
from scheduling.online import Ability, SideRoomUse
from scheduling.room_events import EventKind
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.room_events import StoredEvent
from service.storage.servers import JitsiServer
from service.storage.side_rooms import SideRoom
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.phone_scene import (
    GILS_PIN,
    HOPES_PIN,
    MUC,
    ROOM_PIN,
    STARTS_IN,
    PhoneScene,
    phone_scene,
)

ON_THE_DAY = STARTS_IN - timedelta(minutes=10)
PAGE = "https://meet.example.org/room"


@pytest.fixture
async def scene(making: Making) -> PhoneScene:
    """Make the scene."""
    async with making() as make:
        return await phone_scene(make)


async def asked(open_browser: OpenBrowser, what: str = "mapper", **values: str) -> Any:
    """Ask as a page of another site does; checks what its browser wants to see."""
    client = (await open_browser()).client
    headers = {"Origin": "https://meet.example.org", "Sec-Fetch-Site": "cross-site"}
    response = await client.get(f"/phone/{what}?{urlencode(values)}", headers=headers)
    assert 200 == response.status
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert "application/json" == response.content_type
    return await response.json()


async def test_the_numbers_are_those_of_the_rooms_server(
    scene: PhoneScene, open_browser: OpenBrowser
) -> None:
    found = await asked(open_browser, "numbers", conference=scene.conference)

    assert ["+44 1632 960140", "+44 1632 960141"] == [each["formattedNumber"] for each in found]
    assert [True, None] == [each.get("default") for each in found]


async def test_where_several_servers_have_one_domain_only_the_rooms_own_is_named(
    scene: PhoneScene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        await make.server(kind=scene.server.kind, muc_domain=MUC, abilities=scene.server.abilities)

    assert 2 == len(await asked(open_browser, "numbers", conference=scene.conference))
    assert [] == await asked(open_browser, "numbers", conference=f"another@{MUC}")


async def test_jitsis_page_is_told_the_pin_of_its_room_only_around_the_meeting(
    scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    question = {"conference": scene.conference, "url": PAGE}

    early = await asked(open_browser, **question)
    clock.move(ON_THE_DAY)
    found = await asked(open_browser, **question)

    assert (False, False) == (early["id"], early["conference"])
    assert (int(ROOM_PIN), scene.conference) == (found["id"], found["conference"])


@pytest.mark.parametrize("conference", [f"nobodys@{MUC}", "", "a@b@c", "../x@y"])
async def test_a_room_that_is_not_ours_has_no_pin(
    conference: str, scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    clock.move(ON_THE_DAY)

    assert not (await asked(open_browser, conference=conference))["id"]


@pytest.mark.parametrize("pin", [ROOM_PIN, GILS_PIN, HOPES_PIN])
async def test_a_pin_opens_its_room_around_the_meeting(
    pin: str, scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    clock.move(ON_THE_DAY)

    found = await asked(open_browser, id=pin)

    assert scene.conference == found["conference"]
    assert "Thank you" in found["message"]


async def test_a_voice_menu_is_told_what_the_room_asks_for_and_a_page_is_not(
    scene: PhoneScene, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async def can(*abilities: Ability) -> None:
        async with parts.database.writing() as db:
            server = await db.get_one(JitsiServer, scene.server.id)
            server.abilities, server.version = [*abilities], server.version + 1
            (await db.get_one(Meeting, scene.meeting.id)).passcode = "012345"

    await can(Ability.DIAL_IN, Ability.RESERVATIONS, Ability.PASSCODE)
    early = await asked(open_browser, id=GILS_PIN)
    clock.move(ON_THE_DAY)
    for_menus = [await asked(open_browser, id=pin) for pin in (ROOM_PIN, GILS_PIN)]
    for_pages = await asked(open_browser, conference=scene.conference, url=PAGE)
    guessed = await asked(open_browser, id="123456780")
    await can(Ability.DIAL_IN)
    unable = await asked(open_browser, id=GILS_PIN)

    assert ["012345", "012345"] == [each["password"] for each in for_menus]
    assert "012345" not in f"{early} {for_pages} {guessed} {unable}"


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (timedelta(), "You are early. Please ring again from 1:35pm on Tuesday 12 January 2027."),
        (STARTS_IN + timedelta(hours=3), "This session is over. If you need help, ring"),
    ],
)
async def test_an_early_or_late_pin_is_told_when_in_words(
    moved: timedelta, words: str, scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    clock.move(moved)

    found = await asked(open_browser, id=GILS_PIN)

    assert found["conference"] is False
    assert words in found["message"]


async def test_a_pin_of_a_cancelled_meeting_is_told_so(
    scene: PhoneScene, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with parts.database.writing() as db:
        (await db.get_one(Meeting, scene.meeting.id)).state = MeetingState.CANCELLED
    clock.move(ON_THE_DAY)

    found = await asked(open_browser, id=GILS_PIN)

    assert found["conference"] is False
    assert "cancelled" in found["message"]


@pytest.mark.parametrize("gone", ["taken off", "left"])
async def test_somebody_taken_off_the_list_gets_in_no_more(
    gone: str,
    scene: PhoneScene,
    parts: Parts,
    open_browser: OpenBrowser,
    clock: TestClock,
    now: datetime,
) -> None:
    async with parts.database.writing() as db:
        if gone == "left":
            (await db.get_one(Person, scene.gil.id)).left_at = now
        else:
            (await db.get_one(Invitation, scene.gils.id)).removed_at = now
    clock.move(ON_THE_DAY)

    assert (await asked(open_browser, id=GILS_PIN))["conference"] is False
    assert scene.conference == (await asked(open_browser, id=HOPES_PIN))["conference"]


async def test_a_server_that_takes_no_calls_any_more_opens_nothing(
    scene: PhoneScene, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with parts.database.writing() as db:
        server = await db.get_one(JitsiServer, scene.server.id)
        server.abilities, server.version = [], server.version + 1
    clock.move(ON_THE_DAY)

    assert (await asked(open_browser, id=GILS_PIN))["conference"] is False


async def test_a_personal_pin_tells_who_calls_and_is_kept_once_a_call(
    scene: PhoneScene, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    clock.move(ON_THE_DAY)

    for pin in (GILS_PIN, GILS_PIN, ROOM_PIN):
        await asked(open_browser, id=pin)
    clock.move(timedelta(minutes=30))
    await asked(open_browser, id=GILS_PIN)

    async with parts.database.reading() as db:
        events = (await db.scalars(select(StoredEvent).order_by(StoredEvent.at))).all()
    assert {EventKind.DIALLED_IN} == {each.kind for each in events}
    assert {scene.meeting.room_name} == {each.room for each in events}
    # The PIN of the room tells that somebody calls, not who.
    gils = scene.gils.id.hex
    assert ["", gils, gils] == sorted(each.facts.get("person", "") for each in events)
    assert all("phone" not in each.facts or not each.facts["phone"] for each in events)


async def test_a_phone_joiner_is_led_to_a_table_and_others_are_not(
    scene: PhoneScene, making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with making() as make:
        names = ["table-one", "table-two"]
        ids = sorted(new_id() for _ in names)
        tables = [
            SideRoom(
                id=id_,
                organisation_id=scene.house.id,
                name=name,
                use=SideRoomUse.TABLE,
                meeting_id=scene.meeting.id,
                pin=pin,
                created_at=make.now,
            )
            for id_, name, pin in zip(ids, names, ("209384756", "847560293"), strict=True)
        ]
        make.db.add_all(tables)
        second = ids[1]
    clock.move(ON_THE_DAY)

    async def room_of(pin: str) -> str:
        return str((await asked(open_browser, id=pin))["conference"])

    assert f"{names[0]}@{MUC}" == await room_of(GILS_PIN)
    async with making() as make:
        (await make.db.get_one(Invitation, scene.gils.id)).table_id = second
    assert f"{names[1]}@{MUC}" == await room_of(GILS_PIN)
    assert scene.conference == await room_of(HOPES_PIN)
    assert f"{names[0]}@{MUC}" == await room_of("209384756")
    async with making() as make:
        await make.db.delete(await make.db.get_one(SideRoom, second))
    assert f"{names[0]}@{MUC}" == await room_of(GILS_PIN)


@pytest.mark.parametrize("kind", ["form", "json"])
async def test_a_voice_menu_may_post_its_question(
    kind: str, scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    clock.move(ON_THE_DAY)
    client = (await open_browser()).client
    body: dict[str, Any] = {"id": GILS_PIN, "conference": "", "room": "", "domain": MUC}
    if kind == "json":
        response = await client.post("/phone/mapper", json=body | {"id": int(GILS_PIN)})
    else:
        response = await client.post(
            "/phone/mapper", data=body, headers={"Origin": "https://meet.example.org"}
        )

    assert 200 == response.status
    assert scene.conference == (await response.json())["conference"]


@pytest.mark.parametrize("body", [b"id=%", b"\xff\xfe", b"[" * 4000, b'{"id": [1]}', b"null"])
async def test_a_body_that_makes_no_sense_is_answered_all_the_same(
    body: bytes, scene: PhoneScene, open_browser: OpenBrowser
) -> None:
    client = (await open_browser()).client
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        response = await client.post(
            "/phone/mapper", data=body, headers={"Content-Type": content_type}
        )

        assert 200 == response.status
        assert (await response.json())["conference"] is False


async def test_a_browser_that_asks_first_may_ask(open_browser: OpenBrowser) -> None:
    client = (await open_browser()).client
    for path in ("/phone/mapper", "/phone/numbers"):
        response = await client.options(
            path, headers={"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}
        )

        assert 204 == response.status
        assert "*" == response.headers["Access-Control-Allow-Origin"]


async def test_no_other_page_is_open_to_other_sites(
    scene: PhoneScene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(scene.ada)
    for path in ("/sessions", "/sign-in", f"/sessions/{scene.meeting.id}"):
        response = await browser.get(path)

        assert "Access-Control-Allow-Origin" not in response.headers
