"""Rooms to practise in: each is one guest's own, for half an hour, and is then forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from scheduling.online import SideRoomUse
from service.storage.base import Db
from service.storage.side_rooms import SideRoom


async def own_practice_room(db: Db, invitation_id: UUID, *, open_at: datetime) -> SideRoom | None:
    """Give the room that somebody practises in, if it is still open at this time."""
    query = select(SideRoom).where(
        SideRoom.invitation_id == invitation_id,
        SideRoom.use == SideRoomUse.PRACTICE,
        SideRoom.closes_at > open_at,
    )
    return await db.scalar(query.order_by(SideRoom.closes_at.desc()).limit(1))


async def drop_practice_rooms(db: Db, organisation_id: UUID, *, closed_before: datetime) -> int:
    """Forget rooms that closed before this time, and count them."""
    old = delete(SideRoom).where(
        SideRoom.organisation_id == organisation_id,
        SideRoom.use == SideRoomUse.PRACTICE,
        SideRoom.closes_at < closed_before,
    )
    return len((await db.scalars(old.returning(SideRoom.id))).all())
