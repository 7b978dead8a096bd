"""A whole service laid out as the demonstration, with browsers signed in as anybody who is in it.

The demonstration is laid out once, at the tests' own time, and copied for each test that changes
something. Pages are opened as people open them: staff press the button behind their standing link,
people who were invited follow the link of their letter.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from playwright.async_api import Page
from sqlalchemy import select

from service.app import make_app
from service.config import Settings
from service.demonstration.laying_out import claim, lay_out
from service.demonstration.links import DemoLinks, demo_links
from service.outbound.tray import PostTray
from service.parts import Parts, open_parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.worker import Worker, worker_of
from tests.chromium import PHONE, Pages, Screen
from tests.compiling import compiled_once
from tests.integration.conftest import TestClock
from tests.ports import free_port

#: The demonstration's own morning: Tuesday 12 January 2027, nine o'clock in London.
MORNING = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)

OpenAs = Callable[..., Awaitable[Page]]


@dataclass(slots=True)
class House:
    """A running service: its address, its clock, its post, and the links into it."""

    parts: Parts
    clock: TestClock
    worker: Worker
    links: DemoLinks
    _signed_in: dict[str, dict[str, str]] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    @property
    def base_url(self) -> str:
        """Give the address of the front door."""
        return self.links.base_url

    @property
    def tray(self) -> PostTray:
        """Give the folder that letters land in."""
        return PostTray(self.parts.settings.post_folder)

    def link_of(self, person: str) -> str:
        """Give the path of a participant's own page; raises KeyError if the demonstration shows none."""
        found = {each.person: each.url for each in self.links.invitations}
        return urlsplit(found[person]).path

    async def own_page(self, person: str, title: str) -> str:
        """Give the path of somebody's page for the session with this title that is still to come."""
        query = select(Invitation).join(Person, Person.id == Invitation.person_id)
        query = query.join(Meeting, Meeting.id == Invitation.meeting_id).where(
            Person.chosen_name == person,
            Meeting.real_title.startswith(title),
            Meeting.ends_at > self.parts.clock.now(),
        )
        async with self.parts.database.reading() as db:
            found = (await db.scalars(query)).one()
        link = self.parts.keys.link_for("invitation", found.id, found.link_generation)
        return f"/i/{link}"

    async def sign_in(self, page: Page, role: str) -> None:
        """Sign in as the demonstration's person in this role, by the button behind the standing link.

        Later pages take over the cookies of the first, so that the button is pressed once.
        """
        if role not in self._signed_in:
            await page.goto(urlsplit(self.links.staff[role]).path)
            await page.get_by_role("button", name="Sign in").first.click()
            cookies = await page.context.cookies()
            self._signed_in[role] = {each["name"]: each["value"] for each in cookies}
        await page.context.add_cookies(
            [
                {"name": name, "value": value, "url": self.base_url}
                for name, value in self._signed_in[role].items()
            ]
        )

    async def send_post(self) -> list[EmailMessage]:
        """Send what waits in the outbox; give the letters that are new since the last time."""
        while await self.worker.send_due():
            pass
        return await asyncio.to_thread(self._new_letters)

    async def letters_to(self, address: str) -> list[EmailMessage]:
        """Send the post and give what is new for one mail address."""
        return [each for each in await self.send_post() if address in str(each["to"])]

    def _new_letters(self) -> list[EmailMessage]:
        fresh = [
            path
            for path in sorted(self.parts.settings.post_folder.glob("*.eml"))
            if path.name not in self._read
        ]
        self._read |= {path.name for path in fresh}
        return [
            message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
            for path in fresh
        ]


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    """Compile each statement once in a run, not once in each test."""
    with compiled_once():
        yield


def settings_at(home: Path) -> Settings:
    """Give the settings of a service in this folder, on a port of its own."""
    port = free_port()
    return Settings(
        home=home,
        database_url=f"sqlite:///{home / 'manyways.db'}",
        port=port,
        public_url=f"http://localhost:{port}",
        worker_inside=False,
    )


@pytest.fixture(scope="session")
async def demonstration(
    sqlite_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Path]:
    """Lay the demonstration out in a folder, to be copied."""
    home = tmp_path_factory.mktemp("demonstration")
    path = sqlite_template.removeprefix("sqlite+aiosqlite:///")
    await asyncio.to_thread(shutil.copyfile, path, home / "manyways.db")
    async with open_parts(settings_at(home)) as parts, parts.database.writing() as db:
        await claim(db)
        await lay_out(db, parts.keys, parts.sealer, now=MORNING)
    yield home


@asynccontextmanager
async def open_house(home: Path) -> AsyncIterator[House]:
    """Serve what is in the folder on a free port."""
    async with open_parts(settings_at(home)) as opened:
        clock = TestClock(MORNING)
        parts = with_changes(opened, clock=clock)
        settings = parts.settings
        async with parts.database.reading() as db:
            links = await demo_links(db, parts.keys, settings.public_url)
        worker = worker_of(parts)
        runner = web.AppRunner(make_app(parts), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings.port).start()
        try:
            yield House(parts, clock, worker, links)
        finally:
            await runner.cleanup()
            await worker.carriers.close()


@pytest.fixture
async def house(demonstration: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Give a demonstration of the test's own, which it may change."""
    home = tmp_path / "house"
    await asyncio.to_thread(shutil.copytree, demonstration, home)
    async with open_house(home) as opened:
        yield opened


@pytest.fixture(scope="session")
async def shared_house(
    demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Give the demonstration that all tests share which only look."""
    home = tmp_path_factory.mktemp("shared") / "house"
    await asyncio.to_thread(shutil.copytree, demonstration, home)
    async with open_house(home) as opened:
        yield opened


@pytest.fixture
def open_as(house: House, pages: Pages) -> OpenAs:
    """Open a page of the test's own house as somebody."""

    async def opened(who: str, screen: Screen = PHONE) -> Page:
        return await open_page(house, pages, who, screen)

    return opened


async def open_page(house: House, pages: Pages, who: str, screen: Screen) -> Page:
    """Open an empty page, without scripts; who a role is named after is signed in."""
    page = await pages.open(with_changes(screen, has_scripts=False), base_url=house.base_url)
    if who in house.links.staff:
        await house.sign_in(page, who)
    return page
