"""Keeping kinds of meeting: what a new meeting of the kind begins with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from scheduling.dates import DateKind, Level
from scheduling.roles import DUTIES, MeetingRole
from scheduling.ways import Way
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.kinds import Kind, code_is_taken, kind_by_id

CODE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 120
LONGEST_TEXT = 4000
SHORTEST, LONGEST = 5, 24 * 60
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class KindDetails:
    """What is kept of a kind. `ways` gives the usual limit of each way offered; None: no limit.

    `roles` are the parts a session of it needs beside its hosts'.
    """

    code: str
    name: str
    neutral_title: str = ""
    minutes: int = 60
    ways: Mapping[Way, int | None] = field(default_factory=dict)
    needs_second: bool = True
    roles: frozenset[MeetingRole] = frozenset()
    is_open: bool = False
    ground_rules: str = ""
    running_order: str = ""
    is_public: bool = False
    date_levels: Mapping[DateKind, Level] = field(default_factory=dict)

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field; a way's limit is called `limit_` and the way."""
        found = {}
        for name in ("code", "name", "neutral_title"):
            if not getattr(self, name):
                found[name] = "needed"
            elif len(getattr(self, name)) > LONGEST_NAME:
                found[name] = "too-long"
        if "code" not in found and not CODE.fullmatch(self.code):
            found["code"] = "not-a-code"
        for name in ("ground_rules", "running_order"):
            if len(getattr(self, name)) > LONGEST_TEXT:
                found[name] = "too-long"
        if not SHORTEST <= self.minutes <= LONGEST:
            found["minutes"] = "too-small" if self.minutes < SHORTEST else "too-big"
        if not self.roles <= set(DUTIES):
            found["roles"] = "not-a-choice"
        return found | self._way_problems()

    def _way_problems(self) -> dict[str, str]:
        if not self.ways:
            return {"ways": "tick-a-way"}
        return {
            f"limit_{way}": "too-small" if limit < 1 else "too-big"
            for way, limit in self.ways.items()
            if limit is not None and not 1 <= limit <= MOST_PEOPLE
        }


def details_of(kind: Kind) -> KindDetails:
    """Give what is kept of a kind as a value."""
    return KindDetails(
        code=kind.code,
        name=kind.name,
        neutral_title=kind.neutral_title,
        minutes=kind.minutes,
        ways={Way(way): limit for way, limit in kind.ways.items()},
        needs_second=kind.needs_second,
        roles=frozenset(role for role in DUTIES if role in kind.roles),
        is_open=kind.is_open,
        ground_rules=kind.ground_rules,
        running_order=kind.running_order,
        is_public=kind.is_public,
        date_levels={DateKind(name): Level(level) for name, level in kind.date_levels.items()},
    )


async def add_kind(db: Db, actor: Actor, details: KindDetails, *, now: datetime) -> Kind:
    """Add a kind; raises Invalid."""
    require(actor, Permission.KEEP_KINDS)
    await _check(db, actor, details, but=None)
    kind = Kind(id=new_id(), organisation_id=actor.organisation_id)
    _fill(kind, details)
    db.add(kind)
    await db.flush()
    record(db, actor, "kind.added", kind, now=now)
    return kind


async def change_kind(
    db: Db, actor: Actor, kind_id: UUID, details: KindDetails, *, now: datetime
) -> Kind:
    """Change what new meetings of a kind begin with; raises Invalid or NotFound. Meetings keep theirs."""
    require(actor, Permission.KEEP_KINDS)
    kind = await kind_by_id(db, actor, kind_id)
    await _check(db, actor, details, but=kind.id)
    if details_of(kind) != details:
        _fill(kind, details)
        await db.flush()
        record(db, actor, "kind.changed", kind, now=now)
    return kind


async def retire_kind(
    db: Db, actor: Actor, kind_id: UUID, *, is_retired: bool, now: datetime
) -> Kind:
    """Take a kind out of use for new meetings, or bring it back; raises NotFound."""
    require(actor, Permission.KEEP_KINDS)
    kind = await kind_by_id(db, actor, kind_id)
    if kind.is_retired is not is_retired:
        kind.is_retired = is_retired
        record(db, actor, "kind.retired" if is_retired else "kind.revived", kind, now=now)
    return kind


async def _check(db: Db, actor: Actor, details: KindDetails, *, but: UUID | None) -> None:
    problems = details.problems()
    if await code_is_taken(db, actor, details.code, but=but):
        problems["code"] = "taken"
    if problems:
        raise Invalid(problems)


def _fill(kind: Kind, details: KindDetails) -> None:
    kind.code, kind.name, kind.neutral_title = details.code, details.name, details.neutral_title
    kind.minutes = details.minutes
    kind.ways = {way.value: limit for way, limit in details.ways.items()}
    kind.needs_second, kind.is_open = details.needs_second, details.is_open
    kind.roles = [role.value for role in DUTIES if role in details.roles]
    kind.is_public = details.is_public
    kind.date_levels = {name.value: level.value for name, level in details.date_levels.items()}
    kind.ground_rules, kind.running_order = details.ground_rules, details.running_order
