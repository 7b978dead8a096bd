"""The rota of meetings as values: the roles each needs, who has them, what is missing and what cannot be.

Nothing here says who may be asked by which means, or by when a gap must be filled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from scheduling.availability import Can, Times
from scheduling.roles import DUTIES, MeetingRole
from scheduling.time import Slot
from scheduling.ways import IN_PERSON_WAYS, Way

#: Done in different places at the same time: at the door, and at the screen of those who join from home.
APART = frozenset({MeetingRole.REMOTE_BUDDY, MeetingRole.GREETER})
#: The two hosts are two people.
HOSTS = frozenset({MeetingRole.LEAD, MeetingRole.CO_FACILITATOR})


class Concern(StrEnum):
    """What somebody should look at, about one meeting."""

    TWO_ROLES = "two-roles"
    TWO_MEETINGS = "two-meetings"
    CANNOT = "cannot"
    ONE_ROOM_HOST = "one-room-host"
    NO_ROOM_HOST = "no-room-host"


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who has a part in a meeting."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Colleague(Helper):
    """Somebody who may be given a part: when they can, whether they may host, and if so in the room."""

    times: Times = field(default_factory=lambda: Times("UTC"))
    may_host: bool = False
    hosts_in_room: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One role of a meeting and who has it; a gap if it is needed and nobody has."""

    role: MeetingRole
    helper: Helper | None
    is_needed: bool = True

    @property
    def is_gap(self) -> bool:
        """Say whether somebody is missing."""
        return self.is_needed and self.helper is None


@dataclass(frozen=True, slots=True)
class Gathering:
    """A meeting as the rota sees it."""

    id: UUID
    slot: Slot
    ways: frozenset[Way]
    needed: frozenset[MeetingRole]
    helpers: Mapping[MeetingRole, Helper]

    @property
    def parts(self) -> tuple[Part, ...]:
        """List the roles that are needed or taken, in their fixed order."""
        return tuple(
            Part(role, self.helpers.get(role), role in self.needed)
            for role in MeetingRole
            if role in self.needed or role in self.helpers
        )

    @property
    def gaps(self) -> tuple[MeetingRole, ...]:
        """List the roles that are needed and that nobody has."""
        return tuple(part.role for part in self.parts if part.is_gap)

    def roles_of(self, person_id: UUID) -> tuple[MeetingRole, ...]:
        """List the roles one person has."""
        return tuple(
            role for role in MeetingRole if (has := self.helpers.get(role)) and has.id == person_id
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might take a role: whether they can then, and what they do elsewhere at that time."""

    colleague: Colleague
    can: Can
    is_busy: bool = False

    @property
    def is_free(self) -> bool:
        """Say whether nothing known stands in the way."""
        return self.can is not Can.NO and not self.is_busy


@dataclass(frozen=True, slots=True)
class Worry:
    """One concern, and whom it is about, if it is about somebody."""

    concern: Concern
    helper: Helper | None = None


def needed_roles(others: Iterable[str], *, needs_second: bool) -> frozenset[MeetingRole]:
    """Give the roles a meeting needs: always a lead, perhaps a second host, and what its kind names."""
    hosts = HOSTS if needs_second else {MeetingRole.LEAD}
    return frozenset({*hosts, *(role for role in DUTIES if role in set(others))})


def candidates(
    gathering: Gathering,
    role: MeetingRole,
    others: Sequence[Gathering],
    colleagues: Iterable[Colleague],
) -> tuple[Candidate, ...]:
    """List who might take a role: those who can first, then those who have not said, then those who cannot.

    Left out are who has it already, who does something at this meeting that cannot be done beside it,
    and for hosting whoever may not host.
    """
    fit = (each for each in colleagues if _fits(gathering, role, each))
    found = [
        Candidate(each, each.times.can(gathering.slot), _is_busy(gathering, role, others, each.id))
        for each in fit
    ]
    order = (Can.YES, Can.NOT_SAID, Can.NO)
    return tuple(sorted(found, key=lambda each: (not each.is_free, order.index(each.can))))


def worries(
    gathering: Gathering, others: Sequence[Gathering], colleagues: Sequence[Colleague]
) -> tuple[Worry, ...]:
    """Say what is to be looked at about one meeting, each thing once."""
    by_id = {each.id: each for each in colleagues}
    helpers = {helper.id: helper for helper in gathering.helpers.values()}
    found: list[Worry] = []
    for id_, helper in helpers.items():
        roles = gathering.roles_of(id_)
        if set(roles) >= APART:
            found.append(Worry(Concern.TWO_ROLES, helper))
        if any(_is_busy(gathering, role, others, id_) for role in roles):
            found.append(Worry(Concern.TWO_MEETINGS, helper))
        if id_ in by_id and by_id[id_].times.can(gathering.slot) is Can.NO:
            found.append(Worry(Concern.CANNOT, helper))
    return (*found, *_room_worries(gathering, others, colleagues))


def _room_worries(
    gathering: Gathering, others: Sequence[Gathering], colleagues: Sequence[Colleague]
) -> Iterator[Worry]:
    """Say if only one person is left who could host in the room, or none: one illness and it is off."""
    if not gathering.ways & IN_PERSON_WAYS:
        return
    left = [
        each
        for each in colleagues
        if each.may_host
        and each.hosts_in_room
        and each.times.can(gathering.slot) is not Can.NO
        and not _is_busy(gathering, MeetingRole.LEAD, others, each.id)
    ]
    if not left:
        yield Worry(Concern.NO_ROOM_HOST)
    elif len(left) == 1:
        yield Worry(Concern.ONE_ROOM_HOST, left[0])


def _fits(gathering: Gathering, role: MeetingRole, colleague: Colleague) -> bool:
    if role in HOSTS and not colleague.may_host:
        return False
    has = set(gathering.roles_of(colleague.id))
    return role not in has and not any(role in pair and has & pair for pair in (APART, HOSTS))


def _is_busy(
    gathering: Gathering, role: MeetingRole, others: Sequence[Gathering], person_id: UUID
) -> bool:
    """Say whether somebody is needed at another meeting at the time; who is on call can be anywhere."""
    if role is MeetingRole.ON_CALL:
        return False
    return any(
        set(other.roles_of(person_id)) - {MeetingRole.ON_CALL}
        for other in others
        if other.id != gathering.id and other.slot.overlaps(gathering.slot)
    )
