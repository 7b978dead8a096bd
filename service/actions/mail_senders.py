"""Whose mail it is: the organisation it belongs to, the person who wrote it, the invitation it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.ical.read import CalendarEvent
from service.actions.contact_details import normal_email
from service.actor import Actor
from service.errors import Invalid
from service.inbound.bounces import Bounced
from service.inbound.reading import Calendar, Incoming
from service.storage.base import Db
from service.storage.guests import coming_of
from service.storage.incoming import (
    invitation_by_uid,
    message_by_id,
    message_sent_as,
    oldest_organisation,
    organisations_that_know,
    organisations_with_address,
)
from service.storage.invitations import Invitation
from service.storage.messages import Message
from service.storage.people import Person, people_with_email

#: A Message-ID of ours (`service.outbound.letters.message_id`): kind, then a UID or a message's own id.
_OURS = re.compile(r"<([a-z-]+)\.([A-Za-z0-9.-]+)\.(\d+)\.([A-Za-z0-9-]+)@([A-Za-z0-9.-]+)>")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a mail and about which invitation, as far as both are beyond doubt."""

    person: Person | None = None
    invitation: Invitation | None = None


async def house_of_mail(db: Db, mail: Incoming, mailbox_of: UUID | None) -> UUID | None:
    """Find the organisation a mail belongs to; None only if there is none here at all.

    In this order: the invitation it names, the organisation whose mailbox it came to, the address it
    was written to, the only organisation that knows its sender, the one that was here first.
    """
    for uid in _uids(mail):
        invitation = await invitation_by_uid(db, uid)
        if invitation is not None:
            return invitation.organisation_id
    if mailbox_of is not None:
        return mailbox_of
    for found in (
        await organisations_with_address(db, mail.recipients),
        await organisations_that_know(db, address_key(mail.sender)) if mail.sender else (),
    ):
        if len(found) == 1:
            return found[0]
    return await oldest_organisation(db)


async def writer_of(db: Db, actor: Actor, mail: Incoming, now: datetime) -> Writer:
    """Find who wrote a mail in words, and about what: what it answers to, or the only thing to come."""
    for reference in mail.references:
        invitation = await _invitation_named(db, actor, reference)
        if invitation is not None and is_theirs(invitation.person, [mail.sender]):
            return Writer(invitation.person, invitation)
    people = await people_with_email(db, actor, address_key(mail.sender))
    if len(people) != 1:
        return Writer()
    coming = await coming_of(db, actor, [people[0].id], now)
    return Writer(people[0], coming[0] if len(coming) == 1 else None)


async def message_returned(db: Db, actor: Actor, bounced: Bounced) -> Message | None:
    """Find the message that came back. Only our own Message-ID proves that a report is no invention."""
    match = _OURS.fullmatch(bounced.message_id)
    if match is None:
        return None
    try:
        message = await message_by_id(db, UUID(hex=match[2]))
    except ValueError:
        invitation = await _invitation_named(db, actor, bounced.message_id)
        if invitation is None:
            return None
        message = await message_sent_as(db, invitation, bounced.message_id)
    is_own = message is not None and message.organisation_id == actor.organisation_id
    return message if is_own else None


def is_theirs(person: Person, addresses: Sequence[str]) -> bool:
    """Tell whether one of these addresses is the person's, or that of who passes things on to them."""
    keys = {address_key(each) for each in addresses} - {""}
    return bool(keys & {person.email_key, address_key(person.through_contact)})


def addresses_of(event: CalendarEvent, sender: str) -> list[str]:
    """List who may have answered: who sent the mail, and who answers in the calendar file."""
    return [sender, *(attendee.address for attendee in event.attendees)]


def address_key(address: str) -> str:
    """Give the form an address is found by; nothing for what is none."""
    try:
        return normal_email(address)
    except Invalid:
        return ""


def uid_named_in(reference: str) -> str:
    """Give the UID of the invitation that a Message-ID of ours is about; "" for any other."""
    match = _OURS.fullmatch(reference)
    return f"{match[2]}@{match[5]}" if match else ""


def _uids(mail: Incoming) -> list[str]:
    """List the UIDs a mail names: in its calendar, in what it answers to, in what came back."""
    found = [uid_named_in(reference) for reference in mail.references]
    match mail.content:
        case Calendar(events):
            found = [event.uid for event in events] + found
        case Bounced(_, message_id):
            found = [uid_named_in(message_id), *found]
    return [uid for uid in dict.fromkeys(found) if uid]


async def _invitation_named(db: Db, actor: Actor, reference: str) -> Invitation | None:
    uid = uid_named_in(reference)
    invitation = await invitation_by_uid(db, uid) if uid else None
    is_own = invitation is not None and invitation.organisation_id == actor.organisation_id
    return invitation if is_own else None
