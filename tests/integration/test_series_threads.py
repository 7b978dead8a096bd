"""Golden threads of a series: see `test_threads`."""

import pytest

from service.parts import Parts
from tests.integration.conftest import Making, TestClock
from tests.integration.hub import make_hub
from tests.integration.series_threads import SERIES_THREADS, spans_stored
from tests.integration.threads import Thread, golden, written


@pytest.fixture
async def thread(parts: Parts, making: Making, clock: TestClock) -> Thread:
    """Begin with a hub in which nothing is planned."""
    async with making() as make:
        hub = await make_hub(make)
    return Thread(parts, clock, hub, hub.hall.id)


@pytest.mark.parametrize("name", SERIES_THREADS)
async def test_a_thread_of_a_series_is_as_it_was_read_last(thread: Thread, name: str) -> None:
    await SERIES_THREADS[name](thread)

    made = written(thread)
    assert golden(name, made) == made
    assert await spans_stored(thread) == [line.partition(" | ")[0] for line in thread.state]
