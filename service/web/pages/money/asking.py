"""Asking for money, and where it stands: what both doors show, and what they take."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from accessibility.claims import KIND_OF, Asked, Caps, ClaimKind, ClaimState, PayBy, may_take
from accessibility.consent import ConsentChannel
from accessibility.money import pounds
from accessibility.requests import Party
from service.actions.money.asking import Asking, ask_for_money, take_back_claim
from service.actions.money.receipts import TAKING, HandedIn, add_receipt
from service.errors import Invalid, NotFound, Refused
from service.identifiers import new_id
from service.storage.claiming import caps_here, claims_for
from service.storage.claims import Claim
from service.storage.meetings import Meeting
from service.storage.needs import requests_for_invitation
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.pages.money.door import MoneyDoor, house_day_of
from service.web.pages.money.fields import Money, Tenths, uploaded
from service.web.pages.money.words import TONES, kind_words, own_state, pay_by_options
from service.web.reading import Form, Lines, read_form, read_id, typed
from service.web.words import say
from service.working_days import HouseDay

ASK, OVERVIEW = "money/ask.html", "money/overview.html"
MOST_CHILDREN = 12
#: How somebody can have told the desk.
HEARD = (ConsentChannel.PHONE, ConsentChannel.PAPER, ConsentChannel.HELPER)


class AskForm(Form):
    """What is asked for; each kind shows only its own boxes."""

    number: UUID
    fares: Money = 0
    miles: Tenths = 0
    hours: Tenths = 0
    hour_cost: Money = 0
    children: Annotated[int, Field(ge=1, le=MOST_CHILDREN)] = 1
    pay_by: PayBy
    words: Annotated[Lines, Field(max_length=1000)] = ""
    channel: ConsentChannel = ConsentChannel.WEB

    def asking(self, kind: ClaimKind, channel: ConsentChannel) -> Asking:
        """Give what is asked for; raises Invalid where only words say what it is, and there are none."""
        if kind is ClaimKind.OTHER and not self.words:
            raise Invalid({"words": "needed"})
        asked = Asked(
            kind,
            pence=self.fares,
            miles_tenths=self.miles,
            hours_tenths=self.hours,
            hour_pence=self.hour_cost,
            children=self.children,
        )
        return Asking(self.number, asked, self.pay_by, self.words, channel)


async def show_overview(request: web.Request, door: MoneyDoor) -> web.Response:
    """Show what was asked for and where each stands, and what can be asked for."""
    return await page(request, OVERVIEW, **await _overview(request, door))


async def show_form(request: web.Request, door: MoneyDoor) -> web.Response:
    """Show the boxes for one kind of money."""
    facts = await _form_facts(request, door)
    if not facts["may_ask"]:
        return see_other(door.base)
    return await page(request, ASK, **facts)


async def take_form(request: web.Request, door: MoneyDoor) -> web.Response:
    """Take what is asked for, with a receipt if one came along."""
    db, actor, now, kind = request[DB], request[ACTOR], request[NOW], _kind(request)
    try:
        form = await read_form(request, AskForm)
        channel = ConsentChannel.WEB if door.is_own else _heard(form)
        asking = form.asking(kind, channel)
        claim = await ask_for_money(db, actor, door.invitation, asking, now=now)
        if content := await uploaded(request, "receipt"):
            handed_in = HandedIn(claim.id, claim.person_id, content)
            await add_receipt(db, actor, request.app[SEALER], handed_in, now=now)
    except (Invalid, Refused) as problem:
        facts = await _form_facts(request, door)
        return await again(request, ASK, problem, await typed(request), **facts)
    return see_other(door.base, done="claim-asked" if door.is_own else "claim-written")


async def take_back(request: web.Request, door: MoneyDoor) -> web.Response:
    """Take back one thing that was asked for."""
    claim_id, person_id = read_id(request, "claim"), door.invitation.person_id
    await take_back_claim(request[DB], request[ACTOR], claim_id, person_id, now=request[NOW])
    return see_other(door.base, done="claim-taken-back")


async def take_receipt(request: web.Request, door: MoneyDoor) -> web.Response:
    """Take one more receipt for what was asked for."""
    claim_id, person_id = read_id(request, "claim"), door.invitation.person_id
    handed_in = HandedIn(claim_id, person_id, await uploaded(request, "receipt"))
    try:
        db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
        await add_receipt(db, actor, sealer, handed_in, now=request[NOW])
    except (Invalid, Refused) as problem:
        facts = await _overview(request, door)
        return await again(request, OVERVIEW, problem, {}, **facts)
    return see_other(door.base, done="receipt-added")


def _kind(request: web.Request) -> ClaimKind:
    try:
        return ClaimKind(request.match_info["kind"])
    except ValueError as error:
        raise NotFound from error


def _heard(form: AskForm) -> ConsentChannel:
    if form.channel not in HEARD:
        raise Invalid({"channel": "needed"})
    return form.channel


async def _overview(request: web.Request, door: MoneyDoor) -> dict[str, Any]:
    invitation, here = door.invitation, await house_day_of(request)
    claims = await claims_for(
        request[DB], request[ACTOR], invitation.person_id, invitation.meeting_id
    )
    return {
        "title": say("claims.own" if door.is_own else "claims.desk"),
        "cards": [_card(claim, count, invitation.meeting, here) for claim, count in claims],
        "kinds": [
            {"href": f"{door.base}/ask/{kind}", "word": kind_words(kind)} for kind in ClaimKind
        ],
        **door.facts(request),
    }


def _card(claim: Claim, receipts: int, meeting: Meeting, here: HouseDay) -> Mapping[str, Any]:
    asked = pounds(claim.asked_pence) if claim.asked_pence else ""
    return {
        "id": claim.id,
        "kind": kind_words(claim.kind),
        "tone": TONES[claim.state],
        "state": say(f"claim.flag.{claim.state}"),
        "line": own_state(claim, meeting, here),
        "asked": say("claim.asked-for", {"sum": asked}) if asked else "",
        "reason": claim.reason,
        "receipts": receipts,
        "can_take_back": may_take(
            claim.state, ClaimState.TAKEN_BACK, by=Party.PERSON, pay_by=claim.pay_by
        ),
        "takes_receipts": claim.state in TAKING,
    }


async def _form_facts(request: web.Request, door: MoneyDoor) -> dict[str, Any]:
    kind, caps = _kind(request), await caps_here(request[DB], request[ACTOR])
    meeting = door.invitation.meeting
    told = await _told(request, door, kind)
    return {
        "title": say(f"claim.title.{kind}"),
        "kind": kind.value,
        "number": new_id(),
        "limit": _limit_words(kind, caps),
        "mileage": say("claim.mileage", {"pence": caps.mileage_pence}),
        "hours": told.get("hours", str(-(-meeting.minutes // 60))),
        "children": told.get("children", "1"),
        "pay_by": pay_by_options(at_door=door.meets_in_person),
        "heard": [{"value": each.value, "word": say(f"channel.{each}")} for each in HEARD],
        **door.facts(request),
    }


async def _told(request: web.Request, door: MoneyDoor, kind: ClaimKind) -> Mapping[str, str]:
    """Give what the person said before of hours and children, so that nobody is asked twice."""
    requests = await requests_for_invitation(request[DB], request[ACTOR], door.invitation.id)
    return next((each.details for each in requests if KIND_OF.get(each.code) is kind), {})


def _limit_words(kind: ClaimKind, caps: Caps) -> str:
    """Say the most that is paid, where there is such a limit."""
    limits = {
        ClaimKind.TRAVEL: caps.travel_most_pence,
        ClaimKind.CHILDCARE: caps.childcare_hour_pence,
        ClaimKind.CARE: caps.care_hour_pence,
    }
    most = limits.get(kind)
    return "" if most is None else say(f"claim.most.{kind}", {"sum": pounds(most)})
