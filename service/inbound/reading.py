"""One mail that came in, from bytes to what it is: without any I/O, and without ever failing.

What cannot be read is a value too: it says why, and holds what can be shown. Whose mail it is, and
whether it counts, is decided by the actions.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduling.answers import Answer
from scheduling.ical.read import CalendarEvent, UnreadableCalendar, read_calendar
from scheduling.text import clean
from service.inbound.answers import answer_in
from service.inbound.bounces import Bounced, bounce_in, looks_like_bounce
from service.inbound.machines import is_by_machine
from service.inbound.mime import (
    MOST_BYTES,
    MOST_CONTENT,
    Part,
    TooMuch,
    addresses,
    decoded_words,
    read_parts,
)
from service.inbound.words import own_words, to_show, words_in

MOST_CALENDARS = 5
MOST_REFERENCES = 20
LONGEST_SUBJECT = 200
LONGEST_ADDRESS = 320
LONGEST_HEAD = 8000
#: What a guest's calendar may say to us; any other calendar is only something that came with a mail.
ANSWERING = frozenset({"REPLY", "COUNTER", "REFRESH"})

_REFERENCE = re.compile(r"<[^<>\s]{3,300}>")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Calendar parts that came with the mail, as events in their order."""

    events: tuple[CalendarEvent, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote, and the answer it seems to give."""

    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A machine wrote it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It holds something that cannot or must not be read; `why` is a stable code."""

    why: str


Content = Calendar | Words | Away | Bounced | Unreadable


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail: who wrote it to whom, what a person can read of it, what it answers to, what it is.

    `references` are the Message-IDs it answers to, the nearest first; `digest` names its bytes.
    """

    digest: str
    content: Content
    sender: str = field(default="", repr=False)
    recipients: tuple[str, ...] = field(default=(), repr=False)
    subject: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)


def read_mail(raw: bytes, *, is_cut: bool = False) -> Incoming:
    """Read one mail. `is_cut`: only its beginning was fetched, because it is very large."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        mail = read_parts(raw)
    except TooMuch as error:
        return _head_only(raw, digest, error.why)
    seen = words_in(mail)
    content = _content(mail, seen, is_cut=is_cut or len(raw) > MOST_BYTES)
    return Incoming(
        digest=digest,
        content=content,
        sender=_first(addresses(mail.header("from"))) or _first(addresses(mail.header("sender"))),
        recipients=tuple(_recipients(mail)),
        subject=mail.words("subject")[:LONGEST_SUBJECT],
        words=to_show(_shown(seen, content)),
        references=tuple(_references(mail)),
    )


def _head_only(raw: bytes, digest: str, why: str) -> Incoming:
    """Show what stands above a mail that must not be taken apart."""
    above = read_parts(b"Content-Type: text/plain\r\n" + raw[:LONGEST_HEAD])
    return Incoming(
        digest=digest,
        content=Unreadable(why),
        sender=_first(addresses(above.header("from"))),
        recipients=tuple(_recipients(above)),
        subject=above.words("subject")[:LONGEST_SUBJECT],
    )


def _content(mail: Part, seen: str, *, is_cut: bool) -> Content:
    """Say what a mail is; a calendar in it goes before its words, and a machine before both of them."""
    if bounced := bounce_in(mail):
        return bounced
    if looks_like_bounce(mail):
        return Unreadable("bounce-in-words")
    try:
        events = tuple(event for event in _events(mail) if event.method in ANSWERING)
    except UnreadableCalendar as error:
        return Unreadable("mail-cut-short" if is_cut else error.why)
    return Calendar(tuple(dict.fromkeys(events))) if events else _written(mail, seen, is_cut=is_cut)


def _written(mail: Part, seen: str, *, is_cut: bool) -> Content:
    """Say what a mail without an answer from a calendar is."""
    if is_by_machine(mail):
        return Away()
    own = own_words(seen)
    if any(map(_is_outlook_file, mail.walk())):
        return Unreadable("outlook-file")
    if own:
        return Words(answer_in(own))
    return Unreadable("mail-cut-short" if is_cut else "mail-without-words")


def _events(mail: Part) -> Iterator[CalendarEvent]:
    """Read the calendar parts; the same one often comes twice, as a part and as a file."""
    seen: set[bytes] = set()
    for part in mail.walk():
        if not _is_calendar(part):
            continue
        content = part.content().strip()
        if content in seen or not content:
            continue
        seen.add(content)
        if len(seen) > MOST_CALENDARS:
            raise UnreadableCalendar("calendar-too-many")
        if len(content) > MOST_CONTENT:
            raise UnreadableCalendar("calendar-too-big")
        yield from read_calendar(content, charset=part.charset, method=part.parameter("method"))


def _is_calendar(part: Part) -> bool:
    named = part.name.endswith((".ics", ".vcs"))
    return part.kind in ("text/calendar", "application/ics", "text/x-vcalendar") or named


def _is_outlook_file(part: Part) -> bool:
    return part.kind == "application/ms-tnef" or part.name == "winmail.dat"


def _shown(seen: str, content: Content) -> str:
    """Show a person's words without what they answer to; of what only a human understands, everything."""
    return own_words(seen) or seen if isinstance(content, Words | Calendar) else seen


def _recipients(mail: Part) -> Iterator[str]:
    for name in ("delivered-to", "x-original-to", "to", "cc"):
        for value in mail.headers.get(name, ())[:5]:
            yield from addresses(value)[:20]


def _references(mail: Part) -> Iterator[str]:
    """Give the Message-IDs; some programs write even those in code."""
    nearest = _REFERENCE.findall(decoded_words(mail.header("in-reply-to")))[:1]
    older = _REFERENCE.findall(decoded_words(mail.header("references")))[-MOST_REFERENCES:]
    yield from dict.fromkeys([*nearest, *reversed(older)])


def _first(found: tuple[str, ...]) -> str:
    return clean(found[0])[:LONGEST_ADDRESS] if found else ""
