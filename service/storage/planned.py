"""What is planned of a meeting and of a series alike: the columns both tables have."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column


class PhoneJoining(StrEnum):
    """How people who join by phone get in: they dial a number and type a PIN, or we ring them."""

    DIAL = "dial"
    RING = "ring"


class Planned:
    """Length, titles, hosts, places and the phone, as columns."""

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("kinds.id"))
    zone: Mapped[str]
    minutes: Mapped[int]
    neutral_title: Mapped[str] = mapped_column(default="")
    real_title: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("places.id"))
    outdoor_place_id: Mapped[UUID | None] = mapped_column(ForeignKey("places.id"))
    no_remote_reason: Mapped[str] = mapped_column(default="")
    help_phone: Mapped[str] = mapped_column(default="")
    phone_joining: Mapped[PhoneJoining] = mapped_column(default=PhoneJoining.RING)
    dial_number: Mapped[str] = mapped_column(default="")
