"""Whose names and things show to whom: a facilitator's own sessions, a guest's own name, a program's facts.

Who sees which field of a person is held against the whole table in test_disclosure_matrix.
"""

import re

from sqlalchemy import or_, select, update

from service.actions.permissions import SCOPES
from service.actor import Role
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.staff import ApiToken, StaffMember
from tests.integration.attacks.ground import Ground
from tests.integration.conftest import Making
from tests.visits import COORDINATOR, NOBODY

NAME = "Zqxname"
OK, NOT_FOUND = 200, 404


async def test_a_facilitator_finds_no_meeting_of_others_and_no_names_in_it(ground: Ground) -> None:
    facilitator = ground.staff[Role.FACILITATOR.value]
    async with ground.parts.database.reading() as db:
        others = await db.scalars(
            select(Meeting.id).where(
                Meeting.organisation_id == facilitator.organisation_id,
                Meeting.lead_id != facilitator.id,
                or_(Meeting.second_id.is_(None), Meeting.second_id != facilitator.id),
                Meeting.created_by != facilitator.id,
            )
        )
        foreign = list(others)
    browser, found = ground.browsers[Role.FACILITATOR.value], []

    for meeting in foreign:
        for rest in ("", "/people", "/help", "/message", "/cancel", "/change/time", "/plan/check"):
            response = await browser.get(f"/sessions/{meeting}{rest}")
            if response.status != NOT_FOUND:
                found.append((rest, str(response.status)))
    for path in ("/sessions", "/sessions/earlier", "/today"):
        await browser.get(path)
        found += [(path, str(meeting)) for meeting in foreign if str(meeting) in browser.page]

    assert foreign
    assert [] == found


async def test_a_guest_sees_nobody_else_and_a_program_neither_links_nor_needs(
    ground: Ground, making: Making
) -> None:
    async with ground.parts.database.reading() as db:
        guests = select(Person.id).where(
            Person.id.not_in(select(StaffMember.person_id)), Person.left_at.is_(None)
        )
        people = (await db.scalars(guests)).all()
    async with making() as make:
        for number, id_ in enumerate(people):
            name = f"{NAME}{number}x"
            renamed = update(Person).where(Person.id == id_).values(chosen_name=name)
            await make.db.execute(renamed)
        make.db.add(
            ApiToken(
                organisation_id=ground.staff[COORDINATOR].organisation_id,
                name="Own program",
                token_hash=make.keys.hashed("token", "own-token"),
                scopes=sorted(SCOPES),
                created_at=make.now,
            )
        )
    browser = ground.browsers[NOBODY]
    seen: dict[str, set[str]] = {}

    for sort, link in ground.known.guests.items():
        for rest in ("", "/company", "/details", "/help", "/help/tell", "/calendar.ics"):
            await browser.get(f"{link}{rest}")
            names = set(re.findall(rf"{NAME}\d+x", browser.page))
            seen.setdefault(sort, set()).update(names)
    listed = await everything_by_api(ground)

    assert {} == {sort: names for sort, names in seen.items() if len(names) > 1}
    assert NAME in listed
    assert not any(link.removeprefix("/i/") in listed for link in ground.known.guests.values())
    assert not any(code in listed for code in ("PRO-BSL", "SAF-CONTACT", '"needs"', "own_words"))


async def everything_by_api(ground: Ground) -> str:
    """Read all that a program with all scopes can read of the house."""
    client, headers = ground.browsers[NOBODY].client, {"Authorization": "Bearer own-token"}
    read = []
    paths = ["people", "places", "kinds", "meetings"]
    for meeting in ground.known.meetings.values():
        paths += [f"meetings/{meeting}{rest}" for rest in ("", "/invitations", "/messages")]
    for path in paths:
        response = await client.get(f"/api/v1/{path}", headers=headers)
        assert response.status == OK, path
        read.append(await response.text())
    return "\n".join(read)
