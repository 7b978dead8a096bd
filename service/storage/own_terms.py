"""What an organisation added to the vocabulary, and how it words what is there; its own prices."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.storage.base import Base, OfOrganisation
from service.storage.types import JsonValue


class OwnTerm(OfOrganisation, Base):
    """A term of the organisation's own, or its own wording of one that is shipped.

    `is_added` tells which; `definition` then holds all that a shipped term has in the vocabulary file.
    A term that is retired stays readable and is offered to nobody.
    """

    __tablename__ = "own_terms"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    code: Mapped[str]
    is_added: Mapped[bool]
    label: Mapped[str] = mapped_column(default="")
    what_we_do: Mapped[str] = mapped_column(default="")
    action_lines: Mapped[list[str]] = mapped_column(default=list)
    definition: Mapped[dict[str, object]] = mapped_column(JsonValue, default=dict)
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class OwnPrice(OfOrganisation, Base):
    """What something costs here, in pence, instead of the price that is shipped."""

    __tablename__ = "own_prices"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    code: Mapped[str]
    low: Mapped[int]
    typical: Mapped[int]
    high: Mapped[int | None]
    seen_on: Mapped[date]
    source: Mapped[str]


class AccessBudget(OfOrganisation, Base):
    """Money set aside for access, apart from what sessions cost: so much, from one day to another."""

    __tablename__ = "access_budgets"

    starts_on: Mapped[date]
    ends_on: Mapped[date]
    pence: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
