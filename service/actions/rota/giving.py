"""Giving parts out, taking them from people, and taking one oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.roles import MeetingRole
from service.actions.permissions import Permission, require
from service.actions.rota.handing import Handing, hand
from service.actions.rota.telling import coordinators_of
from service.actions.rota.viewing import OnRota, Rota, needed_of, one_on_rota
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.storage.base import Db
from service.storage.meetings import Meeting, lock_offers
from service.storage.people import Person, person_by_id
from service.storage.rota import coming_dates, coming_meeting, duties_for


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to have a part, and who had it on the page that was looked at (None: nobody).

    `is_every_time`: on all dates of the series that are still to come and have nobody for it.
    """

    person_id: UUID | None
    was: UUID | None = None
    is_every_time: bool = False


async def give_part(
    db: Db, actor: Actor, meeting_id: UUID, role: MeetingRole, choice: Choice, *, now: datetime
) -> int:
    """Give a part beside the hosts' to a colleague, and tell them; counts the meetings.

    Hosts are changed with the plan, where it is shown who will be told. Raises Invalid for somebody who
    cannot be chosen, Conflict if somebody else has it by now.
    """
    require(actor, Permission.KEEP_ROTA)
    await lock_offers(db, actor, meeting_id)
    here, rota = await one_on_rota(db, actor, meeting_id)
    _refuse_hosting(role)
    person = await _chosen(db, actor, here, rota, role, choice.person_id)
    meeting = await coming_meeting(db, actor, meeting_id, now)
    people = await _others(db, actor, person.id, choice.was)
    await hand(db, actor, Handing(meeting, role, choice.was, person), tell=people, now=now)
    if not choice.is_every_time or meeting.series_id is None:
        return 1
    return 1 + await _every_time(db, actor, meeting, role, person, now=now)


async def take_off(
    db: Db, actor: Actor, meeting_id: UUID, role: MeetingRole, was: UUID | None, *, now: datetime
) -> None:
    """Take a part beside the hosts' from whoever has it, and tell them."""
    require(actor, Permission.KEEP_ROTA)
    await lock_offers(db, actor, meeting_id)
    _refuse_hosting(role)
    meeting = await coming_meeting(db, actor, meeting_id, now)
    people = await _others(db, actor, was)
    await hand(db, actor, Handing(meeting, role, was, None), tell=people, now=now)


async def take_part(
    db: Db, actor: Actor, meeting_id: UUID, role: MeetingRole, *, now: datetime
) -> None:
    """Take a part that nobody has, or that is offered, oneself.

    Raises Refused if somebody was quicker, NotFound for a part the actor cannot take.
    """
    require(actor, Permission.TAKE_PART)
    await lock_offers(db, actor, meeting_id)
    here, rota = await one_on_rota(db, actor, meeting_id)
    if role not in here.gathering.gaps and role not in here.asked:
        raise Refused("part-is-taken")
    fit = {each.colleague.id for each in rota.candidates_for(here, role)}
    if actor.person_id is None or actor.person_id not in fit:
        raise NotFound
    meeting = await coming_meeting(db, actor, meeting_id, now)
    person = await person_by_id(db, actor, actor.person_id)
    was = here.holder_id(role)
    people = [*await _others(db, actor, was), *await coordinators_of(db, actor)]
    others = [each for each in people if each.id != actor.person_id]
    await hand(db, actor, Handing(meeting, role, was, person), tell=others, now=now)


def _refuse_hosting(role: MeetingRole) -> None:
    if role.is_hosting:
        raise NotFound


async def _chosen(
    db: Db, actor: Actor, here: OnRota, rota: Rota, role: MeetingRole, person_id: UUID | None
) -> Person:
    if person_id is None:
        raise Invalid({"person_id": "choose-somebody"})
    if person_id not in {each.colleague.id for each in rota.candidates_for(here, role)}:
        raise Invalid({"person_id": "not-a-choice"})
    return await person_by_id(db, actor, person_id)


async def _others(db: Db, actor: Actor, *people: UUID | None) -> list[Person]:
    """Give those of these people who are to be told: not who did it."""
    ids = [id_ for id_ in people if id_ is not None and id_ != actor.person_id]
    return [await person_by_id(db, actor, id_) for id_ in ids]


async def _every_time(
    db: Db, actor: Actor, first: Meeting, role: MeetingRole, person: Person, *, now: datetime
) -> int:
    """Give the part on the other coming dates of the series too, where it is needed and free."""
    dates = await coming_dates(db, actor, first, now)
    wanted = [each for each in dates if each.id != first.id and role in needed_of(each)]
    taken = await duties_for(db, actor, [each.id for each in wanted])
    free: Sequence[Meeting] = [
        each
        for each in wanted
        if not any(duty.meeting_id == each.id and duty.role is role for duty in taken)
    ]
    for meeting in free:
        await hand(db, actor, Handing(meeting, role, None, person), now=now)
    return len(free)
