"""No page shows how somebody is reached, or what helps them, without a line in the audit of who saw it."""

from sqlalchemy import func, select

from service.actor import Role
from service.storage.audit import AuditLine
from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_disclosure import CONTACT, plant
from tests.visits import NOBODY

#: Where nobody is shown how somebody else is reached: a letter in the tray is one that was sent.
ROLES = (Role.COORDINATOR.value, Role.FACILITATOR.value, Role.DIRECTOR.value, Role.ADMIN.value)


async def count(ground: Ground) -> int:
    """Count the lines about looks."""
    query = select(func.count()).select_from(AuditLine).where(AuditLine.what.like("%.read"))
    async with ground.parts.database.reading() as db:
        return await db.scalar(query) or 0


async def test_every_page_that_shows_how_somebody_is_reached_leaves_a_line(ground: Ground) -> None:
    await plant(ground.parts)
    paths = {visit.path for _, visit in ground.looks() if visit.who != NOBODY}
    silent, shown = [], 0

    for role in ROLES:
        browser = ground.browsers[role]
        for path in sorted(paths | {f"{path}?q=a" for path in paths}):
            before = await count(ground)
            await browser.get(path)
            if CONTACT in browser.page or "987654" in browser.page:
                shown += 1
                if await count(ground) == before:
                    silent.append((role, path))

    assert [] == silent
    assert shown > len(ROLES)


async def test_every_page_about_what_helps_somebody_leaves_a_line(ground: Ground) -> None:
    browser, silent = ground.browsers[Role.COORDINATOR.value], []
    about = {person for person, _ in ground.known.needs}
    paths = [f"/people/{person}/needs" for person in about]
    paths += [f"/requests/{request}" for request in ground.known.requests.values()]

    for path in paths:
        before = await count(ground)
        await browser.get(path)
        if await count(ground) == before:
            silent.append(path)

    assert [] == silent
