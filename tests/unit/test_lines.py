"""Log lines of requests: each is one line of JSON, whether it was written alone or with others."""

import asyncio
import json

from structlog.testing import capture_logs

from service.web.lines import MOST, Line, Lines, render

FIRST, SECOND = Line("GET", "invitation", 200, 1.5), Line("POST", "join", 303, 0.4)
SHARED = {"event": "request", "level": "info", "timestamp": "2027-01-12T09:00:00Z"}


def rendered(lines: Lines) -> list[dict[str, object]]:
    """Write what was collected, and read it as a log is read: line by line."""
    with capture_logs() as events:
        lines.write()
    return [
        json.loads(line)
        for event in events
        for line in render(None, "info", {**event, **SHARED}).split("\n")
    ]


async def test_lines_written_together_read_as_if_each_was_written_alone() -> None:
    together, alone = Lines(every_seconds=60), Lines(every_seconds=60)
    for line in (FIRST, SECOND):
        together.add(line)
    alone.add(FIRST)

    both, first = rendered(together), rendered(alone)

    assert [{**FIRST._asdict(), **known(both[0])}, {**SECOND._asdict(), **known(both[1])}] == both
    assert [both[0]] == first


async def test_nothing_is_written_where_nothing_was_asked() -> None:
    assert [] == rendered(Lines(every_seconds=60))


async def test_a_hundred_lines_are_not_kept_waiting() -> None:
    lines = Lines(every_seconds=60)

    with capture_logs() as events:
        for _ in range(MOST):
            lines.add(FIRST)

    assert 1 == len(events)
    assert [] == rendered(lines)


async def test_lines_are_written_when_their_time_has_come() -> None:
    lines, written = Lines(every_seconds=1e-6), asyncio.Event()

    with capture_logs() as events:
        lines.add(FIRST)
        asyncio.get_running_loop().call_later(0.01, written.set)
        await written.wait()

    assert FIRST._asdict().items() <= events[0].items()


def test_a_line_break_in_a_value_begins_no_line_of_its_own() -> None:
    text = render(None, "info", {"event": "request", "each": [{"route": "a\nb"}, {"route": "c"}]})

    assert ["a\nb", "c"] == [json.loads(line)["route"] for line in text.split("\n")]


def known(line: dict[str, object]) -> dict[str, object]:
    """Give what every line has beside its own."""
    shared = {name: line[name] for name in SHARED}
    return {**shared, "log_level": "info"} if "log_level" in line else shared
