"""Erasing a person: their key is destroyed, what they told us and how to reach them goes, numbers stay.

They may do it themselves on their own page, or ask for it at the desk. The key goes last, and the list of
erasures stands beside the keys: a transaction that fails after that, and an old back-up that is restored,
are both brought to the same end by `replay_erasures`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accessibility.claims import ClaimState
from accessibility.consent import ConsentChannel
from accessibility.disclosure import Reader
from accessibility.requests import Party
from service.actions.leaving import take_off
from service.actions.money.steps import move_claim, settle_claim_tasks
from service.actions.needs import Sealer, coordinator_as
from service.actions.permissions import Permission, may, require_for
from service.actor import Actor, Door, Role, system_actor
from service.errors import NotAllowed, Refused
from service.identifiers import new_id
from service.outbound.tray import PostTray
from service.storage.audit import record
from service.storage.base import Db
from service.storage.budgets import cost_alone
from service.storage.counts import Counted, add_counts
from service.storage.erasing import (
    all_invitations,
    came_to,
    drop_own_pairs,
    erased_in,
    has_notes,
    lent_to,
    open_messages,
    person_to_erase,
    remove_rows,
    said_by,
    unpaid_claims,
    whole_requests,
)
from service.storage.invitations import coming_for
from service.storage.people import Person, lock_person
from service.storage.staff import active_staff_ids
from service.storage.tasks import Task, TaskKind

#: What others call whoever was erased.
NOBODY = "Somebody"
#: What of a held-back task is sealed: the name that is gone everywhere else.
WHO = "who"


@dataclass(frozen=True, slots=True)
class Keepers:
    """What beside the database holds anything of people: the sealer with their keys, and the post tray."""

    sealer: Sealer
    tray: PostTray


def may_erase(actor: Actor, person: Person) -> bool:
    """Tell whether the actor may erase this person: themselves, or the coordinator who looks after them."""
    if actor.door is Door.GUEST:
        return actor.person_id == person.id
    is_theirs = coordinator_as(actor, person) is Reader.COORDINATOR
    return is_theirs and may(actor, Permission.ANSWER_FOR)


async def why_not(db: Db, person: Person) -> Refused | None:
    """Say what stands in the way of erasing somebody: a part on the staff, or a thing they were lent."""
    if person.id in await active_staff_ids(db, person.organisation_id):
        return Refused("erase-staff")
    lent = await lent_to(db, person.id)
    return Refused("erase-lent", things=", ".join(lent)) if lent else None


async def erase_person(
    db: Db,
    actor: Actor,
    keepers: Keepers,
    person_id: UUID,
    channel: ConsentChannel,
    *,
    now: datetime,
) -> None:
    """Erase a person for good; `channel` says how they asked.

    Raises NotFound, NotAllowed for anybody but themselves and their coordinator, and Refused while they
    are on the staff or have something we lent them.
    """
    require_for(actor, person_id)
    await lock_person(db, person_id)
    person = await person_to_erase(db, actor, person_id)
    if not may_erase(actor, person):
        raise NotAllowed
    refusal = await why_not(db, person)
    if refusal is not None:
        raise refusal
    record(db, actor, "person.erased", person, now=now, channel=channel.value)
    await _erase(db, actor, keepers, person, now=now)


async def replay_erasures(db: Db, actor: Actor, keepers: Keepers, *, now: datetime) -> int:
    """Erase again whoever the list of erasures names and the database still knows; count them.

    And the other way round: whoever the database says is erased has no key, whatever was restored.
    """
    listed = await keepers.sealer.keys.erased(actor.organisation_id)
    erased = await erased_in(db, actor.organisation_id)
    for person_id in sorted(erased - listed.keys()):
        await keepers.sealer.destroy(person_id, actor.organisation_id, now=now)
    again = await still_known(db, listed.keys() - erased)
    for person in again:
        await lock_person(db, person.id)
        record(db, actor, "person.erased-again", person, now=now)
        await _erase(db, actor, keepers, person, now=now)
    return len(again)


async def still_known(db: Db, people: Iterable[UUID]) -> Sequence[Person]:
    """Give those of these people whom the database holds and does not know to be erased."""
    found = [await db.get(Person, person_id) for person_id in sorted(people)]
    return [each for each in found if each is not None and each.erased_at is None]


async def _erase(db: Db, actor: Actor, keepers: Keepers, person: Person, *, now: datetime) -> None:
    system = system_actor(person.organisation_id)
    for invitation in await coming_for(db, system, person.id, now, drafts_too=True):
        if await take_off(db, system, invitation, now=now):
            record(db, actor, "invitation.withdrawn", invitation, now=now, why="erased")
    for claim in await unpaid_claims(db, person.id):
        await move_claim(db, system, claim, ClaimState.TAKEN_BACK, Party.PERSON, now=now)
        await settle_claim_tasks(db, claim)
    await _count(db, system, person.id, now)
    held = await drop_own_pairs(db, person)
    if held or await has_notes(db, person.organisation_id):
        await _hold_back(db, keepers.sealer, person, held, now=now)
    letters = await open_messages(db, person.id)
    await remove_rows(db, person, now)
    await _blank_invitations(db, person.id)
    _blank(person, now)
    await db.flush()
    await keepers.tray.remove(letters)
    await keepers.sealer.destroy(person.id, person.organisation_id, now=now)


async def _count(db: Db, actor: Actor, person_id: UUID, now: datetime) -> None:
    """Write down as numbers what is about to go."""
    requests = await whole_requests(db, person_id, now)
    pence = await cost_alone(db, [each.id for each in requests])
    asked = [(each.meeting_id, each.state.value, pence.get(each.id, 0)) for each in requests]
    await add_counts(db, actor, Counted.ASKED, asked)
    said = [(each.meeting_id, each.answer.value, 0) for each in await said_by(db, person_id)]
    await add_counts(db, actor, Counted.SAID, said)
    came = await came_to(db, person_id, now)
    there = [(each.meeting_id, each.way.value, 0) for each in came if each.was_there]
    await add_counts(db, actor, Counted.CAME, there)
    for each in came:
        await db.delete(each)


async def _hold_back(db: Db, sealer: Sealer, person: Person, pairs: int, *, now: datetime) -> None:
    """Ask the safeguarding lead to look at what may protect others; the name is sealed for them alone."""
    task = Task(
        id=new_id(),
        organisation_id=person.organisation_id,
        kind=TaskKind.OWN_DATA,
        about="pairs" if pairs else "notes",
        once=f"{TaskKind.OWN_DATA}|{person.id}|{new_id()}",
        for_role=Role.SAFEGUARDING,
        subject_id=person.id,
        due_at=now,
        created_at=now,
    )
    db.add(task)
    await db.flush()
    await sealer.seal(db, task, WHO, task.id, person.chosen_name)


async def _blank_invitations(db: Db, person_id: UUID) -> None:
    """Keep the answers, for the numbers of each session; the links open nothing any more."""
    for each in await all_invitations(db, person_id):
        each.link_hash, each.link_generation = f"erased-{each.id}", each.link_generation + 1
        each.supporter_name = each.what_changed = ""
        each.dial_pin = each.ringer_id = each.table_id = each.answered_by = None


def _blank(person: Person, now: datetime) -> None:
    person.chosen_name, person.name_key, person.reference = NOBODY, NOBODY.casefold(), None
    person.channels, person.join_choices, person.reminders = [], [], None
    person.email = person.email_key = person.phone = person.phone_key = ""
    person.address = person.through_name = person.through_contact = ""
    person.language, person.print_size, person.usual_way = "en", 16, None
    person.coordinator_id = person.email_stopped_at = None
    person.left_at, person.erased_at = person.left_at or now, now
