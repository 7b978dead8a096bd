"""How what fell due becomes a mail to a person or a task for a human: rows ready to be added.

Each row has a name, or a key, that another process would give it too. Nothing is looked up here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from accessibility.dues import Due, DueKind
from accessibility.service_times import ServiceTimes
from service.actions.apologising import done_by
from service.actions.telling import Reach, reach_at
from service.actor import Role
from service.storage.messages import MessageKind
from service.storage.organisations import Organisation
from service.storage.people import Channel, Person
from service.storage.queue import TO_DIRECTOR
from service.storage.tasks import TaskKind, TaskState
from service.working_days import HouseDay

#: Questions go out at this time of day, not in the middle of the night.
MORNING: Final = time(10)
#: What waits for a coordinator, the gravest last: it overtakes what was said before it.
GRAVER: Final = (DueKind.REPLY, DueKind.PLAN, DueKind.AMBER, DueKind.RED)
#: What goes to the person themselves, in the way they are told things.
TOLD: Final = {
    DueKind.RECEIPT: MessageKind.REQUEST_RECEIPT,
    DueKind.FEEDBACK: MessageKind.FEEDBACK_ASK,
}
#: The kind of task that the rest becomes.
KIND_FOR: Final = {
    DueKind.APOLOGY: TaskKind.AFTER_SESSION,
    DueKind.CHECK_IN: TaskKind.AFTER_SESSION,
    DueKind.ESCALATE: TaskKind.DECIDE,
}
#: What a director reads where nobody wrote down what was tried.
BY_ITSELF: Final = "Nothing is booked yet, and the time to book it is running out."
#: By these the question afterwards is asked as anything else is; by the rest, somebody asks it.
ASKED_BY: Final = (None, TaskKind.TEXT, TaskKind.SAFE_CONTACT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that fell due, with whom and what it is about."""

    due: Due
    person_id: UUID
    subject_id: UUID
    invitation_id: UUID | None = None
    meeting_id: UUID | None = None
    starts_at: datetime | None = None
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """One organisation's time: now, its day, its own promises."""

    now: datetime
    house: Organisation
    day: HouseDay
    times: ServiceTimes

    def day_of(self, instant: datetime, zone: str = "") -> date:
        """Give the day of an instant on a wall clock: the organisation's, or that of a zone."""
        return instant.astimezone(ZoneInfo(zone or self.house.zone)).date()


@dataclass(slots=True)
class Rows:
    """What is to be added."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)


def rows_for(
    wanted: Sequence[Wanted], clock: Clock, people: Mapping[UUID, Person], safe: Collection[UUID]
) -> Rows:
    """Make the rows, in an order that every process would make them in.

    `safe` are those whom only a human may contact.
    """
    gravest, rows = gravest_of(wanted), Rows()
    for each in sorted(wanted, key=lambda each: each.due.once):
        reach = _reach(each, people[each.person_id], clock, is_safe=each.person_id in safe)
        if reach.channel is not None:
            rows.messages.append(_message(each, clock))
            continue
        task = _task(each, reach.task or TaskKind.ACCESS, clock)
        if each.due.kind in GRAVER and gravest[each.subject_id] is not each.due.kind:
            task["state"] = TaskState.OVERTAKEN
        rows.tasks.append(task)
    return rows


def gravest_of(wanted: Sequence[Wanted]) -> dict[UUID, DueKind]:
    """Find for each request the gravest of what waits for a coordinator."""
    found: dict[UUID, DueKind] = {}
    for kind in GRAVER:
        found |= {each.subject_id: kind for each in wanted if each.due.kind is kind}
    return found


def _reach(wanted: Wanted, person: Person, clock: Clock, *, is_safe: bool) -> Reach:
    """Choose by what somebody is told, or who does what is to be done."""
    kind = wanted.due.kind
    if kind in TOLD:
        starts_at = None if kind is DueKind.FEEDBACK else wanted.starts_at
        reach = reach_at(person, starts_at, clock.now, is_safe=is_safe)
        is_asked = kind is DueKind.FEEDBACK and reach.task not in ASKED_BY
        return Reach(task=TaskKind.AFTER_SESSION) if is_asked else reach
    if kind is not DueKind.RING:
        return Reach(task=KIND_FOR.get(kind, TaskKind.ACCESS))
    if is_safe:
        return Reach(task=TaskKind.SAFE_CONTACT)
    has_other = Channel.THROUGH in map(Channel, person.channels)
    spoken = TaskKind.RING if person.phone else TaskKind.ACCESS
    return Reach(task=TaskKind.THROUGH if has_other else spoken)


def _message(wanted: Wanted, clock: Clock) -> dict[str, Any]:
    """Make the row of a mail. It names no meeting: hosts see what was sent about theirs."""
    morning = datetime.combine(wanted.due.on, MORNING, ZoneInfo(clock.house.zone))
    is_question = wanted.due.kind is DueKind.FEEDBACK
    return {
        "organisation_id": clock.house.id,
        "kind": TOLD[wanted.due.kind],
        "person_id": wanted.person_id,
        "subject_id": wanted.subject_id,
        "version": 0,
        "occurrence": wanted.occurrence,
        "channel": Channel.EMAIL,
        "due_at": max(clock.now, morning) if is_question else clock.now,
        "created_at": clock.now,
    }


def _task(wanted: Wanted, kind: TaskKind, clock: Clock) -> dict[str, Any]:
    """Make the row of a task. Directors decide without knowing for whom."""
    is_theirs = wanted.due.kind is DueKind.ESCALATE
    return {
        "organisation_id": clock.house.id,
        "kind": kind,
        "about": TO_DIRECTOR if is_theirs else wanted.due.kind.value,
        "once": wanted.due.once,
        "for_role": Role.DIRECTOR if is_theirs else Role.COORDINATOR,
        "person_id": None if is_theirs else wanted.person_id,
        "meeting_id": wanted.meeting_id,
        "subject_id": wanted.subject_id,
        "words": BY_ITSELF if is_theirs else "",
        "state": TaskState.OPEN,
        "due_at": done_by(wanted.due, clock.house, clock.now),
        "created_at": clock.now,
    }
