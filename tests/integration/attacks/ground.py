"""The ground of attacks: a house full of things, forms found on its pages, and its state to compare."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sqlalchemy import select

from service.parts import Parts
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from service.storage.tables import METADATA
from service.web.entry import Route
from tests.integration.conftest import Browser
from tests.known import Known
from tests.visits import Visit, pages, visits

UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DAY_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Stranger:
    """Another house: one worker with all roles, one guest, one program, one of each thing."""

    house: Organisation
    staff: Person
    person: Person
    kind: Kind
    place: Place
    meeting: Meeting
    link: str
    token: str


@dataclass(slots=True)
class Ground:
    """The demonstration, its staff's browsers by role, and the stranger."""

    parts: Parts
    known: Known
    staff: dict[str, Person]
    browsers: dict[str, Browser]
    stranger: Stranger

    def looks(self) -> Iterator[tuple[Route, Visit]]:
        """Give every look at every page that tests know of."""
        for route in pages():
            for visit in visits(route, self.known):
                yield route, visit

    async def rows(self, *, but: Sequence[str] = ()) -> dict[str, list[str]]:
        """Give every row of every table, to compare, but for tables, or columns ("feeds.version")."""
        found = {}
        async with self.parts.database.reading() as db:
            for table in METADATA.sorted_tables:
                if table.name not in but:
                    columns = [each for each in table.c if f"{table.name}.{each.name}" not in but]
                    rows = await db.execute(select(*columns))
                    found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return found

    async def forms(self) -> list["Form"]:
        """Find every form that posts, on every page, once for each sort of address and set of fields."""
        found: dict[tuple[str, str, tuple[str, ...]], Form] = {}
        for _, visit in self.looks():
            await self.browsers[visit.who].get(visit.path)
            for form in forms_on(self.browsers[visit.who].page, visit):
                found.setdefault((visit.who, form.sort, tuple(sorted(form.names))), form)
        return list(found.values())


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes, what it sends if nothing is touched, what it could send.

    `days` names the fields that take a day or a time.
    """

    visit: Visit
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    is_file: bool = False
    days: list[str] = field(default_factory=list)

    @property
    def sort(self) -> str:
        """Give the address without what is in it of one thing or one guest."""
        return re.sub(r"^/i/\w+", "/i/*", UUID_PATTERN.sub("*", self.action))

    @property
    def names(self) -> list[str]:
        """Name the fields, each once, without the token."""
        both = [name for name, _ in (*self.fields, *self.options)]
        return [name for name in dict.fromkeys(both) if name != "csrf"]

    @property
    def id_fields(self) -> list[str]:
        """Name the fields that carry identifiers."""
        both = [*self.fields, *self.options]
        return list(dict.fromkeys(name for name, value in both if UUID_PATTERN.fullmatch(value)))

    def sent(self, **instead: str) -> list[tuple[str, str]]:
        """Give what is sent, with some fields' values replaced; a field with choices gets its first."""
        data = [(name, value) for name, value in self.fields if name not in instead]
        chosen = {name for name, _ in data} | instead.keys()
        for name, value in self.options:
            if name not in chosen and value:
                chosen.add(name)
                data.append((name, value))
        return [*data, *instead.items()]


class _Reader(HTMLParser):
    """Reads the posting forms of a page."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea: str | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "get").lower() == "post"
            action = given.get("action") or self.visit.path
            self._form = Form(self.visit, action, is_file="enctype" in given) if is_post else None
            return
        if self._form is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        match tag:
            case "input" if given.get("type") in ("radio", "checkbox"):
                ticked = self._form.fields if "checked" in given else self._form.options
                ticked.append((name, value))
            case "input" if given.get("type") != "file":
                self._form.fields.append((name, value))
                if given.get("type") in ("date", "time") or DAY_PATTERN.match(value):
                    self._form.days.append(name)
            case "button" if name:
                self._form.options.append((name, value))
            case "select":
                self._select = name
            case "option" if self._select:
                ticked = self._form.fields if "selected" in given else self._form.options
                ticked.append((self._select, value))
            case "textarea":
                self._textarea, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.found.append(self._form)
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea is not None and self._form is not None:
            self._form.fields.append((self._textarea, "".join(self._text)))
            self._textarea = None


def forms_on(page: str, visit: Visit) -> list[Form]:
    """Give the posting forms of a page."""
    reader = _Reader(visit)
    reader.feed(page)
    return reader.found
