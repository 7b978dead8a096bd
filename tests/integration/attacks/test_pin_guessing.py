"""Nobody guesses a PIN, and nobody who has one is kept out by those who try (experiment E15's kin)."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpServer

from service.app import make_app
from service.config import Settings
from service.parts import Parts, open_parts
from service.storage.hot import Hot, Query
from service.web.attempts import Attempts
from service.web.context import LIMITS
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.phone_scene import GILS_PIN, HOPES_PIN, STARTS_IN, PhoneScene, phone_scene

#: The whole experiment takes 100,000 guesses: MANYWAYS_TEST_GUESSES=100000.
GUESSES = int(os.environ.get("MANYWAYS_TEST_GUESSES", "600"))
#: So many wrong PINs are looked up within ten minutes: of one caller, and from one address.
OF_A_CALLER, FROM_AN_ADDRESS = 5, 100
#: How often one rings again who is told that we are busy: a machine that does too much at once may stand
#: still for longer than the database has to answer.
RINGS = 20
SAID = {"too many times": "limited", "very busy": "busy", "do not know this PIN": "wrong"}


class Stumbling:
    """Quick reads of which every third fails, as on a database that stands still for a moment."""

    def __init__(self, hot: Hot) -> None:
        self._hot = hot
        self._asked = 0

    async def row(self, query: Query, key: str) -> tuple[Any, ...] | None:
        """Give the row, or fail."""
        self._asked += 1
        if self._asked % 3 == 0:
            raise TimeoutError
        return await self._hot.row(query, key)


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


@pytest.fixture
async def scene(making: Making, clock: TestClock) -> PhoneScene:
    """Make the scene, ten minutes before its session."""
    async with making() as make:
        scene = await phone_scene(make)
    clock.move(STARTS_IN - timedelta(minutes=10))
    return scene


async def dial(browser: Browser, pin: str, address: str, caller: str = "") -> str:
    """Ask for the room of a PIN, again where the service is too busy to look; gives how it went."""
    for _ in range(RINGS):
        went = await ring(browser, pin, address, caller)
        if went != "busy":
            return went
    raise TimeoutError


async def ring(browser: Browser, pin: str, address: str, caller: str = "") -> str:
    """Ask for the room of a PIN, once."""
    path = f"/phone/mapper?id={pin}" + (f"&from={caller}" if caller else "")
    response = await browser.client.get(path, headers={"X-Forwarded-For": address})
    assert 200 == response.status
    found = await response.json()
    if found["conference"]:
        return "in"
    return next(
        (went for words, went in SAID.items() if words in found["message"]), found["message"]
    )


def guesses() -> list[str]:
    """Make up PINs, the same each time, none of which is anybody's."""
    chance = random.Random(15)
    pins = (str(chance.randrange(10**8, 10**9)) for _ in range(GUESSES))
    return [pin for pin in pins if pin not in (GILS_PIN, HOPES_PIN)]


@pytest.mark.parametrize("addresses", [1, 5])
async def test_guessing_finds_nothing_and_is_limited_at_each_address(
    addresses: int, scene: PhoneScene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    browser = await open_browser()
    answers: Counter[str] = Counter()

    for number, pin in enumerate(guesses()):
        answers[await dial(browser, pin, f"192.0.2.{number % addresses}")] += 1

    looked_up = min(GUESSES, FROM_AN_ADDRESS * addresses)
    assert Counter({"wrong": looked_up, "limited": GUESSES - looked_up}) == answers
    assert "in" == await dial(browser, GILS_PIN, "198.51.100.7")
    clock.move(timedelta(minutes=10))
    assert "in" == await dial(browser, GILS_PIN, "192.0.2.0")


async def test_one_bad_caller_does_not_lock_the_menu(
    scene: PhoneScene, open_browser: OpenBrowser
) -> None:
    browser, menu = await open_browser(), "203.0.113.5"
    answers: Counter[str] = Counter()

    for number, pin in enumerate(guesses()):
        answers[await dial(browser, pin, menu, "07700900666")] += 1
        if number % 50 == 0:
            assert "in" == await dial(browser, GILS_PIN, menu, "01632960177")

    assert Counter({"wrong": OF_A_CALLER, "limited": GUESSES - OF_A_CALLER}) == answers
    assert "limited" == await dial(browser, GILS_PIN, menu, "07700900666")
    assert "in" == await dial(browser, HOPES_PIN, menu)


async def test_right_pins_are_never_counted(scene: PhoneScene, open_browser: OpenBrowser) -> None:
    browser, menu = await open_browser(), "203.0.113.5"

    went = {await dial(browser, GILS_PIN, menu, "01632960177") for _ in range(150)}

    assert {"in"} == went


async def test_who_is_told_to_ring_again_was_not_looked_for_and_is_not_counted(
    scene: PhoneScene, parts: Parts, aiohttp_server: AiohttpServer
) -> None:
    server = await aiohttp_server(make_app(replace(parts, hot=Stumbling(parts.hot))))
    answers: Counter[str] = Counter()

    async with TestClient(server) as client:
        browser = Browser(client)
        assert ["wrong", "wrong", "busy"] == [
            await ring(browser, pin, "192.0.2.9") for pin in guesses()[:3]
        ]
        for pin in guesses():
            answers[await dial(browser, pin, "192.0.2.1")] += 1
        assert "in" == await dial(browser, GILS_PIN, "198.51.100.7")

    limited = GUESSES - FROM_AN_ADDRESS
    assert Counter({"wrong": FROM_AN_ADDRESS, "limited": limited}) == answers


async def test_control_without_a_limit_every_guess_is_looked_up(
    scene: PhoneScene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    app = browser.client.app
    assert app is not None
    app[LIMITS].pins_by_address = Attempts(10**9, seconds=600)
    answers: Counter[str] = Counter()

    for pin in [*guesses(), GILS_PIN]:
        answers[await dial(browser, pin, "192.0.2.1")] += 1

    assert Counter({"wrong": GUESSES, "in": 1}) == answers
