"""The ring-round of a meeting where nobody can dial in: who rings whom, and who sees which number.

A coordinator sees the numbers, of somebody with a safe-contact rule only their own. Whoever rings a
person sees that person's number from an hour before the start to the end, and no other; the other hosts
see enough of it to tell two people apart, as on every call list (`accessibility.disclosure`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from accessibility.contact import SAFE_CONTACT
from accessibility.disclosure import Extent, Field, Reader, masked, what
from scheduling.meeting import MeetingState
from scheduling.ringing import RELAY_MINUTES, USUAL_MINUTES, Call, ToRing, ring_round
from scheduling.time import Slot
from service.actions.permissions import Permission, may, require
from service.actions.planning import possible_hosts
from service.actions.seeing import is_their_own
from service.actor import Actor
from service.errors import Invalid, NotAllowed, NotFound
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import SEES_ALL, Meeting
from service.storage.people import Person
from service.storage.ringing import RELAY, RungRow, people_to_ring, rings_somebody
from service.storage.room_people import meeting_with_hosts, names_of_staff

#: From when whoever rings sees the numbers.
NUMBERS_BEFORE: Final = timedelta(hours=1)


class Shown(StrEnum):
    """How much of a number somebody sees, or why not."""

    FULL = "full"
    MASKED = "masked"
    LATER = "later"
    ASK_COORDINATOR = "ask_coordinator"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RingLine:
    """One call: with the person's invitation, who rings (by name; "": nobody yet), and the number, as
    far as it is shown."""

    invitation: Invitation
    call: Call
    ringer: str
    number: str
    shown: Shown
    is_safe: bool
    is_relay: bool
    is_mine: bool
    may_choose: bool


@dataclass(frozen=True, slots=True)
class RingRound:
    """All the calls of a meeting in their order, and who may be chosen to make them, by name."""

    meeting: Meeting
    slot: Slot
    lines: Sequence[RingLine]
    may_be_chosen: Mapping[UUID, str]
    may_change: bool

    @property
    def numbers_from(self) -> datetime:
        """Say from when whoever rings sees the numbers."""
        return self.slot.starts_at - NUMBERS_BEFORE


async def ring_round_of(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> RingRound:
    """Give the calls of a published meeting, to its hosts, whoever rings there, and coordinators.

    Raises NotFound for all others.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    meeting, slot, hosts = await _session(db, actor, meeting_id)
    rows = await people_to_ring(db, actor, meeting)
    staff = {each.id: each for each in await possible_hosts(db, actor)}
    by_turns = _by_turns(meeting, hosts)
    known = {id_: each.chosen_name for id_, each in staff.items()}
    if missing := [id_ for id_ in by_turns if id_ not in known]:
        known |= await names_of_staff(db, actor, missing)
    to_ring = [_to_ring(row, known) for row in rows]
    calls = ring_round(to_ring, by_turns, slot.starts_at, chosen=known)
    by_id = {row.invitation.id: row for row in rows}
    reader = _Reader(actor, slot, is_their_own(actor, meeting) or actor.person_id in hosts, now)
    lines = [_line(by_id[call.id], call, known, reader) for call in calls]
    return RingRound(meeting, slot, lines, known, _may_change(actor, meeting))


async def choose_ringers(
    db: Db,
    actor: Actor,
    meeting_id: UUID,
    choices: Mapping[UUID, UUID | None],
    *,
    now: datetime,
) -> int:
    """Choose who rings these people (by invitation; None: whoever has time); counts what changed.

    Raises Invalid for who may not ring, and NotAllowed for who may not choose.
    """
    require(actor, Permission.LOOK_AFTER_ROOM)
    found = await ring_round_of(db, actor, meeting_id, now=now)
    if not found.may_change:
        raise NotAllowed
    changed = 0
    for line in found.lines:
        wanted = choices.get(line.invitation.id, line.invitation.ringer_id)
        if wanted == line.invitation.ringer_id:
            continue
        if not line.may_choose or (wanted is not None and wanted not in found.may_be_chosen):
            raise Invalid({f"ringer-{line.invitation.id}": "not-a-choice"})
        line.invitation.ringer_id = wanted
        changed += 1
    if changed:
        record(db, actor, "meeting.ringers-chosen", found.meeting, now=now, people=changed)
    await db.flush()
    return changed


