"""Letters on paper, for people without mail: the same words as in a mail, at their print size.

Only what stands on the page is made here, a piece of HTML without style; the page is made by the
web.
"""

from dataclasses import dataclass, replace

from service.outbound.after import receipt_writing
from service.outbound.facts import InvitationFacts
from service.outbound.illness import ill_writing
from service.outbound.invitations import (
    cancelled_writing,
    invitation_writing,
    update_writing,
    words_writing,
)
from service.outbound.notes import LinkFacts
from service.outbound.offers import offered_writing
from service.outbound.writing import Writing, paper_text, plain_text

PRINT_SIZES = (16, 18, 20, 24, 28)


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """A letter ready to be printed: its title, its size in points, its words as HTML and as text.

    The HTML is whole and escaped: a page puts it in as it is.
    """

    title: str
    print_size: int
    html: str
    text: str


def paper_invitation(facts: InvitationFacts, print_size: int) -> PaperLetter:
    """Make the printed form of a first invitation; it can also be read out on the phone."""
    return _paper(invitation_writing(_on_paper(facts)), print_size)


def paper_update(facts: InvitationFacts, print_size: int) -> PaperLetter:
    """Make the printed form of a letter about a change."""
    return _paper(update_writing(_on_paper(facts)), print_size)


def paper_cancelled(facts: InvitationFacts, print_size: int) -> PaperLetter:
    """Make the printed form of a cancellation."""
    return _paper(cancelled_writing(_on_paper(facts)), print_size)


def paper_message(facts: InvitationFacts, words: str, print_size: int) -> PaperLetter:
    """Make the printed form of what the facilitator says to those coming."""
    return _paper(words_writing(_on_paper(facts), words), print_size)


def paper_place_offered(facts: InvitationFacts, print_size: int) -> PaperLetter:
    """Make the printed form of the offer of a place; it can also be read out on the phone."""
    return _paper(offered_writing(_on_paper(facts)), print_size)


def paper_ill_notice(facts: InvitationFacts, print_size: int, *, is_over: bool) -> PaperLetter:
    """Make the printed form of the notice that somebody was ill."""
    return _paper(ill_writing(_on_paper(facts), is_over=is_over), print_size)


def paper_receipt(facts: InvitationFacts, print_size: int) -> PaperLetter:
    """Make the printed form of the word that what somebody asked for has arrived."""
    session = facts.session
    link = LinkFacts(session.title, session.slot, session.zone, facts.page_url)
    return _paper(receipt_writing(facts.house, facts.reader, link, on_paper=True), print_size)


def _paper(writing: Writing, print_size: int) -> PaperLetter:
    return PaperLetter(
        title=writing.subject,
        print_size=_fitting(print_size),
        html=paper_text(writing),
        text=plain_text(writing),
    )


def _fitting(wanted: int) -> int:
    """Give the smallest of our sizes that is large enough, or the largest there is."""
    return next((size for size in PRINT_SIZES if size >= wanted), PRINT_SIZES[-1])


def _on_paper(facts: InvitationFacts) -> InvitationFacts:
    return replace(facts, on_paper=True)
