"""Claims in words: for the person themselves, and for coordinators."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from accessibility.claims import ClaimKind, ClaimState, Due, PayBy, due
from accessibility.money import pounds
from accessibility.requests import Party
from scheduling.time import long_date
from service.actions.requests import day_of
from service.storage.claims import Claim
from service.storage.meetings import Meeting
from service.web.words import say
from service.working_days import HouseDay

TONES = {
    ClaimState.ASKED: "honey",
    ClaimState.AGREED: "leaf",
    ClaimState.REFUSED: "clay",
    ClaimState.PAID: "leaf",
    ClaimState.TAKEN_BACK: "plain",
}
TENTHS = 10


def kind_words(kind: ClaimKind) -> str:
    """Say what money is for: "Getting there"."""
    return say(f"claim.kind.{kind}")


def own_state(claim: Claim, meeting: Meeting, here: HouseDay) -> str:
    """Tell the person where what they asked for stands, with their own sum and when they have it."""
    facts = {
        "sum": pounds(claim.agreed_pence or 0),
        "day": day_words(day_of(meeting).date()),
        "by": day_words(due_of(claim, meeting, here).on),
    }
    if claim.state is ClaimState.AGREED:
        return say(f"claim.own.agreed.{claim.pay_by}", facts)
    return say(f"claim.own.{claim.state}", facts)


def sum_words(claim: Claim) -> str:
    """Give the sum that counts now: what was agreed to, or what was asked for."""
    if claim.agreed_pence is not None and claim.state in (ClaimState.AGREED, ClaimState.PAID):
        return pounds(claim.agreed_pence)
    return pounds(claim.asked_pence) if claim.asked_pence else say("claim.no-sum")


def how_words(claim: Claim) -> list[str]:
    """Say what the sum that was asked for is made of."""
    lines = []
    if claim.miles_tenths:
        lines.append(say("claim.miles", {"miles": tenths_words(claim.miles_tenths)}))
    if claim.hours_tenths:
        lines.append(say("claim.hours", {"hours": tenths_words(claim.hours_tenths)}))
    if claim.children:
        code = "claim.child" if claim.children == 1 else "claim.children"
        lines.append(say(code, {"children": claim.children}))
    return lines


def tenths_words(tenths: int) -> str:
    """Write tenths as people do: "2", "2.5"."""
    whole, rest = divmod(tenths, TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)


def due_of(claim: Claim, meeting: Meeting, here: HouseDay) -> Due:
    """Say who must pay a claim by when."""
    return due(claim.pay_by, day_of(meeting).date(), here.holidays)


def due_flag(claim: Claim, meeting: Meeting, here: HouseDay) -> Mapping[str, Any]:
    """Give the flag that says by when a claim is paid: late, today, or the day."""
    found = due_of(claim, meeting, here)
    facts = {"day": day_words(found.on).rpartition(" ")[0]}
    if found.is_late(here.today):
        return {"tone": "clay", "words": say("claim.late", facts)}
    if found.on == here.today:
        return {"tone": "honey", "words": say("claim.today")}
    at_door = found.by is Party.FACILITATOR
    return {"tone": "plain", "words": say("claim.at-door" if at_door else "claim.by", facts)}


def day_words(day: date) -> str:
    """Write a day in full."""
    return long_date(datetime.combine(day, time(12), UTC), "UTC")


def pay_by_options(*, at_door: bool) -> list[dict[str, str]]:
    """List how money can reach somebody; cash only where people meet."""
    return [
        {"value": each.value, "word": say(f"pay-by.{each}"), "hint": say(f"pay-by.{each}.line")}
        for each in PayBy
        if at_door or each is not PayBy.CASH_AT_THE_DOOR
    ]
