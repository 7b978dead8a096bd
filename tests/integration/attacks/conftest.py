"""The demonstration as the house that is attacked, and another house whose people attack it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.carrying import Carriers
from service.actions.composing import Composer
from service.actions.permissions import SCOPES
from service.actor import Role
from service.config import Settings
from service.demonstration.laying_out import claim, lay_out
from service.demonstration.links import demo_links
from service.outbound.tray import PostTray
from service.parts import Parts, open_parts
from service.storage.people import Person
from service.storage.staff import ApiToken, SignInRequest, StaffRole
from service.worker import Worker
from tests.integration.attacks.ground import Ground, Stranger
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.people import Make
from tests.visits import NOBODY, known_in


@pytest.fixture
async def parts(database_url: str, home: Path, clock: TestClock) -> AsyncIterator[Parts]:
    """Open a service on a database in which the demonstration is laid out."""
    settings = Settings(home=home, database_url=database_url, worker_inside=False)
    async with open_parts(settings) as empty, empty.database.writing() as db:
        await claim(db)
        await lay_out(db, empty.keys, empty.sealer, now=clock.now())
    async with open_parts(settings) as opened:
        yield replace(opened, clock=clock)


@pytest.fixture
async def ground(
    parts: Parts, clock: TestClock, open_browser: OpenBrowser, making: Making
) -> Ground:
    """Give the demonstration with all its letters sent, its staff's browsers, and a stranger."""
    settings = parts.settings
    worker = Worker(
        database=parts.database,
        clock=clock,
        composer=Composer(parts.keys, settings.public_url, settings.mail_from),
        carriers=Carriers(settings, parts.keys),
    )
    while await worker.send_due():
        pass
    letters = [letter.name for letter in await PostTray(settings.post_folder).newest()]
    async with parts.database.reading() as db:
        links = await demo_links(db, parts.keys, settings.public_url)
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
