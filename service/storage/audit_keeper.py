"""Lines of the audit for pages that change nothing: durable before the page is shown.

A page that reads has a transaction in which the database refuses to write, so its line goes by a group
writer of its own.
"""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from service.storage.audit import AuditLine
from service.storage.group_stores import store_for
from service.storage.group_table import Table
from service.storage.group_writer import GroupWriter, Row, Store

AUDIT = Table(
    "audit",
    (
        ("id", "uuid"),
        ("organisation_id", "uuid"),
        ("at", "timestamptz"),
        ("door", "text"),
        ("actor_id", "uuid"),
        ("what", "text"),
        ("subject", "text"),
        ("subject_id", "uuid"),
        ("person_id", "uuid"),
        ("facts", "jsonb"),
    ),
)


class AuditKeeper:
    """Keeps lines of the audit. One for each process; all of them write to the same table."""

    def __init__(self, store: Store) -> None:
        self._writer = GroupWriter(store, _nobody_waits)

    async def keep(self, lines: Sequence[AuditLine]) -> None:
        """Come back when the lines are durable; they need their ids.

        Raises NotKept (503: ask again in a moment) if that takes too long, see `group_writer`; they may
        still be stored later, and then say that somebody looked who saw nothing.
        """
        await self._writer.write([_row(line) for line in lines])

    async def close(self) -> None:
        """Keep what was taken on, and close."""
        await self._writer.close()


@asynccontextmanager
async def open_audit(url: str) -> AsyncGenerator[AuditKeeper]:
    """Open the keeper of a database; nothing is connected before the first line."""
    keeper = AuditKeeper(store_for(url, AUDIT))
    try:
        yield keeper
    finally:
        await keeper.close()


def _nobody_waits(_rows: Sequence[Row]) -> None:
    """Tell nobody: who looks at the audit reads it from the database."""


def _row(line: AuditLine) -> Row:
    return (
        line.id,
        line.organisation_id,
        line.at,
        line.door.value,
        line.actor_id,
        line.what,
        line.subject,
        line.subject_id,
        line.person_id,
        json.dumps(line.facts, ensure_ascii=False),
    )
