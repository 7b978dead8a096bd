"""Reading the rota: meetings with their parts, what is missing, who was asked, and who might take a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement

from scheduling.roles import MeetingRole
from scheduling.rota import (
    Candidate,
    Colleague,
    Gathering,
    Helper,
    Worry,
    candidates,
    needed_roles,
    worries,
)
from scheduling.time import Slot
from service.actions.permissions import Permission, require
from service.actions.seeing import is_their_own
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.meetings import SEES_ALL, Meeting
from service.storage.people import Person
from service.storage.rota import Duty, beside, colleagues, duties_at, meetings_on_rota, within
from service.storage.step_ins import StepInAsked, asked_at


@dataclass(frozen=True, slots=True)
class OnRota:
    """One meeting on the rota. `asked` holds who is being asked to take a part, by its role."""

    meeting: Meeting
    gathering: Gathering
    worries: tuple[Worry, ...]
    asked: Mapping[MeetingRole, Sequence[StepInAsked]]

    def holder_id(self, role: MeetingRole) -> UUID | None:
        """Give who has a part."""
        helper = self.gathering.helpers.get(role)
        return helper.id if helper else None

    def is_open_to(self, actor: Actor) -> bool:
        """Say whether the actor may open the meeting's own pages."""
        return actor.has(*SEES_ALL) or is_their_own(actor, self.meeting)

    def is_of(self, actor: Actor) -> bool:
        """Say whether the actor has a part in it."""
        return any(each.id == actor.person_id for each in self.gathering.helpers.values())


@dataclass(frozen=True, slots=True)
class Rota:
    """The meetings of some time, and everybody who may be given a part."""

    meetings: tuple[OnRota, ...]
    colleagues: tuple[Colleague, ...]

    def candidates_for(self, here: OnRota, role: MeetingRole) -> tuple[Candidate, ...]:
        """List who might take a part, those who can first."""
        others = [each.gathering for each in self.meetings]
        return candidates(here.gathering, role, others, self.colleagues)


async def rota_between(db: Db, actor: Actor, window: Slot) -> Sequence[OnRota]:
    """Give the meetings of a window: to facilitators their own, and those where somebody is missing."""
    require(actor, Permission.SEE_ROTA)
    rota = await _read(db, actor, within(window))
    return [each for each in rota.meetings if _is_shown(each, actor)]


async def one_on_rota(db: Db, actor: Actor, meeting_id: UUID) -> tuple[OnRota, Rota]:
    """Give one meeting, with those at its time; raises NotFound if the actor does not see it."""
    require(actor, Permission.SEE_ROTA)
    rota = await _read(db, actor, beside(meeting_id))
    for each in rota.meetings:
        if each.meeting.id == meeting_id and _is_shown(each, actor):
            return each, rota
    raise NotFound


def gathering_of(meeting: Meeting, duties: Sequence[Duty]) -> Gathering:
    """Give a published meeting (with kind, hosts and ways) and its duties as the rota's value."""
    if meeting.starts_at is None or meeting.ends_at is None:
        raise NotFound
    hosts = {MeetingRole.LEAD: meeting.lead, MeetingRole.CO_FACILITATOR: meeting.second}
    helpers = {role: _helper(person) for role, person in hosts.items() if person is not None}
    return Gathering(
        meeting.id,
        Slot(meeting.starts_at, meeting.ends_at),
        frozenset(offer.way for offer in meeting.offers),
        needed_of(meeting),
        helpers | {duty.role: _helper(duty.person) for duty in duties},
    )


def needed_of(meeting: Meeting) -> frozenset[MeetingRole]:
    """Give the roles a meeting (with its kind) needs."""
    return needed_roles(meeting.kind.roles, needs_second=meeting.kind.needs_second)


async def gatherings(
    db: Db, actor: Actor, which: ColumnElement[bool]
) -> list[tuple[Meeting, Gathering]]:
    """Read meetings with their parts, in two queries."""
    meetings = await meetings_on_rota(db, actor, which)
    duties: dict[UUID, list[Duty]] = {each.id: [] for each in meetings}
    for duty in await duties_at(db, actor, which):
        duties.setdefault(duty.meeting_id, []).append(duty)
    return [(each, gathering_of(each, duties[each.id])) for each in meetings]


async def _read(db: Db, actor: Actor, which: ColumnElement[bool]) -> Rota:
    found = await gatherings(db, actor, which)
    staff = await colleagues(db, actor)
    asked = list(await asked_at(db, actor, which))
    others = [gathering for _, gathering in found]
    return Rota(
        tuple(
            OnRota(meeting, here, worries(here, others, staff), _asked_for(here, asked))
            for meeting, here in found
        ),
        staff,
    )


def _asked_for(
    gathering: Gathering, asked: Sequence[StepInAsked]
) -> dict[MeetingRole, list[StepInAsked]]:
    """Give who is asked for which part, as long as it is still held by whoever would give it away."""
    found: dict[MeetingRole, list[StepInAsked]] = {}
    for each in asked:
        helper = gathering.helpers.get(each.step_in.role)
        is_as_asked = (helper.id if helper else None) == each.step_in.from_person_id
        if each.step_in.meeting_id == gathering.id and is_as_asked:
            found.setdefault(each.step_in.role, []).append(each)
    return found


def _is_shown(each: OnRota, actor: Actor) -> bool:
    is_theirs = each.is_open_to(actor) or each.is_of(actor)
    return is_theirs or bool(each.gathering.gaps) or _is_asked(each, actor)


def _is_asked(each: OnRota, actor: Actor) -> bool:
    return any(asked.person_id == actor.person_id for some in each.asked.values() for asked in some)


def _helper(person: Person) -> Helper:
    return Helper(person.id, person.chosen_name)
