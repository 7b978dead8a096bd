"""What hosts ticked off on the day: one row for each line of the host sheet that was done, or not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.storage.base import Base, OfOrganisation


class HostTick(OfOrganisation, Base):
    """That a line of a meeting's sheet was done, or was not. `line` is the term's code and its number."""

    __tablename__ = "host_ticks"
    __table_args__ = (UniqueConstraint("meeting_id", "line"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    line: Mapped[str]
    is_done: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
