"""The outbox: one row for each thing to be sent to one person by one channel. It holds no text.

The letter is composed from the facts when it is sent; so a message that a newer version has overtaken
is marked so and never sent, and the same version always gives the same words.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation
from service.storage.people import Channel, Person


class MessageKind(StrEnum):
    """What a message is about; the letter's template follows from it."""

    INVITATION = "invitation"
    UPDATE = "update"
    CANCEL = "cancel"
    ANNOUNCEMENT = "announcement"
    YOUR_LINK = "your_link"
    SIGN_IN = "sign_in"
    STAFF_WELCOME = "staff_welcome"
    REQUEST_ANSWER = "request_answer"
    PLACE_OFFERED = "place_offered"
    REMINDER = "reminder"
    NUDGE = "nudge"
    ROTA_ASK = "rota_ask"
    ROTA_NEWS = "rota_news"
    REQUEST_RECEIPT = "request_receipt"
    FEEDBACK_ASK = "feedback_ask"
    ILL_NOTICE = "ill_notice"
    CLAIM_ANSWER = "claim_answer"
    KIT_DUE = "kit_due"
    NOTE_WAITING = "note_waiting"


class MessageState(StrEnum):
    """Where a message is on its way out."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


class Message(OfOrganisation, Base):
    """One thing to send: (kind, person, subject, version, channel) is unique, so nothing is queued twice.

    `subject_id` is the invitation, announcement or sign-in request it is about; `version` the
    invitation's SEQUENCE. `lease` is a fencing number: only who holds the newest may mark the row.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("kind", "person_id", "subject_id", "version", "channel", "occurrence"),
        Index(None, "state", "due_at"),
        Index(None, "organisation_id", "created_at"),
        Index(None, "subject_id"),
        Index(None, "meeting_id"),
    )

    kind: Mapped[MessageKind]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    subject_id: Mapped[UUID]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=0)
    occurrence: Mapped[int] = mapped_column(default=0)
    channel: Mapped[Channel]
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    message_id: Mapped[str | None]
    trouble: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Announcement(OfOrganisation, Base):
    """What a facilitator wrote to everybody coming to a meeting."""

    __tablename__ = "announcements"

    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meetings.id", ondelete="CASCADE"), index=True
    )
    words: Mapped[str]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


async def waiting_messages_to(
    db: Db, actor: Actor, person_id: UUID, kinds: Collection[MessageKind]
) -> Sequence[Message]:
    """What is queued for a person and has not left the house."""
    query = select(Message).where(
        Message.organisation_id == actor.organisation_id,
        Message.person_id == person_id,
        Message.state == MessageState.WAITING,
        Message.kind.in_(kinds),
    )
    return (await db.scalars(query)).all()


async def queue_mail(
    db: Db,
    organisation_id: UUID,
    kind: MessageKind,
    person_id: UUID,
    *,
    subject_id: UUID,
    now: datetime,
) -> None:
    """Queue a mail that can be sent about the same subject again; its occurrence tells it from earlier ones."""
    earlier = select(func.count()).where(Message.kind == kind, Message.subject_id == subject_id)
    db.add(
        Message(
            organisation_id=organisation_id,
            kind=kind,
            person_id=person_id,
            subject_id=subject_id,
            occurrence=await db.scalar(earlier) or 0,
            channel=Channel.EMAIL,
            due_at=now,
            created_at=now,
        )
    )
