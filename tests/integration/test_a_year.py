"""One house lives through 2027: what its parts promise each for itself holds between them too."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import select

from scheduling.series import EditScope
from scheduling.ways import Way
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed, change_meeting
from service.actions.feeds import FeedWish, make_feed
from service.actions.people import person_left
from service.actions.place_troubles import TroubleDetails, report_trouble
from service.actions.plans import details_of
from service.actions.series.editing import save_edit
from service.actions.series.ending import End, end_series
from service.actions.series.guests import take_off_guest
from service.actions.series.joining import Standing, count_in
from service.actions.series.template import template_of
from service.actions.series.working_out import Edit
from service.actions.staffing import disable_staff
from service.actor import Actor, Door
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.base import Db
from service.storage.feeds import FeedKind
from service.storage.holds import Hold
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.messages import Message, MessageState
from service.storage.series import Series, is_coming, series_by_id
from tests.integration.conftest import Making, TestClock
from tests.integration.mails import golden
from tests.integration.year_promises import Promises
from tests.integration.year_scene import Year, begin_year

Month = Callable[[Year], Awaitable[object]]
#: What must have happened by April, and by December, for the rest to mean anything.
IN_A_QUARTER = {
    *(f"sent {kind}" for kind in ("invitation", "update", "cancel", "reminder", "nudge")),
    *("series.counted-in", "meeting.guests-told", "meeting.changed", "meeting.cancelled"),
    *("meeting.reminded", "place.trouble", "place.offered", "mail.taken", "reply.counted"),
    *("invitation.answered", "feed.made", "series.started", "sent place_offered"),
}
IN_A_YEAR = IN_A_QUARTER | {
    *("series.split", "series.edited", "series.ended", "series.guest-taken-off"),
    *("series.handed-over", "meeting.handed-over", "address.stopped", "person.left"),
    *("place taken", "place expired", "place.passed-on", "series.dates-made"),
}
TO_ROOM, TO_ONLINE = Standing(Way.ROOM, 1, "Pat"), Standing(Way.ONLINE)
BY_PHONE = Standing(Way.PHONE)


async def counts_in(year: Year, name: str, series: str, standing: Standing) -> None:
    """Let the desk count somebody in each time."""
    person, series_id = year.people[name].id, year.series[series]
    await year.does(lambda db: count_in(db, year.plans, series_id, person, standing, now=year.now))


async def next_of(db: Db, year: Year, series: str, nth: int = 0) -> Meeting:
    """Find one of the next dates of a series, whole."""
    query = select(Meeting.id).where(Meeting.series_id == year.series[series], *is_coming(year.now))
    ids = (await db.scalars(query.order_by(Meeting.starts_at))).all()
    return await meeting_by_id(db, year.plans, ids[nth])


async def change(year: Year, series: str, nth: int = 0, **given: object) -> None:
    """Change one date alone; `room`, `online` and `phone` are limits."""

    async def save(db: Db) -> None:
        meeting = await next_of(db, year, series, nth)
        details = details_of(meeting)
        limits = {way: given.pop(way.value, was) for way, was in details.limits.items()}
        wanted = replace(details, limits=limits, **given)  # type: ignore[arg-type]
        agreed = Agreed(meeting.version, left_without=9)
        await change_meeting(db, year.plans, meeting.id, wanted, agreed, now=year.now)

    await year.does(save)


async def edit(year: Year, series: str, *, on: datetime | None = None, **given: object) -> None:
    """Change all dates, or one and those after it."""

    async def save(db: Db) -> Series:
        running = await series_by_id(db, year.plans, year.series[series])
        template = template_of(running)
        wanted = replace(template, details=replace(template.details, **given))  # type: ignore[arg-type]
        scope = EditScope.ALL if on is None else EditScope.FOLLOWING
        asked = Edit(series_id=running.id, scope=scope, on=on, template=wanted)
        agreed = Agreed(running.version, 99)
        return await save_edit(db, year.plans, year.issuer, asked, agreed, now=year.now)

    year.series[series] = (await year.does(save)).id


async def january(year: Year) -> None:
    """People join, two of them get feeds; the room is fuller than it is big."""
    for name, way in (("Mags", TO_ROOM), ("Terry", TO_ONLINE), ("Joan", BY_PHONE)):
        await counts_in(year, name, "circle", way)
    for name in ("Lewis", "Rose", "Owen"):
        await counts_in(year, name, "circle", TO_ONLINE)
        await counts_in(year, name, "evening", TO_ONLINE)
    await counts_in(year, "Terry", "evening", TO_ONLINE)
    await counts_in(year, "Kay", "steering", BY_PHONE)
    for name in ("Terry", "Mags"):
        await gets_feed(year, name)


async def gets_feed(year: Year, name: str) -> None:
    """Let somebody have their own feed."""
    guest, wish = Actor(year.house.id, Door.GUEST, year.people[name].id, name), FeedWish("Phone")

    async def make(db: Db) -> None:
        await make_feed(db, guest, year.parts.keys, FeedKind.OWN, wish, now=year.now)

    await year.does(make)


async def february(year: Year) -> None:
    """The lift is out of order in March; one evening has fewer places."""
    trouble = TroubleDetails("lift", "Out of order.", date(2027, 3, 1), date(2027, 3, 19))
    await year.does(lambda db: report_trouble(db, year.plans, year.hall.id, trouble, now=year.now))
    await change(year, "evening", online=1)


async def march(year: Year) -> None:
    """One date of the circle moves to a Friday, the hall's date is called off, places are added."""
    await change(year, "evening", online=5)
    await change(year, "circle", nth=1, starts_local=datetime.fromisoformat("2027-04-09T13:00"))

    async def cancel(db: Db) -> None:
        meeting = await next_of(db, year, "circle")
        await cancel_meeting(
            db, year.plans, meeting.id, "The lift.", version=meeting.version, now=year.now
        )

    await year.does(cancel)


