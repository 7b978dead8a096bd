"""Feeds: unchanged, "not modified", and rebuilt after a change; against static bytes and a calendar server."""

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.ical.build import Invite, PartStat, event_block, zone_block
from scheduling.ical.feed import feed as joined
from scheduling.ways import Way
from service.actions.facts import Personal, facts_of, page_url
from service.actions.feeds_keeping import keep_feeds
from service.actions.feeds_showing import Scribe, feed_text
from service.actor import system_actor
from service.outbound.calendar import entry
from service.outbound.facts import cleaned
from service.parts import Parts
from service.storage.feeds import Feed
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from tests.bench.measuring import Case, Cost, Report, cost_of, side_by_side
from tests.bench.processes import HOST, running
from tests.bench.radicale import CALENDAR, cpu_of, radicale
from tests.bench.test_page import get
from tests.integration.feed_scene import OFFERS, a_feed
from tests.people import LONDON, Make

HOUSE = "Kiln Street Hub"
EVENTS = 200
CONNECTIONS = 16
MOST_BYTES = 1 << 20
REQUESTS = 800
FOREIGN_REQUESTS = 16


@pytest.mark.bench
async def test_a_feed_that_has_not_changed(
    parts: Parts, database_kind: str, report: Report, tmp_path: Path
) -> None:
    path = await a_feed_of_many(parts)
    url = parts.database.url.render_as_string(hide_password=False)
    async with running("tests.bench.serving", url, str(parts.settings.home)) as port:
        head, body = await ask(port, path)
        etag = header(head, "ETag")
        async with radicale(tmp_path, body) as (foreign_port, process):
            static, bare = "static bytes of the same size", "a bare handler"
            foreign = "Radicale's GET of the same calendar"
            cases = {
                "feed of 200 events": asking(port, path),
                static: asking(port, f"/bench/static/{len(body)}"),
                "feed not modified": asking(port, path, f"If-None-Match: {etag}\r\n"),
                bare: asking(port, "/bench/bare/1"),
                foreign: asking_radicale(foreign_port, process),
            }

            costs = await side_by_side(cases)

    for ours, baseline in (("feed of 200 events", static), ("feed not modified", bare)):
        report.compare(ours, database_kind, costs, baselines=[baseline])
        pairs = zip(costs[ours], costs[foreign], strict=True)
        times = median(theirs.cpu / our.cpu for our, theirs in pairs)
        report.note(f"{ours}: times as cheap as {foreign}", database_kind, f"{times:.0f}")
    report.note("feed of 200 events: bytes", database_kind, str(len(body)))


@pytest.mark.bench
async def test_a_feed_rebuilt_after_a_change(
    parts: Parts, database_kind: str, report: Report
) -> None:
    await a_feed_of_many(parts)
    now, scribe = parts.clock.now(), Scribe(parts.keys, parts.settings.public_url)
    async with parts.database.writing() as db:
        feed = (await db.scalars(select(Feed))).one()
        await keep_feeds(db, system_actor(feed.organisation_id), scribe, now=now)
    async with parts.database.writing() as db:
        some = select(Invitation.id).limit(1).scalar_subquery()
        await db.execute(update(Invitation).where(Invitation.id == some).values(sequence=7))
    invites = await all_invites(parts)

    async def rebuilt() -> None:
        async with parts.database.reading() as db:
            await feed_text(db, scribe, feed, now=now)

    async def built() -> None:
        whole(invites)

    async def ours() -> Cost:
        return await cost_of(rebuilt, times=1)

    async def theirs() -> Cost:
        return await cost_of(built, times=1)

    by_icalendar = "icalendar building all of it"
    costs = await side_by_side(
        {"feed rebuilt after one change": ours, by_icalendar: theirs}, rounds=9
    )

    async with parts.database.reading() as db:
        assert whole(invites) == await feed_text(db, scribe, feed, now=now)
    report.compare("feed rebuilt after one change", database_kind, costs, baselines=[by_icalendar])


async def a_feed_of_many(parts: Parts) -> str:
    """Make a guest with a meeting every day, one said yes to and one not answered by turns."""
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        kind, place = await make.kind(house), await make.place(house)
        guest = await make.person(house, "Guest")
        for number in range(EVENTS):
            meeting = await make.meeting(
                house,
                kind,
                hosts=hosts,
                starts_in=timedelta(days=number + 1),
                offers=OFFERS,
                place_id=place.id,
            )
            given = {"answer": Answer.YES, "way": Way.ONLINE} if number % 2 else {}
            await make.invitation(meeting, guest, **given)
        return await a_feed(make, guest)


async def all_invites(parts: Parts) -> list[Invite]:
    """Give what icalendar builds the whole of: every event's values, ready made and in order."""
    query = select(Invitation).join(Meeting).options(*WHOLE_INVITATION)
    async with parts.database.reading() as db:
        found = (await db.scalars(query.order_by(Meeting.starts_at, Invitation.id))).all()
        house = (await db.scalars(select(Organisation))).one()
    public_url = parts.settings.public_url
    urls = [page_url(each, parts.keys, public_url) for each in found]
    return [
        entry(cleaned(facts_of(each, house, Personal(), page_url=url)))
        for each, url in zip(found, urls, strict=True)
    ]


def whole(invites: Sequence[Invite]) -> bytes:
    """Build a feed with icalendar, from nothing."""
    events = [
        event_block(each, is_free=each.part_stat is not PartStat.ACCEPTED) for each in invites
    ]
    return joined(HOUSE, LONDON, zones=[zone_block(each) for each in invites], events=events)


async def ask(port: int, path: str, headers: str = "", *, times: int = 1) -> tuple[bytes, bytes]:
    """Ask for a path so many times over one connection, and give the last head and body.

    All is asked at once, so that the server never waits for us: what it takes under load is measured.
    """
    reader, writer = await asyncio.open_connection(HOST, port, limit=MOST_BYTES)
    head = body = b""
    asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{headers}\r\n".encode()
    writer.write(asked * times)
    for _ in range(times):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
    writer.close()
    await writer.wait_closed()
    return head, body


def header(head: bytes, name: str) -> str:
    """Take one header out of a head."""
    found = re.search(rf"(?im)^{name}: (.*?)\r$", head.decode())
    assert found is not None
    return found[1]


def asking(port: int, path: str, headers: str = "") -> Case:
    """Make the case of asking for a path many times over several connections."""

    async def case() -> Cost:
        cpu, began = float(await get(port, "/bench/cpu")), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(ask(port, path, headers, times=REQUESTS // CONNECTIONS))
        elapsed = time.perf_counter() - began
        used = float(await get(port, "/bench/cpu")) - cpu
        return Cost(used / REQUESTS, elapsed / REQUESTS)

    return case


def asking_radicale(port: int, process: int) -> Case:
    """Make the case of asking the other server, which closes after each answer."""

    async def case() -> Cost:
        cpu, began = cpu_of(process), time.perf_counter()
        for _ in range(FOREIGN_REQUESTS):
            head, body = await ask(port, CALENDAR, "Connection: close\r\n")
            assert b" 200 " in head.splitlines()[0] and b"BEGIN:VEVENT" in body
        elapsed = time.perf_counter() - began
        return Cost((cpu_of(process) - cpu) / FOREIGN_REQUESTS, elapsed / FOREIGN_REQUESTS)

    return case
