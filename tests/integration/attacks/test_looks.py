"""No page shows how somebody is reached, or what helps them, without a line in the audit of who saw it."""

from collections.abc import Sequence

from sqlalchemy import select

from accessibility.disclosure import Field
from service.actor import Role
from service.storage.audit import AuditLine
from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_disclosure_matrix import MARKS, plant
from tests.visits import NOBODY

#: What is marked, and must stand in a line whenever it stands on a page.
MARKED = (Field.CONTACT, Field.SAFE_CONTACT)
ROLES = (
    Role.COORDINATOR.value,
    Role.FACILITATOR.value,
    Role.DIRECTOR.value,
    Role.ADMIN.value,
    Role.SAFEGUARDING.value,
)


async def fields_written_down(ground: Ground, role: str, path: str) -> tuple[str, Sequence[str]]:
    """Look at a page; give it, and the fields that lines of the audit then say were seen."""
    browser, parts = ground.browsers[role], ground.parts
    query = select(AuditLine).order_by(AuditLine.id.desc())
    async with parts.database.reading() as db:
        last = (await db.scalars(query.limit(1))).one()
    await browser.get(path)
    async with parts.database.reading() as db:
        lines = (await db.scalars(query.where(AuditLine.id > last.id))).all()
    return browser.page, " ".join(line.facts.get("fields", "") for line in lines).split()


async def test_every_page_that_shows_how_somebody_is_reached_leaves_a_line(ground: Ground) -> None:
    await plant(ground)
    paths = {visit.path for _, visit in ground.looks() if visit.who != NOBODY}
    silent, shown = [], set[tuple[str, Field]]()

    for role in ROLES:
        for path in sorted(paths | {f"{path}?q=a" for path in paths}):
            page, fields = await fields_written_down(ground, role, path)
            for field in MARKED:
                if MARKS[field] in page:
                    shown.add((role, field))
                    silent += [] if field.value in fields else [(role, path, field)]

    assert [] == silent
    assert {(Role.COORDINATOR.value, field) for field in MARKED} <= shown


async def test_every_page_about_what_helps_somebody_leaves_a_line(ground: Ground) -> None:
    paths = [f"/people/{person}/needs" for person, _ in ground.known.needs]
    paths += [f"/requests/{request}" for request in ground.known.requests.values()]
    silent = []

    for path in paths:
        _, fields = await fields_written_down(ground, Role.COORDINATOR.value, path)
        silent += [] if Field.ACTION_LINES.value in fields else [path]

    assert paths
    assert [] == silent
