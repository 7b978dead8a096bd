"""What an edit of a series means for its guests: who sees what differently, and who loses their way.

What a guest sees depends on their way and their answer alone, so a date is compared once for each pair
of these that occurs, however many people it is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling.answers import Answer
from scheduling.meeting import Plan
from scheduling.notices import Guest, Notice, NoticeKind, between, without_way
from scheduling.recurrence import instant_of
from scheduling.series import told_of
from scheduling.time import WallTime
from scheduling.ways import Way
from service.actions.foreseeing import Forecast, foresee_at
from service.actions.impact.losing import Switch, Version, without_by_needs
from service.actions.plans import around_of, details_of
from service.actions.series.working_out import DateChange, Work
from service.actions.telling import kind_for, told_and_safe
from service.actor import Actor
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.series import is_coming
from service.storage.series_guests import guests_of_many

#: A way and an answer: whoever has both sees the same.
Alike = tuple[Way | None, Answer]


@dataclass(frozen=True, slots=True)
class Invited:
    """One invitation to a date that was made, in the few columns that matter here."""

    id: UUID
    meeting_id: UUID
    person_id: UUID
    way: Way | None
    answer: Answer
    seats: int

    @property
    def alike(self) -> Alike:
        """Give what decides what they see."""
        return self.way, self.answer


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows for guests, by date: their notices, and who has no way to join any more."""

    invited: Mapping[UUID, Sequence[Invited]]
    notices: Mapping[UUID, Mapping[Alike, Notice]]
    losing: Mapping[UUID, Sequence[Invited]]
    regaining: Sequence[UUID]

    @property
    def left_without(self) -> int:
        """Count the people who have no way any more at some date."""
        return len({each.person_id for those in self.losing.values() for each in those})

    def seats_held(self, meeting_id: UUID) -> dict[Way, int]:
        """Count the seats people hold at one date by each way, with who comes along."""
        held: dict[Way, int] = defaultdict(int)
        for each in self.invited.get(meeting_id, ()):
            if each.answer.holds_place and each.way is not None:
                held[each.way] += each.seats
        return held

    def has_waiting(self, meeting_id: UUID) -> bool:
        """Say whether anybody waits for a place at one date."""
        return any(each.answer is Answer.WAITING for each in self.invited.get(meeting_id, ()))

    def notices_for(self, meeting_id: UUID) -> list[Notice]:
        """Give the notices of one date, for each guest who sees a difference."""
        by_alike = self.notices.get(meeting_id, {})
        return [
            replace(by_alike[each.alike], guest_id=each.id)
            for each in self.invited.get(meeting_id, ())
            if each.alike in by_alike
        ]


async def consequences_of(db: Db, actor: Actor, work: Work, *, now: datetime) -> Consequences:
    """Compare every date that changes or falls away as its guests see it; nothing is changed."""
    ids = [each.meeting.id for each in work.changes] + [each.id for each in work.dropped]
    invited = await invited_to(db, ids)
    notices: dict[UUID, Mapping[Alike, Notice]] = {}
    losing, regaining = {}, []
    by_needs = await without_by_needs(db, actor, [_switch(each) for each in work.changes], now=now)
    for change in work.changes:
        there = invited.get(change.meeting.id, ())
        notices[change.meeting.id] = _differences(change, there)
        was = _without(change.old, there, by_needs.before)
        becomes = _without(change.new, there, by_needs.after)
        losing[change.meeting.id] = [each for each in becomes if each not in was]
        regaining += [each.id for each in was if each not in becomes]
    for row in work.dropped:
        notices[row.id] = cancelled(invited.get(row.id, ()))
    return Consequences(
        invited, notices, {id_: each for id_, each in losing.items() if each}, regaining
    )


def cancelled(there: Sequence[Invited]) -> dict[Alike, Notice]:
    """Give the notice of a date that is cancelled, for everybody on its list."""
    return {each.alike: Notice(each.id, NoticeKind.CANCEL) for each in there}


async def invited_to(db: Db, meeting_ids: Sequence[UUID]) -> dict[UUID, list[Invited]]:
    """Read who is invited to each of these dates."""
    query = select(
        Invitation.id,
        Invitation.meeting_id,
        Invitation.person_id,
        Invitation.way,
        Invitation.answer,
        1 + Invitation.supporters,
    ).where(Invitation.meeting_id.in_(meeting_ids), Invitation.removed_at.is_(None))
    found: dict[UUID, list[Invited]] = defaultdict(list)
    for row in await db.execute(query.order_by(Invitation.id)):
        invited = Invited(*row)
        found[invited.meeting_id].append(invited)
    return found


