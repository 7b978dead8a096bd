"""A letter becomes the mail that was meant, and nothing that anybody types changes that."""

from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.text import clean
from service.outbound import letters
from service.outbound.addresses import LONGEST_NAME, Mailbox, display_name
from service.outbound.channel import PermanentFailure
from service.outbound.mail import LONGEST_SUBJECT, CalendarPart, Letter, mail_bytes, outgoing
from tests.unit.outbound.reading_back import faults_of_lines, read_mail
from tests.unit.outbound.samples import INVITATION, NASTY, SENT_AT

CALENDAR = CalendarPart(b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "REQUEST")
LETTER = Letter(
    to=Mailbox("Ada", "ada@example.org"),
    sender=Mailbox("Kiln Street Hub", "hello@kiln.example.org"),
    subject="Thursday session",
    text="Hello Ada,\n",
    html="<p>Hello Ada,</p>\n",
    message_id="<invitation.1.0.0@kiln.example.org>",
    date=SENT_AT,
    calendar=CALENDAR,
)
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
WITH_CALENDAR = (
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "text/html",
    "text/calendar",
    "application/ics",
)

anything = st.one_of(st.sampled_from(NASTY), st.text(max_size=300))


def test_a_letter_with_a_calendar_has_the_parts_that_calendar_programs_take() -> None:
    found = read_mail(mail_bytes(LETTER))

    assert found.parts == WITH_CALENDAR
    assert found.contents[4] == found.contents[5] == CALENDAR.content


def test_the_calendar_part_says_its_method_and_nothing_about_being_a_file() -> None:
    raw = mail_bytes(LETTER)

    kind = b'Content-Type: text/calendar; method="REQUEST"; charset="UTF-8"\r\n\r\n'
    assert b"Content-Transfer-Encoding: base64\r\n" + kind in raw


def test_the_attached_file_always_has_the_same_name() -> None:
    raw = mail_bytes(LETTER)

    assert b'Content-Disposition: attachment; filename="invite.ics"' in raw
    assert b'Content-Type: application/ics; name="invite.ics"' in raw


def test_a_letter_without_a_calendar_is_words_only() -> None:
    found = read_mail(mail_bytes(replace(LETTER, calendar=None)))

    assert found.parts == ("multipart/alternative", "text/plain", "text/html")
    assert found.headers == HEADERS


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert mail_bytes(replace(LETTER, subject=LETTER.subject)) == mail_bytes(LETTER)


def test_a_later_letter_names_the_first_one() -> None:
    raw = mail_bytes(replace(LETTER, in_reply_to="<first@kiln.example.org>"))

    assert b"\r\nIn-Reply-To: <first@kiln.example.org>\r\n" in raw
    assert b"\r\nReferences: <first@kiln.example.org>\r\n" in raw


def test_the_date_is_the_one_given() -> None:
    raw = mail_bytes(LETTER)

    line = next(line for line in raw.decode().split("\r\n") if line.startswith("Date: "))
    assert parsedate_to_datetime(line.removeprefix("Date: ")) == SENT_AT


@given(subject=anything, name=anything, house=anything, header=anything)
def test_nothing_typed_adds_a_header_a_recipient_or_a_part(
    subject: str, name: str, house: str, header: str
) -> None:
    letter = replace(
        LETTER,
        subject=subject,
        to=replace(LETTER.to, name=name),
        sender=replace(LETTER.sender, name=house),
        headers=(("X-Reason", header),),
    )

    raw = mail_bytes(letter)

    found = read_mail(raw)
    assert found.headers == (*HEADERS[:5], "X-Reason", *HEADERS[5:])
    assert found.recipients == ("ada@example.org",)
    assert found.senders == ("hello@kiln.example.org",)
    assert found.parts == WITH_CALENDAR
    assert faults_of_lines(raw) == []


@given(anything)
def test_a_subject_is_read_back_as_it_was_written(subject: str) -> None:
    found = read_mail(mail_bytes(replace(LETTER, subject=subject)))

    meant = clean(clean(subject)[:LONGEST_SUBJECT])
    assert " ".join(meant.split()) == " ".join(found.subject.split())


@given(text=anything, html=anything)
def test_words_are_read_back_as_they_were_written(text: str, html: str) -> None:
    text, html = clean(text, lines=True) + "\n", clean(html, lines=True) + "\n"

    found = read_mail(mail_bytes(replace(LETTER, text=text, html=html)))

    assert text == found.text
    assert html == found.html


@pytest.mark.parametrize("words", NASTY)
def test_a_nasty_text_in_any_fact_leaves_an_invitation_whole(words: str) -> None:
    harmless = read_mail(mail_bytes(letters.invitation(INVITATION)))
    session = replace(INVITATION.session, title=words, hosts=(words, words))
    facts = replace(
        INVITATION,
        house=replace(INVITATION.house, name=words, phone=words),
        reader=replace(INVITATION.reader, name=words),
        session=session,
        note=words,
    )

    raw = mail_bytes(letters.invitation(facts))

    found = read_mail(raw)
    assert harmless.headers == found.headers
    assert harmless.recipients == found.recipients
    assert harmless.parts == found.parts
    assert faults_of_lines(raw) == []
    assert harmless.html.count("<p") - 3 <= found.html.count("<p")
    assert "<script" not in found.html


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: evil@e.example",
        "ada@example.org\nevil@e.example",
        "ada@example.org, evil@e.example",
        "ada@example.org;evil@e.example",
        "ada@example.org evil@e.example",
        "Ada <ada@example.org>",
        "ada@example.org>",
        "ada@@example.org",
        "ada",
        "@example.org",
        "ada@",
        "",
        "ada\x00@example.org",
        "a" * 300 + "@example.org",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(PermanentFailure) as caught:
        outgoing(replace(LETTER, to=Mailbox("Ada", address)))

    assert caught.value.code == "address-unusable"


def test_a_domain_beyond_ascii_is_written_in_its_ascii_form() -> None:
    message = outgoing(replace(LETTER, to=Mailbox("Ada", "ada@bücher.example")))

    assert message.envelope_to == "ada@xn--bcher-kva.example"
    assert not message.needs_utf8


def test_a_local_part_beyond_ascii_needs_a_server_that_takes_it() -> None:
    message = outgoing(replace(LETTER, to=Mailbox("Ada", "zoë@example.org")))

    assert message.needs_utf8
    assert "<zoë@example.org>".encode() in message.raw


def test_failures_go_back_to_the_sender_unless_told_otherwise() -> None:
    assert outgoing(LETTER).envelope_from == "hello@kiln.example.org"
    back = outgoing(LETTER, envelope_from="back.1@kiln.example.org")
    assert back.envelope_from == "back.1@kiln.example.org"


def test_a_message_does_not_show_whom_it_is_for() -> None:
    assert "ada" not in repr(outgoing(LETTER))


@pytest.mark.parametrize("reference", ["", "<a b@c>", "<a@b>\r\nBcc: x@y", "a@b", "<a@b><c@d>"])
def test_a_message_id_that_is_none_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        replace(LETTER, message_id=reference)


@given(anything)
def test_a_name_in_a_header_is_short_and_cannot_end_early(name: str) -> None:
    shown = display_name(name)

    assert len(shown) <= LONGEST_NAME + LONGEST_NAME // 2
    assert not set('"<>\\') & set(shown)
