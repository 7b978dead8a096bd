"""Every kind of letter, byte for byte as it was last read by a person.

`UPDATE_GOLDEN=1` writes the files anew; the difference is then read in review.
"""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduling.answers import Answer
from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.outbound import letters, paper
from service.outbound.facts import PhoneFacts, ReaderFacts, ReplyFacts
from service.outbound.mail import Letter, mail_bytes
from service.outbound.notes import LinkFacts
from service.outbound.reminders import PromptFacts, nudge, reminder
from service.outbound.rota import AskFacts, GatheringFacts, NewsFacts
from tests.unit.outbound.samples import (
    INVITATION,
    NASTY,
    NOTE,
    OFFERS,
    PAGE_URL,
    SENT_AT,
    SESSION,
    changed,
    coming_by,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "mail"

RUNG = replace(SESSION, phone=PhoneFacts(rings_you=True))
NOTED = replace(INVITATION, note="Please bring a cup.\nWe have tea.\n\nSee you on Thursday!")
ARRANGED = replace(
    coming_by(Way.ROOM),
    reply=ReplyFacts(
        Answer.YES,
        Way.ROOM,
        supporters=("Dov",),
        arranged=("We will switch on the hearing loop.", "A taxi comes for you at 1:15pm."),
    ),
)
MOVED = replace(
    changed(coming_by(Way.ROOM), "It now starts at 2pm, not at 1pm.", "Cleo hosts with Ben."),
    reply=ReplyFacts(Answer.YES, Way.ROOM, is_asked_again=True),
)
OVER = replace(
    changed(coming_by(Way.ONLINE)),
    cancel_message="Ben is not well. We will find another day and write to you.",
)
ODD_NAMES = replace(
    INVITATION,
    reader=ReaderFacts(NASTY[0], "ada@example.org"),
    session=replace(
        SESSION, title=NASTY[2], hosts=("O'Brien", "نورة الفارسي", NASTY[8], "👩🏽‍🦽🎉")
    ),
    note=NASTY[5],
)
OFFERED = replace(
    INVITATION,
    reply=ReplyFacts(Answer.WAITING, Way.ROOM, supporters=("Dov",)),
    kept_until=SENT_AT + timedelta(days=2, hours=1),
)
LINKS = (LinkFacts(SESSION.title, SESSION.slot, SESSION.zone, PAGE_URL),)

STOP = f"https://kiln.example.org/stop/{'0199b4' * 5}aabcdefghijkmn"
DAY_BEFORE = PromptFacts(1440, SENT_AT, STOP)
ASKED_AGAIN = replace(
    coming_by(Way.ROOM), reply=ReplyFacts(Answer.YES, Way.ROOM, is_asked_again=True)
)

GATHERING = GatheringFacts(
    SESSION.title, SESSION.slot, SESSION.zone, ("By phone", "In the room: Saggar Row Hall")
)
ASKED = AskFacts(GATHERING, MeetingRole.GREETER, "https://kiln.example.org/rota/take/bcdfghjkmnpq")
PARTS = NewsFacts(
    GATHERING,
    (
        (MeetingRole.LEAD, "Ben"),
        (MeetingRole.CO_FACILITATOR, ""),
        (MeetingRole.GREETER, "Ada"),
    ),
    own=(MeetingRole.GREETER,),
    url="https://kiln.example.org/rota",
)

LETTERS = {
    "undecided": letters.invitation(NOTED),
    "room": letters.invitation(ARRANGED),
    "online": letters.invitation(coming_by(Way.ONLINE)),
    "phone": letters.invitation(coming_by(Way.PHONE)),
    "phone-rung": letters.invitation(replace(coming_by(Way.PHONE), session=RUNG)),
    "outdoors": letters.invitation(coming_by(Way.OUTDOORS)),
    "update": letters.update(MOVED),
    "cancelled": letters.cancelled(OVER),
    "nasty-names": letters.invitation(ODD_NAMES),
    "message": letters.message_to_guests(
        coming_by(Way.PHONE), words="Tea is at 2pm.\n\nBen and Cleo", number=1, date=SENT_AT
    ),
    "reminder": reminder(coming_by(Way.ROOM), DAY_BEFORE),
    "reminder-phone": reminder(coming_by(Way.PHONE), DAY_BEFORE),
    "reminder-asked-again": reminder(ASKED_AGAIN, DAY_BEFORE),
    "nudge": nudge(INVITATION, PromptFacts(0, SENT_AT, STOP)),
    "nudge-asked-again": nudge(ASKED_AGAIN, PromptFacts(0, SENT_AT, STOP)),
    "place-offered": letters.place_offered(OFFERED, number="0199d1", date=SENT_AT),
    "ill-before": letters.ill_notice(
        coming_by(Way.ROOM), is_over=False, number="0199d2", date=SENT_AT
    ),
    "ill-after": letters.ill_notice(
        coming_by(Way.ROOM), is_over=True, number="0199d3", date=SENT_AT
    ),
    "money-news": letters.money_news(NOTE, LINKS[0]),
    "due-back": letters.due_back(NOTE, day="Friday 8 January 2027"),
    "your-link": letters.your_link(NOTE, LINKS),
    "news": letters.news(NOTE, LINKS[0]),
    "rota-ask": letters.rota_ask(NOTE, ASKED),
    "rota-ask-swap": letters.rota_ask(NOTE, replace(ASKED, giver="Ben")),
    "rota-news": letters.rota_news(NOTE, PARTS),
    "rota-news-none": letters.rota_news(NOTE, replace(PARTS, own=())),
    "waiting": letters.note_waiting(NOTE, url="https://kiln.example.org/safeguarding"),
    "welcome": letters.welcome(NOTE, url="https://kiln.example.org/sign-in"),
    "sign-in": letters.sign_in(
        NOTE, url="https://kiln.example.org/sign-in/bcdfghjkmnpq", code="246801"
    ),
}
PAPERS = {
    "paper": paper.paper_invitation(
        replace(INVITATION, session=replace(SESSION, offers=OFFERS[2:3])), 20
    ),
    "paper-update": paper.paper_update(MOVED, 16),
    "paper-cancelled": paper.paper_cancelled(OVER, 28),
    "paper-place-offered": paper.paper_place_offered(OFFERED, 24),
    "paper-ill-before": paper.paper_ill_notice(coming_by(Way.ROOM), 20, is_over=False),
    "paper-ill-after": paper.paper_ill_notice(coming_by(Way.ROOM), 16, is_over=True),
    "paper-message": paper.paper_message(coming_by(Way.PHONE), "Tea is at 2pm.", 18),
}


@pytest.mark.parametrize(("name", "letter"), list(LETTERS.items()), ids=list(LETTERS))
def test_a_letter_is_as_it_was_read_last(name: str, letter: Letter) -> None:
    assert golden(f"{name}.eml", mail_bytes(letter)) == mail_bytes(letter)
    assert golden(f"{name}.txt", letter.text.encode()) == letter.text.encode()
    assert golden(f"{name}.html", letter.html.encode()) == letter.html.encode()


@pytest.mark.parametrize(("name", "letter"), list(PAPERS.items()), ids=list(PAPERS))
def test_a_printed_letter_is_as_it_was_read_last(name: str, letter: paper.PaperLetter) -> None:
    assert golden(f"{name}.html", letter.html.encode()) == letter.html.encode()
    assert golden(f"{name}.txt", letter.text.encode()) == letter.text.encode()


def test_no_golden_file_is_left_over() -> None:
    stems = {path.stem for path in GOLDEN.iterdir() if not path.name.startswith(".")}

    assert {*LETTERS, *PAPERS} == stems


def golden(name: str, made: bytes) -> bytes:
    """Read the golden file; write it first if asked to."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_bytes(made)
    return path.read_bytes()
