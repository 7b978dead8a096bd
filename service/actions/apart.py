"""People who must not meet are never booked into one session, and neither learns why.

Who answers second finds it full, as anybody may. The coordinator who looks after one of them is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from accessibility.apart import Comer, Pair, would_meet
from accessibility.disclosure import TABLE, Extent, Field
from scheduling.waiting import Turn
from service.actions.keeping_safe import look_who_comes
from service.actions.needs import coordinator_as
from service.actions.permissions import Permission, may, require
from service.actions.raising import about_meeting
from service.actor import Actor
from service.errors import NotAllowed, Refused
from service.storage.apart import KeptApart, comers_of, pair_between, pairs_of
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import Standing, invitations_by_ids
from service.storage.invitations import Invitation
from service.storage.people import Person, lock_person, person_by_id
from service.storage.tasks import Task, TaskKind, task_was_raised

#: What a task is about that says that somebody found a session full although it is not.
TURNED_AWAY = "turned_away"


def may_keep_apart(actor: Actor, person: Person) -> bool:
    """Tell whether the actor may know whom this person must not meet: the coordinator assigned to them."""
    if not may(actor, Permission.KEEP_PEOPLE):
        return False
    return TABLE[Field.SAFE_CONTACT][coordinator_as(actor, person)] is Extent.FULL


async def person_to_keep_apart(db: Db, actor: Actor, person_id: UUID) -> Person:
    """Give somebody of whom the actor may know whom they must not meet; raises NotFound or NotAllowed."""
    require(actor, Permission.KEEP_PEOPLE)
    person = await person_by_id(db, actor, person_id)
    if not may_keep_apart(actor, person):
        raise NotAllowed
    return person


async def keep_apart(
    db: Db, actor: Actor, person_id: UUID, other_id: UUID, *, now: datetime
) -> None:
    """Write down that two people must not meet; sessions both are on the list of are looked at anew.

    Raises Refused for somebody and themselves. Said twice, it is written once.
    """
    person = await person_to_keep_apart(db, actor, person_id)
    other = await person_by_id(db, actor, other_id)
    if person.id == other.id:
        raise Refused("apart-from-oneself")
    first, second = sorted((person.id, other.id))
    await lock_person(db, first)
    pair = await pair_between(db, actor, first, second)
    if pair is not None and pair.ended_at is None:
        return
    if pair is None:
        pair = KeptApart(
            organisation_id=actor.organisation_id, first_id=first, second_id=second, created_at=now
        )
        db.add(pair)
    pair.made_by, pair.ended_at = actor.person_id, None
    await db.flush()
    record(db, actor, "apart.kept", pair, now=now, person_id=person.id)
    await look_who_comes(db, actor, person.id, now=now)


async def end_apart(
    db: Db, actor: Actor, person_id: UUID, other_id: UUID, *, now: datetime
) -> None:
    """Write down that two people may meet again."""
    person = await person_to_keep_apart(db, actor, person_id)
    pair = await pair_between(db, actor, person.id, other_id)
    if pair is None or pair.ended_at is not None:
        return
    pair.ended_at = now
    record(db, actor, "apart.ended", pair, now=now, person_id=person.id)


async def is_kept_out(db: Db, invitation: Invitation, brings: str) -> bool:
    """Tell whether somebody would meet whom they must not, by coming or by whom they bring.

    With the meeting's ways locked, one of two who answer at once is second.
    """
    pairs = await pairs_of(db, invitation.organisation_id)
    asks = Comer(invitation.person_id, brings)
    if not brings and not any(pair.has(asks.id) for pair in pairs):
        return False
    return bool(pairs) and would_meet(asks, await _comers(db, invitation, pairs), pairs)


async def tell_coordinator(db: Db, invitation: Invitation, *, now: datetime) -> None:
    """Ask a coordinator, once, to find another session for somebody who found this one full."""
    meeting, person_id = invitation.meeting, invitation.person_id
    once = f"{TaskKind.KEEP_APART}|{TURNED_AWAY}|{meeting.id}|{person_id}"
    if await task_was_raised(db, once):
        return
    task = Task(
        kind=TaskKind.KEEP_APART,
        about=TURNED_AWAY,
        once=once,
        person_id=person_id,
        subject_id=meeting.id,
    )
    db.add(about_meeting(task, meeting, now=now))
    await db.flush()


async def without_kept_out(db: Db, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Leave out of a meeting's line those who would meet whom they must not, if they had a place."""
    waiting = await invitations_by_ids(db, [turn.id for turn in turns]) if turns else {}
    first = next(iter(waiting.values()), None)
    pairs = await pairs_of(db, first.organisation_id) if first is not None else ()
    if first is None or not pairs:
        return tuple(turns)
    comers = await _comers(db, first, pairs)
    return tuple(turn for turn in turns if not would_meet(_comer(waiting[turn.id]), comers, pairs))


async def shown_standing(db: Db, invitation: Invitation, standing: Standing) -> Standing:
    """Let every way look full to somebody who cannot be booked; no page tells the one from the other."""
    if not standing.is_kept_apart:
        return standing
    if not await is_kept_out(db, invitation, invitation.supporter_name):
        return standing
    offered = frozenset(offer.way for offer in invitation.meeting.offers)
    return replace(standing, awaited_ways=standing.awaited_ways | offered)


async def _comers(db: Db, invitation: Invitation, pairs: Collection[Pair]) -> Sequence[Comer]:
    concerned = {named.id for pair in pairs for named in (pair.one, pair.other)}
    return await comers_of(db, invitation.organisation_id, invitation.meeting_id, concerned)


def _comer(invitation: Invitation) -> Comer:
    return Comer(invitation.person_id, invitation.supporter_name)
