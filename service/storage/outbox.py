"""Claiming and marking messages. A claim is a lease with a fencing number: only its holder may mark.

The statements are the same on both databases; on PostgreSQL several workers skip each other's rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import aliased

from service.storage.base import Db, changed_rows
from service.storage.messages import Message, MessageState

#: Longer than any send can take, so that a lease runs out only when its holder is gone.
LEASE = timedelta(minutes=5)


async def claim_due(db: Db, now: datetime, *, limit: int = 50) -> Sequence[Message]:
    """Take messages that are due, or whose holder is gone; those tried least and waiting longest first."""
    due = aliased(Message)
    is_due = or_(
        and_(due.state == MessageState.WAITING, due.due_at <= now),
        and_(due.state == MessageState.SENDING, due.leased_until <= now),
    )
    chosen = select(due.id).where(is_due).order_by(due.tries, due.due_at, due.id).limit(limit)
    claim = (
        update(Message)
        .where(Message.id.in_(chosen.with_for_update(skip_locked=True)))
        .values(
            state=MessageState.SENDING,
            lease=Message.lease + 1,
            leased_until=now + LEASE,
            tries=Message.tries + 1,
        )
        .returning(Message)
        .execution_options(synchronize_session=False)
    )
    claimed = (await db.scalars(claim)).all()
    return sorted(claimed, key=lambda message: (message.tries, message.due_at, message.id))


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


async def mark_failed(db: Db, message: Message, why: str) -> bool:
    """Mark a claimed message as one that will not be tried again."""
    return await _mark(db, message, state=MessageState.FAILED, trouble=why)


async def _mark(db: Db, message: Message, **values: object) -> bool:
    mine = (Message.id == message.id, Message.lease == message.lease)
    mark = update(Message).where(*mine, Message.state == MessageState.SENDING)
    mark = mark.values(leased_until=None, **values).execution_options(synchronize_session=False)
    return await changed_rows(db, mark) == 1
