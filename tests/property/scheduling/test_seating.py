"""Places at phone tables, whoever sits where already."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.seating import seated

TABLES = [UUID(int=number) for number in range(1, 5)]
GONE = UUID(int=9)
PEOPLE = [UUID(int=100 + number) for number in range(20)]
places = st.dictionaries(
    st.sampled_from(PEOPLE), st.one_of(st.none(), st.sampled_from([*TABLES, GONE]))
)
tables = st.lists(st.sampled_from(TABLES), unique=True)


@given(places, tables)
def test_everybody_has_one_table_that_is_there_and_keeps_their_own(
    people: dict[UUID, UUID | None], there: list[UUID]
) -> None:
    found = seated(people, there)

    assert set(found) == (set(people) if there else set())
    assert set(found.values()) <= set(there)
    assert all(found[id_] == table for id_, table in people.items() if table in there)
    assert found == seated(found, there)


@given(st.lists(st.sampled_from(PEOPLE), unique=True), tables.filter(bool))
def test_people_without_a_table_are_spread_evenly(people: list[UUID], there: list[UUID]) -> None:
    taken = Counter(dict.fromkeys(there, 0))
    taken.update(seated(dict.fromkeys(people), there).values())

    assert max(taken.values()) - min(taken.values()) <= 1
