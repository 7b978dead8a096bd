"""One meeting as a value: its plan and the states it can be in.

Here is what must be settled before a meeting is published and what a step needs. Who is told of
a change is in `notices`, when people may join in `joining`; guests are no part of a plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from scheduling.errors import BrokenValue, SchedulingError
from scheduling.time import DoubledTime, SkippedTime, Slot, UnknownZone, WallTime, resolve
from scheduling.ways import IN_PERSON_WAYS, Way, WayOffer, by_ease

LONGEST_MINUTES = 24 * 60


class MeetingState(StrEnum):
    """How far a meeting has come. The values are what the database keeps."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"

    def may_become(self, other: "MeetingState") -> bool:
        """Say whether this step is allowed: a draft is published, what is published is cancelled.

        Nothing comes back: a cancelled meeting is copied instead, a draft is thrown away.
        """
        return (self, other) in _STEPS


_STEPS = frozenset(
    {
        (MeetingState.DRAFT, MeetingState.PUBLISHED),
        (MeetingState.PUBLISHED, MeetingState.CANCELLED),
    }
)


class ProblemCode(StrEnum):
    """What stands in the way of publishing; the words for people come from the translation."""

    NO_NEUTRAL_TITLE = "no-neutral-title"
    UNKNOWN_ZONE = "unknown-zone"
    SKIPPED_TIME = "skipped-time"
    DOUBLED_TIME = "doubled-time"
    STARTS_IN_PAST = "starts-in-past"
    NO_WAY = "no-way"
    NO_REMOTE_WAY = "no-remote-way"
    NO_PLACE = "no-place"
    NO_LEAD = "no-lead"
    NO_SECOND_FACILITATOR = "no-second-facilitator"
    SAME_FACILITATOR = "same-facilitator"
    NO_HELP_PHONE = "no-help-phone"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: its code, the way it is about, and a time that would do."""

    code: ProblemCode
    way: Way | None = None
    proposal: WallTime | None = None


class StepNotAllowed(SchedulingError):
    """A meeting in this state cannot go to that one."""

    code = "step-not-allowed"

    def __init__(self, now_is: MeetingState, wanted: MeetingState) -> None:
        super().__init__(f"a meeting that is {now_is} cannot become {wanted}")
        self.now_is, self.wanted = now_is, wanted


class NotReady(SchedulingError):
    """The plan cannot be published yet; `problems` say why."""

    code = "not-ready"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Host:
    """Someone who runs the meeting, by the name they chose."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where people meet in person: what it is called, and the address a map can find."""

    name: str
    address: str = ""

    @property
    def in_words(self) -> str:
        """Write name and address in one line."""
        return ", ".join(part for part in (self.name.strip(), self.address.strip()) if part)


