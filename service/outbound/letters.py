"""Letters for the post: facts in, a `Letter` out that is ready to become a mail.

What each says is written elsewhere; here it gets its addresses, its calendar file and the name by
which mail programs know it again. The same facts always give the same letter.
"""

import re
from dataclasses import replace
from datetime import datetime

from service.outbound.addresses import Mailbox
from service.outbound.after import asking_writing, receipt_writing
from service.outbound.calendar import cancel_part, request_part
from service.outbound.facts import HouseFacts, InvitationFacts, NoteFacts, ReaderFacts, cleaned
from service.outbound.illness import ill_writing
from service.outbound.invitations import (
    cancelled_writing,
    invitation_writing,
    update_writing,
    words_writing,
)
from service.outbound.mail import CalendarPart, Letter
from service.outbound.notes import (
    LinkFacts,
    due_back_writing,
    links_writing,
    money_writing,
    news_writing,
    sign_in_writing,
    waiting_writing,
    welcome_writing,
)
from service.outbound.offers import offered_writing
from service.outbound.rota import AskFacts, NewsFacts, ask_writing, parts_writing
from service.outbound.writing import Writing, html_text, plain_text

BY_MACHINE = (("Auto-Submitted", "auto-generated"),)
"""For letters that no answer is wanted to; never on an invitation, which asks for one."""

_NO_DOMAIN = "localhost"
_UNFIT = re.compile(r"[^A-Za-z0-9.-]")


def invitation(facts: InvitationFacts) -> Letter:
    """Invite a person, with the calendar file."""
    return _about(facts, "invitation", invitation_writing(facts), request_part(cleaned(facts)))


def update(facts: InvitationFacts) -> Letter:
    """Tell a person what is different, with the calendar file that takes the old one's place."""
    return _about(facts, "update", update_writing(facts), request_part(cleaned(facts)))


def cancelled(facts: InvitationFacts) -> Letter:
    """Tell a person that there is no session for them, and take it out of their calendar."""
    return _about(facts, "cancel", cancelled_writing(facts), cancel_part(cleaned(facts)))


def message_to_guests(
    facts: InvitationFacts, *, words: str, number: int | str, date: datetime
) -> Letter:
    """Pass on what the facilitator says to those coming; `number` tells her messages apart."""
    own_id = message_id("message", facts.uid, sequence=facts.version.sequence, occurrence=number)
    writing = words_writing(facts, words)
    letter = _letter(facts.house, facts.reader, writing, message_id=own_id, date=date)
    return replace(letter, in_reply_to=first_message_id(facts.uid))


def place_offered(facts: InvitationFacts, *, number: str, date: datetime) -> Letter:
    """Offer a place to somebody who waits; the calendar hears of it once they have taken it."""
    own_id = message_id("place", facts.uid, sequence=facts.version.sequence, occurrence=number)
    writing = offered_writing(facts)
    letter = _letter(facts.house, facts.reader, writing, message_id=own_id, date=date)
    return replace(letter, in_reply_to=first_message_id(facts.uid))


def ill_notice(facts: InvitationFacts, *, is_over: bool, number: str, date: datetime) -> Letter:
    """Tell somebody who asked for it that somebody was ill at their session, with no names."""
    own_id = message_id("know", facts.uid, sequence=facts.version.sequence, occurrence=number)
    writing = ill_writing(facts, is_over=is_over)
    letter = _letter(facts.house, facts.reader, writing, message_id=own_id, date=date)
    return replace(letter, in_reply_to=first_message_id(facts.uid))


def rota_ask(facts: NoteFacts, ask: AskFacts) -> Letter:
    """Ask a colleague whether they can take a part."""
    return _note(facts, "rota-ask", ask_writing(facts, ask))


def rota_news(facts: NoteFacts, news: NewsFacts) -> Letter:
    """Tell a colleague who does what at a session now."""
    return _note(facts, "rota-news", parts_writing(facts, news))


def your_link(facts: NoteFacts, links: tuple[LinkFacts, ...]) -> Letter:
    """Send a person the links to their own pages again."""
    return _note(facts, "link", links_writing(facts, links))


def news(facts: NoteFacts, link: LinkFacts) -> Letter:
    """Tell a person that there is an answer on their page."""
    return _note(facts, "news", news_writing(facts, link))


def receipt(facts: NoteFacts, link: LinkFacts, *, days: int) -> Letter:
    """Tell a person that what they asked for has arrived."""
    writing = receipt_writing(facts.house, facts.reader, link, days=days)
    return _note(facts, "receipt", writing)


def asking_how_it_was(facts: NoteFacts, link: LinkFacts) -> Letter:
    """Ask a person whether they could take part as they wanted."""
    return _note(facts, "asking", asking_writing(facts.house, facts.reader, link))


def money_news(facts: NoteFacts, link: LinkFacts) -> Letter:
    """Tell a person that there is an answer about money on their page."""
    return _note(facts, "news", money_writing(facts, link))


def due_back(facts: NoteFacts, *, day: str) -> Letter:
    """Ask a person for what they borrowed until a day that has passed."""
    return _note(facts, "question", due_back_writing(facts, day))


def sign_in(facts: NoteFacts, *, url: str, code: str) -> Letter:
    """Send a member of staff a link and a six-digit code to sign in with."""
    return _note(facts, "sign-in", sign_in_writing(facts, url=url, code=code))


def welcome(facts: NoteFacts, *, url: str) -> Letter:
    """Tell a new member of staff that they may sign in, and where."""
    return _note(facts, "welcome", welcome_writing(facts, url=url))


def note_waiting(facts: NoteFacts, *, url: str) -> Letter:
    """Tell a member of staff that something waits for them to read."""
    return _note(facts, "waiting", waiting_writing(facts, url=url))


def message_id(kind: str, uid: str, *, sequence: int = 0, occurrence: int | str = 0) -> str:
    """Make the Message-ID: the same for the same letter, however often it is sent."""
    left, _, domain = uid.rpartition("@")
    parts = (kind, left, str(sequence), str(occurrence))
    return f"<{'.'.join(_fit(part) for part in parts)}@{_fit(domain) or _NO_DOMAIN}>"


def first_message_id(uid: str) -> str:
    """Give the Message-ID of a person's first invitation, which all later letters answer to."""
    return message_id("invitation", uid)


def _about(facts: InvitationFacts, kind: str, writing: Writing, calendar: CalendarPart) -> Letter:
    own_id = message_id(kind, facts.uid, sequence=facts.version.sequence)
    first_id = first_message_id(facts.uid)
    letter = _letter(
        facts.house, facts.reader, writing, message_id=own_id, date=facts.version.stamp
    )
    is_first = own_id == first_id
    return replace(letter, calendar=calendar, in_reply_to=None if is_first else first_id)


def _note(facts: NoteFacts, kind: str, writing: Writing) -> Letter:
    _, _, domain = facts.house.mail.rpartition("@")
    own_id = message_id(kind, f"{facts.key}@{domain}")
    letter = _letter(facts.house, facts.reader, writing, message_id=own_id, date=facts.date)
    return replace(letter, headers=BY_MACHINE)


def _letter(
    house: HouseFacts, reader: ReaderFacts, writing: Writing, *, message_id: str, date: datetime
) -> Letter:
    return Letter(
        to=Mailbox(reader.name, reader.mail),
        sender=Mailbox(house.name, house.mail),
        subject=writing.subject,
        text=plain_text(writing),
        html=html_text(writing),
        message_id=message_id,
        date=date,
    )


def _fit(part: str) -> str:
    return _UNFIT.sub("-", part)
