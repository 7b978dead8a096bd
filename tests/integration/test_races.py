"""Several people press the same or contrary buttons at the same moment, through real requests."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from random import Random
from typing import TypeVar

import pytest
from aiohttp import ClientResponse
from sqlalchemy import ColumnElement, func, select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.signing_in import make_request
from service.identifiers import new_id
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Group, Person
from service.storage.staff import SignInRequest
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, invitations, make_hub, make_published
from tests.integration.scenes import set_scene

AT_ONCE = 6
ROUNDS = 4
#: Printed with a failure by the walk's name; change it to walk elsewhere.
SEEDS = (1, 2)
STEPS = 12

M = TypeVar("M", Message, Task)


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Make the hub."""
    async with making() as make:
        return await make_hub(make)


async def at_once(presses: Iterable[Awaitable[ClientResponse]]) -> Counter[int]:
    """Press all of it at the same moment; counts the statuses. None is our fault."""
    statuses = Counter(response.status for response in await asyncio.gather(*presses))
    assert not [status for status in statuses if status >= 500], statuses
    return statuses


async def seats_add_up(parts: Parts) -> None:
    """Hold that by each way the seats taken are those of people who said yes or are offered one."""
    seats = func.count() + func.sum(Invitation.supporters)
    held = (
        select(Invitation.meeting_id, Invitation.way, seats)
        .where(Invitation.answer == Answer.YES, Invitation.removed_at.is_(None))
        .group_by(Invitation.meeting_id, Invitation.way)
    )
    async with parts.database.reading() as db:
        by_way = Counter({(row[0], row[1]): int(row[2]) for row in await db.execute(held)})
        for hold in await db.scalars(select(Hold).where(Hold.state == HoldState.OFFERED)):
            by_way[hold.meeting_id, hold.way] += hold.seats
        for offer in await db.scalars(select(Offer)):
            assert by_way.pop((offer.meeting_id, offer.way), 0) == offer.taken, offer.way
            assert offer.seats is None or offer.taken <= offer.seats
    assert {} == by_way


async def count(parts: Parts, *conditions: ColumnElement[bool]) -> int:
    """Count the rows of the table of the first condition that fulfil all of them."""
    async with parts.database.reading() as db:
        return await db.scalar(select(func.count()).where(*conditions)) or 0


