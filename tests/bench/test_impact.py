"""The page that shows a planner who could take part, for sixty people on the list: at most 300 ms."""

import random
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from accessibility.kit import KitKind
from scheduling.ways import Way
from service.actor import Role
from service.app import make_app
from service.identifiers import new_id
from service.parts import Parts
from service.storage.kit import KitItem
from service.storage.places import PlaceFact
from service.storage.staff import SignIn
from service.vocabulary import vocabulary
from service.web.cookies import SIGN_IN
from tests.bench.measuring import Cost, Report, cost_of, in_words, side_by_side
from tests.people import Make

PEOPLE = 60
TIMES = 5
MOST_SECONDS = 0.300
OFFERS: dict[Way, int | None] = {Way.ROOM: 20, Way.ONLINE: 40, Way.PHONE: 8, Way.OUTDOORS: 20}
SECRET = "of-ben"


@pytest.mark.bench
async def test_who_could_take_part(parts: Parts, database_kind: str, report: Report) -> None:
    path = await a_list(parts)
    headers = {"Cookie": f"{SIGN_IN}={SECRET}"}
    async with TestClient(TestServer(make_app(parts))) as client:

        async def look(at: str) -> None:
            for _ in range(TIMES):
                response = await client.get(at, headers=headers)
                assert response.status == 200
                await response.read()

        async def ours() -> Cost:
            return await cost_of(lambda: look(f"{path}/impact"), times=TIMES)

        async def bare() -> Cost:
            return await cost_of(lambda: look("/sessions/new"), times=TIMES)

        what, form = f"who could take part, {PEOPLE} people", "a page with a form"
        costs = await side_by_side({what: ours, form: bare})

    report.compare(what, database_kind, costs, baselines=[form])
    best = min(cost.elapsed for cost in costs[what])
    report.note(what, database_kind, f"{in_words(best)} of at most {in_words(MOST_SECONDS)}")
    assert best < MOST_SECONDS


async def a_list(parts: Parts) -> str:
    """Make a session to which sixty people are invited, with four needs each; Ben may look at it."""
    chance, now = random.Random(1), parts.clock.now()
    codes = [term.code for term in vocabulary().terms]
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, now)
        house = await make.organisation()
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
        checked = now.date() - timedelta(days=30)
        facts = [PlaceFact("Step-free way in", checked_on=checked), PlaceFact("Hearing loop")]
        place = await make.place(house, facts=facts)
        kind = await make.kind(house)
        meeting = await make.meeting(
            house,
            kind,
            hosts=[ben, ben],
            offers=OFFERS,
            place_id=place.id,
            outdoor_place_id=place.id,
        )
        for number in range(PEOPLE):
            person = await make.person(house, f"Guest {number}")
            await make.invitation(meeting, person)
            for code in chance.sample(codes, 4):
                await make.need(person, code)
        db.add(
            KitItem(
                id=new_id(),
                organisation_id=house.id,
                name="Tablet",
                kind=KitKind.TABLET,
                is_lendable=True,
                created_at=now,
            )
        )
        db.add(
            SignIn(
                organisation_id=house.id,
                person_id=ben.id,
                secret_hash=parts.keys.hashed("sign-in", SECRET),
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
        return f"/sessions/{meeting.id}"
