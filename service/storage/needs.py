"""What people need: standing needs, what they consented to, and the requests that follow for a meeting."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from accessibility.consent import Purpose
from accessibility.needs import Strength
from accessibility.requests import RequestState
from service.actor import Actor, Door
from service.errors import NotFound
from service.storage.arrangements import Arrangement
from service.storage.base import Base, Db, OfOrganisation
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.types import enum_by_value


class Need(OfOrganisation, Base):
    """One standing need of one person, in the words of the vocabulary. Own words are sealed elsewhere.

    `channel` says how we were told, `entered_by` who wrote it down if the person did not.
    """

    __tablename__ = "needs"
    __table_args__ = (
        Index(None, "organisation_id", "person_id"),
        Index(None, "organisation_id", "code"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    code: Mapped[str]
    strength: Mapped[Strength]
    details: Mapped[dict[str, str]] = mapped_column(default=dict)
    has_words: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    review_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(default="web")
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)


class Consent(OfOrganisation, Base):
    """That a person agreed to one purpose: when, by which door, to exactly which wording, until when."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "organisation_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[Purpose]
    wording_version: Mapped[str]
    wording_hash: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class AccessRequest(OfOrganisation, Base):
    """One need of one person for one meeting, with its state, owner and next step.

    `answer_words` is what the coordinator wrote to the person (arranged how, or offered instead).
    `act_by` is the last day on which the usual notice can still be given: ordered by it, requests stand by
    their slack. `arrangement_id` is what was booked, shared with others. Sums are in pence, and only for what
    is not an arrangement. `escalated_at` is when it was put before a director.
    """

    __tablename__ = "access_requests"
    __table_args__ = (
        UniqueConstraint("invitation_id", "need_id"),
        Index(None, "organisation_id", "state"),
        Index(None, "organisation_id", "act_by", "id"),
        Index(None, "meeting_id"),
        Index(None, "person_id"),
        Index(None, "arrangement_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"))
    code: Mapped[str]
    strength: Mapped[Strength]
    details: Mapped[dict[str, str]] = mapped_column(default=dict)
    state: Mapped[RequestState] = mapped_column(default=RequestState.SUBMITTED)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    next_step: Mapped[str] = mapped_column(default="")
    next_step_on: Mapped[date | None]
    answer_words: Mapped[str] = mapped_column(default="")
    is_unconfirmed: Mapped[bool] = mapped_column(default=False)
    act_by: Mapped[date | None]
    arrangement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("arrangements.id", ondelete="SET NULL")
    )
    estimate_pence: Mapped[int | None]
    actual_pence: Mapped[int | None]
    escalated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    need: Mapped[Need] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=owner_id)
    arrangement: Mapped[Arrangement | None] = relationship(lazy="raise")
    steps: Mapped[list["RequestStep"]] = relationship(lazy="raise", order_by="RequestStep.at")


