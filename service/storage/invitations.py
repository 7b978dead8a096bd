"""Invitations: one person and one meeting, the calendar thread between them, and the person's answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.meetings import WHOLE_MEETING, Meeting, visible_meetings
from service.storage.people import Group, GroupMember, Person, visible_people
from service.storage.staff import StaffMember


class Invitation(OfOrganisation, Base):
    """One person invited to one meeting.

    `uid` is stored and never computed again; `sequence` and `stamp` only grow (RFC 5546, 2.1.4).
    `way` is the one every message is made for; with answer yes it is the one a seat is held by.
    `link_hash` finds the invitation by its link, `link_generation` makes the link again or revokes it.
    `time_sequence` is the version that last told of another time, None if none did.
    `asked_again` is set when time or place changed after an answer. `is_standing` says that the answer
    is the one given for each date of a series, not one given for this date. `removed_at` marks a person
    taken off the list; the row stays, so that an old link gets a kind page. `dial_pin` lets this person in
    by phone to the table with `table_id` (no foreign key: those have one); or `ringer_id` rings them.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index(None, "organisation_id", "person_id"),
        CheckConstraint("supporters BETWEEN 0 AND 2", name="supporters"),
        CheckConstraint("sequence >= 0", name="sequence"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[datetime]
    created_at: Mapped[datetime]
    link_hash: Mapped[str] = mapped_column(unique=True)
    link_generation: Mapped[int] = mapped_column(default=1)
    answer: Mapped[Answer] = mapped_column(default=Answer.UNANSWERED)
    way: Mapped[Way | None]
    supporters: Mapped[int] = mapped_column(default=0)
    supporter_name: Mapped[str] = mapped_column(default="")
    asked_again: Mapped[bool] = mapped_column(default=False)
    time_sequence: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    waiting_since: Mapped[datetime | None]
    is_standing: Mapped[bool] = mapped_column(default=False)
    what_changed: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]
    dial_pin: Mapped[str | None] = mapped_column(unique=True)
    ringer_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    table_id: Mapped[UUID | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    meeting: Mapped[Meeting] = relationship(lazy="raise")

    @property
    def seats(self) -> int:
        """How many seats this invitation takes: the person and who comes with them."""
        return 1 + self.supporters


#: What a page or a letter for one guest needs beside the invitation's own columns: two queries in all.
WHOLE_INVITATION = (
    joinedload(Invitation.person),
    joinedload(Invitation.meeting).options(*WHOLE_MEETING),
)


async def invitation_by_id(db: Db, actor: Actor, invitation_id: UUID) -> Invitation:
    """Give one invitation to a meeting the actor may see, with person and whole meeting; raises NotFound."""
    query = (
        select(Invitation)
        .where(Invitation.organisation_id == actor.organisation_id, Invitation.id == invitation_id)
        .where(Invitation.meeting_id.in_(visible_meetings(actor).with_only_columns(Meeting.id)))
        .options(*WHOLE_INVITATION)
    )
    invitation = await db.scalar(query)
    if invitation is None:
        raise NotFound
    return invitation


async def guest_invitation(db: Db, actor: Actor) -> Invitation:
    """Give the invitation the guest's own link was made for, whole; raises NotFound."""
    query = (
        select(Invitation)
        .where(
            Invitation.organisation_id == actor.organisation_id,
            Invitation.id == actor.invitation_id,
        )
        .options(*WHOLE_INVITATION)
    )
    invitation = await db.scalar(query)
    if invitation is None:
        raise NotFound
    return invitation


async def invitation_by_link(db: Db, link_hash: str) -> Invitation | None:
    """The invitation a link opens, whole; None if no link has this hash."""
    return await db.scalar(_BY_LINK, {"link_hash": link_hash})


#: Made once, because making it takes half as long again as asking it; so with `_OTHER_DATES`.
_HAS_LINK = Invitation.link_hash == bindparam("link_hash")
_BY_LINK = select(Invitation).where(_HAS_LINK).options(*WHOLE_INVITATION)


async def invitations_of(
    db: Db, actor: Actor, meeting_id: UUID, *, removed_too: bool = False
) -> Sequence[Invitation]:
    """Everybody invited to a meeting the actor may see, by name, with the person."""
    query = (
        select(Invitation)
        .join(Person, Invitation.person_id == Person.id)
        .where(
            Invitation.organisation_id == actor.organisation_id, Invitation.meeting_id == meeting_id
        )
        .where(Invitation.meeting_id.in_(visible_meetings(actor).with_only_columns(Meeting.id)))
        .options(joinedload(Invitation.person))
        .order_by(Person.name_key, Person.id)
    )
    if not removed_too:
        query = query.where(Invitation.removed_at.is_(None))
    return (await db.scalars(query)).all()


async def other_dates(db: Db, actor: Actor, now: datetime) -> Sequence[Invitation]:
    """A guest's other coming invitations that they were told of, earliest first, with the meetings."""
    who = {"organisation_id": actor.organisation_id, "person_id": actor.person_id}
    but = {"invitation_id": actor.invitation_id, "now": now}
    return (await db.scalars(_OTHER_DATES, who | but)).all()


_OTHER_DATES = (
    select(Invitation)
    .join(Meeting)
    .where(
        Invitation.organisation_id == bindparam("organisation_id"),
        Invitation.person_id == bindparam("person_id"),
        Invitation.id != bindparam("invitation_id"),
        Invitation.removed_at.is_(None),
        Meeting.published_at.is_not(None),
        Meeting.is_held.is_(False),
        Meeting.ends_at >= bindparam("now"),
    )
    .options(joinedload(Invitation.meeting))
    .order_by(Meeting.starts_at)
    .limit(12)
)


def invitations_of_person(actor: Actor, person_id: UUID) -> Select[Invitation]:
    """Select what a person is invited to and the actor may see, earliest first, joined with the meeting."""
    return (
        select(Invitation)
        .join(Meeting, Invitation.meeting_id == Meeting.id)
        .where(
            Invitation.organisation_id == actor.organisation_id,
            Invitation.person_id == person_id,
            Invitation.removed_at.is_(None),
        )
        .where(Invitation.meeting_id.in_(visible_meetings(actor).with_only_columns(Meeting.id)))
        .order_by(Meeting.starts_at, Invitation.id)
    )


async def coming_for(
    db: Db, actor: Actor, person_id: UUID, now: datetime, *, drafts_too: bool = False
) -> Sequence[Invitation]:
    """One person's invitations to meetings that are not over, earliest first, with person and whole meeting."""
    query = invitations_of_person(actor, person_id).options(*WHOLE_INVITATION)
    coming = (Meeting.state == MeetingState.PUBLISHED) & (Meeting.ends_at >= now)
    if drafts_too:
        coming = coming | (Meeting.state == MeetingState.DRAFT)
    return (await db.scalars(query.where(coming))).all()


async def counts_of_meetings(
    db: Db, meeting_ids: Sequence[UUID]
) -> dict[UUID, Counter[tuple[Answer, Way | None]]]:
    """For each of several meetings, how many people gave each answer by each way."""
    people = func.count() + func.sum(Invitation.supporters)
    query = (
        select(Invitation.meeting_id, Invitation.answer, Invitation.way, people)
        .where(Invitation.meeting_id.in_(meeting_ids), Invitation.removed_at.is_(None))
        .group_by(Invitation.meeting_id, Invitation.answer, Invitation.way)
    )
    found: dict[UUID, Counter[tuple[Answer, Way | None]]] = {id_: Counter() for id_ in meeting_ids}
    for meeting_id, answer, way, count in await db.execute(query):
        found[meeting_id][answer, way] = int(count)
    return found


async def some_invitations(
    db: Db,
    actor: Actor,
    meeting_id: UUID,
    *,
    skip: int = 0,
    limit: int = 50,
    waiting_too: bool = True,
) -> Sequence[Invitation]:
    """A page of those invited to a meeting the actor may see, by name, with the person."""
    query = (
        select(Invitation)
        .join(Person, Invitation.person_id == Person.id)
        .where(
            Invitation.organisation_id == actor.organisation_id, Invitation.meeting_id == meeting_id
        )
        .where(Invitation.meeting_id.in_(visible_meetings(actor).with_only_columns(Meeting.id)))
        .where(Invitation.removed_at.is_(None))
        .options(joinedload(Invitation.person))
        .order_by(Person.name_key, Person.id)
    )
    if not waiting_too:
        query = query.where(Invitation.answer != Answer.WAITING)
    return (await db.scalars(query.offset(skip).limit(limit))).all()


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to invite: people by id, whole groups, or everyone (the staff only if named)."""

    people: frozenset[UUID] = frozenset()
    groups: frozenset[UUID] = frozenset()
    everyone: bool = False


async def people_to_invite(
    db: Db, actor: Actor, meeting_id: UUID, words: str, *, limit: int = 20
) -> Sequence[Person]:
    """People neither invited nor hosting whose chosen name contains the words; nothing else is searched."""
    found = visible_people(actor).where(~_is_invited(meeting_id), ~_hosts(meeting_id))
    found = found.where(Person.name_key.contains(words.casefold(), autoescape=True))
    return (await db.scalars(found.order_by(Person.name_key, Person.id).limit(limit))).all()


async def people_chosen(db: Db, actor: Actor, meeting_id: UUID, choice: Choice) -> Sequence[Person]:
    """Everybody of the organisation whom a choice means, by name, but hosts and those invited already."""
    query = visible_people(actor).where(
        people_meant(actor, choice), ~_is_invited(meeting_id), ~_hosts(meeting_id)
    )
    return (await db.scalars(query.order_by(Person.name_key, Person.id))).all()


def people_meant(actor: Actor, choice: Choice) -> ColumnElement[bool]:
    """Say whether a choice means a person."""
    in_group = (
        select(GroupMember.person_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.organisation_id == actor.organisation_id, Group.id.in_(choice.groups))
    )
    means = [Person.id.in_(choice.people), Person.id.in_(in_group)]
    if choice.everyone:
        staff = select(StaffMember.person_id).where(
            StaffMember.organisation_id == actor.organisation_id
        )
        means.append(Person.id.not_in(staff))
    return or_(*means)


def _is_invited(meeting_id: UUID) -> ColumnElement[bool]:
    return (
        select(Invitation.id)
        .where(Invitation.meeting_id == meeting_id, Invitation.person_id == Person.id)
        .where(Invitation.removed_at.is_(None))
        .exists()
    )


def _hosts(meeting_id: UUID) -> ColumnElement[bool]:
    hosts = or_(Meeting.lead_id == Person.id, Meeting.second_id == Person.id)
    return select(Meeting.id).where(Meeting.id == meeting_id, hosts).exists()
