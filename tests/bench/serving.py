"""The whole service in a process of its own, and bare handlers beside it, behind the same middlewares.

`python -m tests.bench.serving DATABASE_URL HOME` prints its port and serves until its input ends.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jinja2 import Template

from service.app import make_app
from service.cli.serving import LOG_EVERY_SECONDS
from service.cli.speaking import run
from service.config import Settings
from service.parts import Parts, open_parts
from service.web.context import TEMPLATES
from service.web.pages.guest.joining import join
from tests.bench.processes import HOST, logging_to_nowhere, serve_until_told

CONNECTIONS = 8
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CALENDAR = "text/calendar"


class Remembering(Template):
    """A template that remembers what was rendered last, so that it can be rendered again alone."""

    last: "tuple[Template, dict[str, Any]] | None" = None

    def render(self, *given: Any, **named: Any) -> str:
        """Render as usual."""
        Remembering.last = (self, dict(*given, **named))
        return super().render(*given, **named)


async def cpu(_request: web.Request) -> web.Response:
    """Give the CPU seconds of this process so far, all threads counted."""
    return web.Response(text=str(time.process_time()))


async def bare(request: web.Request) -> web.Response:
    """Answer so many bytes and do nothing else."""
    return web.Response(text="x" * int(request.match_info["size"]), content_type="text/html")


async def static(request: web.Request) -> web.Response:
    """Answer so many bytes that lie ready, as a file of a calendar would."""
    return web.Response(body=lying_ready(int(request.match_info["size"])), content_type=CALENDAR)


@cache
def lying_ready(size: int) -> bytes:
    """Make so many bytes, once."""
    return b"x" * size


async def rendering(_request: web.Request) -> web.Response:
    """Render the last page again, with the facts it had."""
    if Remembering.last is None:
        raise web.HTTPNotFound
    template, facts = Remembering.last
    return web.Response(text=Template.render(template, facts), content_type="text/html")


async def signing(request: web.Request) -> web.Response:
    """Let somebody in, and sign as much as a token says beside it, once, with a key that is kept."""
    PRIVATE.sign(b"x" * 400, padding.PKCS1v15(), hashes.SHA256())
    return await join(request)


@asynccontextmanager
async def selects_on_sqlite(path: str) -> AsyncIterator[Any]:
    """Give a handler that reads one row so many times, with the plain driver in the loop."""
    connection = sqlite3.connect(path)
    (row_id,) = connection.execute("SELECT id FROM invitations LIMIT 1").fetchone()

    async def selects(request: web.Request) -> web.Response:
        for _ in range(int(request.match_info["times"])):
            connection.execute("SELECT * FROM invitations WHERE id = ?", (row_id,)).fetchone()
        return web.Response(text="x", content_type="text/html")

    yield selects
    connection.close()


@asynccontextmanager
async def selects_on_postgres(url: str) -> AsyncIterator[Any]:
    """Give the same handler on a pool of the plain driver, which resets nothing."""

    async def no_reset(_connection: object) -> None:
        await asyncio.sleep(0)

    async with asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS, reset=no_reset) as pool:
        row_id = await pool.fetchval("SELECT id FROM invitations LIMIT 1")

        async def selects(request: web.Request) -> web.Response:
            async with pool.acquire() as connection:
                for _ in range(int(request.match_info["times"])):
                    await connection.fetchrow("SELECT * FROM invitations WHERE id = $1", row_id)
            return web.Response(text="x", content_type="text/html")

        yield selects


def bare_selects(parts: Parts) -> Any:
    """Choose the handler for this database."""
    url = parts.database.url
    if parts.database.is_sqlite:
        return selects_on_sqlite(url.database or "")
    return selects_on_postgres(
        url.set(drivername="postgresql").render_as_string(hide_password=False)
    )


async def main(url: str, home: str) -> None:
    """Serve until told to end."""
    settings = Settings(home=Path(home), database_url=url, worker_inside=False)
    async with open_parts(settings) as parts, bare_selects(parts) as selects:
        app = make_app(parts, log_every=LOG_EVERY_SECONDS)
        app[TEMPLATES].template_class = Remembering
        app.router.add_get("/bench/cpu", cpu)
        app.router.add_get("/bench/bare/{size}", bare)
        app.router.add_get("/bench/static/{size}", static)
        app.router.add_get("/bench/rendering", rendering)
        app.router.add_get("/bench/selects/{times}", selects)
        app.router.add_post("/bench/signing/i/{link}/join", signing)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        await serve_until_told(runner.addresses[0][1])
        await runner.cleanup()


if __name__ == "__main__":
    with logging_to_nowhere():
        run(main(*sys.argv[1:]))
