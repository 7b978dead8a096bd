"""The chain that shows whether the audit was touched: each line linked to the one before by its hash.

Lines are linked after they were written, by one process at a time, so that no two writers wait for each
other; a database trigger keeps both tables from being changed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.storage.base import Base, OfOrganisation


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
