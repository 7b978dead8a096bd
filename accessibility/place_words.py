"""What places are asked about: the words for it, and what the facts on a place's page say of each.

People type the facts, so their words are looked up in a table. A phrase that is not there says nothing:
somebody has to go and look, which is better than a guess (access.md 1.2: "venue check under 12
months old").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class PlaceWord(StrEnum):
    """Name one thing about a place on which what people need rests."""

    STEP_FREE = "step_free"
    RAMP = "ramp"
    ACCESSIBLE_TOILET = "accessible_toilet"
    PARKING = "parking"
    DROP_OFF = "drop_off"
    LOOP = "loop"
    FRESH_AIR = "fresh_air"
    CO2_METER = "co2_meter"
    FILTER = "filter"
    QUIET_SPACE = "quiet_space"
    SECOND_SPACE = "second_space"


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody wrote down of one thing about a place, and when they checked it."""

    is_so: bool
    checked_on: date | None = None

    def holds(self, today: date) -> bool | None:
        """Say what is known today; None if it never was checked, or more than 12 months ago."""
        if self.checked_on is None or not year_before(today) <= self.checked_on <= today:
            return None
        return self.is_so


class StatedFact(Protocol):
    """One fact as it stands on a place's page, in somebody's own words."""

    @property
    def word(self) -> str:
        """Give what the fact is about."""

    @property
    def is_so(self) -> bool:
        """Say whether it is so."""

    @property
    def detail(self) -> str:
        """Give what was written beside it."""

    @property
    def checked_on(self) -> date | None:
        """Give the day on which somebody looked."""


_SAID: Final[Mapping[PlaceWord, tuple[str, ...]]] = {
    PlaceWord.STEP_FREE: (
        "step free",
        "step free way in",
        "step free entrance",
        "step free access",
        "level access",
        "level entrance",
        "flat path",
        "wheelchair access",
        "wheelchair accessible",
        "steps at the door!",
        "step at the door!",
        "steps!",
        "stairs!",
    ),
    PlaceWord.RAMP: ("ramp", "ramp on request", "portable ramp"),
    PlaceWord.ACCESSIBLE_TOILET: (
        "accessible toilet",
        "accessible toilets",
        "accessible wc",
        "disabled toilet",
        "changing place",
        "changing places toilet",
    ),
    PlaceWord.PARKING: (
        "parking",
        "parking close by",
        "parking near",
        "car park",
        "blue badge parking",
        "blue badge bay",
        "accessible parking",
        "disabled parking",
    ),
    PlaceWord.DROP_OFF: ("drop off", "drop off point", "place to be dropped off"),
    PlaceWord.LOOP: ("loop", "hearing loop", "induction loop", "portable loop", "loop tested"),
    PlaceWord.FRESH_AIR: (
        "fresh air",
        "windows open",
        "windows that open",
        "opening windows",
        "ventilation",
        "good ventilation",
    ),
    PlaceWord.CO2_METER: ("co2 meter", "co2 monitor"),
    PlaceWord.FILTER: ("air filter", "air purifier", "hepa filter", "filter", "purifier"),
    PlaceWord.QUIET_SPACE: ("quiet space", "quiet room", "quiet place", "quiet corner"),
    PlaceWord.SECOND_SPACE: ("second space", "second room", "side room", "room for children"),
}
"""The phrases of each word, as `_plain` writes them; with "!" behind it a phrase says the opposite."""

_ONLY_WHEN_LACKING: Final[Mapping[str, PlaceWord]] = {
    "lift": PlaceWord.STEP_FREE,
    "toilet": PlaceWord.ACCESSIBLE_TOILET,
    "toilets": PlaceWord.ACCESSIBLE_TOILET,
}
"""Where there is none there is no better one either; that there is one says nothing of how good it is."""

_MEANINGS: Final[Mapping[str, tuple[PlaceWord, bool]]] = MappingProxyType(
    {
        phrase.removesuffix("!"): (word, not phrase.endswith("!"))
        for word, phrases in _SAID.items()
        for phrase in phrases
    }
)
_ON_REQUEST: Final = "ramp on request"


def year_before(today: date) -> date:
    """Give the same day a year ago; 28 February for the 29th."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return today.replace(year=today.year - 1, day=28)


def read_facts(facts: Iterable[StatedFact]) -> dict[PlaceWord, Known]:
    """Read what a place's facts say of each word, whatever the case, hyphens and spaces.

    "No loop" that is so means that there is no loop. If two facts speak of one word, what was checked last
    holds; on the same day, that it is not so. What follows from a missing lift or toilet counts only
    where nothing is said of the word itself. "Ramp on request" may stand in the detail.
    """
    said: dict[PlaceWord, Known] = {}
    follows: dict[PlaceWord, Known] = {}
    for fact in facts:
        phrase, is_so = _plain(fact.word), fact.is_so
        if phrase.startswith("no "):
            phrase, is_so = phrase.removeprefix("no "), not is_so
        if meaning := _MEANINGS.get(phrase):
            _note(said, meaning[0], Known(is_so is meaning[1], fact.checked_on))
        elif not is_so and (word := _ONLY_WHEN_LACKING.get(phrase)):
            _note(follows, word, Known(False, fact.checked_on))
        if _ON_REQUEST in _plain(fact.detail):
            _note(said, PlaceWord.RAMP, Known(True, fact.checked_on))
    return follows | said


def failing(facts: Mapping[PlaceWord, Known], phrase: str, today: date) -> dict[PlaceWord, Known]:
    """Give the facts while the thing of that phrase fails ("lift"): it was relied on, so it is not so now."""
    plain = _plain(phrase)
    word = _ONLY_WHEN_LACKING.get(plain) or _MEANINGS.get(plain, (None, True))[0]
    return {**facts, word: Known(False, today)} if word else dict(facts)


def _note(found: dict[PlaceWord, Known], word: PlaceWord, known: Known) -> None:
    before = found.get(word)
    if before is None or _weight(known) > _weight(before):
        found[word] = known


def _weight(known: Known) -> tuple[date, bool]:
    return known.checked_on or date.min, not known.is_so


def _plain(words: str) -> str:
    """Write words small, with single spaces and without hyphens and full stops."""
    return " ".join(words.casefold().replace("-", " ").replace(".", " ").split())
