"""What hosts ticked off on the day: one row for each line of the host sheet that was done, or not."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from accessibility.requests import RequestState
from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation
from service.storage.needs import AccessRequest

#: States in which what hosts say about the day counts.
BEFORE_OUTCOME = (RequestState.CONFIRMED, RequestState.ON_THE_DAY)


class HostTick(OfOrganisation, Base):
    """That a line of a meeting's sheet was done, or was not. `line` is the term's code and its number."""

    __tablename__ = "host_ticks"
    __table_args__ = (UniqueConstraint("meeting_id", "line"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    line: Mapped[str]
    is_done: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


async def ticks_of(db: Db, actor: Actor, meeting_id: UUID) -> dict[str, HostTick]:
    """What was ticked at a meeting, by line."""
    query = select(HostTick).where(
        HostTick.organisation_id == actor.organisation_id, HostTick.meeting_id == meeting_id
    )
    return {tick.line: tick for tick in await db.scalars(query)}


async def requests_on_the_day(
    db: Db, actor: Actor, meeting_id: UUID, codes: Collection[str], people: Collection[UUID]
) -> Sequence[AccessRequest]:
    """The requests of these people for these terms that nobody has said yet how they went; locked."""
    query = (
        select(AccessRequest)
        .where(
            AccessRequest.organisation_id == actor.organisation_id,
            AccessRequest.meeting_id == meeting_id,
            AccessRequest.code.in_(codes),
            AccessRequest.person_id.in_(people),
            AccessRequest.state.in_(BEFORE_OUTCOME),
        )
        .options(joinedload(AccessRequest.meeting))
        .order_by(AccessRequest.id)
        .with_for_update(of=AccessRequest)
    )
    return (await db.scalars(query)).all()
