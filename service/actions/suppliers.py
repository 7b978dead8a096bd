"""Keeping suppliers: who can be booked, for what, how to reach them and what they ask for when called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accessibility.bookings import NO_RULES, Rules
from accessibility.money import MOST_PENCE
from accessibility.terms import Doer, Term
from service.actions.contact_details import normal_email, normal_phone
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.suppliers import Supplier, name_of_supplier_is_taken, supplier_by_id
from service.vocabulary import vocabulary

#: What a coordinator sees to, by hiring somebody or something.
HIRED = frozenset({"COM-LOOP", "DIG-KIT", "AIR-HEPA", "MON-CHILDCARE"})
LONGEST_NAME = 120
LONGEST_NOTES = 2000
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class SupplierDetails:
    """What is kept of a supplier; `codes` are the terms they help with."""

    name: str
    codes: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    notes: str = ""
    price_pence: int | None = None
    rules: Rules = NO_RULES

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {}
        if not self.name:
            found["name"] = "needed"
        for name, limit in (("name", LONGEST_NAME), ("notes", LONGEST_NOTES)):
            if len(getattr(self, name)) > limit:
                found[name] = "too-long"
        if not self.codes:
            found["codes"] = "choose-one"
        elif not set(self.codes) <= {term.code for term in bookable_terms()}:
            found["codes"] = "not-a-choice"
        if not (self.email or self.phone):
            found["phone"] = "needed"
        if self.price_pence is not None and not 0 <= self.price_pence <= MOST_PENCE:
            found["price"] = "not-money"
        return found | self._problems_of_rules()

    def _problems_of_rules(self) -> dict[str, str]:
        found = {}
        for name, days in (
            ("half_fee_days", self.rules.half_days),
            ("full_fee_days", self.rules.full_days),
        ):
            if not 0 <= days <= MOST_DAYS:
                found[name] = "too-small" if days < 0 else "too-big"
        if not found and 0 < self.rules.half_days < self.rules.full_days:
            found["full_fee_days"] = "before-half"
        return found


def bookable_terms() -> Sequence[Term]:
    """Give the terms that somebody from outside can help with, in the order of the vocabulary."""
    return [term for term in vocabulary().terms if Doer.SUPPLIER in term.acts or term.code in HIRED]


async def add_supplier(
    db: Db, actor: Actor, details: SupplierDetails, *, now: datetime
) -> Supplier:
    """Add a supplier; raises Invalid."""
    require(actor, Permission.KEEP_SUPPLIERS)
    await _check(db, actor, details, but=None)
    supplier = Supplier(id=new_id(), organisation_id=actor.organisation_id, created_at=now)
    _fill(supplier, details)
    db.add(supplier)
    await db.flush()
    record(db, actor, "supplier.added", supplier, now=now)
    return supplier


async def change_supplier(
    db: Db, actor: Actor, supplier_id: UUID, details: SupplierDetails, *, now: datetime
) -> Supplier:
    """Change what is kept of a supplier; raises Invalid or NotFound. What is booked keeps its fees."""
    require(actor, Permission.KEEP_SUPPLIERS)
    supplier = await supplier_by_id(db, actor, supplier_id)
    await _check(db, actor, details, but=supplier.id)
    _fill(supplier, details)
    record(db, actor, "supplier.changed", supplier, now=now)
    return supplier


async def retire_supplier(
    db: Db, actor: Actor, supplier_id: UUID, *, is_retired: bool, now: datetime
) -> Supplier:
    """Take a supplier off the list, or put them back; what they did here stays. Raises NotFound."""
    require(actor, Permission.KEEP_SUPPLIERS)
    supplier = await supplier_by_id(db, actor, supplier_id)
    if supplier.is_retired is not is_retired:
        supplier.is_retired = is_retired
        what = "supplier.retired" if is_retired else "supplier.taken_back"
        record(db, actor, what, supplier, now=now)
    return supplier


async def _check(db: Db, actor: Actor, details: SupplierDetails, *, but: UUID | None) -> None:
    problems = details.problems()
    for normal, text in ((normal_email, details.email), (normal_phone, details.phone)):
        try:
            normal(text)
        except Invalid as error:
            problems |= error.fields
    if await name_of_supplier_is_taken(db, actor, details.name, but=but):
        problems["name"] = "taken"
    if problems:
        raise Invalid(problems)


def _fill(supplier: Supplier, details: SupplierDetails) -> None:
    supplier.name, supplier.codes = details.name, list(details.codes)
    supplier.email, supplier.phone = normal_email(details.email), details.phone
    supplier.notes, supplier.price_pence = details.notes, details.price_pence
    supplier.half_fee_days = details.rules.half_days
    supplier.full_fee_days = details.rules.full_days
