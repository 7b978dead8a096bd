"""The number at the door in a browser: as hosts and guests read it, on small screens and in the dark."""

import pytest
from aiohttp.test_utils import TestServer

from tests.chromium import NARROW, Pages, Screen, axe_violations, keep_screenshot
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.room_scene import a_room
from tests.integration.test_room_in_a_browser import signed_in

pytestmark = pytest.mark.browser

SCREENS = {"narrow": NARROW, "dark": Screen(is_dark=True)}


@pytest.fixture
def database_kind() -> str:
    """Look at it on one database; what the pages say is tested on both elsewhere."""
    return "sqlite"


@pytest.mark.parametrize("screen", SCREENS)
async def test_the_number_at_the_door_is_fit_for_everybody(
    making: Making, server: TestServer, open_browser: OpenBrowser, pages: Pages, screen: str
) -> None:
    found = []
    async with a_room(making, server, passcode="482913") as scene:
        async with making() as make:
            link = make.link(scene.guests["Mo"])
        for person, path in ((scene.ada, scene.page), (scene.ben, scene.page), (scene.ada, link)):
            page = await signed_in(pages, server, open_browser, person, SCREENS[screen])
            await page.goto(path)
            name = "guest" if path == link else person.chosen_name
            await keep_screenshot(page, f"passcode-{screen}-{name}")
            assert await page.get_by_text("482 913").is_visible()
            found += await axe_violations(page)
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"

    assert [] == found
