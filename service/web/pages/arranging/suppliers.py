"""Suppliers: who can be booked, what they help with, what they ask for, and what they did here."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from aiohttp import web

from accessibility.bookings import OF_INTERPRETERS, Rules, usual_rules
from accessibility.money import pounds
from scheduling.time import long_date
from service.actions.suppliers import (
    SupplierDetails,
    add_supplier,
    bookable_terms,
    change_supplier,
    retire_supplier,
)
from service.errors import Invalid, Refused
from service.storage.arrangements import Arrangement, arrangements_of_supplier
from service.storage.suppliers import Supplier, supplier_by_id, suppliers_of
from service.vocabulary import vocabulary
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.requests.booked import TONES, rules_words
from service.web.pages.requests.money_boxes import MaybePence, typed_pounds
from service.web.reading import EmptyIsNone, Form, Line, Lines, read_form, read_id, typed
from service.web.words import say

MaybeDays = Annotated[int | None, EmptyIsNone]


class SupplierForm(Form):
    """The form about a supplier. Days left empty are those that are usual for what they help with."""

    name: Line = ""
    codes: tuple[str, ...] = ()
    phone: Line = ""
    email: Line = ""
    price: MaybePence = None
    half_fee_days: MaybeDays = None
    full_fee_days: MaybeDays = None
    notes: Lines = ""

    def details(self) -> SupplierDetails:
        """Give what is to be kept."""
        usual = usual_rules(self.codes)
        half, full = self.half_fee_days, self.full_fee_days
        return SupplierDetails(
            name=self.name,
            codes=self.codes,
            email=self.email,
            phone=self.phone,
            notes=self.notes,
            price_pence=self.price,
            rules=Rules(
                usual.half_days if half is None else half, usual.full_days if full is None else full
            ),
        )


class Retiring(Form):
    """Whether a supplier is taken off the list or put back on it."""

    retired: Line = ""


async def supplier_list(request: web.Request) -> web.Response:
    """List the suppliers by name, those that are off the list too."""
    found = await suppliers_of(request[DB], request[ACTOR], retired_too=True)
    return await page(
        request,
        "suppliers/list.html",
        title=say("suppliers.title"),
        rows=[supplier_row(each) for each in sorted(found, key=lambda one: one.is_retired)],
    )


async def supplier_page(request: web.Request) -> web.Response:
    """Show one supplier, and what they did here."""
    supplier = await supplier_by_id(request[DB], request[ACTOR], read_id(request))
    did = await arrangements_of_supplier(request[DB], request[ACTOR], supplier.id)
    return await page(
        request,
        "suppliers/supplier.html",
        title=supplier.name,
        supplier=supplier,
        row=supplier_row(supplier),
        did=[_did(each) for each in did],
    )


async def new_supplier(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await page(request, "suppliers/edit.html", **_new_facts())


async def add(request: web.Request) -> web.Response:
    """Add a supplier and show them."""
    try:
        form = await read_form(request, SupplierForm)
        made = await add_supplier(request[DB], request[ACTOR], form.details(), now=request[NOW])
    except (Invalid, Refused) as problem:
        shown = await typed(request)
        return await again(request, "suppliers/edit.html", problem, shown, **_new_facts())
    return see_other(f"/suppliers/{made.id}", done="supplier-added")


async def edit_supplier(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    supplier = await supplier_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, "suppliers/edit.html", **_edit_facts(supplier))


async def change(request: web.Request) -> web.Response:
    """Change what is kept and show it."""
    db, actor = request[DB], request[ACTOR]
    supplier = await supplier_by_id(db, actor, read_id(request))
    facts = _edit_facts(supplier)
    try:
        form = await read_form(request, SupplierForm)
        await change_supplier(db, actor, supplier.id, form.details(), now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, "suppliers/edit.html", problem, await typed(request), **facts)
    return see_other(f"/suppliers/{supplier.id}", done="supplier-changed")


async def retire(request: web.Request) -> web.Response:
    """Take a supplier off the list, or put them back."""
    is_retired = (await read_form(request, Retiring)).retired == "yes"
    supplier = await retire_supplier(
        request[DB], request[ACTOR], read_id(request), is_retired=is_retired, now=request[NOW]
    )
    done = "supplier-retired" if is_retired else "supplier-back"
    return see_other(f"/suppliers/{supplier.id}", done=done)


def supplier_row(supplier: Supplier) -> Mapping[str, Any]:
    """Give one supplier as a list shows them."""
    return {
        "supplier": supplier,
        "helps": [say(f"todo.{code}") for code in supplier.codes if code in vocabulary()],
        "price": pounds(supplier.price_pence) if supplier.price_pence is not None else "",
        "rules": rules_words(supplier),
    }


def _did(arrangement: Arrangement) -> Mapping[str, Any]:
    meeting = arrangement.meeting
    paid = arrangement.actual_pence
    return {
        "arrangement": arrangement,
        "todo": say(f"todo.{arrangement.code}"),
        "session": meeting.neutral_title,
        "day": long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
        "tone": TONES[arrangement.state],
        "state": say(f"booked.state-{arrangement.state}"),
        "cost": pounds(paid) if paid is not None else "",
    }


def _new_facts() -> Mapping[str, Any]:
    return {
        "title": say("suppliers.add"),
        "supplier": None,
        "terms": _terms(),
        "price": "",
        "usual": {"half": OF_INTERPRETERS.half_days, "full": OF_INTERPRETERS.full_days},
        "action": "/suppliers/new",
        "back": "/suppliers",
    }


def _edit_facts(supplier: Supplier) -> Mapping[str, Any]:
    return {
        **_new_facts(),
        "title": say("suppliers.change", {"name": supplier.name}),
        "supplier": supplier,
        "price": typed_pounds(supplier.price_pence),
        "action": f"/suppliers/{supplier.id}/edit",
        "back": f"/suppliers/{supplier.id}",
    }


def _terms() -> Sequence[Mapping[str, str]]:
    return [{"value": term.code, "word": say(f"todo.{term.code}")} for term in bookable_terms()]
