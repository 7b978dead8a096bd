"""Giving somebody's coming sessions to another host, with what guests must be told of it."""

from collections.abc import Sequence
from datetime import datetime

from scheduling.meeting import MeetingState
from scheduling.notices import between
from service.actions.keeping_apart import is_unchecked
from service.actions.plans import guests_of, plan_of
from service.actions.raising import about_meeting
from service.actions.telling import tell
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import Meeting, claim_version, lock_offers, to_hand_over
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind

#: The lead and the second host of one meeting.
Hosts = tuple[Person | None, Person | None]


async def meetings_of_host(
    db: Db, actor: Actor, person: Person, *, now: datetime
) -> Sequence[Meeting]:
    """Drafts and coming meetings that need another host if this one goes."""
    return await to_hand_over(db, actor, person.id, now)


async def hand_over(
    db: Db, actor: Actor, meetings: Sequence[Meeting], *, old: Person, new: Person, now: datetime
) -> None:
    """Put `new` in the place of `old` as a host of each meeting, and tell the guests of published ones."""
    for meeting in meetings:
        if meeting.state is MeetingState.PUBLISHED:
            await _hand_over_published(db, actor, meeting, old=old, new=new, now=now)
        else:
            meeting.lead, meeting.second = _hosts_after(meeting, old, new)
        record(db, actor, "meeting.handed-over", meeting, now=now, old=old.id, new=new.id)


async def change_hosts(
    db: Db, actor: Actor, meeting: Meeting, hosts: Hosts, *, now: datetime
) -> None:
    """Let these two host a published meeting (loaded whole), and tell the guests who can see it.

    Raises Conflict if somebody changed the meeting in between.
    """
    await lock_offers(db, actor, meeting.id)
    await claim_version(db, meeting, meeting.version)
    before = plan_of(meeting)
    meeting.lead, meeting.second = hosts
    await db.flush()
    invitations = await invitations_of(db, actor, meeting.id)
    guests = guests_of(invitations)
    notices = between(before, plan_of(meeting), before=guests, after=guests)
    await tell(db, meeting, invitations, notices, now=now)
    await is_unchecked(db, meeting, [each.person for each in invitations], now=now)


async def _hand_over_published(
    db: Db, actor: Actor, meeting: Meeting, *, old: Person, new: Person, now: datetime
) -> None:
    await change_hosts(db, actor, meeting, _hosts_after(meeting, old, new), now=now)
    if meeting.second is None and meeting.kind.needs_second:
        db.add(_find_a_second(meeting, now))


def _hosts_after(meeting: Meeting, old: Person, new: Person) -> Hosts:
    """Put the new host in; who hosts already cannot take both places, so the second one falls free."""
    lead, second = (
        new if host is not None and host.id == old.id else host
        for host in (meeting.lead, meeting.second)
    )
    if lead is not None and second is not None and lead.id == second.id:
        second = None
    return lead, second


def _find_a_second(meeting: Meeting, now: datetime) -> Task:
    """Ask a coordinator to find a second host."""
    return about_meeting(
        Task(
            kind=TaskKind.HAND_OVER,
            about="second",
            once=f"{TaskKind.HAND_OVER}|{meeting.id}|{meeting.version}",
            subject_id=meeting.id,
        ),
        meeting,
        now=now,
    )
