"""Arrangements: what was booked or done for a meeting, shared by all the requests it serves."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from accessibility.bookings import STANDING, ArrangementState
from scheduling.meeting import MeetingState
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.kit import KitItem, Loan
from service.storage.meetings import Meeting
from service.storage.suppliers import Supplier


class Arrangement(OfOrganisation, Base):
    """One thing booked or done for one meeting: an interpreter team, a loop, a taxi. Requests point at it.

    `people` is how many come to do it (two interpreters if over an hour). `reference` is the supplier's
    booking number. Sums are in pence; `half_fee_from` and `full_fee_from` are the first days on which
    calling it off costs half, or all.
    """

    __tablename__ = "arrangements"
    __table_args__ = (
        Index(None, "organisation_id", "meeting_id"),
        CheckConstraint("people >= 1", name="people"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    code: Mapped[str]
    state: Mapped[ArrangementState] = mapped_column(default=ArrangementState.PLANNED)
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("suppliers.id"), index=True)
    kit_id: Mapped[UUID | None] = mapped_column(ForeignKey("kit_items.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    reference: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    estimate_pence: Mapped[int | None]
    actual_pence: Mapped[int | None]
    half_fee_from: Mapped[date | None]
    full_fee_from: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    meeting: Mapped[Meeting] = relationship(lazy="raise")
    supplier: Mapped[Supplier | None] = relationship(lazy="raise")
    kit: Mapped[KitItem | None] = relationship(lazy="raise")


WHOLE_ARRANGEMENT = (
    joinedload(Arrangement.meeting),
    joinedload(Arrangement.supplier),
    joinedload(Arrangement.kit),
)


async def arrangement_by_id(
    db: Db, actor: Actor, arrangement_id: UUID, *, lock: bool = False
) -> Arrangement:
    """Give one arrangement with meeting, supplier and kit; raises NotFound.

    With `lock` nobody else changes it before this transaction ends.
    """
    mine = _visible(actor).where(Arrangement.id == arrangement_id)
    if lock:
        await db.execute(mine.with_only_columns(Arrangement.id).with_for_update())
    found = await db.scalar(
        mine.options(*WHOLE_ARRANGEMENT).execution_options(populate_existing=lock)
    )
    if found is None:
        raise NotFound
    return found


async def standing_arrangements(
    db: Db, actor: Actor, meetings: Collection[UUID]
) -> Sequence[Arrangement]:
    """What is planned or booked for some meetings, oldest first, with supplier and kit."""
    query = _visible(actor).where(
        Arrangement.meeting_id.in_(meetings), Arrangement.state.in_(STANDING)
    )
    query = query.options(*WHOLE_ARRANGEMENT).order_by(Arrangement.created_at, Arrangement.id)
    return (await db.scalars(query)).all()


async def arrangements_of_supplier(
    db: Db, actor: Actor, supplier_id: UUID, *, limit: int = 30
) -> Sequence[Arrangement]:
    """What a supplier was asked to do here, latest meeting first, with the meeting."""
    query = (
        _visible(actor)
        .where(Arrangement.supplier_id == supplier_id)
        .join(Meeting, Arrangement.meeting_id == Meeting.id)
        .options(joinedload(Arrangement.meeting))
        .order_by(Meeting.starts_at.desc(), Arrangement.id.desc())
    )
    return (await db.scalars(query.limit(limit))).all()


async def where_kit_is(
    db: Db, actor: Actor, kit_id: UUID, meeting: Meeting, *, but: UUID | None = None
) -> Meeting | None:
    """Give another meeting that takes place at the same time and has this kit, with its place."""
    query = (
        select(Meeting)
        .join(Arrangement, Arrangement.meeting_id == Meeting.id)
        .where(Arrangement.organisation_id == actor.organisation_id, Arrangement.kit_id == kit_id)
        .where(Arrangement.state.in_(STANDING), Meeting.id != meeting.id)
        .where(Meeting.state != MeetingState.CANCELLED)
        .where(Meeting.starts_at < meeting.ends_at, Meeting.ends_at > meeting.starts_at)
        .options(joinedload(Meeting.place), joinedload(Meeting.outdoor_place))
        .order_by(Meeting.starts_at)
    )
    if but is not None:
        query = query.where(Arrangement.id != but)
    return await db.scalar(query.limit(1))


async def due_back_on(db: Db, actor: Actor, kit_id: UUID) -> date | None:
    """Give the day on which a thing that somebody has at home is due back; None if nobody has it."""
    query = select(Loan.due_on).where(
        Loan.organisation_id == actor.organisation_id,
        Loan.kit_id == kit_id,
        Loan.returned_at.is_(None),
    )
    return await db.scalar(query.limit(1))


async def kit_to_book(db: Db, actor: Actor, *, only: UUID | None = None) -> Sequence[KitItem]:
    """The organisation's kit that is in use, by name; with `only`, locked, so that one books after another."""
    query = select(KitItem).where(
        KitItem.organisation_id == actor.organisation_id, KitItem.is_retired.is_(False)
    )
    if only is not None:
        query = query.where(KitItem.id == only).with_for_update()
    return (await db.scalars(query.order_by(KitItem.name))).all()


def _visible(actor: Actor) -> Select[Arrangement]:
    return select(Arrangement).where(Arrangement.organisation_id == actor.organisation_id)
