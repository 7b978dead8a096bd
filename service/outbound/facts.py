"""What a letter may tell, handed in by the caller. No letter looks anything up.

Which title stands here (the neutral or the real one) and what was arranged for whom is decided
before; a letter only says it. `cleaned` makes every text fit to be written down, whatever way it
came.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

from scheduling.answers import Answer
from scheduling.text import clean
from scheduling.time import Slot
from scheduling.versions import Version
from scheduling.ways import EASE, Way

MAY_HAVE_LINES = {"lines": True}

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """Who writes: the organisation, whom to ring, and the mailbox that is read."""

    name: str
    phone: str
    mail: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """Who reads: the name they chose, and their mail address if they have one."""

    name: str = field(repr=False)
    mail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Where to go: the place, its full address, and how to get in."""

    name: str
    address: str = ""
    directions: str = field(default="", metadata=MAY_HAVE_LINES)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """One way of joining that is offered, with its one line; room and outdoors have a place."""

    way: Way
    line: str = ""
    place: PlaceFacts | None = None


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """How to join by phone: a number and a PIN to type, or `rings_you`, and then neither."""

    number: str = ""
    pin: str = ""
    rings_you: bool = False


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session as this person may see it.

    `names_zone` is for readers in another zone; `zone_rule` is the POSIX rule of `zone`, which only
    London may do without.
    """

    title: str
    slot: Slot
    zone: str
    offers: tuple[OfferFacts, ...]
    hosts: tuple[str, ...] = ()
    phone: PhoneFacts = PhoneFacts()
    names_zone: bool = False
    zone_rule: str = ""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What this person answered, by which way, with whom, and what was arranged for them.

    `is_asked_again`: the time or the place has changed since, so the answer no longer counts.
    """

    answer: Answer = Answer.UNANSWERED
    way: Way | None = None
    supporters: tuple[str, ...] = ()
    arranged: tuple[str, ...] = ()
    is_asked_again: bool = False


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """All that one person's letter about one session may tell.

    `uid`, `version` and `created` are stored with the invitation and never made up here, so that
    sending again gives the same bytes. `what_changed` and `note` are the facilitator's words for
    this version, `cancel_message` those for a session that will not be. `on_paper`: nothing in the
    letter can be pressed or answered to. `kept_until` stands only where a place is offered.
    """

    house: HouseFacts
    reader: ReaderFacts
    session: SessionFacts
    uid: str
    version: Version
    created: datetime
    page_url: str = field(repr=False)
    reply: ReplyFacts = ReplyFacts()
    what_changed: tuple[str, ...] = ()
    note: str = field(default="", metadata=MAY_HAVE_LINES)
    cancel_message: str = field(default="", metadata=MAY_HAVE_LINES)
    on_paper: bool = False
    kept_until: datetime | None = None

    def offer(self, way: Way | None) -> OfferFacts | None:
        """Give what is offered for a way, if it is."""
        return next((offer for offer in self.session.offers if offer.way is way), None)

    @property
    def own_way(self) -> Way | None:
        """Give the way this person joins by: the chosen one if it is offered, or the only one."""
        offered = [offer.way for offer in self.session.offers]
        if self.reply.way in offered:
            return self.reply.way
        return offered[0] if len(offered) == 1 else None

    @property
    def shown_ways(self) -> tuple[Way, ...]:
        """Give the ways a letter tells of, in order of ease: the person's own, or else all.

        No more than that, because of a change to another way they would not be told.
        """
        offered = {offer.way for offer in self.session.offers}
        own = self.own_way
        return tuple(way for way in EASE if way in offered and own in (way, None))


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What a plain letter tells besides its words: who writes to whom, when, and its own name.

    `key` makes the Message-ID: the same for the same letter, another for another.
    """

    house: HouseFacts
    reader: ReaderFacts
    key: str
    date: datetime


def cleaned(fact: Fact) -> Fact:
    """Give the same facts with every text in them clean."""
    if not is_dataclass(fact) or isinstance(fact, type):
        raise TypeError("facts are frozen values")
    changes = {
        each.name: _clean_value(getattr(fact, each.name), lines=bool(each.metadata.get("lines")))
        for each in fields(fact)
    }
    make = cast(Callable[..., Fact], replace)
    return make(fact, **changes)


def _clean_value(value: object, *, lines: bool) -> object:
    """Clean a text, or the texts in a tuple or a value; closed sets and times stay as they are."""
    if type(value) is str:
        return clean(value, lines=lines)
    if isinstance(value, tuple):
        return tuple(_clean_value(each, lines=lines) for each in value)
    return cleaned(value) if is_dataclass(value) else value
