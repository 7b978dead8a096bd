"""The audit: one line for every change, and for every look at what is kept of people.

Lines are only ever added: a trigger refuses everything else (see `audit_chain`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor, Door
from service.storage.base import Base, Db, OfOrganisation
from service.storage.people import Person


class AuditLine(OfOrganisation, Base):
    """Who did what, when, to which thing, and which person it is about. `facts` holds no words of people."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "organisation_id", "at"),
        Index(None, "organisation_id", "person_id", "at"),
    )

    at: Mapped[datetime]
    door: Mapped[Door]
    actor_id: Mapped[UUID | None]
    what: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    db: Db, actor: Actor, what: str, subject: Base | None, *, now: datetime, **facts: Any
) -> None:
    """Add a line: `what` is a verb with its noun ("meeting.published"), the person comes from the subject."""
    subject_id = getattr(subject, "id", None)
    person_id = subject_id if subject is not None and subject.__tablename__ == "people" else None
    db.add(
        AuditLine(
            organisation_id=actor.organisation_id,
            at=now,
            door=actor.door,
            actor_id=actor.person_id,
            what=what,
            subject=subject.__tablename__ if subject is not None else "",
            subject_id=subject_id,
            person_id=facts.pop("person_id", None)
            or person_id
            or getattr(subject, "person_id", None),
            facts={key: str(value) for key, value in facts.items()},
        )
    )


async def recent_lines(
    db: Db,
    actor: Actor,
    *,
    before: UUID | None = None,
    by: UUID | None = None,
    about: UUID | None = None,
    limit: int = 50,
) -> Sequence[tuple[AuditLine, str | None]]:
    """The organisation's newest lines, each with the name of who did it (None: no person).

    Of one who did it, or about one person, if they are named.
    """
    query = (
        select(AuditLine, Person.chosen_name)
        .outerjoin(Person, Person.id == AuditLine.actor_id)
        .where(AuditLine.organisation_id == actor.organisation_id)
    )
    for column, wanted in ((AuditLine.actor_id, by), (AuditLine.person_id, about)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(AuditLine.id < before)
    rows = await db.execute(query.order_by(AuditLine.id.desc()).limit(limit))
    return [(line, name) for line, name in rows]
