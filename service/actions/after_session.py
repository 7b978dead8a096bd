"""The one question afterwards: could you take part as you wanted? Asked once, answered by any channel.

The person's view decides what became of what they had asked for. They may change their mind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import update

from accessibility.consent import ConsentChannel
from accessibility.disclosure import Field
from accessibility.evidence import Evidence
from accessibility.needs import is_too_long
from accessibility.requests import OUTCOMES, Party, RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actions.apologising import owe_apology
from service.actions.needs import (
    LONGEST_REASON,
    OWN_WORDS,
    SHORTEST_REASON,
    Sealer,
    may_open_words,
)
from service.actions.permissions import Permission, require, require_for
from service.actions.requests import Move, move, settle_tasks
from service.actor import Actor, Door
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.feedback import Feedback, TookPart, feedback_on
from service.storage.guests import lock_invitation
from service.storage.invitations import Invitation
from service.storage.looks import OPENED, Look
from service.storage.messages import MessageKind
from service.storage.needs import AccessRequest
from service.storage.requests import requests_with_history
from service.storage.tasks import Task, TaskState
from service.storage.watching_requests import CHECK_IN

OUTCOME_FOR: Final[Mapping[TookPart, RequestState]] = {
    TookPart.YES: RequestState.MET,
    TookPart.PARTLY: RequestState.PARTLY_MET,
    TookPart.NO: RequestState.NOT_DELIVERED,
}
#: Marks a step that was taken because of what somebody said of the whole session.
OF_SESSION: Final = {"about": "session"}
#: Requests in these states hear what became of them.
OPEN_TO_OUTCOME: Final = frozenset({RequestState.CONFIRMED, RequestState.ON_THE_DAY, *OUTCOMES})


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a session: whether they could take part, and more if they like.

    No words leave those that were written before as they are, unless `forgets_words`.
    """

    answer: TookPart
    words: str = field(default="", repr=False)
    forgets_words: bool = False
    channel: ConsentChannel = ConsentChannel.WEB


def is_over_for(invitation: Invitation, now: datetime) -> bool:
    """Tell whether somebody can be asked how it was: a session they were invited to is over."""
    meeting = invitation.meeting
    return (
        invitation.removed_at is None
        and invitation.person.left_at is None
        and meeting.state is MeetingState.PUBLISHED
        and meeting.ends_at is not None
        and meeting.ends_at <= now
    )


def is_asked_of(invitation: Invitation, now: datetime) -> bool:
    """Tell whether the question fits: it is over, and they did not stay away."""
    return is_over_for(invitation, now) and invitation.answer is not Answer.NO


async def say_how_it_was(
    db: Db,
    actor: Actor,
    sealer: Sealer,
    invitation: Invitation,
    said: Said,
    *,
    now: datetime,
) -> Feedback:
    """Keep what somebody says of a session, anew or in the place of what they said before.

    By themselves, or written down by who may answer for them. Sets what became of their requests, and
    owes them an apology if it was not as they wanted. Raises Refused before the session is over, and
    Invalid for words that are too long.
    """
    require_for(actor, invitation.person_id)
    if actor.door is Door.GUEST and invitation.id != actor.invitation_id:
        raise NotFound
    if not is_over_for(invitation, now):
        raise Refused("not-over-yet")
    if is_too_long(said.words):
        raise Invalid({"words": "words-too-long"})
    await lock_invitation(db, invitation)
    kept = await _kept(db, actor, invitation, said, now=now)
    await _seal(db, sealer, kept, said)
    await _set_outcomes(db, actor, invitation, said.answer, now=now)
    await _close_asking(db, actor, invitation, now)
    if said.answer is not TookPart.YES:
        await owe_apology(db, invitation, invitation.id, now=now)
    record(db, actor, "feedback.given", kept, now=now, answer=said.answer, channel=said.channel)
    return kept


