"""Walking through pages as people do: press, follow, tick, type; every stop is looked at and kept."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import urlsplit

import icalendar
from playwright.async_api import Page, expect

from tests.chromium import axe_violations, keep_screenshot


@dataclass(slots=True)
class Walk:
    """One person's way through pages. Each stop must be free of what axe finds, and is kept as a picture."""

    page: Page
    name: str
    stops: int = 0

    async def go(self, path: str) -> None:
        """Open a page by its address."""
        await self.page.goto(path)
        await self.stop()

    async def press(self, button: str) -> None:
        """Press a button and arrive at what it leads to."""
        # What follows a colon is for those who cannot see where the button stands.
        name = re.compile(rf"^{re.escape(button)}\s*($|:)")
        await self.page.get_by_role("button", name=name).first.click()
        await self.stop()

    async def follow(self, link: str) -> None:
        """Follow a link."""
        await self.page.get_by_role("link", name=link).first.click()
        await self.stop()

    async def choose(self, question: str, answer: str) -> None:
        """Choose one answer to a question with round buttons."""
        group = self.page.get_by_role("group", name=question)
        await group.get_by_role("radio", name=answer).first.check()

    async def tick(self, *boxes: str) -> None:
        """Tick boxes by their words."""
        for box in boxes:
            await self.page.get_by_role("checkbox", name=box).first.check()

    async def fill(self, **answers: str) -> None:
        """Type into boxes by their name in the form; a list is chosen from by its words."""
        for name, words in answers.items():
            field = self.page.locator(f"#f-{name}")
            if await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(label=words)
            else:
                await field.fill(words)

    async def unfold(self, words: str) -> None:
        """Open a part of the page that is folded away, unless it is open."""
        part = self.page.locator("details", has=self.page.locator("summary", has_text=words)).first
        if not await part.evaluate("part => part.open"):
            await part.locator("summary").first.click()

    async def sees(self, *words: str) -> None:
        """Hold that the page says this."""
        for each in words:
            await expect(self.page.locator("body")).to_contain_text(each)

    async def sees_not(self, words: str) -> None:
        """Hold that the page does not say this."""
        await expect(self.page.locator("body")).not_to_contain_text(words)

    async def stop(self) -> None:
        """Look at where one arrived: nothing in anybody's way, nothing out to the side."""
        self.stops += 1
        await keep_screenshot(self.page, f"journey-{self.name}-{self.stops:02}")
        assert [] == await axe_violations(self.page), self.page.url
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert 0 == await self.page.evaluate(beyond), f"{self.page.url} scrolls sideways"
        assert 1 == await self.page.locator("h1").count(), self.page.url


async def says_yes(walk: Walk) -> None:
    """Press yes; who told us before what helps them is asked if anything is different, and says no."""
    await walk.press("Yes, count me in")
    if await walk.page.get_by_role("button", name="Nothing is different").count():
        await walk.sees("Is anything different this time?")
        await walk.press("Nothing is different")


async def comes_and_asks_for_a_loop(walk: Walk, link: str) -> None:
    """Let somebody say on their page that they come to the room and need a hearing loop."""
    await walk.go(link)
    await walk.choose("How would you like to join?", "In the room")
    await says_yes(walk)
    await walk.follow("Tell us what would help")
    await walk.follow("Tell us what would help")
    await walk.tick("Keep what I told you", "Tell the people who run my session what to do")
    await walk.press("Continue")
    await walk.tick("Hearing")
    await walk.press("Continue")
    await walk.choose("I need a hearing loop that works.", "I need this")
    while await walk.page.get_by_role("button", name="Continue", exact=True).count():
        await walk.press("Continue")
    await walk.sees("Check what you told us")
    await walk.press("Yes, use this to help me")


def addressee(letter: EmailMessage) -> str:
    """Give the mail address a letter goes to."""
    return parseaddr(str(letter["to"]))[1]


def plain_words(letter: EmailMessage) -> str:
    """Give the plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, part: str = "/i/") -> str:
    """Give the path of the link in a letter's plain text."""
    addresses = [word for word in plain_words(letter).split() if part in word]
    assert addresses, "there is no link in the letter"
    return urlsplit(addresses[0]).path


def event_in(letter: EmailMessage) -> tuple[str, icalendar.Event]:
    """Give the method and the one event of a letter's calendar part."""
    part = letter.get_body(("calendar",)) or next(
        each for each in letter.walk() if each.get_content_type() == "text/calendar"
    )
    return read_event(part.get_payload(decode=True))


def read_event(content: object) -> tuple[str, icalendar.Event]:
    """Read a calendar file with one event in it."""
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.events
    return str(calendar.get("METHOD", "")), event
