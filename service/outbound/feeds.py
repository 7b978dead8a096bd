"""The events of feeds: what one guest, a host or the public reads in a calendar that keeps itself up to date.

Nobody else stands in a feed, and neither does anything that was arranged. What is cancelled stays a
while, and says so in its title, because many programs hide STATUS.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from scheduling.answers import Answer
from scheduling.ical.build import Invite, event_block
from service.outbound.calendar import entry, farewell, whom_to_ring
from service.outbound.facts import InvitationFacts, PhoneFacts, cleaned
from service.outbound.joining import BY_WAY
from service.outbound.numbers import names_words, phone_words

#: Raise it when the same facts give other text than before: what is stored was made in another form.
FORM = 1
SAFE_TITLE = "Your meeting"


class Style(StrEnum):
    """How plainly events are told: as in letters, with plain titles only, or hardly at all."""

    FULL = "full"
    PLAIN = "plain"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an event stands in a feed: whether it takes place, and whether its reader is still invited."""

    is_cancelled: bool = False
    is_removed: bool = False
    style: Style = Style.FULL

    @property
    def is_off(self) -> bool:
        """Tell whether the reader's calendar should let go of it."""
        return self.is_cancelled or self.is_removed


def guest_event(facts: InvitationFacts, standing: Standing) -> bytes:
    """Write an event as the guest's letters tell it, for the way they join; in a safe feed, hardly."""
    known = cleaned(facts)
    has_said_yes = known.reply.answer is Answer.YES and not known.reply.is_asked_again
    return _block(entry(known), known, standing, is_free=not has_said_yes)


def host_event(facts: InvitationFacts, standing: Standing) -> bytes:
    """Write an event for who leads it, helps with it or made it; its page is the staff's."""
    known = cleaned(facts)
    lines = (_ways_words(known), f"Its page: {known.page_url}", *_last_lines(known))
    invite = replace(entry(known), description=lines, conference_label="")
    return _block(invite, known, standing, is_free=False)


def public_event(facts: InvitationFacts, standing: Standing, *, names_place: bool) -> bytes:
    """Write an event for everybody: whom to ask, but no number to dial, no room, and nobody's name.

    Where it is stands there only if the kind of meeting is open to all.
    """
    known = cleaned(facts)
    offers = known.session.offers
    if not names_place:
        offers = tuple(replace(each, line="", place=None) for each in offers)
    session = replace(known.session, phone=PhoneFacts(), hosts=(), offers=offers)
    known = replace(known, session=session)
    ask = f"To come along, ring us or ask here: {known.page_url}"
    lines = (_ways_words(known), ask, *_last_lines(known))
    invite = replace(entry(known), description=lines, conference_label="", is_private=False)
    return _block(invite, known, standing, is_free=True)


def _block(invite: Invite, facts: InvitationFacts, standing: Standing, *, is_free: bool) -> bytes:
    if standing.style is Style.SAFE:
        invite = _safe(invite, facts)
    elif standing.is_off:
        invite = replace(_bare(invite), description=_farewell(facts, standing))
    if standing.is_off:
        invite = replace(invite, summary=f"Cancelled: {invite.summary}")
    return event_block(invite, is_cancelled=standing.is_off, is_free=is_free or standing.is_off)


def _safe(invite: Invite, facts: InvitationFacts) -> Invite:
    """Leave date, time and a number to ring (design, rule 5): no place, no link, nobody's name."""
    phone = facts.house.phone
    lines = (f"Questions? Ring {phone_words(phone)}.",) if phone else ()
    return replace(_bare(invite), summary=SAFE_TITLE, description=lines)


def _bare(invite: Invite) -> Invite:
    return replace(invite, location="", url="", conference_label="")


def _farewell(facts: InvitationFacts, standing: Standing) -> tuple[str, ...]:
    if standing.is_cancelled:
        return farewell(facts)
    words = "You are not on the list for this session any more. Ring us if that is not right."
    return words, whom_to_ring(facts.house)


def _ways_words(facts: InvitationFacts) -> str:
    return f"Ways to join: {', '.join(BY_WAY[way] for way in facts.shown_ways)}."


def _last_lines(facts: InvitationFacts) -> tuple[str, ...]:
    """Say who runs it and whom to ring."""
    hosts = facts.session.hosts
    who = (f"With {names_words(hosts)}.",) if hosts else ()
    return (*who, whom_to_ring(facts.house))
