"""At the desk, without scripts: calls, letters, requests, decisions, and setting up."""

import re
from datetime import timedelta

import pytest

from tests.browser.conftest import House, OpenAs
from tests.browser.walking import (
    Walk,
    addressee,
    comes_and_asks_for_a_loop,
    link_in,
    plain_words,
)
from tests.chromium import PHONE, Screen, keep_screenshot
from tests.visits import NOBODY

pytestmark = pytest.mark.browser

DESK = Screen(width=1280, height=800)
VAL = "Val"
LISTENING = "Listening hour: what belonging means"
LOOP = "Bring or book a hearing loop"
CSS_PIXELS_IN_A_POINT = 96 / 72


async def test_a_coordinator_rings_somebody_and_writes_down_the_answer(open_as: OpenAs) -> None:
    walk = Walk(await open_as("coordinator", PHONE), "call")

    await walk.go("/calls")
    await walk.sees("Joan", "01632 960 201")
    joan = walk.page.locator(".card", has_text="Joan").locator("p", has_text="To invite them.")
    await joan.first.get_by_role("link", name="What to say").click()
    await walk.stop()
    await walk.sees("What to say", "What did they say?")
    await walk.choose("What did they say?", "They are coming")
    await walk.choose("How do they want to join?", "By phone")
    await walk.press("Write it down")

    await walk.go("/people?q=joan")
    await walk.follow("Joan")
    await walk.sees("By phone")


async def test_a_letter_is_printed_at_the_size_its_reader_needs(open_as: OpenAs) -> None:
    walk = Walk(await open_as("coordinator", DESK), "letter")
    page = walk.page

    await walk.go("/people?q=sid")
    await walk.follow("Sid")
    await walk.follow("Change")
    await walk.fill(print_size="20 point")
    await walk.press("Save")
    await walk.go("/letters")
    await walk.sees("20 point")
    await walk.follow("Open to print")
    await page.emulate_media(media="print")
    await keep_screenshot(page, "journey-letter-on-paper")

    greeting = page.get_by_text("Hello Sid,")
    size = await greeting.evaluate("p => getComputedStyle(p).fontSize")
    assert 20 * CSS_PIXELS_IN_A_POINT == pytest.approx(float(size.removesuffix("px")), abs=0.1)
    assert not await page.get_by_role("link", name="It is posted").is_visible()
    assert not await page.locator(".band nav").is_visible()


async def test_what_somebody_needs_is_arranged_and_they_say_that_it_fits(
    house: House, open_as: OpenAs
) -> None:
    link = await house.own_page(VAL, LISTENING)
    guest = Walk(await open_as(NOBODY, PHONE), "request-guest")
    await comes_and_asks_for_a_loop(guest, link)

    desk = Walk(await open_as("coordinator", DESK), "request")
    await takes_it_on(desk)
    await desk.unfold("It is arranged without a booking")
    await desk.fill(proof="Fetched on Friday", words="Farzana brings the loop and tries it at 1pm.")
    await desk.press("Say that it is arranged")
    await desk.sees("Arranged, waiting for their yes")

    await guest.go(link)
    await guest.sees("Farzana brings the loop and tries it at 1pm.")
    await guest.follow("Tell us if this works, or change it")
    await guest.press("Yes, this works for me")
    await guest.sees("Thank you. It is settled.")
    await desk.go("/requests")
    await desk.sees("Settled")


async def test_a_director_alone_says_that_something_cannot_be_done(
    house: House, open_as: OpenAs
) -> None:
    link = await house.own_page(VAL, LISTENING)
    guest = Walk(await open_as(NOBODY, PHONE), "refused")
    await comes_and_asks_for_a_loop(guest, link)
    desk = Walk(await open_as("coordinator", DESK), "pass-on")
    await takes_it_on(desk)
    await desk.fill(tried="Both loops are lent out. The hall has none.")
    await desk.press("Put it before a director")
    await desk.sees("It is with a director now.")

    director = Walk(await open_as("director", DESK), "director")
    await director.go("/requests")
    waiting = director.page.get_by_role("listitem").filter(has_text=LOOP)
    await waiting.get_by_role("link", name="Decide").click()
    await director.stop()
    await director.sees("Both loops are lent out.")
    await director.sees_not("Val")
    await director.choose("Why can it not be done?", "Nobody we could find can do it")
    await director.fill(
        cost_against_budget="Money is there.",
        offered_instead="Join online: you can turn the sound up and read the captions.",
        review_on="2027-02-01",
    )
    await director.press("Say that it cannot be done")
    await director.sees("Saved. The person sees why, and what we offer instead.")

    await guest.go(f"{link}/help")
    await guest.sees("you can turn the sound up", "Nobody we could find can do it")
    await guest.sees("If you do not agree")


