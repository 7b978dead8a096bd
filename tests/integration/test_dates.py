"""What a day falls on while planning, the "yes, then", own dates and their file, places in trouble."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from aiohttp import ClientResponse, FormData
from sqlalchemy import event, update

from scheduling.dates import DateKind
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.looking_at_dates import findings_for, findings_of, looked_of
from service.actions.place_troubles import TroubleDetails, report_trouble
from service.actor import Role
from service.parts import Parts
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.special_dates import PlaceTrouble, SpecialDate
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import rows, written_down
from tests.integration.hub import Hub, make_hub, make_published, only_meeting, tasks, the_meeting

EASTER_MONDAY = {"date": "2027-03-29", "time": "10:00", "minutes": "90"}
BANK_HOLIDAY = "It is a bank holiday: Easter Monday."
NEXT_MONDAY = "Monday 5 April 2027, 10am instead"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "BEGIN:VEVENT\r\nSUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20270531\r\n"
    "DTEND;VALUE=DATE:20270605\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nSUMMARY:Assembly\r\nDTSTART;VALUE=DATE:20270601\r\n"
    "RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nSUMMARY:Inset day\r\nDTSTART;VALUE=DATE:20270607\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub to plan in."""
    async with making() as make:
        return await make_hub(make)


@pytest.fixture
async def ada(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ada's browser."""
    return await open_browser(hub.ada)


@pytest.fixture
async def ben(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(hub.ben)


async def draft_at(browser: Browser, hub: Hub) -> str:
    """Begin a draft; gives its path."""
    response = await browser.post("/sessions/new", on="/sessions/new", kind_id=hub.kind.id)
    return response.headers["Location"].removesuffix("/plan/time")


async def send_file(browser: Browser, content: str) -> ClientResponse:
    """Choose a calendar file and look at what it names."""
    path = "/set-up/dates/file"
    await browser.get(path)
    form = FormData()
    form.add_field("csrf", browser.token)
    form.add_field("file", content.encode(), filename="terms.ics", content_type="text/calendar")
    response = await browser.client.post(path, data=form, headers=browser.headers)
    browser.page = await response.text()
    return response


async def test_a_bank_holiday_asks_for_a_yes_and_offers_another_day(
    ada: Browser, hub: Hub, parts: Parts
) -> None:
    path = await draft_at(ada, hub)

    asked = await ada.post(f"{path}/plan/time", on=f"{path}/plan/time", **EASTER_MONDAY)

    assert 422 == asked.status
    assert BANK_HOLIDAY in ada.page
    assert NEXT_MONDAY in ada.page
    assert 'value="2027-03-29"' in ada.page
    assert (await only_meeting(parts)).starts_local is None


async def test_yes_then_is_enough(ada: Browser, hub: Hub, parts: Parts) -> None:
    path = await draft_at(ada, hub)

    kept = await ada.post(
        f"{path}/plan/time", on=f"{path}/plan/time", dates_agreed="yes", **EASTER_MONDAY
    )

    assert 303 == kept.status
    assert datetime.fromisoformat("2027-03-29T10:00") == (await only_meeting(parts)).starts_local


async def test_the_day_that_is_offered_is_filled_in(ada: Browser, hub: Hub) -> None:
    path = await draft_at(ada, hub)

    await ada.get(f"{path}/plan/time?at=2027-04-05T10:00")
    assert 'value="2027-04-05"' in ada.page
    assert 'value="10:00"' in ada.page

    nonsense = await ada.get(f"{path}/plan/time?at=soon")
    assert 200 == nonsense.status


async def test_a_day_that_only_warns_asks_for_nothing_and_is_said_at_the_end(
    ada: Browser, hub: Hub
) -> None:
    path = await draft_at(ada, hub)

    kept = await ada.post(
        f"{path}/plan/time", on=f"{path}/plan/time", date="2027-02-16", time="18:30", minutes="120"
    )
    await ada.get(f"{path}/plan/check")

    assert 303 == kept.status
    assert "people eat and pray in the evening after sunset, about 5:" in ada.page
    assert "Tuesday 16 February 2027, 1pm instead" in ada.page
    assert "dates_agreed" not in ada.page


async def test_publishing_asks_for_a_yes_too(
    ada: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        meeting = await make.meeting(
            hub.organisation, hub.kind, hosts=[hub.ada, hub.ben], state=MeetingState.DRAFT
        )
        on_easter_monday = update(Meeting).values(
            starts_local=datetime.fromisoformat("2027-03-29T10:00"),
            starts_at=datetime.fromisoformat("2027-03-29T09:00Z"),
            ends_at=datetime.fromisoformat("2027-03-29T11:00Z"),
        )
        await make.db.execute(on_easter_monday)
    check = f"/sessions/{meeting.id}/plan/check"

    asked = await ada.post(f"/sessions/{meeting.id}/publish", on=check)
    assert 422 == asked.status
    assert BANK_HOLIDAY in ada.page
    assert "/plan/time?then=check&amp;at=2027-04-05T10:00" in ada.page
    assert MeetingState.DRAFT is (await only_meeting(parts)).state

    await ada.post(f"/sessions/{meeting.id}/publish", dates_agreed="yes")
    assert MeetingState.PUBLISHED is (await only_meeting(parts)).state


async def test_a_published_session_moves_to_such_a_day_with_a_yes_only(
    ada: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        meeting = await make_published(make, hub)
    path = f"/sessions/{meeting.id}/change/time"
    change = EASTER_MONDAY | {"version": "1"}

    await ada.post(path, on=path, **change)
    assert BANK_HOLIDAY in ada.page
    refused = await ada.post(path, agreed="yes", **change)
    assert 422 == refused.status
    assert "This day needs your yes." in ada.page
    assert 1 == (await the_meeting(parts, meeting.id)).version

    saved = await ada.post(path, agreed="yes", dates_agreed="yes", **change)
    assert 303 == saved.status
    assert 2 == (await the_meeting(parts, meeting.id)).version


async def test_what_was_so_before_is_not_asked_again(
    ada: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        meeting = await make_published(make, hub)
        await make_published(make, hub)
    path = f"/sessions/{meeting.id}/change/hosts"

    saved = await ada.post(
        path,
        on=path,
        version="1",
        agreed="yes",
        lead_id=hub.ada.id,
        second_id=hub.ben.id,
        help_phone="01632 960199",
    )

    assert 303 == saved.status
    assert "01632 960199" == (await the_meeting(parts, meeting.id)).help_phone


async def test_a_double_booked_place_and_host_are_found_beyond_what_one_may_see(
    ada: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        bens = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ben],
            offers={Way.ROOM: 10},
            place_id=hub.hall.id,
            real_title="Bereavement group",
        )
        mine = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada, hub.ben],
            offers={Way.ROOM: 10},
            place_id=hub.hall.id,
            state=MeetingState.DRAFT,
        )

    refused = await ada.get(f"/sessions/{bens.id}")
    await ada.get(f"/sessions/{mine.id}/plan/check")

    assert 404 == refused.status
    assert "Saggar Row Hall is taken by another session, 9am to 11am." in ada.page
    assert "Ben hosts another session, 9am to 11am." in ada.page
    assert "Bereavement" not in ada.page


async def test_a_place_counts_only_where_its_way_is_offered(
    hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        given: list[dict[Way, int | None]] = [{Way.ONLINE: 10}, {Way.ROOM: 10}]
        for offers in given:
            await make.meeting(
                hub.organisation, hub.kind, hosts=[], offers=offers, place_id=hub.hall.id
            )
    async with parts.database.reading() as db:
        query = [await the_meeting(parts, each.id) for each in await rows(parts, Meeting)]
        found = [await findings_of(db, hub.as_ben, meeting) for meeting in query]

    assert [(), ()] == found


async def test_all_dates_of_a_series_are_looked_up_in_two_queries(
    hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        meeting = await make_published(make, hub)
        make.db.add(
            SpecialDate(
                organisation_id=hub.organisation.id,
                kind=DateKind.SCHOOL_BREAK,
                name="Half-term",
                first_on=date(2027, 5, 31),
                last_on=date(2027, 6, 4),
            )
        )
    looked = looked_of(await the_meeting(parts, meeting.id))
    first = datetime.fromisoformat("2027-01-25T10:00")
    starts = [first + timedelta(weeks=week) for week in range(78)]
    asked = []

    async with parts.database.reading() as db:
        connection = await db.connection()
        event.listen(
            connection.sync_connection, "before_cursor_execute", lambda *_: asked.append(1)
        )
        found = await findings_for(db, hub.as_ada, looked, starts)

    assert 2 == len(asked)
    assert starts == list(found)
    hit = {start.date(): [each.kind for each in found[start]] for start in starts if found[start]}
    assert [DateKind.BANK_HOLIDAY, DateKind.SCHOOL_BREAK] == hit[date(2027, 5, 31)]
    assert [DateKind.BANK_HOLIDAY] == hit[date(2027, 3, 29)]


async def test_a_skipped_or_doubled_time_is_looked_up_all_the_same(
    hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        meeting = await make_published(make, hub)
    looked = replace(looked_of(await the_meeting(parts, meeting.id)), minutes=30)
    starts = [datetime.fromisoformat(each) for each in ("2027-03-28T01:30", "2027-10-31T01:30")]

    async with parts.database.reading() as db:
        found = await findings_for(db, hub.as_ada, looked, starts)

    assert [True, True] == [
        DateKind.CLOCK_CHANGE in {each.kind for each in found[start]} for start in starts
    ]


async def test_own_dates_are_typed_said_and_removed(ben: Browser, hub: Hub, parts: Parts) -> None:
    page = "/set-up/dates"
    fields = {"name": "Half-term", "first_on": "2027-02-15", "last_on": "2027-02-19"}

    await ben.post(page, on=page, kind="school_break", **fields)
    (kept,) = await rows(parts, SpecialDate)
    await ben.get(page)
    assert "Monday 15 February 2027 to Friday 19 February 2027" in ben.page
    assert (DateKind.SCHOOL_BREAK, date(2027, 2, 15), date(2027, 2, 19)) == (
        kept.kind,
        kept.first_on,
        kept.last_on,
    )

    await ben.post(f"{page}/{kept.id}/remove")
    assert [] == await rows(parts, SpecialDate)
    assert ["special-date.added", "special-date.removed"] == await written_down(parts)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please type a name."),
        ("name", "x" * 121, "This is too long."),
        ("first_on", "soon", "Please type a date."),
        ("last_on", "2027-02-01", "The last day comes before the first."),
        ("last_on", "2028-02-01", "This is too long for one date."),
        ("kind", "bank_holiday", "Please choose one of these."),
    ],
)
async def test_bad_input_about_a_date_keeps_everything_typed(
    field: str, typed: str, words: str, ben: Browser, parts: Parts
) -> None:
    page = "/set-up/dates"
    fields = {"name": "Wakes", "first_on": "2027-02-15", "last_on": "2027-02-19", "kind": "local"}

    response = await ben.post(page, on=page, **fields | {field: typed})

    assert 422 == response.status
    assert words in ben.page
    assert 'value="2027-02-15"' in ben.page or field == "first_on"
    assert [] == await rows(parts, SpecialDate)


async def test_a_file_is_shown_first_and_only_what_is_ticked_is_kept(
    ben: Browser, parts: Parts
) -> None:
    shown = await send_file(ben, CALENDAR)
    assert 200 == shown.status
    assert "Monday 31 May 2027 to Friday 4 June 2027" in ben.page
    assert "It repeats. Please type it by hand." in ben.page
    assert [] == await rows(parts, SpecialDate)

    fields = {
        "name_0": "Half-term",
        "first_on_0": "2027-05-31",
        "last_on_0": "2027-06-04",
        "name_1": "Inset day",
        "first_on_1": "2027-06-07",
        "last_on_1": "2027-06-07",
    }
    for _ in range(2):
        await ben.post("/set-up/dates/take", take=["0"], kind="school_break", **fields)

    (kept,) = await rows(parts, SpecialDate)
    assert ("Half-term", date(2027, 6, 4), "file") == (kept.name, kept.last_on, kept.source)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "file"),
        ("Half-term,31 May", "This is no calendar file we can read."),
        ("x" * 600_000, "This file is too big."),
        ("BEGIN:VCALENDAR\r\n" * 20_000, "This is too long for one date."),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "There is no date in this file."),
    ],
)
async def test_a_file_that_cannot_be_read_says_so(
    content: str, words: str, ben: Browser, parts: Parts
) -> None:
    response = await send_file(ben, content)

    assert 422 == response.status
    assert words in ben.page
    assert [] == await rows(parts, SpecialDate)


