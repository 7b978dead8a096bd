"""The words of a letter that offers a place to somebody who waits: the same for mail and for paper."""

from scheduling.waiting import until_words
from scheduling.ways import Way
from service.outbound.facts import InvitationFacts, cleaned
from service.outbound.invitations import greeting_for, subject_of, what_and_when, whom_to_ring
from service.outbound.joining import BY_WAY, joining_sections
from service.outbound.numbers import phone_words
from service.outbound.writing import Line, LineKind, Section, Writing, plain


def offered_writing(facts: InvitationFacts) -> Writing:
    """Write that a place is free, until when it is kept, and what happens if nothing is done."""
    known = cleaned(facts)
    kept = (Line(f"We keep it for you until {limit_words(known)}.", LineKind.STRONG),)
    return Writing(
        subject=f"A place is free: {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=(plain(place_words(known)), kept, _how_to_take_it(known)),
        sections=(
            *what_and_when(known),
            *joining_sections(known),
            Section("If you do not want it", _not_wanted(known)),
            whom_to_ring(known.house, on_paper=known.on_paper),
        ),
        farewell=(known.house.name,),
    )


def place_words(facts: InvitationFacts) -> str:
    """Say that a place is free, by which way, and for how many: in a letter or on the phone."""
    by = by_words(facts.own_way)
    if facts.reply.supporters:
        return f"There is a place for you now{by}, and for who comes with you."
    return f"There is a place for you now{by}."


def limit_words(facts: InvitationFacts) -> str:
    """Say until when the place is kept: "6pm on Tuesday 24 November"."""
    until = facts.kept_until or facts.session.slot.starts_at
    return until_words(until, facts.session.zone)


def by_words(way: Way | None) -> str:
    """Say how they would join, to go behind other words: " in the room"."""
    return f" {BY_WAY[way]}" if way is not None else ""


def _how_to_take_it(facts: InvitationFacts) -> tuple[Line, ...]:
    if facts.on_paper:
        ring = f"Tell us by phone: {phone_words(facts.house.phone)}." if facts.house.phone else ""
        return (*plain(ring), Line("Or on the internet", LineKind.LINK, facts.page_url))
    return (Line("Say if you want it", LineKind.BUTTON, facts.page_url),)


def _not_wanted(facts: InvitationFacts) -> tuple[Line, ...]:
    tell = "Ring us." if facts.on_paper else "Tell us on your page, or ring us."
    return (
        *plain(f"{tell} Then somebody else can have it. You do not have to say why."),
        *plain(
            "If we do not hear from you by then, the place goes to the next person."
            " You stay on the waiting list."
        ),
    )
