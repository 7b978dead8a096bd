"""What a mail server's refusal means: for the address, for this mail, or only for now."""

import re

from service.outbound.channel import PermanentFailure, TemporaryFailure, Unreachable

FIRST_PERMANENT = 500
#: What servers answer to an address they do not take (RFC 5321, 4.2.2).
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
SIGN_IN_CODES = frozenset({530, 534, 535, 538})

_POLICY = re.compile(r"\b5\.7\.\d")


def refusal(code: int, words: str) -> TemporaryFailure | PermanentFailure:
    """Turn an answer that is not yes into one of our failures."""
    if code in SIGN_IN_CODES:
        return Unreachable("sign-in-refused", f"{code} {words}")
    if code >= FIRST_PERMANENT:
        return PermanentFailure(f"refused-{code}", words)
    return TemporaryFailure("busy", f"{code} {words}")


def is_of_address(code: int, words: str) -> bool:
    """Tell a refusal of the person's address from one of mail from us (RFC 3463, 3.8)."""
    is_about_us = "relay" in words.casefold() or _POLICY.search(words) is not None
    return code in NO_SUCH_ADDRESS and not is_about_us