async def open_said_words(
    db: Db, actor: Actor, sealer: Sealer, invitation: Invitation, reason: str, *, now: datetime
) -> str:
    """Open what somebody wrote of a session, with a reason that is kept; the words are not.

    Raises NotFound where there are none, NotAllowed for anybody but their coordinator, and CannotOpen.
    """
    kept = await said_words_to_open(db, actor, invitation)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": "say-why"})
    words = await sealer.open(db, kept, OWN_WORDS)
    look = Look(frozenset({Field.OWN_WORDS}), person_id=kept.person_id, reason=reason)
    record(db, actor, OPENED, kept, now=now, **look.facts(actor))
    return words


async def said_words_to_open(db: Db, actor: Actor, invitation: Invitation) -> Feedback:
    """Give what somebody said, if the actor may open the words that go with it; opens nothing yet."""
    require(actor, Permission.ARRANGE)
    kept = await feedback_on(db, actor, invitation.id)
    if kept is None or not kept.has_words:
        raise NotFound
    if not may_open_words(actor, invitation.person):
        raise NotAllowed
    return kept


async def _kept(
    db: Db, actor: Actor, invitation: Invitation, said: Said, *, now: datetime
) -> Feedback:
    kept = await feedback_on(db, actor, invitation.id)
    if kept is None:
        kept = Feedback(
            id=new_id(),
            organisation_id=invitation.organisation_id,
            invitation_id=invitation.id,
            meeting_id=invitation.meeting_id,
            person_id=invitation.person_id,
            has_words=False,
        )
        db.add(kept)
    kept.answer, kept.channel, kept.at = said.answer, said.channel.value, now
    kept.entered_by = None if actor.door is Door.GUEST else actor.person_id
    await db.flush()
    return kept


async def _seal(db: Db, sealer: Sealer, kept: Feedback, said: Said) -> None:
    if said.words:
        await sealer.seal(db, kept, OWN_WORDS, kept.person_id, said.words)
        kept.has_words = True
    elif said.forgets_words and kept.has_words:
        await sealer.forget(db, kept, OWN_WORDS)
        kept.has_words = False


async def _set_outcomes(
    db: Db, actor: Actor, invitation: Invitation, answer: TookPart, *, now: datetime
) -> None:
    """Say of each thing they had asked for what became of it, unless they said so of it by itself."""
    by = Party.PERSON if actor.door is Door.GUEST else Party.HELPER
    to = OUTCOME_FOR[answer]
    for request in await requests_with_history(db, actor, invitation.id):
        if request.state not in OPEN_TO_OUTCOME or request.state is to or _is_settled(request):
            continue
        if request.state is RequestState.CONFIRMED:
            begun = Move(RequestState.ON_THE_DAY, by, Evidence(meeting_started=True), OF_SESSION)
            move(db, actor, request, begun, now=now)
        move(db, actor, request, Move(to, by, facts=OF_SESSION), now=now)
        await settle_tasks(db, request)


def _is_settled(request: AccessRequest) -> bool:
    """Tell whether the person spoke of this one thing already, or it comes only after the session."""
    if request.code == CHECK_IN:
        return True
    last = request.steps[-1].evidence if request.steps else {}
    is_theirs = last.get("by") in (Party.PERSON, Party.HELPER)
    return request.state in OUTCOMES and is_theirs and "about" not in last


async def _close_asking(db: Db, actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Take the task of asking them off the lists: done by who wrote it down, or no longer needed."""
    is_own = actor.door is Door.GUEST
    asking = update(Task).where(
        Task.subject_id == invitation.id,
        Task.about == MessageKind.FEEDBACK_ASK.value,
        Task.state == TaskState.OPEN,
    )
    await db.execute(
        asking.values(
            state=TaskState.OVERTAKEN if is_own else TaskState.DONE,
            done_at=None if is_own else now,
            done_by=None if is_own else actor.person_id,
            outcome="" if is_own else "told",
        )
    )
