"""Properties of who would meet whom: both ways alike, found in every combination, never without a pair."""

from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accessibility.apart import Comer, Named, Pair, both_among, would_meet

NAMES = ("Kay", "Ben Ash", "Zoë", "محمد علي", "O’Neil", "Ann-Marie Bell")
PEOPLE = tuple(Named(UUID(int=number), name) for number, name in enumerate(NAMES, 1))
people = st.sampled_from(PEOPLE)
bringing = st.one_of(
    st.just(""), people.map(lambda each: f"my friend {each.name.upper()}, a nurse")
)
comers = st.builds(Comer, people.map(lambda each: each.id), bringing)
pairs = st.sets(st.sampled_from([Pair(*two) for two in combinations(PEOPLE, 2)]), max_size=4)


def there(comer: Comer) -> set[UUID]:
    """Say, the long way, who is in the room when somebody comes."""
    brought = {each.id for each in PEOPLE if each.name.upper() in comer.brings}
    return {comer.id} | brought


@given(comers, st.lists(comers, max_size=4), pairs)
def test_it_is_what_looking_at_everybody_finds(
    asks: Comer, others: list[Comer], apart: set[Pair]
) -> None:
    theirs = there(asks)
    all_there = theirs.union(*(there(each) for each in others if each.id != asks.id))

    expected = any(
        (pair.one.id in theirs and pair.other.id in all_there)
        or (pair.other.id in theirs and pair.one.id in all_there)
        for pair in apart
    )

    assert expected is would_meet(asks, others, apart)


@given(comers, st.lists(comers, max_size=4))
def test_nobody_is_kept_out_where_nobody_must_be_kept_apart(
    asks: Comer, others: list[Comer]
) -> None:
    assert not would_meet(asks, others, ())


@given(people, people, pairs)
def test_it_is_the_same_for_both(one: Named, other: Named, apart: set[Pair]) -> None:
    first, second = Comer(one.id), Comer(other.id)

    assert would_meet(first, [second], apart) is would_meet(second, [first], apart)


@given(st.sets(people.map(lambda each: each.id)), pairs)
def test_a_list_is_checked_for_each_pair(listed: set[UUID], apart: set[Pair]) -> None:
    found = both_among(listed, apart)

    assert {pair for pair in apart if {pair.one.id, pair.other.id} <= listed} == set(found)


def test_a_part_of_a_name_is_not_the_name() -> None:
    pair = Pair(Named(UUID(int=1), "Ben Ash"), Named(UUID(int=2), "Kay"))

    assert not would_meet(Comer(UUID(int=3), "Ben"), [Comer(UUID(int=2))], [pair])
    assert would_meet(Comer(UUID(int=3), "ash, ben"), [Comer(UUID(int=2))], [pair])
    assert not would_meet(Comer(UUID(int=3), "Kayleigh"), [Comer(UUID(int=1))], [pair])
