"""How the chain of the audit is made and followed: plain functions of values, without a database.

Each line's hash covers the line and the hash before it, so that a line changed, removed, added or moved
changes every hash after it. Somebody who may write to the database could make all of them anew; so the
end of the chain is signed once a day with a key that is not in the database, and what was signed must
still be so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from service.errors import ServiceError

#: A line as values, in the order of its columns: identifiers, times, texts, and facts.
Line = Sequence[object]
#: Which of its values is its time.
AT: Final = 2
#: So much later than it is dated a line may be committed.
LATE: Final = timedelta(days=1)


class Trouble(StrEnum):
    """What is wrong with a chain."""

    GAP = "gap"
    REMOVED = "removed"
    CHANGED = "changed"
    BACKDATED = "backdated"
    MADE_ANEW = "made_anew"
    CUT_OFF = "cut_off"
    FORGED = "forged"


class Broken(ServiceError):
    """The audit was touched: the chain does not hold. `at` is the day of the last line that is whole."""

    code = "audit-broken"

    def __init__(self, trouble: Trouble, number: int, at: datetime | None = None) -> None:
        super().__init__(f"{trouble} at {number}")
        self.trouble, self.number, self.at = trouble, number, at


@dataclass(frozen=True, slots=True)
class Point:
    """Where a chain has come to: the number of its last line, the hash so far, the line's time if known."""

    number: int
    hash: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed of a chain at some time: its hash at a number."""

    number: int
    hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """One line's place in the chain, with the line; None if it is not there any more."""

    number: int
    hash: bytes
    line: Line | None


def beginning(organisation_id: UUID) -> Point:
    """Give where an organisation's chain begins, so that no line fits into another's."""
    return Point(0, sha256(b"manyways audit" + organisation_id.bytes).digest())


def after(point: Point, line: Line) -> Point:
    """Give where the chain comes to with one more line."""
    at = line[AT]
    return Point(
        point.number + 1,
        sha256(point.hash + canonical(line)).digest(),
        at if isinstance(at, datetime) else None,
    )


def canonical(line: Line) -> bytes:
    """Write a line's values so that no other values are written the same, on any database."""
    written = json.dumps(
        line, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    # Half of a surrogate pair cannot be kept by PostgreSQL, but by SQLite.
    return written.encode(errors="surrogatepass")


def signed_words(
    organisation_id: UUID, point: Point, made_at: datetime, lines_before: datetime | None
) -> bytes:
    """Write what a checkpoint's signature covers."""
    until = lines_before.astimezone(UTC).isoformat() if lines_before else ""
    made = made_at.astimezone(UTC).isoformat()
    return f"{organisation_id}|{point.number}|{point.hash.hex()}|{made}|{until}".encode()


def follow(
    point: Point, links: Iterable[Link], signed: Mapping[int, Signed], *, is_dated: bool = True
) -> Point:
    """Follow the chain over these links and give where it comes to; raises Broken.

    `signed` holds what was signed, by number. A line dated well before something that was signed ahead
    of it was put in later; where the clock may have been turned back, as in a demonstration, that says
    nothing, and `is_dated` is false.
    """
    last = max((each.at for each in signed.values() if each.number <= point.number), default=None)
    for link in links:
        if link.number != point.number + 1:
            raise Broken(Trouble.GAP, point.number + 1, point.at)
        if link.line is None:
            raise Broken(Trouble.REMOVED, link.number, point.at)
        reached = after(point, link.line)
        if reached.hash != link.hash:
            raise Broken(Trouble.CHANGED, link.number, point.at)
        if is_dated and last and reached.at and reached.at < last - LATE:
            raise Broken(Trouble.BACKDATED, link.number, point.at)
        point = reached
        if (known := signed.get(point.number)) is not None:
            if known.hash != point.hash:
                raise Broken(Trouble.MADE_ANEW, point.number, point.at)
            last = known.at
    return point


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
