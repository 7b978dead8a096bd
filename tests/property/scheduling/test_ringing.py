"""The ring-round, whoever there is to ring and to be rung."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.ringing import RELAY_MINUTES, USUAL_MINUTES, ToRing, ring_round

STARTS = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)
RINGERS = [UUID(int=number) for number in range(1, 6)]
OTHERS = [UUID(int=number) for number in range(6, 9)]
UNKNOWN = UUID(int=9)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[ToRing], list[UUID]]:
    """Make people to ring, with all sorts of wishes about who does it, and those who ring by turns."""
    by_turns = draw(st.lists(st.sampled_from(RINGERS), unique=True))
    ringers = st.one_of(st.none(), st.sampled_from([*RINGERS, *OTHERS, UNKNOWN]))
    minutes = st.sampled_from([USUAL_MINUTES, RELAY_MINUTES])
    count = draw(st.integers(0, 25))
    people = [
        ToRing(UUID(int=100 + number), draw(ringers), draw(minutes), draw(st.booleans()))
        for number in range(count)
    ]
    return people, by_turns


@given(rounds())
def test_everybody_is_rung_once_by_one_person_who_may(
    made: tuple[list[ToRing], list[UUID]],
) -> None:
    people, by_turns = made
    calls = ring_round(people, by_turns, STARTS, chosen=OTHERS)

    assert Counter(each.id for each in people) == Counter(call.id for call in calls)
    assert {call.ringer for call in calls} <= {*by_turns, *OTHERS, None}


@given(rounds())
def test_who_was_chosen_rings_and_nobody_a_rule_chose_rings_those_kept_apart(
    made: tuple[list[ToRing], list[UUID]],
) -> None:
    people, by_turns = made
    ringers = {call.id: call.ringer for call in ring_round(people, by_turns, STARTS, chosen=OTHERS)}

    for each in people:
        if each.ringer in {*by_turns, *OTHERS}:
            assert each.ringer == ringers[each.id]
        elif each.kept_apart or not by_turns:
            assert ringers[each.id] is None
        else:
            assert ringers[each.id] in by_turns


@given(rounds())
def test_nobody_makes_two_calls_at_a_time_and_all_are_through_as_it_begins(
    made: tuple[list[ToRing], list[UUID]],
) -> None:
    people, by_turns = made
    calls = ring_round(people, by_turns, STARTS, chosen=OTHERS)

    for ringer in {call.ringer for call in calls}:
        theirs = [call for call in calls if call.ringer == ringer]
        ends = [call.at + timedelta(minutes=call.minutes) for call in theirs]
        assert ends[:-1] == [call.at for call in theirs[1:]]
        assert STARTS == ends[-1]


@given(rounds())
def test_each_rings_in_the_order_of_the_list(made: tuple[list[ToRing], list[UUID]]) -> None:
    people, by_turns = made
    calls = ring_round(people, by_turns, STARTS, chosen=OTHERS)
    place = {each.id: number for number, each in enumerate(people)}

    for ringer in {call.ringer for call in calls}:
        theirs = [place[call.id] for call in calls if call.ringer == ringer]
        assert sorted(theirs) == theirs
    assert calls == ring_round(people, by_turns, STARTS, chosen=OTHERS)


@given(rounds())
def test_shared_out_by_rule_nobody_rings_a_call_longer_than_another(
    made: tuple[list[ToRing], list[UUID]],
) -> None:
    people, by_turns = made
    free = [replace(each, ringer=None, kept_apart=False) for each in people]
    minutes = Counter(dict.fromkeys(by_turns, 0))
    for call in ring_round(free, by_turns, STARTS):
        if call.ringer is not None:
            minutes[call.ringer] += call.minutes

    if by_turns:
        assert max(minutes.values()) - min(minutes.values()) <= RELAY_MINUTES
