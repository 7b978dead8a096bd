"""Needs of people in one meeting that pull different ways: which pairs, and how each is settled.

Clashes are normal, and shown early (access.md 1.3 rule 2). They are pairs of codes: whose they are is said
nowhere. Two pairs concern what we send to one person, so they clash only where one person asks for both.
Some musts of one person share no way of joining at all; that too is said, with what would give.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from accessibility.needs import Strength
from accessibility.terms import Fit, Term
from accessibility.verdicts import Profile
from accessibility.vocabulary import Vocabulary
from scheduling.ways import Way

SETTLE: Final[Mapping[tuple[str, str], str]] = {
    ("AIR-HEPA", "NEU-SENSORY"): (
        "Run the filter on its quiet setting, start it early, and keep the quiet place away from it."
    ),
    ("AIR-MASK", "COM-LIPREAD"): "Hand out clear masks, and add captions.",
    ("AIR-OUTDOOR", "COM-LOOP"): (
        "Bring a portable loop that runs on a battery, and sit close together out of the wind."
    ),
    ("AIR-OUTDOOR", "MOB-STEPFREE"): (
        "Choose an outdoor place with a firm, flat path, and go along it first."
    ),
    ("AIR-OUTDOOR", "NEU-SAME"): (
        "Name the place for bad weather in the invitation, and the hour at which it is decided."
    ),
    ("AIR-VENT", "NEU-SENSORY"): (
        "Open the windows on the quiet side, and seat people away from noise and draught."
    ),
    ("CAR-BRING", "SAF-GROUP"): (
        "Find a second space or help with care, and say beforehand who else may be there."
    ),
    ("COM-CAPAUTO", "SAF-NOREC"): (
        "Book a person to type the captions, or use captions on the person's own device."
    ),
    ("COM-LIPREAD", "NEU-CAMOFF"): (
        "Ask whoever speaks to turn their camera on only if they are willing, and add captions."
    ),
    ("COM-LIPREAD", "NEU-SENSORY"): (
        "Light faces softly from the front, without glare, and keep one corner dim."
    ),
    ("CON-THIRD", "SAF-CONTACT"): (
        "Ask the person, in the safe way, what may go through whom they named. The safe way comes first."
    ),
    ("DIG-LOWDATA", "PRO-BSL"): (
        "Give data, or a place in the room, to who needs to see the interpreter. Others use sound only."
    ),
    ("INF-SUMMARY", "SAF-NEUTRAL"): (
        "Send the summary under a plain title, or read it out by phone. Name no group and no people."
    ),
    ("NEU-CAMOFF", "PRO-BSL"): "Pin the interpreter's picture. Nobody else needs a camera on.",
}
"""How each pair is settled, the codes in the order of the alphabet."""

TALK: Final = "Talk with each of them about what would work for both."
"""What is said of a pair that an organisation added itself."""

NO_SHARED_WAY: Final = "Lend a device or data for joining online, or offer the room."
"""What would give where two musts of one person share no way: "never a silent fail"."""

_OF_ONE_PERSON: Final = frozenset({("CON-THIRD", "SAF-CONTACT"), ("INF-SUMMARY", "SAF-NEUTRAL")})


@dataclass(frozen=True, slots=True)
class Clash:
    """Two needs that pull different ways, and how to settle it.

    Of a restricted one only coordinators may know.
    """

    codes: tuple[str, str]
    settle: str
    is_restricted: bool = False


def clashes(
    vocabulary: Vocabulary, profiles: Iterable[Profile], ways: Collection[Way] = frozenset(Way)
) -> tuple[Clash, ...]:
    """List the clashes among people, each once, by code; needs of their supporters count as well.

    A term that no offered way concerns is no matter, nor is whether it is a must.
    """
    together: set[str] = set()
    found: set[tuple[str, str]] = set()
    for profile in profiles:
        codes = {code for need in profile.all_needs if (code := need.code) in vocabulary}
        found.update(pair for pair in _OF_ONE_PERSON if codes.issuperset(pair))
        together |= codes
    terms = [vocabulary.term(code) for code in together]
    concerned = {term.code: term for term in terms if any(map(term.concerns, ways))}
    found.update(set(_conflicting(concerned)) - _OF_ONE_PERSON)
    return tuple(
        _clash(vocabulary, pair) for pair in sorted(found) if concerned.keys() >= set(pair)
    )


def no_shared_way(vocabulary: Vocabulary, profile: Profile) -> tuple[Clash, ...]:
    """List the pairs of musts, of a person and those who come along, that no way of joining allows."""
    musts = {
        need.code
        for need in profile.all_needs
        if need.strength is Strength.MUST and need.code in vocabulary
    }
    pairs = combinations([vocabulary.term(code) for code in sorted(musts)], 2)
    return tuple(
        Clash((one.code, other.code), NO_SHARED_WAY, one.is_restricted or other.is_restricted)
        for one, other in pairs
        if all(Fit.CANNOT in (one.ways[way], other.ways[way]) for way in Way)
    )


def _conflicting(terms: Mapping[str, Term]) -> Iterator[tuple[str, str]]:
    for code, term in terms.items():
        for other in term.conflicts_with & terms.keys():
            if code < other:
                yield code, other


def _clash(vocabulary: Vocabulary, pair: tuple[str, str]) -> Clash:
    is_restricted = any(vocabulary.term(code).is_restricted for code in pair)
    return Clash(pair, SETTLE.get(pair, TALK), is_restricted)
