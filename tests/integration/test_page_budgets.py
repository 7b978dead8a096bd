"""What every page may cost: queries, bytes, and nothing at all written by looking.

The pages come from the routes, the examples from the demonstration (`tests/visits.py`).
"""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event, select

from service.actions.feeds_keeping import keep_feeds
from service.actions.feeds_showing import Scribe
from service.actor import Role, system_actor
from service.demonstration.links import demo_links
from service.parts import Parts
from service.storage.organisations import all_organisations
from service.storage.people import Person
from service.storage.staff import SignInRequest, StaffRole
from service.storage.tables import METADATA
from service.web.context import SERVERS
from service.web.statics import FOLDER
from tests.integration.conftest import Browser, OpenBrowser, TestClock
from tests.integration.demonstration import demonstration, send_all
from tests.known import Known, fill_the_room, known_in
from tests.visits import NOBODY, REFUSALS, Visit, pages, visits

MOST_QUERIES = 8
#: Gzipped, the style sheet included where the page asks for it.
LARGEST_FOR_PARTICIPANTS, LARGEST = 14_000, 50_000
#: The look at which feed it is, by its address, goes past what is counted.
LOOK = 1
SPEAKING = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
STYLE = re.compile(r'rel="stylesheet" href="/static/[^/"]+/([^"]+)"')


@dataclass(frozen=True, slots=True)
class Cost:
    """What one look at a page cost."""

    visit: Visit
    queries: int
    size: int

    def troubles(self) -> Iterator[str]:
        """Say where it costs more than it may."""
        who, path = self.visit.who, self.visit.path
        if self.queries > MOST_QUERIES:
            yield f"{path} ({who}) asks the database {self.queries} times"
        most = LARGEST_FOR_PARTICIPANTS if who == NOBODY else LARGEST
        if self.size > most:
            yield f"{path} ({who}) is {self.size} bytes gzipped with its style, of {most}"


@pytest.fixture
async def parts(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Open a service on a database in which the demonstration is laid out."""
    async with demonstration(database_url, home, clock) as parts:
        yield parts


@pytest.fixture
async def known(parts: Parts, clock: TestClock) -> Known:
    """Give the examples, once every letter that waited has been sent."""
    letters = await send_all(parts)
    async with parts.database.writing() as db:
        links = await demo_links(db, parts.keys, parts.settings.public_url)
        found = await known_in(db, parts.keys, links, letters=letters, now=clock.now())
        await fill_the_room(db, found)
    return found


@pytest.fixture
async def lookers(
    parts: Parts, open_browser: OpenBrowser, server: TestServer
) -> dict[str, Browser]:
    """Open a browser for each role of the demonstration's staff, and one for nobody.

    The service knows its Jitsi servers by heart, as it does a moment after it has begun.
    """
    await server.app[SERVERS].refresh()
    query = (
        select(StaffRole.role, Person)
        .join(Person, Person.id == StaffRole.person_id)
        .join(SignInRequest, SignInRequest.person_id == Person.id)
        .where(SignInRequest.is_standing.is_(True))
    )
    async with parts.database.reading() as db:
        staff: dict[Role, Person] = {row[0]: row[1] for row in await db.execute(query)}
    found = {role.value: await open_browser(person) for role, person in staff.items()}
    return found | {NOBODY: await open_browser()}


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect every statement that is sent to any database while the block runs."""
    sent: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith(SPEAKING):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


def all_visits(known: Known) -> list[Visit]:
    """Give every look at every page, those that are refused too."""
    return [visit for route in pages() for visit in visits(route, known)] + list(REFUSALS)


def size_of(page: str) -> int:
    """Give what a browser must fetch to show the page: itself and its style, gzipped."""
    size = len(gzip.compress(page.encode()))
    if style := STYLE.search(page):
        size += len(gzip.compress((FOLDER / style[1]).read_bytes()))
    return size


async def cost_of(visit: Visit, browser: Browser) -> Cost:
    """Look at a page once and say what it cost; files to keep have no limit of size.

    Calendars have none of queries: events that are not stored yet are made, some at a time.
    """
    with counting() as sent:
        response = await browser.get(visit.path)
    is_page = response.content_type == "text/html"
    queries = 0 if response.content_type == "text/calendar" else len(sent)
    return Cost(visit, queries, size_of(browser.page) if is_page else 0)


async def test_every_page_keeps_to_its_budget(known: Known, lookers: dict[str, Browser]) -> None:
    costs = [await cost_of(visit, lookers[visit.who]) for visit in all_visits(known)]

    assert [] == [trouble for cost in costs for trouble in cost.troubles()]


async def test_a_feed_costs_one_look_if_nothing_changed(
    parts: Parts, known: Known, lookers: dict[str, Browser]
) -> None:
    await keep_all_feeds(parts)
    browser = lookers[NOBODY]

    for path in (known.feed, f"/o/{known.slug}/sessions.ics"):
        with counting() as first:
            await browser.get(path)
        with counting() as again:
            response = await browser.get(path)

        assert 200 == response.status
        assert MOST_QUERIES >= len(first) + LOOK, path
        assert [] == again, path


async def test_looking_at_every_page_changes_nothing_but_that_it_is_written_down(
    parts: Parts, known: Known, lookers: dict[str, Browser]
) -> None:
    before = await everything(parts)

    for visit in all_visits(known):
        await lookers[visit.who].get(visit.path)
        head = await lookers[visit.who].client.head(
            visit.path, allow_redirects=False, headers=lookers[visit.who].headers
        )
        assert head.status < 500

    after = await everything(parts)
    lines = set(after.pop("audit")) - set(before.pop("audit"))
    assert before == after
    assert lines
    assert [] == [
        line for line in lines if "'person.read'" not in line and "'people.read'" not in line
    ]


def test_a_page_that_costs_too_much_would_be_named() -> None:
    costs = Cost(Visit(NOBODY, "/i/x"), queries=9, size=14_001)

    assert 2 == len(list(costs.troubles()))


async def everything(parts: Parts) -> dict[str, list[str]]:
    """Give every row of every table, to compare."""
    found = {}
    async with parts.database.reading() as db:
        for table in METADATA.sorted_tables:
            rows = await db.execute(select(table))
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found


async def keep_all_feeds(parts: Parts) -> None:
    """Store every event of every feed, as the timer does some at a time."""
    scribe, now = Scribe(parts.keys, parts.settings.public_url), parts.clock.now()
    async with parts.database.writing() as db:
        for house in await all_organisations(db):
            while await keep_feeds(db, system_actor(house.id), scribe, now=now):
                pass
