"""The audit only grows, and whatever is done to it past its triggers is found by `manyways check`.

Each attack has a control: with the triggers in place it is refused, and untouched the chain holds.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import make_transient

from service.actions.auditing import (
    BATCH,
    Checked,
    check_chain,
    forget_audit_before,
    forget_old_lines,
    link_lines,
)
from service.actor import Actor, system_actor
from service.cli.checking_audit import chain_of_audit, guards_of_audit
from service.cli.trouble import Trouble as NotRight
from service.identifiers import new_id
from service.parts import Parts
from service.storage.audit import AuditLine, record
from service.storage.audit_chain import (
    AuditCheckpoint,
    AuditLink,
    checkpoints_of,
    missing_guards,
)
from service.storage.audit_hash import Broken, Trouble
from service.storage.database import Database
from service.storage.migrations.run import configuration
from service.storage.organisations import Organisation
from tests.integration.conftest import Making, TestClock

DAY = timedelta(days=1)
REPLACE = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"


@dataclass(slots=True)
class House:
    """An organisation whose audit has lines, and what is done to them."""

    parts: Parts
    clock: TestClock
    organisation: Organisation

    @property
    def actor(self) -> Actor:
        """Give who does what time does."""
        return system_actor(self.organisation.id)

    async def write(self, *whats: str) -> None:
        """Write lines, a moment after each other."""
        async with self.parts.database.writing() as db:
            for number, what in enumerate(whats):
                at = self.clock.now() + timedelta(milliseconds=number)
                record(db, self.actor, what, None, now=at, step="ünd so")

    async def link(self) -> int:
        """Do what the timer does."""
        async with self.parts.database.writing() as db:
            return await link_lines(db, self.actor, self.parts.keys, now=self.clock.now())

    async def forget(self, before: datetime) -> int:
        """Remove what is dated earlier."""
        async with self.parts.database.writing() as db:
            return await forget_audit_before(
                db, self.actor, self.parts.keys, before, now=self.clock.now()
            )

    async def check(self) -> Checked:
        """Follow the chain."""
        async with self.parts.database.reading() as db:
            return await check_chain(db, self.parts.keys, self.organisation.id, is_dated=True)

    async def trouble(self) -> tuple[Trouble, int] | None:
        """Follow the chain and give what is wrong, at which number."""
        try:
            await self.check()
        except Broken as broken:
            return broken.trouble, broken.number
        return None

    async def run(self, *statements: str, **values: object) -> None:
        """Do something to the database past the service, in one transaction."""
        async with self.parts.database.writing() as db:
            for statement in statements:
                await db.execute(text(statement), values)

    async def remove(self, *whats: str) -> None:
        """Remove lines with their links."""
        async with self.parts.database.writing() as db:
            gone = list(await db.scalars(select(AuditLine.id).where(AuditLine.what.in_(whats))))
            await db.execute(delete(AuditLink).where(AuditLink.line_id.in_(gone)))
            await db.execute(delete(AuditLine).where(AuditLine.id.in_(gone)))

    async def is_refused(self, statement: str) -> bool:
        """Say whether the database refuses a statement, by the trigger's own words."""
        try:
            await self.run(statement)
        except DBAPIError as error:
            return "the audit only grows" in str(error.orig)
        return False

    async def let_all_change(self) -> None:
        """Take the triggers away, as somebody might who owns the database."""
        is_sqlite = self.parts.database.is_sqlite
        for table in ("audit", "audit_links", "audit_checkpoints"):
            for name in ("stays", "kept", "once" if is_sqlite else "whole"):
                on = "" if is_sqlite else f" ON {table}"
                await self.run(f"DROP TRIGGER {table}_{name}{on}")

    async def count(self) -> tuple[int, int]:
        """Count lines and links."""
        async with self.parts.database.reading() as db:
            lines = await db.scalar(select(func.count()).select_from(AuditLine))
            links = await db.scalar(select(func.count()).select_from(AuditLink))
        return lines or 0, links or 0

    async def signed(self) -> Sequence[AuditCheckpoint]:
        """Give everything that was signed, in the order of the chain."""
        async with self.parts.database.reading() as db:
            return await checkpoints_of(db, self.organisation.id)

    async def lines(self) -> Sequence[AuditLine]:
        """Give the lines in the order of the chain."""
        query = select(AuditLine).join(AuditLink, AuditLink.line_id == AuditLine.id)
        async with self.parts.database.reading() as db:
            return (await db.scalars(query.order_by(AuditLink.number))).all()


