"""The four ways of joining a meeting, and what one meeting offers of each.

Waiting lists and who is on them are kept elsewhere; here is only how many places there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scheduling.errors import BrokenValue


class Way(StrEnum):
    """A way of joining. The values are what the database keeps."""

    ROOM = "room"
    ONLINE = "online"
    PHONE = "phone"
    OUTDOORS = "outdoors"

    @property
    def is_remote(self) -> bool:
        """Say whether a person joins from where they are."""
        return self in REMOTE_WAYS


REMOTE_WAYS = frozenset({Way.ONLINE, Way.PHONE})
IN_PERSON_WAYS = frozenset({Way.ROOM, Way.OUTDOORS})

EASE: tuple[Way, ...] = (Way.PHONE, Way.ONLINE, Way.ROOM, Way.OUTDOORS)
"""The ways by what they ask of a person, least first: a phone at hand; a device and data; a way
there and back; that, and the weather. Lists for participants stand in this order."""


@dataclass(frozen=True, slots=True)
class WayOffer:
    """One way as one meeting offers it; `places` of None means there is no limit.

    More may be taken than there are places, because a limit can be lowered after people said yes:
    nobody is put out by that, and nobody else is let in.
    """

    way: Way
    places: int | None
    taken: int = 0

    def __post_init__(self) -> None:
        """Refuse a limit below one and a negative count."""
        if self.places is not None and self.places < 1:
            raise BrokenValue(f"{self.way} offers {self.places} places")
        if self.taken < 0:
            raise BrokenValue(f"{self.way} has {self.taken} places taken")

    @property
    def left(self) -> int | None:
        """Count the places still free; None if there is no limit."""
        return None if self.places is None else max(0, self.places - self.taken)

    @property
    def is_full(self) -> bool:
        """Say whether the next person would have to wait."""
        return not self.has_room()

    def has_room(self, people: int = 1) -> bool:
        """Say whether so many people more can come by this way, a supporter counted as one."""
        return self.left is None or self.left >= people


def by_ease(offers: Iterable[WayOffer]) -> tuple[WayOffer, ...]:
    """Sort offers in the order of ease; refuse the same way twice."""
    found = {}
    for offer in offers:
        if offer.way in found:
            raise BrokenValue(f"{offer.way} is offered twice")
        found[offer.way] = offer
    return tuple(found[way] for way in EASE if way in found)
