"""An invitation put in words and choices for its person; nothing about anybody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.time import long_date, span_words
from scheduling.ways import Way, WayOffer, by_ease
from service.keys import Keys
from service.outbound.numbers import isolated
from service.storage.guests import Standing
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.places import Place, PlaceFact
from service.storage.planned import PhoneJoining
from service.vocabulary import vocabulary
from service.web.pages.guest.opening import slot_of
from service.web.words import say

#: A place is told in a few words: so many of its facts.
FACTS_TOLD = 4
TONES = {
    RequestState.ARRANGED: "leaf",
    RequestState.CONFIRMED: "leaf",
    RequestState.ON_THE_DAY: "leaf",
    RequestState.MET: "leaf",
    RequestState.ALTERNATIVE_OFFERED: "honey",
    RequestState.CANNOT_MEET: "clay",
    RequestState.NOT_DELIVERED: "clay",
}
#: States that are not shown to the person any more.
PAST = (RequestState.WITHDRAWN, RequestState.CLOSED, RequestState.REVIEWED)


@dataclass(frozen=True, slots=True)
class Stated:
    """The person's answer as it stands, in words."""

    tone: str
    words: str
    line: str


@dataclass(frozen=True, slots=True)
class WayChoice:
    """One way of joining as a large choice."""

    value: str
    word: str
    line: str
    tag: str = ""

    @property
    def icon(self) -> str:
        """Name the picture that goes with the word."""
        return self.value


@dataclass(frozen=True, slots=True)
class Helping:
    """One thing that helps the person, and how far we are with it."""

    label: str
    tone: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class OtherDate:
    """Another session the same person is invited to."""

    title: str
    when: str
    answer: str
    href: str = field(repr=False)


def title_of(meeting: Meeting) -> str:
    """Give the real title, which stands on the person's own page only."""
    return meeting.real_title.strip() or meeting.neutral_title.strip()


def when_of(invitation: Invitation, home_zone: str) -> str:
    """Say day and time in full; the zone only where it is not the organisation's own."""
    zone = invitation.meeting.zone
    return span_words(slot_of(invitation), zone, name_zone=zone != home_zone)


def by_words(way: Way | None) -> str:
    """Say how somebody joins: "by phone"."""
    return say(f"guest.by.{way}") if way is not None else ""


def stated(invitation: Invitation) -> Stated:
    """State the answer, and ask again if the session changed since."""
    facts = {"by": by_words(invitation.way)}
    answer = invitation.answer
    if invitation.asked_again and answer.is_given:
        return Stated("honey", say("guest.again"), say(f"guest.again.{answer}", facts))
    line = say(f"guest.answer.{answer}.line")
    if answer is Answer.YES and invitation.supporters:
        line = say("guest.answer.yes.company", {"company": company_words(invitation)})
    tone = "leaf" if answer is Answer.YES else "honey" if answer is Answer.WAITING else "plain"
    return Stated(tone, say(f"guest.answer.{answer}", facts), line)


def company_words(invitation: Invitation) -> str:
    """Name who comes along, or count them."""
    is_one = invitation.supporters == 1
    if invitation.supporter_name:
        name = {"name": isolated(invitation.supporter_name)}
        return say("guest.company.named" if is_one else "guest.company.named-two", name)
    return say("guest.company.one" if is_one else "guest.company.two")


def way_choices(
    invitation: Invitation, standing: Standing, kept: Way | None = None
) -> list[WayChoice]:
    """List the ways offered in order of ease, each in one line with the places left.

    `kept` is the way by which a place is kept for them.
    """
    meeting = invitation.meeting
    offers = by_ease(WayOffer(each.way, each.places, each.taken) for each in meeting.offers)
    return [
        WayChoice(
            value=offer.way.value,
            word=say(f"guest.way.{offer.way}"),
            line=_line(
                invitation,
                offer,
                is_awaited=offer.way in standing.awaited_ways,
                is_kept=offer.way is kept,
            ),
            tag=say("guest.tag.kept") if offer.way is kept else _tag(invitation, offer.way),
        )
        for offer in offers
    ]


