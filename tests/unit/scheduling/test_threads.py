"""The golden threads played to calendar programs on parsers that are not ours, in order and out of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from random import Random

import pytest

from tests.calendar_clients import CLIENTS, Client, Read

GOLDEN = Path(__file__).parents[2] / "golden" / "threads"
THREADS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
SHUFFLES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is written down: its calendar files with their methods, and what they leave."""

    calendars: Sequence[tuple[bytes, str]]
    state: Sequence[str]


def steps_of(name: str) -> list[Step]:
    """Read a thread."""
    found = []
    text = (GOLDEN / name / "thread.txt").read_text("utf-8")
    for block in re.split(r"\n(?=\d+\. )", text):
        sent, _, left = block.partition("then her calendar shows:")
        files = re.findall(r"Calendar: (\S+), (\w+)", sent)
        state = [line.strip() for line in left.splitlines() if line.strip() not in ("", "-")]
        read = [((GOLDEN / name / file).read_bytes(), method) for file, method in files]
        found.append(Step(read, state))
    return found


def calendars_of(name: str) -> list[bytes]:
    """Read the calendars of a thread, in the order they were sent."""
    return [content for step in steps_of(name) for content, _ in step.calendars]


@pytest.fixture(params=CLIENTS)
def read(request: pytest.FixtureRequest) -> Read:
    """Give each of the parsers."""
    return CLIENTS[request.param]


@pytest.mark.parametrize("name", THREADS)
def test_after_each_step_the_calendar_shows_what_it_should(name: str, read: Read) -> None:
    client = Client(read)

    for step in steps_of(name):
        for content, _ in step.calendars:
            client.receive(content)
        assert step.state == client.state


@pytest.mark.parametrize("name", THREADS)
def test_mails_that_come_late_or_twice_leave_the_same(name: str, read: Read) -> None:
    calendars, expected = calendars_of(name), steps_of(name)[-1].state
    orders = [calendars[::-1], [*calendars, *calendars]]
    orders += [Random(seed).sample(calendars, len(calendars)) for seed in range(SHUFFLES)]

    for order in orders:
        client = Client(read)
        for content in order:
            client.receive(content)
        assert expected == client.state


@pytest.mark.parametrize("name", THREADS)
def test_a_name_never_changes_and_versions_only_grow(name: str, read: Read) -> None:
    entries = [read(content).entry for content in calendars_of(name)]

    by_name = groupby(sorted(entries, key=lambda entry: entry.uid), key=lambda entry: entry.uid)
    for _, versions in by_name:
        for one, later in pairwise(versions):
            assert one.sequence < later.sequence
            assert one.stamp < later.stamp


@pytest.mark.parametrize("name", THREADS)
def test_each_names_one_person_and_the_method_its_mail_says(name: str, read: Read) -> None:
    for step in steps_of(name):
        for content, method in step.calendars:
            arrived = read(content)
            assert method == arrived.method
            assert ["mailto:ewa@example.org"] == [each.lower() for each in arrived.attendees]
            assert b"RRULE" not in content.partition(b"BEGIN:VEVENT")[2]
