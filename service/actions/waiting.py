"""Whose turn it is, and passing on: taking a place out of turn, letting one go, running out of time."""

from collections.abc import Sequence
from datetime import datetime

from scheduling.answers import Answer
from scheduling.waiting import HoldState, Turn, end_of_line, keeps_together, to_be_offered
from scheduling.ways import Way, WayOffer
from service.actions.apart import without_kept_out
from service.actions.offering import offer_free_places
from service.actions.permissions import Permission, require, require_for
from service.actions.seats import Seats
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import lock_invitation
from service.storage.holds import (
    Hold,
    end_hold,
    holds_run_out,
    last_in_line,
    line_for,
    open_hold,
    open_holds,
    was_told_of,
)
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, lock_offers, meeting_by_id, read_again, release_seats
from service.storage.tasks import Task, TaskKind, meetings_with_task, overtake_tasks


async def takes_turn(
    db: Db, invitation: Invitation, wanted: Seats, held: Seats | None, *, now: datetime
) -> bool:
    """Tell whether it is this guest's turn for the seats: whether they would be offered them now.

    If somebody who waits is passed over by it, a trace of that is kept. `invitation` is loaded with
    its whole meeting, whose ways are locked.
    """
    meeting = invitation.meeting
    more = wanted.count - (held.count if held and held.way is wanted.way else 0)
    offer = _offer_of(meeting, wanted.way)
    if more <= 0:
        return True
    if offer is None or not offer.has_room(more):
        return False
    if meeting.starts_at is None or meeting.starts_at <= now:
        return True
    line = await without_kept_out(db, await line_for(db, meeting.id, wanted.way, but=invitation.id))
    own = Turn(invitation.id, more, _since(invitation, wanted.way, line, now))
    chosen = to_be_offered(
        (*line, own),
        free=offer.left,
        places=offer.places,
        is_kept_together=keeps_together(now, meeting.starts_at),
    )
    if own not in chosen:
        return False
    if any(turn.since < own.since and turn not in chosen for turn in line):
        db.add(_trace(invitation, wanted.way, own, now))
    return True


async def let_pass(db: Db, actor: Actor, invitation: Invitation, *, now: datetime) -> bool:
    """Let a kept place go to the next and stay on the list, at its end; False if none was kept.

    `invitation` is loaded with its whole meeting.
    """
    require_for(actor, invitation.person_id)
    await lock_offers(db, actor, invitation.meeting_id)
    await lock_invitation(db, invitation)
    await read_again(db, invitation.meeting)
    hold = await open_hold(db, invitation)
    if hold is None or not await end_hold(db, hold, HoldState.DECLINED, now):
        return False
    await release_seats(db, hold.meeting_id, hold.way, hold.seats)
    await go_to_the_end(db, invitation, now)
    record(db, actor, "place.let-pass", invitation, now=now, way=hold.way)
    await offer_free_places(db, invitation.meeting, [hold.way], now=now)
    return True


async def pass_on_places(db: Db, actor: Actor, *, now: datetime) -> int:
    """Pass on every place whose time has run out, to whoever is next; counts them.

    Who was told goes to the end of the line. Who never heard of it, because a mail did not leave or
    nobody rang, keeps their turn. Places that a coordinator was once asked to give are offered too.
    """
    require(actor, Permission.ANSWER_FOR)
    run_out = await holds_run_out(db, actor, now)
    asked = await meetings_with_task(db, actor, TaskKind.PLACE_FREE)
    passed_on = 0
    for meeting_id in sorted({*asked, *run_out}):
        await lock_offers(db, actor, meeting_id)
        meeting = await meeting_by_id(db, actor, meeting_id)
        ways = {offer.way for offer in meeting.offers} if meeting_id in asked else set[Way]()
        for hold in await open_holds(db, actor, meeting_id):
            if hold.expires_at <= now and await _runs_out(db, actor, hold, now):
                ways.add(hold.way)
                passed_on += 1
        if meeting_id in asked:
            of_before = Task.meeting_id == meeting_id, Task.kind == TaskKind.PLACE_FREE
            await overtake_tasks(db, *of_before)
        await offer_free_places(db, meeting, ways, now=now)
    return passed_on


async def go_to_the_end(db: Db, invitation: Invitation, now: datetime) -> None:
    """Let a wait begin now, after all who wait by the same way already; the ways are locked."""
    if invitation.way is not None:
        last = await last_in_line(db, invitation.meeting_id, invitation.way)
        invitation.waiting_since = end_of_line(now, last)
        await db.flush()


async def _runs_out(db: Db, actor: Actor, hold: Hold, now: datetime) -> bool:
    was_told = await was_told_of(db, hold)
    if not await end_hold(db, hold, HoldState.EXPIRED, now):
        return False
    await release_seats(db, hold.meeting_id, hold.way, hold.seats)
    invitation = await db.get(Invitation, hold.invitation_id)
    if invitation is not None and invitation.answer is Answer.WAITING:
        await db.refresh(invitation, ["answer", "way", "waiting_since"])
        if was_told:
            await go_to_the_end(db, invitation, now)
        told = "yes" if was_told else "no"
        record(db, actor, "place.passed-on", invitation, now=now, way=hold.way, told=told)
    return True


def _offer_of(meeting: Meeting, way: Way) -> WayOffer | None:
    found = (each for each in meeting.offers if each.way is way)
    return next((WayOffer(way, each.places, each.taken) for each in found), None)


def _since(invitation: Invitation, way: Way, line: Sequence[Turn], now: datetime) -> datetime:
    """Give since when somebody has waited for this way; who comes now comes after all the others."""
    if invitation.answer is Answer.WAITING and invitation.way is way and invitation.waiting_since:
        return invitation.waiting_since
    return end_of_line(now, line[-1].since if line else None)


def _trace(invitation: Invitation, way: Way, own: Turn, now: datetime) -> Hold:
    """Keep that a place went to somebody before others: it was offered and taken in one moment."""
    return Hold(
        organisation_id=invitation.organisation_id,
        meeting_id=invitation.meeting_id,
        invitation_id=invitation.id,
        way=way,
        seats=own.seats,
        state=HoldState.TAKEN,
        waited_since=own.since,
        offered_at=now,
        expires_at=now,
        ended_at=now,
    )
