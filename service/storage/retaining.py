"""What is due to go by the schedule, as one condition for each thing that is held, and its removal in batches.

Nothing of a session still to come is ever due: whatever counts from a session counts from its end. Nothing
is due that a task still open is about.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from accessibility.claims import ClaimState
from accessibility.retention import Held, removed_before
from scheduling.answers import Answer
from service.actor import Actor
from service.storage.attendance import Attendance
from service.storage.audit import AuditLine
from service.storage.base import Base, Db
from service.storage.budgets import cost_alone
from service.storage.claims import Claim, Receipt
from service.storage.counts import Counted, add_counts
from service.storage.feedback import Feedback
from service.storage.feeds import CalendarBlock
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Announcement, Message
from service.storage.needs import AccessRequest, Consent, Need, SealedWords
from service.storage.tasks import Task, TaskState

#: So many rows of each sort go in one transaction.
BATCH: Final = 500
#: Answers of who is to be prepared for.
COMING: Final = (Answer.YES, Answer.MAYBE, Answer.WAITING)
SETTLED: Final = (ClaimState.PAID, ClaimState.REFUSED, ClaimState.TAKEN_BACK)

Ids = Select[UUID]


def _over(held: Held, at: datetime, column: Any) -> ColumnElement[bool]:
    """Say that the meeting this column names was over for long enough at that time."""
    over = select(Meeting.id).where(Meeting.ends_at <= removed_before(held, at))
    is_over: ColumnElement[bool] = column.in_(over)
    return is_over


def _is_asked_about(id_: Any) -> ColumnElement[bool]:
    return exists().where(Task.subject_id == id_, Task.state == TaskState.OPEN)


def _requests(house: UUID, at: datetime) -> Ids:
    return select(AccessRequest.id).where(
        AccessRequest.organisation_id == house,
        _over(Held.REQUESTS, at, AccessRequest.meeting_id),
        ~_is_asked_about(AccessRequest.id),
    )


def _feedback(house: UUID, at: datetime) -> Ids:
    return select(Feedback.id).where(
        Feedback.organisation_id == house, _over(Held.FEEDBACK, at, Feedback.meeting_id)
    )


def _attendance(house: UUID, at: datetime) -> Ids:
    """Select invitations: with them goes who came, and who was to come."""
    waits = exists().where(
        AccessRequest.invitation_id == Invitation.id, _is_asked_about(AccessRequest.id)
    )
    return select(Invitation.id).where(
        Invitation.organisation_id == house,
        _over(Held.ATTENDANCE, at, Invitation.meeting_id),
        ~waits,
        ~_is_asked_about(Invitation.id),
    )


def _needs(house: UUID, at: datetime) -> Ids:
    """Select needs that ended, or whose person was not heard of, for long enough, and nothing rests on."""
    cut = removed_before(Held.NEEDS, at)
    rests = exists().where(
        AccessRequest.need_id == Need.id, AccessRequest.id.not_in(_requests(house, at))
    )
    quiet = and_(Need.review_on <= at.date(), ~_was_heard_of(Need.person_id, cut, at))
    return select(Need.id).where(
        Need.organisation_id == house, or_(Need.ended_at <= cut, quiet), ~rests
    )


def _was_heard_of(person_id: Any, cut: datetime, at: datetime) -> ColumnElement[bool]:
    """Say that somebody came, answered or told us something later, or is to come to a session."""
    told = aliased(Need)
    came = (
        select(Attendance.id)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Invitation.person_id == person_id, Attendance.was_there, Meeting.ends_at > cut)
    )
    comes = (
        select(Invitation.id)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Invitation.person_id == person_id, Invitation.answer.in_(COMING))
        .where(Invitation.removed_at.is_(None), Meeting.ends_at > at)
    )
    return or_(
        came.exists(),
        comes.exists(),
        exists().where(Invitation.person_id == person_id, Invitation.answered_at > cut),
        exists().where(told.person_id == person_id, told.created_at > cut),
        exists().where(Consent.person_id == person_id, Consent.given_at > cut),
        exists().where(Feedback.person_id == person_id, Feedback.at > cut),
    )


def _pins(house: UUID, at: datetime) -> Ids:
    return select(Invitation.id).where(
        Invitation.organisation_id == house,
        Invitation.dial_pin.is_not(None),
        _over(Held.DIAL_PINS, at, Invitation.meeting_id),
    )


def _letters(house: UUID, at: datetime) -> Ids:
    """Select what was written to everybody; of a session still to come it stays."""
    is_over = Announcement.meeting_id.in_(select(Meeting.id).where(Meeting.ends_at <= at))
    return select(Announcement.id).where(
        Announcement.organisation_id == house,
        Announcement.created_at <= removed_before(Held.LETTERS, at),
        is_over,
        ~_is_asked_about(Announcement.id),
    )


def _consents(house: UUID, at: datetime) -> Ids:
    ended = case(
        (Consent.withdrawn_at < Consent.expires_at, Consent.withdrawn_at), else_=Consent.expires_at
    )
    return select(Consent.id).where(
        Consent.organisation_id == house, ended <= removed_before(Held.CONSENTS, at)
    )


def _claims(house: UUID, at: datetime) -> Ids:
    return select(Claim.id).where(*_settled(house, Held.CLAIMS, at))


def _receipts(house: UUID, at: datetime) -> Ids:
    claims = select(Claim.id).where(*_settled(house, Held.RECEIPTS, at))
    return select(Receipt.id).where(Receipt.claim_id.in_(claims))


def _settled(house: UUID, held: Held, at: datetime) -> tuple[ColumnElement[bool], ...]:
    when = func.coalesce(Claim.paid_at, Claim.decided_at, Claim.created_at)
    before = when <= removed_before(held, at)
    return Claim.organisation_id == house, Claim.state.in_(SETTLED), before


def _reads(house: UUID, at: datetime) -> Ids:
    return select(AuditLine.id).where(
        AuditLine.organisation_id == house, AuditLine.at < removed_before(Held.READS, at)
    )


#: What is due of each sort, in the order in which it goes: what rests on something goes before it.
DUE: Final[Mapping[Held, Callable[[UUID, datetime], Ids]]] = {
    Held.REQUESTS: _requests,
    Held.FEEDBACK: _feedback,
    Held.ATTENDANCE: _attendance,
    Held.NEEDS: _needs,
    Held.DIAL_PINS: _pins,
    Held.LETTERS: _letters,
    Held.CONSENTS: _consents,
    Held.RECEIPTS: _receipts,
    Held.CLAIMS: _claims,
}
#: What other jobs remove, and is only counted here beforehand.
ELSEWHERE: Final[Mapping[Held, Callable[[UUID, datetime], Ids]]] = {Held.READS: _reads}


async def count_due(
    db: Db, actor: Actor, times: Sequence[datetime]
) -> Mapping[Held, Sequence[int]]:
    """Count what is due at each of these times, of each sort; one query."""
    kinds = [*DUE.items(), *ELSEWHERE.items()]
    counts = [
        select(func.count())
        .select_from(due(actor.organisation_id, at).subquery())
        .scalar_subquery()
        for _, due in kinds
        for at in times
    ]
    row = list((await db.execute(select(*counts))).one())
    size = len(times)
    return {held: row[size * at : size * (at + 1)] for at, (held, _) in enumerate(kinds)}


async def due_now(db: Db, actor: Actor, held: Held, now: datetime) -> Sequence[UUID]:
    """Give the next of one sort that are due, as many as go at once."""
    query = DUE[held](actor.organisation_id, now).limit(BATCH)
    return (await db.scalars(query)).all()


async def remove_due(db: Db, actor: Actor, held: Held, ids: Sequence[UUID]) -> None:
    """Remove these rows of one sort; what only counts them is written down before."""
    match held:
        case Held.REQUESTS:
            await _count_requests(db, actor, ids)
            await _delete(db, AccessRequest, ids)
        case Held.FEEDBACK:
            found = await db.scalars(select(Feedback).where(Feedback.id.in_(ids)))
            said = [(each.meeting_id, each.answer.value, 0) for each in found]
            await add_counts(db, actor, Counted.SAID, said)
            await _delete(db, Feedback, ids)
        case Held.ATTENDANCE:
            await _remove_invitations(db, actor, ids)
        case Held.DIAL_PINS:
            await _run(db, update(Invitation).where(Invitation.id.in_(ids)).values(dial_pin=None))
        case _:
            await _delete(db, _TABLE[held], ids)


async def forget_troubles(db: Db, actor: Actor, now: datetime) -> None:
    """Forget what mail servers said of messages that were written long ago."""
    old = update(Message).where(
        Message.organisation_id == actor.organisation_id,
        Message.created_at <= removed_before(Held.LETTERS, now),
        Message.trouble != literal(""),
    )
    await _run(db, old.values(trouble=""))


_TABLE: Final[Mapping[Held, type[Base]]] = {
    Held.NEEDS: Need,
    Held.LETTERS: Announcement,
    Held.CONSENTS: Consent,
    Held.RECEIPTS: Receipt,
    Held.CLAIMS: Claim,
}


async def _count_requests(db: Db, actor: Actor, ids: Sequence[UUID]) -> None:
    pence = await cost_alone(db, ids)
    requests = await db.scalars(select(AccessRequest).where(AccessRequest.id.in_(ids)))
    asked = [(each.meeting_id, each.state.value, pence.get(each.id, 0)) for each in requests]
    await add_counts(db, actor, Counted.ASKED, asked)


async def _remove_invitations(db: Db, actor: Actor, ids: Sequence[UUID]) -> None:
    """Remove invitations with all that hangs on them; who was there stays as a number by way."""
    query = select(Attendance).where(Attendance.invitation_id.in_(ids), Attendance.was_there)
    came = [(each.meeting_id, each.way.value, 0) for each in await db.scalars(query)]
    await add_counts(db, actor, Counted.CAME, came)
    await _run(db, delete(Message).where(Message.subject_id.in_(ids)))
    await _run(db, delete(CalendarBlock).where(CalendarBlock.subject_id.in_(ids)))
    await _delete(db, Invitation, ids)


async def _delete(db: Db, table: type[Base], ids: Sequence[UUID]) -> None:
    """Delete rows of a table, and what is sealed with them."""
    sealed = SealedWords.of_table == table.__tablename__
    await _run(db, delete(SealedWords).where(sealed, SealedWords.of_row.in_(ids)))
    await _run(db, delete(table).where(table.__table__.c.id.in_(ids)))


async def _run(db: Db, statement: Any) -> None:
    await db.execute(statement.execution_options(synchronize_session=False))
