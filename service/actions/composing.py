"""From a queued message to the letter it stands for: one maker for each kind of message."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling.meeting import MeetingState
from service.actions.composer import Composer, Overtaken, check_wanted, whole_invitation
from service.actions.composing_after import asking, receipt
from service.actions.composing_needs import claim_answer, ill_notice, kit_due
from service.actions.composing_reminders import nudge_letter, reminder_letter
from service.actions.composing_waiting import place_offered
from service.actions.request_telling import has_news
from service.actions.rota.composing import rota_ask, rota_news
from service.outbound import letters
from service.outbound.mail import Letter
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Announcement, Message, MessageKind
from service.storage.needs import AccessRequest
from service.storage.safeguarding import SafeguardingNote
from service.storage.staff import SignInRequest

Maker = Callable[[Composer, Db, Message, datetime], Awaitable[Letter]]


async def compose(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Make the letter for a message; raises Overtaken if it must not be sent any more."""
    return await MAKERS[message.kind](composer, db, message, now)


async def _about_invitation(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    invitation = await whole_invitation(db, message.subject_id)
    check_wanted(message, invitation, now)
    facts = await composer.facts(db, invitation, now)
    match message.kind:
        case MessageKind.CANCEL:
            return letters.cancelled(facts)
        case MessageKind.UPDATE:
            return letters.update(facts)
        case _:
            return letters.invitation(facts)


async def _announcement(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    words = await db.get(Announcement, message.subject_id)
    query = select(Invitation.id).where(
        Invitation.meeting_id == message.meeting_id, Invitation.person_id == message.person_id
    )
    invitation_id = await db.scalar(query)
    if words is None or invitation_id is None:
        raise Overtaken("gone")
    invitation = await whole_invitation(db, invitation_id)
    if invitation.removed_at is not None or invitation.meeting.state is not MeetingState.PUBLISHED:
        raise Overtaken("no-guest")
    facts = await composer.facts(db, invitation, now)
    return letters.message_to_guests(
        facts, words=words.words, number=words.id.hex, date=words.created_at
    )


async def _your_link(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    query = (
        select(Invitation)
        .join(Meeting)
        .where(Invitation.person_id == message.person_id, Invitation.removed_at.is_(None))
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at >= now)
        .options(joinedload(Invitation.meeting))
        .order_by(Meeting.starts_at)
    )
    invitations = (await db.scalars(query)).all()
    if not invitations:
        raise Overtaken("nothing-coming")
    links = tuple(composer.link_facts(invitation) for invitation in invitations)
    return letters.your_link(await composer.note_facts(db, message), links)


async def _sign_in(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    asked = await db.get(SignInRequest, message.subject_id)
    if asked is None or asked.used_at is not None or asked.expires_at <= now:
        raise Overtaken("expired")
    url = f"{composer.public_url}/sign-in/{composer.keys.sign_in_secret(asked.id)}"
    facts = await composer.note_facts(db, message)
    return letters.sign_in(facts, url=url, code=composer.keys.sign_in_code(asked.id))


async def _welcome(composer: Composer, db: Db, message: Message, _now: datetime) -> Letter:
    facts = await composer.note_facts(db, message)
    return letters.welcome(facts, url=f"{composer.public_url}/sign-in")


async def _note_waiting(composer: Composer, db: Db, message: Message, _now: datetime) -> Letter:
    note = await db.get(SafeguardingNote, message.subject_id)
    if note is None or note.read_at is not None:
        raise Overtaken("read")
    facts = await composer.note_facts(db, message)
    return letters.note_waiting(facts, url=f"{composer.public_url}/safeguarding")


async def _request_answer(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    request = await db.get(AccessRequest, message.subject_id)
    if request is None or not has_news(request):
        raise Overtaken("request-moved-on")
    invitation = await whole_invitation(db, request.invitation_id)
    check_wanted(message, invitation, now)
    return letters.news(await composer.note_facts(db, message), composer.link_facts(invitation))


MAKERS: dict[MessageKind, Maker] = {
    MessageKind.INVITATION: _about_invitation,
    MessageKind.UPDATE: _about_invitation,
    MessageKind.CANCEL: _about_invitation,
    MessageKind.ANNOUNCEMENT: _announcement,
    MessageKind.YOUR_LINK: _your_link,
    MessageKind.SIGN_IN: _sign_in,
    MessageKind.STAFF_WELCOME: _welcome,
    MessageKind.REQUEST_ANSWER: _request_answer,
    MessageKind.NOTE_WAITING: _note_waiting,
    MessageKind.PLACE_OFFERED: place_offered,
    MessageKind.REMINDER: reminder_letter,
    MessageKind.NUDGE: nudge_letter,
    MessageKind.ROTA_ASK: rota_ask,
    MessageKind.ROTA_NEWS: rota_news,
    MessageKind.REQUEST_RECEIPT: receipt,
    MessageKind.FEEDBACK_ASK: asking,
    MessageKind.CLAIM_ANSWER: claim_answer,
    MessageKind.KIT_DUE: kit_due,
    MessageKind.ILL_NOTICE: ill_notice,
}
