"""Feeds as calendar programs see them: what stands in them, when they change, and who gets none."""

from datetime import timedelta

import vobject
from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.staff import StaffMember
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.feed_scene import a_feed, feed_scene, fetch


def events(text: str) -> list[dict[str, str]]:
    """Read a feed with a library of somebody else's; each event's values by name."""
    calendar = vobject.readOne(text)
    return [
        {name: str(values[0].value) for name, values in event.contents.items()}
        for event in calendar.contents.get("vevent", [])
    ]


async def test_a_feed_shows_each_date_for_the_persons_own_way(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
    browser = await open_browser()

    response = await fetch(browser, path)

    first, second = events(browser.page)
    assert "text/calendar; charset=utf-8" == response.headers["Content-Type"]
    assert "private, max-age=900" == response.headers["Cache-Control"]
    assert "Content-Encoding" not in response.headers
    assert scene.invitations[0].uid == first["uid"]
    assert "Saggar Row Hall, Saggar Row, Burslem" == first["location"]
    assert first["description"].startswith("Come to Saggar Row Hall")
    assert ("OPAQUE", "TRANSPARENT") == (first["transp"], second["transp"])
    assert second["location"].startswith("Saggar Row Hall, Saggar Row, Burslem / by phone")
    assert not {"attendee", "organizer"} & (first.keys() | second.keys())
    assert "METHOD" not in browser.page
    assert 1 == browser.page.count("BEGIN:VTIMEZONE")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n" in browser.page


async def test_whoever_has_the_same_bytes_is_told_so(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        path = await a_feed(make, (await feed_scene(make)).gil)
    browser = await open_browser()
    etag = (await fetch(browser, path)).headers["ETag"]

    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = await fetch(browser, path, known)
        assert (304, "", etag) == (response.status, browser.page, response.headers["ETag"])
    assert 200 == (await fetch(browser, path, '"other"')).status
    head = await browser.client.head(path)
    assert (200, etag) == (head.status, head.headers["ETag"])
    assert (await fetch(browser, path)).headers["Content-Length"] == head.headers["Content-Length"]


async def test_what_is_called_off_stays_four_weeks_and_says_so(
    making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with making() as make:
        scene = await feed_scene(make, meetings=3)
        path = await a_feed(make, scene.gil)
        cancelled = {"state": MeetingState.CANCELLED, "cancelled_at": make.now}
        of = Meeting.id == scene.meetings[1].id
        await make.db.execute(
            update(Meeting).where(of).values(**cancelled, cancel_message="Ada is ill.")
        )
        taken_off = await make.db.get(Invitation, scene.invitations[2].id)
        assert taken_off is not None
        taken_off.removed_at = make.now
    browser = await open_browser()

    await fetch(browser, path)
    _, off, removed = events(browser.page)
    clock.move(timedelta(days=29))
    await fetch(browser, path)

    assert ("CANCELLED", "Cancelled: Tuesday session") == (off["status"], off["summary"])
    assert "This session is cancelled.\nAda is ill." in off["description"]
    assert "location" not in off
    assert ("CANCELLED", "TRANSPARENT") == (removed["status"], removed["transp"])
    assert "not on the list" in removed["description"]
    assert [scene.invitations[0].uid] == [event["uid"] for event in events(browser.page)]


async def test_what_a_person_says_no_to_leaves_their_calendar(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
        no = update(Invitation).where(Invitation.id == scene.invitations[0].id)
        await make.db.execute(no.values(answer=Answer.NO))
    browser = await open_browser()

    await fetch(browser, path)

    assert [scene.invitations[1].uid] == [event["uid"] for event in events(browser.page)]


async def test_a_feed_can_leave_out_what_was_mailed(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make, meetings=4)
        both = await a_feed(make, scene.gil)
        path = await a_feed(make, scene.gil, leaves_out_mailed=True)
        for number, state in enumerate([MessageState.SENT, MessageState.FAILED, MessageState.SENT]):
            await make.message(scene.invitations[number], state=state)
        held = update(Meeting).where(Meeting.id == scene.meetings[2].id)
        await make.db.execute(held.values(is_held=True))
    browser = await open_browser()

    await fetch(browser, both)
    assert 4 == len(events(browser.page))
    await fetch(browser, path)
    shown = [event["uid"] for event in events(browser.page)]
    async with making() as make:
        failed = update(Message).where(Message.subject_id == scene.invitations[1].id)
        await make.db.execute(failed.values(state=MessageState.WAITING))
    await fetch(browser, path)
    again = [event["uid"] for event in events(browser.page)]
    async with making() as make:
        stopped = update(Person).where(Person.id == scene.gil.id)
        await make.db.execute(stopped.values(email_stopped_at=make.now))
    await fetch(browser, path)

    assert [scene.invitations[number].uid for number in (1, 2, 3)] == shown
    assert [scene.invitations[number].uid for number in (2, 3)] == again
    assert 4 == len(events(browser.page))


async def test_plain_and_safe_feeds_tell_less(making: Making, open_browser: OpenBrowser) -> None:
    async with making() as make:
        scene = await feed_scene(make, meetings=1)
        await make.db.execute(update(Meeting).values(is_open=True))
        full = await a_feed(make, scene.gil)
        plain = await a_feed(make, scene.gil, is_neutral=True)
    browser = await open_browser()

    await fetch(browser, full)
    assert "Carers' circle" in browser.page
    assert "X-WR-CALNAME:Kiln Street Hub" in browser.page
    await fetch(browser, plain)
    assert "Carers" not in browser.page
    assert "X-WR-CALNAME:My sessions" in browser.page
    async with making() as make:
        await make.need(scene.gil, "SAF-CONTACT")
    await fetch(browser, full)

    (event,) = events(browser.page)
    assert "Your meeting" == event["summary"]
    assert "Questions? Ring 01632 960 101." == event["description"]
    assert not {"location", "url", "conference"} & event.keys()
    assert "/i/" not in browser.page
    assert "Kiln" not in browser.page.replace("@kiln.example.org", "")


async def test_hosts_see_what_they_run_and_link_to_the_staffs_page(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.ben, FeedKind.HOSTING)
        other = await make.meeting(scene.house, scene.kind, hosts=[scene.ada])
    browser = await open_browser()

    await fetch(browser, path)

    shown = events(browser.page)
    assert [f"{meeting.id}.host" for meeting in scene.meetings] == [each["uid"] for each in shown]
    assert all(each["url"].endswith(f"/sessions/{meeting.id}")
               for each, meeting in zip(shown, scene.meetings, strict=True))  # fmt: skip
    assert "Gil" not in browser.page
    assert str(other.id) not in browser.page


async def test_a_hosts_feed_opens_nothing_once_they_may_not_sign_in(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.ben, FeedKind.HOSTING)
    browser = await open_browser()
    assert 200 == (await fetch(browser, path)).status

    async with making() as make:
        gone = update(StaffMember).where(StaffMember.person_id == scene.ben.id)
        await make.db.execute(gone.values(disabled_at=make.now))

    assert 410 == (await fetch(browser, path)).status


async def test_the_public_feed_shows_public_meetings_without_ways_in(
    making: Making, open_browser: OpenBrowser
) -> None:
    path = "/o/kiln-street-hub/sessions.ics"
    async with making() as make:
        scene = await feed_scene(make)
        public = update(Meeting).where(Meeting.id == scene.meetings[0].id)
        await make.db.execute(
            public.values(is_public=True, dial_number="01632 960 140", dial_pin="482913")
        )
    browser = await open_browser()
    assert 404 == (await fetch(browser, path)).status

    async with making() as make:
        await make.db.execute(update(Organisation).values(is_public=True))
    etag = (await fetch(browser, path)).headers["ETag"]

    (event,) = events(browser.page)
    assert "PUBLIC" == event["class"]
    assert "482913" not in browser.page and "960 140" not in browser.page
    assert "/i/" not in browser.page and scene.invitations[0].uid not in browser.page
    async with making() as make:
        await make.db.execute(
            update(Meeting).where(Meeting.id == scene.meetings[1].id).values(is_public=True)
        )
    assert 200 == (await fetch(browser, path, etag)).status
    assert 2 == len(events(browser.page))


async def test_unknown_and_stopped_addresses_open_nothing(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        path = await a_feed(make, (await feed_scene(make)).gil)
    browser = await open_browser()
    async with making() as make:
        await make.db.execute(update(Feed).values(revoked_at=make.now))

    stopped = await fetch(browser, path)
    assert (410, "text/plain") == (stopped.status, stopped.content_type)
    unknown = await fetch(browser, "/feeds/nothing.ics")
    assert (404, "text/plain") == (unknown.status, unknown.content_type)
    assert len(browser.page) < 100
