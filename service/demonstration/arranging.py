"""The requests of the demonstration, each taken step by step to the state it has today; who can be booked."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from accessibility.bookings import Rules, people_needed
from accessibility.evidence import CannotReason, Refusal
from accessibility.requests import OUTCOMES, RequestState
from service.actions import arranging
from service.actions.arranging import NextStep
from service.actions.booking import Booking, book, join
from service.actions.budgeting import BudgetDetails, set_budget
from service.actions.requests import begin_the_day
from service.actions.suppliers import SupplierDetails, add_supplier
from service.demonstration.houses import LONG_AGO
from service.demonstration.playing import invitation_to
from service.demonstration.scene_parts import Asked
from service.demonstration.scenes import demonstration
from service.demonstration.stage import Stage
from service.storage.arrangements import standing_arrangements
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest

#: What is said of a request only when its session is over.
AFTER_THE_DAY = frozenset({*OUTCOMES, RequestState.REVIEWED})


class NoSuchRequest(ValueError):
    """A request of the demonstration did not come about: its file does not fit its people."""


async def arrange(stage: Stage, meeting: Meeting, asked: Asked) -> None:
    """Take one request through its steps, one an hour; how it went is said after the session."""
    request = await _request(stage, meeting, asked)
    begun = stage.now - timedelta(days=asked.days_ago)
    for number, state in enumerate(asked.steps):
        since = meeting.ends_at if state in AFTER_THE_DAY and meeting.ends_at else begun
        then = since + timedelta(hours=number)
        await _step(stage, meeting, request, state, asked.words, now=then)
        await stage.db.flush()
    await _book(stage, meeting, request, asked, now=begun + timedelta(hours=len(asked.steps)))


async def keep_suppliers(stage: Stage) -> None:
    """Write down who can be booked, and what is set aside for it this year."""
    db, then = stage.db, stage.now - LONG_AGO
    for each in demonstration().suppliers:
        details = SupplierDetails(
            name=each.name,
            codes=each.codes,
            email=each.email,
            phone=each.phone,
            notes=each.notes,
            price_pence=each.price_pence,
            rules=Rules(each.half_fee_days, each.full_fee_days),
        )
        stage.suppliers[each.id] = await add_supplier(db, stage.coordinator, details, now=then)
    year = stage.now.year
    budget = BudgetDetails(
        date(year, 1, 1), date(year, 12, 31), demonstration().access_budget_pence
    )
    await set_budget(db, stage.director, budget, now=then)


async def _book(
    stage: Stage, meeting: Meeting, request: AccessRequest, asked: Asked, *, now: datetime
) -> None:
    """Book a supplier for a request, or let it join what is booked for its session."""
    db, bridget = stage.db, stage.coordinator
    if asked.books:
        supplier = stage.suppliers[asked.books]
        team = people_needed(asked.code, meeting.minutes)
        booking = Booking(
            supplier_id=supplier.id,
            reference=asked.reference,
            people=team,
            estimate_pence=(supplier.price_pence or 0) * team,
            words=asked.words,
        )
        await book(db, bridget, request.id, booking, now=now)
    elif asked.shares:
        (booked,) = await standing_arrangements(db, bridget, [meeting.id])
        await join(db, bridget, request.id, booked.id, asked.words, now=now)


async def _request(stage: Stage, meeting: Meeting, asked: Asked) -> AccessRequest:
    invitation = await invitation_to(stage, meeting, asked.who)
    query = select(AccessRequest).where(
        AccessRequest.invitation_id == invitation.id, AccessRequest.code == asked.code
    )
    found = await stage.db.scalar(query)
    if found is None:
        raise NoSuchRequest(f"{asked.who} asked for no {asked.code}")
    return found


async def _step(
    stage: Stage,
    meeting: Meeting,
    request: AccessRequest,
    state: RequestState,
    words: str,
    *,
    now: datetime,
) -> None:
    db, bridget = stage.db, stage.coordinator
    match state:
        case RequestState.ACKNOWLEDGED:
            await arranging.take_on(db, bridget, request.id, now=now)
        case RequestState.ARRANGING:
            step = NextStep(words, _before(meeting, now), 0)
            await arranging.set_next_step(db, bridget, request.id, step, now=now)
        case RequestState.ARRANGED:
            proof = "Rang and asked"
            await arranging.set_arranged(db, bridget, request.id, proof, words, now=now)
        case RequestState.ALTERNATIVE_OFFERED:
            await arranging.offer_something_else(db, bridget, request.id, words, now=now)
        case RequestState.CANNOT_MEET:
            await _decide_cannot(stage, request, words, now=now)
        case RequestState.ON_THE_DAY:
            await begin_the_day(db, stage.system, now=meeting.starts_at or now)
        case RequestState.REVIEWED:
            await arranging.review(db, bridget, request.id, words, now=now)
        case _:
            await arranging.answer_request(db, bridget, request.id, state, channel="phone", now=now)


def _before(meeting: Meeting, now: datetime) -> date:
    """Give a day for the next step: five days on, but the day before the session at the latest."""
    latest = (meeting.starts_at or now) - timedelta(days=1)
    return max(now, min(now + timedelta(days=5), latest)).date()


async def _decide_cannot(
    stage: Stage, request: AccessRequest, words: str, *, now: datetime
) -> None:
    tried = "Three agencies rang back: nobody is free on that day."
    await arranging.pass_to_director(stage.db, stage.coordinator, request.id, tried, now=now)
    await stage.db.flush()
    refusal = Refusal(
        reason=CannotReason.TOO_LATE,
        tried=tried,
        offered_instead=words,
        cost_against_budget="The money is there; nobody is free.",
        review_on=(now + timedelta(days=14)).date(),
        how_to_complain="Ring the help number and ask for Winifred.",
    )
    await arranging.decide_cannot(stage.db, stage.director, request.id, refusal, now=now)
