"""What a guest may change about themselves on their own page: name, ways to reach them, print size.

Somebody with a safe-contact rule changes nothing here, because whoever holds their phone could; they
ring us. The old address is not written to. The address that staff sign in with is not changed here
either: an invitation's link must never become a way to sign in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduling.text import clean
from service.actions.contact_details import (
    LANGUAGES,
    LONGEST_NAME,
    normal_email,
    normal_name,
    normal_phone,
)
from service.actions.permissions import Permission, require
from service.actions.telling import may_write_to
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.people import PRINT_SIZES, Channel, Person, person_by_id
from service.storage.staff import active_staff_ids
from service.storage.tasks import let_go_of_addresses

#: What each channel cannot do without, as the name of the field that holds it.
NEEDS = {
    Channel.EMAIL: "email",
    Channel.TEXT: "phone",
    Channel.CALL: "phone",
    Channel.LETTER: "address",
    Channel.THROUGH: "through_contact",
}

#: Where what is missing is asked for; an address or a helper is told to us by phone.
ASKED_AT = {"email": "email", "phone": "phone", "address": "first", "through_contact": "first"}
#: So many channels are shown and chosen on the form.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Details:
    """A person's details as they typed them; `channels` are the best three at most, best first."""

    chosen_name: str
    email: str
    phone: str
    channels: tuple[Channel, ...]
    print_size: int
    language: str


async def change_own_details(db: Db, actor: Actor, details: Details, *, now: datetime) -> None:
    """Change the guest's own details; raises Invalid with a code per field, Refused "ring-to-change"."""
    require(actor, Permission.OWN_INVITATION)
    if actor.person_id is None:
        raise NotFound
    person = await person_by_id(db, actor, actor.person_id)
    if not await may_write_to(db, actor.organisation_id, person.id):
        raise Refused("ring-to-change")
    found = _checked(person, details)
    if found["email_key"] != person.email_key and person.id in await active_staff_ids(
        db, actor.organisation_id
    ):
        raise Refused("staff-sign-in-email", field="email")
    changed = sorted(name for name, value in found.items() if getattr(person, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(person, name, found[name])
    if "email_key" in changed:
        person.email_stopped_at = None
        await let_go_of_addresses(db, [person.id])
    record(db, actor, "person.changed_own_details", person, now=now, changed=" ".join(changed))


def _checked(person: Person, details: Details) -> dict[str, object]:
    """Give the columns as they will be; raises Invalid with every problem at once."""
    name, email, phone = map(clean, (details.chosen_name, details.email, details.phone))
    keys, unusable = _keys(email, phone)
    given = {
        "email": email,
        "phone": phone,
        "address": person.address,
        "through_contact": person.through_contact,
    }
    problems = _name_problems(name) | unusable | _channel_problems(details.channels, given)
    if details.print_size not in PRINT_SIZES:
        problems["print_size"] = "not-a-choice"
    if details.language not in {*LANGUAGES, person.language}:
        problems["language"] = "not-a-choice"
    if problems:
        raise Invalid(problems)
    return {
        "chosen_name": name,
        "name_key": normal_name(name),
        "email": email,
        "phone": phone,
        **keys,
        "channels": [*map(str, details.channels), *_others(person, details.channels, given)],
        "print_size": details.print_size,
        "language": details.language,
    }


def _keys(email: str, phone: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the normalised forms, and what is wrong with those that have none."""
    keys: dict[str, str] = {}
    problems: dict[str, str] = {}
    for field, normal, typed in (("email", normal_email, email), ("phone", normal_phone, phone)):
        try:
            keys[f"{field}_key"] = normal(typed)
        except Invalid as problem:
            problems |= problem.fields
    return keys, problems


def _name_problems(name: str) -> dict[str, str]:
    if not name:
        return {"chosen_name": "needed"}
    return {"chosen_name": "too-long"} if len(name) > LONGEST_NAME else {}


def _channel_problems(channels: Sequence[Channel], given: dict[str, str]) -> dict[str, str]:
    """Say what is missing for the ways chosen; nobody is left without a way to be reached."""
    if not channels:
        return {"first": "needed"}
    if len(set(channels)) < len(channels):
        return {"second": "chosen-twice"}
    missing = [NEEDS[channel] for channel in channels if not given[NEEDS[channel]]]
    return {ASKED_AT[field]: f"chosen-without-{field}" for field in missing}


def _others(person: Person, channels: Sequence[Channel], given: dict[str, str]) -> list[str]:
    """Keep, at the end, channels the person had beyond those the form shows, if they still work."""
    beyond = [Channel(each) for each in person.channels[SHOWN:]]
    return [each.value for each in beyond if each not in channels and given[NEEDS[each]]]
