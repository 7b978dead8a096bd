"""When colleagues can help: told by themselves, kept for them by coordinators, by nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from service.parts import Parts
from service.storage.rota import Availability
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import rows, written_down
from tests.integration.hub import Hub, make_hub

WEEKLY: dict[str, Any] = {"weekdays": "1", "starts": "09:00", "ends": "13:30"}
AWAY = {"first_on": "2027-03-03", "last_on": "2027-03-05"}


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Make the hub."""
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


async def test_somebody_says_when_they_can_and_takes_it_back(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ada.id}"

    await ada.get(page)
    assert "When I can help" in ada.page
    await ada.post(f"{page}/weekly", **WEEKLY)
    await ada.post(f"{page}/away", **AWAY)
    await ada.get(page)
    assert "Tuesdays, 9am to 1:30pm" in ada.page
    assert "3 to 5 March 2027" in ada.page
    weekly, away = await rows(parts, Availability)
    assert (1, 540, 810) == (weekly.weekday, weekly.from_minute, weekly.until_minute)
    assert away.is_away
    for each in (weekly, away):
        await ada.post(f"{page}/remove", row=each.id)

    assert [] == await rows(parts, Availability)
    assert 2 * ["availability.added"] + 2 * ["availability.removed"] == await written_down(parts)


async def test_several_days_are_told_at_once_and_read_in_one_line(
    hub: Hub, ada: Browser, ben: Browser, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ada.id}"

    await ada.post(f"{page}/weekly", on=page, **WEEKLY | {"weekdays": ["0", "1", "2", "4", "1"]})

    assert {0, 1, 2, 4} == {each.weekday for each in await rows(parts, Availability)}
    assert 4 == len(await rows(parts, Availability))
    await ben.get("/rota/times")
    assert "Mondays to Wednesdays, 9am to 1:30pm" in ben.page
    assert "Fridays, 9am to 1:30pm" in ben.page


async def test_until_midnight_is_the_end_of_the_day(hub: Hub, ada: Browser, parts: Parts) -> None:
    page = f"/rota/times/{hub.ada.id}"

    await ada.post(f"{page}/weekly", on=page, **WEEKLY | {"starts": "18:00", "ends": "00:00"})

    (weekly,) = await rows(parts, Availability)
    assert 1440 == weekly.until_minute


@pytest.mark.parametrize(
    ("what", "typed", "words"),
    [
        ("weekly", WEEKLY | {"ends": "09:00"}, "It must end later than it begins."),
        ("weekly", {"starts": "09:00", "ends": "13:30"}, "Please tick at least one day."),
        ("weekly", WEEKLY | {"starts": ""}, "Please type a time, such as 13:30."),
        ("away", AWAY | {"last_on": "2027-03-02"}, "The last day must not come before the first."),
        ("away", {"first_on": "2027-01-01", "last_on": "2027-01-11"}, "These days are over."),
        ("away", AWAY | {"first_on": "soon"}, "Please type a date."),
    ],
)
async def test_bad_input_keeps_everything_typed_and_changes_nothing(
    what: str, typed: dict[str, Any], words: str, hub: Hub, ada: Browser, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ada.id}"

    response = await ada.post(f"{page}/{what}", on=page, **typed)

    assert 422 == response.status
    assert words in ada.page
    assert all(f'value="{value}"' in ada.page for value in typed.values() if value)
    assert [] == await rows(parts, Availability)


async def test_a_day_that_no_week_has_is_refused(hub: Hub, ada: Browser, parts: Parts) -> None:
    page = f"/rota/times/{hub.ada.id}"

    response = await ada.post(f"{page}/weekly", on=page, **WEEKLY | {"weekdays": "7"})

    assert 422 == response.status
    assert [] == await rows(parts, Availability)


async def test_nobody_tells_more_times_than_can_be_looked_through(
    hub: Hub, ada: Browser, making: Making, parts: Parts
) -> None:
    async with making() as make:
        make.db.add_all(
            Availability(
                organisation_id=hub.organisation.id,
                person_id=hub.ada.id,
                weekday=1,
                from_minute=minute,
                until_minute=minute + 1,
            )
            for minute in range(60)
        )
    page = f"/rota/times/{hub.ada.id}"

    response = await ada.post(f"{page}/weekly", on=page, **WEEKLY)

    assert 422 == response.status
    assert "more than we can keep" in ada.page
    assert 60 == len(await rows(parts, Availability))


async def test_a_coordinator_writes_down_what_colleagues_say(
    hub: Hub, ben: Browser, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ada.id}"

    await ben.get(page)
    assert "When Ada can help" in ben.page
    await ben.post(f"{page}/weekly", **WEEKLY)

    await ben.get("/rota/times")
    assert "Tuesdays, 9am to 1:30pm" in ben.page
    assert [hub.ada.id] == [each.person_id for each in await rows(parts, Availability)]


async def test_nobody_else_sees_or_changes_when_a_colleague_can(
    hub: Hub, ada: Browser, making: Making, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ben.id}"

    assert 403 == (await ada.get(page)).status
    assert 403 == (await ada.get("/rota/times")).status
    for what, typed in (("weekly", WEEKLY), ("away", AWAY), ("remove", {"row": hub.ben.id})):
        response = await ada.post(f"{page}/{what}", on=f"/rota/times/{hub.ada.id}", **typed)
        assert 403 == response.status, what
    assert [] == await rows(parts, Availability)


async def test_what_one_told_cannot_be_removed_by_way_of_another(
    hub: Hub, ada: Browser, ben: Browser, parts: Parts
) -> None:
    page = f"/rota/times/{hub.ben.id}"
    await ben.post(f"{page}/weekly", on=page, **WEEKLY)
    (row,) = await rows(parts, Availability)
    own = f"/rota/times/{hub.ada.id}"

    response = await ada.post(f"{own}/remove", on=own, row=row.id)

    assert 404 == response.status
    assert 1 == len(await rows(parts, Availability))


async def test_times_are_only_kept_for_staff_of_ones_own_organisation(
    hub: Hub, ben: Browser
) -> None:
    for person in (hub.dov, hub.ewa):
        assert 404 == (await ben.get(f"/rota/times/{person.id}")).status
        response = await ben.post(f"/rota/times/{person.id}/weekly", on="/rota/times", **WEEKLY)
        assert 404 == response.status


async def test_what_somebody_told_counts_on_the_wall_of_the_organisation(
    hub: Hub, ben: Browser, making: Making
) -> None:
    async with making() as make:
        kind = await make.kind(hub.organisation, code="greeted", roles=["greeter"])
        hosts = [hub.ada, hub.ben]
        meeting = await make.meeting(
            hub.organisation, kind, hosts=hosts, starts_in=timedelta(weeks=12)
        )
    assert meeting.starts_local is not None
    assert 10 == meeting.starts_local.hour
    page = f"/rota/times/{hub.cleo.id}"
    day = str(meeting.starts_local.weekday())

    await ben.post(f"{page}/weekly", on=page, weekdays=day, starts="10:00", ends="12:00")
    await ben.get(f"/sessions/{meeting.id}/rota/greeter")

    assert "Can at this time" in ben.page
