"""The words of two short letters: that we have what somebody asked for, and how it was for them.

The same for mail and for paper. Neither says what was asked for: others may read it.
"""

from service.outbound.facts import HouseFacts, ReaderFacts, cleaned
from service.outbound.invitations import greeting_for, whom_to_ring
from service.outbound.notes import LinkFacts, link_section
from service.outbound.writing import Line, LineKind, Section, Writing, plain

ASKED = "Could you take part as you wanted?"
RECEIVED = "We have got what you told us."


def receipt_writing(
    house: HouseFacts,
    reader: ReaderFacts,
    link: LinkFacts,
    *,
    days: int | None = None,
    on_paper: bool = False,
) -> Writing:
    """Write that what somebody asked for has arrived, and within how many working days a human answers.

    On paper it is on its way for days itself, so that `days` is better left out there.
    """
    known = cleaned(house)
    return Writing(
        subject=f"We have got what you told us: {known.name}",
        greeting=greeting_for(cleaned(reader).name),
        opening=(plain(f"{RECEIVED} {_answer_words(days)}"),),
        sections=(
            link_section(cleaned(link), on_paper=on_paper),
            Section("What to do", plain("Nothing. You can change what you told us at any time.")),
            whom_to_ring(known, on_paper=on_paper),
        ),
        farewell=(known.name,),
    )


def asking_writing(house: HouseFacts, reader: ReaderFacts, link: LinkFacts) -> Writing:
    """Ask the one question afterwards; the link leads to the page where it is answered."""
    known, where = cleaned(house), cleaned(link)
    answer = (Line("Tell us: yes, partly or no", LineKind.BUTTON, where.url),)
    return Writing(
        subject=f"How was it for you? {known.name}",
        greeting=greeting_for(cleaned(reader).name),
        opening=((Line(ASKED, LineKind.STRONG),), answer),
        sections=(
            link_section(where),
            Section(
                "You do not have to answer",
                plain("It helps us to do better. You can also tell us by phone."),
            ),
            whom_to_ring(known),
        ),
        farewell=(known.name,),
    )


def _answer_words(days: int | None) -> str:
    match days:
        case None:
            return "Somebody looks after it, and will be in touch."
        case 0:
            return "A person answers you today."
        case 1:
            return "A person answers you within one working day."
        case _:
            return f"A person answers you within {days} working days."
