"""Adding a person and changing what is kept of them."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from scheduling.reminders import USUAL
from scheduling.ways import Way
from service.actions.people import (
    PersonDetails,
    add_person,
    change_person,
    coordinators,
    details_of,
)
from service.actions.reminding import choose_reminders
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.storage.contacts import contact_of
from service.storage.people import Channel, Person
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.people.choices import (
    channel_options,
    language_options,
    person_options,
    print_size_options,
    way_options,
)
from service.web.pages.people.reminding import chosen_reminders, reminder_options
from service.web.reading import EmptyIsNone, Form, Line, Lines, read_form, read_id, typed

MaybeChannel = Annotated[Channel | None, EmptyIsNone]
#: How many ways to reach somebody the form asks for, if no more are kept.
USUAL_REACHES = 3


class PersonForm(Form):
    """The form about a person. The ways to reach them stand in their order, best first."""

    chosen_name: Line = ""
    reference: Line = ""
    reach_1: MaybeChannel = None
    reach_2: MaybeChannel = None
    reach_3: MaybeChannel = None
    reach_4: MaybeChannel = None
    reach_5: MaybeChannel = None
    email: Line = ""
    phone: Line = ""
    address: Lines = ""
    through_name: Line = ""
    through_contact: Line = ""
    language: Line = "en"
    print_size: int = 16
    usual_way: Annotated[Way | None, EmptyIsNone] = None
    coordinator_id: Annotated[UUID | None, EmptyIsNone] = None
    reminders: tuple[int, ...] = ()

    def details(self) -> PersonDetails:
        """Give what was typed as what is kept of a person."""
        reaches = (self.reach_1, self.reach_2, self.reach_3, self.reach_4, self.reach_5)
        return PersonDetails(
            chosen_name=self.chosen_name,
            reference=self.reference,
            channels=tuple(dict.fromkeys(reach for reach in reaches if reach is not None)),
            email=self.email,
            phone=self.phone,
            address=self.address,
            through_name=self.through_name,
            through_contact=self.through_contact,
            language=self.language,
            print_size=self.print_size,
            usual_way=self.usual_way,
            coordinator_id=self.coordinator_id,
        )


async def new_person(request: web.Request) -> web.Response:
    """Show the empty form."""
    facts = await _new_facts(request)
    return await page(request, "people/edit.html", **facts)


async def add(request: web.Request) -> web.Response:
    """Add a person and show them."""
    try:
        form = await read_form(request, PersonForm)
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        person = await add_person(db, actor, form.details(), now=now)
        await choose_reminders(db, actor, person.id, form.reminders, now=now)
    except (Invalid, Refused) as problem:
        facts = await _new_facts(request)
        return await again(request, "people/edit.html", problem, await typed(request), **facts)
    return see_other(f"/people/{person.id}", done="person-added")


async def edit_person(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    person = await _person(request)
    return await page(request, "people/edit.html", **await _edit_facts(request, person))


async def change(request: web.Request) -> web.Response:
    """Change what is kept and show it."""
    person = await _person(request)
    shown = details_of(person)
    try:
        form = await read_form(request, PersonForm)
        db, actor, now = request[DB], request[ACTOR], request[NOW]
        await change_person(db, actor, person.id, form.details(), now=now)
        await choose_reminders(db, actor, person.id, form.reminders, now=now)
    except (Invalid, Refused) as problem:
        facts = await _edit_facts(request, person, shown)
        return await again(request, "people/edit.html", problem, await typed(request), **facts)
    return see_other(f"/people/{person.id}", done="person-changed")


async def _person(request: web.Request) -> Person:
    """Find who is to be changed; whom only their own coordinator contacts is changed by her alone."""
    contact = await contact_of(request[DB], request[ACTOR], read_id(request))
    if contact.person.left_at is not None:
        raise NotFound
    if contact.is_hidden_from(request[ACTOR]):
        raise NotAllowed
    return contact.person


async def _new_facts(request: web.Request) -> dict[str, Any]:
    blank = PersonDetails(chosen_name="")
    return await _facts(request, blank) | {
        "reminders": [str(minutes) for minutes in USUAL],
        "title": "Add a person",
        "action": "/people/new",
        "back": "/people",
    }


async def _edit_facts(
    request: web.Request, person: Person, shown: PersonDetails | None = None
) -> dict[str, Any]:
    note_shown(request, Field.CONTACT, person_id=person.id)
    return await _facts(request, shown or details_of(person)) | {
        "reminders": chosen_reminders(person),
        "title": f"Change {person.chosen_name}",
        "action": f"/people/{person.id}/edit",
        "back": f"/people/{person.id}",
    }


async def _facts(request: web.Request, details: PersonDetails) -> dict[str, Any]:
    return {
        "details": details,
        "reaches": _reaches(details.channels),
        "channels": channel_options("Not used"),
        "languages": language_options(details.language),
        "print_sizes": print_size_options(),
        "times": reminder_options(),
        "ways": [{"value": "", "word": "They have no usual way"}, *way_options()],
        "coordinators": person_options(
            await coordinators(request[DB], request[ACTOR]), "Nobody in particular"
        ),
    }


def _reaches(channels: Sequence[Channel]) -> list[tuple[str, str, str]]:
    """Give the boxes for the ways to reach somebody: their names, their labels, what is chosen."""
    labels = ("First try", "Then", "Then", "Then", "Then")
    count = max(USUAL_REACHES, len(channels))
    chosen = [channel.value for channel in channels] + [""] * len(labels)
    return [(f"reach_{at + 1}", labels[at], chosen[at]) for at in range(count)]
