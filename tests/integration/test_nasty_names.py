"""Names that break things, typed through the real forms: refused clearly, or clean wherever they come out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from service.actor import Role
from service.outbound.tray import PostTray
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.people import Person
from service.storage.places import Place
from service.worker import worker_of
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, make_hub

NASTY = {
    "harmless": "Plain words",
    "apostrophes": "Siobhán O'Dowd-D'Arcy \"Shiv\"",
    "arabic": "ليلى بنت عمر",
    "emoji": "Joan 👩🏽‍🦽 & Co 🫖",
    "long": "Wolstanton " * 18 + "ab",
    "controls": "Be\x00l\x07l\x1b[31m\x7f \u202eevil\u2066",
    "line-breaks": "Ada\r\nBcc: spy@example.net\r\nATTENDEE:mailto:spy@example.net\u2028END:VEVENT",
    "encoded-word": "=?utf-8?q?Ada=0ABcc:_spy=40example.net?= Lovelace",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}",
    "formula": '=HYPERLINK("http://evil.example","Ada")',
    "calendar": 'Ada;RSVP=TRUE:mailto:spy@example.net,\\n\\;^n"',
}
HARMLESS = NASTY["harmless"]
GUEST = "guest@example.org"
#: Tags that load something or run.
ACTIVE = {"script", "img", "iframe", "object", "embed", "video", "audio", "base", "style"}
#: What the event and the letters of harmless words are made of: all others must be made of the same.
EVENT = Counter([
    "ATTENDEE", "CLASS", "CREATED", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LAST-MODIFIED",
    "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID", "URL",
    "X-MICROSOFT-DISALLOW-COUNTER", "X-MICROSOFT-DONOTFORWARDMEETING",
])  # fmt: skip
ENDS = {"BEGIN", "END"}
HEADERS = {"content-type", "date", "from", "message-id", "mime-version", "subject", "to"}
THREAD = {"in-reply-to", "references"}
LETTERS = 2

Fields = Mapping[str, Any]
#: Ours alone are U+2068 and U+2069, which keep a name's direction to itself.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")
REFUSED = 422


@dataclass(frozen=True, slots=True)
class Heard:
    """All that comes out of the house once something was typed into every form."""

    pages: Mapping[str, str]
    calendar: bytes
    letters: Sequence[EmailMessage]


class Tags(HTMLParser):
    """Collect the tags of a page that could do or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts that are not our one file, pictures, frames, and whatever acts on an event."""
        given = dict(attrs)
        ours = (given.get("src") or "").startswith("/static/")
        acts = any(name.startswith("on") for name in given)
        if acts or (tag in ACTIVE and not (tag == "script" and ours)):
            self.found.append(f"{tag} {given}")


@dataclass(slots=True)
class Typist:
    """Types the same words into every form there is, and collects what comes of it."""

    parts: Parts
    hub: Hub
    admin: Browser
    coordinator: Browser
    guest: Browser

    async def types(self, words: str) -> Heard:
        """Type the words as names of everything, publish a session with them, and look around."""
        await self._sets_up(words)
        person, place = await self._keeps(words)
        meeting = await self._plans(words, person, place)
        await self._sends()
        link = await self._link(person)
        await self._renames_themselves(link, words)
        await self._sends()
        pages = {
            path: await self._sees(browser, path)
            for browser, path in (
                (self.coordinator, "/people"),
                (self.coordinator, f"/people/{person.id}"),
                (self.coordinator, f"/people/{person.id}/edit"),
                (self.coordinator, f"/places/{place.id}"),
                (self.coordinator, meeting),
                (self.coordinator, "/sessions"),
                (self.guest, link),
                (self.guest, f"{link}/details"),
                (self.guest, f"/about/{self.hub.organisation.slug}/privacy"),
            )
        }
        response = await self.guest.client.get(f"{link}/calendar.ics")
        assert 200 == response.status
        return Heard(pages, await response.read(), await self._letters())

    async def _sets_up(self, words: str) -> None:
        fields = {
            "contact_phone": "01632 960101",
            "contact_email": "hello@kiln.example.org",
            "zone": "Europe/London",
            "dial_in_number": "",
        }
        await self._send(self.admin, "/set-up/organisation", {"name": words}, fields)

    async def _keeps(self, words: str) -> tuple[Person, Place]:
        names = {"chosen_name": words, "reference": words[:30], "through_name": words}
        person = {"reach_1": "email", "email": GUEST, "print_size": "16"}
        await self._send(self.coordinator, "/people/new", names, person | {"language": "en"})
        named = {"name": words, "address": words, "directions": words}
        await self._send(self.coordinator, "/places/new", named, {"room_limit": "10"})
        async with self.parts.database.reading() as db:
            guest = await db.scalar(select(Person).where(Person.email == GUEST))
            place = await db.scalar(select(Place).where(Place.id != self.hub.hall.id))
        assert guest is not None
        assert place is not None
        return guest, place

    async def _plans(self, words: str, person: Person, place: Place) -> str:
        ben, hub = self.coordinator, self.hub
        begun = await ben.post("/sessions/new", on="/sessions/new", kind_id=hub.kind.id)
        base = begun.headers["Location"].removesuffix("/plan/time")
        await self._send(
            ben, f"{base}/plan/time", {}, {"date": "2027-02-02", "time": "14:00", "minutes": "60"}
        )
        ways: dict[str, Any] = {"way": ["room", "phone"], "place_id": place.id}
        await self._send(ben, f"{base}/plan/ways", {}, ways | {"phone_joining": "ring"})
        hosts: dict[str, Any] = {"lead_id": hub.ada.id, "second_id": hub.ben.id}
        await self._send(ben, f"{base}/plan/hosts", {}, hosts | {"help_phone": "01632 960101"})
        titles = {"neutral_title": words, "real_title": words, "about": words}
        await self._send(ben, f"{base}/plan/words", titles, {})
        await ben.post(f"{base}/plan/people/add", on=f"{base}/plan/people", person=person.id)
        published = await ben.post(f"{base}/publish", on=f"{base}/plan/check")
        assert 303 == published.status, ben.page
        return base

    async def _renames_themselves(self, link: str, words: str) -> None:
        fields = {"email": GUEST, "phone": "", "first": "email", "second": ""}
        fields |= {"third": "", "print_size": "16", "language": "en"}
        await self._send(self.guest, f"{link}/details", {"chosen_name": words}, fields)
        yes = {"answer": "yes", "way": "room"}
        answered = await self.guest.post(f"{link}/answer", on=link, **yes)
        assert 303 == answered.status
        await self._send(
            self.guest, f"{link}/company", {"supporter_name": words}, {"supporters": "1"}
        )

    async def _send(
        self,
        browser: Browser,
        path: str,
        nasty: Fields,
        fields: Fields,
    ) -> None:
        """Send a form; if it is refused, it must say so at the field, and plain words must do."""
        await browser.get(path)
        answer = await browser.post(path, **fields, **nasty)
        if answer.status == REFUSED:
            assert any(f'id="f-{name}-error"' in browser.page for name in nasty), browser.page
            answer = await browser.post(path, **fields, **dict.fromkeys(nasty, HARMLESS))
        assert 303 == answer.status, browser.page

    async def _sees(self, browser: Browser, path: str) -> str:
        response = await browser.get(path)
        assert 200 == response.status, path
        return browser.page

    async def _link(self, person: Person) -> str:
        async with self.parts.database.reading() as db:
            found = await db.scalar(select(Invitation).where(Invitation.person_id == person.id))
        assert found is not None
        return f"/i/{self.parts.keys.link_for('invitation', found.id, found.link_generation)}"

    async def _sends(self) -> None:
        worker = worker_of(self.parts)
        while await worker.send_due():
            pass

    async def _letters(self) -> list[EmailMessage]:
        tray = PostTray(self.parts.settings.post_folder)
        raws = [await tray.raw(letter.name) for letter in await tray.newest()]
        return [
            message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
            for raw in sorted(raws, key=len)
        ]


@pytest.fixture
async def typist(parts: Parts, making: Making, open_browser: OpenBrowser) -> Typist:
    """Give somebody at every keyboard of one hub."""
    async with making() as make:
        hub = await make_hub(make)
        boss = await make.staff(hub.organisation, "Boss", Role.ADMIN)
    return Typist(
        parts,
        hub,
        await open_browser(boss),
        await open_browser(hub.ben),
        await open_browser(),
    )


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY.keys())
async def test_a_nasty_name_is_refused_or_comes_out_clean(typist: Typist, words: str) -> None:
    heard = await typist.types(words)

    assert [] == [line for path, page in heard.pages.items() for line in stains(path, page)]
    assert EVENT == properties_of(heard.calendar)
    assert LETTERS == len(heard.letters)
    for letter in heard.letters:
        assert HEADERS == {name.lower() for name in letter} - THREAD
        assert [GUEST] == addresses(letter, "to", "cc", "bcc")
        assert ["hello@kiln.example.org"] == addresses(letter, "from", "reply-to")
        calendar = next(
            part for part in letter.walk() if part.get_content_type() == "text/calendar"
        )
        assert EVENT == properties_of(calendar.get_payload(decode=True))
        html = letter.get_body(("html",))
        assert html is not None
        assert [] == list(stains("mail", str(html.get_content())))


def stains(path: str, page: str) -> Iterator[str]:
    """Say what in a page could do harm: characters nobody sees, and tags that act."""
    if found := INVISIBLE.search(page):
        yield f"{path}: {found.group()!r}"
    tags = Tags()
    tags.feed(page)
    yield from (f"{path}: {tag}" for tag in tags.found)


def properties_of(content: object) -> Counter[str]:
    """Count the properties of a calendar file's one event, and hold its lines to the format."""
    assert isinstance(content, bytes)
    lines = content.split(b"\r\n")
    assert b"" == lines[-1]
    assert all(len(line) <= 75 and line.strip(b"\t") != b"" for line in lines[:-1])
    assert not any(INVISIBLE.search(line.decode("utf-8", "ignore")) for line in lines)
    (event,) = icalendar.Calendar.from_ical(content).events
    return Counter(name for name, _ in event.property_items(recursive=False) if name not in ENDS)


def addresses(letter: EmailMessage, *headers: str) -> list[str]:
    """Give every address in these headers once."""
    found = getaddresses([str(value) for name in headers for value in letter.get_all(name, [])])
    return sorted({address for _, address in found})


def test_what_could_do_harm_would_be_seen() -> None:
    page = '<p onclick="x()">a\x07</p><script src="/static/1/a.js"></script><script>b</script>'

    assert 3 == len(list(stains("/page", page)))
