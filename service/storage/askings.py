"""People we do not know yet, who asked on the public page to join a meeting."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, ForeignKey, Index, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation, changed_rows
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.tasks import Task, TaskKind, overtake_tasks


class Asking(OfOrganisation, Base):
    """Somebody asked to join; `handled_at` once a coordinator has added them or rung them back."""

    __tablename__ = "askings"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meetings.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    way: Mapped[Way | None]
    words: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(lazy="raise")


async def asking_by_id(db: Db, actor: Actor, asking_id: UUID) -> Asking:
    """Give one asking with its whole meeting; raises NotFound."""
    query = select(Asking).where(
        Asking.organisation_id == actor.organisation_id, Asking.id == asking_id
    )
    asking = await db.scalar(query.options(joinedload(Asking.meeting).options(*WHOLE_MEETING)))
    if asking is None:
        raise NotFound
    return asking


async def askings_since(db: Db, organisation_id: UUID, since: datetime) -> int:
    """How often somebody asked to join anything of an organisation since then."""
    query = select(func.count()).select_from(Asking)
    query = query.where(Asking.organisation_id == organisation_id, Asking.created_at >= since)
    return await db.scalar(query) or 0


async def is_asked_already(db: Db, asking: Asking) -> bool:
    """Tell whether the same was asked for the same meeting and nobody has dealt with it yet."""
    query = select(Asking.id).where(
        Asking.organisation_id == asking.organisation_id,
        Asking.meeting_id == asking.meeting_id,
        Asking.name == asking.name,
        Asking.phone == asking.phone,
        Asking.email == asking.email,
        Asking.handled_at.is_(None),
    )
    return await db.scalar(query.limit(1)) is not None


async def claim_asking(db: Db, asking: Asking, *, now: datetime) -> bool:
    """Mark an asking as dealt with; False if somebody else was quicker."""
    mine = update(Asking).where(Asking.id == asking.id, Asking.handled_at.is_(None))
    return await changed_rows(db, mine.values(handled_at=now)) == 1


async def forget_askings(
    db: Db, organisation_id: UUID, *, answered_before: datetime, came_before: datetime
) -> int:
    """Delete what was answered or came before then, its open tasks put away; gives how many."""
    came = Asking.organisation_id == organisation_id, Asking.created_at < came_before
    about = Task.kind == TaskKind.ASK_TO_JOIN, Task.subject_id.in_(select(Asking.id).where(*came))
    await overtake_tasks(db, Task.organisation_id == organisation_id, *about)
    old = delete(Asking).where(
        Asking.organisation_id == organisation_id,
        or_(Asking.handled_at < answered_before, Asking.created_at < came_before),
    )
    result = await db.execute(old.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
