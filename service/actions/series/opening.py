"""Opening the window of a series: when a date comes near enough, its guests are told of it.

Until then it is held: it stands in feeds and can be answered, but nothing is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.notices import Notice, NoticeKind
from service.actions.inviting import ways_of
from service.actions.keeping_apart import is_unchecked
from service.actions.offering import offer_free_places
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.requests import COMING, requests_for
from service.actions.telling import tell
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.guests import lock_invitation
from service.storage.invitations import Invitation, invitations_of
from service.storage.meetings import Meeting, lock_offers, meeting_by_id, read_again
from service.storage.people import Person
from service.storage.series import Series, dates_to_open
from service.storage.series_guests import guests_of_many


async def open_windows(db: Db, actor: Actor, *, now: datetime) -> int:
    """Tell guests of the dates that have come near enough; counts the dates.

    Two processes may do so at once: each date is opened by one of them. A date waits while a coordinator
    must still look at who is on its list.
    """
    require(actor, Permission.PLAN_MEETINGS)
    opened = 0
    for meeting_id in await dates_to_open(db, actor, now):
        await lock_offers(db, actor, meeting_id)
        meeting = await _anew(db, actor, meeting_id)
        guests = await _guests(db, actor, meeting)
        people = [each.person for each in guests]
        if meeting.is_held and not await _waits(db, actor, meeting, people, now):
            opened += await _open(db, actor, meeting, guests, now=now)
    return opened


async def open_dates_of(db: Db, actor: Actor, series: Series, *, now: datetime) -> int:
    """Tell guests of the dates of one series that are near enough, its list having been looked at."""
    require(actor, Permission.PLAN_MEETINGS)
    opened = 0
    for meeting_id in await dates_to_open(db, actor, now, series_id=series.id):
        await lock_offers(db, actor, meeting_id)
        meeting = await _anew(db, actor, meeting_id)
        guests = await _guests(db, actor, meeting)
        opened += await _open(db, actor, meeting, guests, now=now)
    return opened


async def _anew(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    """Give a date as it is now that its ways are locked."""
    meeting = await meeting_by_id(db, actor, meeting_id)
    await read_again(db, meeting)
    return meeting


async def _guests(db: Db, actor: Actor, meeting: Meeting) -> list[Invitation]:
    """Give who is to be told: not people who have left, nor those who said no of their own accord."""
    invited = await invitations_of(db, actor, meeting.id)
    return [
        each for each in invited if each.person.left_at is None and each.answer is not Answer.NO
    ]


async def _waits(
    db: Db, actor: Actor, meeting: Meeting, people: Sequence[Person], now: datetime
) -> bool:
    """Say whether a coordinator looks first: at the list of the series, or at this date's if it differs."""
    series = await db.get(Series, meeting.series_id)
    if series is None:
        return await is_unchecked(db, meeting, people, now=now)
    listed = [guest.person for guest in (await guests_of_many(db, actor, [series.id]))[series.id]]
    has_same_hosts = (meeting.lead_id, meeting.second_id) == (series.lead_id, series.second_id)
    if has_same_hosts and {each.id for each in listed} == {each.id for each in people}:
        return await is_unchecked(db, series, listed, now=now)
    return await is_unchecked(db, meeting, people, now=now)


async def _open(
    db: Db, actor: Actor, meeting: Meeting, guests: Sequence[Invitation], *, now: datetime
) -> int:
    claim = update(Meeting).where(Meeting.id == meeting.id, Meeting.is_held.is_(True))
    if await changed_rows(db, claim.values(is_held=False)) != 1:
        return 0
    await give_pins(db, actor.organisation_id, [meeting.id])
    await tell(
        db, meeting, guests, [Notice(each.id, NoticeKind.INVITE) for each in guests], now=now
    )
    await offer_free_places(db, meeting, ways_of(meeting), now=now)
    await _ask_for_what_helps(db, actor, guests, now)
    record(db, actor, "meeting.guests-told", meeting, now=now, people=len(guests))
    await db.flush()
    return 1


async def _ask_for_what_helps(
    db: Db, actor: Actor, guests: Sequence[Invitation], now: datetime
) -> None:
    """Make the requests of those who answered while nobody was told: it was too early for most of them."""
    for each in guests:
        if each.answer in COMING:
            await lock_invitation(db, each)
            await requests_for(db, actor, each, now=now)
