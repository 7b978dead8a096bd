"""Things and where they are, in words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from accessibility.kit import KitKind, KitState
from scheduling.time import long_date
from service.storage.lending import Thing
from service.web.words import say

TONES = {
    KitState.HERE: "leaf",
    KitState.OUT: "plain",
    KitState.LATE: "clay",
    KitState.TO_WIPE: "honey",
    KitState.GIVEN: "plain",
    KitState.RETIRED: "plain",
}
#: With whom a thing is, is only of interest while it is with somebody.
WITH_SOMEBODY = frozenset({KitState.OUT, KitState.LATE, KitState.GIVEN})


def row_of(thing: Thing, today: date) -> Mapping[str, Any]:
    """Give what the list shows of a thing."""
    state, last = thing.state(today), thing.last
    is_out = last is not None and state in WITH_SOMEBODY
    return {
        "id": thing.item.id,
        "name": thing.item.name,
        "kind": kind_word(thing.item.kind),
        "flag": flag_of(state),
        "person": last.person.chosen_name if last is not None and is_out else "",
        "due": day_words(last.due_on)
        if last is not None and is_out and state is not KitState.GIVEN
        else "",
        "is_lendable": thing.item.is_lendable,
    }


def flag_of(state: KitState) -> Mapping[str, str]:
    """Give the flag that says where a thing is."""
    return {"tone": TONES[state], "words": say(f"kit.state.{state}")}


def kind_word(kind: KitKind) -> str:
    """Name a kind of thing."""
    return say(f"kit.kind.{kind}")


def kind_options() -> list[dict[str, str]]:
    """List the kinds to choose from."""
    return [{"value": each.value, "word": kind_word(each)} for each in KitKind]


def day_words(day: date) -> str:
    """Write a day in full."""
    return long_date(datetime.combine(day, time(12), UTC), "UTC")
