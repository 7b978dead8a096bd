"""How PostgreSQL is reached past SQLAlchemy: the same address, as the driver itself reads it."""

import asyncpg
from sqlalchemy import URL

#: What SQLAlchemy alone knows; the driver would hand these on to the server, which refuses them.
OF_SQLALCHEMY = ("prepared_statement_cache_size", "prepared_statement_name_func")
#: What the driver takes as an argument, and would hand on as well. 0 is what PgBouncer needs (performance 11).
CACHE = "statement_cache_size"
USUAL_CACHE = 100


async def connect_directly(
    url: URL, *, connect_within: float, answer_within: float
) -> asyncpg.Connection:
    """Open a connection of one's own; both limits are in seconds."""
    plain = url.set(drivername="postgresql").difference_update_query([*OF_SQLALCHEMY, CACHE])
    return await asyncpg.connect(
        plain.render_as_string(hide_password=False),
        timeout=connect_within,
        command_timeout=answer_within,
        statement_cache_size=int(str(url.query.get(CACHE, USUAL_CACHE))),
    )