async def test_rows_of_a_file_that_were_tampered_with_are_refused(
    ben: Browser, parts: Parts
) -> None:
    path = "/set-up/dates/take"
    fields = {"name_0": "Half-term", "first_on_0": "2027-05-31", "last_on_0": "1999-01-01"}

    await ben.get("/set-up/dates/file")
    answers = [
        await ben.post(path, take=["0"], **fields),
        await ben.post(path, take=["7"], **fields),
        await ben.post(path, **fields),
    ]

    assert [422, 422, 422] == [each.status for each in answers]
    assert [] == await rows(parts, SpecialDate)


async def test_trouble_at_a_place_is_a_task_for_every_session_there(
    ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        there = await make_published(make, hub)
        await make.meeting(hub.organisation, hub.kind, hosts=[hub.ada], place_id=hub.hall.id)
        await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada],
            offers={Way.ROOM: 5},
            place_id=hub.hall.id,
            starts_in=timedelta(days=40),
        )
    page = f"/places/{hub.hall.id}/trouble"
    fields = {"extent": "part", "fact": "lift", "why": "A part has to come from Italy"}

    done = await ben.post(page, on=page, first_on="2027-01-20", last_on="2027-01-31", **fields)

    (task,) = await tasks(parts)
    assert 303 == done.status
    assert (TaskKind.LOOK_AT_DATE, there.id) == (task.kind, task.meeting_id)
    assert "Saggar Row Hall, 20 January to 31 January: lift. A part has" in task.words
    await ben.get(f"/tasks/{task.id}")
    assert "something is wrong at its place" in ben.page
    await ben.get(f"/sessions/{there.id}")
    assert "At Saggar Row Hall something is wrong, 20 January to 31 January: lift." in ben.page
    await ben.get(f"/places/{hub.hall.id}")
    assert "Wednesday 20 January 2027 to Sunday 31 January 2027" in ben.page


