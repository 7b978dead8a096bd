"""Owing somebody an apology: one task for each session, whoever says that it went wrong, and how often."""

from datetime import datetime, time
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from accessibility.dues import Due, VisitFacts, due_after
from accessibility.service_times import read_times
from service.storage.adding import add_unless_there
from service.storage.base import Db
from service.storage.organisations import Organisation, organisation_by_id
from service.storage.tasks import Task, TaskKind
from service.working_days import house_day

#: A day's work is to be done by then.
END_OF_DAY: Final = time(17)


class Visit(Protocol):
    """One person's part in one session: an invitation, or a request made for one."""

    @property
    def organisation_id(self) -> UUID:
        """Give the organisation."""

    @property
    def person_id(self) -> UUID:
        """Give the person."""

    @property
    def meeting_id(self) -> UUID:
        """Give the session."""


async def owe_apology(db: Db, visit: Visit, invitation_id: UUID, *, now: datetime) -> None:
    """Ask a coordinator to say sorry, unless one was asked to already for this session."""
    organisation_id = visit.organisation_id
    house = await organisation_by_id(db, organisation_id)
    day = house_day(house.zone, house.region, now)
    facts = VisitFacts(str(invitation_id), day.today, has_answered=True, unhappy_on=day.today)
    (owed,) = due_after(facts, day.today, read_times(house.access_settings), day.holidays)
    row = {
        "organisation_id": organisation_id,
        "kind": TaskKind.AFTER_SESSION,
        "about": owed.kind.value,
        "once": owed.once,
        "person_id": visit.person_id,
        "meeting_id": visit.meeting_id,
        "subject_id": invitation_id,
        "due_at": done_by(owed, house, now),
        "created_at": now,
    }
    await add_unless_there(db, Task, [row])


def done_by(due: Due, house: Organisation, now: datetime) -> datetime:
    """Give the end of the day by which something is to be done, by the organisation's clock; never past."""
    return max(now, datetime.combine(due.by, END_OF_DAY, ZoneInfo(house.zone)))
