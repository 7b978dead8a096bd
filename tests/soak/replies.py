"""Coverage-guided fuzzing of the reader of mails (reliability E29): `python -m tests.soak.replies`.

It begins with the golden mails, changes them for SOAK_SECONDS (ten minutes), and stops at the first one that
makes the reader fail or take too long. That mail is kept in test-output/soak; once it is understood,
it goes to tests/golden/crashes, where a test reads it ever after.
"""

import sys
import time

import atheris

from tests.soak import FOUND, ROOT, SECONDS

with atheris.instrument_imports(include=["scheduling", "service.inbound"]):
    from service.inbound.reading import Calendar, Incoming, read_mail

SEEDS = (ROOT / "tests" / "golden" / "replies", ROOT / "tests" / "golden" / "crashes")
#: With every line counted, reading takes several times as long as it does in service.
MOST_SECONDS = 1.0
LONGEST_MAIL = 20_000


class TooSlow(Exception):
    """A mail took longer than any mail may."""


def check(raw: bytes) -> None:
    """Read a mail; raise if that takes too long or gives what no mail can be."""
    begun = time.process_time()
    mail = read_mail(raw)
    if time.process_time() - begun > MOST_SECONDS:
        raise TooSlow
    assert isinstance(mail, Incoming)
    for words in (mail.words, mail.subject, mail.sender):
        words.encode("utf-8")
        assert "\x00" not in words
    if isinstance(mail.content, Calendar):
        assert all(event.uid == event.uid.strip() for event in mail.content.events)


def main() -> None:
    """Fuzz until the time is over or something is found."""
    corpus = FOUND / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for folder in SEEDS:
        for path in folder.glob("*.eml"):
            (corpus / path.name).write_bytes(path.read_bytes())
    arguments = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={SECONDS}",
        f"-max_len={LONGEST_MAIL}",
        f"-artifact_prefix={FOUND}/",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]
    atheris.Setup(arguments, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
