"""Making a series page by page, its own pages, changing and ending it, and coming each time."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from scheduling.meeting import MeetingState
from scheduling.series import DateChoice, SeriesState
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.messages import MessageKind
from service.storage.people import Person
from service.storage.series import Series, SeriesDate
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, invitations, make_hub, messages

SECOND_THURSDAY = "FREQ=MONTHLY;BYDAY=2TH"
LAST_MONDAY = "FREQ=MONTHLY;BYDAY=-1MO"
NASTY = "O'Brien عائشة 🎉 " + "x" * 170


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub to plan in."""
    async with making() as make:
        return await make_hub(make)


@pytest.fixture
async def ada(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ada's browser."""
    return await open_browser(hub.ada)


async def begin(browser: Browser, hub: Hub) -> str:
    """Choose the kind; gives the path of the draft."""
    response = await browser.post("/series/new", on="/series/new", kind_id=hub.kind.id)
    assert 303 == response.status
    return response.headers["Location"].removesuffix("/plan/time")


async def ruled(
    browser: Browser, hub: Hub, rule: str = SECOND_THURSDAY, date: str = "2027-02-11"
) -> str:
    """Begin a series and say when and how often it is; gives the path of the draft."""
    path = await begin(browser, hub)
    await browser.post(f"{path}/plan/time", date=date, time="13:00", minutes=120)
    response = await browser.post(f"{path}/plan/rule", rule=rule)
    assert f"{path}/plan/dates" == response.headers["Location"], browser.page
    return path


def ways(hub: Hub, **given: Any) -> dict[str, Any]:
    """Fill in the page of ways."""
    return {
        "way": ["online", "phone", "room"],
        "limit_online": 12,
        "limit_phone": 4,
        "limit_room": 10,
        "place_id": hub.hall.id,
        "phone_joining": "ring",
    } | given


async def planned(browser: Browser, hub: Hub, second: Person) -> str:
    """Walk through all pages up to the last; gives the path of the draft."""
    path = await ruled(browser, hub)
    await browser.post(f"{path}/plan/dates", go="yes")
    await browser.post(f"{path}/plan/ways", **ways(hub))
    await browser.post(
        f"{path}/plan/hosts", lead_id=hub.ada.id, second_id=second.id, help_phone="01632 960101"
    )
    await browser.post(f"{path}/plan/people/add", person=[hub.ewa.id, hub.joan.id, hub.sid.id])
    await browser.post(
        f"{path}/plan/words", neutral_title="Thursday session", real_title="Carers' circle"
    )
    return path


async def running(browser: Browser, hub: Hub) -> str:
    """Make a series and start it; gives its path."""
    path = await planned(browser, hub, hub.ben)
    response = await browser.post(f"{path}/start")
    assert f"{path}?done=series-started" == response.headers["Location"]
    return path


async def the_series(parts: Parts) -> Series:
    """Read the one series there is."""
    async with parts.database.reading() as db:
        return (await db.scalars(select(Series))).one()


async def decided(parts: Parts) -> dict[str, SeriesDate]:
    """Read what was decided about single dates, by day."""
    async with parts.database.reading() as db:
        return {f"{each.on:%Y-%m-%d}": each for each in await db.scalars(select(SeriesDate))}


async def test_a_series_is_made_page_by_page_and_started(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await planned(ada, hub, hub.ben)
    await ada.get(f"{path}/plan/check")
    for words in ("Every second Thursday of the month", "1pm to 3pm", "3 people", "Carers"):
        assert words in ada.page
    assert "6 weeks before each date" in ada.page
    assert "1 person by phone call" in ada.page

    response = await ada.post(f"{path}/start")

    assert f"{path}?done=series-started" == response.headers["Location"]
    series = await the_series(parts)
    assert SeriesState.RUNNING is series.state
    assert SECOND_THURSDAY == series.rule.text if series.rule else None
    assert {MessageKind.INVITATION} == {each.kind for each in await messages(parts)}
    await ada.get(path)
    assert "3 people" in ada.page
    assert "Thursday 11 February 2027" in ada.page


async def test_every_page_of_making_a_series_can_be_seen(hub: Hub, ada: Browser) -> None:
    path = await planned(ada, hub, hub.ben)

    for part, step in zip(
        ("kind", "time", "rule", "dates", "ways", "hosts", "people", "words", "check"),
        range(1, 10),
        strict=True,
    ):
        assert 200 == (await ada.get(f"{path}/plan/{part}")).status
        assert f"Step {step} of 9" in ada.page
        assert 1 == ada.page.count("<h1")


async def test_the_choices_fit_the_first_date(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)
    await ada.post(f"{path}/plan/time", date="2027-01-20", time="10:30", minutes=110)

    await ada.get(f"{path}/plan/rule")

    assert "Quarterly: third Wednesday of January, April, July and October" in ada.page
    assert "20 January, 21 April, 21 July" in ada.page
    assert "Thursday" not in ada.page.replace("third Thursday", "")


async def test_something_else_is_explained_as_two_series(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)
    await ada.post(f"{path}/plan/time", date="2027-01-20", time="10:30", minutes=110)

    response = await ada.post(f"{path}/plan/rule", rule="else")

    assert f"{path}/plan/else" == response.headers["Location"]
    await ada.get(f"{path}/plan/else")
    assert "make two series" in ada.page


async def test_a_holiday_is_named_in_the_list_and_in_the_picture(hub: Hub, ada: Browser) -> None:
    path = await ruled(ada, hub, LAST_MONDAY, "2027-01-25")

    await ada.get(f"{path}/plan/dates?month=2027-03")

    assert "March 2027</caption>" in ada.page
    assert 3 <= ada.page.count("Easter Monday")
    cell = re.search(r"<td[^>]*>(?:(?!</td>).)*29(?:(?!</td>).)*</td>", ada.page, re.DOTALL)
    assert cell is not None
    assert "session at 1pm" in cell[0]
    assert "Easter Monday" in cell[0]


async def test_dates_are_skipped_by_rule_and_kept_by_hand(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await ruled(ada, hub, LAST_MONDAY, "2027-01-25")

    await ada.post(f"{path}/plan/dates", bank_holiday="skip")
    await ada.get(f"{path}/plan/dates")
    assert "Skipped: 4 dates." in ada.page
    await ada.post(f"{path}/plan/dates/decide", which="2027-03-29T13:00", choice="keep")

    assert DateChoice.KEEP is (await decided(parts))["2027-03-29"].choice
    await ada.get(f"{path}/plan/dates")
    assert "Skipped: 3 dates." in ada.page
    await ada.post(f"{path}/plan/dates/decide", which="2027-03-29T13:00", choice="")
    assert {} == await decided(parts)


async def test_dates_that_would_end_in_the_dark_are_left_out_by_rule(
    hub: Hub, ada: Browser, making: Making
) -> None:
    async with making() as make:
        canal = await make.place(hub.organisation, "The canal", outdoor_limit=12)
    path = await ruled(ada, hub, "FREQ=WEEKLY;BYDAY=SA", "2027-01-16")
    assert 'name="darkness"' not in ada.page
    await ada.post(f"{path}/plan/time", date="2027-01-16", time="15:00", minutes=120)
    outdoors: dict[str, Any] = {
        "way": "outdoors",
        "outdoor_place_id": canal.id,
        "no_remote_reason": "A walk.",
    }
    await ada.post(f"{path}/plan/ways", **outdoors)

    await ada.post(f"{path}/plan/dates", darkness="skip")
    await ada.get(f"{path}/plan/dates")
    assert "By your rule: it would be dark." in ada.page
    assert "Skipped: " in ada.page
    refused = await ada.post(
        f"{path}/plan/dates", on=f"{path}/plan/dates", darkness="next_same_weekday"
    )
    assert 422 == refused.status


async def test_a_date_is_moved_by_hand(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await ruled(ada, hub)
    await ada.get(f"{path}/plan/dates/move?which=2027-03-11T13:00")
    assert "Move Thursday 11 March 2027" in ada.page

    response = await ada.post(
        f"{path}/plan/dates/move", which="2027-03-11T13:00", date="2027-03-12", time="14:00"
    )

    assert f"{path}/plan/dates#d-2027-03-11" == response.headers["Location"]
    assert "2027-03-12 14:00:00" == str((await decided(parts))["2027-03-11"].moved_to)
    await ada.get(f"{path}/plan/dates?month=2027-03")
    assert "session moved to this day, at 2pm" in ada.page
    assert "session moved to another day" in ada.page
    assert "Instead of Thursday 11 March 2027." in ada.page


@pytest.mark.parametrize(
    ("part", "fields", "kept"),
    [
        ("time", {"date": "2027-02-31", "time": "25:00", "minutes": "many"}, "many"),
        ("rule", {"rule": "FREQ=DAILY", "ends_on": "2027-13-01"}, "2027-13-01"),
        ("rule", {"rule": SECOND_THURSDAY, "ends_on": "2026-01-01"}, "2026-01-01"),
        ("dates", {"bank_holiday": "burn"}, "School breaks"),
        (
            "dates/move",
            {"which": "2027-03-11T13:00", "date": "2020-01-01", "time": "14:00"},
            "2020-01",
        ),
        ("ways", {"limit_online": "lots"}, "lots"),
        ("hosts", {"help_phone": "x" * 41}, "x" * 41),
        ("words", {"neutral_title": NASTY * 2}, "عائشة"),
        ("hear", {"weeks_ahead": "99"}, 'value="99"'),
    ],
)
async def test_what_cannot_be_used_is_said_and_kept(
    hub: Hub, ada: Browser, parts: Parts, part: str, fields: dict[str, str], kept: str
) -> None:
    path = await ruled(ada, hub)
    before = (await the_series(parts)).version

    response = await ada.post(f"{path}/plan/{part}", **fields)

    assert 422 == response.status
    assert "Please check" in ada.page
    assert kept in ada.page
    assert before == (await the_series(parts)).version


async def test_what_is_missing_is_listed_before_starting(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)

    assert 200 == (await ada.get(f"{path}/plan/check")).status
    assert "Choose how often it comes." in ada.page
    assert 422 == (await ada.post(f"{path}/start")).status
    assert "This cannot be started yet." in ada.page


async def test_a_second_series_takes_over_everything_but_the_days(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await running(ada, hub)

    response = await ada.post(f"{path}/copy")

    second = response.headers["Location"].removesuffix("/plan/time?done=series-copied")
    await ada.get(f"{second}/plan/people")
    assert "Joan" in ada.page
    await ada.get(f"{second}/plan/check")
    assert "Choose how often it comes." in ada.page
    assert "Carers" in ada.page
    await ada.post(f"{second}/throw-away", on=f"{second}/throw-away")
    assert 404 == (await ada.get(second)).status


async def test_the_list_tells_running_series_from_drafts(hub: Hub, ada: Browser) -> None:
    await ada.get("/series")
    assert "Series you start will be listed here." in ada.page
    await running(ada, hub)
    await begin(ada, hub)

    await ada.get("/series")

    assert "Every second Thursday of the month" in ada.page
    assert "Thursday 11 February 2027, 1pm" in ada.page
    assert "Drafts" in ada.page


async def test_people_are_invited_to_every_date_and_taken_off(hub: Hub, ada: Browser) -> None:
    path = await running(ada, hub)
    await ada.get(f"{path}/people?q=B")
    assert "Take off" in ada.page

    await ada.post(f"{path}/people/add", group=hub.group.id)
    await ada.post(f"{path}/people/{hub.joan.id}/remove", on=f"{path}/people/{hub.joan.id}/remove")

    await ada.get(f"{path}/people")
    assert "Sid" in ada.page
    assert "Joan" not in ada.page
    await ada.post(f"{path}/people/add", person=hub.joan.id)
    assert "to every date?" in ada.page
    await ada.post(f"{path}/people/add", person=hub.joan.id, agreed="yes")
    await ada.get(f"{path}/people")
    assert "Joan" in ada.page


async def test_somebody_who_rang_is_counted_in_each_time(
    hub: Hub, ada: Browser, open_browser: OpenBrowser
) -> None:
    path = await running(ada, hub)
    ben = await open_browser(hub.ben)
    desk = f"{path}/people/{hub.joan.id}"

    assert 403 == (await ada.get(desk)).status
    refused = await ben.post(desk, on=desk, way="")
    assert 422 == refused.status
    await ben.post(desk, on=desk, way="phone", supporters=1, supporter_name="Ann")
    await ben.get(desk)

    assert "They are counted in each time, by phone." in ben.page
    assert re.search(r"They have a place on \d+ dates\.", ben.page)
    assert "Ann" in ben.page
    await ben.post(f"{desk}/stop")
    await ben.get(desk)
    assert "They answer for each date." in ben.page


async def test_the_desk_leads_from_one_date_to_coming_each_time(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    path = await running(ada, hub)
    first = (await dates_of(parts))[0]
    ben = await open_browser(hub.ben)
    async with making() as make:
        meeting = await make.db.get(Meeting, first.id)
        assert meeting is not None
        alf = await make.person(hub.organisation, "Alf")
        alone = await make.invitation(meeting, alf)

    await ben.get(f"/desk/{alone.id}")
    assert f'href="{path}/people/{alf.id}"' in ben.page
    response = await ben.get(f"{path}/people/{alf.id}")

    assert f"{path}/people?done=not-on-list" == response.headers["Location"]


ADDRESSES = ("", "/plan/check", "/plan/time", "/plan/dates", "/people", "/end", "/change/ways")


async def test_only_staff_who_plan_see_series_of_their_own_organisation(
    hub: Hub, ada: Browser, open_browser: OpenBrowser
) -> None:
    path = await running(ada, hub)
    nobody, dov, cleo = (
        await open_browser(),
        await open_browser(hub.dov),
        await open_browser(hub.cleo),
    )

    for address in ADDRESSES:
        assert 303 == (await nobody.get(f"{path}{address}")).status
        assert 404 == (await dov.get(f"{path}{address}")).status
    assert 200 == (await cleo.get(path)).status
    for address in ADDRESSES[1:]:
        assert 403 == (await cleo.get(f"{path}{address}")).status
    assert 404 == (await ada.get("/series/none")).status
    assert 404 == (await ada.get(f"/series/{UUID(int=1)}")).status


async def dates_of(parts: Parts) -> list[Meeting]:
    """Read every date that was made, earliest first."""
    async with parts.database.reading() as db:
        return list(await db.scalars(select(Meeting).order_by(Meeting.starts_at)))


def hidden(page: str) -> dict[str, Any]:
    """Give the hidden fields of a page, to be sent again."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        if name != "csrf":
            found.setdefault(name, []).append(value)
    return found


async def test_a_change_to_one_date_asks_how_far_it_reaches(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    await running(ada, hub)
    second = (await dates_of(parts))[1]
    change = f"/sessions/{second.id}/change/words"
    words = {"neutral_title": "Thursday session", "real_title": "Spring", "about": ""}

    await ada.post(change, on=change, version=second.version, **words)
    assert "Which dates should change?" in ada.page
    for scope in ("Only this one", "This one and those after it", "All to come"):
        assert scope in ada.page
    await ada.post(change, **hidden(ada.page), scope="this")
    await ada.post(change, **hidden(ada.page))

    titles = [each.real_title for each in await dates_of(parts)]
    assert ["Carers' circle", "Spring", "Carers' circle"] == titles[:3]


async def test_a_change_from_one_date_on_splits_the_series(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await running(ada, hub)
    made = await dates_of(parts)
    change = f"/sessions/{made[2].id}/change/time"
    when = {"date": "2027-04-08", "time": "14:00", "minutes": 90}

    await ada.post(change, on=change, version=made[2].version, **when)
    await ada.post(change, **hidden(ada.page), scope="following")
    assert "Before you save" in ada.page
    assert "From Thursday 8 April 2027 on, this is a series of its own." in ada.page
    response = await ada.post(change, **hidden(ada.page))

    assert response.headers["Location"].endswith("?done=series-changed")
    assert not response.headers["Location"].startswith(path)
    hours = [f"{each.starts_local:%H:%M}" for each in await dates_of(parts) if each.starts_local]
    assert ["13:00", "13:00", "14:00", "14:00"] == hours[:4]
    await ada.get(response.headers["Location"])
    assert "2pm to 3:30pm" in ada.page


async def test_another_day_from_one_date_on_asks_how_often(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    await running(ada, hub)
    made = await dates_of(parts)
    change = f"/sessions/{made[2].id}/change/time"
    when = {"date": "2027-04-14", "time": "13:00", "minutes": 120}

    await ada.post(change, on=change, version=made[2].version, **when)
    assert "All to come" not in ada.page
    await ada.post(change, **hidden(ada.page), scope="following")
    assert "How often from then on?" in ada.page
    assert re.search(r'value="FREQ=MONTHLY;BYDAY=2WE" checked', ada.page)
    await ada.post(change, **hidden(ada.page), rule="FREQ=MONTHLY;BYDAY=2WE")
    assert "Every second Wednesday of the month" in ada.page
    await ada.post(change, **hidden(ada.page))

    days = [f"{each.starts_local:%a}" for each in await dates_of(parts) if each.starts_local]
    assert ["Thu", "Thu", "Wed", "Wed"] == days[:4]


@pytest.mark.parametrize(
    ("part", "fields", "seen"),
    [
        ("time", {"time": "10:30", "minutes": 120}, "10:30am to 12:30pm"),
        ("rule", {"rule": "FREQ=WEEKLY;BYDAY=TH"}, "Every Thursday"),
        ("words", {"neutral_title": "Our session", "real_title": "", "about": ""}, "Our session"),
        ("hear", {"weeks_ahead": 8}, "8 weeks before each date"),
        ("dates", {"feast": "skip"}, "Feasts: Skip the date"),
    ],
)
async def test_a_change_on_the_page_of_the_series_is_for_all_to_come(
    hub: Hub, ada: Browser, parts: Parts, part: str, fields: dict[str, Any], seen: str
) -> None:
    path = await running(ada, hub)
    change = f"{path}/change/{part}"

    await ada.post(change, on=change, version=1, **fields)
    assert "Before you save" in ada.page
    assert seen in ada.page
    response = await ada.post(change, **hidden(ada.page))

    assert f"{path}?done=series-changed" == response.headers["Location"], ada.page
    await ada.get(path)
    assert seen in ada.page


async def test_going_back_keeps_what_was_typed(hub: Hub, ada: Browser) -> None:
    path = await running(ada, hub)
    change = f"{path}/change/words"

    await ada.post(change, on=change, version=1, neutral_title="Our session", real_title="Kept")
    fields = hidden(ada.page)
    fields.pop("agreed")
    await ada.post(change, **fields, back="yes")

    assert "What is it called?" in ada.page
    assert 'value="Our session"' in ada.page


async def test_a_change_that_leaves_somebody_without_a_way_must_be_agreed_to(
    hub: Hub, ada: Browser, open_browser: OpenBrowser
) -> None:
    path = await running(ada, hub)
    ben = await open_browser(hub.ben)
    await ben.post(f"{path}/people/{hub.sid.id}", on=f"{path}/people/{hub.sid.id}", way="phone")
    change = f"{path}/change/ways"

    await ada.post(change, on=change, version=1, **ways(hub, way=["online", "room"]))
    assert "1 person would have no way to join." in ada.page
    refused = await ada.post(change, **hidden(ada.page))
    assert 422 == refused.status
    saved = await ada.post(change, **hidden(ada.page), left_without=1)

    assert f"{path}?done=series-changed" == saved.headers["Location"]


async def test_somebody_else_was_quicker(hub: Hub, ada: Browser, open_browser: OpenBrowser) -> None:
    path = await running(ada, hub)
    change = f"{path}/change/hear"
    await ada.post(change, on=change, version=1, weeks_ahead=8)
    fields = hidden(ada.page)
    ben = await open_browser(hub.ben)
    await ben.post(change, on=change, version=1, weeks_ahead=4)
    await ben.post(change, **hidden(ben.page))

    assert 409 == (await ada.post(change, **fields)).status


async def test_a_series_ends_with_a_message(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await running(ada, hub)
    end = f"{path}/end"

    assert 422 == (await ada.post(end, on=end, last_day="soon", version=2, message="Bye")).status
    assert "Bye" in ada.page
    await ada.post(end, **hidden(ada.page), last_day="2027-02-28", message="The hall closes.")
    assert "End this series?" in ada.page
    assert "The hall closes." in ada.page
    assert "1 date to come would stay" in ada.page
    response = await ada.post(end, **hidden(ada.page))

    assert f"{path}?done=series-ended" == response.headers["Location"]
    states = [each.state for each in await dates_of(parts)]
    assert MeetingState.PUBLISHED is states[0]
    assert {MeetingState.CANCELLED} == set(states[1:])


async def guest_page(parts: Parts, making: Making, hub: Hub) -> str:
    """Give the path of Ewa's page for the next date."""
    first = (await dates_of(parts))[0]
    found = (await invitations(parts, first.id))[hub.ewa.id]
    async with making() as make:
        return make.link(found)


async def test_a_guest_is_counted_in_each_time_and_stops(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    await running(ada, hub)
    own = await guest_page(parts, making, hub)
    ewa = await open_browser()
    each_time = f"{own}/each-time"

    await ewa.get(own)
    assert "See all dates, or come each time" in ewa.page
    assert 422 == (await ewa.post(each_time, on=each_time, way="walking")).status
    await ewa.post(each_time, way="online")
    await ewa.get(each_time)

    assert "We have your answer: you come each time, online." in ewa.page
    assert re.search(r"You have a place on \d+ dates\.", ewa.page)
    await ewa.post(f"{each_time}/stop")
    await ewa.get(each_time)
    assert "We have your answer" not in ewa.page


async def test_a_guest_says_no_to_one_date_of_many(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    await running(ada, hub)
    own = await guest_page(parts, making, hub)
    ewa = await open_browser()
    await ewa.post(f"{own}/each-time", on=f"{own}/each-time", way="online")
    await ewa.get(f"{own}/each-time")
    second = re.findall(r'class="go" href="(/i/[^"]+)"', ewa.page)[1]

    await ewa.post(f"{second}/answer", on=second, answer="no")

    await ewa.get(f"{own}/each-time")
    assert "You said no to 1 date." in ewa.page


async def test_who_is_invited_to_one_date_only_reads_whom_to_ring(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    await running(ada, hub)
    async with making() as make:
        alone = await make.db.get(Meeting, (await dates_of(parts))[0].id)
        assert alone is not None
        other = await make.person(hub.organisation, "Alf")
        link = make.link(await make.invitation(alone, other))
    nobody = await open_browser()

    await nobody.get(f"{link}/each-time")

    assert "You are invited to this one date." in nobody.page
    assert 404 == (await nobody.get("/i/23456789abcd/each-time")).status


POSTS = ("/plan/time", "/plan/dates", "/start", "/copy", "/end", "/change/words", "/people/add")


async def test_only_staff_who_plan_change_series_of_their_own_organisation(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, parts: Parts
) -> None:
    path = await running(ada, hub)
    before = (await the_series(parts)).version
    nobody, dov, cleo = (
        await open_browser(),
        await open_browser(hub.dov),
        await open_browser(hub.cleo),
    )
    await cleo.get("/series")
    await dov.get("/series")

    for address in POSTS:
        fields = {"version": "1", "last_day": "2027-03-01", "date": "2027-03-01"}
        assert 303 == (await nobody.post(f"{path}{address}", **fields)).status
        assert 403 == (await cleo.post(f"{path}{address}", **fields)).status
        assert 404 == (await dov.post(f"{path}{address}", **fields)).status, address
    desk = f"{path}/people/{hub.joan.id}"
    assert 403 == (await ada.post(desk, way="phone")).status
    assert 404 == (await dov.post(desk, way="phone")).status

    assert before == (await the_series(parts)).version
