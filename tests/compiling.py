"""What SQLAlchemy compiled is kept from test to test, as one service keeps it that runs for long.

Each test opens engines of its own; compiling the same statements anew took two fifths of its time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Compiled, Engine
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.dialects.sqlite.aiosqlite import dialect as aiosqlite_dialect
from sqlalchemy.util import LRUCache

#: More than there are statements; one engine alone keeps 500.
STATEMENTS = 5000


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let all engines of a kind share one cache.

    SQLAlchemy looks into it by the engine's dialect too, so those of a kind are made equal.
    """
    with pytest.MonkeyPatch.context() as patch:
        for dialect in (aiosqlite_dialect, asyncpg_dialect):
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
            patch.setattr(dialect, "engine_created", _share(LRUCache(STATEMENTS)))
        yield


def _share(compiled: LRUCache[Any, Compiled]) -> Callable[[Engine], None]:
    """Make what gives a new engine this cache."""

    def engine_created(engine: Engine) -> None:
        engine._compiled_cache = compiled

    return engine_created
