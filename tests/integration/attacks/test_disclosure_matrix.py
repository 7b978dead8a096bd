"""Who sees how much, role by role and field by field: the one table in code against every page there is.

A mark is planted for each field; each role looks at every page it can get to. Where the table gives a role all
of a field, the mark is found; where it gives nothing, or less than the thing itself, it is found nowhere.
"""

import re
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import select, update

from accessibility.contact import SAFE_CONTACT
from accessibility.disclosure import TABLE, Extent, Field, Reader
from service.actions.safeguarding import Noted, write_note
from service.actor import Role
from service.storage.arrangements import Arrangement
from service.storage.needs import AccessRequest, Need
from service.storage.people import Person
from service.storage.staff import StaffMember, StaffRole
from service.web.entry import Entry
from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_tenants import addresses, things_of, with_things
from tests.integration.conftest import Browser, OpenBrowser
from tests.people import actor_for
from tests.visits import NOBODY

MARKS: Mapping[Field, str] = {
    Field.ATTENDANCE: "Zqxname",
    Field.CONTACT: "zqxcontact",
    Field.SAFE_CONTACT: "zqxsafely",
    Field.SAFEGUARDING_NOTE: "zqxnoted",
    Field.COST: "9,876.54",
}
PENCE = 987654
READERS: Mapping[Role, Reader] = {
    Role.FACILITATOR: Reader.FACILITATOR,
    Role.COORDINATOR: Reader.COORDINATOR,
    Role.DIRECTOR: Reader.DIRECTOR,
    Role.SAFEGUARDING: Reader.SAFEGUARDING,
    Role.ADMIN: Reader.ADMIN,
}
#: Extents by which the thing itself stands on a page; the others give less, or nothing.
WHOLE = frozenset({Extent.FULL, Extent.BY_SAFE_RULE})
#: What stands on no page of somebody who may read it, until they press something or ask for it.
NOT_ON_PAGES = frozenset(
    {
        # The lead reads a note by a press.
        (Role.SAFEGUARDING, Field.SAFEGUARDING_NOTE),
        # The lead has no list of people: who is to be rung comes with a note.
        (Role.SAFEGUARDING, Field.CONTACT),
        (Role.SAFEGUARDING, Field.SAFE_CONTACT),
    }
)
#: Facilitators choose whom to invite by chosen name: the window counts for those they invited.
ELSEWHERE = frozenset({(Role.FACILITATOR, Field.ATTENDANCE)})


async def plant(ground: Ground) -> None:
    """Put a mark into each field of everybody who is not on the staff."""
    staff = select(StaffMember.person_id)
    async with ground.parts.database.writing() as db:
        people = (await db.scalars(select(Person).where(Person.id.not_in(staff)))).all()
        for number, person in enumerate(people):
            person.chosen_name = f"{MARKS[Field.ATTENDANCE]}{number}x"
            contact = MARKS[Field.CONTACT]
            person.address, person.through_name = f"1 {contact} Row", f"{contact} name"
            person.through_contact = f"{contact} through"
            person.email = f"{number}.{contact}@example.org"
        safe = dict.fromkeys(("channels", "hours", "words_to_say"), MARKS[Field.SAFE_CONTACT])
        await db.execute(update(Need).where(Need.code == SAFE_CONTACT).values(details=safe))
        await db.execute(update(AccessRequest).values(estimate_pence=PENCE))
        await db.execute(update(Arrangement).values(estimate_pence=PENCE))
    await write_to_the_lead(ground)


async def write_to_the_lead(ground: Ground) -> None:
    """Let a facilitator write a note for the safeguarding lead."""
    host, parts = ground.staff[Role.FACILITATOR.value], ground.parts
    writer = actor_for(host.organisation_id, host, Role.FACILITATOR)
    mark, now = MARKS[Field.SAFEGUARDING_NOTE], parts.clock.now()
    noted = Noted(now, dict.fromkeys(("who", "facts", "words_used", "action"), mark))
    async with parts.database.writing() as db:
        await write_note(db, writer, parts.sealer, noted, now=now)


async def staff_pages(ground: Ground) -> Sequence[str]:
    """Give every address there is, whoever it is for."""
    async with ground.parts.database.reading() as db:
        things = await things_of(ground, db)
    paths = {visit.path for _, visit in ground.looks() if visit.who != NOBODY}
    paths |= {
        address
        for route in with_things(Entry.STAFF)
        if route.method == "GET"
        for address in addresses(route, things)
    }
    return sorted(paths)


async def seen_by(browser: Browser, paths: Sequence[str]) -> Mapping[Field, list[str]]:
    """Look at every page that opens; gives where each mark stood."""
    seen: dict[Field, list[str]] = {field: [] for field in MARKS}
    for path in paths:
        response = await browser.get(path)
        if response.status >= 300:
            continue
        for field, mark in MARKS.items():
            if mark in browser.page:
                seen[field].append(path)
    return seen


@pytest.mark.parametrize("role", READERS)
async def test_each_role_sees_on_all_pages_what_the_table_gives_it(
    role: Role, ground: Ground
) -> None:
    await plant(ground)
    paths = await staff_pages(ground)

    seen = await seen_by(ground.browsers[role.value], paths)

    expected = {field: TABLE[field][READERS[role]] in WHOLE for field in MARKS}
    leaks = {
        field: found
        for field, found in seen.items()
        if found and not expected[field] and (role, field) not in ELSEWHERE
    }
    missing = {
        field
        for field, is_whole in expected.items()
        if is_whole and not seen[field] and (role, field) not in NOT_ON_PAGES
    }
    assert {} == leaks
    assert set() == missing


async def test_cover_does_not_see_how_to_reach_whom_somebody_else_looks_after(
    ground: Ground, open_browser: OpenBrowser
) -> None:
    await plant(ground)
    bridget = ground.staff[Role.COORDINATOR.value]
    async with ground.parts.database.writing() as db:
        others = await db.scalar(
            select(Person)
            .join(StaffRole, StaffRole.person_id == Person.id)
            .where(StaffRole.role == Role.COORDINATOR, Person.id != bridget.id)
            .where(Person.organisation_id == bridget.organisation_id)
        )
        assert others is not None
        safe = select(Need.person_id).where(Need.code == SAFE_CONTACT)
        await db.execute(
            update(Person).where(Person.id.in_(safe)).values(coordinator_id=bridget.id)
        )
        theirs = (await db.scalars(select(Person.chosen_name).where(Person.id.in_(safe)))).all()
    cover = await open_browser(others)

    seen = await seen_by(cover, await staff_pages(ground))

    assert theirs
    assert Extent.ASK_COORDINATOR is TABLE[Field.SAFE_CONTACT][Reader.COVER]
    assert [] == seen[Field.SAFE_CONTACT]


async def test_guests_see_nobody_else_nor_what_anything_costs(ground: Ground) -> None:
    await plant(ground)
    browser = ground.browsers[NOBODY]
    leaks = []

    for _, visit in ground.looks():
        if visit.who != NOBODY:
            continue
        await browser.get(visit.path)
        names = set(re.findall(rf"{MARKS[Field.ATTENDANCE]}\d+x", browser.page))
        hidden = (Field.COST, Field.SAFEGUARDING_NOTE)
        if len(names) > 1 or any(MARKS[field] in browser.page for field in hidden):
            leaks.append(visit.path)

    assert [] == leaks
