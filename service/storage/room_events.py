"""What Jitsi servers told us, each thing once, until it is forgotten. Rows are never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.room_events import EventKind
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
