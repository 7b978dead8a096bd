"""The words of short letters that are not about one session: a link asked for, a way to sign in."""

from dataclasses import dataclass, field

from scheduling.time import Slot, span_words
from service.outbound.facts import NoteFacts, cleaned
from service.outbound.invitations import greeting_for, whom_to_ring
from service.outbound.numbers import pin_words
from service.outbound.writing import Line, LineKind, Section, Writing, plain


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """One session that a person asked the link to: its title as they may see it, and when."""

    title: str
    slot: Slot
    zone: str
    url: str = field(repr=False)


def links_writing(facts: NoteFacts, links: tuple[LinkFacts, ...]) -> Writing:
    """Write the links to a person's own pages once more."""
    known = cleaned(facts)
    one = "Here is the link you asked for. It opens your own page."
    several = "Here are the links you asked for. Each opens your own page."
    return Writing(
        subject=f"Your link from {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(plain(several if len(links) > 1 else one),),
        sections=(
            *(link_section(cleaned(link)) for link in links),
            Section("If you did not ask", plain("You do not need to do anything.")),
            whom_to_ring(known.house),
        ),
        farewell=(known.house.name,),
    )


def news_writing(facts: NoteFacts, link: LinkFacts) -> Writing:
    """Say that there is an answer on somebody's page, and not what: others may read the mail."""
    known = cleaned(facts)
    return Writing(
        subject=f"An answer from {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(plain("There is an answer to what you asked us. It is on your page."),),
        sections=(
            link_section(cleaned(link)),
            Section("What to do", plain("Open your page and tell us if it works for you.")),
            whom_to_ring(known.house),
        ),
        farewell=(known.house.name,),
    )


def money_writing(facts: NoteFacts, link: LinkFacts) -> Writing:
    """Say that there is an answer about what somebody asked to be paid, and not what for or how much."""
    known = cleaned(facts)
    return Writing(
        subject=f"An answer from {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(plain("There is an answer to what you asked us. It is on your page."),),
        sections=(link_section(cleaned(link)), whom_to_ring(known.house)),
        farewell=(known.house.name,),
    )


def due_back_writing(facts: NoteFacts, day: str) -> Writing:
    """Ask gently for what somebody borrowed, and do not say what it is: others may read the mail."""
    known = cleaned(facts)
    ask = "Do you still need it? That is fine: tell us, and you can have it for longer."
    back = "If you do not need it any more, please bring it back, or ask us to fetch it."
    return Writing(
        subject=f"A question from {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(plain(f"You borrowed something from us until {day}."), plain(f"{ask}\n{back}")),
        sections=(whom_to_ring(known.house),),
        farewell=(known.house.name,),
    )


def sign_in_writing(facts: NoteFacts, *, url: str, code: str) -> Writing:
    """Write a link and a code to sign in with; both work for ten minutes."""
    known = cleaned(facts)
    return Writing(
        subject=f"Sign in to {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(
            (Line("Open this page and press the button to sign in", LineKind.LINK, url),),
            (
                Line("Or type this code where you asked to sign in:"),
                Line(pin_words(code), LineKind.FIGURE),
            ),
            plain("Both work once, for 10 minutes. Do not give them to anybody else."),
        ),
        sections=(
            Section("If you did not ask", plain("You do not need to do anything.")),
            whom_to_ring(known.house),
        ),
        farewell=(known.house.name,),
    )


def welcome_writing(facts: NoteFacts, *, url: str) -> Writing:
    """Tell somebody that they may now sign in, and how: no password, a mail each time."""
    known = cleaned(facts)
    return Writing(
        subject=f"You can now sign in to {known.house.name}",
        greeting=greeting_for(known.reader.name),
        opening=(
            plain(f"{known.house.name} has asked you to help with its sessions."),
            (Line("Open this page to sign in", LineKind.LINK, url),),
            plain(
                "Type your e-mail address there. We send you a mail with a button each time, so"
                " there is no password to remember."
            ),
        ),
        sections=(whom_to_ring(known.house),),
        farewell=(known.house.name,),
    )


def waiting_writing(facts: NoteFacts, *, url: str) -> Writing:
    """Tell a member of staff that something only they may read waits for them; not what, nor whom about."""
    known = cleaned(facts)
    return Writing(
        subject="Something is waiting for you to read",
        greeting=greeting_for(known.reader.name),
        opening=(
            plain(
                "Somebody has written something down for you. Please read it as soon as you can."
            ),
            (Line("Sign in and read it", LineKind.LINK, url),),
        ),
        sections=(whom_to_ring(known.house),),
        farewell=(known.house.name,),
    )


def link_section(link: LinkFacts, *, on_paper: bool = False) -> Section:
    """Name a session and when it is, with the way to the reader's own page; nothing to press on paper."""
    when = Line(span_words(link.slot, link.zone))
    page = Line("Your page", LineKind.LINK if on_paper else LineKind.BUTTON, link.url)
    return Section(link.title, (when, page))
