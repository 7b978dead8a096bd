"""How callers of the group writer wait, whatever the database does."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from service.identifiers import new_id
from service.storage import group_writer
from service.storage.group_writer import Away, GroupWriter, NotKept, Row

AT = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


class Held:
    """A store that stands still until it is let go, and can be away."""

    def __init__(self) -> None:
        self.may_go = asyncio.Event()
        self.is_away = False
        self.batches: list[list[Row]] = []
        self.tries, self.turn = 0, asyncio.Condition()

    async def tried(self, times: int) -> None:
        """Wait until it was tried so often."""
        async with self.turn:
            await self.turn.wait_for(lambda: self.tries >= times)

    async def keep(self, rows: Sequence[Row]) -> None:
        """Wait, then store or be away."""
        async with self.turn:
            self.tries += 1
            self.turn.notify_all()
        await self.may_go.wait()
        if self.is_away:
            raise Away("gone")
        if any(row[0] == "odd" for row in rows):
            raise RuntimeError("nobody thought of this")
        self.batches.append(list(rows))

    async def close(self) -> None:
        """Nothing is open."""


def row(key: str, facts: str = "{}") -> Row:
    """Make a row."""
    return (key, new_id(), "tea", "joined", AT, AT, facts)


Caller = asyncio.Task[NotKept | None]


@pytest.fixture
def held() -> Held:
    """Give a store that stands still."""
    return Held()


async def waiting_for(writer: GroupWriter, *rows: Row) -> Caller:
    """Let a caller wait for rows; it gives what was raised, if anything."""

    async def wait() -> NotKept | None:
        try:
            await writer.write(rows)
        except NotKept as error:
            return error
        return None

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    return task


async def test_what_comes_during_a_commit_goes_into_the_next_together(held: Held) -> None:
    told: list[str] = []
    writer = GroupWriter(held, lambda rows: told.extend(str(row[0]) for row in rows))
    first = await waiting_for(writer, row("0"))
    await held.tried(1)
    others = [await waiting_for(writer, row(str(number))) for number in range(1, 6)]

    assert not first.done()
    held.may_go.set()

    assert {None} == set(await asyncio.gather(first, *others))
    assert [1, 5] == [len(batch) for batch in held.batches]
    assert [str(number) for number in range(6)] == told


async def test_a_batch_has_an_end(held: Held) -> None:
    writer = GroupWriter(held, lambda _rows: None)
    callers = [await waiting_for(writer, row(f"{n}a"), row(f"{n}b")) for n in range(200)]
    held.may_go.set()

    await asyncio.gather(*callers)

    assert group_writer.BATCH == max(map(len, held.batches))
    assert 400 == sum(map(len, held.batches))


async def test_nobody_waits_for_ever_and_what_was_taken_on_is_stored_later(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 0.02)
    writer = GroupWriter(held, lambda _rows: None)

    given_up = await asyncio.gather(
        *[await waiting_for(writer, row(str(number))) for number in range(3)]
    )
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 5)
    held.may_go.set()
    last = await waiting_for(writer, row("last"))

    assert [NotKept] * 3 == [type(each) for each in given_up]
    assert await last is None
    assert ["0", "1", "2", "last"] == [row[0] for batch in held.batches for row in batch]


async def test_a_database_that_is_away_is_tried_until_it_is_back(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "REST_SECONDS", 0.001)
    held.is_away = True
    held.may_go.set()
    writer = GroupWriter(held, lambda _rows: None)
    caller = await waiting_for(writer, row("a"))
    await held.tried(5)

    held.is_away = False

    assert await caller is None
    assert 1 == len(held.batches)


async def test_too_many_are_turned_away_at_once(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "MOST_ROWS", 3)
    monkeypatch.setattr(group_writer, "MOST_CHARACTERS", 100)
    writer = GroupWriter(held, lambda _rows: None)
    kept = [await waiting_for(writer, row("a")), await waiting_for(writer, row("b", "x" * 90))]

    too_many = await waiting_for(writer, row("c"), row("d"))
    too_much = await waiting_for(writer, row("e", "x" * 20))

    refused = await asyncio.gather(too_many, too_much)
    assert [NotKept] * 2 == [type(each) for each in refused]
    held.may_go.set()
    await asyncio.gather(*kept)
    assert await (await waiting_for(writer, row("f", "x" * 90))) is None


async def test_an_error_nobody_thought_of_reaches_its_callers_and_the_next_go_on(
    held: Held,
) -> None:
    held.may_go.set()
    writer = GroupWriter(held, lambda _rows: None)

    odd = await waiting_for(writer, row("odd"))
    assert isinstance(await odd, NotKept)

    assert await (await waiting_for(writer, row("even"))) is None


async def test_closing_does_not_wait_for_ever(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 0.02)
    writer = GroupWriter(held, lambda _rows: None)
    caller = await waiting_for(writer, row("a"))

    await writer.close()

    assert isinstance(await caller, NotKept)


@pytest.mark.parametrize("rounds", [0, 1, 6])
async def test_nobody_is_overlooked_who_comes_when_the_last_batch_is_done(
    rounds: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "ROUNDS", rounds)
    monkeypatch.setattr(group_writer, "WAIT_SECONDS", 2)
    held.may_go.set()
    writer = GroupWriter(held, lambda _rows: None)

    async def come_again_and_again(name: str) -> None:
        for number in range(100):
            await writer.write([row(f"{name}{number}")])

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(come_again_and_again(name))

    assert 300 == sum(map(len, held.batches))
