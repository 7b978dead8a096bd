"""Keeping people: who they are, how to reach them, and that they have left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from scheduling.notices import Notice, NoticeKind
from scheduling.ways import Way
from service.actions.contact_details import (
    LANGUAGES,
    LONGEST_NAME,
    normal_email,
    normal_name,
    normal_phone,
)
from service.actions.leaving import take_off
from service.actions.permissions import Permission, may, require
from service.actions.telling import tell
from service.actor import Actor, Role
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation, coming_for
from service.storage.people import (
    PRINT_SIZES,
    Channel,
    GroupMember,
    Person,
    lock_person,
    person_by_id,
    reference_is_taken,
)
from service.storage.series_guests import leave_series
from service.storage.staff import active_staff_ids, staff_with_role
from service.storage.tasks import let_go_of_addresses

LONGEST_LINE = 200
LONGEST_ADDRESS = 1000

#: A code of a language we have no name for.
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: What each channel cannot do without, by the field that holds it.
NEEDED_FOR: dict[Channel, str] = {
    Channel.EMAIL: "email",
    Channel.TEXT: "phone",
    Channel.CALL: "phone",
    Channel.LETTER: "address",
    Channel.THROUGH: "through_contact",
}


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is kept of a person. Texts have passed the boundary filter; `channels` stand best first."""

    chosen_name: str = field(repr=False)
    reference: str = ""
    channels: tuple[Channel, ...] = ()
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    through_name: str = field(default="", repr=False)
    through_contact: str = field(default="", repr=False)
    language: str = "en"
    print_size: int = 16
    usual_way: Way | None = None
    coordinator_id: UUID | None = None

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field; nothing if all of it can be kept."""
        found = self._missing() | self._too_long()
        for name, normal in (("email", normal_email), ("phone", normal_phone)):
            try:
                normal(getattr(self, name))
            except Invalid as error:
                found |= error.fields
        if self.print_size not in PRINT_SIZES:
            found["print_size"] = "not-a-choice"
        if self.language not in LANGUAGES and not LANGUAGE.fullmatch(self.language):
            found["language"] = "not-a-choice"
        return found

    def _missing(self) -> dict[str, str]:
        found = {
            NEEDED_FOR[channel]: f"needed-for-{channel}"
            for channel in self.channels
            if not getattr(self, NEEDED_FOR[channel])
        }
        if not self.chosen_name:
            found["chosen_name"] = "name-needed"
        return found

    def _too_long(self) -> dict[str, str]:
        limits = dict.fromkeys(("reference", "email", "phone", "through_name"), LONGEST_LINE) | {
            "chosen_name": LONGEST_NAME,
            "through_contact": LONGEST_LINE,
            "address": LONGEST_ADDRESS,
        }
        return {
            name: "too-long" for name, limit in limits.items() if len(getattr(self, name)) > limit
        }


def details_of(person: Person) -> PersonDetails:
    """Give what is kept of a person as a value."""
    return PersonDetails(
        chosen_name=person.chosen_name,
        reference=person.reference or "",
        channels=tuple(Channel(channel) for channel in person.channels),
        email=person.email,
        phone=person.phone,
        address=person.address,
        through_name=person.through_name,
        through_contact=person.through_contact,
        language=person.language,
        print_size=person.print_size,
        usual_way=person.usual_way,
        coordinator_id=person.coordinator_id,
    )


async def add_person(db: Db, actor: Actor, details: PersonDetails, *, now: datetime) -> Person:
    """Add a person; raises Invalid."""
    require(actor, Permission.KEEP_PEOPLE)
    await _check(db, actor, details, but=None)
    person = add_checked(db, actor, details, now=now)
    await db.flush()
    return person


async def change_person(
    db: Db, actor: Actor, person_id: UUID, details: PersonDetails, *, now: datetime
) -> Person:
    """Change what is kept of a person; raises Invalid, NotFound or Refused.

    The address that somebody on the staff signs in with is changed by themselves or an admin only:
    otherwise whoever keeps people could sign in as anybody.
    """
    require(actor, Permission.KEEP_PEOPLE)
    person = await person_by_id(db, actor, person_id)
    await _check(db, actor, details, but=person)
    if normal_email(details.email) != person.email_key:
        staff = await active_staff_ids(db, actor.organisation_id)
        if not may_change_email(actor, person, staff):
            raise Refused("staff-email", field="email")
    change_checked(db, actor, person, details, now=now)
    await db.flush()
    await let_go_of_addresses(db, [person.id])
    return person


def may_change_email(actor: Actor, person: Person, staff: frozenset[UUID]) -> bool:
    """Tell whether the actor may change this person's address; `staff` are those who may sign in."""
    is_staff = person.id in staff
    return not is_staff or person.id == actor.person_id or may(actor, Permission.SET_UP)


