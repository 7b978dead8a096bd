"""By when requests have to be acted on: kept with each, so that the queue is in order without working it out.

The last day for the usual notice is worked out when a request is made, again when its meeting moves, and
once for all when the notice itself or the bank holidays are others than before.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from accessibility.slack import act_by
from service.actor import Actor
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.organisations import claim_fact, organisation_by_id
from service.storage.requests import requests_of_meetings, requests_to_date
from service.vocabulary import vocabulary
from service.working_days import HouseDay, house_day


async def day_at(db: Db, organisation_id: UUID, now: datetime) -> HouseDay:
    """Say which day it is at an organisation, with the bank holidays of its region."""
    house = await organisation_by_id(db, organisation_id)
    return house_day(house.zone, house.region, now)


async def date_request(db: Db, request: AccessRequest, meeting: Meeting, *, now: datetime) -> None:
    """Write down the last day on which the usual notice for a request can still be given."""
    here = await day_at(db, request.organisation_id, now)
    request.act_by = _act_by(request.code, meeting.starts_at, meeting.zone, here)


async def date_requests_of(
    db: Db, actor: Actor, meetings: Sequence[Meeting], *, now: datetime
) -> None:
    """Do so again for all requests of meetings that take place on another day than before."""
    if not meetings:
        return
    here = await day_at(db, actor.organisation_id, now)
    by_id = {meeting.id: meeting for meeting in meetings}
    for request in await requests_of_meetings(db, actor, list(by_id)):
        meeting = by_id[request.meeting_id]
        request.act_by = _act_by(request.code, meeting.starts_at, meeting.zone, here)


async def date_requests(db: Db, actor: Actor, *, now: datetime, all_of_them: bool = False) -> int:
    """Do so for requests that have no day yet, or for all open ones; counts those that have another now.

    All are looked at as well the first time that the usual notice or the bank holidays are what they are.
    """
    here = await day_at(db, actor.organisation_id, now)
    is_new = await claim_fact(db, f"act-by|{actor.organisation_id}|{_mark(here)}", now.isoformat())
    found = await requests_to_date(db, actor, now, undated_only=not (is_new or all_of_them))
    days = {id_: (was, _act_by(code, starts, zone, here)) for id_, code, was, starts, zone in found}
    changed = [{"id": id_, "act_by": day} for id_, (was, day) in days.items() if was != day]
    if changed:
        await db.execute(update(AccessRequest), changed)
    return len(changed)


def _act_by(code: str, starts_at: datetime | None, zone: str, here: HouseDay) -> date | None:
    if starts_at is None:
        return None
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    return act_by(vocabulary().term(code), day, here.holidays)


def _mark(here: HouseDay) -> str:
    notice = [f"{term.code}={term.lead_days}" for term in vocabulary().terms]
    known = [*notice, *(day.isoformat() for day in sorted(here.holidays))]
    return hashlib.sha256(" ".join(known).encode()).hexdigest()[:16]
