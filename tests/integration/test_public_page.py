"""The public page: what everybody may see, for people and programs, and asking to join without an account."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select, update

from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.asking import MOST_IN_A_DAY
from service.actions.timers import JOBS
from service.actor import Role, system_actor
from service.keeping_time import tools_of
from service.parts import Parts
from service.storage.askings import Asking
from service.storage.audit import AuditLine
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Channel, Person
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.hub import Hub, make_hub, only_meeting, tasks

HOUSE = "/o/kiln-street-hub"
WAYS: dict[Way, int | None] = {Way.ROOM: 10, Way.ONLINE: 12, Way.PHONE: 4}
NASTY = '</script><img src=x onerror="alert(1)"> & Ada’s “circle” \u0628'
EWA = {"name": "Ewa K", "phone": "01632 960177", "email": "", "way": "phone", "words": "Parking?"}
LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub with a public page."""
    async with making() as make:
        hub = await make_hub(make)
        shown = update(Organisation).where(Organisation.id == hub.organisation.id)
        await make.db.execute(shown.values(is_public=True, public_words="Everybody is welcome."))
        return hub


@pytest.fixture
async def anybody(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give the browser of somebody who is not signed in."""
    return await open_browser()


@pytest.fixture
async def ben(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(hub.ben)


async def shown_session(making: Making, hub: Hub, **given: Any) -> Meeting:
    """Publish a session that everybody may see."""
    values: dict[str, Any] = {"is_public": True, "place_id": hub.hall.id, "offers": WAYS}
    async with making() as make:
        hosts = [hub.ada, hub.ben]
        return await make.meeting(hub.organisation, hub.kind, hosts=hosts, **values | given)


async def fetch(browser: Browser, path: str, etag: str = "", method: str = "GET") -> ClientResponse:
    """Ask as a program does."""
    headers = {"If-None-Match": etag} if etag else {}
    response = await browser.client.request(method, path, headers=headers)
    browser.page = await response.text()
    return response


async def ask(browser: Browser, meeting: Meeting, **given: str) -> ClientResponse:
    """Fill in the form on a session's page."""
    path = f"{HOUSE}/sessions/{meeting.id}"
    return await browser.post(f"{path}/ask", on=path, **EWA | given)


async def test_the_page_shows_public_sessions_and_the_phone_first(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    meeting = await shown_session(making, hub)
    await shown_session(making, hub, is_public=False, neutral_title="Secret circle")
    await shown_session(making, hub, state=MeetingState.DRAFT, neutral_title="Some day")

    response = await anybody.get(HOUSE)

    assert 200 == response.status
    assert "Everybody is welcome." in anybody.page
    assert "Tuesday session" in anybody.page
    assert "Secret circle" not in anybody.page and "Some day" not in anybody.page
    await anybody.get(f"{HOUSE}/sessions/{meeting.id}")
    assert anybody.page.index("tel:") < anybody.page.index("f-name")


async def test_nobody_is_named_nor_counted_and_a_closed_group_keeps_its_address(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    meeting = await shown_session(making, hub, about="Bring cake for Joan")
    async with making() as make:
        await make.invitation(meeting, hub.ewa)
    paths = (HOUSE, f"{HOUSE}/sessions/{meeting.id}")
    programs = ("json", "rss", "ics")

    told = [(await fetch(anybody, path), anybody.page)[1] for path in paths]
    told += [
        (await fetch(anybody, f"{HOUSE}/sessions.{each}"), anybody.page)[1] for each in programs
    ]

    for text in told:
        for secret in ("Ada", "Ben<", "Ewa", "Joan", "Saggar", "Burslem", "Carers", " of 10"):
            assert secret not in text, (secret, text)


async def test_an_open_kind_names_its_place_and_its_real_title(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    await shown_session(making, hub, is_open=True, real_title="Open day")

    await anybody.get(HOUSE)

    assert "Open day" in anybody.page
    assert "Saggar Row Hall" in anybody.page and "Saggar Row, Burslem" in anybody.page
    await fetch(anybody, f"{HOUSE}/sessions.ics")
    assert "Saggar Row Hall" in anybody.page and "Ada" not in anybody.page


async def test_a_house_without_a_public_page_looks_like_none(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    meeting = await shown_session(making, hub)
    rests = ("", f"/sessions/{meeting.id}", "/sessions.json", "/sessions.rss")
    async with making() as make:
        await make.db.execute(update(Organisation).values(is_public=False))

    hidden = [(await fetch(anybody, f"{HOUSE}{rest}")).status for rest in rests]
    unknown = [(await fetch(anybody, f"/o/no-such-house{rest}")).status for rest in rests]

    assert [404] * 4 == hidden == unknown


@pytest.mark.parametrize("rest", ["json", "rss"])
async def test_programs_are_told_when_nothing_changed(
    rest: str, anybody: Browser, hub: Hub, making: Making
) -> None:
    path = f"{HOUSE}/sessions.{rest}"
    meeting = await shown_session(making, hub)

    first = await fetch(anybody, path)
    etag = first.headers["ETag"]
    same = await fetch(anybody, path, etag)
    head = await fetch(anybody, path, method="HEAD")
    async with making() as make:
        await make.db.execute(update(Person).values(phone="01632 960111"))
    unrelated = await fetch(anybody, path, etag)
    async with making() as make:
        off = update(Meeting).where(Meeting.id == meeting.id)
        await make.db.execute(off.values(state=MeetingState.CANCELLED, cancelled_at=make.now))
    changed = await fetch(anybody, path, etag)

    assert [200, 304, 200, 304, 200] == [
        each.status for each in (first, same, head, unrelated, changed)
    ]
    assert etag == head.headers["ETag"] != changed.headers["ETag"]
    assert "*" == first.headers["Access-Control-Allow-Origin"]
    assert "Content-Encoding" not in first.headers


async def test_json_says_when_where_and_how(anybody: Browser, hub: Hub, making: Making) -> None:
    await shown_session(making, hub, is_open=True, real_title=NASTY)

    response = await fetch(anybody, f"{HOUSE}/sessions.json")

    (found,) = json.loads(anybody.page)["sessions"]
    assert "application/json" == response.content_type
    assert NASTY == found["title"]
    assert "2027-01-26T09:00+00:00" == found["starts_at"]
    assert ["phone", "online", "room"] == found["ways"]
    assert found["url"].endswith(f"{HOUSE}/sessions/{found['id']}")


async def test_rss_is_well_formed_whatever_people_type(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    await shown_session(making, hub, is_open=True, real_title=f"{NASTY}\ufffe")

    response = await fetch(anybody, f"{HOUSE}/sessions.rss")

    (item,) = ElementTree.fromstring(anybody.page).iter("item")  # noqa: S314 - our own bytes
    assert "application/rss+xml" == response.content_type
    assert NASTY == item.findtext("title")
    assert "Tuesday 26 January 2027, 9am to 11am" in (item.findtext("description") or "")


async def test_the_mark_up_says_that_one_can_come_or_join_from_home(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    await shown_session(making, hub, is_open=True, real_title=NASTY)
    await shown_session(making, hub, offers={Way.PHONE: 4}, starts_in=timedelta(days=15))
    await shown_session(
        making,
        hub,
        offers={Way.ROOM: 4},
        starts_in=timedelta(days=16),
        state=MeetingState.CANCELLED,
        cancelled_at=hub.organisation.created_at,
    )

    await anybody.get(HOUSE)

    [script] = LD.findall(anybody.page)
    mixed, remote, off = json.loads(script)
    assert NASTY == mixed["name"]
    modes = [each["eventAttendanceMode"].rpartition("/")[2] for each in (mixed, remote, off)]
    assert ["Mixed", "Online", "Offline"] == [
        each.removesuffix("EventAttendanceMode") for each in modes
    ]
    assert ["VirtualLocation", "Place"] == [each["@type"] for each in mixed["location"]]
    assert mixed["eventStatus"].endswith("EventScheduled")
    assert off["eventStatus"].endswith("EventCancelled")
    assert 'onerror="alert' not in anybody.page


async def test_what_is_called_off_stays_some_weeks_and_takes_no_questions(
    anybody: Browser, hub: Hub, making: Making, parts: Parts, clock: TestClock
) -> None:
    meeting = await shown_session(
        making,
        hub,
        starts_in=timedelta(days=60),
        state=MeetingState.CANCELLED,
        cancelled_at=clock.now(),
    )
    path = f"{HOUSE}/sessions/{meeting.id}"

    await anybody.get(HOUSE)
    assert "Cancelled" in anybody.page
    await anybody.get(path)
    assert "f-name" not in anybody.page
    other = await shown_session(making, hub)
    refused = await anybody.post(f"{path}/ask", on=f"{HOUSE}/sessions/{other.id}", **EWA)
    assert 422 == refused.status
    assert [] == await rows(parts, Asking)

    clock.move(timedelta(days=29))
    assert 404 == (await anybody.get(path)).status


async def test_what_is_over_is_gone(
    anybody: Browser, hub: Hub, making: Making, clock: TestClock
) -> None:
    meeting = await shown_session(making, hub)

    clock.move(timedelta(days=14, hours=3))

    assert 404 == (await anybody.get(f"{HOUSE}/sessions/{meeting.id}")).status


async def test_who_asks_to_join_becomes_a_task_for_a_coordinator(
    anybody: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)

    response = await ask(anybody, meeting)

    (asking,) = await rows(parts, Asking)
    (task,) = await tasks(parts)
    assert f"{HOUSE}?done=asked-to-join" == response.headers["Location"]
    assert ("Ewa K", "01632 960177", Way.PHONE) == (asking.name, asking.phone, asking.way)
    assert (TaskKind.ASK_TO_JOIN, Role.COORDINATOR, asking.id) == (
        task.kind,
        task.for_role,
        task.subject_id,
    )
    async with parts.database.reading() as db:
        lines = (await db.scalars(select(AuditLine))).all()
    assert "Ewa" not in str([line.facts for line in lines])


async def test_the_same_asked_twice_is_kept_once(
    anybody: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)

    answers = [await ask(anybody, meeting) for _ in range(2)]

    assert [303, 303] == [each.status for each in answers]
    assert 1 == len(await rows(parts, Asking)) == len(await tasks(parts))


async def test_who_fills_in_the_trap_is_thanked_and_forgotten(
    anybody: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)

    response = await ask(anybody, meeting, website="https://spam.example")

    assert f"{HOUSE}?done=asked-to-join" == response.headers["Location"]
    assert [] == [*await rows(parts, Asking), *await tasks(parts)]


async def test_people_we_know_and_strangers_are_answered_alike(
    anybody: Browser, hub: Hub, making: Making
) -> None:
    meeting = await shown_session(making, hub)

    known = await ask(anybody, meeting, name="Sid", phone="01632 960155")
    stranger = await ask(anybody, meeting, name="Gil", phone="01632 960999")

    assert known.headers["Location"] == stranger.headers["Location"]
    assert (303, 303) == (known.status, stranger.status)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please type a name."),
        ("phone", "", "Please give a phone number or an e-mail address"),
        ("phone", "ring me", "Please type one phone number"),
        ("email", "nobody", "Please type one e-mail address"),
        ("way", "outdoors", "Please choose one of these."),
        ("way", "by boat", "Please choose one of these."),
        ("words", "x" * 1001, "This is too long."),
    ],
)
async def test_bad_input_keeps_everything_typed(
    field: str, typed: str, words: str, anybody: Browser, making: Making, hub: Hub
) -> None:
    meeting = await shown_session(making, hub)

    response = await ask(anybody, meeting, **{field: typed})

    async with making() as make:
        kept = (await make.db.scalars(select(Asking))).all()
    assert 422 == response.status
    assert words in anybody.page
    assert "Parking?" in anybody.page or field == "words"
    assert [] == kept


async def test_one_address_may_ask_a_few_times_only(
    anybody: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)

    answers = [await ask(anybody, meeting, name=f"Gil {number}") for number in range(6)]

    assert [303] * 5 + [429] == [each.status for each in answers]
    assert 5 == len(await rows(parts, Asking))


async def test_a_flood_is_asked_to_ring(
    anybody: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)
    async with making() as make:
        make.db.add_all(
            Asking(
                organisation_id=hub.organisation.id,
                meeting_id=meeting.id,
                name=f"Gil {number}",
                phone="01632 960999",
                created_at=make.now,
            )
            for number in range(MOST_IN_A_DAY)
        )

    response = await ask(anybody, meeting)

    assert 422 == response.status
    assert "Please ring us." in anybody.page


async def test_one_press_adds_and_invites_who_asked(
    anybody: Browser, ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)
    await ask(anybody, meeting, email="ewa.k@example.org")
    (asking,) = await rows(parts, Asking)
    (task,) = await tasks(parts)

    await ben.get(f"/tasks/{task.id}")
    assert f"/askings/{asking.id}" in ben.page
    await ben.get(f"/askings/{asking.id}")
    assert "Ewa K asks to join" in ben.page and "Parking?" in ben.page
    done = await ben.post(f"/askings/{asking.id}/invite")

    new = next(each for each in await rows(parts, Person) if each.chosen_name == "Ewa K")
    (invitation,) = await rows(parts, Invitation)
    assert "/today?done=asking-invited" == done.headers["Location"]
    assert [Channel.EMAIL, Channel.CALL] == new.channels
    assert (new.id, Way.PHONE) == (invitation.person_id, invitation.way)
    assert TaskState.DONE in {each.state for each in await tasks(parts) if each.id == task.id}
    again = await ben.post(f"/askings/{asking.id}/invite")
    assert 422 == again.status
    assert 1 == len(await rows(parts, Invitation))


async def test_somebody_we_know_is_invited_as_themselves(
    anybody: Browser, ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    meeting = await shown_session(making, hub)
    before = len(await rows(parts, Person))
    async with making() as make:
        sid = update(Person).where(Person.id == hub.sid.id)
        await make.db.execute(sid.values(phone_key="+441632960155"))
    await ask(anybody, meeting, name="Sidney", phone="01632 960155")
    (asking,) = await rows(parts, Asking)

    await ben.get(f"/askings/{asking.id}")
    assert "We may know them already" in ben.page
    await ben.post(f"/askings/{asking.id}/invite", person_id=hub.sid.id)

    (invitation,) = await rows(parts, Invitation)
    assert hub.sid.id == invitation.person_id
    assert before == len(await rows(parts, Person))


async def test_what_strangers_left_is_forgotten_once_answered_or_long_ago(
    anybody: Browser, ben: Browser, hub: Hub, making: Making, parts: Parts, clock: TestClock
) -> None:
    meeting = await shown_session(making, hub)
    for name in ("Gil", "Ewa K"):
        await ask(anybody, meeting, name=name)
    (answered,) = [each for each in await rows(parts, Asking) if each.name == "Gil"]
    await ben.post(f"/askings/{answered.id}/settle", on=f"/askings/{answered.id}")
    tools = tools_of(parts)
    actor = system_actor(hub.organisation.id)

    left = []
    for days in (0, 2, 0, 89, 0):
        clock.move(timedelta(days=days))
        async with parts.database.writing() as db:
            await JOBS["forget-askings"](db, actor, tools, clock.now())
        left.append({each.name for each in await rows(parts, Asking)})

    assert [{"Gil", "Ewa K"}, {"Ewa K"}, {"Ewa K"}, set(), set()] == left
    states = [each.state for each in await tasks(parts)]
    assert {TaskState.DONE, TaskState.OVERTAKEN} == set(states)


async def test_an_asking_can_be_settled_another_way(
    anybody: Browser, ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    await ask(anybody, await shown_session(making, hub))
    (asking,) = await rows(parts, Asking)

    done = await ben.post(f"/askings/{asking.id}/settle", on=f"/askings/{asking.id}")

    assert 303 == done.status
    assert [TaskState.DONE] == [each.state for each in await tasks(parts)]
    assert [] == await rows(parts, Invitation)


async def test_only_coordinators_of_the_house_see_who_asks(
    anybody: Browser, hub: Hub, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    await ask(anybody, await shown_session(making, hub))
    (asking,) = await rows(parts, Asking)
    ada, dov = await open_browser(hub.ada), await open_browser(hub.dov)

    for rest in ("", "/invite", "/settle"):
        path = f"/askings/{asking.id}{rest}"
        method = "get" if not rest else "post"
        refused = await getattr(ada, method)(path, **({"on": "/sessions"} if rest else {}))
        unknown = await getattr(dov, method)(path, **({"on": "/today"} if rest else {}))
        nobody = await getattr(anybody, method)(path)
        assert (403, 404, 303) == (refused.status, unknown.status, nobody.status)
    assert [TaskState.OPEN] == [each.state for each in await tasks(parts)]


async def test_the_page_is_switched_on_in_set_up(
    hub: Hub, making: Making, open_browser: OpenBrowser, ben: Browser, parts: Parts
) -> None:
    async with making() as make:
        admin = await make.staff(hub.organisation, "Eve", Role.ADMIN)
    eve = await open_browser(admin)
    page = "/set-up/public"

    await eve.post(page, on=page, public_words="Come in.")
    (house,) = [each for each in await rows(parts, Organisation) if each.id == hub.organisation.id]
    assert (False, "Come in.") == (house.is_public, house.public_words)
    await eve.post(page, is_public="yes", public_words="Come in.")
    await eve.get(page)
    assert f"{HOUSE}/sessions.rss" in eve.page

    too_long = await eve.post(page, is_public="yes", public_words="x" * 2001)
    assert 422 == too_long.status
    assert 403 == (await ben.get(page)).status
    assert 403 == (await ben.post(page, on="/today", is_public="yes")).status


async def test_a_session_is_public_as_its_kind_is_unless_said_otherwise(
    ben: Browser, hub: Hub, making: Making, parts: Parts
) -> None:
    async with making() as make:
        await make.db.execute(update(Kind).values(is_public=True))
    begun = await ben.post("/sessions/new", on="/sessions/new", kind_id=hub.kind.id)
    path = begun.headers["Location"].removesuffix("/plan/time")
    assert (await only_meeting(parts)).is_public

    await ben.post(f"{path}/plan/words", on=f"{path}/plan/words", neutral_title="Tuesday session")

    assert not (await only_meeting(parts)).is_public