async def test_publishing_by_two_at_once_tells_everybody_once(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada, ben = await open_browser(hub.ada), await open_browser(hub.ben)
    for _ in range(ROUNDS):
        async with making() as make:
            meeting = await make.meeting(
                hub.organisation, hub.kind, hosts=[hub.ada, hub.ben], state=MeetingState.DRAFT
            )
            for person in (hub.ewa, hub.joan, hub.sid):
                await make.invitation(meeting, person)
        page = f"/sessions/{meeting.id}"
        for browser in (ada, ben):
            await browser.get(f"{page}/plan/check")

        statuses = await at_once(
            browser.post(f"{page}/publish", dates_agreed="yes")
            for browser in (ada, ben)
            for _ in range(AT_ONCE // 2)
        )

        assert 1 <= statuses[303]
        assert 1 == await count(parts, Message.meeting_id == meeting.id)
        assert 2 == await count(parts, Task.meeting_id == meeting.id)
        assert 1 == await lines(parts, "meeting.published", meeting.id)


async def test_sessions_that_want_the_same_host_do_not_wait_for_each_other(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada, ben = await open_browser(hub.ada), await open_browser(hub.ben)
    for _ in range(ROUNDS):
        async with making() as make:
            drafts = [
                await make.meeting(
                    hub.organisation, hub.kind, hosts=hosts, state=MeetingState.DRAFT
                )
                for hosts in ([hub.ada, hub.ben], [hub.ben, hub.ada])
            ]
            for meeting in drafts:
                for person in (hub.ewa, hub.joan, hub.sid):
                    await make.invitation(meeting, person)
        pages = [f"/sessions/{meeting.id}" for meeting in drafts]
        for browser, page in zip((ada, ben), pages, strict=True):
            await browser.get(f"{page}/plan/check")

        statuses = await at_once(
            [
                browser.post(f"{page}/publish", **given)
                for browser, page in zip((ada, ben), pages, strict=True)
                for given in ({}, {"dates_agreed": "yes"})
            ]
        )

        assert {303, 422} >= set(statuses)
        for meeting in drafts:
            assert 1 == await count(parts, Message.meeting_id == meeting.id)
            assert 1 == await lines(parts, "meeting.published", meeting.id)


async def test_whoever_is_chosen_while_a_draft_is_published_is_told_or_not_on_the_list(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada, ben = await open_browser(hub.ada), await open_browser(hub.ben)
    for _ in range(ROUNDS * 3):
        async with making() as make:
            meeting = await make.meeting(
                hub.organisation, hub.kind, hosts=[hub.ada, hub.ben], state=MeetingState.DRAFT
            )
            await make.invitation(meeting, hub.ewa)
        page = f"/sessions/{meeting.id}"
        for browser in (ada, ben):
            await browser.get(f"{page}/plan/check")

        await at_once(
            [
                ada.post(f"{page}/publish", dates_agreed="yes"),
                ben.post(f"{page}/plan/people/add", person=[str(hub.joan.id)]),
                ben.post(f"{page}/plan/people/add", person=[str(hub.sid.id)]),
            ]
        )

        by_mail = {message.person_id for message in await of_meeting(parts, Message, meeting)}
        by_hand = {task.person_id for task in await of_meeting(parts, Task, meeting)}
        assert {*by_mail, *by_hand} == set(await invitations(parts, meeting.id))


async def test_an_answer_during_a_cancellation_is_no_news_after_it(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada, guest = await open_browser(hub.ada), await open_browser()
    for _ in range(ROUNDS * 2):
        async with making() as make:
            meeting = await make_published(make, hub)
        invitation = (await invitations(parts, meeting.id))[hub.ewa.id]
        link = f"/i/{parts.keys.link_for('invitation', invitation.id, 1)}"
        await guest.get(link)
        await ada.get(f"/sessions/{meeting.id}/cancel")

        await at_once(
            [
                guest.post(f"{link}/answer", answer="yes", way="phone"),
                ada.post(f"/sessions/{meeting.id}/cancel", version=1, message="Sorry"),
                guest.post(f"{link}/answer", answer="yes", way="room"),
            ]
        )

        waiting = [
            message
            for message in await of_meeting(parts, Message, meeting)
            if message.person_id == hub.ewa.id and message.state is MessageState.WAITING
        ]
        assert [MessageKind.CANCEL] == [message.kind for message in waiting]
        now = (await invitations(parts, meeting.id))[hub.ewa.id]
        versions = [
            message.version
            for message in await of_meeting(parts, Message, meeting)
            if message.person_id == hub.ewa.id
        ]
        assert len(set(versions)) == len(versions), "two messages share a SEQUENCE"
        assert now.sequence == waiting[0].version
        await seats_add_up(parts)


async def test_somebody_taken_off_while_they_answer_holds_no_seat_and_is_told_once(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada, ben, guest = await open_browser(hub.ada), await open_browser(hub.ben), await open_browser()
    for _ in range(ROUNDS * 2):
        async with making() as make:
            meeting = await make_published(make, hub)
        invitation = (await invitations(parts, meeting.id))[hub.ewa.id]
        link = f"/i/{parts.keys.link_for('invitation', invitation.id, 1)}"
        off = f"/sessions/{meeting.id}/people/{invitation.id}/remove"
        await guest.get(link)
        for browser in (ada, ben):
            await browser.get(off)

        await at_once(
            [
                guest.post(f"{link}/answer", answer="yes", way="phone"),
                ada.post(off),
                ben.post(off),
                guest.post(f"{link}/company", supporters=2),
            ]
        )

        told = [
            message
            for message in await of_meeting(parts, Message, meeting)
            if message.person_id == hub.ewa.id
        ]
        assert 1 == sum(message.kind is MessageKind.CANCEL for message in told)
        assert 1 == await lines(parts, "invitation.removed", invitation.id)
        await seats_add_up(parts)


async def test_a_task_is_finished_once(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(hub.ben)
    await ben.get("/today")
    for outcome in ("done", "answer", "not-reached", "wrong-number"):
        async with making() as make:
            meeting = await make_published(make, hub)
            task = Task(
                id=new_id(),
                organisation_id=hub.organisation.id,
                kind=TaskKind.RING,
                about="invitation",
                once=f"race {outcome}",
                person_id=hub.sid.id,
                meeting_id=meeting.id,
                due_at=make.now,
                created_at=make.now,
            )
            make.db.add(task)

        statuses = await at_once(
            ben.post(f"/tasks/{task.id}/{outcome}", outcome="told", answer="yes", way="phone")
            for _ in range(AT_ONCE)
        )

        if outcome != "not-reached":
            assert 1 == statuses[303], outcome
            assert 1 == await lines(parts, "task.done", task.id), outcome
        else:
            tries = await count(parts, AuditLine.what == "task.not-reached")
            async with parts.database.reading() as db:
                stored = await db.get(Task, task.id)
            assert stored is not None
            assert tries == stored.tries
        await seats_add_up(parts)


async def test_a_file_of_people_pressed_twice_is_imported_once(
    hub: Hub, parts: Parts, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(hub.ben)
    for number in range(ROUNDS):
        await ben.get("/people/import")
        await ben.post("/people/import", text=f"name;reach\nTerry {number};\nWim {number};\n")
        fields = {
            name: found.group(1)
            for name in ("packed", "fingerprint")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', ben.page))
        }

        await at_once(ben.post("/people/import/apply", **fields) for _ in range(AT_ONCE))

        assert 1 == await count(parts, Person.chosen_name == f"Terry {number}")
        assert 1 == await count(parts, Person.chosen_name == f"Wim {number}")


async def test_a_message_pressed_twice_is_sent_once(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    ada = await open_browser(hub.ada)
    async with making() as make:
        meeting = await make_published(make, hub)
    page = f"/sessions/{meeting.id}/message"
    await ada.get(page)
    await ada.post(page, audience="coming", words="Bring a cup.")
    once = re.findall(r'name="once" value="([^"]*)"', ada.page)

    await at_once(
        ada.post(page, audience="coming", words="Bring a cup.", agreed="yes", once=once)
        for _ in range(AT_ONCE)
    )

    assert 1 == await count(parts, Message.kind == MessageKind.ANNOUNCEMENT)


async def test_the_same_name_given_by_two_at_once_is_a_kind_refusal(
    hub: Hub, parts: Parts, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(hub.ben)
    await ben.get("/groups")
    for number in range(ROUNDS):
        await at_once(ben.post("/groups", name=f"Bakers {number}") for _ in range(AT_ONCE))
        assert 1 == await count(parts, Group.name == f"Bakers {number}")
        await at_once(ben.post("/places/new", name=f"Barn {number}") for _ in range(AT_ONCE))
        person: dict[str, object] = {"chosen_name": "Terry", "reference": f"T{number}"}
        person |= {"language": "en", "print_size": 16, "first": "email", "email": "t@example.org"}
        await at_once(press(ben, "/people/new", person) for _ in range(AT_ONCE))
        assert 1 == await count(parts, Person.reference == f"T{number}")


async def test_a_sign_in_link_pressed_in_two_places_opens_one(
    hub: Hub, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    browsers = [await open_browser() for _ in range(AT_ONCE)]
    for _ in range(ROUNDS):
        async with making() as make:
            request = make_request(parts.keys, hub.ada, now=make.now)
            make.db.add(request)
        link = f"/sign-in/{parts.keys.sign_in_secret(request.id)}"
        for browser in browsers:
            await browser.get(link)
            await browser.client.head(link)

        statuses = await at_once(browser.post(link, confirm="yes") for browser in browsers)

        assert {303: 1, 410: AT_ONCE - 1} == statuses


async def test_six_digits_cannot_be_guessed_by_asking_all_at_once(
    hub: Hub, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await browser.post("/sign-in", on="/sign-in", email=hub.ada.email)
    await browser.get("/sign-in/sent")

    statuses = await at_once(browser.post("/sign-in/code", code=f"{n:06d}") for n in range(12))

    assert {200, 429} >= set(statuses)
    async with parts.database.reading() as db:
        (stored,) = (await db.scalars(select(SignInRequest))).all()
    right = parts.keys.sign_in_code(stored.id)
    late = await browser.post("/sign-in/code", code=right)
    assert late.status in (200, 429)
    assert stored.tries <= 5


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_people_do_at_once_seats_add_up_and_nobody_is_told_twice(
    seed: int, parts: Parts, making: Making, open_browser: OpenBrowser
) -> None:
    random = Random(seed)
    names = ["Ewa", "Joan", "Sid", "Terry", "Wim", "Zoe"]
    scene = await set_scene(
        parts, making, *names, offers={Way.ONLINE: 2, Way.PHONE: 3, Way.ROOM: None}
    )
    guests = {name: await open_browser() for name in names}
    staff = await open_browser(scene.coordinator)
    for name, browser in guests.items():
        await browser.get(scene.links[name])
    page = f"/sessions/{scene.meeting.id}"
    await staff.get(f"{page}/people")

    def step() -> Awaitable[ClientResponse]:
        name = random.choice(names)
        invitation, link = scene.guests[name].id, scene.links[name]
        way = random.choice(["online", "phone", "room"])
        answer = random.choice(["yes", "no", "maybe", "waiting"])
        company = random.randrange(3)
        match random.randrange(8):
            case 0:
                return staff.post(f"{page}/people/{invitation}/remove")
            case 1:
                again = str(scene.guests[name].person_id)
                return staff.post(f"{page}/people/add", person=[again], agreed="yes")
            case 2:
                return staff.post(f"/desk/{invitation}", answer=answer, way=way, how="phone")
            case 3:
                return guests[name].post(f"{link}/company", supporters=company)
            case _:
                return guests[name].post(f"{link}/answer", answer=answer, way=way)

    for _ in range(STEPS):
        await at_once([step() for _ in range(AT_ONCE)])

        await seats_add_up(parts)
    told = await of_meeting(parts, Message, scene.meeting)
    versions = Counter((each.subject_id, each.version) for each in told)
    assert [] == [key for key, times in versions.items() if times > 1], f"seed {seed}"


def press(browser: Browser, path: str, fields: dict[str, object]) -> Awaitable[ClientResponse]:
    """Send fields given by name."""
    return browser.post(path, on="", **fields)


async def lines(parts: Parts, what: str, subject_id: object) -> int:
    """Count the audit lines of a kind about one thing."""
    return await count(parts, AuditLine.what == what, AuditLine.subject_id == subject_id)


async def of_meeting(parts: Parts, table: type[M], meeting: Meeting) -> Sequence[M]:
    """Give the messages or the tasks about a meeting."""
    async with parts.database.reading() as db:
        query = select(table).where(table.meeting_id == meeting.id)
        return (await db.scalars(query)).all()
