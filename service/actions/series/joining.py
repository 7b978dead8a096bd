"""Joining a series: "count me in each time", by the guest on their page or at the desk for them.

A standing answer is given for every date to come that the person has not answered themselves, and for
each new date when it is made. An answer given for one date stays one answer for one date.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.answers import Answer
from scheduling.series import SeriesState
from scheduling.text import clean
from scheduling.ways import Way
from service.actions.answering import LONGEST_NAME, MOST_SUPPORTERS
from service.actions.offering import offer_free_places
from service.actions.permissions import require_for
from service.actions.seats import give_up_seats
from service.actions.series.standing import Counted, answer_dates, lock_dates
from service.actor import Actor, Door
from service.errors import Invalid, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import lock_invitation
from service.storage.invitations import Invitation
from service.storage.series import Series, SeriesGuest
from service.storage.series_guests import (
    coming_of_guest,
    guest_of_series,
    lock_series,
    own_place,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody comes each time: by which way, and with whom. The only way offered need not be named."""

    way: Way | None
    supporters: int = 0
    supporter_name: str = ""


async def count_in(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, standing: Standing, *, now: datetime
) -> Counted:
    """Count somebody in at every date they have not answered themselves; they wait where it is full.

    Said again, it changes how they come. Raises NotFound for who is not on the list, Invalid or Refused.
    """
    require_for(actor, person_id)
    await lock_series(db, series_id)
    guest = await _place(db, actor, series_id, person_id)
    series = await db.get_one(Series, series_id)
    if series.state is not SeriesState.RUNNING:
        raise Refused("not-running")
    guest.way = _way_meant(series, standing.way)
    guest.supporters, guest.supporter_name = _company(standing)
    guest.is_every_time, guest.joined_at = True, guest.joined_at or now
    theirs = await coming_of_guest(db, actor, series_id, person_id, now)
    await lock_dates(db, [each.meeting_id for each in theirs])
    counted = await answer_dates(db, guest, theirs, now=now)
    record(db, actor, "series.counted-in", guest, now=now, way=guest.way, dates=counted.yes)
    return counted


async def stop_counting(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, *, now: datetime
) -> int:
    """Stop counting somebody in: dates they never answered themselves are unanswered again; counts them.

    Their places there are free; they stay invited, and are asked date by date.
    """
    require_for(actor, person_id)
    await lock_series(db, series_id)
    guest = await _place(db, actor, series_id, person_id)
    if not guest.is_every_time:
        return 0
    guest.is_every_time, guest.joined_at, guest.way = False, None, None
    guest.supporters, guest.supporter_name = 0, ""
    theirs = await coming_of_guest(db, actor, series_id, person_id, now)
    standing = [each for each in theirs if each.is_standing]
    await lock_dates(db, [each.meeting_id for each in standing])
    for each in standing:
        await _take_back(db, each, now)
    record(db, actor, "series.counting-stopped", guest, now=now, dates=len(standing))
    await db.flush()
    return len(standing)


async def _place(db: Db, actor: Actor, series_id: UUID, person_id: UUID) -> SeriesGuest:
    if actor.door is Door.GUEST:
        return await own_place(db, actor, series_id, locked=True)
    return await guest_of_series(db, actor, series_id, person_id, locked=True)


def _way_meant(series: Series, way: Way | None) -> Way:
    offered = {Way(name) for name in series.limits}
    if way is not None and way not in offered:
        raise Invalid({"way": "way-not-offered"})
    if way is None and len(offered) != 1:
        raise Invalid({"way": "choose-a-way"})
    return way or next(iter(offered))


def _company(standing: Standing) -> tuple[int, str]:
    if not 0 <= standing.supporters <= MOST_SUPPORTERS:
        raise Invalid({"supporters": "too-many-supporters"})
    if len(standing.supporter_name) > LONGEST_NAME:
        raise Invalid({"supporter_name": "too-long"})
    return standing.supporters, clean(standing.supporter_name) if standing.supporters else ""


async def _take_back(db: Db, invitation: Invitation, now: datetime) -> None:
    """Make one date unanswered again; nothing the person can see of it changes, so nothing is sent."""
    await lock_invitation(db, invitation)
    ways = filter(None, [invitation.way])
    await give_up_seats(db, invitation, now=now)
    invitation.answer, invitation.is_standing, invitation.asked_again = (
        Answer.UNANSWERED,
        False,
        False,
    )
    invitation.answered_at = invitation.answered_by = invitation.waiting_since = None
    invitation.supporters, invitation.supporter_name = 0, ""
    await db.flush()
    await offer_free_places(db, invitation.meeting, ways, now=now)