async def april(year: Year) -> None:
    """Rose's mail comes back: there is no such mailbox."""
    rose = year.people["Rose"]
    sent = next(s for _, s in reversed(year.sent) if rose.email in str(s.mail["To"]) and s.calendar)
    returned = golden("bounce-postfix-unknown").replace(b"ada@example.org", rose.email.encode())
    head, _, tail = returned.partition(b"Message-ID: <invitation.")
    named = str(sent.mail["Message-ID"]).encode()
    await year.takes(head + b"Message-ID: " + named + tail[tail.index(b">") + 1 :])


async def may(year: Year) -> None:
    """All circles to come have one place more online and one fewer in the room."""
    limits = {Way.ROOM: 2, Way.ONLINE: 3, Way.PHONE: 4}
    await edit(year, "circle", limits=limits)
    await change(year, "share", online=1)


async def june(year: Year) -> None:
    """From September on the circle begins at two; Lewis is taken off the evening."""
    on = datetime.fromisoformat("2027-09-09T13:00")
    await edit(year, "circle", on=on, starts_local=datetime.fromisoformat("2027-01-14T14:00"))
    lewis = year.people["Lewis"].id
    await year.does(
        lambda db: take_off_guest(db, year.plans, year.series["evening"], lewis, now=year.now)
    )


async def july(year: Year) -> None:
    """Ada stops; Cleo takes over what she leads."""
    await year.does(
        lambda db: disable_staff(db, year.plans, year.ada.id, year.cleo.id, now=year.now)
    )


async def august(year: Year) -> None:
    """Owen leaves, and the evening has hardly any places by phone."""
    owen = year.people["Owen"].id
    await year.does(lambda db: person_left(db, year.plans, owen, now=year.now))
    await edit(year, "evening", limits={Way.ONLINE: 1, Way.PHONE: 1})


async def september(year: Year) -> None:
    """The evening begins an hour earlier from the next date but one; steering goes online only."""
    async with year.parts.database.reading() as db:
        on = (await next_of(db, year, "evening", 1)).series_on
    first = datetime.fromisoformat("2027-01-19T17:30")
    await edit(year, "evening", on=on, starts_local=first, limits={Way.ONLINE: 3})
    await edit(year, "steering", limits={Way.ONLINE: 4}, place_id=None)


async def october(year: Year) -> None:
    """Steering ends with the month after."""
    end = End(year.series["steering"], date(2027, 11, 30), "Thank you all.")

    async def stop(db: Db) -> None:
        series = await series_by_id(db, year.plans, end.series_id)
        await end_series(db, year.plans, end, version=series.version, now=year.now)

    await year.does(stop)


async def november(year: Year) -> None:
    """The circle takes place in the room and by phone from now on, with hardly any places."""
    await edit(year, "circle", limits={Way.ROOM: 2, Way.PHONE: 1})


MONTHS: tuple[Month, ...] = (
    *(january, february, march, april, may, june, july),
    *(august, september, october, november),
)


async def live(year: Year, months: int) -> Promises:
    """Let so many months pass, and ask after each thing that happened and after each month."""
    promises = Promises(year)
    for number, month in enumerate(MONTHS[:months], 1):
        await month(year)
        await year.send()
        await promises.hold()
        await year.passes(datetime(2027, number + 1, 10, 9, tzinfo=UTC))
        await promises.hold()
    return promises


async def test_whatever_happens_in_a_year_the_promises_hold(
    database_url: str, parts: Parts, making: Making, clock: TestClock
) -> None:
    """All of it on SQLite; on PostgreSQL, where each step takes longer, the first quarter."""
    is_whole = database_url.startswith("sqlite")
    async with making() as make:
        year = await begin_year(make, parts, clock)

    await live(year, len(MONTHS) if is_whole else 3)

    seen = await what_happened(year)
    assert {"circle", "evening", "steering", "share"} == year.series.keys()
    assert seen >= (IN_A_YEAR if is_whole else IN_A_QUARTER)


async def what_happened(year: Year) -> set[str]:
    """Name everything that was sent, kept, taken in and written down, so that nothing was left out."""
    async with year.parts.database.reading() as db:
        sent = select(Message.kind).where(Message.state == MessageState.SENT)
        return {
            *(f"sent {kind}" for kind in await db.scalars(sent)),
            *(f"place {state}" for state in await db.scalars(select(Hold.state))),
            *await db.scalars(select(AuditLine.what)),
        }
