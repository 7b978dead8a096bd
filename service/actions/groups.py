"""Keeping groups: named sets of people who are often invited together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.people import Group, GroupMember, group_by_id, members_of, people_by_ids

LONGEST_NAME = 120


async def make_group(db: Db, actor: Actor, name: str, *, now: datetime) -> Group:
    """Make an empty group; raises Invalid if the name is missing or taken."""
    require(actor, Permission.KEEP_GROUPS)
    await _check_name(db, actor, name, but=None)
    group = Group(id=new_id(), organisation_id=actor.organisation_id, name=name)
    db.add(group)
    await db.flush()
    record(db, actor, "group.made", group, now=now)
    return group


async def rename_group(db: Db, actor: Actor, group_id: UUID, name: str, *, now: datetime) -> Group:
    """Give a group another name; raises NotFound, or Invalid if the name is missing or taken."""
    require(actor, Permission.KEEP_GROUPS)
    group = await group_by_id(db, actor, group_id)
    await _check_name(db, actor, name, but=group.id)
    if group.name != name:
        group.name = name
        await db.flush()
        record(db, actor, "group.renamed", group, now=now)
    return group


async def remove_group(db: Db, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Remove a group; the people in it stay; raises NotFound."""
    require(actor, Permission.KEEP_GROUPS)
    group = await group_by_id(db, actor, group_id)
    record(db, actor, "group.removed", group, now=now)
    await db.execute(delete(Group).where(Group.id == group.id))


async def join_group(
    db: Db, actor: Actor, group_id: UUID, people: list[UUID], *, now: datetime
) -> None:
    """Put people into a group; those already in it stay. Somebody of another organisation is passed over."""
    require(actor, Permission.KEEP_GROUPS)
    group = await group_by_id(db, actor, group_id)
    already = {person.id for person in await members_of(db, actor, group_id)}
    for person in await people_by_ids(db, actor, people):
        if person.id not in already:
            db.add(GroupMember(group_id=group.id, person_id=person.id))
            record(db, actor, "group.joined", group, now=now, person_id=person.id)
    await db.flush()


async def leave_group(
    db: Db, actor: Actor, group_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """Take somebody out of a group; raises NotFound for an unknown group."""
    require(actor, Permission.KEEP_GROUPS)
    group = await group_by_id(db, actor, group_id)
    await db.execute(
        delete(GroupMember).where(
            GroupMember.group_id == group.id, GroupMember.person_id == person_id
        )
    )
    record(db, actor, "group.left", group, now=now, person_id=person_id)


async def _check_name(db: Db, actor: Actor, name: str, *, but: UUID | None) -> None:
    if not name:
        raise Invalid({"name": "needed"})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": "too-long"})
    query = select(Group.id).where(
        Group.organisation_id == actor.organisation_id, Group.name == name
    )
    found = await db.scalar(query)
    if found is not None and found != but:
        raise Invalid({"name": "taken"})
