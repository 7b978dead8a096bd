"""Statements that remove what is held of one person. What only counts them is written down before."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Delete, Select, Update, delete, func, or_, select, update

from accessibility.claims import ClaimState
from accessibility.contact import KEEP_APART
from accessibility.kit import GIVEN_FOR_GOOD
from service.actor import Actor
from service.errors import NotFound
from service.storage.apart import KeptApart
from service.storage.askings import Asking
from service.storage.attendance import Attendance
from service.storage.base import Base, Db
from service.storage.claims import Claim, Receipt
from service.storage.feedback import Feedback
from service.storage.feeds import CalendarBlock, Feed
from service.storage.incoming import Bounce, CalendarReply, IncomingMail
from service.storage.invitations import Invitation
from service.storage.kit import KitItem, Loan
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.needs import AccessRequest, Consent, Need, SealedWords
from service.storage.people import GroupMember, Person
from service.storage.rota import Availability
from service.storage.safeguarding import SafeguardingNote
from service.storage.series import SeriesGuest
from service.storage.side_rooms import SideRoom
from service.storage.staff import SignIn, SignInRequest
from service.storage.tasks import Task, TaskKind, TaskState

#: Claims that nobody was paid for.
UNPAID: Final = (ClaimState.ASKED, ClaimState.AGREED)
#: What goes whole, in an order in which nothing points at what is gone.
OF_ONE_PERSON: Final[Sequence[type[Base]]] = (
    *(Feedback, AccessRequest, Need, Bounce, Feed, GroupMember, SeriesGuest),
    *(SignIn, SignInRequest, Availability),
)
#: Until then who came is worked out again from what rooms tell, so it cannot be a mere number yet.
SETTLES_FOR: Final = timedelta(days=8)


async def person_to_erase(db: Db, actor: Actor, person_id: UUID) -> Person:
    """Give a person, also one who has left, whom nobody erased yet; raises NotFound."""
    query = select(Person).where(
        Person.organisation_id == actor.organisation_id,
        Person.id == person_id,
        Person.erased_at.is_(None),
    )
    person = await db.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


async def erased_in(db: Db, organisation_id: UUID) -> frozenset[UUID]:
    """Say who of an organisation is erased, as the main database knows."""
    query = select(Person.id).where(
        Person.organisation_id == organisation_id, Person.erased_at.is_not(None)
    )
    return frozenset(await db.scalars(query))


async def lent_to(db: Db, person_id: UUID) -> Sequence[str]:
    """Name what a person has of ours, and is to give back."""
    query = (
        select(KitItem.name)
        .join(Loan, Loan.kit_id == KitItem.id)
        .where(Loan.person_id == person_id, Loan.returned_at.is_(None))
        .where(KitItem.kind.not_in(GIVEN_FOR_GOOD))
    )
    return (await db.scalars(query.order_by(KitItem.name))).all()


async def unpaid_claims(db: Db, person_id: UUID) -> Sequence[Claim]:
    """Give what somebody asked for and was not paid."""
    query = select(Claim).where(Claim.person_id == person_id, Claim.state.in_(UNPAID))
    return (await db.scalars(query.order_by(Claim.id))).all()


async def whole_requests(db: Db, person_id: UUID, now: datetime) -> Sequence[AccessRequest]:
    """Give what somebody asked for at meetings that are over."""
    query = (
        select(AccessRequest)
        .join(Meeting, Meeting.id == AccessRequest.meeting_id)
        .where(AccessRequest.person_id == person_id, Meeting.ends_at <= now)
    )
    return (await db.scalars(query)).all()


async def said_by(db: Db, person_id: UUID) -> Sequence[Feedback]:
    """Give what somebody said of sessions."""
    return (await db.scalars(select(Feedback).where(Feedback.person_id == person_id))).all()


async def came_to(db: Db, person_id: UUID, now: datetime) -> Sequence[Attendance]:
    """Give what is known of somebody's coming to meetings of which nothing more is found out."""
    query = (
        select(Attendance)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Invitation.person_id == person_id, Meeting.ends_at <= now - SETTLES_FOR)
    )
    return (await db.scalars(query)).all()


async def all_invitations(db: Db, person_id: UUID) -> Sequence[Invitation]:
    """Give every invitation a person ever had."""
    return (await db.scalars(select(Invitation).where(Invitation.person_id == person_id))).all()


async def all_messages(db: Db, person_id: UUID) -> Sequence[Message]:
    """Give every message that was ever to go to a person."""
    return (await db.scalars(select(Message).where(Message.person_id == person_id))).all()


