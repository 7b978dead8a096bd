"""What letters are made from: the facts behind a queued message, loaded as they are now.

A message that something newer has overtaken gives no letter, only the code of the reason.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.actions.facts import invitation_facts, outside_title, page_url
from service.errors import NotFound
from service.keys import Keys
from service.outbound.facts import HouseFacts, InvitationFacts, NoteFacts, ReaderFacts
from service.outbound.notes import LinkFacts
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.messages import Message, MessageKind
from service.storage.organisations import organisation_by_id
from service.storage.people import Person

#: About an invitation, but none of its versions.
UNVERSIONED = frozenset({MessageKind.NUDGE, MessageKind.REQUEST_RECEIPT, MessageKind.FEEDBACK_ASK})


class Overtaken(Exception):
    """The message is not wanted any more; `why` is a stable code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Composer:
    """Gathers what letters say; holds what is the same for all of them."""

    keys: Keys
    public_url: str
    mail_from: str

    async def facts(self, db: Db, invitation: Invitation, now: datetime) -> InvitationFacts:
        """Load the facts; what was arranged stays behind the link, where the real title is too."""
        facts = await invitation_facts(
            db, invitation, keys=self.keys, settings_public_url=self.public_url, now=now
        )
        house = replace(facts.house, mail=facts.house.mail or self.mail_from)
        return replace(facts, house=house, reply=replace(facts.reply, arranged=()))

    async def note_facts(self, db: Db, message: Message) -> NoteFacts:
        """Load what a letter without a calendar file says of house and reader; raises Overtaken."""
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

    def link_facts(self, invitation: Invitation) -> LinkFacts:
        """Give title, time and link of one invitation; raises Overtaken if it has no time."""
        meeting = invitation.meeting
        if meeting.starts_at is None or meeting.ends_at is None:
            raise Overtaken("no-time")
        return LinkFacts(
            title=outside_title(meeting),
            slot=Slot(meeting.starts_at, meeting.ends_at),
            zone=meeting.zone,
            url=page_url(invitation, self.keys, self.public_url),
        )


_BY_ID = select(Invitation).where(Invitation.id == bindparam("id")).options(*WHOLE_INVITATION)


async def whole_invitation(db: Db, invitation_id: UUID) -> Invitation:
    """Give the invitation a message is about, whole; raises NotFound."""
    invitation = await db.scalar(_BY_ID, {"id": invitation_id})
    if invitation is None:
        raise NotFound
    return invitation


def check_wanted(message: Message, invitation: Invitation, now: datetime) -> None:
    """Raise Overtaken for what is old, over, or for somebody who is not invited any more."""
    meeting = invitation.meeting
    is_end = message.kind is MessageKind.CANCEL
    has_version = message.kind not in UNVERSIONED and message.subject_id == invitation.id
    if has_version and message.version < invitation.sequence:
        raise Overtaken("newer-version")
    if meeting.ends_at is None or meeting.ends_at <= now:
        raise Overtaken("over")
    if is_end:
        return
    if meeting.state is not MeetingState.PUBLISHED or invitation.removed_at is not None:
        raise Overtaken("no-guest")
    if invitation.person.left_at is not None:
        raise Overtaken("person-left")
