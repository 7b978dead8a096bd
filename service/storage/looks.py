"""Who looked at what is kept of people: a line of the audit for each page that shows some of it.

One line for each person and page; a list of several people leaves one line with how many there were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, distinct, func, or_, select

from accessibility.disclosure import Field
from service.actor import Actor, Door
from service.identifiers import new_id
from service.storage.audit import AuditLine
from service.storage.base import Db
from service.storage.people import Person

#: What lines about looks are called: of one person, of a list; and those of actions with a name of their own.
ONE: Final = "person.read"
SEVERAL: Final = "people.read"
OPENED: Final = "words.opened"
RECEIPT_OPENED: Final = "receipt.opened"
EXPORTED: Final = "people.exported"
GIVEN: Final = "own-data.given"


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody is about to be shown: which fields, of whom or of how many, and why if they said so.

    `way_in` names the sign-in or the token they came with.
    """

    fields: frozenset[Field]
    person_id: UUID | None = None
    meeting_id: UUID | None = None
    count: int | None = None
    reason: str = ""
    way_in: str = ""

    def facts(self, actor: Actor) -> dict[str, str]:
        """Give what the line says beside who, whom and when."""
        given = {
            "fields": " ".join(sorted(self.fields)),
            "roles": " ".join(sorted(actor.roles)),
            "count": "" if self.count is None else str(self.count),
            "reason": self.reason,
            "way_in": self.way_in,
        }
        return {name: value for name, value in given.items() if value}

    def line(self, actor: Actor, *, now: datetime) -> AuditLine:
        """Make the line, with its id."""
        subject = "meetings" if self.meeting_id else "people" if self.person_id else ""
        return AuditLine(
            id=new_id(),
            organisation_id=actor.organisation_id,
            at=now,
            door=actor.door,
            actor_id=actor.person_id,
            what=ONE if self.person_id else SEVERAL,
            subject=subject,
            subject_id=self.meeting_id or self.person_id,
            person_id=self.person_id,
            facts=self.facts(actor),
        )


def is_look() -> ColumnElement[bool]:
    """Select lines about looks."""
    named = (OPENED, RECEIPT_OPENED, EXPORTED, GIVEN)
    return or_(AuditLine.what.like("%.read"), AuditLine.what.in_(named))


async def looks_at(
    db: Db, actor: Actor, person_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> Sequence[tuple[AuditLine, str | None]]:
    """Who looked at what is kept of this person, newest first, each with the looker's name."""
    query = (
        select(AuditLine, Person.chosen_name)
        .outerjoin(Person, Person.id == AuditLine.actor_id)
        .where(
            AuditLine.organisation_id == actor.organisation_id,
            AuditLine.person_id == person_id,
            AuditLine.door != Door.GUEST,
            is_look(),
        )
    )
    if before is not None:
        query = query.where(AuditLine.id < before)
    rows = await db.execute(query.order_by(AuditLine.id.desc()).limit(limit))
    return [(line, name) for line, name in rows]


async def removals_of(db: Db, actor: Actor, what: str, *, limit: int = 30) -> Sequence[AuditLine]:
    """Give the newest lines of one name."""
    query = select(AuditLine).where(
        AuditLine.organisation_id == actor.organisation_id, AuditLine.what == what
    )
    return (await db.scalars(query.order_by(AuditLine.id.desc()).limit(limit))).all()


async def readers_of_many(
    db: Db, organisation_id: UUID, *, since: datetime, until: datetime, more_than: int
) -> Sequence[tuple[UUID, str, int]]:
    """Who looked at more different people than that in the time: id, name, and how many."""
    many = func.count(distinct(AuditLine.person_id))
    query = (
        select(Person.id, Person.chosen_name, many)
        .join(Person, Person.id == AuditLine.actor_id)
        .where(
            AuditLine.organisation_id == organisation_id,
            AuditLine.at >= since,
            AuditLine.at < until,
            is_look(),
        )
        .group_by(Person.id, Person.chosen_name)
        .having(many > more_than)
        .order_by(Person.id)
    )
    return [(id_, name, number) for id_, name, number in await db.execute(query)]
