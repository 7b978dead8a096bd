"""From planning to joining, walked on a phone without scripts: the facilitator and the person invited."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import update

from service.storage.servers import JitsiServer
from tests.browser.conftest import House, OpenAs
from tests.browser.walking import (
    Walk,
    addressee,
    comes_and_asks_for_a_loop,
    event_in,
    link_in,
    plain_words,
    read_event,
    says_yes,
)
from tests.chromium import PHONE
from tests.ports import free_port
from tests.visits import NOBODY

pytestmark = pytest.mark.browser
ROOM = """<!doctype html><html lang="en"><title>A room</title>
<meta name="viewport" content="width=device-width"><main><h1>A room.</h1></main></html>"""


@pytest.fixture
async def jitsi() -> AsyncIterator[str]:
    """Run a server that stands for Jitsi: another address than ours, with a page for every room."""

    async def room(_request: web.Request) -> web.Response:
        return web.Response(text=ROOM, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/{room}", room)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://localhost:{port}"
    await runner.cleanup()


async def test_a_facilitator_plans_publishes_changes_and_cancels_a_session(
    house: House, open_as: OpenAs
) -> None:
    await house.send_post()
    walk = Walk(await open_as("facilitator", PHONE), "facilitator")

    await plan_a_listening_hour(walk)
    await walk.sees("invitation", "Publish")
    await walk.press("Publish")
    await walk.sees("The session is published.")
    invited = await house.send_post()
    assert {"mags@example.org", "lewis@example.org"} <= {addressee(each) for each in invited}

    await walk.page.get_by_role("link", name="Change Day and time").click()
    await walk.stop()
    await walk.fill(time="15:30")
    await walk.press("Continue")
    await walk.sees("3:30pm", "Who will be told", "A message about this change goes to")
    await walk.press("Save and tell them")
    told = await house.letters_to("mags@example.org")
    method, event = event_in(told[0])
    assert ("REQUEST", 1) == (method, event.sequence)

    await walk.follow("Cancel this session")
    await walk.fill(message="The heating is broken. We are sorry.")
    await walk.press("Cancel this session")
    await walk.sees("The session is cancelled.")
    (last,) = await house.letters_to("mags@example.org")
    assert "CANCEL" == event_in(last)[0]
    assert "The heating is broken" in plain_words(last)


async def plan_a_listening_hour(walk: Walk) -> None:
    """Answer every question of planning, one page at a time, up to the last."""
    await walk.go("/sessions")
    await walk.follow("Plan a session")
    await walk.choose("What kind of session is it?", "Listening hour")
    await walk.press("Continue")
    await walk.fill(date="2027-02-02", time="14:00")
    await walk.press("Continue")
    await walk.fill(place_id="Kiln Street back room (holds 10)")
    await walk.press("Continue")
    await walk.fill(lead_id="Farzana", second_id="Deon")
    await walk.press("Continue")
    await walk.fill(q="joa")
    await walk.press("Find")
    await walk.tick("Joan")
    await walk.press("Add the people ticked")
    await walk.tick("Helpers' circle")
    await walk.press("Add these")
    await walk.press("Continue")
    await walk.fill(neutral_title="Tuesday session", real_title="Listening hour: the market")
    await walk.press("Continue")


async def test_a_session_without_a_second_host_cannot_be_published(
    open_as: OpenAs,
) -> None:
    walk = Walk(await open_as("facilitator", PHONE), "no-second-host")

    await walk.go("/sessions")
    await walk.follow("Thank you, all of you")
    await walk.press("Publish")

    await walk.sees("This cannot be published yet.", "Choose a second host.")


async def test_a_person_invited_answers_switches_and_brings_somebody(
    house: House, open_as: OpenAs
) -> None:
    letters = await house.letters_to("rose@example.org")
    letter = next(
        each for each in letters if "18:30" in plain_words(each) or "6:30pm" in plain_words(each)
    )
    method, event = event_in(letter)
    assert "REQUEST" == method
    assert "mailto:rose@example.org" == str(event["ATTENDEE"]).lower()
    walk = Walk(await open_as(NOBODY, PHONE), "participant")

    await walk.go(link_in(letter))
    await walk.sees("You have not answered yet.", "Evening circle")
    await walk.choose("How would you like to join?", "By phone")
    await says_yes(walk)
    await walk.sees("We have your answer: yes, by phone.")
    await walk.choose("How would you like to join?", "Online")
    await walk.press("Change how I join")
    await walk.sees("We have your answer: yes, online.", "Come back to this page from")
    await walk.follow("Somebody is coming with me")
    await walk.choose("Who is coming?", "Me and one person")
    await walk.fill(supporter_name="Bel")
    await walk.press("Save")
    await walk.sees("Bel")

    switched = [event_in(each)[1] for each in await house.letters_to("rose@example.org")]
    assert [str(event["UID"])] * len(switched) == [str(each["UID"]) for each in switched]
    assert switched[-1].sequence > event.sequence

    await its_calendar_file_says_the_same(walk, str(event["UID"]))
    await walk.press("I can’t come")
    await walk.sees("We have your answer: you can’t come.")


async def its_calendar_file_says_the_same(walk: Walk, uid: str) -> None:
    """Download the calendar file of the page and hold it against the invitation's."""
    link = walk.page.get_by_role("link", name="Add it to my calendar")
    response = await walk.page.context.request.get(await link.get_attribute("href") or "")
    _, event = read_event(await response.body())
    assert uid == str(event["UID"])
    assert timedelta(hours=2) == event.end - event.start


async def test_a_person_joins_when_the_time_has_come(
    house: House, open_as: OpenAs, jitsi: str
) -> None:
    walk = Walk(await open_as(NOBODY, PHONE), "joining")
    async with house.parts.database.writing() as db:
        await db.execute(update(JitsiServer).values(url=jitsi, version=JitsiServer.version + 1))

    await walk.go(house.link_of("Terry"))
    await walk.press("Join now")

    await walk.sees("A room.")
    assert walk.page.url.startswith(f"{jitsi}/")
    assert len(walk.page.url) > len(jitsi) + 12


async def test_before_its_time_a_session_cannot_be_joined_but_says_when(
    house: House, open_as: OpenAs
) -> None:
    walk = Walk(await open_as(NOBODY, PHONE), "too-early")
    house.clock.move(-timedelta(hours=3))

    await walk.go(house.link_of("Terry"))

    await walk.sees("Come back to this page from")
    await walk.sees_not("Join now.")
    assert 0 == await walk.page.get_by_role("button", name="Join now").count()


async def test_a_person_says_what_helps_and_sees_that_it_was_heard(
    house: House, open_as: OpenAs
) -> None:
    walk = Walk(await open_as(NOBODY, PHONE), "what-helps")
    link = await house.own_page("Val", "Listening hour: what belonging means")

    await comes_and_asks_for_a_loop(walk, link)

    await walk.sees("Thank you. We have got this.", "I need a hearing loop that works.")
    await walk.go(link)
    await walk.sees("We have it")
