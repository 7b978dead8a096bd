"""Sealing and opening 10,000 notes, against the bare calls of the cryptography library."""

import os
from statistics import median
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accessibility.needs import Strength
from service.identifiers import new_id
from service.parts import Parts
from service.storage.needs import Need
from service.storage.people import Person
from service.storage.seals import NONCE_BYTES, Seal
from tests.bench.measuring import Cost, Report, cost_of, in_words, side_by_side
from tests.people import Make

NOTES, PEOPLE = 10_000, 500
#: As long as own words may be.
WORDS = "a quiet room, and somebody at the door " * 7
#: The half of the bare calls' speed that is promised.
MOST_TIMES = 2.0


@pytest.mark.bench
async def test_sealing_and_opening_notes(report: Report) -> None:
    house, rows = new_id(), [new_id() for _ in range(NOTES)]
    ciphers = [AESGCM(os.urandom(32)) for _ in range(PEOPLE)]
    places = [f"needs|own_words|{row}|{house}".encode() for row in rows]

    async def through_us() -> None:
        seal = Seal("needs", "own_words", house)
        for at, row in enumerate(rows):
            cipher = ciphers[at % PEOPLE]
            assert seal.open(cipher, row, *seal.close(cipher, row, WORDS)) == WORDS

    async def bare() -> None:
        plain = WORDS.encode()
        for at, place in enumerate(places):
            cipher, nonce = ciphers[at % PEOPLE], os.urandom(NONCE_BYTES)
            assert cipher.decrypt(nonce, cipher.encrypt(nonce, plain, place), place) == plain

    async def ours() -> Cost:
        return await cost_of(through_us, times=NOTES)

    async def theirs() -> Cost:
        return await cost_of(bare, times=NOTES)

    calls = "the bare calls"
    costs = await side_by_side({"sealing and opening a note": ours, calls: theirs})

    report.compare("sealing and opening a note", "", costs, baselines=[calls])
    pairs = zip(costs["sealing and opening a note"], costs[calls], strict=True)
    assert median(cost.cpu / base.cpu for cost, base in pairs) <= MOST_TIMES


@pytest.mark.bench
async def test_opening_notes_from_the_database(
    parts: Parts, report: Report, database_kind: str
) -> None:
    ids = await _sealed_notes(parts)

    async def open_all() -> None:
        async with parts.database.reading() as db:
            rows = [await db.get_one(Need, id_) for id_ in ids]
            assert len(rows) == len(await parts.sealer.open_all(db, rows))

    cost = await cost_of(open_all, times=len(ids))

    report.note("opening a note from the database", database_kind, in_words(cost.elapsed))


async def _sealed_notes(parts: Parts) -> list[UUID]:
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        house = await make.organisation()
        people = [await make.person(house, f"Guest {number}") for number in range(PEOPLE)]
        return [await _sealed_note(make, parts, person) for person in people]


async def _sealed_note(make: Make, parts: Parts, person: Person) -> UUID:
    need = Need(
        id=new_id(),
        organisation_id=person.organisation_id,
        person_id=person.id,
        code="OTH-OTHER",
        strength=Strength.MUST,
        has_words=True,
        created_at=make.now,
        review_on=make.now.date(),
    )
    make.db.add(need)
    await make.db.flush()
    await parts.sealer.seal(make.db, need, "own_words", person.id, WORDS)
    return need.id
