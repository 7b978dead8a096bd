"""The same questions on paper: printed at a person's size, and written down at the desk when it comes back."""

import re
from typing import Any

import pytest

from accessibility.consent import WORDINGS
from accessibility.needs import Strength
from service.parts import Parts
from service.storage.people import Person
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import SAFE, Scene, lay_out


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session; its guest reads large print."""
    scene = await lay_out(making, parts, clock)
    async with scene.doing() as db:
        (await db.get_one(Person, scene.eve.id)).print_size = 24
    return scene


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator."""
    return await open_browser(scene.ben)


def paper(scene: Scene) -> str:
    """Give the address of the form."""
    return f"/people/{scene.eve.id}/needs/paper"


async def test_the_form_asks_what_the_pages_ask_at_their_size(scene: Scene, ben: Browser) -> None:
    await ben.get(paper(scene))

    assert 'data-print-size="24"' in ben.page
    assert "☐</span> I need this" in ben.page
    assert "interpreter for British Sign Language" in ben.page
    assert "For how many minutes is one interpreter enough?" in ben.page
    assert "Where to send it" in ben.page
    assert "01632 960 101" in ben.page
    plain = " ".join(ben.page.replace("&#39;", "'").split())
    for wording in WORDINGS.values():
        assert f"☐</span> {wording.text}" in plain, wording.purpose


@pytest.mark.parametrize(("asked", "size"), [("28", "28"), ("16", "16"), ("999", "24")])
async def test_it_can_be_printed_at_another_size(
    asked: str, size: str, scene: Scene, ben: Browser
) -> None:
    await ben.get(f"{paper(scene)}?size={asked}")

    assert f'data-print-size="{size}"' in ben.page


async def test_what_keeps_somebody_safe_is_not_asked_on_paper(scene: Scene, ben: Browser) -> None:
    await ben.get(paper(scene))

    form = ben.page.partition("<article")[2]
    assert "There is someone I must not be in a session with" not in form
    assert "Do not write it here" in form
    assert "Do not post this" not in ben.page

    await scene.tells(SAFE)
    await ben.get(paper(scene))
    assert "Do not post this" in ben.page


async def test_the_organisation_says_where_to_send_it(
    scene: Scene, making: Making, ben: Browser
) -> None:
    async with scene.doing() as db:
        house = await db.get_one(type(scene.house), scene.house.id)
        house.texts = {"post": "Freepost KILN STREET HUB\nStoke-on-Trent"}

    await ben.get(paper(scene))

    assert "Freepost KILN STREET HUB" in ben.page


async def test_what_came_back_on_paper_is_written_down_as_such(scene: Scene, ben: Browser) -> None:
    tell = f"/people/{scene.eve.id}/needs/tell"
    chosen: dict[str, Any] = {
        "groups": ["hearing"],
        "need-COM-LIPREAD": "prefer",
        "need-OTH-OTHER": "prefer",
        "own": "A quiet corner",
        "channel": "paper",
    }
    await ben.get(f"/people/{scene.eve.id}/needs")
    await ben.post(tell, at="own", **chosen)
    assert re.search(r'name="need-OTH-OTHER"[^>]*value="prefer"', ben.page)

    await ben.post(tell, at="check", **chosen)

    needs = await scene.needs()
    assert {"COM-LIPREAD", "OTH-OTHER"} == needs.keys()
    assert {Strength.PREFER} == {need.strength for need in needs.values()}
    assert {("paper", scene.ben.id)} == {(each.channel, each.entered_by) for each in needs.values()}


async def test_only_who_answers_for_people_prints_it(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    for person, status in ((scene.ada, 403), (scene.cleo, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(paper(scene))).status
    nobody = await open_browser()
    assert "/sign-in" in (await nobody.get(paper(scene))).headers["Location"]