async def person_left(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Write down that a person has left: their coming invitations are withdrawn and they are told.

    Raises Refused for somebody who can still sign in: an admin ends that first.
    """
    require(actor, Permission.KEEP_PEOPLE)
    await lock_person(db, person_id)
    person = await person_by_id(db, actor, person_id)
    if person.id in await active_staff_ids(db, actor.organisation_id):
        raise Refused("staff-left")
    for invitation in await coming_for(db, actor, person_id, now, drafts_too=True):
        await _withdraw(db, actor, invitation, now=now)
    await db.execute(delete(GroupMember).where(GroupMember.person_id == person_id))
    await leave_series(db, person_id, now)
    person.left_at = now
    record(db, actor, "person.left", person, now=now)


def add_checked(db: Db, actor: Actor, details: PersonDetails, *, now: datetime) -> Person:
    """Add a person whose details are known to be without problems."""
    person = Person(id=new_id(), organisation_id=actor.organisation_id, created_at=now)
    _fill(person, details)
    db.add(person)
    record(db, actor, "person.added", person, now=now)
    return person


def change_checked(
    db: Db, actor: Actor, person: Person, details: PersonDetails, *, now: datetime
) -> None:
    """Change a person to details that are known to be without problems; nothing if nothing differs."""
    was = details_of(person)
    names = [each.name for each in fields(PersonDetails)]
    changed = [name for name in names if getattr(was, name) != getattr(details, name)]
    if not changed:
        return
    _fill(person, details)
    record(db, actor, "person.changed", person, now=now, fields=" ".join(changed))


async def coordinators(db: Db, actor: Actor) -> Sequence[Person]:
    """Who can be somebody's coordinator, by name."""
    return await staff_with_role(db, actor.organisation_id, Role.COORDINATOR)


async def _check(db: Db, actor: Actor, details: PersonDetails, *, but: Person | None) -> None:
    """Raise Invalid for anything that cannot be kept."""
    problems = details.problems()
    but_id = but.id if but is not None else None
    if details.reference and await reference_is_taken(db, actor, details.reference, but=but_id):
        problems["reference"] = "taken"
    unchanged = but is not None and but.coordinator_id == details.coordinator_id
    if details.coordinator_id is not None and not unchanged:
        known = {person.id for person in await coordinators(db, actor)}
        if details.coordinator_id not in known:
            problems["coordinator_id"] = "not-a-choice"
    if problems:
        raise Invalid(problems)


def _fill(person: Person, details: PersonDetails) -> None:
    person.chosen_name = details.chosen_name
    person.name_key = normal_name(details.chosen_name)
    person.reference = details.reference or None
    person.channels = [channel.value for channel in details.channels]
    if person.email_key != normal_email(details.email):
        person.email_stopped_at = None
    person.email, person.email_key = details.email, normal_email(details.email)
    person.phone, person.phone_key = details.phone, normal_phone(details.phone)
    person.address = details.address
    person.through_name = details.through_name
    person.through_contact = details.through_contact
    person.language = details.language
    person.print_size = details.print_size
    person.usual_way = details.usual_way
    person.coordinator_id = details.coordinator_id


async def _withdraw(db: Db, actor: Actor, invitation: Invitation, *, now: datetime) -> None:
    """Take a person who left off one meeting: their seat is free, and they are told if they knew of it."""
    if not await take_off(db, actor, invitation, now=now):
        return
    cancelled = [Notice(invitation.id, NoticeKind.CANCEL)]
    await tell(db, invitation.meeting, [invitation], cancelled, now=now)
    record(db, actor, "invitation.withdrawn", invitation, now=now, why="left")
