"""What Jitsi servers told us, each thing once, until it is forgotten. Rows are never changed."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.room_events import EventKind, RoomEvent, Visit
from service.storage.base import Base


class StoredEvent(Base):
    """One RoomEvent as it came: `key` keeps repeats out; `facts` are its other values by name.

    It belongs to a server, not to an organisation: whose room it was is looked up when it is read.
    """

    __tablename__ = "room_events"
    __table_args__ = (Index(None, "room", "at"), Index(None, "received_at"))

    key: Mapped[str] = mapped_column(primary_key=True)
    server_id: Mapped[UUID] = mapped_column(ForeignKey("jitsi_servers.id", ondelete="CASCADE"))
    room: Mapped[str]
    kind: Mapped[EventKind]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def facts_of(event: RoomEvent) -> dict[str, Any]:
    """Give what a stored event keeps beside its columns: only what was said, ready for JSON."""
    facts: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(event, name))}
    if event.visits:
        facts["visits"] = [_visit_facts(each) for each in event.visits]
    return facts


def event_of(row: StoredEvent) -> RoomEvent:
    """Give the event as it came."""
    facts = dict(row.facts)
    visits = tuple(_visit(each) for each in facts.pop("visits", ()))
    return RoomEvent(row.key, row.kind, row.room, row.at, visits=visits, **facts)


_COLUMNS = frozenset({"key", "kind", "room", "at"})
_TEXTS = tuple(each.name for each in fields(RoomEvent) if each.name not in _COLUMNS | {"visits"})


def _visit_facts(visit: Visit) -> dict[str, str]:
    given = {each.name: getattr(visit, each.name) for each in fields(Visit)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value
    }


def _visit(facts: Mapping[str, str]) -> Visit:
    return Visit(
        facts["occupant"],
        _instant(facts.get("joined_at")),
        _instant(facts.get("left_at")),
        facts.get("person", ""),
        facts.get("name", ""),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
