"""The same creation asked for twice makes one thing."""

import asyncio
from datetime import timedelta

from service.storage.people import Person
from tests.integration.api.programs import (
    Scene,
)
from tests.integration.conftest import TestClock

ELIN = {"chosen_name": "Elin"}


async def test_the_same_creation_asked_twice_makes_one_thing(scene: Scene) -> None:
    before = await scene.count(Person)

    first = await scene.program.post("/people", ELIN, key="k-1")
    second = await scene.program.post("/people", ELIN, key="k-1")

    assert (201, 201) == (first.status, second.status)
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    assert before + 1 == await scene.count(Person)


async def test_asked_at_once_it_is_still_one_thing(scene: Scene) -> None:
    before = await scene.count(Person)

    answers = await asyncio.gather(
        *(scene.program.post("/people", ELIN, key="k-1") for _ in range(6))
    )

    assert {201} == {each.status for each in answers}
    assert 1 == len({each.json["id"] for each in answers})
    assert before + 1 == await scene.count(Person)


async def test_a_key_used_for_something_else_is_refused(scene: Scene) -> None:
    await scene.program.post("/people", ELIN, key="k-1")

    answers = [
        await scene.program.post("/people", {"chosen_name": "Fay"}, key="k-1"),
        await scene.program.post("/places", {"name": "Yard"}, key="k-1"),
    ]

    for answer in answers:
        assert 422 == answer.status
        assert {"Idempotency-Key": "used-for-another-request"} == answer.fields


async def test_a_key_belongs_to_its_token(scene: Scene) -> None:
    other = await scene.with_scopes("people:write")

    first = await scene.program.post("/people", ELIN, key="k-1")
    second = await other.post("/people", ELIN, key="k-1")

    assert first.json["id"] != second.json["id"]


async def test_a_key_is_forgotten_after_a_day(scene: Scene, clock: TestClock) -> None:
    first = await scene.program.post("/people", ELIN, key="k-1")
    clock.move(timedelta(hours=23, minutes=59))
    same = await scene.program.post("/people", ELIN, key="k-1")
    clock.move(timedelta(minutes=1))
    new = await scene.program.post("/people", ELIN, key="k-1")

    assert first.json["id"] == same.json["id"] != new.json["id"]


async def test_a_refusal_is_not_kept_for_a_key(scene: Scene) -> None:
    kind = {"kind_id": str(scene.house.kind.id), "starts_local": "2027-01-12T09:00"}
    refused = await scene.program.post("/meetings", kind, key="k-1")
    other = await scene.program.post("/meetings", kind | {"starts_local": None}, key="k-1")

    assert (409, 201) == (refused.status, other.status)


async def test_a_key_that_cannot_be_one_is_refused(scene: Scene) -> None:
    for key in ("two words", "ä", "x" * 201):
        answer = await scene.program.post("/people", ELIN, key=key)

        assert (422, {"Idempotency-Key": "not-usable"}) == (answer.status, answer.fields)
