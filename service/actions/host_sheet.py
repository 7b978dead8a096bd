"""The sheet of a meeting's hosts: what to do for people, without names, and what was done on the day.

What a host ticks says how the requests behind a line went; what the person says goes before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.consent import Purpose
from accessibility.disclosure import ACTIONS_AFTER, Extent, Field, Reader, what
from accessibility.evidence import Evidence
from accessibility.needs import Need as ToldNeed
from accessibility.requests import Party, RequestState
from accessibility.wording import ActionLine, ActionSheet, Guest, action_sheet
from scheduling.time import Slot, on_wall
from service.actions.consenting import SAFETY, agreed
from service.actions.permissions import Permission, require
from service.actions.request_telling import raise_request_task
from service.actions.requests import COMING, Move, day_of, move, settle_tasks
from service.actor import Actor
from service.errors import Invalid, NotAllowed, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.host_ticks import HostTick, requests_on_the_day, ticks_of
from service.storage.invitations import invitations_of
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.needs import AccessRequest, consents_of_people, needs_of_people
from service.vocabulary import vocabulary

LONGEST_NOTE: Final = 300
NOT_DELIVERED: Final = "request_not_delivered"


@dataclass(frozen=True, slots=True)
class HostSheet:
    """The sheet as it stands now: `extent` tells whether it can be seen at all, `ticks` what was said.

    `sharing` are the people whose needs are on it.
    """

    meeting: Meeting
    extent: Extent
    lines: ActionSheet
    ticks: Mapping[str, bool] = field(default_factory=dict)
    sharing: frozenset[UUID] = frozenset()
    may_tick: bool = False


async def sheet_for(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> HostSheet:
    """Give the sheet to somebody who runs the meeting; raises NotFound, or NotAllowed for anybody else."""
    require(actor, Permission.SEE_ACTION_LINES)
    meeting = await meeting_by_id(db, actor, meeting_id)
    if actor.person_id not in (meeting.lead_id, meeting.second_id):
        raise NotAllowed
    extent = what(Reader.FACILITATOR, Field.ACTION_LINES, now=now, slot=slot_of(meeting))
    if extent is Extent.NONE:
        return HostSheet(meeting, extent, ActionSheet((), ()))
    guests = await _guests(db, actor, meeting, now=now)
    ways = [offer.way for offer in meeting.offers]
    ticks = await ticks_of(db, actor, meeting.id)
    return HostSheet(
        meeting,
        extent,
        action_sheet(vocabulary(), list(guests.values()), ways=ways),
        {line: tick.is_done for line, tick in ticks.items()},
        frozenset(person_id for person_id, guest in guests.items() if guest.shares_actions),
        _is_the_day(meeting, now),
    )


async def tick(
    db: Db,
    actor: Actor,
    meeting_id: UUID,
    said: Mapping[str, bool],
    note: str = "",
    *,
    now: datetime,
) -> None:
    """Write down which lines were done and which were not; lines that are not named stay as they were.

    Raises Refused before the day and once the sheet is closed, Invalid for a line that is not on the sheet.
    """
    sheet = await sheet_for(db, actor, meeting_id, now=now)
    if not sheet.may_tick:
        raise Refused("sheet-not-open")
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": "too-long"})
    shown = {line.mark: line for line in (*sheet.lines.asked, *sheet.lines.baseline)}
    if not said.keys() <= shown.keys():
        raise Invalid({"form": "sheet-changed"})
    kept = await ticks_of(db, actor, meeting_id)
    for mark, is_done in said.items():
        row = kept.get(mark) or HostTick(
            organisation_id=actor.organisation_id, meeting_id=meeting_id, line=mark
        )
        row.is_done, row.at, row.by = is_done, now, actor.person_id
        db.add(row)
    await db.flush()
    record(db, actor, "sheet.ticked", sheet.meeting, now=now, lines=len(said))
    await _settle(db, actor, sheet, said, note, now=now)


def slot_of(meeting: Meeting) -> Slot | None:
    """Give when a meeting is; None while nobody knows."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return None
    return Slot(meeting.starts_at, meeting.ends_at)


def _is_the_day(meeting: Meeting, now: datetime) -> bool:
    """Say whether the day of the meeting has begun where it is, and the sheet is still open."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return False
    has_begun = on_wall(now, meeting.zone).local.date() >= day_of(meeting).date()
    return has_begun and now <= meeting.ends_at + ACTIONS_AFTER


async def _settle(
    db: Db,
    actor: Actor,
    sheet: HostSheet,
    said: Mapping[str, bool],
    note: str,
    *,
    now: datetime,
) -> None:
    """Move on the requests behind what was asked for: done if every line of its term was."""
    by_code: dict[str, list[ActionLine]] = {}
    for line in (*sheet.lines.asked, *sheet.lines.baseline):
        by_code.setdefault(line.code, []).append(line)
    known = {**sheet.ticks, **said}
    went = {
        code: all(known[line.mark] for line in lines)
        for code, lines in by_code.items()
        if all(line.mark in known for line in lines)
    }
    meeting_id, people = sheet.meeting.id, sheet.sharing
    for request in await requests_on_the_day(db, actor, meeting_id, list(went), people):
        await _take(db, actor, request, note, is_done=went[request.code], now=now)


async def _take(
    db: Db, actor: Actor, request: AccessRequest, note: str, *, is_done: bool, now: datetime
) -> None:
    given = Evidence(ticked=is_done, failure_note="" if is_done else note or "not done")
    facts = {} if is_done else {"note": note}
    if request.state is RequestState.CONFIRMED:
        step = Move(RequestState.ON_THE_DAY, Party.FACILITATOR, given, facts)
        move(db, actor, request, step, now=now)
    ends_at = request.meeting.ends_at
    if ends_at is None or now < ends_at:
        return
    outcome = RequestState.MET if is_done else RequestState.NOT_DELIVERED
    move(db, actor, request, Move(outcome, Party.FACILITATOR, given, facts), now=now)
    await settle_tasks(db, request)
    if not is_done:
        raise_request_task(db, request, NOT_DELIVERED, now=now)


async def _guests(db: Db, actor: Actor, meeting: Meeting, *, now: datetime) -> Mapping[UUID, Guest]:
    """Give those who come with what they need for this meeting, and whether hosts may be told."""
    invited = await invitations_of(db, actor, meeting.id)
    coming = [each for each in invited if each.answer in COMING]
    people = [each.person_id for each in coming]
    consents = await consents_of_people(db, actor.organisation_id, people)
    purposes = {each: agreed(consents.get(each, []), now) for each in people}
    day = day_of(meeting).date()
    needs: dict[UUID, list[ToldNeed]] = {}
    for need in await needs_of_people(db, actor.organisation_id, people):
        is_kept = Purpose.KEEP in purposes[need.person_id] or need.code in SAFETY
        if is_kept or day <= need.review_on:
            told = ToldNeed(need.code, need.strength, need.details)
            needs.setdefault(need.person_id, []).append(told)
    return {
        each.person_id: Guest(
            needs=tuple(needs.get(each.person_id, ())),
            way=each.way,
            shares_actions=Purpose.SHARE_ACTIONS in purposes[each.person_id],
        )
        for each in coming
    }
