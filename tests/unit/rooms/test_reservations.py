"""What is asked before a room opens, and the answers: read from a form, decided, and written for Prosody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduling.online import Ability, ForeignRooms, ServerKind
from scheduling.time import Slot
from service.identifiers import new_id
from service.rooms.reservations import (
    Asked,
    Booking,
    Reason,
    Refusal,
    Room,
    asked_for,
    can_ask,
    decide,
    most_inside,
    name_asked,
    read_asked,
)
from service.rooms.server import Server

STARTS = datetime(2027, 5, 11, 13, 0, tzinfo=UTC)
SLOT = Slot.of(STARTS, 90)
MINUTE = timedelta(minutes=1)
SERVER = Server(new_id(), "hub", 1, ServerKind.HS256, "https://meet.example.org")
ASKED = Asked("circle-4f1c", "", "circle-4f1c")
ROOM = Room(is_here=True, slot=SLOT, phone="01632 960101")


@pytest.mark.parametrize(
    "body",
    [
        b"name=circle-4f1c&start_time=2027-05-11T13%3a00%3a00.000Z&mail_owner=a%40meet.test",
        b"mail_owner=a%40meet.test&name=circle-4f1c&start_time=2027-05-11T13%3a00%3a00.000Z",
        b"start_time=&mail_owner=&name=circle-4f1c",
        b"name=circle-4f1c",
        b"name=circle-4f1c&name=circle-4f1c",
        b"name=circle%2d4f1c",
        b"name=circle%2D4f1c",
    ],
)
def test_a_form_is_read_in_any_order(body: bytes) -> None:
    assert ASKED == read_asked(body)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (b"name=%5bcharity%5dok-tenant", Asked("[charity]ok-tenant", "charity", "ok-tenant")),
        (b"name=ok-caf%c3%a9", Asked("ok-café", "", "ok-café")),
        (b"name=with+space", Asked("with space", "", "with space")),
        (b"name=%5b%5droom", Asked("[]room", "", "[]room")),
        (b"name=%5bcharity%5d", Asked("[charity]", "", "[charity]")),
        (b"name=a%25c3%25a9", Asked("a%c3%a9", "", "a%c3%a9")),
        (b"name=" + b"x" * 1023, Asked("x" * 1023, "", "x" * 1023)),
    ],
)
def test_a_name_is_taken_as_it_came_and_its_tenant_told_apart(body: bytes, asked: Asked) -> None:
    assert asked == read_asked(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"start_time=2027-05-11T13%3a00%3a00.000Z&mail_owner=a%40meet.test",
        b"name=",
        b"name=a&name=b",
        b"name=%ff%fe",
        b"\xff\xfe",
        b"name=a%00b",
        b"name=a%0ab",
        b"name=a%e2%80%aeb",
        b"name=" + b"x" * 1024,
        b"name=" + b"%c3%a9" * 512,
        b"&".join([b"a=b"] * 30 + [b"name=circle-4f1c"]),
        b'{"name": "circle-4f1c"}',
    ],
)
def test_what_names_no_room_is_not_read(body: bytes) -> None:
    assert read_asked(body) is None


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        (STARTS - 45 * MINUTE - timedelta(microseconds=1), Reason.EARLY),
        (STARTS - 45 * MINUTE, None),
        (STARTS, None),
        (SLOT.ends_at + 30 * MINUTE - timedelta(microseconds=1), None),
        (SLOT.ends_at + 30 * MINUTE, Reason.OVER),
        (STARTS - timedelta(days=365), Reason.EARLY),
        (STARTS + timedelta(days=365), Reason.OVER),
    ],
)
def test_a_room_opens_45_minutes_before_until_30_after_the_end(
    now: datetime, answer: Reason | None
) -> None:
    decided = decide(SERVER, ASKED, ROOM, now)

    assert answer == (decided.reason if isinstance(decided, Refusal) else None)


def test_a_booking_has_all_five_fields_and_ends_with_the_grace() -> None:
    booking = decide(SERVER, ASKED, ROOM, STARTS)

    assert isinstance(booking, Booking)
    assert {
        "id": "circle-4f1c",
        "name": "circle-4f1c",
        "mail_owner": "nobody@invalid",
        "duration": (45 + 90 + 30) * 60,
        "start_time": "2027-05-11T12:15:00.000Z",
    } == booking.facts()


def test_the_same_is_answered_whenever_it_is_asked() -> None:
    asked_at = [STARTS - 45 * MINUTE + each * MINUTE for each in range(0, 165, 7)]

    assert 1 == len({decide(SERVER, ASKED, ROOM, now) for now in asked_at})


def test_who_is_early_is_told_when_guests_may_come_in_and_whom_to_ring() -> None:
    refusal = decide(SERVER, ASKED, ROOM, STARTS - 60 * MINUTE)

    assert refusal == Refusal(
        Reason.EARLY, opens_at=STARTS - 20 * MINUTE, zone="Europe/London", phone="01632 960101"
    )


@pytest.mark.parametrize(
    "room",
    [
        None,
        replace(ROOM, is_here=False),
        replace(ROOM, is_here=False, is_cancelled=True),
        replace(ROOM, slot=None),
    ],
)
def test_what_people_were_not_told_of_is_as_good_as_unknown(room: Room | None) -> None:
    assert Refusal(Reason.UNKNOWN) == decide(SERVER, ASKED, room, STARTS)


@pytest.mark.parametrize("now", [STARTS - timedelta(days=9), STARTS, STARTS + timedelta(days=9)])
def test_a_cancelled_meeting_says_so_at_any_time(now: datetime) -> None:
    refusal = decide(SERVER, ASKED, replace(ROOM, is_cancelled=True), now)

    assert Refusal(Reason.CANCELLED, phone="01632 960101") == refusal


def test_a_server_that_is_retired_opens_nothing() -> None:
    retired = replace(SERVER, is_retired=True, foreign_rooms=ForeignRooms.LET_BE)

    assert Refusal(Reason.UNKNOWN) == decide(retired, ASKED, ROOM, STARTS)
    assert Refusal(Reason.UNKNOWN) == decide(retired, ASKED, None, STARTS)


def test_a_room_to_practise_in_is_open_until_it_closes() -> None:
    room = Room(
        is_here=True,
        closes_at=STARTS,
        seats=12,
        waits_in_lobby=True,
        passcode="482913",
        phone="01632 960101",
    )
    server = replace(SERVER, abilities=frozenset(Ability))

    booking = decide(server, ASKED, room, STARTS - MINUTE)

    assert isinstance(booking, Booking)
    assert STARTS == booking.starts_at + booking.duration
    assert not {"lobby", "max_occupants", "password"} & set(booking.facts())
    assert decide(server, ASKED, room, STARTS) == Refusal(
        Reason.PRACTICE_OVER, phone="01632 960101"
    )


def test_capital_letters_open_nothing_because_no_answer_could() -> None:
    open_to_all = replace(SERVER, foreign_rooms=ForeignRooms.LET_BE)
    asked = name_asked("Circle-4F1C")

    assert asked is not None
    assert Refusal(Reason.UNKNOWN) == decide(SERVER, asked, ROOM, STARTS)
    assert Refusal(Reason.UNKNOWN) == decide(open_to_all, asked, None, STARTS)


@pytest.mark.parametrize(
    ("url", "name", "opens"),
    [
        ("https://meet.example.org", "circle-4f1c", True),
        ("https://meet.example.org/", "circle-4f1c", True),
        ("https://meet.example.org", "[charity]circle-4f1c", False),
        ("https://meet.example.org/Charity/", "[charity]circle-4f1c", True),
        ("https://meet.example.org/charity", "circle-4f1c", False),
        ("https://meet.example.org/charity", "[other]circle-4f1c", False),
    ],
)
def test_our_rooms_are_under_the_tenant_our_links_lead_to(
    url: str, name: str, *, opens: bool
) -> None:
    server, asked = replace(SERVER, url=url), name_asked(name)

    assert asked is not None
    for foreign in ForeignRooms:
        answer = decide(replace(server, foreign_rooms=foreign), asked, ROOM, STARTS)
        assert opens == isinstance(answer, Booking)
        assert not isinstance(answer, Booking) or name == answer.name
        assert opens == (asked == asked_for(server, asked.room))


def test_rooms_of_others_are_refused_or_let_be_for_a_day() -> None:
    asked = name_asked("[others]łódź, 2pm")
    assert asked is not None

    refused = decide(SERVER, asked, None, STARTS)
    let_be = decide(replace(SERVER, foreign_rooms=ForeignRooms.LET_BE), asked, None, STARTS)

    assert Refusal(Reason.UNKNOWN) == refused
    assert isinstance(let_be, Booking)
    assert "[others]łódź, 2pm" == let_be.name
    assert let_be.id.isascii()
    assert let_be.id.replace("-", "").isalnum()
    assert STARTS + timedelta(days=1) == let_be.starts_at + let_be.duration


@pytest.mark.parametrize("ability", [None, *Ability])
def test_lobby_password_and_limit_are_asked_only_of_a_server_that_has_them(
    ability: Ability | None,
) -> None:
    server = replace(SERVER, abilities=frozenset({ability} if ability else ()))
    room = replace(ROOM, waits_in_lobby=True, passcode="482913", is_dialled=True, seats=12)

    booking = decide(server, ASKED, room, STARTS)

    assert isinstance(booking, Booking)
    facts = booking.facts()
    assert (True if ability is Ability.LOBBY else None) is facts.get("lobby")
    assert (32 if ability is Ability.MAX_OCCUPANTS else None) == facts.get("max_occupants")
    assert ("482913" if ability is Ability.PASSCODE else None) == facts.get("password")


def test_a_room_without_a_passcode_asks_for_none() -> None:
    booking = decide(replace(SERVER, abilities=frozenset(Ability)), ASKED, ROOM, STARTS)

    assert isinstance(booking, Booking)
    assert "password" not in booking.facts()


@pytest.mark.parametrize("kind", [each for each in ServerKind if each.takes_tokens])
@pytest.mark.parametrize("is_dialled", [False, True])
def test_only_8x8_would_ask_callers_who_do_not_know_it(
    kind: ServerKind, *, is_dialled: bool
) -> None:
    server = replace(SERVER, kind=kind, abilities=kind.abilities)
    room = replace(ROOM, passcode="482913", is_dialled=is_dialled)

    booking = decide(server, ASKED, room, STARTS)

    assert isinstance(booking, Booking)
    assert ("" if kind is ServerKind.JAAS and is_dialled else "482913") == booking.passcode
    assert can_ask(server, is_dialled=is_dialled) == bool(booking.passcode)


def test_where_everybody_waits_no_passcode_lets_anybody_past() -> None:
    server = replace(SERVER, abilities=frozenset(Ability))
    room = replace(ROOM, passcode="482913", waits_in_lobby=True)

    booking = decide(server, ASKED, room, STARTS)

    assert isinstance(booking, Booking)
    assert (True, "") == (booking.has_lobby, booking.passcode)


def test_a_passcode_does_not_show_where_values_are_written_down() -> None:
    server = replace(SERVER, abilities=frozenset(Ability))
    room = replace(ROOM, passcode="482913")

    assert "482913" not in f"{room} {decide(server, ASKED, room, STARTS)}"


@pytest.mark.parametrize("seats", [0, 1, 12, 40, 200])
def test_the_limit_leaves_everyone_room_for_a_second_device_and_the_hosts_too(seats: int) -> None:
    assert most_inside(seats) >= 2 * seats + 6


def test_no_limit_is_a_number_too_so_that_the_servers_own_shuts_nobody_out() -> None:
    assert 500 == most_inside(None)
