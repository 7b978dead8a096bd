"""Changing a published session: counted beforehand, saved as agreed, told to those who can see it."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.changing import Agreed, change_meeting
from service.actions.plans import details_of
from service.actor import Role
from service.errors import Conflict
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import MessageKind
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.hub import (
    Hub,
    invitations,
    make_hub,
    make_published,
    messages,
    tasks,
    the_meeting,
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
async def meeting(hub: Hub, making: Making) -> Meeting:
    """Publish a session: Ewa comes online and Sid by phone, Joan has not answered; all were told."""
    async with making() as make:
        return await make_published(make, hub)


def move(meeting: Meeting, **given: Any) -> dict[str, Any]:
    """Fill in the page of the time: another day."""
    return {"date": "2027-02-03", "time": "14:00", "minutes": 120, "version": 1} | given


def ways(hub: Hub, *chosen: Way, **given: Any) -> dict[str, Any]:
    """Fill in the page of ways."""
    limits = {Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 10}
    return {
        "way": [way.value for way in chosen],
        **{f"limit_{way}": limits[way] for way in chosen},
        "place_id": hub.hall.id,
        "version": 1,
    } | given


async def test_who_is_told_is_counted_before_anything_is_saved(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/time"

    response = await ada.post(path, on=path, **move(meeting))

    assert 200 == response.status
    for words in ("goes to 3 people", "1 person by email", "by phone call", "by letter"):
        assert words in ada.page
    assert "Wednesday 3 February 2027" in ada.page
    unchanged = await the_meeting(parts, meeting.id)
    assert (meeting.starts_at, 1) == (unchanged.starts_at, unchanged.version)
    assert 3 == len(await messages(parts))


async def test_a_moved_session_keeps_its_uids_and_raises_the_sequence(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    before = await invitations(parts, meeting.id)
    path = f"/sessions/{meeting.id}/change/time"

    response = await ada.post(path, on=path, agreed="yes", **move(meeting))

    assert f"/sessions/{meeting.id}?done=session-changed" == response.headers["Location"]
    after = await invitations(parts, meeting.id)
    for person_id, was in before.items():
        assert (was.uid, was.sequence + 1) == (after[person_id].uid, after[person_id].sequence)
        assert after[person_id].stamp > was.stamp
    assert after[hub.ewa.id].asked_again
    updates = [each for each in await messages(parts) if each.kind is MessageKind.UPDATE]
    assert [(hub.ewa.id, 1)] == [(each.person_id, each.version) for each in updates]
    assert {TaskKind.RING, TaskKind.POST} == {each.kind for each in await tasks(parts)}
    assert 2 == (await the_meeting(parts, meeting.id)).version


async def test_what_nobody_can_see_is_told_to_nobody(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/words"
    words: dict[str, Any] = {
        "neutral_title": "Tuesday session",
        "real_title": "Helpers’ circle",
        "version": 1,
    }
    await ada.post(path, on=path, **words)
    assert "cannot see this change" in ada.page

    await ada.post(path, agreed="yes", **words)

    assert "Helpers’ circle" == (await the_meeting(parts, meeting.id)).real_title
    assert 3 == len(await messages(parts))
    assert {0} == {each.sequence for each in (await invitations(parts, meeting.id)).values()}


async def test_a_changed_pin_is_told_to_those_who_join_by_phone_alone(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/ways"
    dial = {"phone_joining": "dial", "dial_number": "01632 960140", "dial_pin": "4711"}
    fields = ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM, **dial)

    await ada.post(path, on=path, agreed="yes", **fields)

    after = await invitations(parts, meeting.id)
    assert [0, 1, 1] == [after[each.id].sequence for each in (hub.ewa, hub.sid, hub.joan)]


async def test_nothing_changed_sends_nothing(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/words"

    response = await ada.post(
        path, on=path, neutral_title="Tuesday session", real_title="Carers' circle", version=1
    )

    assert f"/sessions/{meeting.id}?done=nothing-changed" == response.headers["Location"]


async def test_a_way_people_chose_is_dropped_only_when_that_was_agreed_to(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/ways"
    fields = ways(hub, Way.ONLINE, Way.ROOM)
    await ada.post(path, on=path, **fields)
    assert "1 person would have no way to join" in ada.page

    response = await ada.post(path, agreed="yes", **fields)

    assert 422 == response.status
    assert "Tick the box" in ada.page
    assert 3 == len((await the_meeting(parts, meeting.id)).offers)

    response = await ada.post(path, agreed="yes", left_without=1, **fields)

    assert 303 == response.status
    assert {Way.ONLINE, Way.ROOM} == {
        offer.way for offer in (await the_meeting(parts, meeting.id)).offers
    }
    (task,) = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert (hub.sid.id, Role.COORDINATOR) == (task.person_id, task.for_role)
    assert (await invitations(parts, meeting.id))[hub.sid.id].asked_again


async def test_a_way_that_comes_back_still_has_those_who_chose_it(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/ways"
    await ada.post(path, on=path, agreed="yes", left_without=1, **ways(hub, Way.ONLINE, Way.ROOM))

    back = ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM, version=2)
    await ada.post(path, agreed="yes", **back)

    offers = {each.way: each for each in (await the_meeting(parts, meeting.id)).offers}
    assert 1 == offers[Way.PHONE].taken
    (task,) = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert TaskState.OVERTAKEN is task.state


async def test_a_lower_limit_puts_nobody_out(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        await make.db.execute(update(Offer).where(Offer.way == Way.ONLINE).values(taken=7))
    path = f"/sessions/{meeting.id}/change/ways"

    fields = ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM, limit_online=5)
    await ada.post(path, on=path, agreed="yes", **fields)

    offers = {each.way: each for each in (await the_meeting(parts, meeting.id)).offers}
    online = offers[Way.ONLINE]
    assert (5, 7, 7) == (online.places, online.seats, online.taken)


async def test_a_higher_limit_calls_for_those_who_wait(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        full = update(Offer).where(Offer.way == Way.ONLINE).values(places=1, seats=1)
        await make.db.execute(full)
        joan = update(Invitation).where(Invitation.person_id == hub.joan.id)
        waiting = joan.values(answer=Answer.WAITING, way=Way.ONLINE, waiting_since=make.now)
        await make.db.execute(waiting)
    path = f"/sessions/{meeting.id}/change/ways"

    fields = ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM)
    await ada.post(path, on=path, **fields)
    assert "Online: what is free goes first to those who wait (1 person)." in ada.page
    await ada.post(path, agreed="yes", **fields)

    told = [each.person_id for each in await tasks(parts) if each.about == "place_offered"]
    assert [hub.joan.id] == told


async def test_a_lower_limit_says_that_nobody_loses_their_place(
    hub: Hub, ada: Browser, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        await make.db.execute(update(Offer).where(Offer.way == Way.ONLINE).values(taken=7))
    path = f"/sessions/{meeting.id}/change/ways"

    await ada.post(path, on=path, **ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM, limit_online=5))

    assert "Online: 7 places are taken, 2 more than the new limit." in ada.page
    assert "Nobody loses their place." in ada.page


async def test_two_people_changing_at_once_do_not_undo_each_other(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(hub.ben)
    path = f"/sessions/{meeting.id}/change/time"
    await ben.get(path)
    await ada.post(path, on=path, agreed="yes", **move(meeting))

    response = await ben.post(path, agreed="yes", **move(meeting, date="2027-02-10"))

    assert 409 == response.status
    assert "Someone else changed this" in ben.page
    moved = await the_meeting(parts, meeting.id)
    assert moved.starts_local is not None
    assert 3 == moved.starts_local.day


async def test_an_old_version_is_refused_to_programs_too(
    hub: Hub, parts: Parts, meeting: Meeting
) -> None:
    details = replace(details_of(await the_meeting(parts, meeting.id)), about="Bring tea")

    with pytest.raises(Conflict):
        async with parts.database.writing() as db:
            now = parts.clock.now()
            await change_meeting(db, hub.as_ada, meeting.id, details, Agreed(version=7), now=now)

    assert "" == (await the_meeting(parts, meeting.id)).about


async def test_a_change_that_could_not_be_published_is_refused_with_all_that_was_typed(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/"
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("ways", {"way": "room", "place_id": hub.hall.id}, "Nobody can join from home"),
        ("hosts", {"lead_id": hub.ada.id, "help_phone": "01"}, "Choose a second host"),
        ("words", {"neutral_title": "", "about": "Bring tea"}, "Give it a plain title"),
        ("time", move(meeting, date="2026-02-03"), "This time is over"),
    ]

    for part, fields, words in wrong:
        response = await ada.post(path + part, on=path + part, **({"version": 1} | fields))
        assert 422 == response.status
        assert words in ada.page
    assert 1 == (await the_meeting(parts, meeting.id)).version


async def test_going_back_keeps_what_was_typed(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/time"

    await ada.post(path, on=path, back="yes", agreed="yes", **move(meeting))

    assert 'value="2027-02-03"' in ada.page
    assert 1 == (await the_meeting(parts, meeting.id)).version


async def test_a_session_under_way_can_be_changed_and_one_that_is_over_cannot(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, clock: TestClock
) -> None:
    path = f"/sessions/{meeting.id}/change/words"
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    fields = {"neutral_title": "Tuesday session", "about": "We start late", "agreed": "yes"}
    clock.at = meeting.starts_at
    assert 303 == (await ada.post(path, on=path, version=1, **fields)).status
    clock.at = meeting.ends_at

    response = await ada.post(path, version=2, **(fields | {"about": "Over"}))

    assert 422 == response.status
    assert "This session is over" in ada.page


async def test_every_change_leaves_a_line_without_anybodys_words(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/change/words"

    await ada.post(
        path, on=path, agreed="yes", version=1, neutral_title="T", about="Secret", real_title="R"
    )

    async with parts.database.reading() as db:
        query = select(AuditLine).where(AuditLine.what == "meeting.changed")
        line = (await db.scalars(query)).one()
    assert (hub.ada.id, meeting.id) == (line.actor_id, line.subject_id)
    assert {"fields": "neutral_title real_title about"} == line.facts


async def test_the_page_of_a_session_counts_by_way_and_says_what_needs_a_look(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        await make.db.execute(update(Meeting).values(second_id=None))

    await ada.get(f"/sessions/{meeting.id}")

    for words in (
        "Ewa",
        "Coming",
        "Choose a second host",
        "1 person has not answered yet",
        "3 sent",
    ):
        assert words in ada.page
    assert "ewa@example.org" not in ada.page


async def test_names_go_after_a_fortnight_and_directors_see_numbers_only(
    hub: Hub, ada: Browser, meeting: Meeting, clock: TestClock, open_browser: OpenBrowser
) -> None:
    cleo = await open_browser(hub.cleo)
    await cleo.get(f"/sessions/{meeting.id}")
    assert "Ewa" not in cleo.page
    assert "not the names" in cleo.page
    assert f"/sessions/{meeting.id}/cancel" not in cleo.page
    assert meeting.ends_at is not None
    clock.at = meeting.ends_at.replace(month=3)

    assert 200 == (await ada.get(f"/sessions/{meeting.id}")).status

    assert "Ewa" not in ada.page


async def test_only_those_who_may_change_a_session_do(
    hub: Hub, meeting: Meeting, open_browser: OpenBrowser, making: Making
) -> None:
    async with making() as make:
        asha = await make.staff(hub.organisation, "Asha", Role.FACILITATOR)
    path = f"/sessions/{meeting.id}"
    changing = [
        f"{path}/change/time",
        f"{path}/cancel",
        f"{path}/copy",
        f"{path}/message",
        f"{path}/people/add",
        f"{path}/people/remove",
        f"{path}/people/{meeting.id}/remove",
    ]

    for person, status in ((hub.cleo, 403), (hub.dov, 404), (asha, 404)):
        browser = await open_browser(person)
        await browser.get("/sessions")
        for address in changing:
            answer = await browser.post(address, version=1, words="x", audience="coming")
            assert status == answer.status, address
    stranger = await open_browser()
    assert 303 == (await stranger.get(path)).status
