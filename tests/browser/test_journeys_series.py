"""Making, editing, splitting and ending a series on a phone without scripts, and coming each time."""

import pytest

from tests.browser.conftest import House, OpenAs
from tests.browser.walking import Walk, addressee
from tests.chromium import PHONE

pytestmark = pytest.mark.browser


async def test_a_facilitator_makes_a_series_and_skips_what_falls_on_a_holiday(
    house: House, open_as: OpenAs
) -> None:
    await house.send_post()
    walk = Walk(await open_as("facilitator", PHONE), "series")

    await make_a_steering_group(walk)
    await walk.press("Start the series")

    await walk.sees("The series has started.", "Every last Monday of the month")
    told = await house.send_post()
    assert {"mags@example.org"} <= {addressee(each) for each in told}


async def make_a_steering_group(walk: Walk) -> None:
    """Plan the steering group, every last Monday, up to the last page."""
    await walk.go("/sessions")
    await walk.follow("Start a series")
    await walk.choose("What kind of session is it?", "Steering group")
    await walk.press("Continue")
    await walk.sees("Step 2 of 9")
    await walk.fill(date="2027-01-25", time="10:00", minutes="90")
    await walk.press("Continue")
    await walk.sees("Every last Monday of the month", "25 January, 22 February")
    await walk.choose("How often?", "Every last Monday of the month")
    await walk.press("Continue")
    await walk.sees("Step 4 of 9", "Easter Monday")
    await walk.fill(bank_holiday="Skip the date")
    await walk.press("Use these rules")
    await walk.sees("Skipped: 4 dates.", "By your rule: it is a bank holiday.")
    await walk.press("Keep it")
    await walk.press("Continue")
    await walk.fill(place_id="Kiln Street back room (holds 10)")
    await walk.press("Continue")
    await walk.fill(second_id="Deon")
    await walk.press("Continue")
    await walk.tick("Steering group")
    await walk.press("Continue")
    await walk.fill(real_title="Steering the hub")
    await walk.press("Continue")
    await walk.sees("Check your answers", "Every last Monday of the month", "6 weeks before each date")