@pytest.fixture
async def house(parts: Parts, making: Making, clock: TestClock) -> House:
    """Make a house with six lines of three days, linked and signed each day."""
    async with making() as make:
        organisation = await make.organisation()
    house = House(parts, clock, organisation)
    for day in ("monday", "tuesday", "wednesday"):
        await house.write(f"{day}.first", f"{day}.second")
        await house.link()
        clock.move(DAY)
    return house


async def test_control_what_nobody_touched_holds(house: House) -> None:
    assert Checked(6, 0, None) == await house.check()


async def test_lines_are_linked_once_in_the_order_of_their_time(house: House) -> None:
    await house.write("thursday.first")
    waiting = await house.check()

    assert (1, house.clock.now()) == (waiting.unlinked, waiting.earliest_unlinked)
    assert 1 == await house.link()
    assert 0 == await house.link()
    assert ["monday.first", "monday.second"] == [line.what for line in await house.lines()][:2]
    assert Checked(7, 0, None) == await house.check()


@pytest.mark.parametrize("minute", [0, 30])
async def test_a_line_committed_late_is_linked_after_those_made_later(
    minute: int, house: House
) -> None:
    """Between two rounds somebody's transaction ends that began before the last one."""
    house.clock.move(timedelta(minutes=minute))
    early = AuditLine(
        id=new_id(),
        organisation_id=house.organisation.id,
        at=house.clock.now() - timedelta(seconds=50),
        door=house.actor.door,
        what="late.line",
        subject="",
        facts={},
    )
    await house.write("sooner.line")
    await house.link()
    async with house.parts.database.writing() as db:
        db.add(early)
    house.clock.move(timedelta(minutes=1) if minute else timedelta(hours=1))

    assert 1 == await house.link()

    assert ["sooner.line", "late.line"] == [line.what for line in await house.lines()][-2:]
    assert Checked(8, 0, None) == await house.check()


async def test_organisations_have_chains_of_their_own(house: House, making: Making) -> None:
    async with making() as make:
        other = House(house.parts, house.clock, await make.organisation("Other House"))
    await other.write("other.line")
    await other.link()

    assert Checked(1, 0, None) == await other.check()
    assert Checked(6, 0, None) == await house.check()


async def test_the_end_is_signed_once_a_day_and_only_if_it_moved(house: House) -> None:
    before = await house.signed()
    await house.write("thursday.first")
    await house.link()
    await house.write("thursday.second")
    await house.link()
    house.clock.move(DAY)
    await house.link()
    house.clock.move(DAY)
    await house.link()

    assert [2, 4, 6] == [each.number for each in before]
    assert [2, 4, 6, 7, 8] == [each.number for each in await house.signed()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET what = 'nothing.happened'",
        "UPDATE audit SET at = at",
        "DELETE FROM audit",
        "UPDATE audit_links SET number = number + 1",
        "DELETE FROM audit_links",
        "UPDATE audit_checkpoints SET made_at = made_at",
        "DELETE FROM audit_checkpoints",
    ],
)
async def test_the_database_refuses_every_change(statement: str, house: House) -> None:
    assert await house.is_refused(statement)

    assert (6, 6) == await house.count()
    assert Checked(6, 0, None) == await house.check()


async def test_nothing_is_emptied_or_replaced_past_the_other_triggers(house: House) -> None:
    if house.parts.database.is_sqlite:
        await house.run("INSERT OR REPLACE INTO audit SELECT * FROM audit")
        for table in ("audit_links", "audit_checkpoints"):
            assert await house.is_refused(REPLACE.format(table))
    else:
        for table in ("audit", "audit_links", "audit_checkpoints"):
            assert await house.is_refused(f"TRUNCATE {table} CASCADE")
        replica = "SET LOCAL session_replication_role = replica"
        with pytest.raises(DBAPIError, match="only grows"):
            await house.run(replica, "DELETE FROM audit")

    assert (6, 6) == await house.count()
    assert Checked(6, 0, None) == await house.check()


async def test_replacing_a_line_leaves_it_as_it_was(house: House) -> None:
    if not house.parts.database.is_sqlite:
        assert await house.is_refused("UPDATE audit SET what = 'x'")
        return
    await house.run(
        "INSERT OR REPLACE INTO audit (id, organisation_id, at, door, what, subject, facts) "
        "SELECT id, organisation_id, at, door, 'x', subject, facts FROM audit"
    )

    assert "x" not in [line.what for line in await house.lines()]


