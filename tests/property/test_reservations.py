"""Whatever is asked, the answer is one that the recorded Prosody takes for what we mean by it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus

from hypothesis import example, given
from hypothesis import strategies as st

from scheduling.online import Ability, ForeignRooms, ServerKind
from scheduling.time import Slot
from service.identifiers import new_id
from service.rooms.reservations import (
    MOST_BYTES,
    Booking,
    Refusal,
    Room,
    decide,
    name_asked,
    read_asked,
)
from service.rooms.server import Server
from tests.prosody_answers import Spoiled, prosody

#: Rooms end at their true end and half an hour, up to the second in which it lies.
GRACE = timedelta(minutes=30)
FIRST = datetime(2027, 1, 1, tzinfo=UTC)
IN_A_PATH = re.compile(r"[A-Za-z0-9_-]+")


def form(name: str, order: list[str], *, plus: bool) -> bytes:
    """Write the form as Prosody does: any order, percent escapes in small letters."""
    fields = {
        "name": name,
        "start_time": "2027-05-11T13:00:00.000Z",
        "mail_owner": "0f3c@meet.test",
    }
    escape = quote_plus if plus else quote
    pairs = (f"{key}={escape(fields[key], safe='')}" for key in order)
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), "&".join(pairs)).encode()


moments = st.timedeltas(timedelta(0), timedelta(days=366)).map(FIRST.__add__)
orders = st.permutations(["name", "start_time", "mail_owner"])
our_names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,60}", fullmatch=True)
names = st.one_of(
    our_names,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.builds("[{}]{}".format, our_names, our_names),
    st.sampled_from(["[]a", "a/b", "%2f", "..", "a\0b", "ok-UPPER", "ok-Łódź", "x" * 2000]),
)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    """Draw a room of ours, with a meeting's slot or a time at which it closes."""
    slot = Slot.of(draw(moments), draw(st.integers(5, 1440)))
    is_practice = draw(st.booleans())
    return Room(
        is_here=draw(st.booleans()),
        is_cancelled=draw(st.booleans()),
        slot=None if is_practice else slot,
        closes_at=slot.ends_at if is_practice else None,
        waits_in_lobby=draw(st.booleans()),
        passcode=draw(st.sampled_from(["", "482913"])),
        is_dialled=draw(st.booleans()),
        seats=draw(st.none() | st.integers(0, 300)),
        phone=draw(st.sampled_from(["", "01632 960101"])),
    )


servers = st.builds(
    Server,
    id=st.builds(new_id),
    slug=st.just("hub"),
    version=st.just(1),
    kind=st.sampled_from(ServerKind),
    url=st.sampled_from(["https://meet.example.org", "https://meet.example.org/Kiln"]),
    abilities=st.frozensets(st.sampled_from(Ability)),
    foreign_rooms=st.sampled_from(ForeignRooms),
    is_retired=st.booleans(),
)


@given(servers, names, st.none() | rooms(), st.timedeltas(timedelta(0), timedelta(days=2)), orders)
def test_every_yes_is_one_that_prosody_takes(
    server: Server, name: str, room: Room | None, before_end: timedelta, order: list[str]
) -> None:
    ends_at = datetime(2027, 5, 11, tzinfo=UTC)
    if room is not None:
        ends_at = room.closes_at or (room.slot.ends_at + GRACE if room.slot else ends_at)
    now = ends_at - before_end
    asked = read_asked(form(name, order, plus=True))
    answer = None if asked is None else decide(server, asked, room, now)
    if not isinstance(answer, Booking):
        return

    taken = prosody(name, json.dumps(answer.facts()))

    assert IN_A_PATH.fullmatch(answer.id)
    assert now < taken.expires_at
    if room is None:
        assert server.foreign_rooms is ForeignRooms.LET_BE
        return
    assert room.is_here
    assert not room.is_cancelled
    assert timedelta(0) <= taken.expires_at - ends_at < timedelta(seconds=1)
    assert (taken.max_occupants is not None) <= server.can(Ability.MAX_OCCUPANTS)
    assert taken.has_lobby <= (room.waits_in_lobby and server.can(Ability.LOBBY))
    assert taken.password in (None, room.passcode)
    assert (taken.password is not None) <= (room.slot is not None and server.can(Ability.PASSCODE))


@given(our_names, rooms(), servers, st.timedeltas(timedelta(0), timedelta(minutes=75)))
def test_a_room_of_ours_always_opens_in_its_window(
    name: str, room: Room, server: Server, before_end: timedelta
) -> None:
    room = replace(room, is_here=True, is_cancelled=False)
    server = replace(server, is_retired=False, url="https://meet.example.org")
    ends_at = room.closes_at or (room.slot.ends_at + GRACE if room.slot else FIRST)
    now = ends_at - before_end - timedelta(microseconds=1)
    asked = name_asked(name)
    assert asked is not None

    answer = decide(server, asked, room, now)

    assert isinstance(answer, Booking)
    assert prosody(name, json.dumps(answer.facts())).expires_at > now


@given(st.binary(max_size=MOST_BYTES))
@example(b"name=%")
@example(b"name=%zz&name")
@example(b"name=a;b&&&=")
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    asked = read_asked(body)

    assert asked is None or (asked.room and asked.name.endswith(asked.room))


@given(names, orders, st.booleans())
def test_a_name_that_xmpp_allows_is_read_as_it_was_sent(
    name: str, order: list[str], plus: bool
) -> None:
    asked = read_asked(form(name, order, plus=plus))

    if name_asked(name) is None:
        assert asked is None
    else:
        assert asked is not None
        assert name == asked.name == (f"[{asked.tenant}]" if asked.tenant else "") + asked.room


@given(servers, names, rooms(), moments)
def test_a_refusal_of_what_is_not_here_tells_nothing_of_it(
    server: Server, name: str, room: Room, now: datetime
) -> None:
    asked = name_asked(name)
    if asked is None:
        return

    refused = decide(server, asked, replace(room, is_here=False), now)

    assert isinstance(refused, Refusal)
    strangers = replace(server, foreign_rooms=ForeignRooms.REFUSE)
    assert refused == decide(strangers, asked, None, now)


def test_the_rules_of_prosody_refuse_what_was_seen_to_be_refused() -> None:
    good = {
        "id": "a",
        "name": "a",
        "mail_owner": "a",
        "duration": 5,
        "start_time": "2027-05-11T13:00:00.000Z",
    }
    bad: list[dict[str, object]] = [
        *({key: value for key, value in good.items() if key != left_out} for left_out in good),
        good | {"name": "b"},
        good | {"max_occupants": "many"},
        good | {"max_occupants": 0},
        good | {"password": 1234},
        good | {"start_time": "soon"},
        good | {"duration": "long"},
    ]

    assert not is_spoiled(good)
    assert all(is_spoiled(each) for each in bad)


def is_spoiled(data: dict[str, object]) -> bool:
    """Tell whether Prosody would refuse everybody for this answer."""
    try:
        prosody("a", json.dumps(data))
    except Spoiled:
        return True
    return False
