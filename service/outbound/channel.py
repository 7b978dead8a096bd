"""What every way of sending has in common: one message in, or one of two kinds of failure out.

A channel neither retries nor counts; the worker does, and it needs to know only whether trying
again can help.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

from scheduling.text import clean

LONGEST_WORDS = 300

_ONE_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>,;:@\"()\\\[\]]+@[^\s\x00-\x20\x7f<>,;:@\"()\\]+")


class OutboundError(Exception):
    """Something could not be sent."""

    code = "outbound"


class TemporaryFailure(OutboundError):
    """Nothing is wrong with the message: try it again later.

    `reason` is a stable code (`busy`, `timed-out`, `dropped`, `no-connection`,
    `no-safe-connection`, `sign-in-refused`); `server_words` are what a server said, if it said
    anything.
    """

    code = "temporary-failure"

    def __init__(self, reason: str, server_words: str = "") -> None:
        super().__init__(reason)
        self.reason, self.server_words = reason, short_words(server_words)


class Unreachable(TemporaryFailure):
    """The server itself cannot be reached or used: nothing else for it can go out now either."""


class PermanentFailure(OutboundError):
    """Trying again will not help: a person must do something.

    `code` is stable (`refused-550`, `address-unusable`, `address-needs-utf8`) and `server_words`
    are for the coordinator's eyes. They often repeat the address, so neither may be logged.
    `is_of_address`: the server would not take the address, whatever is written to it.
    """

    def __init__(self, code: str, server_words: str, *, is_of_address: bool = False) -> None:
        super().__init__(code)
        self.code, self.server_words = code, short_words(server_words)
        self.is_of_address = is_of_address


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person, ready to leave.

    The addresses come from what is stored about people and never out of the bytes (reliability F1).
    """

    envelope_from: str = field(repr=False)
    envelope_to: str = field(repr=False)
    raw: bytes = field(repr=False)
    message_id: str

    def __post_init__(self) -> None:
        """Refuse what is not one bare address: libraries keep a part of it (reliability F8)."""
        for address in (self.envelope_from, self.envelope_to):
            if not _ONE_ADDRESS.fullmatch(address):
                raise PermanentFailure("address-unusable", "This is not one mail address.")

    @property
    def needs_utf8(self) -> bool:
        """Say whether a server must understand addresses beyond ASCII (RFC 6531)."""
        return not (self.envelope_from.isascii() and self.envelope_to.isascii())


class Channel(Protocol):
    """A way to carry messages out of the house."""

    async def send(self, outgoing: Outgoing) -> None:
        """Carry one message; raise TemporaryFailure or PermanentFailure if it did not go."""


def short_words(words: str) -> str:
    """Give a server's words as one clean line of at most 300 characters."""
    line = clean(words.encode("utf-8", "replace").decode("utf-8"))
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"