@dataclass(frozen=True, slots=True)
class DialIn:
    """The number phone joiners ring, and the PIN they type, if there is one."""

    number: str
    pin: str = ""

    def __post_init__(self) -> None:
        """Refuse a PIN without a number: leave the dial-in out if we ring people."""
        if not self.number.strip():
            raise BrokenValue("a dial-in needs a number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One meeting as it is planned. A plan may be unfinished; publishing asks for the rest.

    `dial_in` of None means "we ring you". `no_remote_reason` says why nobody can join from home.
    """

    state: MeetingState = MeetingState.DRAFT
    start: WallTime
    minutes: int
    neutral_title: str = ""
    real_title: str = ""
    is_open: bool = False
    offers: tuple[WayOffer, ...] = ()
    room_place: Place | None = None
    outdoor_place: Place | None = None
    lead: Host | None = None
    second: Host | None = None
    needs_second: bool = True
    help_phone: str = ""
    dial_in: DialIn | None = None
    no_remote_reason: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Sort the offers by ease; refuse a way twice and a length nobody can mean."""
        object.__setattr__(self, "offers", by_ease(self.offers))
        if not 0 < self.minutes <= LONGEST_MINUTES:
            raise BrokenValue(f"a meeting lasts from 1 to {LONGEST_MINUTES} minutes")

    @property
    def slot(self) -> Slot:
        """Give the span in UTC; raises SkippedTime, DoubledTime or UnknownZone."""
        return Slot.of(resolve(self.start), self.minutes)

    @property
    def ways(self) -> frozenset[Way]:
        """Name the ways offered."""
        return frozenset(offer.way for offer in self.offers)

    @property
    def title(self) -> str:
        """Give the title that may stand in messages: the real one only for open kinds."""
        return (
            self.real_title.strip()
            if self.is_open and self.real_title.strip()
            else self.neutral_title.strip()
        )

    @property
    def hosts(self) -> tuple[Host, ...]:
        """List who runs the meeting, the lead first."""
        return tuple(host for host in (self.lead, self.second) if host is not None)

    def offer(self, way: Way) -> WayOffer | None:
        """Find what is offered of one way; None if it is not offered."""
        return next((offer for offer in self.offers if offer.way is way), None)

    def place(self, way: Way) -> Place | None:
        """Give the place for a way of coming in person; None for ways from home."""
        places = {Way.ROOM: self.room_place, Way.OUTDOORS: self.outdoor_place}
        return places.get(way)

    def published(self, now: datetime) -> Self:
        """Take the step to published; raises StepNotAllowed, or NotReady with every problem."""
        done = self._stepped(MeetingState.PUBLISHED)
        if problems := publish_problems(self, now):
            raise NotReady(problems)
        return done

    def cancelled(self) -> Self:
        """Take the step to cancelled; raises StepNotAllowed."""
        return self._stepped(MeetingState.CANCELLED)

    def _stepped(self, wanted: MeetingState) -> Self:
        if not self.state.may_become(wanted):
            raise StepNotAllowed(self.state, wanted)
        return replace(self, state=wanted)


def publish_problems(plan: Plan, now: datetime) -> tuple[Problem, ...]:
    """List everything that must be put right before publishing, in the order of the steps.

    The state is not looked at, so the same list serves a change to a meeting already published.
    """
    return (
        *_title_problems(plan),
        *_time_problems(plan, now),
        *_way_problems(plan),
        *_people_problems(plan),
    )


def _title_problems(plan: Plan) -> Iterator[Problem]:
    if not plan.title:
        yield Problem(ProblemCode.NO_NEUTRAL_TITLE)


def _time_problems(plan: Plan, now: datetime) -> Iterator[Problem]:
    try:
        starts_at = resolve(plan.start)
    except UnknownZone:
        yield Problem(ProblemCode.UNKNOWN_ZONE)
    except SkippedTime as skipped:
        yield Problem(ProblemCode.SKIPPED_TIME, proposal=skipped.proposal)
    except DoubledTime:
        yield Problem(ProblemCode.DOUBLED_TIME)
    else:
        if starts_at <= now:
            yield Problem(ProblemCode.STARTS_IN_PAST)


def _way_problems(plan: Plan) -> Iterator[Problem]:
    if not plan.offers:
        yield Problem(ProblemCode.NO_WAY)
    elif not any(way.is_remote for way in plan.ways) and not plan.no_remote_reason.strip():
        yield Problem(ProblemCode.NO_REMOTE_WAY)
    for offer in plan.offers:
        place = plan.place(offer.way)
        if offer.way in IN_PERSON_WAYS and (place is None or not place.in_words):
            yield Problem(ProblemCode.NO_PLACE, way=offer.way)


def _people_problems(plan: Plan) -> Iterator[Problem]:
    if plan.lead is None:
        yield Problem(ProblemCode.NO_LEAD)
    if plan.second is None and plan.needs_second:
        yield Problem(ProblemCode.NO_SECOND_FACILITATOR)
    if plan.lead is not None and plan.second is not None and plan.lead.id == plan.second.id:
        yield Problem(ProblemCode.SAME_FACILITATOR)
    if not plan.help_phone.strip():
        yield Problem(ProblemCode.NO_HELP_PHONE)
