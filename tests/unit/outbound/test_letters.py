"""What a letter says, in which order, and to whom; and what it never says."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from icalendar import Calendar, Event

from scheduling.answers import Answer
from scheduling.ways import Way
from service.outbound import letters, paper
from service.outbound.calendar import calendar_file
from service.outbound.channel import PermanentFailure
from service.outbound.facts import InvitationFacts, PhoneFacts, ReaderFacts, ReplyFacts
from service.outbound.mail import Letter, mail_bytes
from service.outbound.notes import LinkFacts
from service.outbound.zone_rules import zone_rule
from tests.unit.outbound.samples import (
    INVITATION,
    NOTE,
    OFFERS,
    PAGE_URL,
    SENT_AT,
    SESSION,
    changed,
    coming_by,
)

ORDER = [
    "What",
    "When",
    "How to join by phone",
    "How to join online",
    "Where to come",
    "Where to meet outdoors",
    "What we have arranged for you",
    "If you cannot come",
    "Who to ring",
]
ARRANGED = "We will switch on the hearing loop."


def headings(letter: Letter) -> list[str]:
    """Give the headings of a letter's text: lines at the edge with something set in below."""
    return re.findall(r"^(\S.*)\n  ", letter.text, re.MULTILINE)


def event_of(letter: Letter) -> Event:
    """Give the one event in a letter's calendar."""
    assert letter.calendar is not None
    (event,) = Calendar.from_ical(letter.calendar.content).events
    return event


