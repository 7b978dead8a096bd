"""Who was there, by events shuffled, repeated and dropped, against how it truly was."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from scheduling.presence import Presence, presence_of, took_part
from scheduling.room_events import EventKind, RoomEvent
from scheduling.time import Slot
from scheduling.ways import Way
from tests.property.scheduling.gatherings import (
    BEGIN,
    MINUTES,
    PEOPLE,
    ROOM,
    Gathering,
    at,
    gatherings,
)

SLOT = Slot(at(10), at(70))
OF_OCCUPANTS = (EventKind.JOINED, EventKind.LEFT)
seeds = st.randoms(use_true_random=False)


def everything(gathering: Gathering) -> list[RoomEvent]:
    """Tell it as event_sync does."""
    return gathering.events(tells_runs=False, lists_visits=True)


def mixed_up(events: Sequence[RoomEvent], chance: random.Random) -> list[RoomEvent]:
    """Give every event up to three times, in any order."""
    again = [event for event in events for _ in range(chance.randint(1, 3))]
    chance.shuffle(again)
    return again


def some_of(events: Sequence[RoomEvent], chance: random.Random) -> list[RoomEvent]:
    """Lose about every second event."""
    return [event for event in events if chance.random() < 0.5]


def there(presence: Presence, minute: int) -> tuple[set[str], int]:
    """Say who was there in a minute, as it was concluded."""
    stays = [
        each
        for each in presence.stays
        if (each.starts_at is None or each.starts_at <= at(minute))
        and (each.ends_at is None or at(minute) < each.ends_at)
    ]
    nameless = {each.occupant for each in stays if not each.person}
    return {each.person for each in stays if each.person}, len(nameless)


@given(gatherings(), st.booleans(), seeds)
def test_neither_order_nor_repeats_change_anything(
    gathering: Gathering, tells_runs: bool, chance: random.Random
) -> None:
    events = gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs)
    lost = some_of(events, chance)

    assert presence_of(events) == presence_of(mixed_up(events, chance))
    assert presence_of(lost) == presence_of(mixed_up(lost, chance))


@given(gatherings(), st.booleans())
def test_whoever_was_there_is_there_in_every_minute(gathering: Gathering, tells_runs: bool) -> None:
    presence = presence_of(gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs))

    for minute in range(-1, MINUTES + 2):
        assert gathering.there(minute) == there(presence, minute), minute
    assert () == presence.now()


@given(gatherings(), st.integers(0, MINUTES))
def test_who_is_in_now_is_who_has_come_and_not_gone(gathering: Gathering, minute: int) -> None:
    so_far = [each for each in everything(gathering) if each.at <= at(minute)]

    now = presence_of(so_far).now()

    people, nameless = gathering.there(minute)
    assert sorted(people) == [each.person for each in now if each.person]
    assert nameless == sum(not each.person for each in now)


@given(gatherings(), st.booleans(), seeds)
def test_whatever_is_lost_nobody_is_there_twice_and_no_stay_runs_backwards(
    gathering: Gathering, tells_runs: bool, chance: random.Random
) -> None:
    events = gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs)
    told = some_of(events, chance)

    presence = presence_of(told)

    named = [each.person for each in presence.now() if each.person]
    assert len(set(named)) == len(named)
    assert {each.person for each in gathering.visits} >= {each.person for each in presence.stays}
    assert all(
        each.ends_at is not None if each.starts_at is None else True for each in presence.stays
    )
    assert all(
        each.starts_at <= each.ends_at
        for each in presence.stays
        if each.starts_at is not None and each.ends_at is not None
    )


@given(gatherings(), st.booleans(), seeds)
def test_what_was_lost_is_made_good_when_it_comes(
    gathering: Gathering, tells_runs: bool, chance: random.Random
) -> None:
    events = gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs)
    told = some_of(events, chance)
    late = [each for each in events if each not in told]
    chance.shuffle(late)

    assert presence_of(events) == presence_of([*told, *late, *told])


@given(gatherings(), seeds)
def test_the_list_of_an_ended_room_makes_good_every_coming_and_going_that_was_lost(
    gathering: Gathering, chance: random.Random
) -> None:
    events = everything(gathering)
    told = [each for each in events if each.kind not in OF_OCCUPANTS or chance.random() < 0.5]

    for minute in range(MINUTES):
        assert gathering.there(minute) == there(presence_of(told), minute), minute
    assert took_part(presence_of(events), SLOT) == took_part(presence_of(told), SLOT)


@given(gatherings(), st.booleans(), seeds)
def test_nobody_is_there_for_ever(
    gathering: Gathering, tells_runs: bool, chance: random.Random
) -> None:
    events = gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs)
    closed_at = at(MINUTES)

    presence = presence_of(some_of(events, chance), closed_at=closed_at)

    assert () == presence.now()
    assert all(each.ends_at is not None for each in presence.stays)


@given(gatherings(), st.booleans())
def test_who_took_part_is_who_was_there_for_a_minute_of_it(
    gathering: Gathering, tells_runs: bool
) -> None:
    presence = presence_of(gathering.events(tells_runs=tells_runs, lists_visits=not tells_runs))

    took = took_part(presence, SLOT)

    minutes = [gathering.there(minute) for minute in range(10, 70)]
    assert set.union(*(people for people, _ in minutes)) == set(took.people)
    assert max(nameless for _, nameless in minutes) == took.others[Way.ONLINE]
    assert set(took.people.values()) <= {Way.ONLINE}


anything = st.builds(
    RoomEvent,
    key=st.sampled_from([f"key {number}" for number in range(12)]),
    kind=st.sampled_from(EventKind),
    room=st.sampled_from([ROOM, "table-1"]),
    at=st.integers(-5, 200).map(at),
    run=st.sampled_from(["", "run 1", "run 2"]),
    occupant=st.sampled_from(["", "one", "two", "three"]),
    person=st.sampled_from(PEOPLE),
    name=st.sampled_from(["", "Ada", "ada "]),
    phone=st.sampled_from(["", "01632960102"]),
    breakout=st.sampled_from(["", "side"]),
)


@given(st.lists(anything, max_size=25), seeds)
def test_nonsense_gives_neither_errors_nor_anybody_twice(
    events: list[RoomEvent], chance: random.Random
) -> None:
    presence = presence_of(events, phone_rooms=["table-1"])

    assert presence == presence_of(mixed_up(events, chance), phone_rooms=["table-1"])
    named = [(each.person, each.name) for each in presence.now() if each.person or each.name]
    assert len(set(named)) == len(named)
    took = took_part(presence, Slot(BEGIN, at(300)))
    assert all(count > 0 for count in took.others.values())
    assert all(
        each.starts_at <= each.ends_at
        for each in presence.stays
        if each.starts_at is not None and each.ends_at is not None
    )
