"""Keeping the dates an organisation should keep in mind: school breaks and local customs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling.dates import OWN_KINDS, DateKind
from scheduling.ical.days import LONGEST_NAME, BadDays, NamedDays, days_in
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.special_dates import (
    SpecialDate,
    special_date_by_id,
    special_dates_between,
)

#: A break or a custom lasts no longer than this.
LONGEST = timedelta(days=100)
FROM_HAND = "hand"
FROM_FILE = "file"


@dataclass(frozen=True, slots=True)
class SpecialDetails:
    """One school break or local custom; the texts have passed the boundary filter."""

    kind: DateKind
    name: str
    first_on: date
    last_on: date

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {}
        if not self.name:
            found["name"] = "needed"
        elif len(self.name) > LONGEST_NAME:
            found["name"] = "too-long"
        if self.kind not in OWN_KINDS:
            found["kind"] = "not-a-choice"
        if self.last_on < self.first_on:
            found["last_on"] = "ends-before"
        elif self.last_on - self.first_on > LONGEST:
            found["last_on"] = "too-many-days"
        return found


async def add_special_date(
    db: Db, actor: Actor, details: SpecialDetails, *, now: datetime
) -> SpecialDate:
    """Keep a school break or a local custom; raises Invalid."""
    require(actor, Permission.KEEP_DATES)
    if problems := details.problems():
        raise Invalid(problems)
    kept = _kept(actor, details, FROM_HAND)
    db.add(kept)
    record(db, actor, "special-date.added", kept, now=now)
    return kept


async def read_days(actor: Actor, content: bytes) -> Sequence[NamedDays]:
    """Say what a calendar file names; raises Refused for a file that cannot be read. Nothing is kept."""
    require(actor, Permission.KEEP_DATES)
    try:
        return await asyncio.to_thread(days_in, content)
    except BadDays as error:
        raise Refused(error.why, field="file") from error


async def add_from_file(
    db: Db, actor: Actor, wanted: Sequence[SpecialDetails], *, now: datetime
) -> int:
    """Keep what was ticked of a file, without what is kept already; gives how many. Raises Invalid."""
    require(actor, Permission.KEEP_DATES)
    if not wanted:
        raise Invalid({"take": "tick-one"})
    if any(details.problems() for details in wanted):
        raise Invalid({"take": "not-usable"})
    first = min(details.first_on for details in wanted)
    last = max(details.last_on for details in wanted)
    known = {_key(each) for each in await special_dates_between(db, actor, first, last)}
    added = [_kept(actor, each, FROM_FILE) for each in wanted if _key(each) not in known]
    db.add_all(added)
    record(db, actor, "special-date.imported", None, now=now, count=len(added))
    return len(added)


async def remove_special_date(db: Db, actor: Actor, date_id: UUID, *, now: datetime) -> None:
    """Forget one of the organisation's own dates; raises NotFound."""
    require(actor, Permission.KEEP_DATES)
    kept = await special_date_by_id(db, actor, date_id)
    record(db, actor, "special-date.removed", kept, now=now)
    await db.delete(kept)


def _kept(actor: Actor, details: SpecialDetails, source: str) -> SpecialDate:
    return SpecialDate(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=details.kind,
        name=details.name,
        first_on=details.first_on,
        last_on=details.last_on,
        source=source,
    )


def _key(each: SpecialDetails | SpecialDate) -> tuple[str, date, date]:
    return each.name.casefold(), each.first_on, each.last_on
