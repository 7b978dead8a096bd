"""Every sample of what JaaS sends is put to our handlers: signed in every way, and of every type."""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from scheduling.online import ServerKind
from service.parts import Parts
from service.storage.room_events import StoredEvent
from service.web.jitsi.events import SIGNATURE
from tests.integration.conftest import Making, TestClock
from tests.integration.events_scene import FIXTURES, WEBHOOK, a_server, jaas_events

SIGNED: dict[str, Any] = json.loads((FIXTURES / "jaas-signature.json").read_text("utf-8"))
QUESTION: dict[str, Any] = json.loads((FIXTURES / "jaas-events.json").read_text("utf-8"))[
    "settings_provisioning"
]
#: Types of which something is kept: who came and went, also by phone, and when rooms opened and closed.
KEPT = ("ROOM_", "PARTICIPANT_", "DIAL_", "SIP_")


async def test_each_way_of_signing_is_taken_or_refused_as_the_vendor_means_it(
    making: Making, server: TestServer, clock: TestClock
) -> None:
    assert SIGNED["secret"] == WEBHOOK
    told = await a_server(making, server, ServerKind.JAAS)

    for case in SIGNED["cases"]:
        clock.at = datetime.fromtimestamp(case["valid_at"], UTC)
        headers = {SIGNATURE: case["header"], "Content-Type": "application/json"}
        response = await told.client.post(
            f"/jaas/{told.slug}", data=BytesIO(SIGNED["body"].encode()), headers=headers
        )
        assert (200 if case["expect"] else 401) == response.status, case["name"]
    await told.client.session.close()


async def test_each_type_of_event_is_taken_and_told_twice_kept_once(
    making: Making, server: TestServer, clock: TestClock, parts: Parts
) -> None:
    told = await a_server(making, server, ServerKind.JAAS)
    clock.at = datetime.fromtimestamp(jaas_events()[0]["timestamp"] / 1000, UTC)

    for event in (*jaas_events(), *reversed(jaas_events())):
        response = await told.jaas(event, clock.at)
        assert 200 == response.status, event["eventType"]
    await told.client.session.close()

    kept = [each for each in jaas_events() if each["eventType"].startswith(KEPT)]
    async with parts.database.reading() as db:
        assert len(kept) == await db.scalar(select(func.count()).select_from(StoredEvent))


@pytest.mark.parametrize("path", ["", "/settings"])
async def test_the_question_about_a_room_gets_values_that_jaas_takes(
    path: str, making: Making, server: TestServer, clock: TestClock
) -> None:
    told = await a_server(making, server, ServerKind.JAAS)

    response = await told.jaas(QUESTION["request"], clock.now(), path=path)
    answer: dict[str, Any] = await response.json()
    await told.client.session.close()

    assert 200 == response.status
    assert set(QUESTION["response"]) >= set(answer)
    assert isinstance(answer["lobbyEnabled"], bool)
    assert {"WAIT_FOR_APPROVAL", "WAIT_FOR_MODERATOR"} >= {answer.get("lobbyType")}
