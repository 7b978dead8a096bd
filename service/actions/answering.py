"""Answering an invitation: by the guest on their page, at the desk for somebody who rang, by a program.

Everything a change of the answer brings with it happens here: seats, the waiting list, the calendar
message for this person alone. How the answer is put in words is for pages and letters.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.notices import Change, Guest, Notice, NoticeKind, between
from scheduling.text import clean
from scheduling.versions import Version
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.apart import is_kept_out, tell_coordinator
from service.actions.offering import offer_free_places
from service.actions.permissions import Permission, require
from service.actions.plans import guest_of, plan_of
from service.actions.requests import requests_for
from service.actions.seats import Seats, change_seats, seats_held
from service.actions.telling import may_write_to, reach_of, tell
from service.actions.waiting import go_to_the_end, takes_turn
from service.actor import Actor, Door
from service.errors import Invalid, NotFound, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import lock_invitation
from service.storage.holds import Hold, end_hold, open_hold
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, lock_offers, read_again
from service.storage.people import Channel
from service.storage.tasks import let_go_of_inviting

MOST_SUPPORTERS = 2
LONGEST_NAME = 200
#: Who answers by these doors speaks for somebody at the desk, and decides who goes first.
DECIDES = (Door.STAFF, Door.PROGRAM)


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answers. What is None stays as it was; the only way offered need not be named.

    YES asks for a place, takes the one that is kept if one is, and is refused ("way-full") if there
    is none; WAITING takes a place if there is one, and otherwise a turn on the waiting list.
    """

    answer: Answer
    way: Way | None = None
    supporters: int | None = None
    supporter_name: str | None = None


async def answer(
    db: Db, actor: Actor, invitation: Invitation, reply: Reply, *, now: datetime
) -> Answer:
    """Record an answer and give what it came to; `invitation` is loaded with person and whole meeting.

    Raises Refused for a meeting that takes no answers (cancelled, over, ...), for a way that is full
    ("way-full") and for more company than there are places ("no-room-for-more"); then nothing changed.
    """
    _require_own_or_desk(actor, invitation)
    await lock_offers(db, actor, invitation.meeting_id)
    await lock_invitation(db, invitation)
    await read_again(db, invitation.meeting)
    check_takes_answers(invitation, now)
    kept = await open_hold(db, invitation) if invitation.answer is Answer.WAITING else None
    before, held = guest_of(invitation), Seats.kept(kept) if kept else seats_held(invitation)
    wanted = _completed(invitation, reply)
    settled = await _seated(db, actor, invitation, wanted, held, now=now)
    await _write_down(db, actor, invitation, settled, wanted, now=now)
    await _settle(db, kept, invitation, now=now)
    await db.flush()
    await let_go_of_inviting(db, invitation.meeting_id, invitation.person_id)
    await _tell_if_different(db, actor, invitation, before, now)
    record(
        db,
        actor,
        "invitation.answered",
        invitation,
        now=now,
        answer=settled,
        way=invitation.way or "",
        supporters=invitation.supporters,
        was=before.answer,
        was_way=before.way or "",
    )
    await requests_for(db, actor, invitation, now=now)
    if before.answer is Answer.WAITING or (held and held.gives_back(seats_held(invitation))):
        ways = {before.way, invitation.way, held.way if held else None}
        await offer_free_places(db, invitation.meeting, filter(None, ways), now=now)
    return settled


def _require_own_or_desk(actor: Actor, invitation: Invitation) -> None:
    is_guest = actor.door is Door.GUEST
    require(actor, Permission.OWN_INVITATION if is_guest else Permission.ANSWER_FOR)
    if invitation.organisation_id != actor.organisation_id or (
        is_guest and invitation.id != actor.invitation_id
    ):
        raise NotFound


def check_takes_answers(invitation: Invitation, now: datetime) -> None:
    """Raise Refused, with the reason, if this invitation can no longer or not yet be answered."""
    meeting = invitation.meeting
    if invitation.removed_at is not None or invitation.person.left_at is not None:
        raise Refused("off-the-list")
    if meeting.state is MeetingState.CANCELLED:
        raise Refused("session-cancelled")
    if meeting.state is MeetingState.DRAFT or meeting.ends_at is None:
        raise Refused("session-not-ready")
    if meeting.ends_at <= now:
        raise Refused("session-over")


def _completed(invitation: Invitation, reply: Reply) -> Reply:
    """Fill in what the reply left as it was; raises Invalid for what cannot be meant."""
    if not reply.answer.is_given:
        raise Invalid({"answer": "not-a-choice"})
    if reply.answer is Answer.NO:
        return Reply(Answer.NO, invitation.way, supporters=0, supporter_name="")
    supporters = invitation.supporters if reply.supporters is None else reply.supporters
    if not 0 <= supporters <= MOST_SUPPORTERS:
        raise Invalid({"supporters": "too-many-supporters"})
    name = invitation.supporter_name if reply.supporter_name is None else reply.supporter_name
    if len(name) > LONGEST_NAME:
        raise Invalid({"supporter_name": "too-long"})
    return Reply(
        reply.answer,
        _way_meant(invitation, reply),
        supporters=supporters,
        supporter_name=clean(name) if supporters else "",
    )


