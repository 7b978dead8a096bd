"""Who waits for a place at one session, in words: names for coordinators, for all others only numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduling.answers import Answer
from scheduling.time import long_date
from scheduling.waiting import beyond_limit, until_words
from scheduling.ways import EASE, Way
from service.storage.holds import Waiting
from service.storage.meetings import Meeting, Offer
from service.storage.tallies import Tally
from service.web.pages.meetings.words import WAY_WORDS, people


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One who waits: who, by which way, since when, and the place that is kept for them."""

    name: str
    company: int
    way: str
    turn: str
    is_kept: bool
    href: str


def waiting_lines(meeting: Meeting, waiting: Sequence[Waiting]) -> list[WaitingLine]:
    """Put a line in words, way by way, the first of each first."""
    ways = [way.value for way in EASE]
    in_order = sorted(
        waiting, key=lambda each: ways.index(each.invitation.way) if each.invitation.way else 9
    )
    return [_line(meeting, each) for each in in_order]


def _line(meeting: Meeting, each: Waiting) -> WaitingLine:
    own, hold = each.invitation, each.hold
    turn = "Waiting"
    if own.waiting_since is not None:
        turn = f"Waiting since {long_date(own.waiting_since, meeting.zone)}"
    if hold is not None:
        turn = f"A place is kept for them until {until_words(hold.expires_at, meeting.zone)}"
    return WaitingLine(
        name=own.person.chosen_name,
        company=own.supporters,
        way=WAY_WORDS[own.way] if own.way else "Not chosen",
        turn=turn,
        is_kept=hold is not None,
        href=f"/desk/{own.id}",
    )


def kept_lines(offers: Sequence[Offer], tally: Tally) -> Iterator[str]:
    """Say how many places are kept for people who wait, and where one is free that nobody took."""
    for offer in offers:
        by, waiting = WAY_WORDS[offer.way].lower(), tally.answers[Answer.WAITING, offer.way]
        kept = offer.taken - tally.answers[Answer.YES, offer.way]
        if kept > 0:
            yield f"{people(kept)} can have a place {by}, and may take it or leave it."
        is_free = offer.places is None or offer.taken < offer.places
        if waiting and is_free:
            yield f"A place {by} is free. Those who wait do not want it now, or need more than one."


def limit_lines(
    meeting: Meeting, limits: Mapping[Way, int | None], waiting: Mapping[Way, int]
) -> list[str]:
    """Say what new limits do: lowering one throws nobody out; a higher one is for those who wait."""
    lines = []
    for offer in meeting.offers:
        limit = limits.get(offer.way)
        if offer.way not in limits or limit == offer.places:
            continue
        word = WAY_WORDS[offer.way]
        if beyond := beyond_limit(offer.taken, limit):
            lines.append(
                f"{word}: {offer.taken} places are taken, {beyond} more than the new limit."
                " Nobody loses their place. Nobody new gets one until there are fewer."
            )
        elif waits := waiting.get(offer.way, 0):
            lines.append(f"{word}: what is free goes first to those who wait ({people(waits)}).")
    return lines
