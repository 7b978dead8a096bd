"""Where nothing on offer serves everybody: who is left out at best, why, and what would have to give.

What could give stands in the order to try it; the director comes last, and always.
"""

from collections.abc import Iterator
from dataclasses import replace

from accessibility.arranging.answer import Give, LeftOut, OutOfReach, Why
from accessibility.arranging.board import Board, Candidate, lay_out
from accessibility.arranging.patience import Patience
from accessibility.arranging.problem import Person
from accessibility.arranging.screening import least_left_over, left_over, screen


def out_of_reach(board: Board, patience: Patience) -> OutOfReach:
    """Say who is left out by the candidate that serves the most people."""
    best: tuple[int, tuple[int, ...], list[Person]] | None = None
    widest = [(least_left_over(board, each.openings), each.openings) for each in _widest(board)]
    for least, openings in sorted(widest):
        if best is not None and (least >= best[0] or not patience.goes_on()):
            break
        left = _left_out(board, openings)
        if best is None or len(left) < best[0]:
            best = len(left), openings, left
    openings = best[1] if best else ()
    left = best[2] if best else list(board.problem.people)
    return OutOfReach(
        starts_at=board.openings[openings[0]].starts_at if openings else None,
        openings=tuple(board.openings[at].id for at in openings),
        left_out=tuple(_told(board, person, openings) for person in left),
        gives=tuple(_gives(board, left)),
    )


def _widest(board: Board) -> Iterator[Candidate]:
    """Give the candidates that open every way there is on their date: none seats more than they do."""
    ways: dict[object, set[str]] = {}
    for opening in board.openings:
        ways.setdefault(opening.starts_at, set()).add(opening.way)
    for candidate in board.candidates:
        starts_at = board.openings[candidate.openings[0]].starts_at
        if len(candidate.openings) == len(ways[starts_at]):
            yield candidate


def _left_out(board: Board, openings: tuple[int, ...]) -> list[Person]:
    left = [
        person
        for at, count in left_over(board, openings).items()
        if count
        for person in board.groups[at].people[-count:]
    ]
    return sorted(left, key=lambda person: person.id)


def _told(board: Board, person: Person, openings: tuple[int, ...]) -> LeftOut:
    offered = {board.openings[at].id for at in openings}
    if not person.options:
        why = Why.NO_WAY
    elif any(option.opening in offered for option in person.options):
        why = Why.NO_SEAT
    else:
        why = Why.ELSEWHERE
    return LeftOut(person.id, why, person.other_ways, person.later)


def _gives(board: Board, left: list[Person]) -> Iterator[Give]:
    if any(person.other_ways for person in left):
        yield Give.OTHER_WAY
    if any(person.later for person in left):
        yield Give.LATER_DATE
    yield Give.OUTSIDE
    if any(True for _ in screen(lay_out(replace(board.problem, people=tuple(left))))):
        yield Give.TWO_SESSIONS
    yield Give.DIRECTOR
