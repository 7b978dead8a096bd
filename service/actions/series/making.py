"""Making meetings of the dates of a series, many at a time, and again each night as the horizon moves on.

Every date is made as one that guests are not told of yet; `opening` tells them when its time comes. What
was made is never made again: nothing that was edited by hand is touched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import insert

from scheduling.meeting import MeetingState
from scheduling.recurrence import WEEK, Window, settled, slot_of
from scheduling.series import WEEKS_LOOKED, Decision, PlannedDate, SeriesState
from scheduling.time import WallTime
from scheduling.ways import EASE, Way
from service.actions.drafting import new_room_name
from service.actions.inviting import Issuer
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.series.deciding import decided_dates, looked_of_series
from service.actions.series.standing import answer_new_dates
from service.actions.series.template import plan_of_series
from service.actor import Actor
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.planned import Planned
from service.storage.series import (
    Series,
    SeriesDate,
    SeriesGuest,
    claim_making,
    series_over,
    series_to_make,
)
from service.storage.series_guests import guests_of_many
from service.storage.special_dates import HouseDates, house_dates

HORIZON_MONTHS: Final = 18
#: So many series are looked at in one round of the timers; the others come a minute later.
MOST_AT_ONCE: Final = 50
#: Dates may move out of what is made by so much, and days differ between zones.
BESIDE: Final = (WEEKS_LOOKED + 1) * WEEK

Row = dict[str, object]


@dataclass(slots=True)
class Rows:
    """Rows of new dates, gathered to be added together."""

    issuer: Issuer
    now: datetime
    of: dict[type[Base], list[Row]] = field(default_factory=dict)

    def add_dates(
        self, series: Series, dates: Iterable[PlannedDate], guests: Sequence[SeriesGuest]
    ) -> list[UUID]:
        """Add a meeting, its ways and everybody's invitation for each date still to come; gives their ids."""
        made = []
        ways = {way: series.limits[way] for way in EASE if way in series.limits}
        for each in dates:
            meeting_id = new_id()
            meeting = _meeting(meeting_id, series, each, self.now)
            if meeting is None:
                continue
            made.append(meeting_id)
            self._rows(Meeting).append(meeting)
            self._rows(Offer).extend(_offers(series, meeting_id, ways))
            self._rows(Invitation).extend(
                self.issuer.columns(meeting_id, guest.person, ways, now=self.now)
                for guest in guests
            )
        return made

    def add_decisions(self, series: Series, decisions: Mapping[datetime, Decision]) -> None:
        """Add what was decided about dates."""
        self._rows(SeriesDate).extend(
            _decided(series, on, decision) for on, decision in decisions.items()
        )

    async def write(self, db: Db) -> None:
        """Add all rows; what others point to comes first."""
        for table in (SeriesDate, Meeting, Offer, Invitation):
            if rows := self.of.pop(table, None):
                await db.execute(insert(Base.metadata.tables[table.__tablename__]), rows)

    def _rows(self, table: type[Base]) -> list[Row]:
        return self.of.setdefault(table, [])


def decided_by_rule(dates: Iterable[PlannedDate]) -> dict[datetime, Decision]:
    """Give what the rules for what dates fall on decided."""
    return {each.on: each.decision for each in dates if not each.decision.is_by_hand}


def horizon(now: datetime) -> date:
    """Give the day up to which dates are made."""
    until: date = now.date() + relativedelta(months=HORIZON_MONTHS)
    return until


async def make_more_dates(db: Db, actor: Actor, issuer: Issuer, *, now: datetime) -> int:
    """Make the dates that have come within the horizon, and end series that are over; counts series.

    Two processes may do so at once: each series is taken on by one of them. Who is on its list is read
    only then, as somebody may just have been taken off.
    """
    require(actor, Permission.PLAN_MEETINGS)
    until = horizon(now)
    due = await series_to_make(db, actor, until, limit=MOST_AT_ONCE)
    windows = {series.id: window for series in due if (window := _window_after(series, until))}
    mine = [each for each in due if each.id in windows and await claim_making(db, each, until)]
    guests = await guests_of_many(db, actor, [series.id for series in mine]) if mine else {}
    rows = Rows(issuer, now)
    made = {}
    house = await _house_of(db, actor, mine, windows, until)
    for series in mine:
        plan, looked = plan_of_series(series), replace(looked_of_series(series), house=house)
        dates = await decided_dates(db, actor, looked, plan, windows[series.id])
        rows.add_decisions(series, decided_by_rule(dates))
        made[series.id] = rows.add_dates(series, dates, guests[series.id])
    await rows.write(db)
    await give_pins(db, actor.organisation_id, [id_ for ids in made.values() for id_ in ids])
    for series in mine:
        if dates_made := made[series.id]:
            await answer_new_dates(db, guests[series.id], dates_made, now=now)
            record(db, actor, "series.dates-made", series, now=now, dates=len(dates_made))
    return len(made) + await _end_what_is_over(db, actor, now)


async def _house_of(
    db: Db, actor: Actor, mine: Sequence[Series], windows: Mapping[UUID, Window], until: date
) -> HouseDates | None:
    """Read once what the house knows of the days and places of all these series."""
    if not mine:
        return None
    first = min(windows[series.id].begins for series in mine).date()
    places = {id_ for each in mine for id_ in (each.place_id, each.outdoor_place_id) if id_}
    return await house_dates(db, actor, places, first - BESIDE, until + BESIDE)


def _window_after(series: Series, until: date) -> Window | None:
    if series.made_until is None:
        return None
    return Window.of_days(series.made_until + timedelta(days=1), until)


async def _end_what_is_over(db: Db, actor: Actor, now: datetime) -> int:
    """End the series whose last day is over everywhere on earth."""
    over = await series_over(db, actor, now.date() - timedelta(days=1))
    for series in over:
        series.state, series.ended_at = SeriesState.ENDED, now
        record(db, actor, "series.ended", series, now=now, cancelled=0)
    return len(over)


def _meeting(meeting_id: UUID, series: Series, planned: PlannedDate, now: datetime) -> Row | None:
    """Give the row of one date; None if it is left out, or too late."""
    if planned.starts is None:
        return None
    wall = settled(WallTime(planned.starts, series.zone))
    slot = slot_of(wall, series.minutes)
    if slot.starts_at <= now:
        return None
    alike = {name: getattr(series, name) for name in Planned.__annotations__}
    return alike | {
        "id": meeting_id,
        "organisation_id": series.organisation_id,
        "state": MeetingState.PUBLISHED,
        "version": 1,
        "starts_local": wall.local,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "room_name": new_room_name(),
        "created_by": series.created_by,
        "created_at": now,
        "published_at": now,
        "series_id": series.id,
        "series_on": planned.on,
        "is_edited": False,
        "is_held": True,
    }


def _offers(series: Series, meeting_id: UUID, ways: dict[Way, int | None]) -> Iterator[Row]:
    for way, places in ways.items():
        yield {
            "id": new_id(),
            "organisation_id": series.organisation_id,
            "meeting_id": meeting_id,
            "way": way,
            "places": places,
            "seats": places,
            "taken": 0,
        }


def _decided(series: Series, on: datetime, decision: Decision) -> Row:
    return {
        "id": new_id(),
        "organisation_id": series.organisation_id,
        "series_id": series.id,
        "on": on,
        "choice": decision.choice,
        "moved_to": decision.moved_to,
        "because": decision.because.value if decision.because else "",
    }
