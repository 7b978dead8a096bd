"""A person's link once more: asked for by somebody who lost it, or made new because others saw it.

Whoever asks is told the same, whether we know them or not. The link goes only to the address on
file, or a coordinator gives it in person; it is never shown to the one who asks.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accessibility.contact import SAFE_CONTACT, must_not_send_automatically
from service.actions.contact_details import normal_email, normal_phone
from service.actions.permissions import Permission, require
from service.actions.pins import renew_pins
from service.actor import Actor
from service.errors import Invalid, NotFound
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import coming_of, lock_invitation, people_reached_by
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind, MessageState, queue_mail
from service.storage.needs import needs_of_people
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState

#: Somebody without their link should hear from a human by this time the next day.
WITHIN = timedelta(days=1)


def target_of(typed: str) -> tuple[str, str]:
    """Read a mail address or a phone number as (email_key, phone_key), one of them empty.

    Raises Invalid with "not-a-reach" for `reach` if it can be neither.
    """
    try:
        if "@" in typed:
            return normal_email(typed), ""
        if phone := normal_phone(typed):
            return "", phone
    except Invalid as problem:
        raise Invalid({"reach": "not-a-reach"}) from problem
    raise Invalid({"reach": "needed"})


async def ask_for_link(db: Db, actor: Actor, target: tuple[str, str], *, now: datetime) -> None:
    """Have their links sent to those who have this address, or brought by a human to this number.

    `actor` is the system's, because nobody is signed in. The same questions are asked of the
    database whether anybody is found or not, and the answer tells nothing.
    """
    require(actor, Permission.KEEP_PEOPLE)
    email_key, phone_key = target
    people = await people_reached_by(db, actor, email_key=email_key, phone_key=phone_key)
    ids = [person.id for person in people]
    needs = await needs_of_people(db, actor.organisation_id, ids)
    safe = {need.person_id for need in needs if need.code == SAFE_CONTACT}
    coming = {each.person_id for each in await coming_of(db, actor, ids, now)}
    mailed = {person.id for person in people if email_key and person.id in coming - safe}
    for person in people:
        if person.id in mailed:
            await _mail(db, person, now)
        else:
            await _leave_to_a_human(db, person, "asked", now)
        record(db, actor, "link.asked_for", person, now=now, by_mail=person.id in mailed)
    if not people:
        record(db, actor, "link.asked_for", None, now=now)


async def renew_link(
    db: Db, actor: Actor, keys: Keys, invitation: Invitation, *, now: datetime
) -> str:
    """Make a guest's link anew, so that the old one opens nothing; gives the new link.

    From one page the others of the same person can be opened, so the links to all their coming
    meetings are made anew, and all are sent to them.
    """
    require(actor, Permission.OWN_INVITATION)
    if invitation.id != actor.invitation_id or actor.person_id is None:
        raise NotFound
    coming = await coming_of(db, actor, [actor.person_id], now)
    for each in sorted({invitation, *coming}, key=lambda one: one.id):
        await lock_invitation(db, each)
        each.link_generation += 1
        link = keys.link_for("invitation", each.id, each.link_generation)
        each.link_hash = keys.hashed("invitation", link)
        record(db, actor, "invitation.link_renewed", each, now=now)
    await renew_pins(db, {invitation.id, *(each.id for each in coming)}, now=now)
    needs = await needs_of_people(db, actor.organisation_id, [actor.person_id])
    is_safe = must_not_send_automatically(need.code for need in needs)
    await _bring(db, invitation.person, coming, is_safe=is_safe, now=now)
    return keys.link_for("invitation", invitation.id, invitation.link_generation)


async def _bring(
    db: Db, person: Person, coming: Collection[Invitation], *, is_safe: bool, now: datetime
) -> None:
    if person.email and coming and not is_safe:
        await _mail(db, person, now)
    else:
        await _leave_to_a_human(db, person, "renewed", now)


async def _mail(db: Db, person: Person, now: datetime) -> None:
    """Queue the letter with all their links, unless one is queued already; it is composed when sent."""
    about = (Message.kind == MessageKind.YOUR_LINK, Message.person_id == person.id)
    waiting = select(Message.id).where(*about, Message.state == MessageState.WAITING)
    if await db.scalar(waiting.limit(1)) is not None:
        return
    await queue_mail(
        db,
        person.organisation_id,
        MessageKind.YOUR_LINK,
        person.id,
        subject_id=person.id,
        now=now,
    )


async def _leave_to_a_human(db: Db, person: Person, about: str, now: datetime) -> None:
    """Raise a task for the coordinator, unless there is one already."""
    same = (Task.kind == TaskKind.LINK_AGAIN, Task.person_id == person.id)
    is_open = select(Task.id).where(*same, Task.state == TaskState.OPEN)
    if await db.scalar(is_open.limit(1)) is not None:
        return
    earlier = await db.scalar(select(func.count()).select_from(Task).where(*same)) or 0
    db.add(
        Task(
            organisation_id=person.organisation_id,
            kind=TaskKind.LINK_AGAIN,
            about=about,
            once=f"{TaskKind.LINK_AGAIN}|{person.id}|{earlier}",
            person_id=person.id,
            due_at=now + WITHIN,
            created_at=now,
        )
    )
