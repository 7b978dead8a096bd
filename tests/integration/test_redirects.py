"""E22: a press leads to a server that was configured, and the service itself asks nobody for it."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from socket import AF_UNIX, socket
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import update

from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.servers import JitsiServer
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.joining_scene import JITSI, YES_ONLINE, move_to_tokens, opens, press_join
from tests.integration.scenes import Scene, set_scene

ASTRAY = (
    *(
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https://evil.example/x",
        "///evil.example",
    ),
    *("user@evil.example", "https://meet.example.org@evil.example", "javascript:alert(1)"),
    *("%2f%2fevil.example", "\r\nLocation: https://evil.example", "/\t/evil.example"),
)
FIELDS = ("next", "url", "room", "server", "how", "return", "jwt", "config.x")
ODD_ROOMS = (
    *(
        "//evil.example/x",
        "\\\\evil.example",
        "../../evil",
        "a/b",
        "a?jwt=x",
        "a#config.x=1",
        "a%2fb",
    ),
    *("user@evil.example", ".@evil.example", "*", ".*", "a b", "a\nb", "A", "é"),
)
ODD_SERVERS = (
    *("http://meet.example.org", "//evil.example", "\\\\evil.example", "javascript:alert(1)"),
    *("https://meet.example.org@evil.example", "https://evil.example\\@meet.example.org"),
    *("https://meet.example.org?x=", "https://meet.example.org#", "ftp://meet.example.org", ""),
    *("https://meet.example.org\r\nX: y", "http://localhost.evil.example", "data:text/html,x"),
)


class Calls:
    """Every connection this process begins and every name it looks up, while it is listened for."""

    _heard: ClassVar[list[str] | None] = None
    _is_listening: ClassVar[bool] = False

    @classmethod
    @contextmanager
    def heard(cls) -> Iterator[list[str]]:
        """Collect hosts that are not this machine."""
        if not cls._is_listening:
            sys.addaudithook(cls._hear)
            cls._is_listening = True
        found: list[str] = []
        cls._heard = found
        try:
            yield found
        finally:
            cls._heard = None

    @classmethod
    def _hear(cls, event: str, given: tuple[Any, ...]) -> None:
        if cls._heard is None or event not in ("socket.connect", "socket.getaddrinfo"):
            return
        if event == "socket.connect" and given[0].family == AF_UNIX:
            return
        host = str(given[1][0] if event == "socket.connect" else given[0])
        if not _is_here(host):
            cls._heard.append(host)


def _is_here(host: str) -> bool:
    if host in ("localhost", "None"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def leads_astray(location: str) -> bool:
    """Tell whether a browser would go anywhere but to us or to the server as it is configured."""
    if any(letter in location for letter in "\r\n\t\\"):
        return True
    if location.startswith("/"):
        return location.startswith("//")
    is_exact = urlsplit(location).netloc == urlsplit(JITSI).netloc
    return not (is_exact and location.startswith(f"{JITSI}/"))


@pytest.fixture
async def scene(parts: Parts, making: Making, clock: TestClock) -> Scene:
    """Let Cleo come online, at a time when the room is open."""
    scene = await set_scene(parts, making, "Cleo")
    await scene.says("Cleo", YES_ONLINE)
    await move_to_tokens(making, scene)
    clock.at = opens(scene)
    return scene


@pytest.fixture
async def browser(scene: Scene, open_browser: OpenBrowser) -> AsyncIterator[Browser]:
    """Open Cleo's page."""
    browser = await open_browser()
    await browser.get(scene.links["Cleo"])
    yield browser


async def test_nothing_that_is_sent_along_changes_where_a_press_leads(
    scene: Scene, browser: Browser
) -> None:
    link, found = scene.links["Cleo"], []
    with Calls.heard() as calls:
        for where in ASTRAY:
            for path in (f"{link}/join", f"{link}/practice"):
                query = "&".join(f"{name}={quote(where, safe='')}" for name in FIELDS)
                response = await browser.client.post(
                    f"{path}?{query}",
                    data={"csrf": browser.token} | dict.fromkeys(FIELDS, where),
                    headers={"X-Forwarded-Host": "evil.example", "Referer": "https://evil.example"},
                    allow_redirects=False,
                )
                found.append((response.status, response.headers.get("Location", "")))

    assert {303} == {status for status, _ in found}
    assert [] == [location for _, location in found if leads_astray(location)]
    assert all(location.startswith(f"{JITSI}/") for _, location in found)
    assert [] == calls


async def test_a_forged_host_changes_nothing(scene: Scene, browser: Browser) -> None:
    response = await browser.client.post(
        f"{scene.links['Cleo']}/join",
        data={"csrf": browser.token},
        headers={"Host": "evil.example"},
        allow_redirects=False,
    )

    assert response.headers["Location"].startswith(f"{JITSI}/{scene.meeting.room_name}?jwt=")


@pytest.mark.parametrize("room", ODD_ROOMS)
async def test_a_room_that_could_be_something_else_leads_nowhere(
    scene: Scene, browser: Browser, parts: Parts, room: str
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Meeting).values(room_name=room))

    led = await press_join(browser, scene.links["Cleo"])

    assert f"{scene.links['Cleo']}/join" == led.location


@pytest.mark.parametrize("address", ODD_SERVERS)
async def test_a_server_that_is_not_plainly_safe_leads_nowhere(
    scene: Scene, browser: Browser, parts: Parts, address: str
) -> None:
    async with parts.database.writing() as db:
        values = {"url": address, "version": JitsiServer.version + 1}
        await db.execute(update(JitsiServer).values(**values))

    with Calls.heard() as calls:
        led = await press_join(browser, scene.links["Cleo"])
        shown = await browser.get(led.location)

    assert f"{scene.links['Cleo']}/join" == led.location
    assert "form-action 'self';" in shown.headers["Content-Security-Policy"]
    assert [] == calls


async def test_a_name_never_becomes_part_of_the_address(
    scene: Scene, browser: Browser, parts: Parts
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Person).values(chosen_name="x#@evil.example/?jwt=a&b\r\nX: y"))

    led = await press_join(browser, scene.links["Cleo"])

    assert not leads_astray(led.location)
    assert (JITSI, scene.meeting.room_name) == (led.host, led.room)


@pytest.mark.parametrize("where", ASTRAY)
def test_control_a_redirect_that_believes_what_is_sent_would_be_found(where: str) -> None:
    assert leads_astray(where)
    assert leads_astray(f"{JITSI}.evil.example/x")
    assert leads_astray(f"{JITSI}@evil.example/x")


def test_control_a_connection_to_elsewhere_would_be_heard() -> None:
    with Calls.heard() as calls, socket() as outside:
        outside.setblocking(False)
        outside.connect_ex(("192.0.2.1", 9))

    assert ["192.0.2.1"] == calls