async def takes_it_on(desk: Walk) -> None:
    """Let the coordinator take on what Val asked for, and plan the next step."""
    await desk.go("/requests")
    row = desk.page.get_by_role("row").filter(has_text=VAL)
    await row.get_by_role("link", name=LOOP).click()
    await desk.stop()
    await desk.press("I look after this")
    await desk.unfold("What happens next")
    await desk.fill(next_step="Ask Saggar Row for theirs", next_step_on="2027-01-13", cost="0")
    await desk.press("Save the next step")


async def test_an_admin_sets_up_and_a_new_colleague_signs_in_by_the_code(
    house: House, open_as: OpenAs
) -> None:
    admin = Walk(await open_as("admin", DESK), "admin")
    await admin.go("/set-up")
    await admin.follow("Organisation")
    await admin.fill(contact_phone="01632 960199")
    await admin.press("Save")
    await admin.sees("Saved.", "Help: 01632 960 199")
    await admin.go("/set-up/staff")
    await admin.follow("Invite somebody")
    await admin.fill(name="Siân", email="sian@example.org")
    await admin.tick("Facilitator")
    await admin.press("Invite")
    await admin.sees("They may sign in now.", "Siân")
    assert 1 == len(await house.letters_to("sian@example.org"))

    new = Walk(await open_as(NOBODY, PHONE), "new-colleague")
    await new.go("/sessions")
    await new.fill(email="sian@example.org")
    await new.press("Send me a mail")
    (letter,) = await house.letters_to("sian@example.org")
    found = re.search(r"\b\d{3} ?\d{3}\b", plain_words(letter))
    assert found is not None
    await new.fill(code=found.group())
    await new.press("Sign in")
    await new.sees("Signed in as Siân.", "Sessions")
    assert new.page.url.endswith("/sessions")

    await new.press("Sign out")
    await new.go("/sessions")
    await new.sees("There is no password")


async def test_a_mailed_link_signs_in_once_and_only_by_its_button(
    house: House, open_as: OpenAs
) -> None:
    walk = Walk(await open_as(NOBODY, PHONE), "sign-in-link")
    await walk.go("/sign-in")
    await walk.fill(email="farzana@example.org")
    await walk.press("Send me a mail")
    letter = next(
        each
        for each in await house.send_post()
        if addressee(each) == "farzana@example.org" and "/sign-in/" in plain_words(each)
    )
    link = link_in(letter, "/sign-in/")

    await walk.go(link)
    await walk.go(link)
    await walk.press("Sign in")
    await walk.sees("Signed in as Farzana.")
    await walk.press("Sign out")
    await walk.go(link)
    await walk.sees("This link is used or too old")


async def test_a_code_that_is_wrong_or_late_does_not_sign_in(house: House, open_as: OpenAs) -> None:
    walk = Walk(await open_as(NOBODY, PHONE), "wrong-code")
    await walk.go("/sign-in")
    await walk.fill(email="farzana@example.org")
    await walk.press("Send me a mail")
    await walk.fill(code="000 000")
    await walk.press("Sign in")
    await walk.sees("Please check this")
    letters = await house.letters_to("farzana@example.org")
    letter = next(each for each in letters if "/sign-in/" in plain_words(each))
    found = re.search(r"\b\d{3} ?\d{3}\b", plain_words(letter))
    assert found is not None

    house.clock.move(timedelta(minutes=11))
    await walk.fill(code=found.group())
    await walk.press("Sign in")

    await walk.sees("Please check this")
