"""The demonstration as the house that is attacked, and another house whose people attack it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.permissions import SCOPES
from service.actor import Role
from service.demonstration.links import demo_links
from service.parts import Parts
from service.storage.people import Person
from service.storage.staff import ApiToken, SignInRequest, StaffRole
from tests.integration.attacks.ground import Ground, Stranger
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.demonstration import demonstration, send_all
from tests.known import known_in
from tests.people import Make
from tests.visits import NOBODY


@pytest.fixture
async def parts(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Open a service on a database in which the demonstration is laid out."""
    async with demonstration(database_url, home, clock) as parts:
        yield parts


@pytest.fixture
async def ground(
    parts: Parts, clock: TestClock, open_browser: OpenBrowser, making: Making
) -> Ground:
    """Give the demonstration with all its letters sent, its staff's browsers, and a stranger."""
    letters = await send_all(parts)
    async with parts.database.reading() as db:
        links = await demo_links(db, parts.keys, parts.settings.public_url)
        known = await known_in(db, parts.keys, links, letters=letters, now=clock.now())
        query = (
            select(StaffRole.role, Person)
            .join(Person, Person.id == StaffRole.person_id)
            .join(SignInRequest, SignInRequest.person_id == Person.id)
            .where(SignInRequest.is_standing.is_(True))
        )
        staff = {role.value: person for role, person in await db.execute(query)}
    async with making() as make:
        stranger = await _stranger(make)
    browsers = {role: await open_browser(person) for role, person in staff.items()}
    browsers[NOBODY] = await open_browser()
    browsers["stranger"] = await open_browser(stranger.staff)
    return Ground(parts, known, staff, browsers, stranger)


async def _stranger(make: Make) -> Stranger:
    """Make another house with one of everything, whose one worker has every role."""
    house = await make.organisation("Stranger House")
    staff = await make.staff(house, "Dov", *Role)
    second = await make.staff(house, "Dora", Role.FACILITATOR, Role.COORDINATOR)
    person = await make.person(house, "Stranger")
    kind, place = await make.kind(house), await make.place(house, "Stranger Hall")
    meeting = await make.meeting(house, kind, hosts=[staff, second])
    invitation = await make.invitation(meeting, person, answer=Answer.YES, way=Way.ONLINE)
    token = "stranger-token"
    make.db.add(
        ApiToken(
            organisation_id=house.id,
            name="Stranger's program",
            token_hash=make.keys.hashed("token", token),
            scopes=sorted(SCOPES),
            created_at=make.now,
        )
    )
    await make.db.flush()
    return Stranger(house, staff, person, kind, place, meeting, make.link(invitation), token)
