"""The whole service beside what webhooks could cost at least, and at most, behind the same middlewares.

`python -m tests.bench.serving_rooms DATABASE_URL HOME` prints its port and serves until its input ends.
"""

import sys
from pathlib import Path

from aiohttp import web

from service.app import make_app
from service.cli.serving import LOG_EVERY_SECONDS
from service.cli.speaking import run
from service.config import Settings
from service.parts import open_parts
from service.rooms.bodies import read_object
from service.rooms.events import Unknown
from service.rooms.jaas_events import read_jaas
from service.rooms.signatures import is_signed
from service.storage.room_events import StoredEvent, facts_of
from service.web.bodies import read_limited
from service.web.context import CLOCK, DATABASE, SERVERS
from service.web.jitsi.asking import server_of
from service.web.jitsi.events import MOST_BYTES, SIGNATURE
from tests.bench.processes import HOST, logging_to_nowhere, serve_until_told
from tests.bench.serving import cpu


async def signed(request: web.Request) -> web.Response:
    """Check the signature and do nothing else."""
    await signed_body(request)
    return web.Response(body=b"{}", content_type="application/json")


async def read(request: web.Request) -> web.Response:
    """Check the signature and read the JSON, and store nothing."""
    read_object(await signed_body(request))
    return web.Response(body=b"{}", content_type="application/json")


async def by_orm(request: web.Request) -> web.Response:
    """Store the event as anything else is stored: by a transaction of its own, unless it is there already."""
    row = await row_of(request)
    async with request.app[DATABASE].writing() as db:
        if await db.get(StoredEvent, row.key) is None:
            db.add(row)
    return web.Response(body=b"{}", content_type="application/json")


async def blindly_by_orm(request: web.Request) -> web.Response:
    """Store the event by a transaction of its own, as if nothing was ever told twice."""
    row = await row_of(request)
    async with request.app[DATABASE].writing() as db:
        db.add(row)
    return web.Response(body=b"{}", content_type="application/json")


async def row_of(request: web.Request) -> StoredEvent:
    """Read a signed event."""
    body = await signed_body(request)
    server = await server_of(request)
    event = read_jaas(read_object(body), server.id)
    if isinstance(event, Unknown):
        raise web.HTTPBadRequest
    return StoredEvent(
        key=event.key,
        server_id=server.id,
        room=event.room,
        kind=event.kind,
        at=event.at,
        received_at=request.app[CLOCK].now(),
        facts=facts_of(event),
    )


async def signed_body(request: web.Request) -> bytes:
    """Read a body that is signed."""
    server = await server_of(request)
    body = await read_limited(request, MOST_BYTES)
    signature = request.headers.get(SIGNATURE, "")
    if not is_signed(signature, body, server.webhook, request.app[CLOCK].now()):
        raise web.HTTPForbidden
    return body


async def main(url: str, home: str) -> None:
    """Serve until told to end."""
    settings = Settings(home=Path(home), database_url=url, worker_inside=False)
    async with open_parts(settings) as parts:
        app = make_app(parts, log_every=LOG_EVERY_SECONDS)
        app.router.add_get("/bench/cpu", cpu)
        app.router.add_post("/bench/signed/{server}", signed)
        app.router.add_post("/bench/read/{server}", read)
        app.router.add_post("/bench/orm/{server}", by_orm)
        app.router.add_post("/bench/orm-blind/{server}", blindly_by_orm)
        await app[SERVERS].refresh()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        await serve_until_told(runner.addresses[0][1])
        await runner.cleanup()


if __name__ == "__main__":
    with logging_to_nowhere():
        run(main(*sys.argv[1:]))
