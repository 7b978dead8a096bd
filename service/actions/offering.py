"""Offering places to those who wait: each freed place is kept for the next person, who is told of it.

The seats are taken as soon as they are offered, by the same conditional UPDATE as any other, so that
nobody who accepts in time finds them gone. Whose turn it is, and for how long, is in
`scheduling.waiting`.
"""

from collections.abc import Iterable
from datetime import datetime

from scheduling.meeting import MeetingState
from scheduling.waiting import (
    HoldState,
    Means,
    Turn,
    keeps_together,
    kept_until,
    letter_is_too_slow,
    to_be_offered,
)
from scheduling.ways import Way
from service.actions.apart import without_kept_out
from service.actions.foreseeing import reaches_of
from service.actions.raising import about_meeting
from service.actions.telling import Reach
from service.actor import Actor, system_actor
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import invitations_by_ids, offer_now
from service.storage.holds import Hold, end_hold, line_for, open_holds
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, claim_seats, release_seats
from service.storage.messages import Message, MessageKind
from service.storage.people import Channel, Person
from service.storage.tasks import Task, TaskKind


async def offer_free_places(db: Db, meeting: Meeting, ways: Iterable[Way], *, now: datetime) -> int:
    """Keep what is free by these ways for those who wait, in order, and tell each; counts the offers.

    Called after anything that may free a place or moves the list, with the meeting's ways locked. A
    meeting whose guests were told nothing yet (`is_held`) offers nothing, nor does one that has begun.
    """
    is_open = meeting.state is MeetingState.PUBLISHED and not meeting.is_held
    if not is_open or meeting.starts_at is None or meeting.starts_at <= now:
        return 0
    offered = 0
    for way in sorted(set(ways)):
        turns = await _whose_turn(db, meeting, way, meeting.starts_at, now)
        offered += await _offer(db, meeting, way, turns, now=now) if turns else 0
    return offered


async def review_offers(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> None:
    """Take back what is kept by ways that are gone, or for a meeting that is off; none outlasts the start.

    `meeting` is as it has become, its ways locked.
    """
    offered = {offer.way for offer in meeting.offers}
    is_on = meeting.state is MeetingState.PUBLISHED and meeting.starts_at is not None
    for hold in await open_holds(db, actor, meeting.id):
        if not is_on or hold.way not in offered:
            await end_hold(db, hold, HoldState.WITHDRAWN, now)
            await release_seats(db, meeting.id, hold.way, hold.seats)
        elif meeting.starts_at is not None:
            hold.expires_at = min(hold.expires_at, meeting.starts_at)
    await db.flush()


async def _whose_turn(
    db: Db, meeting: Meeting, way: Way, starts_at: datetime, now: datetime
) -> tuple[Turn, ...]:
    offer = await offer_now(db, meeting.id, way)
    if offer is None or offer.is_full:
        return ()
    return to_be_offered(
        await without_kept_out(db, await line_for(db, meeting.id, way)),
        free=offer.left,
        places=offer.places,
        is_kept_together=keeps_together(now, starts_at),
    )


async def _offer(
    db: Db, meeting: Meeting, way: Way, turns: tuple[Turn, ...], *, now: datetime
) -> int:
    invitations = await invitations_by_ids(db, [turn.id for turn in turns])
    people = [each.person for each in invitations.values()]
    reaches = await reaches_of(db, meeting, people, now=now)
    offered = 0
    for turn in turns:
        if not await claim_seats(db, meeting.id, way, turn.seats):
            break
        invitation = invitations[turn.id]
        reach = _in_time(reaches[invitation.person_id], invitation.person, meeting, now)
        hold = _kept_for(invitation, meeting, turn, reach, now)
        db.add(hold)
        await db.flush()
        db.add(_telling(meeting, invitation, hold, reach))
        facts = {"way": way, "until": hold.expires_at.isoformat()}
        system, person_id = system_actor(meeting.organisation_id), invitation.person_id
        record(db, system, "place.offered", hold, now=now, person_id=person_id, **facts)
        offered += 1
    await db.flush()
    return offered


def _in_time(reach: Reach, person: Person, meeting: Meeting, now: datetime) -> Reach:
    """Ring who would get a letter, if a letter and its answer would come too late."""
    is_slow = meeting.starts_at is not None and letter_is_too_slow(now, meeting.starts_at)
    if reach.task is TaskKind.POST and is_slow and person.phone:
        return Reach(task=TaskKind.RING)
    return reach


def _kept_for(
    invitation: Invitation, meeting: Meeting, turn: Turn, reach: Reach, now: datetime
) -> Hold:
    starts_at = meeting.starts_at or now
    means = Means.POST if reach.task is TaskKind.POST else Means.HUMAN
    if reach.channel is Channel.EMAIL:
        means = Means.MAIL
    return Hold(
        id=new_id(),
        organisation_id=meeting.organisation_id,
        meeting_id=meeting.id,
        invitation_id=invitation.id,
        way=invitation.way,
        seats=turn.seats,
        state=HoldState.OFFERED,
        waited_since=turn.since,
        offered_at=now,
        expires_at=kept_until(now, starts_at, meeting.zone, means) or starts_at,
    )


def _telling(meeting: Meeting, invitation: Invitation, hold: Hold, reach: Reach) -> Message | Task:
    """Tell of the place by the person's own channel; a task is due when the place goes to the next."""
    kind, now = MessageKind.PLACE_OFFERED, hold.offered_at
    if reach.channel is not None:
        return Message(
            organisation_id=meeting.organisation_id,
            kind=kind,
            person_id=invitation.person_id,
            subject_id=hold.id,
            meeting_id=meeting.id,
            channel=reach.channel,
            due_at=now,
            created_at=now,
        )
    task = Task(
        kind=reach.task,
        about=kind.value,
        once=f"{kind}|{hold.id}",
        person_id=invitation.person_id,
        subject_id=hold.id,
    )
    task = about_meeting(task, meeting, now=now)
    task.due_at = hold.expires_at
    return task
