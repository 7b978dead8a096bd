"""The first page of the coordinator's queue with five thousand open requests, against a bare handler."""

import time
from datetime import timedelta
from itertools import cycle, islice
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, text

from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.dating import date_requests
from service.actor import Role, system_actor
from service.app import make_app
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.needs import AccessRequest, Need
from service.storage.people import Person
from service.storage.staff import SignIn
from service.web.cookies import SIGN_IN
from tests.bench.measuring import Cost, Report, cost_of, in_words, side_by_side
from tests.integration.test_page_budgets import counting
from tests.people import Make

REQUESTS, SESSIONS, PEOPLE = 5000, 250, 20
CODES = ("PRO-BSL", "LAN-INTERP", "PRO-STTR", "MOB-STEPFREE", "COM-LOOP")
STATES = (
    RequestState.SUBMITTED,
    RequestState.ACKNOWLEDGED,
    RequestState.ARRANGING,
    RequestState.ARRANGED,
    RequestState.CONFIRMED,
)
#: The first page may take this long, and ask the database so often.
LONGEST_MS, MOST_QUERIES = 100, 6
TIMES = 10


@pytest.mark.bench
async def test_queue(parts: Parts, database_kind: str, report: Report) -> None:
    headers = {"Cookie": f"{SIGN_IN}={await fill(parts)}"}
    async with TestClient(TestServer(make_app(parts))) as client:

        async def look(path: str) -> None:
            response = await client.get(path, headers=headers)
            assert response.status == 200
            await response.read()

        taken: list[float] = []

        async def queue() -> Cost:
            async def ten() -> None:
                for _ in range(TIMES):
                    began = time.perf_counter()
                    await look("/requests")
                    taken.append(time.perf_counter() - began)

            return await cost_of(ten, times=TIMES)

        async def empty() -> Cost:
            async def ten() -> None:
                for _ in range(TIMES):
                    await look("/suppliers")

            return await cost_of(ten, times=TIMES)

        page, plain = "queue: first page of 5000 open requests", "a page with an empty list"
        costs = await side_by_side({page: queue, plain: empty})
        with counting() as asked:
            await look("/requests")

    report.compare(page, database_kind, costs, baselines=[plain])
    best = min(taken)
    report.note(f"{page}: quickest", database_kind, in_words(best))
    report.note(f"{page}: queries", database_kind, str(len(asked)))
    assert best * 1000 <= LONGEST_MS
    assert len(asked) <= MOST_QUERIES


async def fill(parts: Parts) -> str:
    """Make the sessions and requests, and sign a coordinator in; gives the secret of the cookie."""
    now, secret = parts.clock.now(), "secret-of-the-coordinator"
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, now)
        house = await make.organisation()
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
        people = [await make.person(house, f"Guest {number}") for number in range(PEOPLE)]
        kind = await make.kind(house)
        of_all = {"organisation_id": house.id}
        needs = [of_all | need_row(person, code, make) for person in people for code in CODES]
        meetings = [
            await make.meeting(house, kind, hosts=[ben], starts_in=timedelta(days=7 + number))
            for number in range(SESSIONS)
        ]
        invitations = [
            of_all
            | {
                "id": new_id(),
                "meeting_id": meeting.id,
                "person_id": person.id,
                "uid": f"{new_id().hex}@bench.example.org",
                "stamp": now,
                "created_at": now,
                "link_hash": new_id().hex,
                "answer": Answer.YES,
                "way": Way.ONLINE,
            }
            for meeting in meetings
            for person in people[: REQUESTS // SESSIONS // len(CODES)]
        ]
        by_person = {
            person.id: [need for need in needs if need["person_id"] == person.id]
            for person in people
        }
        states = cycle(STATES)
        requests = [
            of_all
            | {
                "id": new_id(),
                "person_id": each["person_id"],
                "meeting_id": each["meeting_id"],
                "invitation_id": each["id"],
                "need_id": need["id"],
                "code": need["code"],
                "strength": need["strength"],
                "state": next(states),
                "created_at": now,
            }
            for each in invitations
            for need in by_person[UUID(str(each["person_id"]))]
        ]
        await db.execute(insert(Need), needs)
        await db.execute(insert(Invitation), invitations)
        await db.execute(insert(AccessRequest), list(islice(requests, REQUESTS)))
        await date_requests(db, system_actor(house.id), now=now)
        db.add(
            SignIn(
                organisation_id=house.id,
                person_id=ben.id,
                secret_hash=parts.keys.hashed("sign-in", secret),
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    async with parts.database.writing() as db:
        # As both databases do by themselves now and then, where there is more than a minute between.
        await db.execute(text("ANALYZE"))
    return secret


def need_row(person: Person, code: str, make: Make) -> dict[str, object]:
    """Give the row of a standing need."""
    return {
        "id": new_id(),
        "person_id": person.id,
        "code": code,
        "strength": "must",
        "details": {},
        "created_at": make.now,
        "review_on": make.now.date(),
    }
