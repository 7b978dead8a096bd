"""What one thing that helps costs for one meeting: which price, how many of it, and for whom.

How many interpreters, hours and letters follows from the length of the meeting and the people; the prices are
in `costs`. A term without a rule here costs nothing but our time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from accessibility.costs import Costs, Estimate, Price, Unit
from scheduling.ways import Way

HOUR: Final = timedelta(hours=1)
HALF_DAY: Final = timedelta(hours=4)
#: A second interpreter takes turns when one would have to work for longer than this.
ALONE_AT_MOST: Final = HOUR
#: A room is hired for this long beyond the meeting; whoever looks after somebody stays so much longer.
AROUND: Final = HOUR
#: What is bought once serves so many sessions, and a month has so many.
SESSIONS_OF_KIT: Final = 72
SESSIONS_A_MONTH: Final = 4
#: Two people of ours host; where some are there and some are not, each buddy carries so many who are not.
HOSTS: Final = 2
REMOTE_PER_BUDDY: Final = 3
_SPREAD: Final = {Unit.ONCE: SESSIONS_OF_KIT, Unit.MONTH: SESSIONS_A_MONTH}
_TEXTS, _RINGING_MINUTES = 3, 10


class For(StrEnum):
    """Say for whom something is paid: once for all who need it, or for each of them."""

    ALL = "all"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of one price: one line of a cost card."""

    price: Price
    count: int = 1

    @property
    def cost(self) -> Estimate:
        """Work out what it comes to; what lasts is spread over the sessions it serves."""
        return self.price.each.over(_SPREAD.get(self.price.unit, 1)).times(self.count)


@dataclass(frozen=True, slots=True)
class _Rule:
    price: str
    paid: For
    count: Callable[[timedelta, int], int]


def interpreters(length: timedelta) -> int:
    """Say how many interpreters take turns: two if it lasts over an hour."""
    return 1 if length <= ALONE_AT_MOST else 2


def periods(length: timedelta, unit: timedelta) -> int:
    """Count the hours, half days and so on that are paid for: begun ones whole, and one at the least."""
    return max(1, -(-length // unit))


def term_line(costs: Costs, code: str, length: timedelta, heads: int) -> tuple[Line, For] | None:
    """Say what a term costs at a meeting of that length for so many people; None if only our time."""
    rule = _RULES.get(code)
    if rule is None:
        return None
    return Line(costs.price(rule.price), rule.count(length, heads)), rule.paid


def way_lines(costs: Costs, way: Way, length: timedelta) -> tuple[Line, ...]:
    """Say what it costs to open a way: a room for its hours, a share of the server or of the line."""
    match way:
        case Way.ROOM:
            return (Line(costs.price("room-hire"), periods(length + AROUND, HOUR)),)
        case Way.ONLINE:
            return (Line(costs.price("jitsi-server")),)
        case Way.PHONE:
            return (Line(costs.price("phone-line")),)
        case Way.OUTDOORS:
            return ()


def mixing_line(costs: Costs) -> Line:
    """Say what it costs to join people who are there with people who are not."""
    return Line(costs.price("speakerphone"))


def staff_hours(length: timedelta, remote: int, *, is_mixed: bool) -> int:
    """Say how many hours people of ours give: two of them, and where some join from elsewhere, buddies too."""
    buddies = -(-remote // REMOTE_PER_BUDDY) if is_mixed else 0
    return (HOSTS + buddies) * periods(length, HOUR)


def _one(_length: timedelta, _heads: int) -> int:
    return 1


def _so_many(count: int) -> Callable[[timedelta, int], int]:
    return lambda _length, _heads: count


def _two_hours(length: timedelta, _heads: int) -> int:
    return periods(length, 2 * HOUR)


def _teams(length: timedelta, _heads: int) -> int:
    return interpreters(length) * periods(length, HALF_DAY)


def _hours_away(length: timedelta, _heads: int) -> int:
    return periods(length + AROUND, HOUR)


def _minutes(length: timedelta, _heads: int) -> int:
    return periods(length, timedelta(minutes=1))


def _heads(_length: timedelta, heads: int) -> int:
    return heads


_RULES: Final[Mapping[str, _Rule]] = {
    "CON-PHONE": _Rule("call-out", For.EACH, _so_many(_RINGING_MINUTES)),
    "CON-TEXT": _Rule("text-message", For.EACH, _so_many(_TEXTS)),
    "CON-LETTER": _Rule("letter", For.EACH, _one),
    "INF-LARGE": _Rule("large-print", For.EACH, _one),
    "INF-EASY": _Rule("easy-read", For.ALL, _one),
    "INF-BRAILLE": _Rule("braille", For.EACH, _one),
    "INF-AUDIO": _Rule("recording", For.EACH, _one),
    "COM-CAPAUTO": _Rule("machine-captions", For.ALL, _one),
    "COM-LOOP": _Rule("portable-loop", For.ALL, _one),
    "PRO-BSL": _Rule("bsl-interpreter", For.ALL, _teams),
    "PRO-STTR": _Rule("captioner", For.ALL, _two_hours),
    "PRO-NOTE": _Rule("note-taker", For.EACH, _two_hours),
    "PRO-OTHER": _Rule("lipspeaker", For.ALL, _two_hours),
    "LAN-INTERP": _Rule("language-interpreter", For.ALL, _two_hours),
    "LAN-WRITTEN": _Rule("translation", For.ALL, _one),
    "DIG-CALLOUT": _Rule("call-out", For.EACH, _minutes),
    "DIG-KIT": _Rule("donated-sim", For.EACH, _one),
    "DIG-PAPER": _Rule("letter", For.EACH, _one),
    "NEU-SENSORY": _Rule("access-place", For.ALL, _one),
    "MOB-STEPFREE": _Rule("access-place", For.ALL, _one),
    "MOB-TRANSPORT": _Rule("taxi", For.EACH, _so_many(2)),
    "AIR-OUTDOOR": _Rule("access-place", For.ALL, _one),
    "AIR-VENT": _Rule("co2-meter", For.ALL, _one),
    "AIR-HEPA": _Rule("air-filter", For.ALL, _one),
    "AIR-MASK": _Rule("masks", For.ALL, _heads),
    "CAR-REPLACE": _Rule("replacement-care", For.EACH, _hours_away),
    "CAR-BRING": _Rule("access-place", For.ALL, _one),
    "MON-TRAVEL": _Rule("travel", For.EACH, _one),
    "MON-CHILDCARE": _Rule("childcare", For.EACH, _hours_away),
    "WEL-FOOD": _Rule("food", For.EACH, _one),
    "OTH-OTHER": _Rule("something-else", For.EACH, _one),
}
