"""Answers from guests' calendars: whose they are, whether they count, and into which answer they turn.

They go the same way as a press on the guest's own page. Whatever does not fit becomes a task; nothing is
ever answered by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduling.answers import Answer
from scheduling.ical.read import Attendee, CalendarEvent, PartStatus
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.replies import Known, Verdict, answer_of, judge, version_answered
from scheduling.time import Slot, span_words
from scheduling.versions import Version
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.mail_senders import addresses_of, is_theirs
from service.actions.mail_tasks import ToRead, raise_mail_task
from service.actions.permissions import Permission, require
from service.actions.telling import tell
from service.actor import Actor, Door, Role
from service.errors import Invalid, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.incoming import IncomingMail, claim_reply, invitation_by_uid, newest_reply
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.tasks import TaskKind

COUNTER, REFRESH = "COUNTER", "REFRESH"
#: An answer to one of these needs nothing more: who meant to come must hear it from a human.
LETS_DOWN = frozenset({"off-the-list", "session-cancelled"})


@dataclass(frozen=True, slots=True)
class Replied:
    """One answer that came in: the mail, the event in it, the invitation it is about."""

    mail: IncomingMail
    event: CalendarEvent
    invitation: Invitation

    @property
    def meeting(self) -> Meeting:
        """Give the meeting."""
        return self.invitation.meeting

    @property
    def attendee(self) -> Attendee:
        """Give the line of the file that is this person's; the only one, if the address is another."""
        own = [
            each
            for each in self.event.attendees
            if is_theirs(self.invitation.person, [each.address])
        ]
        only = self.event.attendees if len(self.event.attendees) == 1 else ()
        return next(iter((*own, *only)), Attendee(""))


async def take_reply(
    db: Db, actor: Actor, mail: IncomingMail, event: CalendarEvent, *, now: datetime
) -> str:
    """Take in one event of an answer, and give the code of what was done with it."""
    require(actor, Permission.ANSWER_FOR)
    invitation = await invitation_by_uid(db, event.uid) if event.uid else None
    if invitation is None or invitation.organisation_id != actor.organisation_id:
        return _for_a_human(db, mail, ToRead("unknown-uid"), now)
    replied = Replied(mail, event, invitation)
    if not is_theirs(invitation.person, addresses_of(event, mail.sender)):
        return _for_a_human(db, mail, ToRead("wrong-person", meeting=replied.meeting), now)
    mail.person_id, mail.invitation_id = invitation.person_id, invitation.id
    if event.method == REFRESH:
        return "asked-for-copy"
    if event.method == COUNTER:
        return _proposed(db, replied, now)
    return await _answered(db, actor, replied, now)


async def _answered(db: Db, actor: Actor, replied: Replied, now: datetime) -> str:
    """Count the answer if it is the newest, and was about the time the session has now."""
    invitation, wanted = replied.invitation, answer_of(replied.attendee.status)
    if wanted is None:
        return _for_a_human(db, replied.mail, _about(replied, "no-answer"), now)
    known = Known(
        version=Version(invitation.sequence, invitation.stamp),
        starts_at=invitation.meeting.starts_at,
        time_sequence=invitation.time_sequence,
        newest=await newest_reply(db, invitation),
        answered_at=invitation.answered_at,
    )
    verdict, version = judge(replied.event, known, now), version_answered(replied.event, known, now)
    if verdict is Verdict.OLDER or not await claim_reply(db, invitation, version):
        return "older"
    _read_comment(db, replied, now)
    if verdict is Verdict.OTHER_TIME:
        return await _ask_again(db, actor, invitation, now)
    return await _count(db, replied, wanted, version.stamp, now)


