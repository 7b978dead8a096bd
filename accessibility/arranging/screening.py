"""A first look at every candidate: whether everybody fits, and a bound that takes next to no work.

The bound lets everybody have all shared things for nothing but those that somebody cannot do without.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from accessibility.arranging.board import NEVER, Board, Candidate, Group, lacking_at_least, price_of
from accessibility.arranging.fitting import (
    Demand,
    Demands,
    at_least_left_out,
    fewest_left_out,
    fits_all,
)

#: What has been seen of shorter sets of openings is forgotten at a new date, once it is so much.
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class _Sight:
    """What some openings together give each group at least, what it cannot do without, who has ways."""

    values: list[int]
    musts: list[int]
    able: int


def screen(board: Board) -> Iterator[tuple[int, Candidate]]:
    """Give each candidate that seats everybody, with a value that it is not below."""
    everybody = (1 << len(board.groups)) - 1
    single = {at: _sight(board, at) for at in range(len(board.openings))}
    sights: dict[tuple[int, ...], _Sight] = {}
    for candidate in board.candidates:
        openings = candidate.openings
        if len(openings) == 1 and len(sights) > _KEPT:
            sights.clear()
        sight = single[openings[-1]]
        if len(openings) > 1:
            sight = _both(sights[openings[:-1]], sight)
        sights[openings] = sight
        if sight.able == everybody and seats_all(board, openings):
            yield (
                candidate.fixed + _bound(board, sight) + lacking_at_least(board, openings),
                candidate,
            )


def seats_all(board: Board, openings: tuple[int, ...]) -> bool:
    """Say whether everybody finds a seat."""
    limits, groups = _limited(board, openings)
    return not groups or fits_all(limits, _counted(board, groups))


def left_over(board: Board, openings: tuple[int, ...]) -> dict[int, int]:
    """Count for each group, by its place, those who find no seat when few do not."""
    limits, groups = _limited(board, openings)
    return dict(_share_out(board, groups, fewest_left_out(limits, _counted(board, groups))))


def least_left_over(board: Board, openings: tuple[int, ...]) -> int:
    """Count how many people must be left over at the least; soon counted, and mostly all there is to it."""
    limits, groups = _limited(board, openings)
    return at_least_left_out(limits, _counted(board, groups))


def _limited(
    board: Board, openings: tuple[int, ...]
) -> tuple[tuple[int, ...], dict[Demand, list[int]]]:
    """Give the limits that count, and the groups that have nothing without one, by what they ask for."""
    limited = [at for at in openings if board.openings[at].seats is not None]
    free = [at for at in openings if at not in limited]
    groups: dict[Demand, list[int]] = {}
    for place, group in enumerate(board.groups):
        if not any(at in group.row for at in free):
            groups.setdefault((_usable(group, limited), group.seats), []).append(place)
    return tuple(board.openings[at].seats or 0 for at in limited), groups


def _counted(board: Board, groups: dict[Demand, list[int]]) -> Demands:
    return tuple(
        (demand, sum(len(board.groups[at].people) for at in groups[demand]))
        for demand in sorted(groups)
    )


def _usable(group: Group, limited: list[int]) -> int:
    return sum(1 << way for way, at in enumerate(limited) if at in group.row)


def _share_out(
    board: Board, groups: dict[Demand, list[int]], left: Mapping[Demand, int]
) -> Iterator[tuple[int, int]]:
    """Say for each group how many of it are left over, from the last one on."""
    for demand, places in groups.items():
        out = left[demand]
        for at in reversed(places):
            here = min(out, len(board.groups[at].people))
            out -= here
            yield at, here


def _sight(board: Board, at: int) -> _Sight:
    values, musts, able = [], [], 0
    for place, group in enumerate(board.groups):
        choices = group.row.get(at, ())
        values.append(choices[0].value * len(group.people) if choices else NEVER)
        musts.append(reduce(and_, (choice.needs for choice in choices), -1))
        able |= bool(choices) << place
    return _Sight(values, musts, able)


def _both(one: _Sight, other: _Sight) -> _Sight:
    return _Sight(
        list(map(min, one.values, other.values)),
        list(map(and_, one.musts, other.musts)),
        one.able | other.able,
    )


def _bound(board: Board, sight: _Sight) -> int:
    forced = reduce(or_, sight.musts, 0)
    return sum(sight.values) + price_of(forced, board.prices)
