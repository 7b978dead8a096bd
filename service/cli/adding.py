"""`manyways add-person`: the first step of a real installation, and the way back in when all is lost."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

import typer

from service.actions.contact_details import normal_email, normal_name
from service.actions.signing_in import make_request
from service.actions.staffing import Newcomer, invite_staff, make_operator
from service.actor import Role, system_actor
from service.cli.opening import opened, organisation_named
from service.cli.speaking import run, say_line, settings_in_words
from service.clock import Clock
from service.config import Settings
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.organisations import Organisation, all_organisations
from service.storage.people import Person
from service.storage.staff import active_staff_by_email

GOOD_FOR = timedelta(hours=24)


def add_person(
    name: Annotated[str, typer.Option(help="What they are called")],
    email: Annotated[str, typer.Option(help="Their mail address")],
    role: Annotated[list[Role], typer.Option(help="What they do; may be given several times")],
    organisation: Annotated[
        str, typer.Option(help="The organisation's short name; not needed if there is only one")
    ] = "",
    new_organisation: Annotated[
        str, typer.Option(help="Make the organisation, with this full name")
    ] = "",
) -> None:
    """Let somebody sign in, and print a link for it that is good for 24 hours."""
    settings = settings_in_words()
    run(_add(settings, Newcomer(name, email, frozenset(role)), organisation, new_organisation))


async def _add(settings: Settings, newcomer: Newcomer, slug: str, full_name: str) -> None:
    now = Clock().now()
    async with opened(settings) as (database, keys), database.writing() as db:
        if full_name:
            newcomer = await _first_admin_runs_it(db, newcomer)
            organisation = await _new_organisation(db, slug or _slug_of(full_name), full_name, now)
        else:
            organisation = await organisation_named(db, slug)
        actor = system_actor(organisation.id)
        person = await _on_the_staff(db, organisation, newcomer)
        if person is None:
            member = await invite_staff(db, actor, newcomer, now=now, writes=False)
            person = member.person
        elif Role.OPERATOR in newcomer.roles:
            await make_operator(db, actor, person.id, now=now)
        link = await _link(db, keys, person, now)
    say_line(f"{person.chosen_name} may sign in to {organisation.name}.")
    say_line("This link is good for 24 hours, once:")
    say_line(f"  {settings.public_url}/sign-in/{link}")


async def _first_admin_runs_it(db: Db, newcomer: Newcomer) -> Newcomer:
    """Make the admin of the very first organisation an operator too: somebody must keep the servers."""
    if Role.ADMIN not in newcomer.roles or await all_organisations(db):
        return newcomer
    return replace(newcomer, roles=frozenset({*newcomer.roles, Role.OPERATOR}))


async def _new_organisation(db: Db, slug: str, full_name: str, now: datetime) -> Organisation:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", slug):
        raise Invalid({"organisation": "not-a-short-name"})
    if slug in {each.slug for each in await all_organisations(db)}:
        raise Refused("organisation-is-there", field="new-organisation", slug=slug)
    organisation = Organisation(id=new_id(), slug=slug, name=full_name, created_at=now)
    db.add(organisation)
    await db.flush()
    record(db, system_actor(organisation.id), "organisation.made", organisation, now=now)
    return organisation


def _slug_of(full_name: str) -> str:
    """Make a short name for addresses out of the full one."""
    return re.sub("[^a-z0-9]+", "-", full_name.casefold()).strip("-")[:40].strip("-")


async def _on_the_staff(db: Db, organisation: Organisation, newcomer: Newcomer) -> Person | None:
    """Find who may sign in already: they get a new link and keep their roles (an operator may become one)."""
    found = await active_staff_by_email(db, normal_email(newcomer.email))
    name = normal_name(newcomer.name)
    mine = (person for person in found if person.organisation_id == organisation.id)
    return next((person for person in mine if person.name_key == name), None)


async def _link(db: Db, keys: Keys, person: Person, now: datetime) -> str:
    request = make_request(keys, person, now=now, good_for=GOOD_FOR)
    db.add(request)
    await db.flush()
    return keys.sign_in_secret(request.id)
