"""Pairs of people who must not meet. Only the coordinator who looks after one of them may know."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from accessibility.apart import Comer, Named, Pair
from scheduling.answers import Answer
from scheduling.waiting import HoldState
from service.actor import Actor
from service.storage.base import Base, Db, OfOrganisation
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person


class KeptApart(OfOrganisation, Base):
    """That two people must not meet. The smaller id stands first; who asked is in the need, not here."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        Index(None, "second_id"),
        CheckConstraint("first_id <> second_id", name="two"),
    )

    first_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


async def pairs_of(db: Db, organisation_id: UUID) -> Sequence[Pair]:
    """Every pair of the organisation that holds now, with the names others know them by."""
    one, other = aliased(Person), aliased(Person)
    query = (
        select(one.id, one.chosen_name, other.id, other.chosen_name)
        .select_from(KeptApart)
        .join(one, one.id == KeptApart.first_id)
        .join(other, other.id == KeptApart.second_id)
        .where(KeptApart.organisation_id == organisation_id, KeptApart.ended_at.is_(None))
        .order_by(KeptApart.id)
    )
    rows = await db.execute(query)
    return [
        Pair(Named(one_id, one_name), Named(other_id, other_name))
        for one_id, one_name, other_id, other_name in rows
    ]


async def comers_of(
    db: Db, organisation_id: UUID, meeting_id: UUID, people: Collection[UUID]
) -> Sequence[Comer]:
    """Those of these people who come to a meeting or host it, and all who bring somebody.

    Who may come counts, and who has a place kept; who only waits does not.
    """
    is_kept = exists().where(Hold.invitation_id == Invitation.id, Hold.state == HoldState.OFFERED)
    invited = (
        select(Invitation.person_id, Invitation.supporter_name)
        .where(Invitation.organisation_id == organisation_id, Invitation.meeting_id == meeting_id)
        .where(Invitation.removed_at.is_(None))
        .where(or_(Invitation.answer.in_((Answer.YES, Answer.MAYBE)), is_kept))
        .where(or_(Invitation.person_id.in_(people), Invitation.supporter_name != ""))
    )
    hosts = select(Meeting.lead_id, Meeting.second_id).where(Meeting.id == meeting_id)
    found = [Comer(person_id, brings) for person_id, brings in await db.execute(invited)]
    leading = (await db.execute(hosts)).one()
    return found + [Comer(host) for host in leading if host is not None]


async def pair_between(db: Db, actor: Actor, one: UUID, other: UUID) -> KeptApart | None:
    """Give what says that these two must not meet, if it holds now."""
    first, second = sorted((one, other))
    query = select(KeptApart).where(
        KeptApart.organisation_id == actor.organisation_id,
        KeptApart.first_id == first,
        KeptApart.second_id == second,
    )
    return await db.scalar(query)


async def people_apart_from(db: Db, actor: Actor, person_id: UUID) -> Sequence[Person]:
    """The people somebody must not meet, by name."""
    mine = KeptApart.organisation_id == actor.organisation_id, KeptApart.ended_at.is_(None)
    first = select(KeptApart.first_id).where(*mine, KeptApart.second_id == person_id)
    second = select(KeptApart.second_id).where(*mine, KeptApart.first_id == person_id)
    query = select(Person).where(Person.id.in_(first.union(second)))
    return (await db.scalars(query.order_by(Person.name_key, Person.id))).all()