async def invitations_in(db: Db, meeting_ids: Sequence[UUID]) -> dict[UUID, list[Invitation]]:
    """Load who is invited to each of these dates, with the person, for telling them."""
    query = (
        select(Invitation)
        .where(Invitation.meeting_id.in_(meeting_ids), Invitation.removed_at.is_(None))
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    )
    found: dict[UUID, list[Invitation]] = defaultdict(list)
    for each in await db.scalars(query):
        found[each.meeting_id].append(each)
    return found


async def forecast_of(
    db: Db, actor: Actor, work: Work, found: Consequences, *, now: datetime
) -> tuple[Forecast, int]:
    """Count how people would be told, each once, and how many see a difference at any date."""
    near = [each.meeting for each in work.changes if not each.meeting.is_held]
    near += [each for each in work.dropped if not each.is_held]
    when = {each.meeting.id: instant_of(each.new.start) for each in work.changes}
    first = await _first_told(db, actor, near, when, found)
    concerned = {
        each.person_id
        for meeting_id, there in found.invited.items()
        for each in there
        if each.alike in found.notices.get(meeting_id, {})
    }
    guests = (await guests_of_many(db, actor, [work.series.id]))[work.series.id]
    if work.made:
        concerned |= {guest.person_id for guest in guests}
        if starts_at := await _first_made(db, work, now):
            for guest in guests:
                first[guest.person_id] = min(first.get(guest.person_id, starts_at), starts_at)
    people = await db.scalars(select(Person).where(Person.id.in_(first)))
    told = {person.id: (person, first[person.id]) for person in people}
    return await foresee_at(db, actor.organisation_id, told, now=now), len(concerned)


async def _first_told(
    db: Db,
    actor: Actor,
    near: Sequence[Meeting],
    when: Mapping[UUID, datetime],
    found: Consequences,
) -> dict[UUID, datetime]:
    """Say of each person who is told something when the first of the dates it is about begins."""
    persons = {each.id: each.person_id for those in found.invited.values() for each in those}
    notices = {meeting.id: found.notices_for(meeting.id) for meeting in near}
    ids = [notice.guest_id for those in notices.values() for notice in those]
    told, _ = await told_and_safe(db, actor.organisation_id, ids, [])
    first: dict[UUID, datetime] = {}
    for meeting in near:
        starts_at = when.get(meeting.id) or meeting.starts_at
        for notice in notices[meeting.id]:
            if starts_at and kind_for(notice, was_told=notice.guest_id in told) is not None:
                person_id = persons[notice.guest_id]
                first[person_id] = min(first.get(person_id, starts_at), starts_at)
    return first


async def _first_made(db: Db, work: Work, now: datetime) -> datetime | None:
    """Give the first new date that people hear of at once; None if all lie beyond the window."""
    gone = {row.id for row in work.dropped} | {each.meeting.id for each in work.changes}
    query = select(Meeting.id, Meeting.starts_at).where(
        Meeting.series_id == work.series.id, *is_coming(now)
    )
    rows = (await db.execute(query)).all()
    starts = [starts_at for id_, starts_at in rows if id_ not in gone and starts_at is not None]
    starts += [instant_of(each.new.start) for each in work.changes]
    made = [
        instant_of(WallTime(each.starts, work.template.zone))
        for each in work.made
        if each.starts is not None
    ]
    near = told_of([*starts, *made], now=now, weeks_ahead=work.template.weeks_ahead)
    return next((each for each in near if each in made), None)


def _differences(change: DateChange, there: Sequence[Invited]) -> dict[Alike, Notice]:
    """Compare the two plans of one date as each kind of guest sees them."""
    examples = {each.alike: Guest(each.id, each.way, each.answer) for each in there}
    notices = between(change.old, change.new, before=examples.values(), after=examples.values())
    by_id = {notice.guest_id: notice for notice in notices}
    return {alike: by_id[guest.id] for alike, guest in examples.items() if guest.id in by_id}


def _switch(change: DateChange) -> Switch:
    was = Version(details_of(change.meeting), around_of(change.meeting))
    return Switch(change.meeting.id, was, Version(change.details, change.around))


def _without(plan: Plan, there: Sequence[Invited], by_needs: Collection[UUID]) -> list[Invited]:
    """Find who has no way: the one they chose is not offered, or their musts leave none."""
    examples = {each.alike: Guest(each.id, each.way, each.answer) for each in there}
    lost = {guest.id for guest in without_way(plan, examples.values())}
    return [each for each in there if each.id in by_needs or examples[each.alike].id in lost]
