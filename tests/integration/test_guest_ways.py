"""Choosing a way on the page: how to join by each, what happens when it is full, and pressing "Join now"."""

from datetime import datetime, timedelta
from functools import partial
from urllib.parse import unquote

import pytest

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.parts import Parts
from service.storage.organisations import Organisation
from service.storage.planned import PhoneJoining
from service.storage.servers import JitsiServer
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.scenes import YES_BY_PHONE, YES_IN_ROOM, Scene, SetScene, set_scene

YES_ONLINE = Reply(Answer.YES, Way.ONLINE)


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_a_full_way_asks_to_keep_or_to_wait(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Dov", YES_IN_ROOM)
    await scene.says("Cleo", YES_BY_PHONE)
    browser, link = await open_browser(), scene.links["Cleo"]

    await browser.get(link)
    assert "Full: waiting list." in browser.page
    response = await browser.post(f"{link}/answer", answer="yes", way="room")
    question = response.headers["Location"]
    await browser.get(question)

    assert f"{link}/waiting/room" == question
    assert "The room is full" in browser.page
    assert "Keep my place by phone" in browser.page
    assert (Answer.YES, Way.PHONE) == await answer_of(scene, "Cleo")

    await browser.post(f"{link}/answer", answer="waiting", way="room")
    await browser.get(link)
    assert "You are on the waiting list to join in the room." in browser.page
    assert (Answer.WAITING, Way.ROOM) == await answer_of(scene, "Cleo")


async def test_company_is_kept_a_place_by_the_same_way(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_BY_PHONE)
    browser, company = await open_browser(), f"{scene.links['Cleo']}/company"

    await browser.post(company, on=company, supporters=1, supporter_name="Dov <b>")
    await browser.get(scene.links["Cleo"])

    assert "A place is kept for you and for Dov &lt;b&gt;." in browser.page
    assert {Way.PHONE: 2} == await scene.taken()


async def test_company_without_room_is_refused_and_what_was_typed_stays(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_IN_ROOM)
    browser, company = await open_browser(), f"{scene.links['Cleo']}/company"

    for supporters, words in ((1, "Your own place is safe."), (7, "too big"), ("x", "a number")):
        response = await browser.post(
            company, on=company, supporters=supporters, supporter_name="Dov"
        )

        assert 422 == response.status
        assert words in browser.page
        assert 'value="Dov"' in browser.page
    assert {Way.ROOM: 1} == await scene.taken()


async def test_phone_joiners_see_number_and_pin_in_groups(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of(
        "Cleo",
        phone_joining=PhoneJoining.DIAL,
        dial_number="01632960140",
        dial_pin="482913705",
    )
    await scene.says("Cleo", YES_BY_PHONE)
    browser = await open_browser()

    await browser.get(scene.links["Cleo"])

    assert "Ring from 8:40am on Tuesday 26 January 2027" in browser.page
    assert "01632 960 140" in browser.page
    assert "482 913 705 #" in browser.page


async def test_those_we_ring_see_the_number_we_ring(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_BY_PHONE)
    browser = await open_browser()

    await browser.get(scene.links["Cleo"])

    assert "We ring you a few minutes before 9am, on this number" in browser.page
    assert "01632 960 555" in browser.page


async def test_join_now_leads_to_the_room_while_it_is_time(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_ONLINE)
    browser, link = await open_browser(), scene.links["Cleo"]
    opens, closes = times_of(scene)

    for at in (opens, closes - timedelta(seconds=1)):
        clock.at = at
        await browser.get(link)
        assert "Join now</button>" in browser.page
        response = await browser.post(f"{link}/join")

        room, _, hints = response.headers["Location"].partition("#")
        assert 303 == response.status
        assert f"https://meet.example.org/{scene.meeting.room_name}" == room
        assert 'userInfo.displayName="Cleo"' in unquote(hints)


async def test_before_its_time_the_page_says_when_and_the_room_stays_shut(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_ONLINE)
    browser, link = await open_browser(), scene.links["Cleo"]
    clock.at = times_of(scene)[0] - timedelta(seconds=1)

    response = await browser.post(f"{link}/join", on=link)
    await browser.get(response.headers["Location"])

    assert f"{link}/join" == response.headers["Location"]
    assert "not open yet" in browser.page
    assert "8:40am" in browser.page
    assert "Join now</button>" not in browser.page


async def test_after_its_time_the_session_is_over(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_ONLINE)
    browser, link = await open_browser(), scene.links["Cleo"]
    await browser.get(link)
    clock.at = times_of(scene)[1]

    response = await browser.post(f"{link}/join")
    await browser.get(link)

    assert link == response.headers["Location"]
    assert "This session is over." in browser.page


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (YES_BY_PHONE, "You said that you join another way"),
        (Reply(Answer.MAYBE, Way.ONLINE), "Please say first that you come online"),
    ],
)
async def test_only_who_comes_online_is_led_to_the_room(
    scene_of: SetScene, open_browser: OpenBrowser, clock: TestClock, reply: Reply, words: str
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", reply)
    browser, link = await open_browser(), scene.links["Cleo"]
    clock.at = times_of(scene)[0]

    response = await browser.post(f"{link}/join", on=link)

    assert f"{link}/join" == response.headers["Location"]
    await browser.get(f"{link}/join")
    assert words in browser.page


async def test_only_the_page_that_leads_to_the_room_may(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_ONLINE)
    browser = await open_browser()

    policies = {
        name: (await browser.get(link)).headers["Content-Security-Policy"]
        for name, link in scene.links.items()
    }

    assert "form-action 'self' https://meet.example.org;" in policies["Cleo"]
    assert "form-action 'self';" in policies["Dov"]


@pytest.mark.parametrize("jitsi_url", ["", "http://meet.example.org", "https://x.example; evil"])
async def test_a_server_that_cannot_be_used_sends_nobody_anywhere(
    scene_of: SetScene,
    open_browser: OpenBrowser,
    making: Making,
    clock: TestClock,
    jitsi_url: str,
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_ONLINE)
    async with making() as make:
        house = await make.db.get(Organisation, scene.organisation.id)
        assert house is not None
        server = await make.db.get(JitsiServer, house.server_id)
        assert server is not None
        server.url, server.version = jitsi_url, server.version + 1
    browser, link = await open_browser(), scene.links["Cleo"]
    clock.at = times_of(scene)[0]

    response = await browser.post(f"{link}/join", on=link)

    assert f"{link}/join" == response.headers["Location"]
    await browser.get(f"{link}/join")
    assert "Please ring us" in browser.page


def times_of(scene: Scene) -> tuple[datetime, datetime]:
    """Give from when and until when people may join."""
    assert scene.meeting.starts_at is not None
    assert scene.meeting.ends_at is not None
    early, late = timedelta(minutes=20), timedelta(minutes=30)
    return scene.meeting.starts_at - early, scene.meeting.ends_at + late


async def answer_of(scene: Scene, name: str) -> tuple[Answer, Way | None]:
    """Read an answer with its way."""
    own = await scene.look(name)
    return own.answer, own.way