async def test_trouble_that_is_over_takes_its_tasks_away(
    ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        await make_published(make, hub)
        details = TroubleDetails("", "", date(2027, 1, 20), date(2027, 1, 31))
        trouble = await report_trouble(make.db, hub.as_ben, hub.hall.id, details, now=make.now)

    await ben.post(f"/places/troubles/{trouble.id}/end", on=f"/places/{hub.hall.id}")

    assert [TaskState.OVERTAKEN] == [each.state for each in await tasks(parts)]
    assert [] == await rows(parts, PlaceTrouble)
    assert ["place.trouble", "place.trouble-over"] == await written_down(parts)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fact", "", "Please fill this in."),
        ("first_on", "", "Please type a date."),
        ("last_on", "2027-01-19", "The last day comes before the first."),
        ("last_on", "2026-12-01", "The last day comes before the first."),
        ("extent", "some", "Please choose one of these."),
    ],
)
async def test_bad_input_about_trouble_keeps_everything_typed(
    field: str, typed: str, words: str, ben: Browser, hub: Hub, parts: Parts
) -> None:
    page = f"/places/{hub.hall.id}/trouble"
    fields = {"extent": "part", "fact": "lift", "why": "Worn out"}
    fields |= {"first_on": "2027-01-20", "last_on": "2027-01-31"}

    response = await ben.post(page, on=page, **fields | {field: typed})

    assert 422 == response.status
    assert words in ben.page
    assert "Worn out" in ben.page
    assert [] == await rows(parts, PlaceTrouble)


