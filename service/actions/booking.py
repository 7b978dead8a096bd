"""Booking: somebody or something for a meeting, for one request or for all that it serves.

What is booked is an arrangement. A request that gets one is arranged as soon as there is a booking number,
and goes back to arranging when it is called off. Nobody who shares one learns who else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.bookings import (
    STANDING,
    ArrangementState,
    IllegalBooking,
    NoReference,
    Rules,
    fees,
    serves_too,
    take_step,
)
from accessibility.money import MOST_PENCE
from accessibility.requests import RequestState
from scheduling.time import date_words, long_date, on_wall
from service.actions.arranging import NextStep, set_arranged, set_next_step, take_on
from service.actions.dating import day_at
from service.actions.loose_ends import place_of
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.identifiers import new_id
from service.storage.arrangements import (
    Arrangement,
    arrangement_by_id,
    due_back_on,
    kit_to_book,
    where_kit_is,
)
from service.storage.audit import record
from service.storage.base import Db
from service.storage.kit import KitItem
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.requests import request_to_change, requests_served_by
from service.storage.suppliers import Supplier, supplier_by_id
from service.storage.tasks import Task, overtake_tasks
from service.vocabulary import vocabulary

#: States in which something can be booked for a request.
BOOKABLE: Final = frozenset(
    {RequestState.SUBMITTED, RequestState.ACKNOWLEDGED, RequestState.ARRANGING}
)
MOST_PEOPLE: Final = 20
GET_NUMBER: Final = "Get the booking number"


@dataclass(frozen=True, slots=True)
class Booking:
    """What to book: a supplier or a thing of our own, how many come, what it is thought to cost.

    Without a `reference` it is planned, not booked. `words` are what each person is told once it is booked.
    """

    supplier_id: UUID | None = None
    kit_id: UUID | None = None
    reference: str = ""
    people: int = 1
    estimate_pence: int | None = None
    words: str = ""

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {}
        if (self.supplier_id is None) is (self.kit_id is None):
            found["by"] = "needed"
        if not 1 <= self.people <= MOST_PEOPLE:
            found["people"] = "too-small" if self.people < 1 else "too-big"
        if self.estimate_pence is not None and not 0 <= self.estimate_pence <= MOST_PENCE:
            found["estimate"] = "not-money"
        if (self.reference or self.kit_id) and not self.words:
            found["words"] = "needed"
        return found


async def book(
    db: Db, actor: Actor, request_id: UUID, booking: Booking, *, now: datetime
) -> Arrangement:
    """Book something for a request, or plan to; raises Invalid, or Refused where the kit is elsewhere."""
    require(actor, Permission.ARRANGE)
    request = await _to_book(db, actor, request_id, now)
    if problems := booking.problems():
        raise Invalid(problems)
    by = await _who_or_what(db, actor, booking, request.meeting)
    made = _made(actor, request, booking, by, now)
    db.add(made)
    await db.flush()
    record(db, actor, "arrangement.made", made, now=now, code=made.code, state=made.state.value)
    await _serve(db, actor, request, made, booking.words, now=now)
    return made


async def join(
    db: Db, actor: Actor, request_id: UUID, arrangement_id: UUID, words: str, *, now: datetime
) -> Arrangement:
    """Let what is arranged for others in the same meeting serve a request as well."""
    require(actor, Permission.ARRANGE)
    request = await _to_book(db, actor, request_id, now)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    served = await requests_served_by(db, actor, [arrangement.id])
    if not can_join(request, arrangement, served):
        raise Refused("cannot-join")
    if arrangement.state is ArrangementState.BOOKED and not words:
        raise Invalid({"words": "needed"})
    await overtake_tasks(db, Task.subject_id == arrangement.id)
    record(db, actor, "arrangement.joined", arrangement, now=now, request=request.id)
    await _serve(db, actor, request, arrangement, words, now=now)
    return arrangement


def can_join(
    request: AccessRequest, arrangement: Arrangement, served: Sequence[AccessRequest]
) -> bool:
    """Say whether something planned or booked serves a request too: same meeting, term, language, method."""
    return (
        arrangement.state in STANDING
        and arrangement.meeting_id == request.meeting_id
        and arrangement.code == request.code
        and serves_too(
            vocabulary().term(request.code), request.details, [each.details for each in served]
        )
    )


async def confirm(
    db: Db, actor: Actor, arrangement_id: UUID, reference: str, words: str, *, now: datetime
) -> Arrangement:
    """Write down the booking number of what was planned; all it serves are arranged, and told so."""
    require(actor, Permission.ARRANGE)
    arrangement = await arrangement_by_id(db, actor, arrangement_id, lock=True)
    step_booking(arrangement, ArrangementState.BOOKED, reference=reference)
    if not words:
        raise Invalid({"words": "needed"})
    arrangement.reference, arrangement.words = reference, words
    record(db, actor, "arrangement.booked", arrangement, now=now)
    for request in await requests_served_by(db, actor, [arrangement.id], lock=True):
        if request.state in BOOKABLE:
            await set_arranged(db, actor, request.id, proof_of(arrangement), words, now=now)
    return arrangement


def proof_of(arrangement: Arrangement) -> str:
    """Name what shows that something is booked: its number, or that it is a thing of our own."""
    if arrangement.kit is not None:
        return f"{arrangement.kit.name}, our own"
    name = arrangement.supplier.name if arrangement.supplier else ""
    return f"{name}, {arrangement.reference}".strip(", ")


async def _to_book(db: Db, actor: Actor, request_id: UUID, now: datetime) -> AccessRequest:
    """Load a request that nothing stands for yet, taken on if it was new."""
    request = await request_to_change(db, actor, request_id)
    if request.state not in BOOKABLE:
        raise Refused("request-moved-on")
    if request.arrangement is not None and request.arrangement.state in STANDING:
        raise Refused("already-booked")
    if request.state is RequestState.SUBMITTED:
        await take_on(db, actor, request.id, now=now)
    return request


async def _who_or_what(
    db: Db, actor: Actor, booking: Booking, meeting: Meeting
) -> Supplier | KitItem:
    if booking.kit_id is not None:
        return await free_kit(db, actor, booking.kit_id, meeting)
    if booking.supplier_id is None:
        raise Invalid({"by": "needed"})
    return await supplier_by_id(db, actor, booking.supplier_id)


async def _serve(
    db: Db,
    actor: Actor,
    request: AccessRequest,
    arrangement: Arrangement,
    words: str,
    *,
    now: datetime,
) -> None:
    """Point the request at what is arranged; it is arranged itself once that is booked."""
    request.arrangement_id, request.estimate_pence = arrangement.id, None
    request.owner_id = request.owner_id or actor.person_id
    if arrangement.state is ArrangementState.BOOKED:
        await set_arranged(db, actor, request.id, proof_of(arrangement), words, now=now)
        return
    here = await day_at(db, actor.organisation_id, now)
    step = NextStep(GET_NUMBER, here.next_working_day, arrangement.estimate_pence or 0)
    await set_next_step(db, actor, request.id, step, now=now)


def _made(
    actor: Actor,
    request: AccessRequest,
    booking: Booking,
    by: Supplier | KitItem,
    now: datetime,
) -> Arrangement:
    is_kit = isinstance(by, KitItem)
    made = Arrangement(
        id=new_id(),
        organisation_id=actor.organisation_id,
        meeting_id=request.meeting_id,
        code=request.code,
        state=ArrangementState.PLANNED,
        people=booking.people,
        reference=booking.reference,
        words=booking.words,
        estimate_pence=booking.estimate_pence,
        created_at=now,
        created_by=actor.person_id,
    )
    made.meeting = request.meeting
    made.kit, made.supplier = (by, None) if isinstance(by, KitItem) else (None, by)
    if made.supplier is not None:
        set_fees(made, made.supplier)
    if booking.reference or is_kit:
        step_booking(made, ArrangementState.BOOKED, reference=proof_of(made))
    return made


async def free_kit(
    db: Db, actor: Actor, kit_id: UUID, meeting: Meeting, *, but: UUID | None = None
) -> KitItem:
    """Give a thing of our own that no other meeting has then, nor anybody at home; Refused says where it is."""
    found = await kit_to_book(db, actor, only=kit_id)
    if not found:
        raise NotFound
    due = await due_back_on(db, actor, kit_id)
    if due is not None:
        raise Refused("kit-lent", field="by", kit=found[0].name, day=date_words(due))
    other = await where_kit_is(db, actor, kit_id, meeting, but=but)
    if other is not None and other.starts_at is not None:
        raise Refused(
            "kit-elsewhere",
            field="by",
            kit=found[0].name,
            place=place_of(other),
            session=other.neutral_title,
            day=long_date(other.starts_at, other.zone),
        )
    return found[0]


def set_fees(arrangement: Arrangement, supplier: Supplier) -> None:
    """Count the days on which calling off costs from the day the meeting is on."""
    meeting = arrangement.meeting
    if meeting.starts_at is None:
        return
    day = on_wall(meeting.starts_at, meeting.zone).local.date()
    found = fees(Rules(supplier.half_fee_days, supplier.full_fee_days), day)
    arrangement.half_fee_from, arrangement.full_fee_from = found.half_from, found.full_from


def step_booking(arrangement: Arrangement, after: ArrangementState, *, reference: str = "") -> None:
    """Take something arranged a step on; raises Refused or Invalid in the words that pages know."""
    try:
        arrangement.state = take_step(arrangement.state, after, reference=reference)
    except NoReference as error:
        raise Invalid({"reference": "needed"}) from error
    except IllegalBooking as error:
        raise Refused("booking-moved-on") from error
