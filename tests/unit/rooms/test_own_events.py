"""Our own dialect of room events, for anybody who wrote a program for a server of theirs."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from scheduling.room_events import EventKind, RoomEvent, Visit
from service.rooms.bodies import BadBody, Facts
from service.rooms.events import read_own, room_name

SERVER = UUID("0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f")
AT = datetime(2026, 11, 20, 6, 12, 35, tzinfo=UTC)
SECONDS = 1795155155


def own(**fields: object) -> RoomEvent:
    """Read one event in our own dialect: Ada joined, unless something else is given."""
    base = {"event": "joined", "room": "tea", "at": SECONDS, "occupant": "one"}
    (told,) = read_own(Facts(base | fields), SERVER)
    assert isinstance(told, RoomEvent)
    return told


def test_every_field_of_an_event_can_be_told() -> None:
    visit = {"occupant": "two", "joined_at": SECONDS, "left_at": SECONDS + 60, "name": "Ben"}
    told = own(
        event="destroyed",
        room="[charity]Tea@muc.example",
        at="2026-11-20T07:12:35+01:00",
        run="1",
        person="p",
        name="Ada",
        phone="+441632960101",
        moderator="true",
        reason="kicked",
        breakout="b",
        visits=[visit],
        id="unique",
    )

    left_at = datetime(2026, 11, 20, 6, 13, 35, tzinfo=UTC)
    assert (
        RoomEvent(
            key=told.key,
            kind=EventKind.DESTROYED,
            room="tea",
            at=AT,
            run="1",
            occupant="one",
            person="p",
            name="Ada",
            phone="+441632960101",
            is_moderator=True,
            reason="kicked",
            breakout="b",
            visits=(Visit("two", AT, left_at, "", "Ben"),),
        )
        == told
    )


@pytest.mark.parametrize(
    "at",
    [
        SECONDS,
        SECONDS * 1000,
        float(SECONDS),
        str(SECONDS),
        f"{SECONDS}.0",
        "2026-11-20T06:12:35Z",
    ],
)
def test_a_time_may_be_written_in_many_ways(at: object) -> None:
    assert AT == own(at=at).at


@pytest.mark.parametrize(
    "at", ["2026-11-20T06:12:35", "0001-01-01T00:00:00+14:00", "1", 99999999999]
)
def test_a_time_that_may_be_another_is_refused(at: object) -> None:
    with pytest.raises(BadBody, match="at: not a time"):
        own(at=at)


def test_an_id_makes_an_event_known_again_whatever_else_it_says() -> None:
    assert own(id="a", reason="left").key == own(id="a", at=SECONDS + 1).key
    assert own(id="a").key != own(id="b").key
    assert own().key != own(id="a").key


def test_without_an_id_what_happened_makes_it_known() -> None:
    assert own().key == own(name="Ada").key
    others: list[dict[str, object]] = [
        {"at": SECONDS + 1},
        {"occupant": "two"},
        {"room": "b"},
        {"event": "left"},
    ]
    assert len(others) + 1 == len({own().key, *(own(**each).key for each in others)})


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(BadBody, match="events: too many"):
        read_own(Facts({"events": [{"event": "x"}] * 501}), SERVER)


def test_nothing_that_cannot_be_written_is_kept() -> None:
    told = own(name="A\u0000d\ud800a\u202e", room="t\u0000ea", occupant="o\ud800ne")

    assert ("Ada", "tea", "one") == (told.name, told.room, told.occupant)


def test_a_name_is_kept_short() -> None:
    assert 100 == len(own(name="A" * 5000).name)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("tea", "tea"),
        ("Tea@conference.meet.test", "tea"),
        ("[tenant]tea@muc.meet.jitsi", "tea"),
        ("[tea", "[tea"),
        ("[]tea", "tea"),
        ("[tenant]", "[tenant]"),
        ("", ""),
        ("ok-ŁÓDŹ", "ok-łódź"),
    ],
)
def test_a_room_goes_by_its_name_alone(told: str, name: str) -> None:
    assert name == room_name(told)
