"""After any edits, a feed agrees with the database, and "not modified" hides no change (experiment E32)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actions.feeds_keeping import keep_feeds
from service.actions.feeds_showing import Scribe, feed_text
from service.actor import system_actor
from service.parts import Parts
from service.storage.base import Db
from service.storage.feed_rows import PAST
from service.storage.feeds import CalendarBlock, Feed
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.messages import Message, MessageState
from service.storage.people import Person
from service.web.shelf import Written
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.feed_edits import EDITS, UNRELATED, Edit, Editor
from tests.integration.feed_scene import FeedScene, a_feed, feed_scene, fetch

STEPS = 40
Told = set[tuple[str, datetime, str, int]]


def read_by_vobject(text: str) -> Told:
    """Read what a feed tells, with one library."""
    found = vobject.readOne(text).contents.get("vevent", [])
    return {
        (
            event.uid.value,
            event.dtstart.value.astimezone(UTC),
            event.status.value,
            int(event.sequence.value),
        )
        for event in found
    }


def read_by_ical(text: str) -> Told:
    """Read what a feed tells, with another."""
    found = IcsCalendarStream.calendar_from_ics(text).events
    return {
        (
            event.uid,
            event.start_datetime.astimezone(UTC),
            str(event.status.value if event.status else ""),
            event.sequence or 0,
        )
        for event in found
    }


async def meant(db: Db, feed: Feed, now: datetime) -> Told:
    """Say what a guest's feed should tell, the slow and obvious way."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(Invitation).where(Invitation.person_id == feed.person_id)
    found: Told = set()
    for each in await db.scalars(query.options(*WHOLE_INVITATION)):
        meeting = each.meeting
        assert meeting.starts_at is not None and meeting.ends_at is not None
        if each.answer is Answer.NO or await left_out(db, feed, each):
            continue
        called_off = each.removed_at or meeting.cancelled_at
        is_off = each.removed_at is not None or meeting.state is MeetingState.CANCELLED
        last = called_off if is_off else meeting.ends_at
        if last is not None and last >= day - PAST:
            status = "CANCELLED" if is_off else "CONFIRMED"
            found.add((each.uid, meeting.starts_at, status, each.sequence))
    return found


async def left_out(db: Db, feed: Feed, invitation: Invitation) -> bool:
    """Tell whether the guest has this date by mail, and wants it once."""
    if not feed.leaves_out_mailed or invitation.meeting.is_held:
        return False
    if invitation.person.email_stopped_at is not None:
        return False
    states = (MessageState.WAITING, MessageState.SENDING, MessageState.SENT)
    mails = await db.scalars(select(Message).where(Message.subject_id == invitation.id))
    return any(mail.state in states for mail in mails)


class Undo(Exception):
    """Ends a transaction without keeping anything."""


async def from_nothing(parts: Parts, now: datetime) -> tuple[bytes, Told]:
    """Write the feed as if no event were stored, and say what it should tell."""
    scribe = Scribe(parts.keys, parts.settings.public_url)
    text, told = b"", set[tuple[str, datetime, str, int]]()
    with suppress(Undo):
        async with parts.database.writing() as db:
            await db.execute(delete(CalendarBlock))
            feed = (await db.scalars(select(Feed).limit(1))).one()
            told = await meant(db, feed, now)
            text = await feed_text(db, scribe, feed, now=now)
            raise Undo
    return text, told


async def keep(parts: Parts, scene: FeedScene, now: datetime) -> None:
    """Store events, as the timer does."""
    scribe = Scribe(parts.keys, parts.settings.public_url)
    async with parts.database.writing() as db:
        await keep_feeds(db, system_actor(scene.house.id), scribe, now=now)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_feed_agrees_with_the_database_whatever_was_edited(
    seed: int, parts: Parts, making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    chance, browser = Random(seed), await open_browser()
    async with making() as make:
        scene = await feed_scene(make, meetings=4)
        path = await a_feed(make, scene.gil)
    await fetch(browser, path)
    before, etag, answers = browser.page, Written.of(browser.page.encode()).etag, set()

    for _ in range(STEPS):
        edits = [chance.choice((*EDITS, *UNRELATED)) for _ in range(chance.randrange(3))]
        async with making() as make:
            for edit in edits:
                await edit(Editor(make, scene, chance))
        if not edits:
            clock.move(timedelta(days=3))
        if chance.random() < 0.3:
            await keep(parts, scene, clock.now())
        response = await fetch(browser, path, etag)
        text, told = await from_nothing(parts, clock.now())

        named = [edit.__name__ for edit in edits]
        assert (response.status == 304) == (text.decode() == before), named
        answers.add(response.status)
        if response.status == 200:
            assert text.decode() == browser.page, named
            assert etag != response.headers["ETag"]
            before, etag = browser.page, response.headers["ETag"]
        assert told == read_by_vobject(before) == read_by_ical(before), named
    assert {200, 304} == answers


@pytest.mark.parametrize("edit", UNRELATED, ids=lambda edit: edit.__name__)
async def test_what_concerns_nobodys_feed_is_not_modified(
    edit: Edit, making: Making, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
        await make.message(scene.invitations[0], state=MessageState.WAITING)
    etag = (await fetch(browser, path)).headers["ETag"]

    async with making() as make:
        await edit(Editor(make, scene, Random(1)))

    assert 304 == (await fetch(browser, path, etag)).status


async def test_without_the_touch_not_modified_would_hide_a_change(
    parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
    etag = (await fetch(browser, path)).headers["ETag"]
    renamed = update(Person).where(Person.id == scene.ada.id).values(chosen_name="Adele")

    async with AsyncSession(parts.database._writer) as db, db.begin():
        await db.execute(renamed)
    hidden = await fetch(browser, path, etag)
    async with parts.database.writing() as db:
        await db.execute(renamed)
    shown = await fetch(browser, path, etag)

    assert 304 == hidden.status
    assert (200, True) == (shown.status, "With Adele and Ben." in browser.page)
