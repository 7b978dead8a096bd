"""Booking for one request: joining what is arranged already, a supplier, or a thing of our own."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from accessibility.bookings import people_needed
from accessibility.money import pounds
from scheduling.time import long_date
from service.actions.booking import Booking, book, can_join, join
from service.errors import Invalid, NotFound, Refused
from service.storage.arrangements import Arrangement, kit_to_book, standing_arrangements
from service.storage.kit import KitItem
from service.storage.needs import AccessRequest
from service.storage.requests import request_to_book, requests_served_by
from service.storage.suppliers import Supplier, suppliers_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.arranging.suppliers import supplier_row
from service.web.pages.requests.booked import by_words
from service.web.pages.requests.money_boxes import MaybePence
from service.web.reading import Form, Line, Lines, read_form, read_id, typed
from service.web.words import say

#: Before the id of what was chosen: a supplier, or a thing of our own.
SUPPLIER, KIT = "supplier", "kit"


class BookForm(Form):
    """What to book; `by` is a supplier or a thing of our own."""

    by: Line = ""
    reference: Annotated[Line, Field(max_length=200)] = ""
    people: int = 1
    estimate: MaybePence = None
    words: Annotated[Lines, Field(max_length=2000)] = ""

    def booking(self) -> Booking:
        """Give what is to be booked; raises Invalid for what nobody could choose."""
        kind, _, text = self.by.partition(":")
        try:
            chosen = UUID(text) if text else None
        except ValueError as error:
            raise Invalid({"by": "not-a-choice"}) from error
        return Booking(
            supplier_id=chosen if kind == SUPPLIER else None,
            kit_id=chosen if kind == KIT else None,
            reference=self.reference,
            people=self.people,
            estimate_pence=self.estimate,
            words=self.words,
        )


class JoinForm(Form):
    """Which arrangement is to serve the request as well, and what its person is told."""

    arrangement: UUID
    join_words: Annotated[Lines, Field(max_length=2000)] = ""


async def book_page(request: web.Request) -> web.Response:
    """Show what there is to book with."""
    return await page(request, "arrangements/book.html", **await _facts(request))


async def book_it(request: web.Request) -> web.StreamResponse:
    """Book it, or plan to."""
    try:
        booking = (await read_form(request, BookForm)).booking()
        await book(request[DB], request[ACTOR], read_id(request), booking, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await _again(request, problem)
    done = "booked" if booking.reference or booking.kit_id else "booking-planned"
    return see_other(f"/requests/{read_id(request)}", done=done)


async def join_it(request: web.Request) -> web.StreamResponse:
    """Let what is arranged already serve this request as well."""
    db, actor, request_id = request[DB], request[ACTOR], read_id(request)
    try:
        form = await read_form(request, JoinForm)
        await join(db, actor, request_id, form.arrangement, form.join_words, now=request[NOW])
    except Invalid as problem:
        fields = {
            "join_words" if name == "words" else name: it for name, it in problem.fields.items()
        }
        return await _again(request, Invalid(fields))
    except Refused as problem:
        return await _again(request, problem)
    return see_other(f"/requests/{request_id}", done="joined")


async def _again(request: web.Request, problem: Invalid | Refused) -> web.Response:
    facts = await _facts(request)
    return await again(request, "arrangements/book.html", problem, await typed(request), **facts)


async def _facts(request: web.Request) -> Mapping[str, Any]:
    db, actor = request[DB], request[ACTOR]
    found = await request_to_book(db, actor, read_id(request))
    meeting = found.meeting
    if meeting.starts_at is None:
        raise NotFound
    suppliers = await suppliers_of(db, actor)
    serving = [each for each in suppliers if found.code in each.codes]
    team = people_needed(found.code, meeting.minutes, _enough(found))
    return {
        "title": say(f"todo.{found.code}"),
        "found": found,
        "session": meeting.neutral_title,
        "day": long_date(meeting.starts_at, meeting.zone),
        "joinable": await _joinable(request, found),
        "serving": [supplier_row(each) for each in serving],
        "options_to_book": _options(serving, suppliers, await kit_to_book(db, actor)),
        "people": team,
        "is_team": team > 1,
    }


async def _joinable(request: web.Request, found: AccessRequest) -> Sequence[Mapping[str, Any]]:
    """Give what is arranged in the meeting and serves this request as well."""
    db, actor = request[DB], request[ACTOR]
    standing = [
        each
        for each in await standing_arrangements(db, actor, [found.meeting_id])
        if each.code == found.code
    ]
    if not standing:
        return []
    served = await requests_served_by(db, actor, [each.id for each in standing])
    return [
        _offer(each, theirs)
        for each in standing
        if can_join(found, each, theirs := [one for one in served if one.arrangement_id == each.id])
    ]


def _offer(arrangement: Arrangement, served: Sequence[AccessRequest]) -> Mapping[str, Any]:
    return {
        "id": arrangement.id,
        "by": by_words(arrangement),
        "state": say(f"booked.state-{arrangement.state}"),
        "serves": say("booked.serves", {"count": len(served)}),
    }


def _options(
    serving: Sequence[Supplier], suppliers: Sequence[Supplier], kit: Sequence[KitItem]
) -> Sequence[Mapping[str, str]]:
    """Give who can be booked for this, then our own things, then everybody else."""
    others = [each for each in suppliers if each not in serving]
    return [
        {"value": "", "word": say("book.choose")},
        *({"value": f"{SUPPLIER}:{each.id}", "word": _with_price(each)} for each in serving),
        *(
            {"value": f"{KIT}:{each.id}", "word": say("booked.own", {"kit": each.name})}
            for each in kit
        ),
        *({"value": f"{SUPPLIER}:{each.id}", "word": each.name} for each in others),
    ]


def _with_price(supplier: Supplier) -> str:
    if supplier.price_pence is None:
        return supplier.name
    return say("book.usually", {"name": supplier.name, "price": pounds(supplier.price_pence)})


def _enough(found: AccessRequest) -> list[int]:
    said = found.details.get("solo_ok_minutes", "")
    return [int(said)] if said.isdigit() else []
