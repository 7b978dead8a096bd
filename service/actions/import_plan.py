"""What an import would do: rows of a sheet against the people who are there. Nothing is changed here.

A row is about the person with its id, else with its reference, else with its e-mail address (or, without
one, its number) and name. A column that is not in the sheet is left as it is; an empty cell empties.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from scheduling.text import clean
from scheduling.ways import Way
from service.actions.contact_details import LANGUAGES, normal_email, normal_name, normal_phone
from service.actions.csv_people import Row, Sheet
from service.actions.people import PersonDetails, details_of, may_change_email
from service.actor import Actor
from service.errors import Invalid
from service.storage.people import Channel, Person

#: Columns that are kept as they are typed, by the field they fill.
PLAIN = {
    "reference": "reference",
    "name": "chosen_name",
    "email": "email",
    "phone": "phone",
    "through_name": "through_name",
    "through_contact": "through_contact",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would change of a person: which column, from what, to what."""

    column: str
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one row: a new person, or changes to one who is there (none: unchanged)."""

    line: int
    details: PersonDetails
    person_id: UUID | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that would be passed over: its line, the name in it, and a code for each wrong column."""

    line: int
    name: str = field(repr=False)
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Exactly what an import would do. `fingerprint` is another one if the people changed meanwhile."""

    new: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    unchanged: tuple[Planned, ...]
    refused: tuple[RefusedRow, ...]
    unknown_columns: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Around:
    """What a sheet is held against: who imports, who is there, who signs in, what references are gone."""

    actor: Actor
    people: Sequence[Person]
    staff: frozenset[UUID]
    gone_references: Collection[str] = ()


def plan_of_sheet(sheet: Sheet, around: Around) -> ImportPlan:
    """Say what would become of every row."""
    planner = _Planner(around)
    for row in sheet.rows:
        planner.take(row)
    return planner.plan(sheet)


def cells_of(details: PersonDetails) -> dict[str, str]:
    """Give what is kept of a person as the cells of a sheet."""
    return {column: getattr(details, name) for column, name in PLAIN.items()} | {
        "reach": " ".join(channel.value for channel in details.channels),
        "address": details.address,
        "language": details.language,
        "print_size": str(details.print_size),
        "usual_way": details.usual_way.value if details.usual_way else "",
    }


class _Known:
    """The people who are there, found by what a row may call them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_id = {person.id: person for person in people}
        self._by_key: dict[tuple[str, ...], list[Person]] = defaultdict(list)
        for person in self.by_id.values():
            if person.reference:
                self._by_key["reference", person.reference].append(person)
            for key in _contact_keys(person.name_key, person.email_key, person.phone_key):
                self._by_key[key].append(person)

    def find(self, row: Row, details: PersonDetails) -> Person | None:
        """Give the person a row is about, None for somebody new; raises Invalid if that is not clear."""
        if text := row.cells.get("id", "").strip():
            return self._with_id(text)
        if details.reference and (found := self._by_key.get(("reference", details.reference))):
            return found[0]
        keys = _contact_keys(
            normal_name(details.chosen_name),
            normal_email(details.email),
            normal_phone(details.phone),
        )
        found = self._by_key.get(keys[0], []) if keys else []
        if details.reference:
            found = [person for person in found if not person.reference]
        if len(found) > 1:
            raise Invalid({"name": "more-than-one"})
        return found[0] if found else None

    def _with_id(self, text: str) -> Person:
        try:
            return self.by_id[UUID(text)]
        except (ValueError, KeyError) as error:
            raise Invalid({"id": "unknown-id"}) from error


def _contact_keys(name_key: str, email_key: str, phone_key: str) -> list[tuple[str, ...]]:
    """Give what finds a person without a reference: address and name; number and name if no address."""
    if email_key:
        return [("email", email_key, name_key)]
    return [("phone", phone_key, name_key)]