class Words(HTMLParser):
    """Collect the words of an HTML page, and where it leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and what it points to."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.words += data.split()


def read_html(html: str) -> Words:
    """Read a page."""
    words = Words()
    words.feed(html)
    return words


def test_everything_stands_in_the_agreed_order() -> None:
    reply = ReplyFacts(arranged=(ARRANGED,))

    letter = letters.invitation(replace(INVITATION, reply=reply))

    assert headings(letter) == ORDER


@pytest.mark.parametrize(
    ("way", "heading"),
    [
        (Way.PHONE, "How to join by phone"),
        (Way.ONLINE, "How to join online"),
        (Way.ROOM, "Where to come"),
        (Way.OUTDOORS, "Where to meet outdoors"),
    ],
)
def test_one_who_chose_a_way_reads_of_that_way_only(way: Way, heading: str) -> None:
    letter = letters.invitation(coming_by(way))

    assert [*ORDER[:2], heading, *ORDER[7:]] == headings(letter)
    assert "You can also choose another way to join." in letter.text


def test_one_whose_way_is_no_longer_offered_reads_of_all_others() -> None:
    session = replace(SESSION, offers=OFFERS[1:3])

    letter = letters.update(replace(coming_by(Way.ROOM), session=session))

    assert ORDER[2:4] == headings(letter)[2:4]
    assert "Please choose how you want to join." in letter.text


def test_a_change_is_told_before_anything_else() -> None:
    letter = letters.update(changed(coming_by(Way.PHONE), "It now starts at 2pm, not at 1pm."))

    assert letter.subject.startswith("Changed: ")
    lines = letter.text.split("\n")
    assert lines[2:4] == ["This is new:", "- It now starts at 2pm, not at 1pm."]


def test_the_html_repeats_the_text_word_for_word() -> None:
    letter = letters.invitation(replace(coming_by(Way.ROOM), note="Bring a cup."))

    shown = read_html(letter.html).words
    subject_words = len(letter.subject.split())
    plain = letter.text.replace(f"Your page:\n{PAGE_URL}", "Your page").split()
    assert plain == shown[subject_words:]


@pytest.mark.parametrize(
    "letter",
    [
        letters.invitation(INVITATION),
        letters.update(changed(INVITATION)),
        letters.cancelled(INVITATION),
        letters.sign_in(NOTE, url="https://kiln.example.org/s/1", code="123456"),
    ],
    ids=lambda letter: letter.message_id,
)
def test_html_needs_nothing_from_outside(letter: Letter) -> None:
    page = read_html(letter.html)

    assert not page.tags & {"img", "script", "link", "style", "iframe", "form", "object"}
    assert all(link.startswith(("https://kiln.example.org/", "tel:")) for link in page.links)
    assert "url(" not in letter.html
    assert "http-equiv" not in letter.html


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (ReplyFacts(), "Please tell us if you can come, and how you want to join."),
        (ReplyFacts(Answer.YES, Way.PHONE), "You said yes. You are joining by phone."),
        (ReplyFacts(Answer.YES, Way.ROOM), "You said yes. You are joining in the room."),
        (ReplyFacts(Answer.YES), "You said yes. Please choose how you want to join."),
        (ReplyFacts(Answer.MAYBE), "You said maybe. Please tell us when you know."),
        (ReplyFacts(Answer.NO), "You said you cannot come."),
        (ReplyFacts(Answer.WAITING, Way.ROOM), "You are on the waiting list."),
        (ReplyFacts(Answer.YES, Way.ROOM, is_asked_again=True), "we ask you again: can you come?"),
    ],
)
def test_the_answer_we_have_is_stated(reply: ReplyFacts, words: str) -> None:
    letter = letters.invitation(replace(INVITATION, reply=reply))

    assert words in " ".join(letter.text.split())


@pytest.mark.parametrize(
    ("reply", "part_stat"),
    [
        (ReplyFacts(), "NEEDS-ACTION"),
        (ReplyFacts(Answer.YES, Way.ROOM), "ACCEPTED"),
        (ReplyFacts(Answer.MAYBE), "TENTATIVE"),
        (ReplyFacts(Answer.NO), "DECLINED"),
        (ReplyFacts(Answer.YES, Way.ROOM, is_asked_again=True), "NEEDS-ACTION"),
    ],
)
def test_the_calendar_repeats_the_answer_unless_it_is_asked_again(
    reply: ReplyFacts, part_stat: str
) -> None:
    (attendee,) = event_of(letters.update(replace(INVITATION, reply=reply))).attendees

    assert part_stat == attendee.params["PARTSTAT"]


@pytest.mark.parametrize(
    ("way", "place", "first"),
    [
        (Way.ROOM, "Saggar Row Hall, Saggar Row, Burslem", "Come to Saggar Row Hall"),
        (Way.OUTDOORS, "The bandstand, Forest Park, Hanley", "Come to The bandstand"),
        (Way.ONLINE, "Online", f"Join online from 1:40pm: {PAGE_URL}"),
        (Way.PHONE, "By phone: 01632 960 123", "Join by phone: ring 01632 960 123, PIN 246 801."),
    ],
)
def test_the_calendar_is_made_for_the_way_of_its_owner(way: Way, place: str, first: str) -> None:
    event = event_of(letters.invitation(coming_by(way)))

    assert place == str(event["LOCATION"])
    assert str(event["DESCRIPTION"]).startswith(first)
    assert PAGE_URL in str(event["DESCRIPTION"])
    assert PAGE_URL == str(event["URL"])
    assert ("CONFERENCE" in event) == (way is Way.ONLINE)


def test_before_a_way_is_chosen_the_address_comes_first_for_the_map() -> None:
    event = event_of(
        letters.invitation(replace(INVITATION, session=replace(SESSION, offers=OFFERS[:3])))
    )

    assert "Saggar Row Hall, Saggar Row, Burslem / by phone / online" == str(event["LOCATION"])
    assert PAGE_URL == str(event["CONFERENCE"])


def test_a_calendar_tells_nothing_of_what_was_arranged_or_who_comes_along() -> None:
    reply = ReplyFacts(Answer.YES, Way.ROOM, supporters=("Dov",), arranged=(ARRANGED,))

    letter = letters.invitation(replace(INVITATION, reply=reply))

    assert ARRANGED in letter.text
    assert "Coming with you: Dov" in letter.text
    assert ARRANGED not in str(event_of(letter)["DESCRIPTION"])
    assert "Dov" not in str(event_of(letter)["DESCRIPTION"])


def test_a_cancelled_session_is_told_as_one_everywhere() -> None:
    facts = replace(changed(INVITATION), cancel_message="Ben is not well.")

    letter = letters.cancelled(facts)

    assert letter.calendar is not None
    assert letter.calendar.method == "CANCEL"
    assert b"METHOD:CANCEL\r\n" in letter.calendar.content
    assert letter.subject.startswith("Cancelled: ")
    assert "Ben is not well." in letter.text
    assert "Join" not in str(event_of(letter)["DESCRIPTION"])
    assert str(event_of(letter)["STATUS"]) == "CANCELLED"


def test_a_phone_joiner_whom_we_ring_gets_no_number_and_no_pin() -> None:
    session = replace(SESSION, phone=PhoneFacts("+441632960123", "246801", rings_you=True))

    letter = letters.invitation(replace(coming_by(Way.PHONE), session=session))

    assert "We ring you a few minutes before 2pm. It costs you nothing." in letter.text
    assert "960 123" not in letter.text
    assert "246 801" not in letter.text
    assert str(event_of(letter)["LOCATION"]) == "By phone"


def test_a_phone_way_without_a_number_says_whom_to_ask() -> None:
    session = replace(SESSION, phone=PhoneFacts())

    letter = letters.invitation(replace(coming_by(Way.PHONE), session=session))

    assert "Ring us before the day. We will tell you how." in letter.text


def test_letters_about_one_invitation_hang_together() -> None:
    first = letters.invitation(INVITATION)
    second = letters.update(changed(INVITATION))
    last = letters.cancelled(changed(changed(INVITATION)))
    note = letters.message_to_guests(INVITATION, words="Hello", number=7, date=SENT_AT)

    assert first.message_id == "<invitation.0199b4.k3t9w2.0.0@kiln.example.org>"
    assert second.message_id == "<update.0199b4.k3t9w2.1.0@kiln.example.org>"
    assert last.message_id == "<cancel.0199b4.k3t9w2.2.0@kiln.example.org>"
    assert note.message_id == "<message.0199b4.k3t9w2.0.7@kiln.example.org>"
    assert first.in_reply_to is None
    assert {first.message_id} == {second.in_reply_to, last.in_reply_to, note.in_reply_to}


def test_sending_again_gives_the_same_bytes() -> None:
    assert mail_bytes(letters.invitation(INVITATION)) == mail_bytes(letters.invitation(INVITATION))


def test_only_letters_that_want_no_answer_say_that_a_machine_wrote_them() -> None:
    invited = letters.invitation(INVITATION)
    sign_in = letters.sign_in(NOTE, url="https://kiln.example.org/s/1", code="123456")

    assert invited.headers == ()
    assert sign_in.headers == (("Auto-Submitted", "auto-generated"),)


def test_a_sign_in_letter_gives_link_and_code_and_says_how_long() -> None:
    letter = letters.sign_in(NOTE, url="https://kiln.example.org/s/1", code="123456")

    assert "https://kiln.example.org/s/1\n" in letter.text
    assert "  123 456\n" in letter.text
    assert "Both work once, for 10 minutes." in letter.text
    assert letter.calendar is None


def test_neither_subject_nor_calendar_says_more_than_the_given_title() -> None:
    letter = letters.invitation(INVITATION)

    assert letter.subject == "Thursday session, Thursday 21 January, 2pm"
    assert str(event_of(letter)["SUMMARY"]) == "Thursday session"


def test_a_person_without_mail_gets_paper_and_a_file_but_no_mail() -> None:
    facts = replace(INVITATION, reader=ReaderFacts("Ada"))

    with pytest.raises(PermanentFailure):
        letters.invitation(facts)

    assert b"ATTENDEE" not in calendar_file(facts)
    assert "Tell us by phone: 01632 960 100." in paper.paper_invitation(facts, 16).text


@pytest.mark.parametrize(("asked", "given"), [(0, 16), (16, 16), (17, 18), (22, 24), (72, 28)])
def test_paper_is_never_printed_smaller_than_asked_if_it_can_be_helped(
    asked: int, given: int
) -> None:
    assert given == paper.paper_invitation(INVITATION, asked).print_size


def test_nothing_on_paper_asks_to_be_pressed() -> None:
    page = paper.paper_invitation(INVITATION, 20)

    assert not read_html(page.html).tags & {"a", "button", "img", "style"}
    assert "style=" not in page.html
    assert "Or answer this mail" not in page.text


def test_a_downloaded_file_names_its_owner_only_if_both_can_be_written_to() -> None:
    silent_house = replace(INVITATION, house=replace(INVITATION.house, mail=""))

    assert b"ATTENDEE" in calendar_file(INVITATION)
    assert b"METHOD" not in calendar_file(INVITATION)
    assert b"ORGANIZER" not in calendar_file(silent_house)


def test_another_zone_is_named_when_asked_and_written_with_its_rule() -> None:
    zone = "America/New_York"
    session = replace(SESSION, zone=zone, zone_rule=zone_rule(zone), names_zone=True)

    letter = letters.invitation(replace(INVITATION, session=session))

    assert "9am to 10:30am (New York time)" in letter.text
    assert event_of(letter).start == SESSION.slot.starts_at
    assert event_of(letter)["DTSTART"].params["TZID"] == zone


def test_a_long_letter_is_wrapped_but_its_links_are_not() -> None:
    url = f"https://kiln.example.org/i/{'b' * 120}"

    letter = letters.invitation(replace(INVITATION, page_url=url, note="tea and cake " * 40))

    assert f"\n{url}\n" in letter.text
    assert all(len(line) <= 72 or url in line for line in letter.text.split("\n"))


def test_every_sentence_of_ours_is_short() -> None:
    facts: list[InvitationFacts] = [coming_by(way) for way in Way]
    texts = [letters.update(changed(each)).text for each in facts]

    sentences = [one for text in texts for one in re.split(r"[.!?:]\s|\n\n|\n(?=\S)", text)]

    assert max(len(sentence.split()) for sentence in sentences) <= 18


def test_links_asked_for_again_are_all_there() -> None:
    later = replace(SESSION.slot, ends_at=SESSION.slot.ends_at + timedelta(hours=1))
    links = tuple(
        LinkFacts(title, slot, SESSION.zone, f"{PAGE_URL}/{title}")
        for title, slot in (("one", SESSION.slot), ("two", later))
    )

    letter = letters.your_link(NOTE, links)

    assert f"{PAGE_URL}/one\n" in letter.text
    assert f"{PAGE_URL}/two\n" in letter.text