def _way_meant(invitation: Invitation, reply: Reply) -> Way | None:
    offered = {offer.way for offer in invitation.meeting.offers}
    way = reply.way or invitation.way
    if reply.way is not None and reply.way not in offered:
        raise Invalid({"way": "way-not-offered"})
    if way in offered:
        return way
    if len(offered) == 1:
        return next(iter(offered))
    if reply.answer is Answer.MAYBE:
        return None
    raise Invalid({"way": "choose-a-way"})


async def _seated(
    db: Db,
    actor: Actor,
    invitation: Invitation,
    wanted: Reply,
    held: Seats | None,
    *,
    now: datetime,
) -> Answer:
    """Take or give back the seats the reply asks for, and give the answer this makes."""
    meeting_id = invitation.meeting_id
    if await _is_turned_away(db, actor, invitation, wanted, held, now=now):
        await change_seats(db, meeting_id, held=held, wanted=None)
        return Answer.WAITING
    if wanted.answer in (Answer.NO, Answer.MAYBE) or wanted.way is None:
        await change_seats(db, meeting_id, held=held, wanted=None)
        return wanted.answer
    seats = Seats(wanted.way, 1 + (wanted.supporters or 0))
    is_turn = actor.door in DECIDES or await takes_turn(db, invitation, seats, held, now=now)
    if is_turn and await change_seats(db, meeting_id, held=held, wanted=seats):
        is_kept = held is not None and held.way is seats.way
        is_still_waiting = is_kept and invitation.answer is wanted.answer is Answer.WAITING
        return Answer.WAITING if is_still_waiting else Answer.YES
    if held is not None and held.way is seats.way:
        raise Refused("no-room-for-more", field="supporters")
    if wanted.answer is Answer.YES:
        raise Refused("way-full", field="way")
    await change_seats(db, meeting_id, held=held, wanted=None)
    return Answer.WAITING


async def _is_turned_away(
    db: Db,
    actor: Actor,
    invitation: Invitation,
    wanted: Reply,
    held: Seats | None,
    *,
    now: datetime,
) -> bool:
    """Tell whether somebody can only wait, because whom they must not meet comes; else they are refused.

    They find it full, as anybody may. Who books it for them is sent to the coordinator.
    """
    brings = wanted.supporter_name or ""
    if wanted.answer is Answer.NO or not await is_kept_out(db, invitation, brings):
        return False
    if actor.door in DECIDES:
        raise Refused("ask-first", field="way")
    await tell_coordinator(db, invitation, now=now)
    if wanted.answer is Answer.WAITING and wanted.way is not None:
        return True
    if held is not None and held.way is wanted.way:
        raise Refused("no-room-for-more", field="supporters")
    raise Refused("way-full", field="way")


async def _settle(db: Db, kept: Hold | None, invitation: Invitation, *, now: datetime) -> None:
    """Write down what became of the place that was kept for this person."""
    if kept is None:
        return
    is_theirs = invitation.way is kept.way
    if invitation.answer is Answer.WAITING and is_theirs:
        kept.seats = invitation.seats
        return
    is_taken = invitation.answer is Answer.YES and is_theirs
    await end_hold(db, kept, HoldState.TAKEN if is_taken else HoldState.DECLINED, now)


async def _write_down(
    db: Db,
    actor: Actor,
    invitation: Invitation,
    settled: Answer,
    wanted: Reply,
    *,
    now: datetime,
) -> None:
    is_same_wait = settled is invitation.answer is Answer.WAITING and wanted.way is invitation.way
    invitation.way = wanted.way
    if settled is not Answer.WAITING:
        invitation.waiting_since = None
    elif not is_same_wait:
        await go_to_the_end(db, invitation, now)
    invitation.answer = settled
    invitation.supporters = wanted.supporters or 0
    invitation.supporter_name = wanted.supporter_name or ""
    invitation.asked_again = False
    invitation.is_standing = False
    invitation.answered_at = now
    invitation.answered_by = actor.person_id


async def _tell_if_different(
    db: Db, actor: Actor, invitation: Invitation, before: Guest, now: datetime
) -> None:
    """Send this person a newer calendar message if they see something new in it.

    Whom only a human can tell is not told: they are on the page, or on the phone with that human.
    """
    meeting = invitation.meeting
    notices = _notices(meeting, before, guest_of(invitation))
    if not notices:
        return
    is_safe = not await may_write_to(db, actor.organisation_id, invitation.person_id)
    reach = reach_of(invitation.person, meeting, now, is_safe=is_safe)
    if reach.channel is Channel.EMAIL:
        await tell(db, meeting, [invitation], notices, now=now)
        return
    newer = Version(invitation.sequence, invitation.stamp).next(now)
    invitation.sequence, invitation.stamp = newer.sequence, newer.stamp


def _notices(meeting: Meeting, before: Guest, after: Guest) -> tuple[Notice, ...]:
    """Say what is new; who comes back from a no gets all anew, as calendars drop what was declined."""
    if before.answer is Answer.NO and after.answer.may_come:
        return (Notice(after.id, NoticeKind.UPDATE, frozenset({Change.OWN_WAY})),)
    plan = plan_of(meeting)
    return between(plan, plan, before=[before], after=[after])
