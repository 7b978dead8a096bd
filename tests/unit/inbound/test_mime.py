"""Taking mails apart: names, words and files in the forms that programs really write."""

import pytest

from service.inbound.mailbox import BadMailbox, Mailbox, Security, mailbox
from service.inbound.mime import addresses, decoded_words, read_parts
from service.inbound.reading import Away, Unreadable, read_mail


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="Invite.ICS"', "invite.ics"),
        ("attachment; filename=invite.ics", "invite.ics"),
        ("attachment; filename*=utf-8''r%C3%A9ponse.ics", "réponse.ics"),
        ("attachment; filename*0=in; filename*1=vite.ics", "invite.ics"),
        ("attachment; filename*0*=iso-8859-1''r%E9; filename*1*=ponse%2Eics", "réponse.ics"),
        ('attachment; filename="=?utf-8?B?csOpcG9uc2UuaWNz?="', "réponse.ics"),
        ("attachment", ""),
    ],
)
def test_a_files_name_is_read_in_every_form(header: str, name: str) -> None:
    part = read_parts(f"Content-Disposition: {header}\r\n\r\nx".encode())

    assert name == part.name


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Accept=C3=A9?=", "Accepté"),
        ("=?iso-8859-1?Q?Accept=E9=A0:_x?=", "Accepté\xa0: x"),
        ("=?utf-8?b?w6k=?= =?utf-8?b?w6k=?=", "éé"),
        ("=?unknown-8bit?q?=E9?=", "é"),
        ("=?zlib_codec?b?eJw=?=", "x\u0153"),
        ("=?utf-8?b?x?=", "=?utf-8?b?x?="),
    ],
)
def test_words_in_code_are_decoded_with_known_letters_only(header: str, text: str) -> None:
    assert text == decoded_words(header)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Ada <Ada@Example.org>", ("ada@example.org",)),
        ('"evil@a.example" <ada@example.org>', ("ada@example.org",)),
        ("a@x.example, b@y.example", ("a@x.example", "b@y.example")),
        ("nobody", ()),
        ("", ()),
    ],
)
def test_bare_addresses_are_taken_out_of_a_header(header: str, found: tuple[str, ...]) -> None:
    assert found == addresses(header)


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "List-Id: <news.example.org>",
        "Subject: Automatic reply: Tuesday session",
        "Subject: Out of Office",
        "Subject: Abwesenheitsnotiz",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
    ],
)
def test_machines_are_told_by_their_headers_or_subject(headers: str) -> None:
    assert Away() == read_mail(f"{headers}\r\n\r\nYes I will come".encode()).content


def test_a_person_whose_program_wants_no_automatic_answers_is_no_machine() -> None:
    mail = read_mail(b"X-Auto-Response-Suppress: OOF\r\nAuto-Submitted: no\r\n\r\nYes")

    assert Away() != mail.content


def test_what_was_passed_on_whole_is_not_taken_for_the_writers_own() -> None:
    inner = b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR"
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLook at this\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    )

    mail = read_mail(raw)

    assert "Look at this" == mail.words


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\x00", b":", b"\xff\xfe", b"From: x"])
def test_what_is_hardly_a_mail_is_unreadable(raw: bytes) -> None:
    assert Unreadable("mail-without-words") == read_mail(raw).content


def test_a_mailbox_is_read_from_its_address() -> None:
    assert Mailbox("h.example", 993, Security.TLS, "a@b", "p/w", "Answers/In") == mailbox(
        "imaps://a%40b:p%2Fw@h.example/Answers/In"
    )
    assert Security.STARTTLS is mailbox("imap://a:b@h.example").security
    assert 143 == mailbox("imap+starttls://a:b@h.example").port
    assert "p/w" not in repr(mailbox("imaps://a%40b:p%2Fw@h.example"))


@pytest.mark.parametrize(
    "url",
    [
        "imaps://h.example",
        "imaps://a@h.example",
        "imap://a:b@h.example?tls=off",
        "imaps://a:b@h.example?tls=off",
        "pop3://a:b@h.example",
        "imaps://a:b@h.example:port",
        "imaps://a:b@",
        "imaps://a:b@h#x",
    ],
)
def test_what_is_no_mailbox_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadMailbox) as refusal:
        mailbox(url.replace(":b@", ":swordfish@"))

    assert "swordfish" not in str(refusal.value)


def test_what_a_mail_answers_to_is_found_even_in_code() -> None:
    plain = b"In-Reply-To: <a.1@hub.example>\r\nReferences: <b@x>\r\n <a.1@hub.example>\r\n\r\nYes"
    coded = b"In-Reply-To: =?utf-8?q?=3Ca=2E1=40hub?=\r\n =?utf-8?q?=2Eexample=3E?=\r\n\r\nYes"

    assert ("<a.1@hub.example>", "<b@x>") == read_mail(plain).references
    assert ("<a.1@hub.example>",) == read_mail(coded).references
