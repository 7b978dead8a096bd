"""The pages of who is in and who came in a browser: with scripts and without, by eye and by keyboard."""

from datetime import datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from service.storage.people import Person
from service.web.cookies import SIGN_IN
from tests.chromium import NARROW, PHONE, Pages, Screen, axe_violations, keep_screenshot
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.room_scene import RoomScene, a_room

pytestmark = pytest.mark.browser

SCREENS = (
    Screen(),
    Screen(is_dark=True),
    NARROW,
    Screen(width=320, height=640, is_dark=True),
    Screen(forced_colours=True),
)


@pytest.fixture
def database_kind() -> str:
    """Look at it on one database; what the pages say is tested on both elsewhere."""
    return "sqlite"


async def signed_in(
    pages: Pages, server: TestServer, open_browser: OpenBrowser, person: Person, screen: Screen
) -> Page:
    """Open a page as somebody."""
    base_url = str(server.make_url("/")).rstrip("/")
    page = await pages.open(screen, base_url=base_url)
    secret = (await open_browser(person)).headers["Cookie"].partition("=")[2]
    await page.context.add_cookies([{"name": SIGN_IN, "value": secret, "url": base_url}])
    return page


async def tell_of_some(scene: RoomScene, now: datetime) -> None:
    """Let a few people be in, by both ways, and one wait."""
    before = now - timedelta(minutes=5)
    await scene.tell(
        scene.event("joined", before, "a", person=scene.of("Mo")),
        scene.event("joined", before, "b", person=scene.host(scene.cleo)),
        scene.event("joined", before, "c", name="A neighbour of Mo"),
        scene.event("joined", before - timedelta(minutes=4), "d"),
        scene.event("dialled_in", before, "pin:1", person=scene.of("Joan")),
        scene.event("lobby_joined", before, "e", person=scene.of("Sue")),
    )


async def test_the_page_keeps_itself_up_to_date(
    making: Making, server: TestServer, open_browser: OpenBrowser, pages: Pages, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        page = await signed_in(pages, server, open_browser, scene.ada, PHONE)
        await page.goto(scene.page)
        await expect(page.get_by_text("This page keeps itself up to date.")).to_be_visible()
        await expect(page.get_by_text("Nobody is in yet")).to_be_visible()
        await expect(page.get_by_role("heading", name="Online")).to_be_hidden()

        await tell_of_some(scene, now)
        await expect(page.get_by_text("5 people are in now")).to_be_visible()
        online = page.locator('[data-list="online"] li')
        await expect(online).to_have_text(
            ["A neighbour of Mo not on the list", "Cleo host", "Mo", "Somebody without a name"]
        )
        await expect(page.get_by_text("Waiting to be let in:")).to_be_visible()
        await scene.tell(
            scene.event("joined", now, "e", person=scene.of("Sue")),
            scene.event("left", now, "a", person=scene.of("Mo")),
        )

        await expect(online).to_have_text(
            ["A neighbour of Mo not on the list", "Cleo host", "Sue", "Somebody without a name"]
        )
        await expect(page.get_by_text("Waiting to be let in:")).to_be_hidden()


async def test_without_scripts_the_page_is_looked_at_again(
    making: Making, server: TestServer, open_browser: OpenBrowser, pages: Pages, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        screen = Screen(has_scripts=False)
        page = await signed_in(pages, server, open_browser, scene.ben, screen)
        await page.goto(scene.page)
        await expect(page.get_by_text("As it was at")).to_be_visible()

        await tell_of_some(scene, now)
        await page.get_by_role("link", name="Look again").click()

        await expect(page.get_by_text("5 people are in now")).to_be_visible()
        await expect(page.locator('[data-list="phone"] li')).to_have_text(["Joan"])


async def test_who_came_is_ticked_with_a_keyboard(
    making: Making, server: TestServer, open_browser: OpenBrowser, pages: Pages, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        await tell_of_some(scene, now)
        page = await signed_in(pages, server, open_browser, scene.ada, PHONE)
        await page.goto(scene.sheet)
        await expect(page.get_by_label("Mo Was in the online room")).to_be_checked()

        await page.get_by_label("Ray Coming, in the room").focus()
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="Save who came").focus()
        await page.keyboard.press("Enter")

        await expect(page.get_by_text("Who came is written down.")).to_be_visible()
        await expect(page.get_by_label("Ray Ticked by one of us")).to_be_checked()


@pytest.mark.parametrize("number", range(len(SCREENS)))
async def test_the_pages_are_fit_for_everybody(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    pages: Pages,
    now: datetime,
    number: int,
) -> None:
    async with a_room(making, server) as scene:
        await tell_of_some(scene, now)
        page = await signed_in(pages, server, open_browser, scene.ada, SCREENS[number])
        found = []
        for path in (scene.page, scene.sheet, f"/sessions/{scene.meeting.id}"):
            await page.goto(path)
            name = path.replace(str(scene.meeting.id), "id").strip("/").replace("/", "-")
            await keep_screenshot(page, f"room-{number}-{name}")
            found += await axe_violations(page)
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"

    assert [] == found