async def test_a_kind_takes_dates_as_it_was_told(ben: Browser, hub: Hub, parts: Parts) -> None:
    page = f"/kinds/{hub.kind.id}/edit"
    fields = {
        "name": "Circle",
        "code": "circle",
        "neutral_title": "Tuesday session",
        "minutes": "120",
        "ways": "online",
    }

    await ben.post(page, on=page, level_bank_holiday="note", level_feast="", **fields)
    (kind,) = await rows(parts, Kind)
    assert {"bank_holiday": "note"} == kind.date_levels

    refused = await ben.post(page, level_feast="never", **fields)
    assert 422 == refused.status

    path = await draft_at(ben, hub)
    kept = await ben.post(f"{path}/plan/time", on=f"{path}/plan/time", **EASTER_MONDAY)
    assert 303 == kept.status


async def test_the_organisation_says_where_it_is(
    making: Making, open_browser: OpenBrowser, hub: Hub, parts: Parts
) -> None:
    async with making() as make:
        admin = await make.staff(hub.organisation, "Eve", Role.ADMIN)
    eve = await open_browser(admin)
    page = "/set-up/organisation"
    fields = {
        "name": "Kiln Street Hub",
        "contact_phone": "01632 960100",
        "contact_email": "hub@example.org",
        "zone": "Europe/London",
        "region": "GB-SCT",
        "latitude": "55.95",
        "longitude": "-3.19",
    }

    await eve.post(page, on=page, **fields)
    house = next(each for each in await rows(parts, Organisation) if each.region == "GB-SCT")
    assert (55.95, -3.19) == (house.latitude, house.longitude)

    for name, typed, words in (
        ("region", "GB-XYZ", "We do not know the bank holidays"),
        ("latitude", "91", "Please type degrees"),
        ("latitude", "nan", "Please type degrees"),
        ("latitude", "", "Please fill in both"),
        ("longitude", "west", "Please type a number."),
    ):
        refused = await eve.post(page, **fields | {name: typed})
        assert 422 == refused.status
        assert words in eve.page


