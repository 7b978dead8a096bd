"""Jitsi servers in words: what one can do, what it costs, and where its keys stand."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from accessibility.costs import Estimate, Price, room_prices, total
from accessibility.money import pounds
from scheduling.online import Ability, ForeignRooms, KeyUse, ServerKind
from scheduling.time import date_words
from service.actions.server_keys import waiting_key
from service.prices import prices
from service.storage.servers import JitsiServer
from service.web.words import say


def kind_options() -> list[dict[str, str]]:
    """Give the kinds as large choices, each with what it can and cannot do."""
    return [
        {
            "value": kind.value,
            "word": say(f"server-kind.{kind}"),
            "line": say(f"server-kind.{kind}.line"),
        }
        for kind in ServerKind
    ]


def ability_options(kind: ServerKind) -> list[dict[str, str]]:
    """Give what can be switched on at a server of this kind."""
    return [
        {"value": each.value, "word": say(f"ability.{each}"), "hint": say(f"ability.{each}.hint")}
        for each in Ability
        if each in kind.abilities
    ]


def foreign_options() -> list[dict[str, str]]:
    """Give what can be said to rooms that are not ours."""
    return [
        {"value": each.value, "word": say(f"foreign.{each}"), "hint": say(f"foreign.{each}.hint")}
        for each in ForeignRooms
    ]


def what_it_can(server: JitsiServer) -> list[str]:
    """Say in plain words what rooms on this server can and cannot do."""
    if server.kind is ServerKind.PLAIN:
        return [say("server-can.plain"), say("server-can.plain.host"), say("server-can.plain.live")]
    return [
        say("server-can.tokens"),
        say("server-can.host"),
        *_of_abilities(frozenset(server.abilities)),
    ]


def _of_abilities(abilities: frozenset[str]) -> Iterator[str]:
    """Say what is switched on, and of what people would miss also that it is not."""
    missed = {Ability.EVENTS, Ability.RESERVATIONS, Ability.DIAL_IN}
    for each in Ability:
        if each in abilities:
            yield say(f"server-can.{each}")
        elif each in missed:
            yield say(f"server-can.no-{each}")


def cost_of(server: JitsiServer, today: date) -> dict[str, Any]:
    """Give what a month costs: the sum in words, and a line for each price in it."""
    found = room_prices(prices(), server.kind, has_phone=Ability.DIAL_IN in server.abilities)
    return {
        "sum": a_month(total(found)) if found else "",
        "rows": [cost_row(price, today) for price in found],
    }


def cost_row(price: Price, today: date) -> dict[str, Any]:
    """Give one price with who says so and since when."""
    return {
        "name": price.name,
        "a_month": a_month(price.each),
        "note": price.note,
        "source": price.source,
        "seen": f"Seen {date_words(price.seen_on)}",
        "is_old": price.is_old(today),
        "is_estimate": price.is_estimate,
    }


def a_month(estimate: Estimate) -> str:
    """Say what a month costs: mostly, and between what and what."""
    if estimate.high is None:
        return f"About {pounds(estimate.typical)} a month, from {pounds(estimate.low)} upwards"
    if estimate.low == estimate.typical == estimate.high:
        return f"{pounds(estimate.typical)} a month"
    return (
        f"About {pounds(estimate.typical)} a month"
        f" ({pounds(estimate.low)} to {pounds(estimate.high)})"
    )


def key_rows(server: JitsiServer, now: datetime) -> list[dict[str, Any]]:
    """Give the keys that are good now, the newest of each use first; nothing in here is secret."""
    waiting = waiting_key(server)
    good = [key for key in server.keys if key.ends_at is None or now < key.ends_at]
    newest_first = sorted(good, key=lambda key: (key.made_at, key.id), reverse=True)
    return [
        {
            "id": key.id,
            "use": key.use.value,
            "word": say(f"key-use.{key.use}"),
            "made_at": key.made_at,
            "ends_at": key.ends_at,
            "waits": key is waiting,
        }
        for use in KeyUse
        for key in newest_first
        if key.use is use
    ]
