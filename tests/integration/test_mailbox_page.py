"""The mailbox for answers, set up by an admin: sealed, tried, forgotten."""

import pytest

from service.actor import Role
from service.parts import Parts
from service.storage.organisations import Organisation
from tests.dovecot import Dovecot
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import row, written_down

URL = "imaps://hub:s3cret@mail.example.org"


@pytest.fixture
async def house(making: Making) -> Organisation:
    """Make the organisation, with Ada as its admin."""
    async with making() as make:
        return await make.organisation()


@pytest.fixture
async def browser(making: Making, house: Organisation, open_browser: OpenBrowser) -> Browser:
    """Give Ada's browser."""
    async with making() as make:
        ada = await make.staff(house, "Ada", Role.ADMIN)
    return await open_browser(ada)


async def test_a_mailbox_is_sealed_and_never_shown_again(
    browser: Browser, house: Organisation, parts: Parts
) -> None:
    await browser.get("/set-up/mailbox")
    assert "is <b>not heard by us</b>" in browser.page

    await browser.post("/set-up/mailbox", mailbox=URL)

    sealed = (await row(parts, Organisation, house.id)).mailbox_sealed
    assert sealed is not None
    assert b"s3cret" not in sealed
    await browser.get("/set-up/mailbox")
    assert "Your own mailbox is <b>set</b>" in browser.page
    assert "s3cret" not in browser.page

    await browser.post("/set-up/mailbox/clear")
    assert (await row(parts, Organisation, house.id)).mailbox_sealed is None
    assert ["organisation.mailbox-set", "organisation.mailbox-cleared"] == await written_down(parts)


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "imaps://mail.example.org", "smtp://a:b@h"]
)
async def test_what_is_no_mailbox_is_refused(
    url: str, browser: Browser, house: Organisation, parts: Parts
) -> None:
    response = await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=url)

    assert 422 == response.status
    assert (await row(parts, Organisation, house.id)).mailbox_sealed is None


async def test_a_mailbox_can_be_tried(browser: Browser, dovecot: Dovecot) -> None:
    await browser.get("/set-up/mailbox/try")
    assert "There is no mailbox of your own to try." in browser.page

    await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=dovecot.url)
    await browser.get("/set-up/mailbox/try")
    assert "It works." in browser.page

    wrong = dovecot.url.replace("s3cret", "guessed")
    await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=wrong)
    await browser.get("/set-up/mailbox/try")
    assert "The mail server refused the name or the password." in browser.page


async def test_only_admins_see_the_mailbox(
    making: Making, house: Organisation, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
    for who, status in ((ben, 403), (None, 303)):
        browser = await open_browser(who)
        for path in ("/set-up/mailbox", "/set-up/mailbox/try"):
            assert status == (await browser.get(path)).status
        for path in ("/set-up/mailbox", "/set-up/mailbox/clear"):
            await browser.get("/today")
            assert status == (await browser.post(path, mailbox=URL)).status
