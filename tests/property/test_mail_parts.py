"""Our parts of a mail are, byte for byte, what the standard library makes of the same."""

from email import message_from_bytes
from email.message import MIMEPart
from email.policy import SMTP, default

from hypothesis import example, given
from hypothesis import strategies as st

from service.outbound.parts import (
    LONGEST_LINE,
    alternatives,
    attachment,
    calendar_part,
    mixed,
    words_part,
)

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=600).map(
    lambda text: text.strip() + "\n"
)


@given(words, st.sampled_from(["plain", "html"]))
@example("=" * 300 + "\n", "plain")
@example("x" * 199 + "é\n.\n..\nFrom here\n", "plain")
def test_words_are_written_as_the_library_writes_them(text: str, subtype: str) -> None:
    is_simple = text.isascii() and max(map(len, text.split("\n"))) <= LONGEST_LINE
    part = MIMEPart(policy=SMTP)
    part.set_content(
        text, subtype=subtype, charset="utf-8", cte="7bit" if is_simple else "quoted-printable"
    )
    del part["MIME-Version"]

    assert part.as_bytes() == words_part(text, subtype)


@given(words, words, st.binary(min_size=1, max_size=400))
def test_what_was_put_in_is_read_back_from_a_whole_mail(
    plain: str, html: str, calendar: bytes
) -> None:
    body = alternatives(
        "=a=",
        words_part(plain, "plain"),
        words_part(html, "html"),
        calendar_part(calendar, "REQUEST"),
    )

    message = message_from_bytes(mixed("=m=", body, attachment(calendar)), policy=default)

    read = [part for part in message.walk() if not part.is_multipart()]
    kinds = ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert kinds == [part.get_content_type() for part in read]
    assert [plain, html] == [part.get_content().replace("\r\n", "\n") for part in read[:2]]
    assert [calendar, calendar] == [part.get_payload(decode=True) for part in read[2:]]
    assert "REQUEST" == read[2].get_param("method")