@pytest.mark.parametrize(
    ("path", "on"),
    [
        ("/set-up/dates", "/set-up/dates"),
        ("/set-up/dates/take", "/set-up/dates"),
        ("/places/{hall}/trouble", "/places/{hall}/trouble"),
    ],
)
async def test_only_who_keeps_places_and_dates_may(
    path: str, on: str, hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts
) -> None:
    path, on = (each.format(hall=hub.hall.id) for each in (path, on))
    nobody, dov = await open_browser(), await open_browser(hub.dov)

    assert 403 == (await ada.get(on)).status
    assert 403 == (await ada.post(path, on="/sessions")).status
    assert "/sign-in" in (await nobody.get(on)).headers["Location"]
    if "{" in path or "places" in path:
        assert 404 == (await dov.get(on)).status
    assert [] == [*await rows(parts, SpecialDate), *await rows(parts, PlaceTrouble)]


async def test_others_dates_and_troubles_are_not_found(
    hub: Hub, ben: Browser, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    await ben.post(
        "/set-up/dates", on="/set-up/dates", kind="local", name="Wakes", first_on="2027-06-28"
    )
    async with making() as make:
        details = TroubleDetails("lift", "", date(2027, 1, 20), date(2027, 1, 31))
        trouble = await report_trouble(make.db, hub.as_ben, hub.hall.id, details, now=make.now)
    (kept,) = await rows(parts, SpecialDate)
    dov = await open_browser(hub.dov)

    answers = [
        await dov.post(f"/set-up/dates/{kept.id}/remove", on="/set-up/dates"),
        await dov.post(f"/places/troubles/{trouble.id}/end"),
        await dov.post("/set-up/dates/none/remove"),
    ]

    assert [404, 404, 404] == [each.status for each in answers]
    assert "Wakes" not in dov.page
    assert 2 == len([*await rows(parts, SpecialDate), *await rows(parts, PlaceTrouble)])
