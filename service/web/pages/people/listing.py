"""Finding people, one person's page, and that somebody has left."""

from typing import Annotated
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from service.actions.apart import may_keep_apart
from service.actions.contact_details import LANGUAGES
from service.actions.needs import may_open_words
from service.actions.people import person_left
from service.actor import Actor
from service.errors import Refused
from service.storage.contacts import (
    Contact,
    coming_sessions_of,
    contact_of,
    safe_contact_among,
)
from service.storage.people import (
    Person,
    groups_of_person,
    people_sharing,
    person_by_id,
    search_people,
)
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.people.choices import WAY_WORDS, answer_words, reach_words
from service.web.pages.people.naming import second_names
from service.web.pages.people.reminding import reminders_in_brief
from service.web.reading import EmptyIsNone, Form, Line, read_id, read_query, typed

PAGE_SIZE = 40


class Search(Form):
    """What somebody looks for, and after whom the list goes on."""

    q: Line = ""
    after: Annotated[UUID | None, EmptyIsNone] = None


async def people_list(request: web.Request) -> web.Response:
    """List people by name, or those that were searched for."""
    asked = read_query(request, Search)
    db, actor = request[DB], request[ACTOR]
    after = None
    if asked.after is not None:
        last = await person_by_id(db, actor, asked.after)
        after = (last.name_key, last.id)
    found = await search_people(db, actor, asked.q, after=after, limit=PAGE_SIZE + 1)
    people = found[:PAGE_SIZE]
    safe = await safe_contact_among(db, actor, [person.id for person in people])
    seconds = second_names(people)
    note_shown(request, Field.CONTACT, count=len(people))
    return await page(
        request,
        "people/list.html",
        title="People",
        rows=[
            _row(person, is_safe=person.id in safe) | {"second": seconds.get(person.id, "")}
            for person in people
        ],
        q=asked.q,
        next_after=people[-1].id if len(found) > PAGE_SIZE else None,
    )


async def person_page(request: web.Request) -> web.Response:
    """Show one person."""
    person_id = read_id(request)
    return await _person(request, await contact_of(request[DB], request[ACTOR], person_id))


async def ask_left(request: web.Request) -> web.Response:
    """Ask whether somebody has really left, and say what happens then."""
    db, actor = request[DB], request[ACTOR]
    person = await person_by_id(db, actor, read_id(request))
    coming = await coming_sessions_of(db, actor, person.id, request[NOW])
    return await page(
        request,
        "people/left.html",
        title=f"Has {person.chosen_name} left?",
        person=person,
        coming=len(coming),
    )


async def write_left(request: web.Request) -> web.Response:
    """Write down that somebody has left."""
    person_id = read_id(request)
    try:
        await person_left(request[DB], request[ACTOR], person_id, now=request[NOW])
    except Refused as problem:
        person = await person_by_id(request[DB], request[ACTOR], person_id)
        title = f"Has {person.chosen_name} left?"
        facts = {"title": title, "person": person, "coming": 0}
        return await again(request, "people/left.html", problem, await typed(request), **facts)
    return see_other("/people", done="person-left")


async def _person(request: web.Request, contact: Contact) -> web.Response:
    db, actor, person = request[DB], request[ACTOR], contact.person
    sharing = await people_sharing(
        db, actor, email_key=person.email_key, phone_key=person.phone_key, but=person.id
    )
    coming = await coming_sessions_of(db, actor, person.id, request[NOW])
    note_shown(request, *_shown(contact, actor), person_id=person.id)
    return await page(
        request,
        "people/person.html",
        title=person.chosen_name,
        person=person,
        contact=contact,
        is_hidden=contact.is_hidden_from(actor),
        keeps_apart=may_keep_apart(actor, person),
        opens_data=may_open_words(actor, person),
        reach=reach_words(person),
        language=LANGUAGES.get(person.language, person.language),
        reminders=reminders_in_brief(person),
        way=WAY_WORDS[person.usual_way] if person.usual_way else "",
        groups=await groups_of_person(db, actor, person.id),
        sharing=sharing,
        coming=[
            {"invitation": each, "answer": answer_words(each.answer, each.way)} for each in coming
        ],
    )


def _shown(contact: Contact, actor: Actor) -> list[Field]:
    """Name what one person's page shows of them."""
    if contact.is_hidden_from(actor):
        return [Field.ATTENDANCE]
    safe = [Field.SAFE_CONTACT] if contact.safe is not None else []
    return [Field.ATTENDANCE, Field.CONTACT, *safe]


def _row(person: Person, *, is_safe: bool) -> dict[str, object]:
    """Give what the list shows; how to reach somebody with a safe-contact rule stays on their page."""
    return {
        "person": person,
        "is_safe": is_safe,
        "reach": reach_words(person)[:1],
        "email": "" if is_safe else person.email,
        "phone": "" if is_safe else person.phone,
    }
