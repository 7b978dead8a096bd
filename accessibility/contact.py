"""The two needs that change whom we may write to and who may meet.

They hold whatever the person agreed to share: they keep somebody safe, and are never told on.
"""

from collections.abc import Iterable
from typing import Final

SAFE_CONTACT: Final = "SAF-CONTACT"
KEEP_APART: Final = "SAF-APART"
#: Somebody who ticked this gets the plain title, even of a kind that is open.
NEUTRAL: Final = "SAF-NEUTRAL"


def must_not_send_automatically(codes: Iterable[str]) -> bool:
    """Say whether a human must make every contact with who has these needs, by a safe way they agreed."""
    return SAFE_CONTACT in codes


def must_be_kept_apart(codes: Iterable[str]) -> bool:
    """Say whether a human must check who else comes, with or without a name of whom not to meet."""
    return KEEP_APART in codes
