"""Who sits at which phone table: whoever has a place keeps it, the others go where the fewest are."""

from collections.abc import Mapping, Sequence
from uuid import UUID


def seated(people: Mapping[UUID, UUID | None], tables: Sequence[UUID]) -> dict[UUID, UUID]:
    """Give everybody a table: their own as long as it is there, else the emptiest, the first of several.

    `people` are in the order in which they are given places. Without a table nobody has one.
    """
    if not tables:
        return {}
    there = {id_: table for id_, table in people.items() if table in tables}
    found = {id_: table for id_, table in there.items() if table is not None}
    taken = {table: list(found.values()).count(table) for table in tables}
    for id_ in people:
        if id_ not in found:
            table = min(tables, key=lambda each: (taken[each], tables.index(each)))
            found[id_] = table
            taken[table] += 1
    return found
