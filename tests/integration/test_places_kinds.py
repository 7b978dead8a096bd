"""Places with their dated facts, and kinds of meeting."""

from typing import Any

import pytest

from scheduling.ways import Way
from service.actor import Role
from service.parts import Parts
from service.storage.kinds import Kind
from service.storage.messages import Message, MessageKind
from service.storage.places import Place
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import Desk, coming, open_desk, row, rows, session_for, written_down

HALL = {
    "name": "Saggar Row Hall",
    "address": "Saggar Row\nBurslem",
    "directions": "The blue door. Ring the bell.",
    "room_limit": "30",
    "outdoor_limit": "",
    "word_1": "Step-free way in",
    "so_1": "yes",
    "detail_1": "Ramp at the side",
    "checked_1": "2026-12-01",
    "word_2": "Hearing loop",
    "so_2": "no",
    "checked_2": "2025-06-01",
    "word_3": "Seats with backs",
    "so_3": "",
}
CIRCLE = {
    "name": "Peer-support circle",
    "code": "circle",
    "neutral_title": "Tuesday session",
    "minutes": "120",
    "ways": ["phone", "online", "room"],
    "limit_room": "12",
    "limit_outdoors": "7",
    "needs_second": "yes",
    "ground_rules": "Listen.\nOne at a time.",
}


@pytest.fixture
async def desk(making: Making) -> Desk:
    """Give the desk."""
    return await open_desk(making)


@pytest.fixture
async def ben(desk: Desk, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(desk.ben)


async def test_a_place_is_kept_with_its_facts_and_old_checks_are_marked(
    ben: Browser, parts: Parts
) -> None:
    response = await ben.post("/places/new", on="/places/new", **HALL)

    (place,) = await rows(parts, Place)
    await ben.get(f"/places/{place.id}")
    assert 303 == response.status
    assert (30, None) == (place.room_limit, place.outdoor_limit)
    assert [("Step-free way in", True), ("Hearing loop", False)] == [
        (fact.word, fact.is_so) for fact in place.facts
    ]
    assert "1 December 2026" in ben.page
    assert 1 == ben.page.count("Not checked for over 12 months")
    await ben.get("/places")
    assert "1 to check again" in ben.page
    assert ["place.added"] == await written_down(parts)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please type a name."),
        ("room_limit", "many", "Please type a number."),
        ("room_limit", "0", "This number is too small."),
        ("checked_1", "2030-01-01", "This day has not come yet."),
        ("checked_1", "last week", "Please type a date."),
        ("word_1", "", "Please fill this in."),
    ],
)
async def test_bad_input_about_a_place_keeps_everything_typed(
    field: str, typed: str, words: str, ben: Browser, parts: Parts
) -> None:
    response = await ben.post("/places/new", on="/places/new", **HALL | {field: typed})

    assert 422 == response.status
    assert words in ben.page
    assert "The blue door. Ring the bell." in ben.page
    assert "Ramp at the side" in ben.page
    assert [] == await rows(parts, Place)


