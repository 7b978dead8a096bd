"""Whoever connects and never asks anything whole is not waited for (experiment E27)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiohttp import web

from service.web.patience import HEARD, Heard, Patience, hear


@pytest.fixture
async def runner() -> AsyncIterator[web.AppRunner]:
    """Serve a page that says hello."""

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application(middlewares=[hear])
    app[HEARD] = set()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner
    await runner.cleanup()


async def connect(runner: web.AppRunner) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection of one's own."""
    host, port = runner.addresses[0][:2]
    return await asyncio.open_connection(host, port)


async def seen_by(runner: web.AppRunner) -> web.Server:
    """Give the server once it has accepted what connected before: it accepts in order."""
    reader, writer = await connect(runner)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(30):
        await reader.read()
    writer.close()
    assert runner.server is not None
    return runner.server


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: "])
async def test_silence_and_half_heads_are_cut_off(sent: bytes, runner: web.AppRunner) -> None:
    reader, writer = await connect(runner)
    writer.write(sent)
    server, patience = await seen_by(runner), Patience(runner.app[HEARD], seconds=10)

    patience.look(server.connections, 100.0)
    patience.look(server.connections, 109.9)
    assert not reader.at_eof()
    patience.look(server.connections, 110.0)

    async with asyncio.timeout(30):
        with suppress(ConnectionResetError):
            assert b"" == await reader.read()
    writer.close()


async def test_who_asked_something_is_left_to_the_keep_alive_limit(runner: web.AppRunner) -> None:
    reader, writer = await connect(runner)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    async with asyncio.timeout(30):
        await reader.readuntil(b"hello")
    server, patience = await seen_by(runner), Patience(runner.app[HEARD], seconds=10)

    patience.look(server.connections, 100.0)
    patience.look(server.connections, 1_000.0)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

    async with asyncio.timeout(30):
        assert (await reader.readuntil(b"hello")).endswith(b"hello")
    writer.close()


async def test_connections_that_are_gone_are_forgotten(runner: web.AppRunner) -> None:
    reader, writer = await connect(runner)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await reader.readuntil(b"hello")
    heard: Heard = runner.app[HEARD]
    assert 1 == len(heard)

    Patience(heard).look([], 0.0)

    assert set() == heard
    writer.close()
