"""Somebody else pretends to be the Jitsi server: forged, replayed and oversized requests (experiment E12)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from aiohttp.test_utils import TestServer

from scheduling.online import ServerKind
from service.parts import Parts
from service.rooms.server import Secret
from service.rooms.signatures import is_signed
from service.web.jitsi.events import SIGNATURE
from tests.integration.conftest import Making
from tests.integration.events_scene import (
    APP,
    WEBHOOK,
    Told,
    a_server,
    bearer,
    count_stored,
    jaas_events,
    signature,
    written,
)

BODY = written(jaas_events()[3])
MEGABYTES = 10 * 1024 * 1024
#: Calls of one measurement, and how many measurements; the quickest counts, as noise only ever adds.
CALLS, TIMES = 200, 60


@pytest.fixture
async def jaas(making: Making, server: TestServer) -> AsyncIterator[Told]:
    """Give a JaaS server that tells us things."""
    told = await a_server(making, server, ServerKind.JAAS, app_id=APP, url="https://8x8.vc")
    yield told
    await told.client.session.close()


def forgeries(now: datetime) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Give everything a forger might send: what it is, its body and its headers."""
    good, old = signature(BODY, now), now - timedelta(seconds=301)
    new = now + timedelta(seconds=301)
    return {
        "wrong signature": (BODY, {SIGNATURE: signature(BODY, now, "whsec_guessed")}),
        "old time": (BODY, {SIGNATURE: signature(BODY, old)}),
        "time to come": (BODY, {SIGNATURE: signature(BODY, new)}),
        "old signature under a new time": (
            BODY,
            {SIGNATURE: f"{good.partition(',')[0]},{signature(BODY, old).partition(',')[2]}"},
        ),
        "changed body": (BODY.replace(b"Person 1", b"Person 9"), {SIGNATURE: good}),
        "no version": (BODY, {SIGNATURE: good.replace("v1=", "")}),
        "another version": (BODY, {SIGNATURE: good.replace("v1=", "v0=")}),
        "no signature": (BODY, {}),
        "no secret": (BODY, {"Authorization": "Bearer "}),
        "wrong secret": (BODY, bearer("guessed")),
        "the webhook's secret as the other": (BODY, bearer(WEBHOOK)),
    }


@pytest.mark.parametrize("forgery", forgeries(datetime(2027, 1, 12, 9, tzinfo=UTC)))
async def test_forgeries_are_refused_and_leave_one_line(
    forgery: str, jaas: Told, parts: Parts, now: datetime
) -> None:
    body, headers = forgeries(now)[forgery]

    with structlog.testing.capture_logs() as lines:
        response = await jaas.post(f"/jaas/{jaas.slug}", body, headers)

    assert 401 == response.status
    assert [{"event": "forged", "log_level": "warning", "server": jaas.slug}] == [
        line for line in lines if line["event"] != "request"
    ]
    assert 0 == await count_stored(parts)


async def test_the_same_body_is_taken_when_it_is_signed(
    jaas: Told, parts: Parts, now: datetime
) -> None:
    """The control: nothing but its proof kept the forgeries out."""
    response = await jaas.jaas(BODY, now)

    assert 200 == response.status
    assert 1 == await count_stored(parts)


async def test_a_replay_within_five_minutes_changes_nothing(
    jaas: Told, parts: Parts, now: datetime
) -> None:
    statuses = {(await jaas.jaas(BODY, now)).status for _ in range(5)}

    assert {200} == statuses
    assert 1 == await count_stored(parts)


@pytest.mark.parametrize("path", ["/jaas/{slug}", "/jitsi/{slug}/events/room/destroyed"])
@pytest.mark.parametrize("is_chunked", [False, True])
async def test_ten_megabytes_are_refused_before_they_were_read(
    path: str, is_chunked: bool, jaas: Told, server: TestServer
) -> None:
    how = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {MEGABYTES}"
    head = (
        f"POST {path.format(slug=jaas.slug)} HTTP/1.1\r\nHost: a\r\n{how}\r\n"
        "Authorization: Bearer a-secret-that-prosody-knows\r\n\r\n"
    ).encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n" if is_chunked else b" " * 0x10000
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(head)
    sent, answer = 0, asyncio.create_task(reader.readuntil(b"\r\n\r\n"))

    async with asyncio.timeout(15):
        while not answer.done() and sent < MEGABYTES:
            writer.write(chunk)
            await writer.drain()
            sent += len(chunk)
            await asyncio.sleep(0)
        first_line = (await answer).partition(b"\r\n")[0]

    assert b" 413 " in first_line
    assert sent < MEGABYTES / 2
    writer.close()


async def test_a_secret_that_was_replaced_is_good_until_its_end(
    jaas: Told, parts: Parts, now: datetime
) -> None:
    secrets = [Secret(b"old", now + timedelta(hours=1)), Secret(b"new")]

    assert is_signed(signature(BODY, now, "old"), BODY, secrets, now)
    assert not is_signed(signature(BODY, now, "older"), BODY, secrets, now)


def wrong_at(place: int, now: datetime) -> str:
    """Give a signature in which one character is wrong."""
    at, _, made = signature(BODY, now).partition(",v1=")
    other = "A" if made[place] != "A" else "B"
    return f"{at},v1={made[:place]}{other}{made[place + 1 :]}"


def quickest(check: Callable[..., bool], headers: list[str], now: datetime) -> list[float]:
    """Time each header by turns, and give the quickest time of each."""
    secrets, found = [Secret(WEBHOOK.encode())], [float("inf")] * len(headers)
    for _ in range(TIMES):
        for number, header in enumerate(headers):
            began = time.process_time()
            for _ in range(CALLS):
                check(header, BODY, secrets, now)
            found[number] = min(found[number], time.process_time() - began)
    return found


def test_a_wrong_signature_takes_as_long_wherever_it_is_wrong(now: datetime) -> None:
    first, last = quickest(is_signed, [wrong_at(0, now), wrong_at(42, now)], now)

    assert abs(first - last) < 0.1 * first


def test_a_careless_comparison_would_have_been_found_out(now: datetime) -> None:
    """The control: the same measurement tells where a signature is wrong, if comparing stops there."""
    made = "a" * 200

    def careless(header: str, *_: object) -> bool:
        return all(ours == theirs for ours, theirs in zip(made, header, strict=True))

    first, last = quickest(careless, ["b" + made[1:], made[:-1] + "b"], now)

    assert abs(first - last) > 0.1 * first


async def test_a_body_that_is_not_ours_to_read_is_not_read_at_all(
    jaas: Told, server: TestServer
) -> None:
    head = f"POST /jaas/{jaas.slug} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(head.encode())

    async with asyncio.timeout(15):
        assert b" 401 " in await reader.readline()
    writer.close()


async def test_json_that_says_a_thing_twice_is_read_as_it_was_signed(
    jaas: Told, parts: Parts, now: datetime
) -> None:
    event = json.dumps(jaas_events()[0])
    twice = event[:-1] + ', "appId": "somebody-elses"}'

    response = await jaas.jaas(twice.encode(), now)

    assert 200 == response.status
    assert 1 == await count_stored(parts)
