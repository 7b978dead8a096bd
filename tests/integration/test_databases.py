"""The tests' own databases: real, and each test's own."""

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.databases import Server


async def test_each_test_has_a_copy_of_its_own(database_server: Server) -> None:
    async with database_server.fresh() as first:
        await run(first, "CREATE TABLE only_here (name TEXT)")

        async with database_server.fresh(first) as second:
            await run(second, "INSERT INTO only_here VALUES ('kept')")

        assert 0 == await run(first, "SELECT count(*) FROM only_here")


async def test_a_migrated_database_has_tables(database_url: str) -> None:
    catalogue = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
    }[make_url(database_url).get_backend_name()]

    assert await run(database_url, catalogue) > 1


async def run(url: str, statement: str) -> int:
    """Run one statement and give the number it answers with, if it does."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return int(result.scalar_one()) if result.returns_rows else 0
    finally:
        await engine.dispose()
