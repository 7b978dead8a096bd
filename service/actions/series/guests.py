"""Whom a series is for: choosing people for a draft, adding to and taking off the list of a running one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import contains_eager

from scheduling.notices import Notice, NoticeKind
from scheduling.series import SeriesState
from service.actions.foreseeing import Forecast, foresee_at
from service.actions.inviting import Issuer, Outcome, ask_anew, remove_person, ways_of
from service.actions.keeping_apart import is_unchecked
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.series.drafting import draft_of_series, listed
from service.actions.series.standing import lock_dates
from service.actions.telling import tell
from service.actor import Actor, system_actor
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Choice, Invitation
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.people import Person
from service.storage.series import Series, SeriesGuest, claim_series, is_coming, series_by_id
from service.storage.series_guests import (
    coming_of_guest,
    guest_of_series,
    guests_chosen,
    guests_of_series,
    lock_series,
)


async def choose_guests(
    db: Db, actor: Actor, series_id: UUID, choice: Choice, *, now: datetime
) -> int:
    """Put people on the list of a draft; gives how many were new. Nobody is told."""
    require(actor, Permission.CHOOSE_PEOPLE)
    series = await draft_of_series(db, actor, series_id)
    chosen = await guests_chosen(db, actor, series_id, choice)
    await _list(db, series, chosen, now)
    if chosen:
        record(db, actor, "series.guests-chosen", series, now=now, people=len(chosen))
    await db.flush()
    return len(chosen)


async def drop_guest(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """Take a person off the list of a draft again. Nobody is told."""
    require(actor, Permission.CHOOSE_PEOPLE)
    await draft_of_series(db, actor, series_id)
    guest = await guest_of_series(db, actor, series_id, person_id)
    record(db, actor, "series.guest-dropped", guest, now=now)
    await db.delete(guest)
    await db.flush()


async def foresee_adding(
    db: Db, actor: Actor, series_id: UUID, choice: Choice, *, now: datetime
) -> tuple[Sequence[Person], Forecast]:
    """Say who would be added to a running series, and how they would be told of its next dates."""
    require(actor, Permission.PLAN_MEETINGS)
    series = await running_series(db, actor, series_id)
    chosen = await guests_chosen(db, actor, series_id, choice)
    starts = select(Meeting.starts_at).where(
        Meeting.series_id == series.id, Meeting.is_held.is_(False), *is_coming(now)
    )
    first = await db.scalar(starts.order_by(Meeting.starts_at).limit(1))
    told = {each.id: (each, first) for each in chosen}
    return chosen, await foresee_at(db, actor.organisation_id, told, now=now)


async def add_guests(
    db: Db, actor: Actor, issuer: Issuer, series_id: UUID, choice: Choice, *, now: datetime
) -> Outcome:
    """Invite people to every date of a series to come, and tell them of those that are near.

    WAITS if a coordinator must look at the longer list first: a task says so, and nobody is added.
    """
    require(actor, Permission.PLAN_MEETINGS)
    series = await running_series(db, actor, series_id)
    chosen = await guests_chosen(db, actor, series_id, choice)
    staying = [each.person for each in await guests_of_series(db, actor, series_id)]
    if not chosen:
        return Outcome.DONE
    if await is_unchecked(db, series, staying, adding=chosen, now=now):
        return Outcome.WAITS
    await claim_series(db, series, series.version)
    await _list(db, series, chosen, now)
    meetings = await coming_dates(db, series, now)
    await lock_dates(db, [each.id for each in meetings])
    await _invite(db, issuer, meetings, chosen, now=now)
    for person in chosen:
        record(db, actor, "series.guest-added", series, now=now, person_id=person.id)
    return Outcome.DONE


async def foresee_taking_off(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, *, now: datetime
) -> tuple[SeriesGuest, int, Forecast]:
    """Say how many dates somebody would be taken off, and how they would be told."""
    require(actor, Permission.PLAN_MEETINGS)
    guest = await guest_of_series(db, actor, series_id, person_id)
    theirs = await coming_of_guest(db, actor, series_id, person_id, now)
    near = [each.meeting.starts_at for each in theirs if not each.meeting.is_held]
    told = {person_id: (guest.person, near[0])} if near else {}
    return guest, len(theirs), await foresee_at(db, actor.organisation_id, told, now=now)


async def take_off_guest(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """Take somebody off a series and off all its dates to come: they are told, and their places are free."""
    require(actor, Permission.PLAN_MEETINGS)
    await running_series(db, actor, series_id)
    await lock_series(db, series_id)
    guest = await guest_of_series(db, actor, series_id, person_id, locked=True)
    guest.left_at, guest.is_every_time = now, False
    theirs = await coming_of_guest(db, actor, series_id, person_id, now)
    await lock_dates(db, [each.meeting_id for each in theirs])
    for each in theirs:
        await remove_person(db, system_actor(actor.organisation_id), each.id, now=now)
    record(db, actor, "series.guest-taken-off", guest, now=now, dates=len(theirs))
    await db.flush()


async def running_series(db: Db, actor: Actor, series_id: UUID) -> Series:
    """Give a series that runs to somebody who may plan it; raises NotFound or Refused."""
    require(actor, Permission.PLAN_MEETINGS)
    series = await series_by_id(db, actor, series_id)
    match series.state:
        case SeriesState.DRAFT:
            raise Refused("not-running")
        case SeriesState.ENDED:
            raise Refused("is-ended")
        case SeriesState.RUNNING:
            return series


async def _list(db: Db, series: Series, chosen: Sequence[Person], now: datetime) -> None:
    """Put people on the list, also those who were on it before."""
    before = select(SeriesGuest).where(
        SeriesGuest.series_id == series.id,
        SeriesGuest.person_id.in_([person.id for person in chosen]),
    )
    there = {each.person_id: each for each in await db.scalars(before)}
    for person in chosen:
        if person.id in there:
            guest = there[person.id]
            guest.left_at, guest.joined_at, guest.added_at = None, None, now
        else:
            db.add(listed(series, person.id, now))
    await db.flush()


async def coming_dates(db: Db, series: Series, now: datetime) -> Sequence[Meeting]:
    """Give the dates of a series that people can still be told of, earliest first, whole."""
    query = select(Meeting).where(Meeting.series_id == series.id, *is_coming(now))
    query = query.options(*WHOLE_MEETING).order_by(Meeting.starts_at)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def _invite(
    db: Db,
    issuer: Issuer,
    meetings: Sequence[Meeting],
    chosen: Sequence[Person],
    *,
    now: datetime,
) -> None:
    """Invite people to each of these dates, and tell them of those that are not held."""
    there = await _invited(db, meetings, chosen)
    back = {key: each for key, each in there.items() if each.removed_at is not None}
    ways = {meeting.id: ways_of(meeting) for meeting in meetings}
    for (meeting_id, _), each in back.items():
        ask_anew(each, ways[meeting_id])
    rows = [
        issuer.columns(meeting.id, person, ways[meeting.id], now=now)
        for meeting in meetings
        for person in chosen
        if (meeting.id, person.id) not in there
    ]
    if rows:
        await db.execute(insert(Invitation), rows)
    for house in {meeting.organisation_id for meeting in meetings}:
        await give_pins(db, house, [meeting.id for meeting in meetings])
    known = there.keys() - back.keys()
    near = [meeting for meeting in meetings if not meeting.is_held]
    fresh = {
        key: each for key, each in (await _invited(db, near, chosen)).items() if key not in known
    }
    for meeting in near:
        theirs = [each for (meeting_id, _), each in fresh.items() if meeting_id == meeting.id]
        notices = [Notice(each.id, NoticeKind.INVITE) for each in theirs]
        await tell(db, meeting, theirs, notices, now=now)


async def _invited(
    db: Db, meetings: Sequence[Meeting], people: Sequence[Person]
) -> dict[tuple[UUID, UUID], Invitation]:
    """Find the invitations of these people to these dates, by both, with the person."""
    query = (
        select(Invitation)
        .join(Invitation.person)
        .where(Invitation.meeting_id.in_([each.id for each in meetings]))
        .where(Invitation.person_id.in_([each.id for each in people]))
        .options(contains_eager(Invitation.person))
    )
    return {(each.meeting_id, each.person_id): each for each in await db.scalars(query)}
