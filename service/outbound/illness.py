"""The words of the notice that somebody was ill: the same for mail, for paper and on the phone.

It says nothing of who was ill, who told us, or who else is told.
"""

from service.outbound.facts import InvitationFacts, cleaned
from service.outbound.invitations import greeting_for, subject_of, what_and_when, whom_to_ring
from service.outbound.numbers import phone_words
from service.outbound.writing import Line, LineKind, Section, Writing, plain

ILL = "Somebody from this session has signs of an illness that others can catch."
WHY = "You asked us to tell you when this happens. We do not say who it is."
CARE = "You do not need to do anything. If you feel unwell yourself, look after yourself first."


def ill_writing(facts: InvitationFacts, *, is_over: bool) -> Writing:
    """Write that somebody was ill, at a session that was or that is to come."""
    known = cleaned(facts)
    to_do = Section("What you can do", plain(CARE) if is_over else _before(known))
    return Writing(
        subject=f"To let you know: {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=(plain(ILL), plain(WHY)),
        sections=(
            *what_and_when(known),
            to_do,
            whom_to_ring(known.house, on_paper=known.on_paper),
        ),
        farewell=(known.house.name,),
    )


def _before(facts: InvitationFacts) -> tuple[Line, ...]:
    can = plain("You can still come. You can also join in another way, or not come this time.")
    if facts.on_paper:
        number = facts.house.phone
        return (*can, *plain(f"Tell us by phone: {phone_words(number)}." if number else ""))
    return (*can, Line("Change how you join", LineKind.BUTTON, facts.page_url))
