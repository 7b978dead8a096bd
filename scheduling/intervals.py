"""Sets of time: half-open slots, joined, cut to one another, and taken from one another.

A set is a tuple of slots, earliest first, that neither overlap nor touch. Whatever comes in may be in
any order and may overlap; what comes out is such a set.
"""

from collections.abc import Iterable

from scheduling.time import Slot


def merged(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Join slots that overlap or touch."""
    found: list[Slot] = []
    for slot in sorted(slots, key=lambda each: each.starts_at):
        if found and slot.starts_at <= found[-1].ends_at:
            ends_at = max(found[-1].ends_at, slot.ends_at)
            found[-1] = Slot(found[-1].starts_at, ends_at)
        else:
            found.append(slot)
    return tuple(found)


def common(some: Iterable[Slot], others: Iterable[Slot]) -> tuple[Slot, ...]:
    """Give the time that lies in both sets."""
    theirs = merged(others)
    return tuple(
        Slot(max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at))
        for one in merged(some)
        for other in theirs
        if one.overlaps(other)
    )


def without(slots: Iterable[Slot], taken: Iterable[Slot]) -> tuple[Slot, ...]:
    """Give the time of a set that lies in none of the slots taken."""
    left = merged(slots)
    for each in merged(taken):
        left = tuple(piece for slot in left for piece in _around(slot, each))
    return left


def covers(slots: Iterable[Slot], slot: Slot) -> bool:
    """Say whether the whole slot lies in the set."""
    return common(slots, (slot,)) == (slot,)


def _around(slot: Slot, taken: Slot) -> Iterable[Slot]:
    """Give what is left of a slot before and after the one taken."""
    if not slot.overlaps(taken):
        yield slot
        return
    if slot.starts_at < taken.starts_at:
        yield Slot(slot.starts_at, taken.starts_at)
    if taken.ends_at < slot.ends_at:
        yield Slot(taken.ends_at, slot.ends_at)
