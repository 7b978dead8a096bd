"""The makers of reminders and nudges: from a queued message to its letter, or to why it is not wanted."""

from datetime import datetime

from scheduling.reminders import Reader, is_of_use
from service.actions.composer import Composer, Overtaken, check_wanted, whole_invitation
from service.actions.reminding import reader_of, start_of
from service.actions.stopping import stop_url
from service.outbound.mail import Letter
from service.outbound.reminders import PromptFacts, nudge, reminder
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.messages import Message


async def reminder_letter(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Make a reminder; raises Overtaken if the session moved, is over, or does not fit any more."""
    invitation = await whole_invitation(db, message.subject_id)
    check_wanted(message, invitation, now)
    _check_still_comes(invitation)
    reader, start = reader_of(invitation, has_way=True), start_of(invitation.meeting)
    _check_time(reader, is_of_use(reader, start, message.occurrence, now))
    facts = await composer.facts(db, invitation, now)
    return reminder(facts, _prompt(composer, message))


async def nudge_letter(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Ask once more; raises Overtaken if they answered meanwhile, or the session has begun."""
    invitation = await whole_invitation(db, message.subject_id)
    check_wanted(message, invitation, now)
    reader, start = reader_of(invitation, has_way=True), start_of(invitation.meeting)
    if not reader.is_nudged:
        raise Overtaken("answered")
    _check_time(reader, now < start.at)
    return nudge(await composer.facts(db, invitation, now), _prompt(composer, message))


def _check_still_comes(invitation: Invitation) -> None:
    offered = {offer.way for offer in invitation.meeting.offers}
    if not reader_of(invitation, has_way=invitation.way in offered).is_reminded:
        raise Overtaken("not-coming")


def _check_time(reader: Reader, is_in_time: bool) -> None:
    if not reader.chosen:
        raise Overtaken("stopped")
    if not is_in_time:
        raise Overtaken("too-late")


def _prompt(composer: Composer, message: Message) -> PromptFacts:
    url = stop_url(composer.keys, message.person_id, composer.public_url)
    return PromptFacts(message.occurrence, message.created_at, url)
