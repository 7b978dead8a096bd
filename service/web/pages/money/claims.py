"""The coordinator's pages: what people ask for, to decide, to pay, paid; and one claim with its steps."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from accessibility.claims import ClaimState, PayBy, may_take
from accessibility.disclosure import Field
from accessibility.money import pounds
from accessibility.requests import Party
from scheduling.meeting import MeetingState
from scheduling.time import long_date
from service.actions.money.deciding import limit_of, proposed_pence
from service.actions.money.receipt_files import ENDINGS
from service.errors import Invalid
from service.storage.claiming import (
    OPEN_CLAIMS,
    ClaimLine,
    caps_here,
    claim_by_id,
    claims_in,
    paid_claims,
    receipts_of,
)
from service.storage.claims import Claim, Receipt
from service.storage.meetings import Meeting, meeting_row
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.looking import note_shown
from service.web.pages.money.door import house_day_of
from service.web.pages.money.words import (
    TONES,
    due_flag,
    how_words,
    kind_words,
    pay_by_options,
    sum_words,
)
from service.web.reading import EmptyIsNone, Form, read_id, read_query
from service.web.words import say
from service.working_days import HouseDay

ONE = "money/claim.html"
KILOBYTE = 1000


class Which(Form):
    """One session, if only its claims are asked for."""

    session: Annotated[UUID | None, EmptyIsNone] = None


async def listing(request: web.Request) -> web.Response:
    """Show what is to be decided, to be paid, and what was paid last."""
    db, actor = request[DB], request[ACTOR]
    chosen = _chosen(request)
    meeting = await meeting_row(db, actor, chosen) if chosen else None
    here = await house_day_of(request)
    lines = await claims_in(db, actor, OPEN_CLAIMS, meeting_id=chosen)
    paid = await paid_claims(db, actor, meeting_id=chosen)
    note_shown(request, Field.COST, count=len(lines) + len(paid))
    return await page(
        request,
        "money/claims.html",
        title=say("claims.title"),
        session=_session_words(meeting) if meeting else "",
        meeting_id=chosen,
        to_decide=_rows(lines, ClaimState.ASKED, here),
        to_pay=_rows(lines, ClaimState.AGREED, here),
        paid=[_paid_row(claim) for claim in paid],
    )


async def one(request: web.Request) -> web.Response:
    """Show one claim, with what can be done now."""
    return await page(request, ONE, **await claim_facts(request))


async def claim_facts(request: web.Request) -> dict[str, Any]:
    """Gather what the page of one claim shows."""
    db, actor = request[DB], request[ACTOR]
    claim = await claim_by_id(db, actor, read_id(request))
    caps, here = await caps_here(db, actor), await house_day_of(request)
    most = limit_of(claim, caps)
    note_shown(request, Field.COST, person_id=claim.person_id)
    return {
        "title": say(
            "claims.one", {"kind": kind_words(claim.kind), "name": claim.person.chosen_name}
        ),
        "claim": claim,
        "name": claim.person.chosen_name,
        "flag": {"tone": TONES[claim.state], "words": say(f"claim.flag.{claim.state}")},
        "due": due_flag(claim, claim.meeting, here) if claim.state in OPEN_CLAIMS else None,
        "rows": _facts(claim),
        "receipts": [
            _receipt(number, each)
            for number, each in enumerate(await receipts_of(db, actor, claim.id), start=1)
        ],
        "steps": _steps(claim),
        "proposed": _typed_pounds(claim.agreed_pence or proposed_pence(claim, caps)),
        "most": say("claims.most", {"sum": pounds(most)}) if most is not None else "",
        "pay_by": pay_by_options(at_door=True),
        "is_cash": claim.pay_by is PayBy.CASH_AT_THE_DOOR,
    }


def _steps(claim: Claim) -> set[str]:
    """Name the states a coordinator may take a claim to, or take it back to for the person."""
    parties = (Party.COORDINATOR, Party.HELPER)
    return {
        to.value
        for to in ClaimState
        if any(may_take(claim.state, to, by=by, pay_by=claim.pay_by) for by in parties)
    }


def _chosen(request: web.Request) -> UUID | None:
    try:
        return read_query(request, Which).session
    except Invalid:
        return None


def _rows(
    lines: Sequence[ClaimLine], state: ClaimState, here: HouseDay
) -> Sequence[Mapping[str, Any]]:
    return [
        _row(line.claim, here) | {"notes": _notes(line)}
        for line in lines
        if line.claim.state is state
    ]


def _row(claim: Claim, here: HouseDay) -> dict[str, Any]:
    return {
        "id": claim.id,
        "name": claim.person.chosen_name,
        "kind": kind_words(claim.kind),
        "sum": sum_words(claim),
        "flag": due_flag(claim, claim.meeting, here),
        "how": say(f"pay-by.{claim.pay_by}"),
        "session": _session_words(claim.meeting),
        "session_href": f"/sessions/{claim.meeting_id}",
    }


def _notes(line: ClaimLine) -> list[str]:
    """Say what to know before deciding or paying."""
    notes = []
    if line.claim.meeting.state is MeetingState.CANCELLED:
        notes.append(say("claims.cancelled"))
    elif not line.is_coming:
        notes.append(say("claims.not-coming"))
    if line.receipts:
        notes.append(say("claims.has-receipt"))
    return notes


def _paid_row(claim: Claim) -> Mapping[str, Any]:
    return {
        "id": claim.id,
        "name": claim.person.chosen_name,
        "kind": kind_words(claim.kind),
        "sum": sum_words(claim),
        "when": long_date(claim.paid_at, claim.meeting.zone) if claim.paid_at else "",
        "session": _session_words(claim.meeting),
    }


def _facts(claim: Claim) -> list[dict[str, Any]]:
    asked = pounds(claim.asked_pence) if claim.asked_pence else say("claim.no-sum")
    rows: list[dict[str, Any]] = [
        {"term": say("claims.for"), "value": kind_words(claim.kind)},
        {"term": say("claims.asked"), "value": [asked, *how_words(claim)]},
        {"term": say("claims.how"), "value": say(f"pay-by.{claim.pay_by}")},
        {"term": say("claims.channel"), "value": say(f"claims.by.{claim.channel}")},
    ]
    if claim.agreed_pence is not None:
        rows.append({"term": say("claims.agreed"), "value": pounds(claim.agreed_pence)})
    if claim.paid_at is not None:
        day = long_date(claim.paid_at, claim.meeting.zone)
        rows.append({"term": say("claims.paid-on"), "value": day})
    return rows


def _receipt(number: int, receipt: Receipt) -> Mapping[str, Any]:
    ending = ENDINGS[receipt.media_type].upper()
    size = max(1, receipt.bytes_count // KILOBYTE)
    facts = {"number": number, "ending": ending, "size": size}
    return {"id": receipt.id, "word": say("claims.open-receipt", facts)}


def _session_words(meeting: Meeting) -> str:
    day = long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else ""
    return f"{meeting.neutral_title}, {day}"


def _typed_pounds(pence: int) -> str:
    """Give a sum as somebody would type it; nothing where nobody knows it yet."""
    return pounds(pence).removeprefix("£") if pence else ""
