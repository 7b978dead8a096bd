"""What happened to a request so far, newest first, with what stands behind each step."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from accessibility.money import pounds
from scheduling.time import clock_words, date_words, long_date
from service.storage.needs import AccessRequest
from service.web.words import say

#: What stands behind a step, in the order it is shown; `by` and `cost_pence` are shown their own way.
FACTS: Final = (
    "next", "on", "proof", "answer", "reason", "tried", "cost", "review_on", "complain",
    "follow_up", "channel",
)  # fmt: skip


def history(found: AccessRequest) -> Sequence[Mapping[str, Any]]:
    """Give the steps, newest first: when, by whom, to which state, and what stands behind each."""
    zone = found.meeting.zone
    return [
        {
            "when": f"{long_date(step.at.astimezone(ZoneInfo(zone)), zone)}, {clock_words(step.at, zone)}",
            "words": say(f"state.{step.to_state}"),
            "by": say(f"by.{step.evidence.get('by', 'system')}"),
            "facts": _behind(step.evidence),
        }
        for step in reversed(found.steps)
    ]


def _behind(evidence: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    facts = [
        {"term": say(f"fact.{key}"), "value": _value(key, evidence[key])}
        for key in FACTS
        if evidence.get(key)
    ]
    if evidence.get("cost_pence"):
        cost = pounds(int(evidence["cost_pence"]))
        facts.append({"term": say("fact.cost_pence"), "value": cost})
    return facts


def _value(key: str, value: str) -> str:
    match key:
        case "reason":
            return say(f"cannot.{value}")
        case "channel":
            return say(f"said-by.{value}")
        case "on" | "review_on":
            return date_words(date.fromisoformat(value))
        case _:
            return value
