"""How PostgreSQL's driver is called: the address, and what stands in it for the driver alone.

Everything else goes through SQLAlchemy; quick reads and room events call the driver themselves.
"""

import asyncpg
from sqlalchemy import URL

#: What SQLAlchemy alone knows; the driver would hand these on to the server, which refuses them.
OF_SQLALCHEMY = ("prepared_statement_cache_size", "prepared_statement_name_func")
#: What the driver takes as a number, not as text. 0 is what PgBouncer needs (performance 11).
CACHE = "statement_cache_size"
USUAL_CACHE = 100


def without_cache(url: URL) -> tuple[URL, int]:
    """Take out of an address how many statements the driver may keep; gives the rest and the number."""
    return url.difference_update_query([CACHE]), int(str(url.query.get(CACHE, USUAL_CACHE)))


async def connect_directly(
    url: URL, *, connect_within: float, answer_within: float
) -> asyncpg.Connection:
    """Open a connection of one's own; both limits are in seconds."""
    rest, cache = without_cache(url)
    plain = rest.set(drivername="postgresql").difference_update_query(OF_SQLALCHEMY)
    return await asyncpg.connect(
        plain.render_as_string(hide_password=False),
        timeout=connect_within,
        command_timeout=answer_within,
        statement_cache_size=cache,
    )
