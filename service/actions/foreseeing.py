"""Who would be told of something, and how: counted beforehand by the very rules that `telling` follows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.notices import Notice
from service.actions.telling import Reach, kind_for, reach_at, told_and_safe
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.people import Channel, Person
from service.storage.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many people would be told by each means; `coordinator` are those whom only a coordinator reaches.

    Safe contact, contact through someone and people without any channel are one number on purpose:
    apart, they would tell on people.
    """

    email: int = 0
    text: int = 0
    ring: int = 0
    post: int = 0
    coordinator: int = 0

    @property
    def total(self) -> int:
        """Count everybody who would be told."""
        return self.email + self.text + self.ring + self.post + self.coordinator


async def foresee(
    db: Db,
    meeting: Meeting,
    invitations: Iterable[Invitation],
    notices: Sequence[Notice],
    *,
    now: datetime,
    starts_at: datetime | None = None,
) -> Forecast:
    """Count whom `tell` would tell how, and change nothing; `starts_at` is when the meeting would be."""
    by_id = {invitation.id: invitation for invitation in invitations}
    everybody = [invitation.person_id for invitation in by_id.values()]
    told, safe = await told_and_safe(db, meeting.organisation_id, list(by_id), everybody)
    heard = [
        by_id[notice.guest_id].person
        for notice in notices
        if kind_for(notice, was_told=notice.guest_id in told) is not None
    ]
    when = starts_at or meeting.starts_at
    return _counted(reach_at(each, when, now, is_safe=each.id in safe) for each in heard)


async def foresee_people(
    db: Db, meeting: Meeting, people: Sequence[Person], *, now: datetime
) -> Forecast:
    """Count how these people would be told something about the meeting."""
    return _counted((await reaches_of(db, meeting, people, now=now)).values())


async def foresee_at(
    db: Db,
    organisation_id: UUID,
    told: Mapping[UUID, tuple[Person, datetime | None]],
    *,
    now: datetime,
) -> Forecast:
    """Count how people would be told something, each once, about what begins at their time."""
    _, safe = await told_and_safe(db, organisation_id, [], list(told))
    return _counted(
        reach_at(person, starts_at, now, is_safe=id_ in safe)
        for id_, (person, starts_at) in told.items()
    )


async def reaches_of(
    db: Db, meeting: Meeting, people: Sequence[Person], *, now: datetime
) -> dict[UUID, Reach]:
    """Choose for each of these people how they are told something about the meeting."""
    everybody = [person.id for person in people]
    _, safe = await told_and_safe(db, meeting.organisation_id, [], everybody)
    return {
        each.id: reach_at(each, meeting.starts_at, now, is_safe=each.id in safe) for each in people
    }


def _counted(reaches: Iterable[Reach]) -> Forecast:
    means = Counter(reaches)
    ring, post, text = (
        means.pop(Reach(task=kind), 0) for kind in (TaskKind.RING, TaskKind.POST, TaskKind.TEXT)
    )
    email = means.pop(Reach(channel=Channel.EMAIL), 0)
    return Forecast(email, text=text, ring=ring, post=post, coordinator=means.total())