async def drop_own_pairs(db: Db, person: Person) -> int:
    """Remove the pairs that this person alone asked for; count those that may protect somebody else."""
    mine = or_(KeptApart.first_id == person.id, KeptApart.second_id == person.id)
    pairs = (await db.scalars(select(KeptApart).where(mine))).all()
    asked = select(Need.person_id).where(Need.code == KEEP_APART, Need.ended_at.is_(None))
    asking = set(await db.scalars(asked.where(Need.organisation_id == person.organisation_id)))
    held = 0
    for pair in pairs:
        other = pair.second_id if pair.first_id == person.id else pair.first_id
        if person.id in asking and other not in asking:
            await db.delete(pair)
        elif pair.ended_at is None:
            held += 1
    return held


async def has_notes(db: Db, organisation_id: UUID) -> bool:
    """Tell whether the safeguarding lead keeps any note, about whomever."""
    query = select(SafeguardingNote.id).where(SafeguardingNote.organisation_id == organisation_id)
    return await db.scalar(query.limit(1)) is not None


async def remove_rows(db: Db, person: Person, now: datetime) -> None:
    """Remove the rows about a person that nothing else needs, and the words in those that stay."""
    for statement in (*_removals(person), *_blanks(person.id, now)):
        await db.execute(statement.execution_options(synchronize_session=False))


async def open_messages(db: Db, person_id: UUID) -> Sequence[str]:
    """Blank what is kept of messages to a person, queue nothing more, and name the files they left."""
    names = []
    for message in await all_messages(db, person_id):
        if message.state is MessageState.WAITING:
            message.state = MessageState.OVERTAKEN
        message.trouble = ""
        names += [message.message_id] if message.message_id else []
    return names


def _removals(person: Person) -> Iterator[Delete]:
    """List what goes altogether, in an order in which nothing points at what is gone."""
    mine = select(Invitation.id).where(Invitation.person_id == person.id)
    claims = select(Claim.id).where(Claim.person_id == person.id)
    yield delete(SealedWords).where(SealedWords.person_id == person.id)
    yield delete(Receipt).where(Receipt.claim_id.in_(claims))
    yield delete(CalendarBlock).where(CalendarBlock.subject_id.in_(mine))
    yield delete(CalendarReply).where(CalendarReply.invitation_id.in_(mine))
    yield delete(SideRoom).where(SideRoom.invitation_id.in_(mine))
    yield delete(IncomingMail).where(
        or_(IncomingMail.person_id == person.id, IncomingMail.invitation_id.in_(mine))
    )
    for table in OF_ONE_PERSON:
        yield delete(table).where(table.__table__.c.person_id == person.id)
    reached = [
        column == key
        for column, key in (
            (func.lower(Asking.email), person.email_key),
            (Asking.phone, person.phone),
        )
        if key
    ]
    if reached:
        here = Asking.organisation_id == person.organisation_id
        yield delete(Asking).where(here, Asking.handled_at.is_not(None), or_(*reached))


def _blanks(person_id: UUID, now: datetime) -> Iterator[Update]:
    """List what stays without its words: sums for six years, proof that consent was given, what was done."""
    nothing = dict.fromkeys(("hours_tenths", "miles_tenths", "children", "request_id"))
    of_claims = update(Claim).where(Claim.person_id == person_id)
    yield of_claims.values(words="", reason="", **nothing)
    given = Consent.person_id == person_id, Consent.withdrawn_at.is_(None)
    yield update(Consent).where(*given).values(withdrawn_at=now)
    about = Task.person_id == person_id
    yield update(Task).where(about, Task.state == TaskState.OPEN).values(state=TaskState.OVERTAKEN)
    yield update(Task).where(about).values(words="")
    yield update(Loan).where(Loan.person_id == person_id).values(request_id=None)


async def held_tasks(db: Db, actor: Actor) -> Sequence[Task]:
    """Give the lead's open tasks about people who were erased, the earliest first."""
    return (await db.scalars(_held(actor).order_by(Task.created_at, Task.id))).all()


async def held_task(db: Db, actor: Actor, task_id: UUID) -> Task:
    """Give one of them; raises NotFound."""
    task = await db.scalar(_held(actor).where(Task.id == task_id))
    if task is None:
        raise NotFound
    return task


def _held(actor: Actor) -> Select[Task]:
    return select(Task).where(
        Task.organisation_id == actor.organisation_id,
        Task.kind == TaskKind.OWN_DATA,
        Task.state == TaskState.OPEN,
    )


async def drop_pairs(db: Db, person_id: UUID) -> None:
    """Remove every pair that a person is one of."""
    mine = or_(KeptApart.first_id == person_id, KeptApart.second_id == person_id)
    await db.execute(delete(KeptApart).where(mine))
