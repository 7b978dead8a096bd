"""The address of a mail server is read strictly, and never repeated."""

import pytest

from service.outbound.mail_server import BadMailServer, MailServer, Security, mail_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, Security.TLS)),
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, Security.STARTTLS)),
        (
            "smtp+starttls://mail.example.org:2587/",
            MailServer("mail.example.org", 2587, Security.STARTTLS),
        ),
        (
            "smtps://hub%40kiln.example:p%2Fw%3A%C3%B6@mail.example.org",
            MailServer("mail.example.org", 465, Security.TLS, "hub@kiln.example", "p/w:ö"),
        ),
        ("smtp://localhost:1025?tls=off", MailServer("localhost", 1025, Security.OFF)),
        ("smtp://127.0.0.1?tls=off", MailServer("127.0.0.1", 25, Security.OFF)),
        ("smtp://[::1]:1025?tls=off", MailServer("::1", 1025, Security.OFF)),
        ("smtp://catcher:1025?tls=off", MailServer("catcher", 1025, Security.OFF)),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, server: MailServer) -> None:
    assert server == mail_server(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org/inbox",
        "smtp://mail.example.org#part",
        "smtp://hub@mail.example.org",
        "smtp://:secret@mail.example.org",
        "smtp://mail.example.org?tls=off",
        "smtp://10.1.2.3?tls=off",
        "smtps://localhost?tls=off",
        "smtp://hub:secret@localhost?tls=off",
        "smtp://localhost?tls=on",
        "smtp://localhost?tls=off&tls=off",
        "smtp://localhost?tls=off&more=1",
        "smtp://[::1",
    ],
)
def test_an_address_that_would_send_in_the_open_or_means_nothing_is_refused(url: str) -> None:
    with pytest.raises(BadMailServer) as caught:
        mail_server(url)

    assert "secret" not in str(caught.value)


def test_name_and_password_are_not_shown() -> None:
    shown = repr(mail_server("smtps://hub:secret@mail.example.org"))

    assert "hub" not in shown
    assert "secret" not in shown
