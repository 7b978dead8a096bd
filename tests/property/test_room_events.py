"""Whatever a server sends is an event, a name nobody knows, or a refusal; never anything else."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.room_events import RoomEvent
from scheduling.text import clean
from service.rooms.bodies import BadBody, Facts, plain, read_object
from service.rooms.events import Told, Unknown, read_own
from service.rooms.jaas_events import KINDS as JAAS_KINDS
from service.rooms.jaas_events import read_jaas
from service.rooms.prosody_events import KINDS as PROSODY_KINDS
from service.rooms.prosody_events import read_prosody
from service.storage.room_events import StoredEvent, event_of, facts_of

SERVER = UUID("0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f")
AT = 1795155155
OWN_KINDS = ("created", "destroyed", "joined", "left", "dialled_in", "hung_up", "danced")

Read = Callable[[Facts], list[Told]]


def jaas(facts: Facts) -> list[Told]:
    """Read one event of JaaS."""
    return [read_jaas(facts, SERVER)]


def prosody(facts: Facts) -> list[Told]:
    """Read one event of event_sync."""
    return [read_prosody(facts, SERVER, "room/destroyed")]


def own(facts: Facts) -> list[Told]:
    """Read events of our own dialect."""
    return read_own(facts, SERVER)


texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["true", "1795154404000", "[t]Room@muc", "2026-11-20T06:12:35Z", "\ud800", "\0"]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts, st.integers(10**9, 2 * 10**9)
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def mostly(value: object) -> st.SearchStrategy[Any]:
    """Give what a server would send, or anything at all."""
    return st.one_of(st.just(value), st.just(value), anything)


def bodies(kinds: Iterable[str], **fields: object) -> st.SearchStrategy[dict[str, Any]]:
    """Make bodies with the right fields, some with wrong values; the first names what happened."""
    first, *others = fields
    return st.fixed_dictionaries(
        {first: st.one_of(st.sampled_from(sorted(kinds)), scalars)},
        optional={field: mostly(fields[field]) for field in others},
    )


who = st.dictionaries(
    st.sampled_from(
        ["occupant_jid", "occupant", "joined_at", "left_at", "id", "name", "participantJid", "nick"]
    ),
    scalars,
)
visits = st.one_of(st.lists(who, max_size=3), anything)
jaas_bodies = st.builds(
    lambda body, data: body | {"data": data},
    bodies(
        JAAS_KINDS,
        eventType="",
        idempotencyKey="k",
        timestamp=AT * 1000,
        fqn="a/tea",
        sessionId="s",
    ),
    st.one_of(who, anything),
)
prosody_bodies = st.builds(
    lambda body, one, many: body | {"occupant": one, "all_occupants": many},
    bodies(
        PROSODY_KINDS, event_name="", room_name="[t]tea", room_jid="tea@muc", created_at=AT,
        destroyed_at=AT,
    ),
    st.one_of(who, anything),
    visits,
)  # fmt: skip
own_bodies = st.builds(
    lambda body, many: body | {"visits": many},
    bodies(OWN_KINDS, event="", room="tea", at=AT, occupant="o", person="p", name="A", run="r"),
    visits,
)


@pytest.mark.parametrize(
    ("read", "found"), [(jaas, jaas_bodies), (prosody, prosody_bodies), (own, own_bodies)]
)
def test_nothing_but_a_refusal_is_raised(
    read: Read, found: st.SearchStrategy[dict[str, Any]]
) -> None:
    @given(found)
    def holds(body: dict[str, Any]) -> None:
        try:
            told = read(Facts(body))
        except BadBody as refused:
            assert refused.field
            return
        for event in told:
            assert isinstance(event, RoomEvent | Unknown)
            if isinstance(event, RoomEvent):
                json.dumps(facts_of(event), ensure_ascii=False).encode()
                event.key.encode()
                assert "\0" not in event.key + event.room

    holds()


@given(st.one_of(st.binary(max_size=60), anything.map(lambda each: json.dumps(each).encode())))
def test_any_bytes_are_an_object_or_a_refusal(body: bytes) -> None:
    try:
        facts = read_object(body)
    except BadBody:
        return

    assert isinstance(facts, Facts)


@given(st.one_of(jaas_bodies, prosody_bodies), st.randoms())
def test_the_order_of_fields_changes_nothing(body: dict[str, Any], chance: Any) -> None:
    def told(found: dict[str, Any]) -> object:
        try:
            return (jaas if "eventType" in found else prosody)(Facts(found))
        except BadBody as refused:
            return str(refused)

    shuffled = dict(chance.sample(list(body.items()), len(body)))

    assert told(body) == told(shuffled)


@given(own_bodies)
def test_what_is_stored_reads_back_as_it_was(body: dict[str, Any]) -> None:
    try:
        told = read_own(Facts(body), SERVER)
    except BadBody:
        return

    for event in told:
        if isinstance(event, RoomEvent):
            facts = json.loads(json.dumps(facts_of(event)))
            row = StoredEvent(
                key=event.key, room=event.room, kind=event.kind, at=event.at, facts=facts
            )
            assert event == event_of(row)


@given(st.text())
def test_the_quick_way_to_clean_is_cleaning(text: str) -> None:
    assert clean(text) == plain(text)