class _Planner:
    """Takes the rows of one sheet, one after the other, and keeps what would become of each."""

    def __init__(self, around: Around) -> None:
        self._actor, self._staff, self._gone = around.actor, around.staff, around.gone_references
        self._known = _Known(around.people)
        self._planned: list[Planned] = []
        self._refused: list[RefusedRow] = []
        self._seen: dict[object, int] = {}
        self._references = {
            person.reference: person.id for person in around.people if person.reference
        }

    def take(self, row: Row) -> None:
        """Plan one row, or refuse it with its reasons."""
        try:
            self._planned.append(self._planned_row(row))
        except Invalid as error:
            name = clean(row.cells.get("name", ""))[:80]
            self._refused.append(RefusedRow(row.line, name, error.fields))

    def plan(self, sheet: Sheet) -> ImportPlan:
        """Give the whole plan."""
        there = [planned for planned in self._planned if planned.person_id is not None]
        return ImportPlan(
            new=tuple(planned for planned in self._planned if planned.person_id is None),
            changed=tuple(planned for planned in there if planned.differences),
            unchanged=tuple(planned for planned in there if not planned.differences),
            refused=tuple(self._refused),
            unknown_columns=sheet.unknown,
            fingerprint=_fingerprint(sheet, self._planned, self._refused),
        )

    def _planned_row(self, row: Row) -> Planned:
        if row.problem:
            raise Invalid({"row": row.problem})
        asked = _details(row, PersonDetails(chosen_name=""))
        person = self._known.find(row, asked)
        was = details_of(person) if person is not None else PersonDetails(chosen_name="")
        details = _details(row, was)
        self._check(details, person)
        self._once(row, details, person)
        if person is None:
            return Planned(row.line, details)
        return Planned(row.line, details, person.id, _differences(was, details))

    def _check(self, details: PersonDetails, person: Person | None) -> None:
        problems = details.problems()
        owner = self._references.get(details.reference)
        is_owned = owner is not None and (person is None or owner != person.id)
        if is_owned or details.reference in self._gone:
            problems["reference"] = "taken"
        if problems:
            raise Invalid(problems)
        is_new_address = person is not None and normal_email(details.email) != person.email_key
        if (
            person is not None
            and is_new_address
            and not may_change_email(self._actor, person, self._staff)
        ):
            raise Invalid({"email": "staff-email"})

    def _once(self, row: Row, details: PersonDetails, person: Person | None) -> None:
        """Refuse a second row about the same person, or with the same reference."""
        marks: list[object] = [person.id if person is not None else ("new", *_key(details))]
        if details.reference:
            marks.append(("reference", details.reference))
        if any(mark in self._seen for mark in marks):
            raise Invalid({"row": "twice"})
        self._seen |= dict.fromkeys(marks, row.line)


def _key(details: PersonDetails) -> tuple[str, ...]:
    name, email, phone = details.chosen_name, details.email, details.phone
    key = _contact_keys(normal_name(name), normal_email(email), normal_phone(phone))[0]
    return (*key, details.reference)


def _details(row: Row, was: PersonDetails) -> PersonDetails:
    """Lay the cells of a row over what is kept; raises Invalid for a cell that cannot be read."""
    cells, problems = row.cells, dict[str, str]()
    changes: dict[str, object] = {
        name: clean(cells[column]) for column, name in PLAIN.items() if column in cells
    }
    if "address" in cells:
        changes["address"] = clean(cells["address"], lines=True)
    readers = {
        "reach": ("channels", _channels),
        "language": ("language", _language),
        "print_size": ("print_size", _print_size),
        "usual_way": ("usual_way", _way),
    }
    for column, (name, read) in readers.items():
        try:
            if column in cells:
                changes[name] = read(clean(cells[column]))
        except ValueError:
            problems[column] = "not-a-choice"
    if problems:
        raise Invalid(problems)
    return replace(was, **changes)  # type: ignore[arg-type]


def _channels(text: str) -> tuple[Channel, ...]:
    words = text.casefold().replace(",", " ").replace(";", " ").replace("/", " ").split()
    return tuple(dict.fromkeys(Channel(word) for word in words))


def _language(text: str) -> str:
    return text.casefold() if text.casefold() in LANGUAGES else text or "en"


def _print_size(text: str) -> int:
    return int(text) if text else 16


def _way(text: str) -> Way | None:
    return Way(text.casefold()) if text else None


def _differences(was: PersonDetails, details: PersonDetails) -> tuple[Difference, ...]:
    old, new = cells_of(was), cells_of(details)
    return tuple(
        Difference(column, old[column], new[column]) for column in old if old[column] != new[column]
    )


def _fingerprint(sheet: Sheet, planned: Sequence[Planned], refused: Sequence[RefusedRow]) -> str:
    """Mark a plan by what would become of every row."""
    whole = repr(
        [
            sheet.unknown,
            [(each.line, each.person_id, cells_of(each.details)) for each in planned],
            [[(d.column, d.old, d.new) for d in each.differences] for each in planned],
            [(each.line, sorted(each.problems.items())) for each in refused],
        ]
    )
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