async def test_guests_who_come_in_person_are_told_of_another_address_and_nobody_of_a_fact(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        place = await make.place(desk.organisation, "Saggar Row Hall", address="Saggar Row")
        meeting = await session_for(
            make, desk, offers={Way.ROOM: 5, Way.ONLINE: 5}, place_id=place.id
        )
        terry, rose = (
            await make.person(desk.organisation, "Terry"),
            await make.person(desk.organisation, "Rose"),
        )
        his = await coming(make, meeting, terry, Way.ROOM)
        await coming(make, meeting, rose, Way.ONLINE)
        sent = Message(kind=MessageKind.INVITATION, channel="email", state="sent")
        sent.organisation_id, sent.person_id = desk.organisation.id, terry.id
        sent.subject_id, sent.due_at, sent.created_at = his.id, make.now, make.now
        make.db.add(sent)
    known = {"name": "Saggar Row Hall", "address": "Saggar Row", "room_limit": "30"}

    await ben.get(f"/places/{place.id}/edit")
    assert "1 coming session is planned here" in ben.page
    await ben.post(f"/places/{place.id}/edit", **known | {"word_1": "Loop", "so_1": "yes"})
    of_a_fact = [message for message in await rows(parts, Message) if message.state != "sent"]
    await ben.post(f"/places/{place.id}/edit", **known | {"address": "Kiln Street"})
    of_the_address = [message for message in await rows(parts, Message) if message.state != "sent"]

    assert [] == of_a_fact
    assert [(MessageKind.UPDATE, terry.id)] == [
        (message.kind, message.person_id) for message in of_the_address
    ]


async def test_a_closed_place_can_be_opened_again(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        place = await make.place(desk.organisation)

    await ben.post(f"/places/{place.id}/close", on=f"/places/{place.id}", closed="yes")
    closed = (await row(parts, Place, place.id)).is_closed
    await ben.post(f"/places/{place.id}/close", closed="no")

    assert closed
    assert not (await row(parts, Place, place.id)).is_closed


async def test_two_places_cannot_have_one_name(ben: Browser, parts: Parts) -> None:
    await ben.post("/places/new", on="/places/new", **HALL)
    second = await ben.post("/places/new", **HALL)

    assert 422 == second.status
    assert 1 == len(await rows(parts, Place))


async def test_a_kind_is_kept_with_the_limits_of_the_ways_ticked(
    ben: Browser, parts: Parts
) -> None:
    response = await ben.post("/kinds/new", on="/kinds/new", **CIRCLE)

    (kind,) = await rows(parts, Kind)
    assert 303 == response.status
    assert {"phone": None, "online": None, "room": 12} == kind.ways
    assert (True, False, 120) == (kind.needs_second, kind.is_open, kind.minutes)
    await ben.get("/kinds")
    assert "In the room: 12" in ben.page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("code", "Peer Circle!", "small letters, digits and hyphens"),
        ("neutral_title", "", "Please fill this in."),
        ("minutes", "2", "This number is too small."),
        ("limit_room", "-1", "This number is too small."),
        ("ways", [], "Please tick at least one way to join."),
        ("ways", ["by boat"], "Please choose one of these."),
    ],
)
async def test_bad_input_about_a_kind_keeps_everything_typed(
    field: str, typed: str | list[str], words: str, ben: Browser, parts: Parts
) -> None:
    response = await ben.post("/kinds/new", on="/kinds/new", **CIRCLE | {field: typed})

    assert 422 == response.status
    assert words in ben.page
    assert "One at a time." in ben.page
    assert [] == await rows(parts, Kind)


async def test_a_kind_is_changed_and_taken_out_of_use(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        kind = await make.kind(desk.organisation)

    changed = {"is_open": "yes", "code": "open-day", "ways": "room"}
    await ben.post(f"/kinds/{kind.id}/edit", on=f"/kinds/{kind.id}/edit", **CIRCLE | changed)
    await ben.post(f"/kinds/{kind.id}/retire", retired="yes")

    now = await row(parts, Kind, kind.id)
    assert ("open-day", True, {"room": 12}, True) == (
        now.code,
        now.is_open,
        now.ways,
        now.is_retired,
    )
    assert ["kind.changed", "kind.retired"] == await written_down(parts)
    await ben.post(f"/kinds/{kind.id}/retire", retired="no")
    assert not (await row(parts, Kind, kind.id)).is_retired


async def test_places_and_kinds_are_for_those_who_keep_them_in_their_own_organisation(
    desk: Desk, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        place = await make.place(desk.organisation)
        kind = await make.kind(desk.organisation)
        admin = await make.staff(desk.organisation, "Alma", Role.ADMIN)
    ada, dov, alma = (
        await open_browser(desk.ada),
        await open_browser(desk.dov),
        await open_browser(admin),
    )
    changes: dict[str, dict[str, Any]] = {
        f"/places/{place.id}/edit": dict(HALL),
        f"/places/{place.id}/close": {"closed": "yes"},
        f"/kinds/{kind.id}/edit": dict(CIRCLE),
        f"/kinds/{kind.id}/retire": {"retired": "yes"},
    }

    await ada.get("/today")
    await dov.get("/places/new")
    for path, fields in changes.items():
        assert 403 == (await ada.post(path, **fields)).status, path
        assert 404 == (await dov.post(path, **fields)).status, path
    assert [] == await written_down(parts)
    assert 200 == (await alma.get("/places")).status
    assert 200 == (await alma.get("/kinds")).status
