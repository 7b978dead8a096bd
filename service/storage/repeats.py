"""Keys of programs' requests that were answered before, each kept for a day (see `IdempotencyKey`)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from service.storage.base import Db
from service.storage.staff import IdempotencyKey

KEPT_FOR = timedelta(hours=24)


async def claim_key(
    db: Db, token_id: UUID, key: str, request_hash: str, *, now: datetime
) -> tuple[IdempotencyKey, bool]:
    """Give the row of a key, and whether it is new; keys older than a day are forgotten first.

    Two requests with one key at once: the second waits here until the first has ended, because the
    unique key makes it, and then finds the first one's answer.
    """
    await db.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= now - KEPT_FOR))
    known = select(IdempotencyKey).where(
        IdempotencyKey.token_id == token_id, IdempotencyKey.key == key
    )
    if (row := await db.scalar(known)) is not None:
        return row, False
    row = IdempotencyKey(
        token_id=token_id, key=key, request_hash=request_hash, status=0, answer={}, created_at=now
    )
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return (await db.scalars(known)).one(), False
    return row, True
