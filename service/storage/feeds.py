"""Calendar feeds: addresses a calendar program asks again and again, and the stored events they are made of."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.storage.base import Base, OfOrganisation
from service.storage.people import Person


class FeedKind(StrEnum):
    """Whose meetings a feed shows: those a person is invited to, or those a facilitator may see."""

    OWN = "own"
    HOSTING = "hosting"


class Feed(OfOrganisation, Base):
    """One secret address of one person. `version` grows whenever anything it shows may have changed.

    Only a keyed hash of the address is stored; raising `link_generation` makes a new one.
    """

    __tablename__ = "feeds"
    __table_args__ = (Index(None, "organisation_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[FeedKind]
    name: Mapped[str] = mapped_column(default="")
    link_hash: Mapped[str] = mapped_column(unique=True)
    link_generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    leaves_out_mailed: Mapped[bool] = mapped_column(default=False)
    is_neutral: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class CalendarBlock(Base):
    """One event as calendar text, made once for a version: of an invitation, or of a meeting.

    `made_for` says for whom ("guest", "host", "public"); `key` names the facts it was made from, so a
    block with another key than the facts give is old.
    """

    __tablename__ = "calendar_blocks"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_for: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    block: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
