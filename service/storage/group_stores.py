"""Opening the store of a group writer: which one, by the sort of database."""

from sqlalchemy.engine import make_url

from service.storage.group_postgres import PostgresStore
from service.storage.group_sqlite import SqliteStore
from service.storage.group_table import Table
from service.storage.group_writer import Store


def store_for(url: str, table: Table) -> Store:
    """Give the store of a table in the database at the address; it connects with the first rows."""
    known = make_url(url)
    if known.get_backend_name() == "sqlite":
        return SqliteStore(known.database or ":memory:", table)
    return PostgresStore(known, table)