class RequestStep(OfOrganisation, Base):
    """One step of a request's life: from, to, by whom, when, and what was given as reason or evidence."""

    __tablename__ = "request_steps"
    __table_args__ = (Index(None, "request_id"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("access_requests.id", ondelete="CASCADE"))
    from_state: Mapped[RequestState | None] = mapped_column(
        enum_by_value(RequestState, name="from_state")
    )
    to_state: Mapped[RequestState]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    evidence: Mapped[dict[str, str]] = mapped_column(default=dict)


class SealedWords(OfOrganisation, Base):
    """One sealed text. It names the row and column it belongs to; there is one for each."""

    __tablename__ = "sealed_words"
    __table_args__ = (UniqueConstraint("of_table", "of_column", "of_row"),)

    person_id: Mapped[UUID] = mapped_column(index=True)
    of_table: Mapped[str]
    of_column: Mapped[str]
    of_row: Mapped[UUID]
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


#: Somebody on the staff has the next move.
WAITING_STATES = (
    RequestState.SUBMITTED,
    RequestState.ACKNOWLEDGED,
    RequestState.ARRANGING,
)


async def needs_of(db: Db, actor: Actor, person_id: UUID) -> Sequence[Need]:
    """A person's standing needs, oldest first."""
    query = select(Need).where(
        Need.organisation_id == actor.organisation_id,
        Need.person_id == person_id,
        Need.ended_at.is_(None),
    )
    return (await db.scalars(query.order_by(Need.created_at, Need.id))).all()


async def needs_of_people(db: Db, organisation_id: UUID, people: Sequence[UUID]) -> Sequence[Need]:
    """The standing needs of several people."""
    query = select(Need).where(
        Need.organisation_id == organisation_id, Need.person_id.in_(people), Need.ended_at.is_(None)
    )
    return (await db.scalars(query)).all()


async def consents_of(db: Db, actor: Actor, person_id: UUID) -> Sequence[Consent]:
    """All consents a person ever gave here, oldest first."""
    query = select(Consent).where(
        Consent.organisation_id == actor.organisation_id, Consent.person_id == person_id
    )
    return (await db.scalars(query.order_by(Consent.given_at))).all()


def visible_requests(actor: Actor) -> Select[AccessRequest]:
    """Select requests: a guest's own, or all of the organisation (who may ask is the permission's matter)."""
    query = select(AccessRequest).where(AccessRequest.organisation_id == actor.organisation_id)
    if actor.door is Door.GUEST:
        query = query.where(AccessRequest.person_id == actor.person_id)
    return query


WHOLE_REQUEST = (
    joinedload(AccessRequest.person),
    joinedload(AccessRequest.meeting),
    joinedload(AccessRequest.need),
    joinedload(AccessRequest.owner),
    joinedload(AccessRequest.arrangement).options(
        joinedload(Arrangement.supplier), joinedload(Arrangement.kit)
    ),
    selectinload(AccessRequest.steps),
)


async def request_by_id(db: Db, actor: Actor, request_id: UUID) -> AccessRequest:
    """Give one request, whole; raises NotFound."""
    query = visible_requests(actor).where(AccessRequest.id == request_id).options(*WHOLE_REQUEST)
    request = await db.scalar(query)
    if request is None:
        raise NotFound
    return request


async def requests_for_invitation(
    db: Db, actor: Actor, invitation_id: UUID
) -> Sequence[AccessRequest]:
    """The requests that belong to one invitation, oldest first."""
    query = visible_requests(actor).where(AccessRequest.invitation_id == invitation_id)
    return (await db.scalars(query.order_by(AccessRequest.created_at, AccessRequest.id))).all()


def waiting_requests(actor: Actor) -> Select[AccessRequest]:
    """Select the requests that still wait for somebody here to do something."""
    return visible_requests(actor).where(AccessRequest.state.in_(WAITING_STATES))


async def need_by_id(db: Db, actor: Actor, need_id: UUID, person_id: UUID) -> Need:
    """Give one standing need of a person; raises NotFound for one that ended or is somebody else's."""
    query = select(Need).where(
        Need.organisation_id == actor.organisation_id,
        Need.id == need_id,
        Need.person_id == person_id,
        Need.ended_at.is_(None),
    )
    need = await db.scalar(query)
    if need is None:
        raise NotFound
    return need


async def sealed_columns(db: Db, need_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Name which details of these needs are sealed, without opening any."""
    query = select(SealedWords.of_row, SealedWords.of_column).where(
        SealedWords.of_table == Need.__tablename__, SealedWords.of_row.in_(need_ids)
    )
    found: dict[UUID, set[str]] = {}
    for row_id, column in await db.execute(query):
        found.setdefault(row_id, set()).add(column)
    return found


async def consents_of_people(
    db: Db, organisation_id: UUID, people: Sequence[UUID]
) -> dict[UUID, list[Consent]]:
    """All consents of several people, by person, oldest first."""
    query = select(Consent).where(
        Consent.organisation_id == organisation_id, Consent.person_id.in_(people)
    )
    found: dict[UUID, list[Consent]] = {}
    for consent in await db.scalars(query.order_by(Consent.given_at)):
        found.setdefault(consent.person_id, []).append(consent)
    return found


async def needs_due_for_review(db: Db, actor: Actor, today: date) -> Sequence[Need]:
    """Standing needs whose review date has passed; those another process has in hand are left out."""
    query = select(Need).where(
        Need.organisation_id == actor.organisation_id,
        Need.ended_at.is_(None),
        Need.review_on < today,
    )
    query = query.order_by(Need.id).with_for_update(skip_locked=True)
    return (await db.scalars(query)).all()
