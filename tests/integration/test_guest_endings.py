"""What a guest's page is when there is nothing to answer, and the calendar file they may keep."""

from datetime import timedelta
from functools import partial

import pytest

from accessibility.contact import SAFE_CONTACT
from scheduling.meeting import MeetingState
from service.parts import Parts
from service.storage.invitations import Invitation
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.scenes import (
    NO,
    YES_BY_PHONE,
    YES_IN_ROOM,
    SetScene,
    set_scene,
)

FOR_THOSE_COMING = ("/calendar.ics", "/waiting/room", "/company")


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MeetingState.CANCELLED, ["This session is cancelled.", "The boiler broke.", "Carers"]),
        (MeetingState.DRAFT, ["This session is not ready yet"]),
    ],
)
async def test_a_session_that_is_not_on_says_so_kindly(
    scene_of: SetScene, open_browser: OpenBrowser, state: MeetingState, words: list[str]
) -> None:
    scene = await scene_of("Cleo", state=state, cancel_message="The boiler broke.")
    browser, link = await open_browser(), scene.links["Cleo"]

    response = await browser.get(link)

    assert 200 == response.status
    assert all(each in browser.page for each in words)
    assert f"{link}/answer" not in browser.page
    for more in FOR_THOSE_COMING:
        assert link == (await browser.get(link + more)).headers["Location"]


async def test_who_is_off_the_list_learns_nothing_of_the_session(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        own = await make.db.get(Invitation, scene.guests["Cleo"].id)
        assert own is not None
        own.removed_at = make.now
    browser, link = await open_browser(), scene.links["Cleo"]

    response = await browser.get(link)

    assert 200 == response.status
    assert "You are not on the list for this session" in browser.page
    assert "Carers" not in browser.page
    assert "January" not in browser.page
    assert 404 == (await browser.get(f"{link}/details")).status


async def test_answers_end_with_the_session_and_are_refused_kindly(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]
    await browser.get(link)
    assert scene.meeting.ends_at is not None
    clock.at = scene.meeting.ends_at

    response = await browser.post(f"{link}/answer", answer="yes", way="phone")

    assert 409 == response.status
    assert "This session is over" in browser.page
    await browser.get(link)
    assert f"{link}/answer" not in browser.page


async def test_the_calendar_file_is_for_this_persons_way_and_neutral(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_IN_ROOM)
    await scene.says("Dov", YES_BY_PHONE)
    browser = await open_browser()

    response = await browser.get(f"{scene.links['Cleo']}/calendar.ics")

    lines = browser.page.replace("\r\n ", "").splitlines()
    assert "text/calendar" == response.content_type
    assert 'attachment; filename="session.ics"' == response.headers["Content-Disposition"]
    assert f"UID:{scene.guests['Cleo'].uid}" in lines
    assert "SEQUENCE:1" in lines
    assert "SUMMARY:Tuesday session" in lines
    assert "LOCATION:Saggar Row Hall\\, Saggar Row\\, Burslem" in lines
    assert 1 == sum(line.startswith("ATTENDEE") for line in lines)
    assert any("PARTSTAT=ACCEPTED" in line for line in lines)
    assert not any(line.startswith("METHOD") for line in lines)
    assert "Carers" not in browser.page


async def test_the_same_version_is_the_same_file(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_BY_PHONE)
    browser, path = await open_browser(), f"{scene.links['Cleo']}/calendar.ics"

    await browser.get(path)
    first = browser.page
    clock.move(timedelta(days=3))
    await browser.get(path)

    assert first == browser.page


async def test_no_file_for_who_cannot_come_or_must_be_contacted_safely(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", NO)
    async with making() as make:
        await make.need(scene.guests["Dov"].person, SAFE_CONTACT)
    browser = await open_browser()

    for link in scene.links.values():
        await browser.get(link)
        assert "calendar.ics" not in browser.page
        assert link == (await browser.get(f"{link}/calendar.ics")).headers["Location"]
