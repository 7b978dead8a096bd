"""What a facilitator is to do for people in her own meeting: action lines, no names, no reasons."""

from datetime import datetime
from typing import Any

from aiohttp import web

from accessibility.consent import Purpose
from accessibility.disclosure import ACTIONS_BEFORE, Extent, Field, Reader, what
from accessibility.needs import Need as ToldNeed
from accessibility.wording import ActionSheet, Guest, action_sheet, people_words
from scheduling.time import Slot, long_date, span_words
from service.actions.consenting import SAFETY, agreed
from service.actions.requests import COMING, day_of
from service.actor import Actor
from service.errors import NotAllowed
from service.storage.base import Db
from service.storage.invitations import Invitation, invitations_of
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.needs import consents_of_people, needs_of_people
from service.vocabulary import vocabulary
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.reading import read_id
from service.web.words import say


async def sheet(request: web.Request) -> web.Response:
    """Show the sheet to those who run the meeting, from 7 days before to 2 days after."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    meeting = await meeting_by_id(db, actor, read_id(request))
    if actor.person_id not in (meeting.lead_id, meeting.second_id):
        raise NotAllowed
    slot = _slot(meeting)
    extent = what(Reader.FACILITATOR, Field.ACTION_LINES, now=now, slot=slot)
    facts: dict[str, Any] = {
        "title": say("sheet.title"),
        "session": meeting.neutral_title,
        "when": _when(meeting, slot),
        "meeting_id": meeting.id,
    }
    if extent is Extent.NONE:
        return await page(request, "requests/not_now.html", words=_why_not(meeting, now), **facts)
    note_shown(request, Field.ACTION_LINES, meeting_id=meeting.id)
    return await page(
        request,
        "requests/sheet.html",
        sheet=await _sheet(db, actor, meeting, now),
        people_words=people_words,
        **facts,
    )


async def _sheet(db: Db, actor: Actor, meeting: Meeting, now: datetime) -> ActionSheet:
    coming = [
        invitation
        for invitation in await invitations_of(db, actor, meeting.id)
        if invitation.answer in COMING
    ]
    guests = await _guests(db, actor, meeting, coming, now=now)
    return action_sheet(vocabulary(), guests, ways=[offer.way for offer in meeting.offers])


async def _guests(
    db: Db, actor: Actor, meeting: Meeting, coming: list[Invitation], *, now: datetime
) -> list[Guest]:
    """Give those who come with what they need for this meeting, and whether it may be shared."""
    people = [invitation.person_id for invitation in coming]
    consents = await consents_of_people(db, actor.organisation_id, people)
    day = day_of(meeting).date()
    needs: dict[object, list[ToldNeed]] = {}
    for need in await needs_of_people(db, actor.organisation_id, people):
        keeps = Purpose.KEEP in agreed(consents.get(need.person_id, []), now)
        if keeps or need.code in SAFETY or day <= need.review_on:
            told = ToldNeed(need.code, need.strength, need.details)
            needs.setdefault(need.person_id, []).append(told)
    return [
        Guest(
            needs=tuple(needs.get(invitation.person_id, ())),
            way=invitation.way,
            shares_actions=Purpose.SHARE_ACTIONS
            in agreed(consents.get(invitation.person_id, []), now),
        )
        for invitation in coming
    ]


def _slot(meeting: Meeting) -> Slot | None:
    if meeting.starts_at is None or meeting.ends_at is None:
        return None
    return Slot(meeting.starts_at, meeting.ends_at)


def _when(meeting: Meeting, slot: Slot | None) -> str:
    if slot is None:
        return ""
    return span_words(slot, meeting.zone)


def _why_not(meeting: Meeting, now: datetime) -> str:
    """Say from when the sheet can be seen, or that its time is over."""
    if meeting.starts_at is None:
        return say("sheet.no-date")
    if now < meeting.starts_at:
        first = long_date(meeting.starts_at - ACTIONS_BEFORE, meeting.zone)
        return say("sheet.early", {"day": first})
    return say("sheet.late")
