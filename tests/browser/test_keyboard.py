"""With a keyboard alone: Tab, Space, Enter and the arrows; and it can be seen where one is."""

from dataclasses import dataclass

import pytest
from playwright.async_api import Page

from tests.browser.conftest import House, OpenAs
from tests.browser.walking import Walk
from tests.chromium import PHONE, Screen, keep_screenshot
from tests.visits import NOBODY

pytestmark = pytest.mark.browser

MOST_STOPS = 60
#: What has the focus: its words, and whether a line of at least 3 px is drawn round it or its label.
FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return {words: "", name: "", line: 99};
  const label = here.labels && here.labels[0];
  const drawn = [here, label].filter(Boolean).map(e => getComputedStyle(e))
    .filter(s => s.outlineStyle !== "none").map(s => parseFloat(s.outlineWidth));
  return {words: ((label || here).textContent || "").replace(/\\s+/g, " ").trim(),
          name: here.name || "", line: Math.max(0, ...drawn)};
}"""
THICK = 3


@dataclass(slots=True)
class Hands:
    """Somebody at a keyboard without a mouse."""

    page: Page

    async def tab_to(self, words: str) -> None:
        """Press Tab until what has the focus begins with these words; every stop must be visible."""
        seen = []
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            focused = await self.page.evaluate(FOCUSED)
            assert focused["line"] >= THICK, f"no line round {focused['words']!r}"
            seen.append(focused["words"])
            if focused["words"].startswith(words) or words == focused["name"]:
                return
        raise AssertionError(f"{words!r} is not reached by Tab; stops: {seen}")

    async def arrow_to(self, words: str) -> None:
        """Press the down arrow among round buttons until the one with these words is chosen."""
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("ArrowDown")
            focused = await self.page.evaluate(FOCUSED)
            assert focused["line"] >= THICK, f"no line round {focused['words']!r}"
            if focused["words"].startswith(words):
                return
        raise AssertionError(f"{words!r} is not reached by the arrows")

    async def press(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that page."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)


async def test_a_person_answers_and_brings_somebody_by_keyboard_alone(
    house: House, open_as: OpenAs
) -> None:
    page = await open_as(NOBODY, PHONE)
    hands, walk = Hands(page), Walk(page, "keyboard")
    await walk.go(await house.own_page("Val", "Evening circle"))

    await hands.tab_to("way")
    await keep_screenshot(page, "journey-keyboard-focus")
    await page.keyboard.press("Space")
    await hands.tab_to("Yes, count me in")
    await hands.press("Enter")
    await walk.sees("We have your answer: yes, ")
    await hands.tab_to("Somebody is coming with me")
    await hands.press("Enter")
    await hands.tab_to("Just me")
    await hands.arrow_to("Me and one person")
    await hands.tab_to("supporter_name")
    await page.keyboard.type("Terry")
    await hands.tab_to("Save")
    await hands.press("Space")
    await walk.sees("Terry")
    await hands.tab_to("Change my details")
    await hands.press("Enter")
    await walk.sees("The name you want to be called")
    await hands.tab_to("Back")
    await hands.press("Enter")
    await hands.tab_to("I can’t come")
    await hands.press("Enter")

    await walk.sees("We have your answer: you can’t come.")


async def test_a_session_is_begun_by_keyboard_alone(open_as: OpenAs) -> None:
    page = await open_as("facilitator", Screen(width=1280, height=800))
    hands, walk = Hands(page), Walk(page, "keyboard-plan")
    await walk.go("/sessions")

    await hands.tab_to("Skip to the page")
    await page.keyboard.press("Enter")
    await hands.tab_to("Plan a session")
    await hands.press("Enter")
    await hands.tab_to("kind_id")
    await hands.arrow_to("Listening hour")
    await hands.tab_to("Continue")
    await hands.press("Enter")
    await walk.sees("When is it?")
    await hands.tab_to("date")
    await page.keyboard.type("02022027")
    await hands.tab_to("time")
    await page.keyboard.type("0200PM")
    await hands.tab_to("Continue")
    await hands.press("Space")

    await walk.sees("How can people join?")


async def test_what_is_wrong_is_where_the_keyboard_is(open_as: OpenAs) -> None:
    page = await open_as("facilitator", PHONE)
    hands, walk = Hands(page), Walk(page, "keyboard-wrong")
    await walk.go("/sessions/new")

    await hands.tab_to("Continue")
    await hands.press("Enter")
    await walk.stop()

    assert (await page.title()).startswith("Error: ")
    assert "Please check this" in (await page.evaluate(FOCUSED))["words"]
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert "kind_id" == (await page.evaluate(FOCUSED))["name"]