def chosen_way(invitation: Invitation) -> str:
    """Give the way that is chosen beforehand: theirs, their usual one, or the only one."""
    offered = [offer.way for offer in invitation.meeting.offers]
    for way in (invitation.way, invitation.person.usual_way):
        if way is not None and way in offered:
            return way.value
    return offered[0].value if len(offered) == 1 else ""


def place_of(meeting: Meeting, way: Way | None) -> Place | None:
    """Give where people meet by this way, if it is somewhere."""
    return {Way.ROOM: meeting.place, Way.OUTDOORS: meeting.outdoor_place}.get(way) if way else None


def fact_lines(place: Place) -> list[str]:
    """List what is known of a place, each fact with the day it was checked."""
    return [_fact_line(fact) for fact in place.facts if fact.is_so]


def helpings(requests: Iterable[AccessRequest]) -> list[Helping]:
    """List what helps the person, and its state; what must stay unseen is left out."""
    known = vocabulary()
    return [
        Helping(
            label=known.term(each.code).label,
            tone=TONES.get(each.state, "plain"),
            state=say(f"guest.request.{each.state}"),
            words=each.answer_words,
        )
        for each in requests
        if each.state not in PAST and each.code in known and not known.term(each.code).is_restricted
    ]


def dates(invitations: Sequence[Invitation], keys: Keys, home_zone: str) -> list[OtherDate]:
    """List the person's other sessions, each with the way to its page."""
    return [
        OtherDate(
            title=title_of(each.meeting),
            when=when_of(each, home_zone),
            answer=stated_briefly(each),
            href=f"/i/{keys.link_for('invitation', each.id, each.link_generation)}",
        )
        for each in invitations
    ]


def stated_briefly(invitation: Invitation) -> str:
    """State the answer in one sentence, or that there is nothing to answer any more."""
    if invitation.meeting.cancelled_at is not None:
        return say("guest.cancelled")
    return stated(invitation).words


def _line(invitation: Invitation, offer: WayOffer, *, is_awaited: bool, is_kept: bool) -> str:
    is_held = invitation.answer.holds_place and invitation.way is offer.way
    left = "" if is_held or is_kept else _places(offer, is_awaited=is_awaited)
    return " ".join(filter(None, [_what(invitation.meeting, offer.way), left]))


def _what(meeting: Meeting, way: Way) -> str:
    """Say in one line what a way asks of somebody."""
    match way:
        case Way.PHONE:
            is_rung = meeting.phone_joining is PhoneJoining.RING
            return say("guest.line.phone-rung" if is_rung else "guest.line.phone")
        case Way.ONLINE:
            return say("guest.line.online")
        case Way.ROOM | Way.OUTDOORS:
            return _place_line(place_of(meeting, way))


def _place_line(place: Place | None) -> str:
    """Tell a place in a few words: "Saggar Row Hall, Burslem. Step-free, loop."."""
    if place is None:
        return ""
    where = ", ".join(part for part in (place.name.strip(), place.address.strip()) if part)
    facts = ", ".join([fact.word for fact in place.facts if fact.is_so][:FACTS_TOLD])
    return f"{where}. {facts[:1].upper()}{facts[1:]}." if facts else f"{where}."


def _fact_line(fact: PlaceFact) -> str:
    words = f"{fact.word[:1].upper()}{fact.word[1:]}"
    detail = f": {fact.detail}" if fact.detail else ""
    if fact.checked_on is None:
        return f"{words}{detail}"
    noon = datetime.combine(fact.checked_on, time(12), UTC)
    _, _, day = long_date(noon, "UTC").partition(" ")
    return f"{words}{detail} (checked {day})"


def _places(offer: WayOffer, *, is_awaited: bool) -> str:
    if offer.is_full or is_awaited:
        return say("guest.places.full")
    if offer.left is None:
        return ""
    return say("guest.places.one" if offer.left == 1 else "guest.places.some", {"left": offer.left})


def _tag(invitation: Invitation, way: Way) -> str:
    if invitation.way is not way:
        return ""
    if invitation.answer.holds_place:
        return say("guest.tag.yours")
    return say("guest.tag.waiting") if invitation.answer is Answer.WAITING else ""