@dataclass(frozen=True, slots=True)
class _Reader:
    actor: Actor
    slot: Slot
    is_host: bool
    now: datetime

    def shown(self, person: Person, call: Call, *, is_safe: bool) -> Shown:
        """Say how much of a person's number this reader sees now."""
        may_ring_safely = person.coordinator_id in (None, self.actor.person_id)
        is_coordinator = may(self.actor, Permission.KEEP_PEOPLE)
        if is_safe:
            is_allowed = is_coordinator and may_ring_safely
            return Shown.FULL if is_allowed else Shown.ASK_COORDINATOR
        if is_coordinator:
            return Shown.FULL
        if call.ringer is not None and call.ringer == self.actor.person_id:
            begins = self.slot.starts_at - NUMBERS_BEFORE
            if self.now < begins:
                return Shown.LATER
            return Shown.FULL if self.now < self.slot.ends_at else Shown.NONE
        extent = what(Reader.FACILITATOR, Field.CONTACT, now=self.now, slot=self.slot)
        return Shown.MASKED if self.is_host and extent is Extent.MASKED else Shown.NONE


async def _session(db: Db, actor: Actor, meeting_id: UUID) -> tuple[Meeting, Slot, frozenset[UUID]]:
    meeting, hosts = await meeting_with_hosts(db, actor, meeting_id)
    is_near = actor.person_id in hosts or is_their_own(actor, meeting) or actor.has(*SEES_ALL)
    if not is_near and not await rings_somebody(db, actor, meeting_id):
        raise NotFound
    is_on = meeting.state is MeetingState.PUBLISHED
    if not (is_on and meeting.starts_at and meeting.ends_at):
        raise NotFound
    return meeting, Slot(meeting.starts_at, meeting.ends_at), hosts


def _by_turns(meeting: Meeting, hosts: frozenset[UUID]) -> list[UUID]:
    """Name who rings by turns: the remote buddy first, as hosts have the room to open."""
    leading = [id_ for id_ in (meeting.second_id, meeting.lead_id) if id_ is not None]
    return [*sorted(hosts - set(leading)), *leading]


def _to_ring(row: RungRow, known: Mapping[UUID, str]) -> ToRing:
    """Say how somebody is rung; who must be contacted safely is rung by their own coordinator."""
    chosen, is_safe = row.invitation.ringer_id, SAFE_CONTACT in row.needs
    coordinator = row.invitation.person.coordinator_id
    return ToRing(
        row.invitation.id,
        coordinator if is_safe and coordinator in known else chosen,
        RELAY_MINUTES if RELAY in row.needs else USUAL_MINUTES,
        kept_apart=is_safe,
    )


def _line(row: RungRow, call: Call, known: Mapping[UUID, str], reader: _Reader) -> RingLine:
    person, is_safe = row.invitation.person, SAFE_CONTACT in row.needs
    shown = reader.shown(person, call, is_safe=is_safe)
    numbers = {Shown.FULL: person.phone, Shown.MASKED: masked(person.phone) if person.phone else ""}
    return RingLine(
        invitation=row.invitation,
        call=call,
        ringer=known[call.ringer] if call.ringer else "",
        number=numbers.get(shown, ""),
        shown=shown,
        is_safe=is_safe,
        is_relay=RELAY in row.needs,
        is_mine=call.ringer is not None and call.ringer == reader.actor.person_id,
        may_choose=not is_safe,
    )


def _may_change(actor: Actor, meeting: Meeting) -> bool:
    """Say whether somebody may choose who rings: who may plan this meeting."""
    may_see = is_their_own(actor, meeting) or actor.has(*SEES_ALL)
    return may(actor, Permission.PLAN_MEETINGS) and may_see
