"""The mailbox for answers, set up by an admin: sealed, tried, forgotten."""

import asyncio

import pytest

from service.actor import Role
from service.parts import Parts
from service.storage.organisations import Organisation
from service.web.pages.set_up import mailbox
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


async def try_it(browser: Browser) -> None:
    """Press the button, and read what it says then."""
    response = await browser.post("/set-up/mailbox/try", on="/set-up/mailbox")
    assert 303 == response.status
    await browser.get(response.headers["Location"])


async def test_a_mailbox_can_be_tried(browser: Browser, dovecot: Dovecot) -> None:
    await try_it(browser)
    assert "There is no mailbox of your own to try." in browser.page

    await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=dovecot.url)
    await try_it(browser)
    assert "It works." in browser.page

    wrong = dovecot.url.replace("s3cret", "guessed")
    await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=wrong)
    await try_it(browser)
    assert "The mail server refused the name or the password." in browser.page


class Silent:
    """A mail server that says nothing until it is told to leave."""

    def __init__(self) -> None:
        self.came, self.leave = asyncio.Event(), asyncio.Event()

    async def __call__(self, _from: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        """Take a visitor in, and say nothing."""
        self.came.set()
        await self.leave.wait()
        to.close()


async def use(browser: Browser, server: asyncio.Server) -> None:
    """Set the mailbox to one of this server."""
    url = f"imap://hub:s3cret@127.0.0.1:{server.sockets[0].getsockname()[1]}?tls=off"
    await browser.post("/set-up/mailbox", on="/set-up/mailbox", mailbox=url)


async def test_nobody_else_waits_while_a_mailbox_is_tried(browser: Browser, parts: Parts) -> None:
    silent = Silent()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        await use(browser, server)
        async with asyncio.TaskGroup() as tasks:
            trying = tasks.create_task(try_it(browser))
            await silent.came.wait()
            async with parts.database.writing():
                assert not trying.done()
            silent.leave.set()

    assert "The mail server cannot be reached at this address." in browser.page


async def test_a_mailbox_that_says_nothing_is_given_up(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "TRY_SECONDS", 0.2)
    silent = Silent()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        await use(browser, server)
        await try_it(browser)
        silent.leave.set()

    assert "The mail server did not answer in time." in browser.page


async def test_only_admins_see_the_mailbox(
    making: Making, house: Organisation, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
    for who, status in ((ben, 403), (None, 303)):
        browser = await open_browser(who)
        assert status == (await browser.get("/set-up/mailbox")).status
        for path in ("", "/clear", "/try"):
            await browser.get("/today")
            assert status == (await browser.post(f"/set-up/mailbox{path}", mailbox=URL)).status
