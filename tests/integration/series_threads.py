"""Threads of a series: every date is a session with a name of its own, told in a window that moves on."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import EditScope
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.changing import Agreed
from service.actions.series.drafting import save_series, start_series_draft
from service.actions.series.editing import save_edit
from service.actions.series.ending import End, end_series
from service.actions.series.guests import choose_guests
from service.actions.series.starting import start_series
from service.actions.series.template import template_of
from service.actions.series.working_out import Edit
from service.keeping_time import keep_time
from service.storage.base import Db
from service.storage.invitations import Choice, Invitation
from service.storage.meetings import Meeting
from service.storage.series import series_by_id
from tests.integration.threads import Thread

WEEKLY = Rule.of("FREQ=WEEKLY;BYDAY=TH")
#: Two days after the tests' now; with a window of three weeks, three dates are told of at first.
FIRST = datetime.fromisoformat("2027-01-14T13:00")
WEEKS = 3

Play = Callable[[Thread], Awaitable[UUID]]


async def begin(thread: Thread) -> UUID:
    """Start a weekly series with Ewa on its list."""
    hub, begun = thread.hub, list[UUID]()

    async def start(db: Db) -> None:
        now = thread.clock.at
        series = await start_series_draft(db, hub.as_ada, hub.kind.id, now=now)
        template = template_of(series)
        details = replace(
            template.details, starts_local=FIRST, place_id=hub.hall.id, second_id=hub.ben.id
        )
        wanted = replace(template, details=details, rule=WEEKLY, weeks_ahead=WEEKS)
        await save_series(db, hub.as_ada, series.id, wanted, now=now)
        await choose_guests(
            db, hub.as_ada, series.id, Choice(people=frozenset({hub.ewa.id})), now=now
        )
        await start_series(db, hub.as_ada, thread.issuer, series.id, now=now)
        begun.append(series.id)

    await thread.does("The series begins", start)
    return begun[0]


async def date_of(thread: Thread, series_id: UUID, on: datetime) -> UUID:
    """Find one date of the series."""
    query = select(Meeting.id).where(Meeting.series_id == series_id, Meeting.series_on == on)
    async with thread.parts.database.reading() as db:
        return (await db.scalars(query)).one()


async def edit(thread: Thread, series_id: UUID, what: str, *, on: datetime, **details: Any) -> UUID:
    """Change a date of the series and all that follow; gives the series they are of now."""
    found = list[UUID]()

    async def save(db: Db) -> None:
        series = await series_by_id(db, thread.hub.as_ada, series_id)
        template = template_of(series)
        wanted = replace(template, details=replace(template.details, **details))
        change = Edit(series_id=series_id, scope=EditScope.FOLLOWING, on=on, template=wanted)
        saved = await save_edit(
            db,
            thread.hub.as_ada,
            thread.issuer,
            change,
            Agreed(series.version, 9),
            now=thread.clock.at,
        )
        found.append(saved.id)

    await thread.does(what, save)
    return found[0]


async def passes(thread: Thread, by: timedelta, what: str) -> None:
    """Let time pass, and do what it brings about."""
    thread.clock.move(by)
    await keep_time(thread.parts)
    await thread.sends(what)


async def window_moves_on(thread: Thread) -> UUID:
    """A week later the next date is told of, by itself."""
    series_id = await begin(thread)
    await passes(thread, timedelta(days=7), "A week passes")
    return series_id


async def one_date_moved(thread: Thread) -> UUID:
    """One date of the series moves, and is cancelled later; the others stay."""
    series_id = await begin(thread)
    thread.meeting_id = await date_of(thread, series_id, FIRST + timedelta(days=7))
    await thread.change(
        "The second date moves", starts_local=datetime.fromisoformat("2027-01-22T10:00")
    )
    await thread.answers("Ewa comes to it online", Reply(Answer.YES, Way.ONLINE))
    await thread.cancel("The heating is off.")
    return series_id


async def split(thread: Thread) -> UUID:
    """From the second date on the series is later in the day."""
    series_id = await begin(thread)
    return await edit(
        thread,
        series_id,
        "From the second date on it begins at half past five",
        on=FIRST + timedelta(days=7),
        starts_local=FIRST.replace(hour=17, minute=30),
    )


async def ended(thread: Thread) -> UUID:
    """The series ends after its second date."""
    series_id = await begin(thread)

    async def end(db: Db) -> None:
        series = await series_by_id(db, thread.hub.as_ada, series_id)
        last = End(series_id, date(2027, 1, 21), "Thank you for coming.")
        await end_series(db, thread.hub.as_ada, last, version=series.version, now=thread.clock.at)

    await thread.does("The series ends on 21 January", end)
    return series_id


async def spans_stored(thread: Thread) -> list[str]:
    """Say by what is stored which dates Ewa has been told of and should find in her calendar."""
    query = (
        select(Meeting)
        .join(Invitation, Invitation.meeting_id == Meeting.id)
        .where(Invitation.person_id == thread.hub.ewa.id, Invitation.removed_at.is_(None))
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.is_held.is_(False))
        .order_by(Meeting.starts_at)
    )
    async with thread.parts.database.reading() as db:
        meetings = (await db.scalars(query)).all()
    return [
        f"{each.starts_at:%Y-%m-%d %H:%M}-{each.ends_at:%H:%M}Z {each.neutral_title}"
        for each in meetings
    ]


SERIES_THREADS: dict[str, Play] = {
    "series-window": window_moves_on,
    "series-date-moved": one_date_moved,
    "series-split": split,
    "series-ended": ended,
}
