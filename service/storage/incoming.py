"""Mail that came in: what it was taken for, and the addresses that mail comes back from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, ForeignKey, Index, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from accessibility.contact import SAFE_CONTACT
from scheduling.versions import Version
from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.messages import Message
from service.storage.needs import Need
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task, TaskState


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


async def was_taken(db: Db, digest: str) -> bool:
    """Tell whether a mail with exactly these bytes came in before."""
    query = select(IncomingMail.id).where(IncomingMail.digest == digest)
    return await db.scalar(query) is not None


async def invitation_by_uid(db: Db, uid: str) -> Invitation | None:
    """The invitation that a calendar file was made for, whole; None if no such file came from us."""
    query = select(Invitation).where(Invitation.uid == uid).options(*WHOLE_INVITATION)
    return await db.scalar(query)


async def message_by_id(db: Db, message_id: UUID) -> Message | None:
    """A message of any organisation, with its person; None if there is none."""
    query = select(Message).where(Message.id == message_id)
    return await db.scalar(query.options(joinedload(Message.person)))


async def message_sent_as(db: Db, invitation: Invitation, message_id: str) -> Message | None:
    """The message about an invitation's meeting that left with this Message-ID; None if there is none."""
    query = select(Message).where(
        Message.organisation_id == invitation.organisation_id,
        Message.meeting_id == invitation.meeting_id,
        Message.person_id == invitation.person_id,
        Message.message_id == message_id,
    )
    return await db.scalar(query.options(joinedload(Message.person)).limit(1))


async def organisations_with_address(db: Db, addresses: Sequence[str]) -> Sequence[UUID]:
    """The organisations whose own address is among these (in small letters)."""
    own = func.lower(Organisation.contact_email)
    query = select(Organisation.id).where(Organisation.contact_email != "", own.in_(addresses))
    return (await db.scalars(query.order_by(Organisation.created_at))).all()


async def organisations_that_know(db: Db, email_key: str) -> Sequence[UUID]:
    """The organisations that have a person with this address."""
    query = select(Person.organisation_id).where(
        Person.email_key == email_key, Person.left_at.is_(None)
    )
    return (await db.scalars(query.distinct())).all()


async def oldest_organisation(db: Db) -> UUID | None:
    """The organisation that was here first; None if there is none at all."""
    query = select(Organisation.id).order_by(Organisation.created_at, Organisation.id)
    return await db.scalar(query.limit(1))


async def newest_reply(db: Db, invitation: Invitation) -> Version | None:
    """The version of the newest answer that came from a guest's calendar; None if none came."""
    found = await db.get(CalendarReply, invitation.id)
    return None if found is None else Version(found.sequence, found.stamp)


async def claim_reply(db: Db, invitation: Invitation, version: Version) -> bool:
    """Make this the newest answer from a guest's calendar; False if a newer one came in meanwhile."""
    is_older = or_(
        CalendarReply.sequence < version.sequence,
        and_(CalendarReply.sequence == version.sequence, CalendarReply.stamp < version.stamp),
    )
    newer = update(CalendarReply).where(CalendarReply.invitation_id == invitation.id, is_older)
    newer = newer.values(sequence=version.sequence, stamp=version.stamp)
    if await changed_rows(db, newer.execution_options(synchronize_session=False)) == 1:
        return True
    if await newest_reply(db, invitation) is not None:
        return False
    db.add(
        CalendarReply(invitation_id=invitation.id, sequence=version.sequence, stamp=version.stamp)
    )
    await db.flush()
    return True


async def count_bounces(db: Db, person: Person) -> int:
    """How often mail to a person's present address came back for good."""
    query = select(func.count()).where(
        Bounce.organisation_id == person.organisation_id,
        Bounce.person_id == person.id,
        Bounce.email_key == person.email_key,
    )
    return await db.scalar(query) or 0


async def forget_bounces(db: Db, person: Person) -> None:
    """Begin to count anew: the address is right after all, or it is another one now."""
    mine = Bounce.organisation_id == person.organisation_id, Bounce.person_id == person.id
    await db.execute(delete(Bounce).where(*mine))


@dataclass(frozen=True, slots=True)
class ToRead:
    """What a task about a mail shows: the mail (None: forgotten), and the rule to keep with its writer."""

    mail: IncomingMail | None = None
    safe: Need | None = None


async def mail_of_task(db: Db, actor: Actor, task: Task) -> ToRead:
    """Give the mail that a task the actor may see is about, and the safe-contact need of its person."""
    own = IncomingMail.organisation_id == Task.organisation_id
    rule = (Need.code == SAFE_CONTACT) & Need.ended_at.is_(None)
    query = (
        select(IncomingMail, Need)
        .select_from(Task)
        .outerjoin(IncomingMail, own & (IncomingMail.id == Task.subject_id))
        .outerjoin(Need, rule & (Need.person_id == Task.person_id))
        .where(Task.organisation_id == actor.organisation_id, Task.id == task.id)
    )
    row = (await db.execute(query.limit(1))).first()
    return ToRead() if row is None else ToRead(row[0], row[1])


async def forget_mails(db: Db, organisation_id: UUID, before: datetime) -> int:
    """Delete what came in before then and is no open task's; gives how many mails that were."""
    is_open = select(Task.id).where(
        Task.subject_id == IncomingMail.id, Task.state == TaskState.OPEN
    )
    old = delete(IncomingMail).where(
        IncomingMail.organisation_id == organisation_id,
        IncomingMail.received_at < before,
        ~is_open.exists(),
    )
    result = await db.execute(old.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
