"""A house and a program in it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tests.integration.api.programs import Program, Scene, make_house
from tests.integration.conftest import Making


@pytest.fixture
async def scene(server: TestServer, making: Making) -> AsyncIterator[Scene]:
    """Give a house and a program in it."""
    async with making() as make:
        house = await make_house(make)
    client: TestClient[web.Request, web.Application] = TestClient(server)
    yield Scene(house, Program(client, house.token), making)
    await client.session.close()
