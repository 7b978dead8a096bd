"""What a facilitator is told to do: grouped, counted, without names and without reasons.

Lines that every session keeps stand apart from those that somebody asked for. Of a restricted need
nothing is told; the one sentence that stands in for all of them is always there, so that
nobody can learn from it whether there is one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from accessibility.needs import Need
from accessibility.terms import Term
from accessibility.vocabulary import PEOPLE, Vocabulary
from scheduling.ways import Way

ASK_COORDINATOR: Final = "Ask the coordinator before you contact anyone or change who comes."


@dataclass(frozen=True, slots=True)
class Guest:
    """One who comes: what they need, how they join, and whether facilitators may be told.

    `way` is None while they have not chosen one.
    """

    needs: tuple[Need, ...]
    way: Way | None
    shares_actions: bool


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One thing to do, and how many people asked for it (0: it is done anyway).

    `mark` names the line however it is worded: its term's code and its number there, from 1.
    """

    text: str
    people: int
    mark: str = field(default="", compare=False)

    @property
    def code(self) -> str:
        """Give the code of the term the line belongs to."""
        return self.mark.partition(":")[0]


@dataclass(frozen=True, slots=True)
class ActionSheet:
    """All a facilitator is told: what was asked for, what every session keeps, whom to ask."""

    asked: tuple[ActionLine, ...]
    baseline: tuple[ActionLine, ...]
    ask_coordinator: str = ASK_COORDINATOR


def action_sheet(
    vocabulary: Vocabulary, guests: Sequence[Guest], *, ways: Iterable[Way]
) -> ActionSheet:
    """Write the sheet for a meeting that offers these ways.

    Left out are the needs of guests who did not agree to share them, and lines for a way that
    nobody concerned joins by.
    """
    asked: list[ActionLine] = []
    baseline: list[ActionLine] = []
    for term in _concerned(vocabulary, tuple(ways)):
        people = sum(_asks(guest, term) for guest in guests)
        if term.baseline:
            baseline.extend(_lines(term, people))
        elif people:
            asked.extend(_lines(term, people))
    return ActionSheet(tuple(asked), tuple(baseline))


def people_words(people: int) -> str:
    """Say how many people: "1 person", "3 people"."""
    return "1 person" if people == 1 else f"{people} people"


def _concerned(vocabulary: Vocabulary, offered: Sequence[Way]) -> Iterator[Term]:
    """Give the terms with something to do in a way that is offered; never a restricted one."""
    for term in vocabulary.terms:
        if not term.is_restricted and any(map(term.concerns, offered)):
            yield term


def _asks(guest: Guest, term: Term) -> bool:
    """Say whether the guest asked for the term in a way that concerns the facilitator."""
    if not guest.shares_actions:
        return False
    if guest.way is not None and not term.concerns(guest.way):
        return False
    return any(need.code == term.code for need in guest.needs)


def _lines(term: Term, people: int) -> Iterator[ActionLine]:
    for number, line in enumerate(term.action_lines, start=1):
        yield ActionLine(
            line.replace(PEOPLE, people_words(people)), people, f"{term.code}:{number}"
        )
