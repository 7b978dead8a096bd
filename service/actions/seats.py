"""Seats by a way: taken, given back and changed in one step.

A place is never given twice: taking is one conditional UPDATE that counts the rows it changed
(`claim_seats`), with a CHECK behind it. Whose turn it is to take one is decided in `waiting`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.storage.base import Db
from service.storage.holds import Hold, end_hold, open_hold
from service.storage.invitations import Invitation
from service.storage.meetings import claim_seats, release_seats


@dataclass(frozen=True, slots=True)
class Seats:
    """So many seats by one way."""

    way: Way
    count: int

    @classmethod
    def kept(cls, hold: Hold) -> "Seats":
        """Give the seats that are kept for somebody."""
        return cls(hold.way, hold.seats)

    def gives_back(self, after: "Seats | None") -> bool:
        """Say whether having `after` instead leaves a seat for others."""
        return after is None or after.way is not self.way or after.count < self.count


def seats_held(invitation: Invitation) -> Seats | None:
    """Give the seats an invitation holds now; None if it holds none."""
    if not invitation.answer.holds_place or invitation.way is None:
        return None
    return Seats(invitation.way, invitation.seats)


async def change_seats(
    db: Db, meeting_id: UUID, *, held: Seats | None, wanted: Seats | None
) -> bool:
    """Hold what is wanted instead of what is held, or tell that it is full and leave all as it was.

    The caller has locked the meeting's ways (`lock_offers`), so that two people who change places
    never wait for each other.
    """
    if held == wanted:
        return True
    if held is None or wanted is None or held.way is wanted.way:
        return await _change_one_way(db, meeting_id, held, wanted)
    if not await claim_seats(db, meeting_id, wanted.way, wanted.count):
        return False
    await release_seats(db, meeting_id, held.way, held.count)
    return True


async def give_up_seats(db: Db, invitation: Invitation, *, now: datetime) -> None:
    """Give back what an invitation holds, and what is kept for it; the caller has locked the ways.

    The answer stays as it is: it is the caller's to change.
    """
    held = seats_held(invitation)
    kept = await open_hold(db, invitation)
    if kept is not None and await end_hold(db, kept, HoldState.WITHDRAWN, now):
        held = Seats.kept(kept)
    await change_seats(db, invitation.meeting_id, held=held, wanted=None)


async def _change_one_way(
    db: Db, meeting_id: UUID, held: Seats | None, wanted: Seats | None
) -> bool:
    more = (wanted.count if wanted else 0) - (held.count if held else 0)
    either = wanted or held
    if either is None or more == 0:
        return True
    if more > 0:
        return await claim_seats(db, meeting_id, either.way, more)
    await release_seats(db, meeting_id, either.way, -more)
    return True
