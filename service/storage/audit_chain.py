"""The chain that shows whether the audit was touched: each line linked to the one before by its hash.

Lines are linked after they were written, by one process at a time, so that no two writers wait for each
other; a database trigger keeps these tables and the audit from being changed. How the hashes are made
is in `audit_hash`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import (
    Index,
    LargeBinary,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.identifiers import earlier_id, new_id
from service.storage.audit import AuditLine
from service.storage.audit_hash import Line, Link, Point
from service.storage.base import Base, Db, OfOrganisation
from service.storage.organisations import Organisation

#: A transaction may commit a line so long after others that were made later.
OVERLAP: Final = timedelta(hours=1)
#: What must be there on each database, for each of the tables.
GUARDED: Final = ("audit", "audit_links", "audit_checkpoints")
GUARDS: Final = {"sqlite": ("stays", "kept", "once"), "postgresql": ("stays", "kept", "whole")}
# The databases' own catalogues, of which SQLAlchemy has no model.
TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}


class AuditLink(OfOrganisation, Base):
    """The place of one line in its organisation's chain: its number, from 1, and the hash so far."""

    __tablename__ = "audit_links"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("line_id"),
    )

    line_id: Mapped[UUID]
    number: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(OfOrganisation, Base):
    """A signed point of the chain: whoever makes the chain anew up to there cannot sign it.

    One with `lines_before` lets lines go that are up to it and dated earlier; checking goes on from it.
    """

    __tablename__ = "audit_checkpoints"
    __table_args__ = (Index(None, "organisation_id", "number"),)

    number: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    lines_before: Mapped[datetime | None]
    made_at: Mapped[datetime]

    @property
    def point(self) -> Point:
        """Give the point of the chain."""
        return Point(self.number, self.hash)


#: A line's values in the order in which they are hashed; the time stands where `audit_hash.AT` says.
VALUES = (
    AuditLine.id,
    AuditLine.organisation_id,
    AuditLine.at,
    AuditLine.door,
    AuditLine.actor_id,
    AuditLine.what,
    AuditLine.subject,
    AuditLine.subject_id,
    AuditLine.person_id,
    AuditLine.facts,
)


async def take_chain(db: Db, organisation_id: UUID) -> bool:
    """Take the right to add to an organisation's chain until the transaction ends, if nobody has it."""
    mine = select(Organisation.id).where(Organisation.id == organisation_id)
    taken = await db.scalar(mine.with_for_update(skip_locked=True, key_share=True))
    return taken is not None


async def newest_link(db: Db, organisation_id: UUID) -> AuditLink | None:
    """Give the end of the chain; None if no line that is still kept has a link."""
    query = select(AuditLink).where(AuditLink.organisation_id == organisation_id)
    return await db.scalar(query.order_by(AuditLink.number.desc()).limit(1))


async def checkpoints_of(db: Db, organisation_id: UUID) -> Sequence[AuditCheckpoint]:
    """Give everything that was signed, in the order of the chain."""
    query = select(AuditCheckpoint).where(AuditCheckpoint.organisation_id == organisation_id)
    order = (AuditCheckpoint.number, AuditCheckpoint.made_at, AuditCheckpoint.id)
    return (await db.scalars(query.order_by(*order))).all()


async def unlinked_lines(
    db: Db, organisation_id: UUID, *, beside: UUID | None, limit: int
) -> Sequence[Line]:
    """Give lines without a link, the earliest first.

    Looks only at those made not long before the line `beside`, if one is named.
    """
    query = (
        select(*VALUES)
        .outerjoin(AuditLink, AuditLink.line_id == AuditLine.id)
        .where(AuditLine.organisation_id == organisation_id, AuditLink.id.is_(None))
    )
    if beside is not None:
        query = query.where(AuditLine.id >= earlier_id(beside, OVERLAP))
    rows = await db.execute(query.order_by(AuditLine.at, AuditLine.id).limit(limit))
    return [tuple(row) for row in rows]


async def count_unlinked(db: Db, organisation_id: UUID) -> tuple[int, datetime | None]:
    """Count the lines without a link, and give the time of the earliest."""
    query = (
        select(func.count(), func.min(AuditLine.at))
        .select_from(AuditLine)
        .outerjoin(AuditLink, AuditLink.line_id == AuditLine.id)
        .where(AuditLine.organisation_id == organisation_id, AuditLink.id.is_(None))
    )
    number, earliest = (await db.execute(query)).one()
    return number, earliest


async def add_links(db: Db, organisation_id: UUID, lines: Iterable[tuple[Line, Point]]) -> None:
    """Add a link for each line, with the point that the chain comes to with it."""
    rows = [
        {
            "id": new_id(),
            "organisation_id": organisation_id,
            "line_id": line[0],
            "number": point.number,
            "hash": point.hash,
        }
        for line, point in lines
    ]
    if rows:
        await db.execute(insert(AuditLink), rows)


async def links_after(db: Db, organisation_id: UUID, number: int, *, limit: int) -> Sequence[Link]:
    """Give the next links of a chain with their lines."""
    query = (
        select(AuditLink.number, AuditLink.hash, *VALUES)
        .outerjoin(AuditLine, AuditLine.id == AuditLink.line_id)
        .where(AuditLink.organisation_id == organisation_id, AuditLink.number > number)
        .order_by(AuditLink.number)
        .limit(limit)
    )
    rows = await db.execute(query)
    return [Link(row[0], row[1], tuple(row[2:]) if row[2] else None) for row in rows]


async def has_lines_before(db: Db, organisation_id: UUID, before: datetime) -> bool:
    """Tell whether any line is dated earlier."""
    query = select(AuditLine.id).where(
        AuditLine.organisation_id == organisation_id, AuditLine.at < before
    )
    return await db.scalar(query.limit(1)) is not None


async def remove_lines(db: Db, organisation_id: UUID, number: int) -> None:
    """Remove the lines up to this number of the chain, and their links; the trigger lets signed ones go."""
    links = AuditLink.organisation_id == organisation_id, AuditLink.number <= number
    lines = select(AuditLink.line_id).where(*links)
    await db.execute(delete(AuditLine).where(AuditLine.id.in_(lines)))
    await db.execute(delete(AuditLink).where(*links))


async def missing_guards(db: Db) -> Sequence[str]:
    """Name the triggers that should keep the audit from being changed, and are not there or switched off."""
    database = db.get_bind().dialect.name
    there = set(await db.scalars(text(TRIGGERS[database])))
    wanted = [f"{table}_{name}" for table in GUARDED for name in GUARDS[database]]
    return [name for name in wanted if name not in there]
