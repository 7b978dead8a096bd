"""Adding rows that several processes may want to add at the same moment: each is there once.

What makes a row the same is its table's unique key. Whoever comes second adds nothing and hears so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from service.storage.base import Db, OfOrganisation


async def add_unless_there(
    db: Db, table: type[OfOrganisation], rows: Sequence[Mapping[str, Any]]
) -> int:
    """Add those rows whose key is not taken, and count them.

    Give rows in an order that every process would give them in: on PostgreSQL one waits for the other
    at the first row they share.
    """
    if not rows:
        return 0
    if db.get_bind().dialect.name == "postgresql":
        added = postgresql.insert(table).on_conflict_do_nothing().returning(table.id)
    else:
        added = sqlite.insert(table).on_conflict_do_nothing().returning(table.id)
    return len((await db.scalars(added, rows)).all())