async def _count(
    db: Db, replied: Replied, wanted: Answer, given_at: datetime, now: datetime
) -> str:
    """Answer for the guest, as if they had pressed the button on their page."""
    invitation = replied.invitation
    guest = Actor(
        invitation.organisation_id,
        Door.GUEST,
        invitation.person_id,
        invitation.person.chosen_name,
        invitation_id=invitation.id,
    )
    told = invitation.sequence
    try:
        came_to = await _settled(db, guest, invitation, wanted, now)
    except Invalid:
        return _no_way(db, replied, wanted, now)
    except Refused as refusal:
        return _refused(db, replied, wanted, refusal.reason, now)
    invitation.answered_at = given_at
    if came_to is not wanted and invitation.sequence == told:
        waits = Notice(invitation.id, NoticeKind.UPDATE)
        await tell(db, invitation.meeting, [invitation], [waits], now=now)
    record(db, guest, "reply.counted", invitation, now=now, answer=came_to, said=wanted)
    if replied.attendee.status is PartStatus.DELEGATED:
        raise_mail_task(db, replied.mail, _about(replied, "delegated"), now=now)
    return f"counted-{came_to}"


async def _settled(
    db: Db, guest: Actor, invitation: Invitation, wanted: Answer, now: datetime
) -> Answer:
    """Give the answer; who says yes to a way that is full waits for a place there."""
    way = _way_for(invitation) if wanted is Answer.YES else None
    try:
        return await answer(db, guest, invitation, Reply(wanted, way), now=now)
    except Refused as refusal:
        if refusal.reason != "way-full":
            raise
    way = way or _way_for(invitation) or invitation.meeting.offers[0].way
    return await answer(db, guest, invitation, Reply(Answer.WAITING, way), now=now)


def _way_for(invitation: Invitation) -> Way | None:
    """Take the way they chose, or the one they usually come by; None if that is not offered."""
    offered = {offer.way for offer in invitation.meeting.offers}
    likely = (invitation.way, invitation.person.usual_way)
    return next((way for way in likely if way in offered), None)


async def _ask_again(db: Db, actor: Actor, invitation: Invitation, now: datetime) -> str:
    """Keep what is known, the seat too, and ask anew: the answer was about another time.

    Who was asked already, with the news of the time, is not asked a second time.
    """
    if not invitation.asked_again:
        moved_with = invitation.time_sequence
        asking = Notice(invitation.id, NoticeKind.UPDATE, frozenset({Change.TIME}), asks_again=True)
        await tell(db, invitation.meeting, [invitation], [asking], now=now)
        invitation.asked_again, invitation.time_sequence = True, moved_with
    record(db, actor, "reply.about-other-time", invitation, now=now)
    return "asked-again"


def _proposed(db: Db, replied: Replied, now: datetime) -> str:
    """Hand a proposal of another time to who runs the session; nothing is answered by itself."""
    event, meeting = replied.event, replied.meeting
    words = event.start_words
    if (
        event.starts_at is not None
        and event.ends_at is not None
        and event.ends_at > event.starts_at
    ):
        words = span_words(Slot(event.starts_at, event.ends_at), meeting.zone)
    to_read = ToRead(
        "counter", replied.invitation.person, meeting, words=words, for_role=Role.FACILITATOR
    )
    return _for_a_human(db, replied.mail, to_read, now)


def _no_way(db: Db, replied: Replied, wanted: Answer, now: datetime) -> str:
    """Have a human ask by which way they come; their yes is written down then."""
    to_read = ToRead(
        wanted.value, replied.invitation.person, replied.meeting, kind=TaskKind.ANSWER_BY_MAIL
    )
    raise_mail_task(db, replied.mail, to_read, now=now)
    return "no-way-chosen"


def _refused(db: Db, replied: Replied, wanted: Answer, reason: str, now: datetime) -> str:
    """Tell a human if somebody means to come to what is off, or if it cannot be done as they say."""
    is_known_end = reason == "session-over" or (reason in LETS_DOWN and wanted is Answer.NO)
    if not is_known_end:
        raise_mail_task(db, replied.mail, _about(replied, reason), now=now)
    return reason


def _read_comment(db: Db, replied: Replied, now: datetime) -> None:
    """Have a human read what was written beside an answer; the answer counts all the same."""
    if replied.event.comment:
        raise_mail_task(db, replied.mail, _about(replied, "comment"), now=now)


def _about(replied: Replied, why: str) -> ToRead:
    return ToRead(why, replied.invitation.person, replied.meeting)


def _for_a_human(db: Db, mail: IncomingMail, to_read: ToRead, now: datetime) -> str:
    raise_mail_task(db, mail, to_read, now=now)
    return to_read.why