async def test_a_line_that_was_changed_is_found(house: House) -> None:
    await house.let_all_change()
    await house.run("UPDATE audit SET what = 'x' WHERE what = 'tuesday.first'")

    assert (Trouble.CHANGED, 3) == await house.trouble()


async def test_a_line_that_was_removed_is_found(house: House) -> None:
    await house.let_all_change()
    await house.run("DELETE FROM audit WHERE what = 'tuesday.first'")

    assert (Trouble.REMOVED, 3) == await house.trouble()


async def test_a_line_removed_with_its_link_is_found(house: House) -> None:
    await house.let_all_change()
    await house.remove("tuesday.first")

    assert (Trouble.GAP, 3) == await house.trouble()


async def test_the_last_lines_removed_with_their_links_are_found(house: House) -> None:
    await house.let_all_change()
    await house.remove("wednesday.first", "wednesday.second")

    assert (Trouble.CUT_OFF, 5) == await house.trouble()


async def test_two_lines_that_changed_places_are_found(house: House) -> None:
    first, second, *_ = await house.lines()
    await house.let_all_change()
    async with house.parts.database.writing() as db:
        spare = new_id()
        for was, becomes in ((first.id, spare), (second.id, first.id), (spare, second.id)):
            moved = update(AuditLink).where(AuditLink.line_id == was)
            await db.execute(moved.values(line_id=becomes))

    assert (Trouble.CHANGED, 1) == await house.trouble()


async def test_a_line_put_in_and_dated_back_is_found(house: House) -> None:
    """Whoever may add lines cannot be kept from it; but not among those that are signed."""
    house.clock.move(-3 * DAY)
    await house.write("monday.third")
    house.clock.move(3 * DAY)
    await house.link()

    assert (Trouble.BACKDATED, 7) == await house.trouble()


async def test_a_chain_made_anew_is_found_where_it_was_signed(house: House) -> None:
    signed = await house.signed()
    await house.let_all_change()
    await house.run(
        "UPDATE audit SET what = 'x' WHERE what = 'monday.first'",
        "DELETE FROM audit_links",
        "DELETE FROM audit_checkpoints",
    )
    await house.link()
    async with house.parts.database.writing() as db:
        for each in signed:
            make_transient(each)
            db.add(each)

    assert (Trouble.MADE_ANEW, 2) == await house.trouble()


async def test_a_forged_checkpoint_is_found(house: House) -> None:
    async with house.parts.database.writing() as db:
        db.add(
            AuditCheckpoint(
                organisation_id=house.organisation.id,
                number=4,
                hash=b"x" * 32,
                signature=b"y" * 32,
                lines_before=house.clock.now(),
                made_at=house.clock.now(),
            )
        )

    assert (Trouble.FORGED, 4) == await house.trouble()
    with pytest.raises(Broken):
        await house.forget(house.clock.now())


@pytest.mark.parametrize("column", ["number", "made_at", "lines_before"])
async def test_a_checkpoint_that_was_changed_is_found(column: str, house: House) -> None:
    *_, last = await house.signed()
    await house.let_all_change()
    values: dict[str, object] = {
        "number": 5,
        "made_at": house.clock.now(),
        "lines_before": house.clock.now(),
    }
    async with house.parts.database.writing() as db:
        changed = update(AuditCheckpoint).where(AuditCheckpoint.id == last.id)
        await db.execute(changed.values({column: values[column]}))

    trouble = await house.trouble()

    assert trouble is not None
    assert Trouble.FORGED is trouble[0]


async def test_a_checkpoint_of_another_installations_keys_is_found(house: House) -> None:
    others = replace(house.parts.keys, hashing=b"z" * 32)

    async with house.parts.database.reading() as db:
        with pytest.raises(Broken) as broken:
            await check_chain(db, others, house.organisation.id, is_dated=True)

    assert Trouble.FORGED is broken.value.trouble


async def test_the_old_is_forgotten_behind_a_checkpoint_from_which_checking_goes_on(
    house: House,
) -> None:
    tuesday_noon = house.clock.now() - 2 * DAY + timedelta(hours=3)

    assert 4 == await house.forget(tuesday_noon)

    assert (2, 2) == await house.count()
    assert Checked(2, 0, None) == await house.check()
    await house.write("thursday.first")
    await house.link()
    assert Checked(3, 0, None) == await house.check()
    assert 0 == await house.forget(tuesday_noon)


