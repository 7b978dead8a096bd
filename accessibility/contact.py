"""The two needs that change whom we may write to and who may meet.

They hold whatever the person agreed to share: they keep somebody safe, and are never told on.
"""

from collections.abc import Iterable
from typing import Final

from accessibility.needs import Need

SAFE_CONTACT: Final = "SAF-CONTACT"
KEEP_APART: Final = "SAF-APART"


def must_not_send_automatically(needs: Iterable[Need]) -> bool:
    """Say whether a human must make every contact with this person, by a safe way they agreed."""
    return any(need.code == SAFE_CONTACT for need in needs)


def apart_from(needs: Iterable[Need]) -> frozenset[str]:
    """List whom this person must not meet, as they were named to us; empty if nobody is named.

    An unnamed one still counts: see `must_be_kept_apart`.
    """
    named = (need.params.get("other_person", "") for need in needs if need.code == KEEP_APART)
    return frozenset(name for name in named if name)


def must_be_kept_apart(needs: Iterable[Need]) -> bool:
    """Say whether a human must check who else comes before this person is in a meeting."""
    return any(need.code == KEEP_APART for need in needs)
