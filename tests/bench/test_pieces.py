"""How long the loop is held in one piece: by every page, by feeds that must be made, by the timers."""

import asyncio
import time
from asyncio.events import Handle
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import delete, select

from service.actions.feeds_keeping import keep_feeds
from service.actions.feeds_showing import Scribe
from service.actor import system_actor
from service.app import make_app
from service.demonstration.links import demo_links
from service.parts import Parts
from service.storage.feeds import CalendarBlock, Feed
from service.storage.people import Person
from service.storage.staff import SignIn, SignInRequest, StaffRole
from service.web.cookies import SIGN_IN
from service.web.shelf import SHELF
from tests.bench.measuring import Report, in_words
from tests.bench.test_feeds import a_feed_of_many
from tests.integration.conftest import TestClock
from tests.integration.demonstration import demonstration, send_all
from tests.known import known_in
from tests.people import NOW
from tests.visits import pages, visits

#: Target P17: longer than this nobody may hold the loop.
MOST_SECONDS = 0.010
ROUNDS = 3


class Pieces:
    """The longest piece of CPU time that the loop spent without a pause, by what was going on."""

    def __init__(self) -> None:
        self.now = ""
        self.longest: defaultdict[str, list[float]] = defaultdict(list)
        self._longest_here = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Time every step of the loop while the block runs."""
        run = Handle._run

        def timed(handle: Handle) -> None:
            began = time.thread_time()
            run(handle)
            self._longest_here = max(self._longest_here, time.thread_time() - began)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Handle, "_run", timed)
            yield

    async def of(self, what: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do some work and keep its longest piece."""
        self._longest_here = 0.0
        await work()
        await asyncio.sleep(0)
        self.longest[what].append(self._longest_here)

    def usual(self) -> dict[str, float]:
        """Give the longest piece of each, as it usually is: rubbish is collected at any time."""
        each = {what: sorted(found)[len(found) // 2] for what, found in self.longest.items()}
        return dict(sorted(each.items(), key=lambda one: -one[1]))


@pytest.mark.bench
async def test_longest_pieces_of_the_loop(
    database_url: str, home: Path, database_kind: str, report: Report
) -> None:
    pieces = Pieces()
    async with demonstration(database_url, home, TestClock(NOW)) as parts:
        path = await a_feed_of_many(parts)
        app = make_app(parts)
        async with TestClient(TestServer(app)) as client:
            cookies, looks = await everybody(parts)
            with pieces.watching():
                for _ in range(ROUNDS):
                    for who, name, address in looks:
                        await pieces.of(name, getting(client, address, cookies.get(who, "")))
                    for name, work in feeding(parts, app, client, path).items():
                        await pieces.of(name, work)

    longest = pieces.usual()
    over = {what: piece for what, piece in longest.items() if piece > MOST_SECONDS}
    for what, piece in (over or dict(list(longest.items())[:3])).items():
        report.note(f"longest piece of the loop: {what}", database_kind, in_words(piece))


async def everybody(parts: Parts) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Sign the staff of the demonstration in, and list who looks at which page."""
    letters = await send_all(parts)
    cookies = {}
    async with parts.database.writing() as db:
        links = await demo_links(db, parts.keys, parts.settings.public_url)
        known = await known_in(db, parts.keys, links, letters=letters, now=parts.clock.now())
        query = select(StaffRole.role, Person).join(Person, Person.id == StaffRole.person_id)
        query = query.join(SignInRequest, SignInRequest.person_id == Person.id)
        standing = query.where(SignInRequest.is_standing.is_(True))
        for role, person in (await db.execute(standing)).all():
            cookies[role.value] = f"{SIGN_IN}={role.value}"
            db.add(
                SignIn(
                    organisation_id=person.organisation_id,
                    person_id=person.id,
                    secret_hash=parts.keys.hashed("sign-in", role.value),
                    created_at=NOW,
                    expires_at=NOW + timedelta(days=9),
                )
            )
    looks = [
        (visit.who, route.path, visit.path) for route in pages() for visit in visits(route, known)
    ]
    return cookies, looks


def getting(
    client: TestClient[web.Request, web.Application], path: str, cookie: str
) -> Callable[[], Awaitable[object]]:
    """Make the work of looking at one page."""

    async def get() -> None:
        headers = {"Cookie": cookie} if cookie else {}
        async with client.get(path, headers=headers, allow_redirects=False) as response:
            await response.read()

    return get


def feeding(
    parts: Parts,
    app: web.Application,
    client: TestClient[web.Request, web.Application],
    path: str,
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Give the work with feeds: made from nothing, stored by the timer, joined from what is stored."""
    scribe = Scribe(parts.keys, parts.settings.public_url)

    async def from_nothing() -> None:
        async with parts.database.writing() as db:
            await db.execute(delete(CalendarBlock))
        await joined()

    async def stored() -> None:
        async with parts.database.writing() as db:
            feed = (await db.scalars(select(Feed).order_by(Feed.id.desc()).limit(1))).one()
            feed.version += 1
            await db.flush()
            actor = system_actor(feed.organisation_id)
            await keep_feeds(db, actor, scribe, now=parts.clock.now())

    async def joined() -> None:
        app[SHELF]._kept.clear()
        await getting(client, path, "")()

    return {
        "a feed of 200 events, made": from_nothing,
        "a feed of 200 events, stored": stored,
        "a feed of 200 events, joined": joined,
    }
