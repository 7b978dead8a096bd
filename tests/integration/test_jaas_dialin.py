"""Number and PIN from 8x8, which is played by a server of the test's own."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpServer

from scheduling.meeting import MeetingState
from scheduling.notices import Change
from scheduling.online import ServerKind
from service.actions.publishing import publish_meeting
from service.actor import Role
from service.fetching_dial_in import TRIES, DialIns
from service.parts import Parts
from service.rooms.jaas_dialin import NUMBERS, PIN
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.planned import PhoneJoining
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.desks import rows
from tests.integration.phone_scene import PhoneScene, calling_server, phone_scene
from tests.people import NOW, actor_for
from tests.unit.rooms.test_jaas_dialin import ANSWER, APP
from tests.unit.rooms.test_jaas_dialin import NUMBERS as LINES

MUC = f"conference.{APP}.8x8.vc"
LACKING: dict[str, Any] = {"room_pin": None, "dial_number": "", "dial_pin": ""}


@dataclass(slots=True)
class EightByEight:
    """Answers as 8x8 does, or `instead`; keeps what it was asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    instead: web.Response | None = None

    async def pin(self, request: web.Request) -> web.Response:
        """Give the PIN of the room."""
        conference = request.query["conference"]
        self.asked.append(conference)
        body = json.dumps(ANSWER | {"conference": conference})
        return self.instead or web.Response(text=body, content_type="application/json")

    async def numbers(self, _request: web.Request) -> web.Response:
        """List the numbers."""
        return web.json_response(LINES)


@pytest.fixture
async def eight(aiohttp_server: AiohttpServer) -> AsyncIterator[EightByEight]:
    """Run the other side."""
    other = EightByEight()
    app = web.Application()
    app.router.add_get(PIN, other.pin)
    app.router.add_get(NUMBERS, other.numbers)
    app.router.add_get("/elsewhere", other.pin)
    running = await aiohttp_server(app)
    other.url = f"http://localhost:{running.port}"
    yield other


async def at_8x8(making: Making, eight: EightByEight, **given: Any) -> PhoneScene:
    """Make the scene with a server at 8x8, where numbers and PINs are theirs."""
    async with making() as make:
        where = {"kind": ServerKind.JAAS, "app_id": APP, "muc_domain": MUC, "url": eight.url}
        server = await calling_server(make, **where)
        scene = await phone_scene(make, server=server, **LACKING | given)
        for invitation in (scene.gils, scene.hopes):
            if scene.meeting.state is MeetingState.PUBLISHED:
                await make.message(invitation)
    return scene


async def test_a_draft_gets_number_and_pin_before_anybody_is_invited(
    making: Making, parts: Parts, eight: EightByEight
) -> None:
    scene = await at_8x8(making, eight, state=MeetingState.DRAFT)
    dial_ins = DialIns(parts)

    assert (1, 0) == (await dial_ins.look(), await dial_ins.look())
    async with parts.database.writing() as db:
        ada = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)
        await publish_meeting(db, ada, scene.meeting.id, now=NOW)

    (meeting,) = await rows(parts, Meeting)
    assert [f"{meeting.room_name}@{MUC}"] == eight.asked
    assert ("+44 330 808 1706", "4710238591026") == (meeting.dial_number, meeting.dial_pin)
    messages = await rows(parts, Message)
    assert {(MessageKind.INVITATION, NOW)} == {(each.kind, each.due_at) for each in messages}
    assert {0} == {each.sequence for each in await rows(parts, Invitation)}


async def test_what_is_published_at_once_waits_a_moment_and_goes_out_with_the_pin(
    making: Making, parts: Parts, eight: EightByEight
) -> None:
    scene = await at_8x8(making, eight, state=MeetingState.DRAFT)
    async with parts.database.writing() as db:
        ada = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)
        await publish_meeting(db, ada, scene.meeting.id, now=NOW)
    held = {each.due_at for each in await rows(parts, Message)}

    assert 1 == await DialIns(parts).look()
    waiting = [each for each in await rows(parts, Message) if each.state is MessageState.WAITING]

    assert {NOW + timedelta(minutes=1)} == held
    # Gil joins by phone: his invitation is written anew. Hope's never told of phones.
    assert {scene.gil.id: 1, scene.hope.id: 0} == {each.person_id: each.version for each in waiting}
    assert {MessageKind.INVITATION} == {each.kind for each in waiting}


async def test_people_invited_already_are_told_when_the_pin_comes(
    making: Making, parts: Parts, eight: EightByEight
) -> None:
    scene = await at_8x8(making, eight)
    await DialIns(parts).look()

    changed = {each.person_id: each.what_changed for each in await rows(parts, Invitation)}
    assert {scene.gil.id: Change.PHONE.value, scene.hope.id: ""} == changed


@pytest.mark.parametrize(
    "instead",
    [
        web.Response(status=500),
        web.Response(status=302, headers={"Location": "/elsewhere?conference=x"}),
        web.Response(text="<html>"),
        web.Response(text=json.dumps(ANSWER | {"id": False})),
    ],
    ids=["broken", "sent elsewhere", "a page", "no pin"],
)
async def test_without_a_pin_people_are_rung_and_a_coordinator_hears_of_it_once(
    instead: web.Response, making: Making, parts: Parts, eight: EightByEight
) -> None:
    scene = await at_8x8(making, eight)
    status, text, headers = instead.status, instead.text, dict(instead.headers)
    headers.pop("Content-Type", None)
    dial_ins = DialIns(parts)
    for tries in range(TRIES + 2):
        eight.instead = web.Response(status=status, text=text, headers=headers)
        await dial_ins.look()
        (meeting,) = await rows(parts, Meeting)
        is_rung = meeting.phone_joining is PhoneJoining.RING
        assert is_rung == (tries + 1 >= TRIES)

    tasks = await rows(parts, Task)
    assert [TaskKind.ROOM_TROUBLE] == [each.kind for each in tasks]
    assert [scene.gil.id] == [
        each.person_id for each in await rows(parts, Message) if each.kind is MessageKind.UPDATE
    ]
    assert TRIES == len(eight.asked)


async def test_a_draft_whose_server_is_away_stays_as_it_is(
    making: Making, parts: Parts, eight: EightByEight
) -> None:
    eight.url = "http://localhost:1"
    await at_8x8(making, eight, state=MeetingState.DRAFT)
    dial_ins = DialIns(parts)
    for _ in range(TRIES + 1):
        assert 0 == await dial_ins.look()

    (meeting,) = await rows(parts, Meeting)
    assert PhoneJoining.DIAL is meeting.phone_joining
    assert [] == await rows(parts, Task)


async def test_the_page_asks_for_nothing_that_8x8_gives(
    making: Making, parts: Parts, eight: EightByEight, open_browser: OpenBrowser
) -> None:
    scene = await at_8x8(making, eight, state=MeetingState.DRAFT)
    await DialIns(parts).look()
    browser, base = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}/plan"
    await browser.get(f"{base}/ways")
    shown = browser.page
    ways: dict[str, object] = {"way": ["online", "phone"], "phone_joining": "dial"}
    saved = await browser.post(
        f"{base}/ways", on=f"{base}/ways", **ways, dial_number="", dial_pin=""
    )

    (meeting,) = await rows(parts, Meeting)
    assert "We get the number and the PIN from 8x8" in shown
    assert 303 == saved.status
    assert ("+44 330 808 1706", "4710238591026") == (meeting.dial_number, meeting.dial_pin)
