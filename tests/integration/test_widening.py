"""An installation of an earlier version keeps everything when its schema is brought up to date."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from alembic import command
from sqlalchemy import Connection, MetaData, NullPool, Table, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from service.storage.migrations.run import configuration, run_steps

THEN = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
HOUSE, ADA, KIND, MEETING, INVITED = (UUID(int=number) for number in range(1, 6))
OWNED = {"organisation_id": HOUSE}

#: One row of each table that the second step changes, as the first step's version wrote it.
ROWS: Mapping[str, Mapping[str, Any]] = {
    "organisations": {
        **{"id": HOUSE, "slug": "kiln", "name": "Kiln Street", "contact_phone": "01632 960001"},
        **{"contact_email": "", "zone": "Europe/London", "dial_in_number": ""},
        **{"texts": {}, "created_at": THEN},
    },
    "people": {
        **{**OWNED, "id": ADA, "chosen_name": "Ada", "name_key": "ada", "channels": ["email"]},
        **{
            "email": "ada@example.org",
            "email_key": "ada@example.org",
            "phone": "",
            "phone_key": "",
        },
        **{"address": "", "through_name": "", "through_contact": "", "language": "en"},
        **{"print_size": 16, "created_at": THEN},
    },
    "kinds": {
        **{**OWNED, "id": KIND, "code": "peer", "name": "Circle", "neutral_title": "Thursday"},
        **{"minutes": 60, "ways": {"room": 12}, "needs_second": True, "is_open": False},
        **{"ground_rules": "", "running_order": "", "is_retired": False},
    },
    "meetings": {
        **{**OWNED, "id": MEETING, "kind_id": KIND, "state": "published", "version": 3},
        **{"starts_local": "2026-03-12T13:00", "zone": "Europe/London", "minutes": 60},
        **{"starts_at": THEN, "ends_at": THEN, "neutral_title": "Thursday", "real_title": ""},
        **{"is_open": False, "about": "Tea", "no_remote_reason": "", "help_phone": "01632 960001"},
        **{"phone_joining": "ring", "dial_number": "", "dial_pin": "", "room_name": "a-room"},
        **{"cancel_message": "", "created_at": THEN},
    },
    "invitations": {
        **{**OWNED, "id": INVITED, "meeting_id": MEETING, "person_id": ADA, "uid": "one@example"},
        **{"sequence": 2, "stamp": THEN, "created_at": THEN, "link_hash": "x", "answer": "yes"},
        **{"link_generation": 1, "way": "room", "supporters": 1, "supporter_name": "Ben"},
        **{"asked_again": False, "what_changed": ""},
    },
    "messages": {
        **{**OWNED, "id": UUID(int=6), "kind": "update", "person_id": ADA, "subject_id": INVITED},
        **{"version": 2, "occurrence": 0, "channel": "email", "state": "waiting", "tries": 0},
        **{"due_at": THEN, "lease": 0, "trouble": "", "created_at": THEN},
    },
    "tasks": {
        **{**OWNED, "id": UUID(int=7), "kind": "decide", "about": "", "once": "x", "words": ""},
        **{"for_role": "coordinator", "person_id": ADA, "state": "open", "tries": 0},
        **{"due_at": THEN, "created_at": THEN, "outcome": ""},
    },
}


def tables_of(connection: Connection) -> MetaData:
    """Read from the database what its tables are."""
    found = MetaData()
    found.reflect(connection)
    return found


def write_as_before(connection: Connection) -> None:
    """Make a database of the first version, with a row in each table."""
    command.upgrade(configuration(connection), "0001")
    tables = tables_of(connection).tables
    for name, row in ROWS.items():
        values = stored(connection, tables[name], row)
        if name == "organisations":
            values["jitsi_url"] = "https://meet.example.org/"
        connection.execute(insert(tables[name]).values(values))


def stored(connection: Connection, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Put values as the database keeps them: SQLite forgets zones, and writes identifiers as text."""
    if connection.dialect.name == "postgresql":
        return dict(row)
    put = {UUID: lambda value: value.hex, datetime: lambda value: value.replace(tzinfo=None)}
    return {name: put.get(type(value), lambda same: same)(value) for name, value in row.items()}


def read_again(connection: Connection) -> dict[str, dict[str, Any]]:
    """Read the one row of each table."""
    tables = tables_of(connection).tables
    return {name: dict(connection.execute(select(tables[name])).mappings().one()) for name in ROWS}


async def test_an_address_of_rooms_becomes_a_server_of_its_own(empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(write_as_before)
        await connection.run_sync(run_steps)
        rows = await connection.run_sync(servers_of)
    await engine.dispose()

    assert [("rooms-1", "plain", "https://meet.example.org")] == rows


def servers_of(connection: Connection) -> list[tuple[str, str, str]]:
    """Read the server each organisation uses."""
    tables = tables_of(connection).tables
    servers, houses = tables["jitsi_servers"], tables["organisations"]
    query = select(servers.c.slug, servers.c.kind, servers.c.url)
    return [
        tuple(row)
        for row in connection.execute(query.join(houses, houses.c.server_id == servers.c.id))
    ]


async def test_bringing_an_earlier_database_up_to_date_loses_nothing(
    empty_database_url: str,
) -> None:
    engine = create_async_engine(empty_database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(write_as_before)
        before = await connection.run_sync(read_again)

    async with engine.begin() as connection:
        await connection.run_sync(run_steps)
        after = await connection.run_sync(read_again)
    await engine.dispose()

    del before["organisations"]["jitsi_url"]
    assert before == {name: {key: after[name][key] for key in before[name]} for name in before}
    assert (False, False) == (after["meetings"]["is_held"], after["meetings"]["is_public"])
    assert ("GB-ENG", []) == (after["organisations"]["region"], after["kinds"]["roles"])
