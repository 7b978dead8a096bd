"""Series: the rule that makes meetings, their template, what was decided of single dates, and who comes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import String

from scheduling.recurrence import Rule
from scheduling.series import DateChoice, SeriesState
from scheduling.ways import Way
from service.storage.base import Base, OfOrganisation
from service.storage.kinds import Kind
from service.storage.people import Person
from service.storage.places import Place
from service.storage.planned import Planned
from service.storage.types import WallDateTime


class RuleText(TypeDecorator[Rule]):
    """A rule, kept as RFC 5545 writes it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Rule | None, dialect: Dialect) -> str | None:
        """Store the rule's text."""
        return None if value is None else value.text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Rule | None:
        """Give the rule back."""
        return None if value is None else Rule.of(value)


class Series(Planned, OfOrganisation, Base):
    """A rule that makes meetings, and what each of them begins with.

    `starts_local` is the first date and the time of day, on the wall; `ends_on` is the last day a date
    may fall on, itself included. `limits` maps the Way values offered to their limits (None: no limit).
    Guests are told `weeks_ahead` weeks before, and always of the next two dates. `date_rules` says what
    is done with dates that fall on something (DateKind value to "skip" or "next_same_weekday").
    `made_until` is how far meetings have been made; `follows_id` names the series this one was split from.
    """

    __tablename__ = "series"
    __table_args__ = (
        Index(None, "organisation_id", "state"),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
        CheckConstraint("weeks_ahead BETWEEN 1 AND 52", name="weeks_ahead"),
    )

    state: Mapped[SeriesState] = mapped_column(default=SeriesState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    rule: Mapped[Rule | None] = mapped_column(RuleText())
    starts_local: Mapped[datetime | None] = mapped_column(WallDateTime())
    ends_on: Mapped[date | None]
    limits: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    date_rules: Mapped[dict[str, str]] = mapped_column(default=dict)
    weeks_ahead: Mapped[int] = mapped_column(default=6)
    made_until: Mapped[date | None]
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    kind: Mapped[Kind] = relationship(lazy="raise")
    lead: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Series.lead_id")
    second: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Series.second_id")
    place: Mapped[Place | None] = relationship(lazy="raise", foreign_keys="Series.place_id")
    outdoor_place: Mapped[Place | None] = relationship(
        lazy="raise", foreign_keys="Series.outdoor_place_id"
    )
    dates: Mapped[list["SeriesDate"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="SeriesDate.on"
    )


class SeriesDate(OfOrganisation, Base):
    """What was decided about one date of a series; `on` is the wall-clock time its rule gives.

    `because` is the DateKind value of the rule that decided; it is empty if a person did.
    """

    __tablename__ = "series_dates"
    __table_args__ = (UniqueConstraint("series_id", "on"),)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    on: Mapped[datetime] = mapped_column(WallDateTime())
    choice: Mapped[DateChoice]
    moved_to: Mapped[datetime | None] = mapped_column(WallDateTime())
    because: Mapped[str] = mapped_column(default="")


class SeriesGuest(OfOrganisation, Base):
    """Somebody who is invited to every date of a series; with `is_every_time` they come to each.

    `way`, `supporters` and `supporter_name` are what their standing answer says.
    """

    __tablename__ = "series_guests"
    __table_args__ = (
        UniqueConstraint("series_id", "person_id"),
        Index(None, "organisation_id", "person_id"),
        CheckConstraint("supporters BETWEEN 0 AND 2", name="supporters"),
    )

    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    is_every_time: Mapped[bool] = mapped_column(default=False)
    way: Mapped[Way | None]
    supporters: Mapped[int] = mapped_column(default=0)
    supporter_name: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
