"""Staff: inviting them, their roles, and ending that somebody may sign in."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from service.actions.contact_details import LONGEST_NAME, normal_email, normal_name
from service.actions.handing_over import hand_over, meetings_of_host
from service.actions.permissions import Permission, may, require
from service.actions.planning import possible_hosts
from service.actions.rota.leaving import give_up_parts
from service.actions.series.handing import hand_over_series
from service.actions.signing_in import end_sign_ins
from service.actor import Actor, Door, Role
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.messages import MessageKind, queue_mail
from service.storage.people import Channel, Person, people_with_email
from service.storage.staff import (
    StaffMember,
    StaffRole,
    lock_admins,
    lock_operators,
    staff_member_by_id,
    staff_member_of,
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to join the staff. Texts have passed the boundary filter."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: Collection[Role]

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {name: "needed" for name in ("name", "email", "roles") if not getattr(self, name)}
        if len(self.name) > LONGEST_NAME:
            found["name"] = "too-long"
        try:
            normal_email(self.email)
        except Invalid as error:
            found |= error.fields
        return found


async def invite_staff(
    db: Db, actor: Actor, newcomer: Newcomer, *, now: datetime, writes: bool = True
) -> StaffMember:
    """Let a person sign in, and write to them how; raises Invalid, or Refused if they may already.

    Somebody of that name and address who is kept as a person here is taken, not made twice.
    """
    require(actor, Permission.SET_UP)
    if problems := newcomer.problems():
        raise Invalid(problems)
    _refuse_to_make_operator(actor, newcomer.roles)
    person = await _known(db, actor, newcomer) or _new_person(actor, newcomer, now)
    db.add(person)
    await db.flush()
    if await staff_member_of(db, person.id) is not None:
        raise Refused("already-staff", field="email")
    member = StaffMember(person_id=person.id, organisation_id=actor.organisation_id, person=person)
    member.roles = [StaffRole(role=role) for role in Role if role in newcomer.roles]
    db.add(member)
    await db.flush()
    if writes:
        house, welcome = person.organisation_id, MessageKind.STAFF_WELCOME
        await queue_mail(db, house, welcome, person.id, subject_id=person.id, now=now)
    record(db, actor, "staff.invited", person, now=now, roles=_words(newcomer.roles))
    return member


async def change_roles(
    db: Db, actor: Actor, person_id: UUID, roles: Collection[Role], *, now: datetime
) -> None:
    """Give a member of staff exactly these roles; raises Invalid, NotFound or Refused.

    Whoever is an operator stays one: that is for the whole installation, not for one organisation.
    """
    require(actor, Permission.SET_UP)
    if not roles:
        raise Invalid({"roles": "needed"})
    member = await staff_member_by_id(db, actor, person_id)
    held = {held.role for held in member.roles}
    _refuse_to_make_operator(actor, set(roles) - held)
    roles = {*roles, *(held & {Role.OPERATOR})}
    if Role.ADMIN in held and Role.ADMIN not in roles:
        await _refuse_last_admin(db, actor, person_id)
    if held != set(roles):
        member.roles = [
            *(each for each in member.roles if each.role in roles),
            *(StaffRole(role=role) for role in Role if role in set(roles) - held),
        ]
        record(db, actor, "staff.roles-changed", member.person, now=now, roles=_words(roles))


async def disable_staff(
    db: Db, actor: Actor, person_id: UUID, successor_id: UUID | None, *, now: datetime
) -> None:
    """End that somebody may sign in, at once, and hand their coming sessions over; other parts fall free.

    Raises Invalid if there are sessions and nobody who could host is named, Refused for the last admin.
    """
    require(actor, Permission.SET_UP)
    member = await staff_member_by_id(db, actor, person_id)
    if member.disabled_at is not None:
        return
    if any(held.role is Role.ADMIN for held in member.roles):
        await _refuse_last_admin(db, actor, person_id)
    if any(held.role is Role.OPERATOR for held in member.roles):
        await _refuse_to_stop_operator(db, actor, person_id)
    meetings = await meetings_of_host(db, actor, member.person, now=now)
    successor = None
    if meetings:
        successor = await _successor(db, actor, person_id, successor_id)
        await hand_over(db, actor, meetings, old=member.person, new=successor, now=now)
    await hand_over_series(db, actor, old=member.person, new=successor, now=now)
    await give_up_parts(db, actor, member.person, now=now)
    member.disabled_at = now
    await end_sign_ins(db, actor, person_id, now=now)
    record(db, actor, "staff.disabled", member.person, now=now, meetings=len(meetings))


async def enable_staff(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Let somebody sign in again, with the roles they had; raises NotFound."""
    require(actor, Permission.SET_UP)
    member = await staff_member_by_id(db, actor, person_id)
    if member.disabled_at is not None:
        member.disabled_at = None
        record(db, actor, "staff.enabled", member.person, now=now)


async def make_operator(db: Db, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Let a member of staff keep the servers of the installation; only the command may. Raises NotFound."""
    require(actor, Permission.KEEP_SERVERS)
    _refuse_to_make_operator(actor, {Role.OPERATOR})
    member = await staff_member_by_id(db, actor, person_id)
    if all(held.role is not Role.OPERATOR for held in member.roles):
        member.roles = [*member.roles, StaffRole(role=Role.OPERATOR)]
        record(db, actor, "staff.made-operator", member.person, now=now)


async def _known(db: Db, actor: Actor, newcomer: Newcomer) -> Person | None:
    """Find the person meant: by name among those who share the address."""
    name = normal_name(newcomer.name)
    found = await people_with_email(db, actor, normal_email(newcomer.email))
    return next((person for person in found if person.name_key == name), None)


def _new_person(actor: Actor, newcomer: Newcomer, now: datetime) -> Person:
    return Person(
        id=new_id(),
        organisation_id=actor.organisation_id,
        chosen_name=newcomer.name,
        name_key=normal_name(newcomer.name),
        channels=[Channel.EMAIL.value],
        email=newcomer.email,
        email_key=normal_email(newcomer.email),
        created_at=now,
    )


async def _refuse_last_admin(db: Db, actor: Actor, person_id: UUID) -> None:
    admins = await lock_admins(db, actor.organisation_id)
    if not admins - {person_id}:
        raise Refused("last-admin", field="roles")


def _refuse_to_make_operator(actor: Actor, roles: Collection[Role]) -> None:
    """Refuse the role of operator, which no organisation can give, to everybody but the command."""
    if Role.OPERATOR in roles and actor.door is not Door.SYSTEM:
        raise Refused("operator-by-command", field="roles")


async def _refuse_to_stop_operator(db: Db, actor: Actor, person_id: UUID) -> None:
    if not may(actor, Permission.KEEP_SERVERS):
        raise Refused("operator-stays", field="roles")
    if not await lock_operators(db) - {person_id}:
        raise Refused("last-operator", field="roles")


async def _successor(db: Db, actor: Actor, person_id: UUID, successor_id: UUID | None) -> Person:
    if successor_id is None:
        raise Invalid({"successor_id": "successor-needed"})
    hosts = {host.id: host for host in await possible_hosts(db, actor) if host.id != person_id}
    if successor_id not in hosts:
        raise Invalid({"successor_id": "not-a-choice"})
    return hosts[successor_id]


def _words(roles: Collection[Role]) -> str:
    return " ".join(role.value for role in Role if role in roles)
