"""People who must not meet: whether somebody who asks to come would meet whom they must not.

Each comes alone or brings somebody, who is known by name only; so names are compared as well. A name that
is found in what somebody wrote counts, even if it may be another person of that name: it is the coordinator
who finds out, and nobody comes to harm.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who comes, or asks to, and the words in which they named whom they bring."""

    id: UUID
    brings: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """One of two who must not meet, with the name others know them by."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who must not meet."""

    one: Named
    other: Named

    def has(self, person_id: UUID) -> bool:
        """Tell whether somebody is one of the two."""
        return person_id in (self.one.id, self.other.id)


def would_meet(asks: Comer, others: Iterable[Comer], pairs: Collection[Pair]) -> bool:
    """Tell whether who asks, or whom they bring, would meet somebody they must not meet.

    A person who is among the others themselves is no reason: they may change their own answer.
    """
    with_them = [other for other in others if other.id != asks.id]
    for pair in pairs:
        for here, there in ((pair.one, pair.other), (pair.other, pair.one)):
            if _is_of(here, asks) and any(_is_of(there, each) for each in chain([asks], with_them)):
                return True
    return False


def both_among(people: Collection[UUID], pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Give the pairs of whom both are among these people."""
    return tuple(pair for pair in pairs if pair.one.id in people and pair.other.id in people)


def _is_of(person: Named, comer: Comer) -> bool:
    return person.id == comer.id or _is_named(person.name, comer.brings)


def _is_named(name: str, words: str) -> bool:
    """Tell whether all parts of a name stand among the words, whatever their case and accents."""
    parts = _parts(name)
    return bool(parts) and parts <= _parts(words)


def _parts(words: str) -> frozenset[str]:
    spelt = unicodedata.normalize("NFKD", words.casefold())
    letters = (each for each in spelt if not unicodedata.combining(each))
    kept = "".join(each if each.isalnum() else " " for each in letters)
    return frozenset(kept.split())