async def test_when_all_is_forgotten_the_chain_still_goes_on(house: House) -> None:
    assert 6 == await house.forget(house.clock.now())
    assert (0, 0) == await house.count()
    house.clock.move(DAY)
    await house.write("friday.first")
    await house.link()

    assert Checked(1, 0, None) == await house.check()
    assert 7 == (await house.signed())[-1].number


async def test_a_checkpoint_lets_nothing_go_that_is_dated_later_or_has_no_link(
    house: House,
) -> None:
    tuesday_noon = house.clock.now() - 2 * DAY + timedelta(hours=3)
    house.clock.move(-3 * DAY)
    await house.write("monday.unlinked")
    house.clock.move(3 * DAY)
    await house.forget(tuesday_noon)

    assert await house.is_refused("DELETE FROM audit WHERE what LIKE 'wednesday.%'")
    assert await house.is_refused("DELETE FROM audit WHERE what = 'monday.unlinked'")
    assert await house.is_refused("DELETE FROM audit_links")


async def test_what_was_touched_is_not_forgotten(house: House) -> None:
    await house.let_all_change()
    await house.run("UPDATE audit SET what = 'x' WHERE what = 'monday.first'")

    with pytest.raises(Broken):
        await house.forget(house.clock.now())

    assert (6, 6) == await house.count()


async def test_lines_are_kept_for_two_years_to_the_day(house: House) -> None:
    house.clock.at = datetime(2029, 1, 12, 8, 0, tzinfo=UTC)
    too_early = await _forget_old(house)
    house.clock.at = datetime(2029, 1, 13, 0, 1, tzinfo=UTC)

    assert 0 == too_early
    assert 2 == await _forget_old(house)
    assert ["tuesday.first"] == [line.what for line in await house.lines()][:1]


async def _forget_old(house: House) -> int:
    async with house.parts.database.writing() as db:
        keys, now = house.parts.keys, house.clock.now()
        return await forget_old_lines(db, house.actor, keys, now=now)


async def test_a_long_past_is_linked_piece_by_piece_and_signed_at_its_end(house: House) -> None:
    await house.write(*(f"line.{at}" for at in range(BATCH + 5)))
    signed = len(await house.signed())

    assert BATCH == await house.link()
    assert signed == len(await house.signed())
    assert 5 == await house.link()
    assert signed + 1 == len(await house.signed())
    assert Checked(BATCH + 11, 0, None) == await house.check()


async def test_two_workers_at_once_link_each_line_once(house: House) -> None:
    await house.write(*(f"line.{at}" for at in range(50)))

    linked = await asyncio.gather(*(house.link() for _ in range(4)))

    assert 50 == sum(linked)
    assert Checked(56, 0, None) == await house.check()


async def test_the_check_says_where_and_after_which_day_the_chain_breaks(house: House) -> None:
    database, keys = house.parts.database, house.parts.keys
    await guards_of_audit(database)
    await house.write("thursday.first")
    said = await chain_of_audit(database, keys, house.organisation)
    await house.let_all_change()
    await house.run("UPDATE audit SET what = 'x' WHERE what = 'tuesday.first'")

    with pytest.raises(NotRight, match="audit_stays, audit_kept"):
        await guards_of_audit(database)
    with pytest.raises(NotRight, match=r"number 3, after .* 12 January 2027: the line was changed"):
        await chain_of_audit(database, keys, house.organisation)

    assert "6 lines, 1 are not linked yet (the earliest of Friday 15 January 2027)" == said


async def test_a_trigger_switched_off_is_named(house: House) -> None:
    if house.parts.database.is_sqlite:
        await house.run("DROP TRIGGER audit_kept")
    else:
        await house.run("ALTER TABLE audit DISABLE TRIGGER audit_kept")

    async with house.parts.database.reading() as db:
        assert ["audit_kept"] == await missing_guards(db)


async def test_the_step_can_be_taken_back_and_again(database_url: str) -> None:
    engine = create_async_engine(database_url)

    def back_and_forth(connection: Connection) -> None:
        config = configuration(connection)
        command.downgrade(config, "0003")
        command.upgrade(config, "head")

    async with engine.begin() as connection:
        await connection.run_sync(back_and_forth)
    await engine.dispose()

    database = Database(database_url)
    async with database.reading() as db:
        assert [] == await missing_guards(db)
    await database.close()
