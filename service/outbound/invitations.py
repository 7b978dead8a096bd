"""The words of letters about one session: the same for mail and for paper.

The order never changes: what, when, how to join by phone, how to join online, the place, what we
have arranged, what to do if you cannot come, whom to ring. What is new or asked stands before all
that.
"""

from scheduling.answers import Answer
from scheduling.text import clean
from scheduling.time import clock_words, long_date, span_words
from scheduling.ways import Way
from service.outbound.facts import HouseFacts, InvitationFacts, cleaned
from service.outbound.joining import BY_WAY, joining_sections
from service.outbound.numbers import isolated, names_words, phone_words
from service.outbound.writing import Line, LineKind, Section, Writing, items, paragraphs, plain


def invitation_writing(facts: InvitationFacts) -> Writing:
    """Write a first invitation."""
    known = cleaned(facts)
    opening = (plain("You are invited. Here is all you need to know."), *paragraphs(known.note))
    return _whole(known, subject_of(known), opening)


def update_writing(facts: InvitationFacts) -> Writing:
    """Write that something is different, and first of all what."""
    known = cleaned(facts)
    news = (Line("This is new:"), *items(known.what_changed)) if known.what_changed else ()
    opening = (
        news or plain("Something is different from our last letter."),
        plain("Below is all of it again, as it is now."),
        *paragraphs(known.note),
    )
    return _whole(known, f"Changed: {subject_of(known)}", opening)


def cancelled_writing(facts: InvitationFacts) -> Writing:
    """Write that there will be no session, or none for this person."""
    known = cleaned(facts)
    return Writing(
        subject=f"Cancelled: {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=(
            (Line("This session is cancelled. You do not need to do anything.", LineKind.STRONG),),
            *paragraphs(known.cancel_message),
        ),
        sections=(*what_and_when(known), whom_to_ring(known.house, on_paper=known.on_paper)),
        farewell=(known.house.name,),
    )


def words_writing(facts: InvitationFacts, words: str) -> Writing:
    """Write what the facilitator wants to say to everyone coming."""
    known = cleaned(facts)
    return Writing(
        subject=f"About: {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=(*paragraphs(clean(words, lines=True)), _own_page(known)),
        sections=(
            *what_and_when(known),
            *joining_sections(known),
            whom_to_ring(known.house, on_paper=known.on_paper),
        ),
        farewell=(known.house.name,),
    )


def subject_of(facts: InvitationFacts) -> str:
    """Name a session by its title, date and time: "Thursday session, Thursday 12 March, 2pm"."""
    session = facts.session
    day, _, _ = long_date(session.slot.starts_at, session.zone).rpartition(" ")
    return f"{session.title}, {day}, {clock_words(session.slot.starts_at, session.zone)}"


def greeting_for(name: str) -> str:
    """Greet a person by the name they chose."""
    return f"Hello {isolated(name)}," if name else "Hello,"


def whom_to_ring(house: HouseFacts, *, on_paper: bool = False) -> Section:
    """Give the organisation's number, which is always the last thing in a letter."""
    number = (Line(phone_words(house.phone), LineKind.PHONE),) if house.phone else ()
    write = () if on_paper else plain("Or answer this mail.")
    return Section("Who to ring", (Line(house.name), *number, *write))


def _whole(facts: InvitationFacts, subject: str, opening: tuple[tuple[Line, ...], ...]) -> Writing:
    return Writing(
        subject=subject,
        greeting=greeting_for(facts.reader.name),
        opening=(*opening, (Line(_answer_words(facts)), *_how_to_answer(facts))),
        sections=(
            *what_and_when(facts),
            *joining_sections(facts),
            Section("What we have arranged for you", items(facts.reply.arranged)),
            Section("What helps you", _what_helps(facts)),
            Section("If you cannot come", _cannot_come(facts)),
            whom_to_ring(facts.house, on_paper=facts.on_paper),
        ),
        farewell=(facts.house.name,),
    )


def what_and_when(facts: InvitationFacts) -> tuple[Section, Section]:
    """Name the session, who runs it and who comes along, and say when it is."""
    session, supporters = facts.session, facts.reply.supporters
    what = [Line(session.title, LineKind.STRONG)]
    if session.hosts:
        what.append(Line(f"With {names_words(session.hosts)}"))
    if supporters:
        what.append(Line(f"Coming with you: {names_words(supporters)}"))
    when = span_words(session.slot, session.zone, name_zone=session.names_zone)
    return Section("What", tuple(what)), Section("When", (Line(when, LineKind.STRONG),))


def _own_page(facts: InvitationFacts) -> tuple[Line, ...]:
    kind = LineKind.LINK if facts.on_paper else LineKind.BUTTON
    return (Line("Your page", kind, facts.page_url),)


def _how_to_answer(facts: InvitationFacts) -> tuple[Line, ...]:
    """Say where to answer: on one's page, or by phone if this is paper."""
    if facts.on_paper:
        ring = f"Tell us by phone: {phone_words(facts.house.phone)}." if facts.house.phone else ""
        return (*plain(ring), Line("Or on the internet", LineKind.LINK, facts.page_url))
    if facts.reply.answer.is_given and not facts.reply.is_asked_again:
        return _own_page(facts)
    return (Line("Answer on your page", LineKind.BUTTON, facts.page_url),)


def _answer_words(facts: InvitationFacts) -> str:
    """State the answer we have, or ask for one."""
    reply, way = facts.reply, facts.own_way
    if reply.is_asked_again:
        return "Because of what is new, we ask you again: can you come?"
    match reply.answer:
        case Answer.UNANSWERED:
            return _question(way)
        case Answer.YES:
            return _yes_words(way)
        case Answer.MAYBE:
            return "You said maybe. Please tell us when you know."
        case Answer.NO:
            return "You said you cannot come. If you can after all, please tell us."
        case Answer.WAITING:
            return "You are on the waiting list. We will tell you as soon as there is a place."


def _question(way: Way | None) -> str:
    if way is None:
        return "Please tell us if you can come, and how you want to join."
    return "Please tell us if you can come."


def _yes_words(way: Way | None) -> str:
    if way is None:
        return "You said yes. Please choose how you want to join."
    return f"You said yes. You are joining {BY_WAY[way]}."


def _what_helps(facts: InvitationFacts) -> tuple[Line, ...]:
    """Ask on paper, where no page asks it; the same of everybody, so that it gives nobody away."""
    if not facts.on_paper or facts.reply.answer.is_given:
        return ()
    ask = "Is there something that would help you to take part? Ring us, or ask for our paper form."
    again = "If you told us before, we do it again. Tell us if anything is different this time."
    return (*plain(ask), *plain(again))


def _cannot_come(facts: InvitationFacts) -> tuple[Line, ...]:
    has_choice = facts.own_way is not None and len(facts.session.offers) > 1
    tell = "Ring us." if facts.on_paper else "Tell us on your page, or ring us."
    switch = plain("You can also choose another way to join.") if has_choice else ()
    return (*plain(f"{tell} You do not have to say why."), *switch)
