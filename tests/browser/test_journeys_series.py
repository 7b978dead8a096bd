"""Making, editing, splitting and ending a series on a phone without scripts, and coming each time."""

import re

import pytest
from sqlalchemy import select

from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Person
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


async def page_of_next_date(house: House, person: str) -> str:
    """Give the path of somebody's page for the next date of the helpers' circle."""
    query = select(Invitation).join(Person, Person.id == Invitation.person_id)
    query = query.join(Meeting, Meeting.id == Invitation.meeting_id).where(
        Person.chosen_name == person, Meeting.real_title == "Helpers' circle"
    )
    async with house.parts.database.reading() as db:
        found = (await db.scalars(query.order_by(Meeting.starts_at))).first()
    assert found is not None
    return f"/i/{house.parts.keys.link_for('invitation', found.id, found.link_generation)}"


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
    await walk.press("Keep")
    await walk.press("Continue")
    await walk.fill(place_id="Kiln Street back room (holds 10)")
    await walk.press("Continue")
    await walk.fill(second_id="Deon")
    await walk.press("Continue")
    await walk.tick("Steering group")
    await walk.press("Continue")
    await walk.fill(real_title="Steering the hub")
    await walk.press("Continue")
    await walk.sees(
        "Check your answers", "Every last Monday of the month", "6 weeks before each date"
    )


async def test_a_change_from_one_date_on_splits_a_series_and_the_rest_is_ended(
    house: House, open_as: OpenAs
) -> None:
    await house.send_post()
    walk = Walk(await open_as("facilitator", PHONE), "splitting")
    await walk.go("/series")
    await walk.follow("Helpers' circle")
    await walk.sees("Thursday 11 February 2027", "Later dates")

    await walk.follow("Thursday 11 March 2027")
    await walk.follow("Change Day and time")
    await walk.fill(date="2027-03-10", time="18:30")
    await walk.press("Continue")
    await walk.choose("Which dates should change?", "This one and those after it")
    await walk.press("Continue")
    await walk.choose("How often from then on?", "Every second Wednesday of the month")
    await walk.press("Continue")
    await walk.sees("Before you save", "this is a series of its own", "Dates that are over stay")
    await walk.press("Save and tell them")
    await walk.sees(
        "The change is saved.", "Every second Wednesday of the month", "6:30pm to 8:30pm"
    )
    told = await house.send_post()
    assert {"siobhan@example.org"} <= {addressee(each) for each in told}

    await walk.follow("End this series")
    await walk.fill(last_day="2027-03-31", message="We start something new in April.")
    await walk.press("Continue")
    await walk.sees("End this series?", "We start something new in April.")
    await walk.press("End the series")
    await walk.sees("The series ends.", "Not after Wednesday 31 March 2027")


async def test_a_facilitator_changes_the_hosts_of_all_dates_to_come(
    house: House, open_as: OpenAs
) -> None:
    walk = Walk(await open_as("facilitator", PHONE), "series-change")
    await walk.go("/series")
    await walk.follow("Helpers' circle")

    await walk.follow("Change Second host")
    await walk.fill(second_id="Bridget")
    await walk.press("Continue")
    await walk.sees("Before you save", "Bridget", "dates change.")
    await walk.press("Save and tell them")

    await walk.sees("The change is saved.", "Bridget")


async def test_a_guest_comes_each_time_and_the_desk_does_it_for_who_rang(
    house: House, open_as: OpenAs
) -> None:
    terry = Walk(await open_as("nobody", PHONE), "each-time")
    await terry.go(await page_of_next_date(house, "Terry"))
    await terry.follow("See all dates, or come each time")
    await terry.choose("How would you like to join each time?", "Online")
    await terry.press("Count me in each time")
    await terry.sees("We have your answer: you come each time, online.", "You have a place on")
    await terry.press("Stop counting me in each time")
    await terry.sees("We no longer count you in each time.")

    bridget = Walk(await open_as("coordinator", PHONE), "each-time-desk")
    await bridget.go("/series")
    await bridget.follow("Helpers' circle")
    await bridget.follow("See and change the list")
    await bridget.page.get_by_role("link", name=re.compile(r"^Count in each time\s*: Joan")).click()
    await bridget.stop()
    await bridget.choose("How do they want to join each time?", "By phone")
    await bridget.press("Count them in each time")
    await bridget.sees("They are counted in each time, by phone.", "They have a place on")
