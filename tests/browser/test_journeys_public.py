"""A day that falls on something, and a stranger who asks to join: walked on a phone without scripts."""

import json

import pytest

from tests.browser.conftest import House, OpenAs
from tests.browser.walking import Walk
from tests.chromium import PHONE, Pages, Screen
from tests.visits import NOBODY

pytestmark = pytest.mark.browser


async def test_a_facilitator_is_told_what_a_day_falls_on_and_takes_another(
    open_as: OpenAs,
) -> None:
    walk = Walk(await open_as("facilitator", PHONE), "day")

    await walk.go("/sessions/new")
    await walk.choose("What kind of session is it?", "Listening hour")
    await walk.press("Continue")
    await walk.fill(date="2027-03-29", time="10:00")
    await walk.press("Continue")
    await walk.sees("It is a bank holiday: Easter Monday.", "This day needs your yes.")
    await walk.follow("Monday 5 April 2027, 10am instead")
    assert "2027-04-05" == await walk.page.locator("#f-date").input_value()
    await walk.fill(date="2027-02-23", time="18:30")
    await walk.press("Continue")
    await walk.sees("How can people join?")


async def test_a_stranger_asks_to_join_and_is_invited_in_one_press(open_as: OpenAs) -> None:
    stranger = Walk(await open_as(NOBODY, PHONE), "stranger")
    coordinator = Walk(await open_as("coordinator", PHONE), "asking")

    await stranger.go("/o/kiln")
    await stranger.follow("Ask to join")
    await stranger.press("Ask to join")
    await stranger.sees("Please type a name.")
    await stranger.fill(name="Gil", phone="01632 960166")
    await stranger.choose("How would you like to join?", "By phone")
    await stranger.press("Ask to join")
    await stranger.sees("Thank you. We have your question and will be in touch.")

    await coordinator.go("/today")
    await coordinator.page.locator("main a", has_text="Somebody asks to join").last.click()
    await coordinator.follow("See who asks, and invite them")
    await coordinator.sees("Gil asks to join")
    await coordinator.press("Add them and invite them")
    await coordinator.sees("They are invited.")


async def test_the_mark_up_is_data_that_the_policy_lets_stand(house: House, pages: Pages) -> None:
    page = await pages.open(Screen(), base_url=house.base_url)

    await page.goto("/o/kiln")

    [text] = await page.locator('script[type="application/ld+json"]').all_text_contents()
    assert {"Event"} == {each["@type"] for each in json.loads(text)}
    assert [] == pages.complaints
