"""Mails that say a mail did not arrive (RFC 3464), and how bad that is (RFC 3463).

Only the standard form is read as one. What older servers write in words of their own is recognised and
left to a human.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.text import clean
from service.inbound.mime import MOST_CONTENT, Part, addresses

MOST_RECIPIENTS = 20

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REFERENCE = re.compile(r"<[^<>\s]{3,300}>")
_SENDERS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@|^mailer-daemon$", re.IGNORECASE)
_SUBJECTS = re.compile(
    r"(?:undeliver(?:ed|able)|delivery (?:status notification|failure|has failed)"
    r"|mail delivery (?:failed|system)"
    r"|returned mail|failure notice|non remis|unzustellbar|message not delivered)",
    re.IGNORECASE,
)
#: The mailbox is not there, or will never be again (RFC 3463, 3.2 and 3.3; RFC 7505; Exchange's 5.1.10).
_ABOUT_ADDRESS = ("5.0.", "5.1.", "5.2.", "5.4.")
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})


class Severity(StrEnum):
    """What a failure means: for the address, for this one mail only, or nothing that lasts."""

    NO_MAILBOX = "no_mailbox"
    HARD = "hard"
    LOST = "lost"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Failure:
    """That mail to one person did not arrive, or is late: the code of RFC 3463 and what it means.

    `addresses` are where it went in the end, and where it was sent at first if it was passed on.
    """

    addresses: tuple[str, ...] = field(repr=False)
    status: str = ""
    severity: Severity = Severity.HARD


@dataclass(frozen=True, slots=True)
class Bounced:
    """What a mail server reported, and the Message-ID of the mail that came back ("" if it does not say)."""

    failures: tuple[Failure, ...]
    message_id: str = ""


def severity_of(status: str) -> Severity:
    """Say what a code of RFC 3463 means for a mail that was given up.

    Only what is said of the address or the mailbox counts against the address: a server that takes no
    mail from ours (5.7) or does not like what it says (5.6) would take all its people off our lists.
    """
    if status in _NO_MAILBOX:
        return Severity.NO_MAILBOX
    return Severity.HARD if status.startswith(_ABOUT_ADDRESS) else Severity.LOST


def status_in(words: str) -> str:
    """Find a code of RFC 3463 in what a server said: the most telling one, "" if there is none."""
    found = [".".join(str(int(number)) for number in each) for each in _STATUS.findall(words)]
    return next((each for each in found if each in _NO_MAILBOX), found[0] if found else "")


def bounce_in(mail: Part) -> Bounced | None:
    """Read a report of RFC 3464; None if the mail is no such report, or names nobody."""
    for part in mail.walk():
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            failures = tuple(_failures(part.text()))
            return Bounced(failures, _returned(mail)) if failures else None
    return None


def looks_like_bounce(mail: Part) -> bool:
    """Tell whether a server seems to say, in words of its own, that a mail did not arrive."""
    is_server = any(map(_SENDERS.search, addresses(mail.header("from"))))
    has_no_way_back = mail.header("return-path").strip() == "<>"
    says_so = _SUBJECTS.search(mail.words("subject")) is not None
    return bool(mail.header("x-failed-recipients")) or ((is_server or has_no_way_back) and says_so)


def _failures(report: str) -> Iterator[Failure]:
    """Read the blocks about recipients; the first block is about the report itself."""
    for block in re.split(r"\r?\n[ \t]*\r?\n", report.strip())[: MOST_RECIPIENTS + 1]:
        fields = _fields(block)
        names = (fields.get("final-recipient", ""), fields.get("original-recipient", ""))
        if found := tuple(address for name in names if "@" in (address := _after_type(name))):
            yield _failure(tuple(dict.fromkeys(found)), fields)


def _failure(addresses: tuple[str, ...], fields: dict[str, str]) -> Failure:
    status = _telling(
        status_in(fields.get("status", "")), status_in(fields.get("diagnostic-code", ""))
    )
    match fields.get("action", "").casefold():
        case "failed" | "":
            severity = severity_of(status or "5.0.0")
        case _:
            severity = Severity.LATE
    return Failure(addresses, status, severity)


def _telling(status: str, diagnosed: str) -> str:
    """Take what the server itself said where the reporter only knows that it failed."""
    is_vague = status in ("", "5.0.0") or (diagnosed in _NO_MAILBOX and status[:1] == "5")
    return diagnosed or status if is_vague else status


def _fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    pairs = (line.split(":", 1) for line in unfolded.splitlines()[:100] if ":" in line)
    return {name.strip().casefold(): value.strip()[:1000] for name, value in pairs}


def _after_type(value: str) -> str:
    """Give the address out of "rfc822; ada@example.org"."""
    address = value.rpartition(";")[2].strip().strip("<>")
    return clean(address[:320]).casefold()


def _returned(mail: Part) -> str:
    """Find the Message-ID of the mail that came back, in its headers or in the whole of it."""
    for part in mail.walk():
        for inner in part.parts if part.kind.startswith("message/") else ():
            if found := _REFERENCE.search(inner.header("message-id")):
                return found[0]
        if part.kind in ("text/rfc822-headers", "message/rfc822-headers"):
            headers = _fields(part.text()[:MOST_CONTENT])
            if found := _REFERENCE.search(headers.get("message-id", "")):
                return found[0]
    return ""
