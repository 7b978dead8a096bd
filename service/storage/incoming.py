"""Mail that came in: what it was taken for, and the addresses that mail comes back from."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.storage.base import Base, OfOrganisation
from service.storage.invitations import Invitation
from service.storage.people import Person


class MailKind(StrEnum):
    """What a mail that came in is."""

    REPLY = "reply"
    COUNTER = "counter"
    ANSWER_IN_WORDS = "answer_in_words"
    WORDS = "words"
    AWAY = "away"
    BOUNCE = "bounce"
    UNREADABLE = "unreadable"


class IncomingMail(OfOrganisation, Base):
    """One mail that came in. `digest` of its bytes makes taking it in twice harmless.

    `words` is the part a person can read, cut to what a page can show. `outcome` is the code of what
    was done with it; what nobody could understand is a task.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (Index(None, "organisation_id", "received_at"),)

    digest: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MailKind]
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="SET NULL"), index=True
    )
    received_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship(lazy="raise")
    invitation: Mapped[Invitation | None] = relationship(lazy="raise")


class CalendarReply(Base):
    """The newest answer that came from a guest's calendar, by (SEQUENCE, DTSTAMP): older ones count no more."""

    __tablename__ = "calendar_replies"

    invitation_id: Mapped[UUID] = mapped_column(
        ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int]
    stamp: Mapped[datetime]


class Bounce(OfOrganisation, Base):
    """That mail to somebody's address came back for good. `status` is the code of RFC 3463 ("5.1.1")."""

    __tablename__ = "bounces"
    __table_args__ = (Index(None, "organisation_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    email_key: Mapped[str]
    status: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
