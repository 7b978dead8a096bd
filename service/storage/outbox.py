"""Claiming and marking messages. A claim is a lease with a fencing number: only its holder may mark.

The statements are the same on both databases; on PostgreSQL several workers skip each other's rows.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, or_, select, update
from sqlalchemy.orm import aliased

from service.storage.base import Db, changed_rows
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState

#: Longer than any send can take, so that a lease runs out only when its holder is gone.
LEASE = timedelta(minutes=5)
#: What is about a meeting that starts sooner than this is urgent: a day, and the hours of a night.
SOON = timedelta(hours=36)
#: Somebody looks at a screen and waits for these.
AWAITED = (MessageKind.SIGN_IN, MessageKind.YOUR_LINK)
#: Without these somebody goes to a door that stays shut, or to the wrong one.
WARNS = (MessageKind.CANCEL, MessageKind.UPDATE)


async def claim_due(
    db: Db, now: datetime, *, limit: int = 50, but_of: Collection[UUID] = ()
) -> Sequence[Message]:
    """Take messages that are due, or whose holder is gone, but none of organisations in `but_of`.

    The most urgent come first (`_urgency`); among equals those tried least, so that what is new never
    waits behind a backlog that fails again and again; then those waiting longest.
    """
    due = aliased(Message)
    is_due = or_(
        and_(due.state == MessageState.WAITING, due.due_at <= now),
        and_(due.state == MessageState.SENDING, due.leased_until <= now),
    )
    chosen = (
        select(due.id)
        .outerjoin(Meeting, Meeting.id == due.meeting_id)
        .where(is_due)
        .order_by(_urgency(due, Meeting.starts_at, now), due.tries, due.due_at, due.id)
        .limit(limit)
        .with_for_update(of=due, skip_locked=True)
    )
    if but_of:
        chosen = chosen.where(due.organisation_id.not_in(but_of))
    starts_at = select(Meeting.starts_at).where(Meeting.id == Message.meeting_id)
    claim = (
        update(Message)
        .where(Message.id.in_(chosen))
        .values(
            state=MessageState.SENDING,
            lease=Message.lease + 1,
            leased_until=now + LEASE,
            tries=Message.tries + 1,
        )
        .returning(Message, _urgency(Message, starts_at.scalar_subquery(), now))
        .execution_options(synchronize_session=False)
    )
    claimed = [(urgency, message) for message, urgency in await db.execute(claim)]
    claimed.sort(key=lambda one: (one[0], one[1].tries, one[1].due_at, one[1].id))
    return [message for _, message in claimed]


def _urgency(
    message: type[Message], starts_at: SQLColumnExpression[datetime | None], now: datetime
) -> ColumnElement[int]:
    """Rank a message, the most urgent lowest, by what it is and how soon its meeting starts.

    Someone waiting at a screen; what changed or is off soon; a place that others wait for too; whatever
    else is about a meeting soon, reminders among it; what changed or is off later; then the rest.
    """
    is_soon = starts_at <= now + SOON
    warns = message.kind.in_(WARNS)
    return case(
        (message.kind.in_(AWAITED), 0),
        (and_(warns, is_soon), 1),
        (message.kind == MessageKind.PLACE_OFFERED, 2),
        (is_soon, 3),
        (warns, 4),
        else_=5,
    )


async def mark_sent(db: Db, message: Message, now: datetime, message_id: str) -> bool:
    """Mark a claimed message sent; False if the lease has passed to somebody else."""
    return await _mark(
        db, message, state=MessageState.SENT, sent_at=now, message_id=message_id, trouble=""
    )


async def mark_overtaken(db: Db, message: Message, why: str) -> bool:
    """Mark a claimed message as no longer wanted, with the reason's code."""
    return await _mark(db, message, state=MessageState.OVERTAKEN, trouble=why)


async def mark_later(db: Db, message: Message, due_at: datetime, why: str) -> bool:
    """Give a claimed message back, to be tried again at `due_at`."""
    return await _mark(db, message, state=MessageState.WAITING, due_at=due_at, trouble=why)


async def put_back(db: Db, message: Message) -> bool:
    """Give a claimed message back as if nobody had claimed it: nothing was tried."""
    return await _mark(db, message, state=MessageState.WAITING, tries=message.tries - 1)


async def mark_failed(db: Db, message: Message, why: str) -> bool:
    """Mark a claimed message as one that will not be tried again."""
    return await _mark(db, message, state=MessageState.FAILED, trouble=why)


async def _mark(db: Db, message: Message, **values: object) -> bool:
    mine = (Message.id == message.id, Message.lease == message.lease)
    mark = update(Message).where(*mine, Message.state == MessageState.SENDING)
    mark = mark.values(leased_until=None, **values).execution_options(synchronize_session=False)
    return await changed_rows(db, mark) == 1
