"""The safeguarding lead's own store. Others write into it and never read it; all words are sealed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.meetings import Meeting
from service.storage.needs import SealedWords
from service.storage.people import Person


class SafeguardingNote(OfOrganisation, Base):
    """One note: when it happened, about whom and at which meeting, if known. Its words are sealed apart.

    They are sealed with a key of the note itself: the lead alone destroys them.
    """

    __tablename__ = "safeguarding_notes"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id", ondelete="SET NULL"))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    happened_at: Mapped[datetime]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    about: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=about_id)
    writer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=written_by)


async def note_by_id(db: Db, actor: Actor, note_id: UUID) -> SafeguardingNote:
    """Give one note, with who wrote it; raises NotFound."""
    query = select(SafeguardingNote).where(
        SafeguardingNote.organisation_id == actor.organisation_id, SafeguardingNote.id == note_id
    )
    note = await db.scalar(query.options(joinedload(SafeguardingNote.writer)))
    if note is None:
        raise NotFound
    return note


async def notes_of(
    db: Db, actor: Actor, *, closed_too: bool = False
) -> Sequence[tuple[SafeguardingNote, Meeting | None]]:
    """The organisation's notes with their sessions, those nobody has read first, then the newest."""
    query = (
        select(SafeguardingNote, Meeting)
        .outerjoin(Meeting, Meeting.id == SafeguardingNote.meeting_id)
        .where(SafeguardingNote.organisation_id == actor.organisation_id)
        .options(joinedload(SafeguardingNote.writer))
    )
    if not closed_too:
        query = query.where(SafeguardingNote.closed_at.is_(None))
    unread = SafeguardingNote.read_at.is_(None).desc()
    rows = await db.execute(query.order_by(unread, SafeguardingNote.created_at.desc()).limit(500))
    return [(note, meeting) for note, meeting in rows]


async def sealed_parts(db: Db, note: SafeguardingNote) -> Sequence[str]:
    """Name the parts of a note that hold anything, without opening them."""
    query = select(SealedWords.of_column).where(
        SealedWords.of_table == SafeguardingNote.__tablename__, SealedWords.of_row == note.id
    )
    return (await db.scalars(query)).all()
