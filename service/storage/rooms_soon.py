"""Names of rooms that a JaaS server may ask about soon."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, union_all

from scheduling.online import ServerKind
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.servers import JitsiServer
from service.storage.side_rooms import SideRoom

#: So many at most; an installation that has more at once does not run on one process's memory.
MOST = 2000


async def rooms_soon(db: Db, after: datetime, before: datetime) -> Sequence[str]:
    """Names of rooms on JaaS that end after, and begin before, these instants; the soonest first."""
    on_jaas = (
        select(Organisation.id)
        .join(JitsiServer, JitsiServer.id == Organisation.server_id)
        .where(JitsiServer.kind == ServerKind.JAAS)
    )
    soon = (
        Meeting.organisation_id.in_(on_jaas),
        Meeting.starts_at < before,
        Meeting.ends_at > after,
    )
    meetings = select(Meeting.room_name, Meeting.starts_at).where(*soon)
    tables = (
        select(SideRoom.name, Meeting.starts_at)
        .join(Meeting, Meeting.id == SideRoom.meeting_id)
        .where(*soon)
    )
    practice = select(SideRoom.name, SideRoom.closes_at).where(
        SideRoom.organisation_id.in_(on_jaas), SideRoom.closes_at > after
    )
    found = union_all(meetings, tables, practice).subquery()
    query = select(found.c.room_name).order_by(found.c.starts_at).limit(MOST)
    return (await db.scalars(query)).all()
