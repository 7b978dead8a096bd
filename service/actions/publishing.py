"""Publishing a meeting: from then on people know of it. What would happen can be seen beforehand."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from scheduling.meeting import MeetingState
from scheduling.notices import between
from service.actions.foreseeing import Forecast, foresee_people
from service.actions.inviting import Outcome, first_way, ways_of
from service.actions.jaas_dialin import wait_for_pin
from service.actions.keeping_apart import is_unchecked
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.plans import guests_of, plan_of
from service.actions.readiness import findings_of, known_line, refuse_unless_ready
from service.actions.telling import tell
from service.actor import Actor
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import (
    Meeting,
    claim_version,
    lock_offers,
    meeting_by_id,
    read_again,
)


async def foresee_publishing(
    db: Db, actor: Actor, meeting: Meeting, *, now: datetime
) -> tuple[int, Forecast]:
    """Count who is invited to a draft, and how they would be told."""
    require(actor, Permission.PLAN_MEETINGS)
    people = [each.person for each in await invitations_of(db, actor, meeting.id)]
    return len(people), await foresee_people(db, meeting, people, now=now)


async def ask_about_list(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> Outcome:
    """Have a coordinator look at a draft's list early, if anybody must; the task is raised once."""
    meeting = await _draft(db, actor, meeting_id)
    people = [each.person for each in await invitations_of(db, actor, meeting.id)]
    return Outcome.WAITS if await is_unchecked(db, meeting, people, now=now) else Outcome.DONE


async def publish_meeting(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> Outcome:
    """Publish a draft and tell everybody invited; raises Invalid with everything still to put right.

    WAITS if a coordinator must look at the list first: a task says so, and nothing else has changed.
    """
    require(actor, Permission.PLAN_MEETINGS)
    await lock_offers(db, actor, meeting_id)
    await read_again(db, await meeting_by_id(db, actor, meeting_id))
    meeting = await _draft(db, actor, meeting_id)
    line = await known_line(db, meeting)
    refuse_unless_ready(findings_of(meeting, line, now=now))
    invitations = await invitations_of(db, actor, meeting.id)
    if await is_unchecked(db, meeting, [each.person for each in invitations], now=now):
        return Outcome.WAITS
    await claim_version(db, meeting, meeting.version)
    for each in invitations:
        each.way = first_way(each.person, ways_of(meeting))
        each.stamp = now
    draft = plan_of(meeting)
    published = replace(draft, state=MeetingState.PUBLISHED)
    guests = guests_of(invitations)
    meeting.state, meeting.published_at = published.state, now
    await give_pins(db, actor.organisation_id, [meeting.id])
    notices = between(draft, published, before=guests, after=guests)
    await tell(db, meeting, invitations, notices, now=now)
    if line is not None and not line.makes_pins:
        await wait_for_pin(db, meeting.id, now=now)
    record(db, actor, "meeting.published", meeting, now=now, people=len(guests))
    return Outcome.DONE


async def _draft(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_by_id(db, actor, meeting_id)
    if not meeting.state.may_become(MeetingState.PUBLISHED):
        raise Refused("not-a-draft")
    return meeting
