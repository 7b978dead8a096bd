"""A session with all four ways, and Ada, who is invited to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduling.answers import Answer
from scheduling.time import Slot
from scheduling.versions import Version
from scheduling.ways import Way
from service.outbound.facts import (
    HouseFacts,
    InvitationFacts,
    NoteFacts,
    OfferFacts,
    PhoneFacts,
    PlaceFacts,
    ReaderFacts,
    ReplyFacts,
    SessionFacts,
)

STARTS_AT = datetime(2027, 1, 21, 14, 0, tzinfo=UTC)
SENT_AT = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
HOUSE = HouseFacts("Kiln Street Hub", "+441632960100", "hello@kiln.example.org")
ADA = ReaderFacts("Ada", "ada@example.org")
PAGE_URL = "https://kiln.example.org/i/bcdf-ghjk-mnpq"

HALL = PlaceFacts(
    "Saggar Row Hall",
    "Saggar Row, Burslem",
    "The door is beside the church.\nThere is a bell at hand height.",
)
SHELTER = PlaceFacts("The bandstand", "Forest Park, Hanley", "Go in by the gate on Sun Street.")

OFFERS = (
    OfferFacts(Way.ROOM, "There is a ramp and a toilet for wheelchairs.", HALL),
    OfferFacts(Way.ONLINE, "You can leave your camera off."),
    OfferFacts(Way.PHONE, "It costs what a call to a landline costs."),
    OfferFacts(Way.OUTDOORS, "There is a roof. Bring a warm coat.", SHELTER),
)

SESSION = SessionFacts(
    title="Thursday session",
    slot=Slot.of(STARTS_AT, 90),
    zone="Europe/London",
    offers=OFFERS,
    hosts=("Ben", "Cleo"),
    phone=PhoneFacts("+441632960123", "246801"),
)

INVITATION = InvitationFacts(
    house=HOUSE,
    reader=ADA,
    session=SESSION,
    uid="0199b4.k3t9w2@kiln.example.org",
    version=Version(0, SENT_AT),
    created=SENT_AT,
    page_url=PAGE_URL,
)

NOTE = NoteFacts(HOUSE, ADA, key="0199c7", date=SENT_AT)


def coming_by(way: Way) -> InvitationFacts:
    """Give Ada's invitation after she said yes by a way."""
    return replace(INVITATION, reply=ReplyFacts(Answer.YES, way))


def changed(facts: InvitationFacts, *what: str) -> InvitationFacts:
    """Give the next version of an invitation, with what is new in it."""
    version = facts.version.next(SENT_AT + timedelta(days=1))
    return replace(facts, version=version, what_changed=what)


NASTY = (
    "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.example?=",
    "=?utf-8?b?eA0KQmNjOiBldmlsQGUuZXhhbXBsZQ==?=",
    "Ada\r\nBcc: evil@e.example",
    "Ada\nBcc: evil@e.example",
    "Ada\rBcc: evil@e.example",
    "Ada\r\n\r\nBcc: evil@e.example\r\n.\r\nMAIL FROM:<evil@e.example>",
    "Ada\u2028Bcc: evil@e.example\u2029",
    "A\x00d\x07a\x1b\x7f\x85",
    '"Ada" <evil@e.example>',
    'Ada", evil@e.example, "',
    "Ada, Ben; Cleo: Dov",
    "back\\slash\\",
    "back\\",
    "(comment) <evil@e.example>",
    "O'Brien",
    "نورة الفارسي",
    "\u202eadA\u202c",
    "👩🏽‍🦽🎉" * 20,
    "x" * 200,
    "Zoe\u0308 " * 40,
    "<script>alert(1)</script>&amp;",
    "{{ 7 * 7 }}{% raw %}",
    "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR",
    "a;b,c:d\\n",
    "--=m=boundary=",
    "From nobody",
    ".",
    "=",
    "?=",
    "",
)
"""Texts that have broken mails, pages or calendars somewhere (reliability E17, E18, E30)."""
