"""Identifiers made in Python, so that a row knows its own before it is stored."""

import secrets
import time
from datetime import timedelta
from uuid import UUID


def new_id() -> UUID:
    """Make a UUIDv7: sortable by the millisecond it was made in (RFC 9562, 5.7).

    It reads the machine's time and not `service.clock`: a demonstration that moves the clock back
    must not make identifiers that collide or sort before their elders.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def earlier_id(than: UUID, by: timedelta) -> UUID:
    """Give the lowest identifier that could be made so much before this one."""
    milliseconds = (than.int >> 80) - by // timedelta(milliseconds=1)
    return UUID(int=max(0, milliseconds) << 80)
