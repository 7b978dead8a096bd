"""Changing a published meeting: what would follow is counted first, and saved only as it was agreed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.answers import Answer
from scheduling.meeting import Plan
from scheduling.notices import Guest, Notice, between, without_way
from scheduling.ways import Way
from service.actions.foreseeing import Forecast, foresee
from service.actions.impact.losing import Switch, Version, without_by_needs
from service.actions.inviting import held_seats, refuse_unless_coming
from service.actions.keeping_apart import is_unchecked
from service.actions.loose_ends import follow_moves
from service.actions.offering import offer_free_places, review_offers
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.planning import (
    apply_details,
    around_named,
    check_details,
    within_line,
    within_places,
)
from service.actions.plans import (
    Around,
    Details,
    around_of,
    details_of,
    guests_of,
    plan_of,
    planned,
)
from service.actions.raising import about_meeting
from service.actions.readiness import findings, refuse_unless_ready
from service.actions.telling import tell
from service.actor import Actor
from service.errors import Conflict, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation, invitations_of
from service.storage.meetings import Meeting, claim_version, lock_offers, meeting_by_id
from service.storage.tasks import Task, TaskKind, overtake_tasks


class NotAgreed(Refused):
    """More people would have no way to join than was agreed to."""

    def __init__(self, losing: int) -> None:
        super().__init__("agree-to-loss", field="left_without", people=losing)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change would do: who is told how, how many would have no way left to join, who waits."""

    forecast: Forecast
    left_without: int
    meeting: Meeting
    around: Around
    details: Details
    waiting: Mapping[Way, int]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the person who saves has seen: the meeting's version, and how many lose their way."""

    version: int
    left_without: int = 0


@dataclass(frozen=True, slots=True)
class _Change:
    """One change, worked out and not yet made."""

    meeting: Meeting
    invitations: Sequence[Invitation]
    around: Around
    details: Details
    old: Plan
    new: Plan
    notices: Sequence[Notice]
    losing: frozenset[UUID]
    regaining: frozenset[UUID]


async def foresee_change(
    db: Db, actor: Actor, meeting_id: UUID, details: Details, *, now: datetime
) -> Foreseen:
    """Say what these details would do to a published meeting; raises Invalid or Refused if they cannot be."""
    change = await _work_out(db, actor, meeting_id, details, now=now)
    forecast = await foresee(
        db,
        change.meeting,
        change.invitations,
        change.notices,
        now=now,
        starts_at=change.new.slot.starts_at,
    )
    return Foreseen(
        forecast,
        len(change.losing),
        change.meeting,
        change.around,
        change.details,
        Counter(
            each.way
            for each in change.invitations
            if each.answer is Answer.WAITING and each.way is not None
        ),
    )


async def change_meeting(
    db: Db, actor: Actor, meeting_id: UUID, details: Details, agreed: Agreed, *, now: datetime
) -> Meeting:
    """Change a published meeting, tell who can see it, and raise a task for each who lost their way.

    Raises Conflict if somebody changed it since it was looked at, and NotAgreed if more people lose
    their way than was agreed to.
    """
    require(actor, Permission.PLAN_MEETINGS)
    await lock_offers(db, actor, meeting_id)
    change = await _work_out(db, actor, meeting_id, details, now=now)
    meeting = change.meeting
    if meeting.version != agreed.version:
        raise Conflict
    if len(change.losing) > agreed.left_without:
        raise NotAgreed(len(change.losing))
    await claim_version(db, meeting, agreed.version)
    had_hosts = (meeting.lead_id, meeting.second_id)
    held, began = held_seats(change.invitations), meeting.starts_at
    changed = apply_details(meeting, change.details, change.around, held=held)
    meeting.is_edited = meeting.series_id is not None
    await db.flush()
    await give_pins(db, actor.organisation_id, [meeting.id])
    await follow_moves(db, actor, [meeting] if meeting.starts_at != began else [], now=now)
    await tell(db, meeting, change.invitations, change.notices, now=now)
    await _look_after_lost(db, change, now=now)
    await review_offers(db, actor, meeting, now=now)
    await offer_free_places(db, meeting, details.limits, now=now)
    if had_hosts != (meeting.lead_id, meeting.second_id):
        await is_unchecked(db, meeting, [each.person for each in change.invitations], now=now)
    record(db, actor, "meeting.changed", meeting, now=now, fields=" ".join(changed))
    return meeting


async def _work_out(
    db: Db, actor: Actor, meeting_id: UUID, details: Details, *, now: datetime
) -> _Change:
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_by_id(db, actor, meeting_id)
    refuse_unless_coming(meeting, now)
    around = await around_named(db, actor, meeting, details)
    details = within_line(meeting, within_places(details, around), around.line)
    check_details(meeting, details, around, now=now)
    has_moved = details.starts_local != meeting.starts_local
    found = findings(meeting, details, around, now=now)
    refuse_unless_ready(tuple(each for each in found if has_moved or each.code != "starts-in-past"))
    invitations = await invitations_of(db, actor, meeting_id)
    old, new = plan_of(meeting), planned(meeting, details, around)
    guests = guests_of(invitations)
    was, becomes = Version(details_of(meeting), around_of(meeting)), Version(details, around)
    by_needs = await without_by_needs(db, actor, [Switch(meeting.id, was, becomes)], now=now)
    lost, loses = _lost(old, guests) | by_needs.before, _lost(new, guests) | by_needs.after
    return _Change(
        meeting,
        invitations,
        around,
        details,
        old,
        new,
        notices=between(old, new, before=guests, after=guests),
        losing=loses - lost,
        regaining=lost - loses,
    )


def _lost(plan: Plan, guests: Sequence[Guest]) -> frozenset[UUID]:
    return frozenset(guest.id for guest in without_way(plan, guests))


async def _look_after_lost(db: Db, change: _Change, *, now: datetime) -> None:
    """Raise a task for each whose way has gone; close those of people whose way has come back."""
    meeting = change.meeting
    for each in change.invitations:
        if each.id in change.losing:
            db.add(
                about_meeting(
                    Task(
                        kind=TaskKind.NO_WAY_LEFT,
                        about=each.way.value if each.way else "",
                        once=f"{TaskKind.NO_WAY_LEFT}|{each.id}|{meeting.version}",
                        person_id=each.person_id,
                        subject_id=each.id,
                    ),
                    meeting,
                    now=now,
                )
            )
    if change.regaining:
        lost_before = Task.subject_id.in_(change.regaining), Task.kind == TaskKind.NO_WAY_LEFT
        await overtake_tasks(db, *lost_before)
