"""From rows to what one person's letter about one session may tell: in mail, on paper, by voice.

Here is decided what leaves the house: the neutral title unless the kind is open, what was arranged,
the places, the number to ring. How it is worded is for `service.outbound`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import bindparam, literal, select, union_all

from accessibility.contact import NEUTRAL
from accessibility.requests import RequestState
from scheduling.notices import Change
from scheduling.time import Slot
from scheduling.versions import Version
from scheduling.ways import Way, WayOffer, by_ease
from service.errors import Refused
from service.keys import Keys
from service.outbound.facts import (
    HouseFacts,
    InvitationFacts,
    OfferFacts,
    PhoneFacts,
    PlaceFacts,
    ReaderFacts,
    ReplyFacts,
    SessionFacts,
)
from service.outbound.zone_rules import zone_rule
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest, Need
from service.storage.organisations import organisation_by_id
from service.storage.places import Place
from service.storage.planned import PhoneJoining

#: What was promised and still stands.
PROMISED = (
    RequestState.ARRANGED,
    RequestState.CONFIRMED,
    RequestState.ON_THE_DAY,
    RequestState.MET,
)
_PROMISE, _NEED = "promise", "need"
NEWS: dict[Change, str] = {
    Change.TIME: "The day or the time",
    Change.PLACE: "The place",
    Change.WAYS: "The ways to join",
    Change.WAY_LOST: "The way you chose is no longer there. Please choose another.",
    Change.OWN_WAY: "How you join",
    Change.PLACE_FREE: "There is a place for you now",
    Change.TITLE: "The name of the session",
    Change.HOSTS: "Who runs it",
    Change.PHONE: "The number to ring, or the PIN",
    Change.HELP_PHONE: "The number to ring for help",
    Change.NOTE: "What we tell you about the session",
}


class Writer(Protocol):
    """Who writes: what a letter needs of an organisation's row, or of what pages keep of it."""

    @property
    def name(self) -> str:
        """Give what it is called."""

    @property
    def contact_phone(self) -> str:
        """Give the number to ring."""

    @property
    def contact_email(self) -> str:
        """Give the mailbox that is read."""

    @property
    def zone(self) -> str:
        """Give the zone it lives in."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What is known of one person beside the invitation: what was arranged, and which title they want."""

    arranged: tuple[str, ...] = ()
    is_neutral: bool = False


async def invitation_facts(
    db: Db, invitation: Invitation, *, keys: Keys, settings_public_url: str, now: datetime
) -> InvitationFacts:
    """Load what one person's letter about one meeting may tell; two queries.

    `invitation` is loaded with its person and whole meeting (`WHOLE_INVITATION`); `now` is not
    looked at: the same version always tells the same. Raises Refused("no-time") for a meeting
    without a time.
    """
    del now
    organisation = await organisation_by_id(db, invitation.organisation_id)
    personal = await personal_of(db, invitation)
    url = page_url(invitation, keys, settings_public_url)
    return facts_of(invitation, organisation, personal, page_url=url)


def page_url(invitation: Invitation, keys: Keys, public_url: str) -> str:
    """Give the address of the person's own page for this meeting."""
    link = keys.link_for("invitation", invitation.id, invitation.link_generation)
    return f"{public_url.rstrip('/')}/i/{link}"


def facts_of(
    invitation: Invitation, organisation: Writer, personal: Personal, *, page_url: str
) -> InvitationFacts:
    """Make the facts of rows that are loaded: the invitation with its person and whole meeting."""
    meeting = invitation.meeting
    return InvitationFacts(
        house=HouseFacts(
            organisation.name,
            meeting.help_phone or organisation.contact_phone,
            organisation.contact_email,
        ),
        reader=ReaderFacts(invitation.person.chosen_name, invitation.person.email),
        session=session_facts(
            meeting, organisation, is_neutral=personal.is_neutral, own_pin=invitation.dial_pin
        ),
        uid=invitation.uid,
        version=Version(invitation.sequence, invitation.stamp),
        created=invitation.created_at,
        page_url=page_url,
        reply=_reply(invitation, personal),
        what_changed=news_words(invitation.what_changed),
        note=meeting.about if meeting.is_open and not personal.is_neutral else "",
        cancel_message=meeting.cancel_message,
    )


