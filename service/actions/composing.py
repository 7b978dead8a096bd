"""From a queued message to the letter it stands for, made from the facts as they are now.

A message that something newer has overtaken gives no letter, only the code of the reason.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.actions.facts import invitation_facts, outside_title, page_url
from service.actions.request_telling import ANSWERED
from service.errors import NotFound
from service.keys import Keys
from service.outbound import letters
from service.outbound.facts import HouseFacts, InvitationFacts, NoteFacts, ReaderFacts
from service.outbound.mail import Letter
from service.outbound.notes import LinkFacts
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Announcement, Message, MessageKind
from service.storage.needs import AccessRequest
from service.storage.organisations import organisation_by_id
from service.storage.people import Person
from service.storage.staff import SignInRequest


class Overtaken(Exception):
    """The message is not wanted any more; `why` is a stable code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes letters; holds what is the same for all of them."""

    keys: Keys
    public_url: str
    mail_from: str

    async def compose(self, db: Db, message: Message, now: datetime) -> Letter:
        """Make the letter for a message; raises Overtaken if it must not be sent any more."""
        make: dict[MessageKind, Callable[[Db, Message, datetime], Awaitable[Letter]]] = {
            MessageKind.INVITATION: self._about_invitation,
            MessageKind.UPDATE: self._about_invitation,
            MessageKind.CANCEL: self._about_invitation,
            MessageKind.ANNOUNCEMENT: self._announcement,
            MessageKind.YOUR_LINK: self._your_link,
            MessageKind.SIGN_IN: self._sign_in,
            MessageKind.STAFF_WELCOME: self._welcome,
            MessageKind.REQUEST_ANSWER: self._request_answer,
        }
        return await make[message.kind](db, message, now)

    async def _about_invitation(self, db: Db, message: Message, now: datetime) -> Letter:
        invitation = await _invitation(db, message.subject_id)
        _check_wanted(message, invitation, now)
        facts = await self._facts(db, invitation, now)
        match message.kind:
            case MessageKind.CANCEL:
                return letters.cancelled(facts)
            case MessageKind.UPDATE:
                return letters.update(facts)
            case _:
                return letters.invitation(facts)

    async def _announcement(self, db: Db, message: Message, now: datetime) -> Letter:
        words = await db.get(Announcement, message.subject_id)
        query = select(Invitation.id).where(
            Invitation.meeting_id == message.meeting_id, Invitation.person_id == message.person_id
        )
        invitation_id = await db.scalar(query)
        if words is None or invitation_id is None:
            raise Overtaken("gone")
        invitation = await _invitation(db, invitation_id)
        if (
            invitation.removed_at is not None
            or invitation.meeting.state is not MeetingState.PUBLISHED
        ):
            raise Overtaken("no-guest")
        facts = await self._facts(db, invitation, now)
        return letters.message_to_guests(
            facts, words=words.words, number=words.id.hex, date=words.created_at
        )

    async def _your_link(self, db: Db, message: Message, now: datetime) -> Letter:
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
        links = tuple(self._link_facts(invitation) for invitation in invitations)
        return letters.your_link(await self._note_facts(db, message), links)

    def _link_facts(self, invitation: Invitation) -> LinkFacts:
        meeting = invitation.meeting
        if meeting.starts_at is None or meeting.ends_at is None:
            raise Overtaken("no-time")
        return LinkFacts(
            title=outside_title(meeting),
            slot=Slot(meeting.starts_at, meeting.ends_at),
            zone=meeting.zone,
            url=page_url(invitation, self.keys, self.public_url),
        )

    async def _sign_in(self, db: Db, message: Message, now: datetime) -> Letter:
        asked = await db.get(SignInRequest, message.subject_id)
        if asked is None or asked.used_at is not None or asked.expires_at <= now:
            raise Overtaken("expired")
        url = f"{self.public_url}/sign-in/{self.keys.sign_in_secret(asked.id)}"
        facts = await self._note_facts(db, message)
        return letters.sign_in(facts, url=url, code=self.keys.sign_in_code(asked.id))

    async def _welcome(self, db: Db, message: Message, _now: datetime) -> Letter:
        return letters.welcome(
            await self._note_facts(db, message), url=f"{self.public_url}/sign-in"
        )

    async def _request_answer(self, db: Db, message: Message, now: datetime) -> Letter:
        request = await db.get(AccessRequest, message.subject_id)
        if request is None or request.state not in ANSWERED:
            raise Overtaken("request-moved-on")
        invitation = await _invitation(db, request.invitation_id)
        _check_wanted(message, invitation, now)
        return letters.news(await self._note_facts(db, message), self._link_facts(invitation))

    async def _facts(self, db: Db, invitation: Invitation, now: datetime) -> InvitationFacts:
        """Load the facts; what was arranged stays behind the link, where the real title is too."""
        facts = await invitation_facts(
            db, invitation, keys=self.keys, settings_public_url=self.public_url, now=now
        )
        house = replace(facts.house, mail=facts.house.mail or self.mail_from)
        return replace(facts, house=house, reply=replace(facts.reply, arranged=()))

    async def _note_facts(self, db: Db, message: Message) -> NoteFacts:
        person = await db.get(Person, message.person_id)
        if person is None or person.left_at is not None:
            raise Overtaken("person-left")
        organisation = await organisation_by_id(db, message.organisation_id)
        return NoteFacts(
            house=HouseFacts(
                organisation.name,
                organisation.contact_phone,
                organisation.contact_email or self.mail_from,
            ),
            reader=ReaderFacts(person.chosen_name, person.email),
            key=message.id.hex,
            date=message.created_at,
        )


_BY_ID = select(Invitation).where(Invitation.id == bindparam("id")).options(*WHOLE_INVITATION)


async def _invitation(db: Db, invitation_id: UUID) -> Invitation:
    invitation = await db.scalar(_BY_ID, {"id": invitation_id})
    if invitation is None:
        raise NotFound
    return invitation


def _check_wanted(message: Message, invitation: Invitation, now: datetime) -> None:
    """Raise Overtaken for what is old, over, or for somebody who is not invited any more."""
    meeting = invitation.meeting
    is_end = message.kind is MessageKind.CANCEL
    if message.subject_id == invitation.id and message.version < invitation.sequence:
        raise Overtaken("newer-version")
    if meeting.ends_at is None or meeting.ends_at <= now:
        raise Overtaken("over")
    if is_end:
        return
    if meeting.state is not MeetingState.PUBLISHED or invitation.removed_at is not None:
        raise Overtaken("no-guest")
    if invitation.person.left_at is not None:
        raise Overtaken("person-left")
