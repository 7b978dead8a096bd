"""Every page there is, looked at in a real browser: narrow and wide, light and dark, with and without scripts.

The list comes from the routes. A page that nobody has an example for fails here and is named.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page

from service.web.entry import Route
from tests.browser.conftest import MORNING, House
from tests.chromium import Pages, Screen, axe_violations, keep_screenshot
from tests.known import Known, fill_the_room, known_in
from tests.visits import NOBODY, REFUSALS, Visit, pages, visits

pytestmark = pytest.mark.browser

#: A phone by day, without scripts; a desk by night, with them.
NARROW_LIGHT = Screen(width=320, height=640, has_scripts=False)
WIDE_DARK = Screen(width=1280, height=800, is_dark=True)
#: A desk of 1280 by 1024 at 400 %.
ENLARGED = Screen(width=320, height=256)
#: What stands in letters was written for mail programs: headings and identifiers are theirs.
LETTERS = "/post-tray/"
#: Values that were meant for programs: Jinja's and Python's, and identifiers.
BARE = re.compile(r"\bundefined\b|\{\{|datetime\.|[0-9a-f]{8}-[0-9a-f]{4}-")


@dataclass(slots=True)
class Eyes:
    """Two open pages for each person who looks: one narrow and light, one wide and dark."""

    house: House
    opened: Pages
    _kept: dict[tuple[str, Screen], Page] = field(default_factory=dict)

    async def see(self, visit: Visit, screen: Screen) -> Page:
        """Look at a page as the visit's person; it must answer with the status that is expected."""
        if (visit.who, screen) not in self._kept:
            page = await self.opened.open(screen, base_url=self.house.base_url)
            if visit.who != NOBODY:
                await self.house.sign_in(page, visit.who)
            self._kept[visit.who, screen] = page
        page = self._kept[visit.who, screen]
        response = await page.goto(visit.path)
        assert response is not None
        assert visit.status == response.status, f"{visit.path} answers {response.status}"
        return page


@pytest.fixture(scope="module")
async def eyes(shared_house: House, browser: Browser) -> AsyncIterator[Eyes]:
    """Open the browser once for all pages."""
    eyes = Eyes(shared_house, Pages(browser))
    yield eyes
    await eyes.opened.close()


@pytest.fixture(scope="module")
async def known(shared_house: House) -> Known:
    """Give what the demonstration holds."""
    await shared_house.send_post()
    letters = [letter.name for letter in await shared_house.tray.newest()]
    parts = shared_house.parts
    async with parts.database.writing() as db:
        found = await known_in(db, parts.keys, shared_house.links, letters=letters, now=MORNING)
        await fill_the_room(db, found)
    return found


@pytest.mark.parametrize("route", pages(), ids=lambda route: route.name)
async def test_every_page_is_for_everybody(route: Route, eyes: Eyes, known: Known) -> None:
    troubles = []
    for number, visit in enumerate(visits(route, known), start=1):
        if not await is_page(eyes, visit):
            continue
        found = await troubles_of(eyes, visit, f"page-{route.name}-{number}")
        troubles += [f"{visit.who} at {visit.path}: {trouble}" for trouble in found]

    assert [] == troubles


@pytest.mark.parametrize("visit", REFUSALS, ids=lambda visit: f"{visit.status}-{visit.who}")
async def test_pages_that_say_no_are_for_everybody_too(visit: Visit, eyes: Eyes) -> None:
    found = await troubles_of(eyes, visit, f"no-{visit.status}-{visit.who}")

    assert [] == found


async def is_page(eyes: Eyes, visit: Visit) -> bool:
    """Tell a page from a file to keep, which a browser does not show."""
    page = await eyes.see(Visit(visit.who, "/about/privacy"), NARROW_LIGHT)
    response = await page.context.request.get(visit.path)
    assert visit.status == response.status, f"{visit.path} answers {response.status}"
    return response.headers["content-type"].startswith("text/html")


async def troubles_of(eyes: Eyes, visit: Visit, name: str) -> list[str]:
    """Look at a page in both ways, side by side, and list everything that would trouble somebody."""
    (narrow, first), (wide, second) = await asyncio.gather(
        _narrow_and_light(eyes, visit, name), _wide_and_dark(eyes, visit, name)
    )
    troubles = [*first, *second]
    if visit.path.startswith(LETTERS):
        return troubles
    troubles += await bones(narrow)
    if await words_of(narrow) != await words_of(wide):
        troubles.append("says something else without scripts")
    troubles += eyes.opened.complaints
    eyes.opened.complaints.clear()
    return troubles


async def _narrow_and_light(eyes: Eyes, visit: Visit, name: str) -> tuple[Page, list[str]]:
    page = await eyes.see(visit, NARROW_LIGHT)
    troubles = [f"narrow, light: {line}" for line in await axe_violations(page)]
    troubles += await sideways(page, "at 320")
    await keep_screenshot(page, f"{name}-320-light")
    await page.set_viewport_size({"width": ENLARGED.width, "height": ENLARGED.height})
    troubles += await sideways(page, "at 400 %")
    await page.set_viewport_size({"width": NARROW_LIGHT.width, "height": NARROW_LIGHT.height})
    return page, troubles


async def _wide_and_dark(eyes: Eyes, visit: Visit, name: str) -> tuple[Page, list[str]]:
    page = await eyes.see(visit, WIDE_DARK)
    troubles = [f"wide, dark: {line}" for line in await axe_violations(page)]
    await keep_screenshot(page, f"{name}-1280-dark")
    return page, troubles


async def sideways(page: Page, where: str) -> list[str]:
    """List what sticks out to the side, if the page can be scrolled sideways."""
    widths = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if widths[0] <= widths[1]:
        return []
    wide = await page.evaluate(
        "[...document.querySelectorAll('main *, header *, footer *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
    )
    return [f"scrolls sideways {where}: {widths[0]} px: {wide}"]


async def bones(page: Page) -> list[str]:
    """Check what every page has: a title, a language, one heading, one main button at most."""
    troubles = []
    if not (await page.title()).strip():
        troubles.append("has no title")
    if not await page.locator("html").get_attribute("lang"):
        troubles.append("has no language")
    if (headings := await page.locator("h1").count()) != 1:
        troubles.append(f"has {headings} h1")
    if (filled := await page.locator(".button.filled").count()) > 1:
        troubles.append(f"has {filled} filled buttons")
    if raw := await page.get_by_text(BARE).count():
        troubles.append(f"shows a bare value in {raw} places")
    return troubles


async def words_of(page: Page) -> str:
    """Give the page's words, without what says whether it keeps itself up to date."""
    text = await page.locator("body").text_content() or ""
    for state in await page.locator("[data-live-state]").all_text_contents():
        text = text.replace(state, "")
    return " ".join(text.split())