def session_facts(
    meeting: Meeting, organisation: Writer, *, is_neutral: bool = False, own_pin: str | None = None
) -> SessionFacts:
    """Make the facts of a whole meeting as messages may tell them; raises Refused without a time.

    `own_pin` is the reader's own; hosts have none, as they come in by their page.
    """
    if meeting.starts_at is None or meeting.ends_at is None:
        raise Refused("no-time", field="date")
    hosts = (meeting.lead, meeting.second)
    return SessionFacts(
        title=outside_title(meeting, is_neutral=is_neutral),
        slot=Slot(meeting.starts_at, meeting.ends_at),
        zone=meeting.zone,
        offers=_offers(meeting),
        hosts=tuple(host.chosen_name for host in hosts if host is not None),
        phone=_phone(meeting, own_pin),
        names_zone=meeting.zone != organisation.zone,
        zone_rule=zone_rule(meeting.zone),
    )


def outside_title(meeting: Meeting, *, is_neutral: bool = False) -> str:
    """Give the title that may leave the house: the real one only for open kinds."""
    real = meeting.real_title.strip()
    is_told = meeting.is_open and bool(real) and not is_neutral
    return real if is_told else meeting.neutral_title.strip()


def news_words(codes: str) -> tuple[str, ...]:
    """Say in words what changed; codes that are not known any more are left out."""
    known = {change.value for change in Change}
    return tuple(NEWS[Change(code)] for code in codes.split() if code in known)


async def personal_of(db: Db, invitation: Invitation) -> Personal:
    """Read what was promised, and whether the person wants plain titles, in one query."""
    whose = {
        "organisation_id": invitation.organisation_id,
        "invitation_id": invitation.id,
        "person_id": invitation.person_id,
    }
    rows = (await db.execute(_PERSONAL, whose)).all()
    words = (words for of, words, _ in rows if of == _PROMISE and words.strip())
    return Personal(tuple(words), any(of == _NEED for of, _, _ in rows))


#: Made once: every letter asks it, and making it takes as long as asking it.
_PERSONAL = union_all(
    select(literal(_PROMISE), AccessRequest.answer_words, AccessRequest.created_at).where(
        AccessRequest.organisation_id == bindparam("organisation_id"),
        AccessRequest.invitation_id == bindparam("invitation_id"),
        AccessRequest.state.in_(PROMISED),
    ),
    select(literal(_NEED), Need.code, Need.created_at).where(
        Need.organisation_id == bindparam("organisation_id"),
        Need.person_id == bindparam("person_id"),
        Need.code == NEUTRAL,
        Need.ended_at.is_(None),
    ),
).order_by("created_at")


def _reply(invitation: Invitation, personal: Personal) -> ReplyFacts:
    return ReplyFacts(
        answer=invitation.answer,
        way=invitation.way,
        supporters=_supporters(invitation),
        arranged=personal.arranged,
        is_asked_again=invitation.asked_again,
    )


def _supporters(invitation: Invitation) -> tuple[str, ...]:
    """Name who comes along; those without a name are counted."""
    if not invitation.supporters:
        return ()
    named = tuple(filter(None, [invitation.supporter_name.strip()]))
    match invitation.supporters - len(named):
        case 0:
            return named
        case 1:
            return (*named, "one more person" if named else "one person")
        case rest:
            return (*named, f"{rest} people")


def _offers(meeting: Meeting) -> tuple[OfferFacts, ...]:
    places = {Way.ROOM: meeting.place, Way.OUTDOORS: meeting.outdoor_place}
    ways: Iterable[WayOffer] = by_ease(WayOffer(offer.way, None) for offer in meeting.offers)
    return tuple(OfferFacts(each.way, place=_place(places.get(each.way))) for each in ways)


def _place(place: Place | None) -> PlaceFacts | None:
    return None if place is None else PlaceFacts(place.name, place.address, place.directions)


def _phone(meeting: Meeting, own_pin: str | None) -> PhoneFacts:
    if meeting.phone_joining is PhoneJoining.RING:
        return PhoneFacts(rings_you=True)
    return PhoneFacts(meeting.dial_number, own_pin or meeting.dial_pin)
