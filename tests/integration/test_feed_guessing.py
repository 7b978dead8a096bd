"""Nobody guesses a feed's address, and nobody who has one is kept out by those who try (experiment E15)."""

import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.config import Settings
from service.parts import Parts, open_parts
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.feed_scene import a_feed, feed_scene

#: The whole experiment takes 100,000 guesses: MANYWAYS_TEST_GUESSES=100000.
GUESSES = int(os.environ.get("MANYWAYS_TEST_GUESSES", "400"))
#: So many wrong addresses a minute are looked up for one caller.
FREE = 20


@pytest.fixture
async def parts(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Open a service behind a proxy, which says whom it speaks for."""
    settings = Settings(
        home=home,
        database_url=database_url,
        worker_inside=False,
        trusted_proxies=(ip_network("127.0.0.0/8"),),
    )
    async with open_parts(settings) as opened:
        yield replace(opened, clock=clock)


@pytest.mark.parametrize("addresses", [1, 50])
async def test_guessing_finds_nothing_and_locks_nobody_out(
    addresses: int, making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    async with making() as make:
        scene = await feed_scene(make)
        path = await a_feed(make, scene.gil)
    client = (await open_browser()).client
    near = path.replace(".ics", "")[:-1] + ".ics"
    answers: Counter[int] = Counter()

    for number in range(GUESSES):
        caller = {"X-Forwarded-For": f"192.0.2.{number % addresses}"}
        guess = near if number % 7 == 0 else f"/feeds/{secrets.token_urlsafe(32)}.ics"
        response = await client.get(guess, headers=caller)
        answers[response.status] += 1
        if number % 50 == 0:
            assert 200 == (await client.get(path, headers=caller)).status

    looked_up = min(GUESSES, FREE * addresses)
    assert Counter({404: looked_up, 429: GUESSES - looked_up}) == answers
    clock.move(timedelta(minutes=1))
    again = await client.get(near, headers={"X-Forwarded-For": "192.0.2.0"})
    assert 404 == again.status
