"""People, for programs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from accessibility.contact import SAFE_CONTACT
from accessibility.disclosure import Field
from service.actions.people import (
    PersonDetails,
    add_person,
    change_person,
    details_of,
    person_left,
)
from service.storage.needs import needs_of_people
from service.storage.people import Channel, Person, person_by_id, search_people
from service.web.api.endpoints import Call, Endpoint, after, listed
from service.web.api.fields import Nothing
from service.web.api.people_models import (
    ChangePerson,
    NewPerson,
    OnePerson,
    People,
    PeopleListing,
    shown,
)
from service.web.looking import note_shown


async def list_people(call: Call[PeopleListing, Nothing]) -> People:
    """Give a page of people by name."""
    begin = after(call)
    last = (begin[0], UUID(begin[1])) if begin else None
    words, limit = call.query.q, call.query.limit + 1
    found = await search_people(call.db, call.actor, words, after=last, limit=limit)
    by_hand = await _by_hand(call, found)
    note_shown(call.request, Field.CONTACT, count=len(found[: call.query.limit]))
    return People(
        **listed(
            call,
            found,
            lambda person: shown(person, details_of(person), by_hand=person.id in by_hand),
            lambda person: (person.name_key, str(person.id)),
        )
    )


async def get_person(call: Call[Nothing, Nothing]) -> OnePerson:
    """Give one person."""
    note_shown(call.request, Field.CONTACT, person_id=call.id())
    return await _one(call, await person_by_id(call.db, call.actor, call.id()))


async def create_person(call: Call[Nothing, NewPerson]) -> OnePerson:
    """Add a person."""
    given = {name: getattr(call.body, name) for name in NewPerson.model_fields}
    details = PersonDetails(**given | {"channels": tuple(call.body.channels)})
    return await _one(call, await add_person(call.db, call.actor, details, now=call.now))


async def change(call: Call[Nothing, ChangePerson]) -> OnePerson:
    """Change what is given, and keep the rest."""
    was = details_of(await person_by_id(call.db, call.actor, call.id()))
    given = call.body.given()
    if "channels" in given:
        given["channels"] = tuple(given["channels"])
    details = replace(was, **given)
    person = await change_person(call.db, call.actor, call.id(), details, now=call.now)
    return await _one(call, person)


async def leave(call: Call[Nothing, Nothing]) -> Nothing:
    """Write down that a person has left."""
    await person_left(call.db, call.actor, call.id(), now=call.now)
    return Nothing()


async def _one(call: Call[Any, Any], person: Person) -> OnePerson:
    by_hand = await _by_hand(call, [person])
    return shown(person, details_of(person), by_hand=bool(by_hand))


async def _by_hand(call: Call[Any, Any], people: Sequence[Person]) -> set[UUID]:
    """Find whom only a human may reach. Safe contact and contact through someone are one on purpose."""
    needs = await needs_of_people(call.db, call.actor.organisation_id, [each.id for each in people])
    safe = {need.person_id for need in needs if need.code == SAFE_CONTACT}
    return safe | {each.id for each in people if each.first_channel is Channel.THROUGH}


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/people",
        name="people",
        tag="people",
        scope="people:read",
        summary="List or search people by name",
        call=list_people,
        query=PeopleListing,
        body=Nothing,
        answer=People,
    ),
    Endpoint(
        method="POST",
        path="/people",
        name="create-person",
        tag="people",
        scope="people:write",
        summary="Add a person",
        call=create_person,
        query=Nothing,
        body=NewPerson,
        answer=OnePerson,
        creates=True,
        collection="/people",
    ),
    Endpoint(
        method="GET",
        path="/people/{person_id}",
        name="person",
        tag="people",
        scope="people:read",
        summary="Get a person",
        call=get_person,
        query=Nothing,
        body=Nothing,
        answer=OnePerson,
    ),
    Endpoint(
        method="PATCH",
        path="/people/{person_id}",
        name="change-person",
        tag="people",
        scope="people:write",
        summary="Change a person",
        call=change,
        query=Nothing,
        body=ChangePerson,
        answer=OnePerson,
        refuses=True,
    ),
    Endpoint(
        method="POST",
        path="/people/{person_id}/leave",
        name="person-leaves",
        tag="people",
        scope="people:write",
        summary="Write down that a person has left; their coming invitations are withdrawn",
        call=leave,
        query=Nothing,
        body=Nothing,
        answer=Nothing,
        refuses=True,
    ),
)
