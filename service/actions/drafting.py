"""Drafts: begun with a kind, filled in part by part, copied from another meeting, or thrown away."""

import secrets
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import delete

from scheduling.meeting import MeetingState
from scheduling.ways import EASE, Way
from service.actions.inviting import Issuer
from service.actions.permissions import Permission, require
from service.actions.planning import (
    apply_details,
    around_named,
    check_details,
    possible_hosts,
    within_line,
    within_places,
)
from service.actions.plans import Details
from service.actor import Actor
from service.errors import Refused
from service.identifiers import new_id
from service.keys import ALPHABET
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.kinds import Kind, kind_by_id
from service.storage.meetings import (
    Meeting,
    Offer,
    claim_version,
    meeting_by_id,
)
from service.storage.organisations import organisation_by_id
from service.storage.planned import PhoneJoining

ROOM_LETTERS, ROOM_PARTS = 5, 4


async def start_draft(db: Db, actor: Actor, kind_id: UUID, *, now: datetime) -> Meeting:
    """Begin a meeting of a kind, with the kind's defaults; its room is named at once."""
    require(actor, Permission.PLAN_MEETINGS)
    kind = await kind_by_id(db, actor, kind_id)
    organisation = await organisation_by_id(db, actor.organisation_id)
    hosts = {person.id: person for person in await possible_hosts(db, actor)}
    lead = hosts.get(actor.person_id) if actor.person_id else None
    meeting = Meeting(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=kind,
        state=MeetingState.DRAFT,
        version=1,
        zone=organisation.zone,
        minutes=kind.minutes,
        neutral_title=kind.neutral_title,
        real_title="",
        is_open=kind.is_open,
        is_public=kind.is_public,
        lead=lead,
        help_phone=organisation.contact_phone,
        phone_joining=PhoneJoining.RING,
        dial_number=organisation.dial_in_number,
        room_name=new_room_name(),
        created_by=actor.person_id,
        created_at=now,
        offers=_usual_offers(kind),
    )
    db.add(meeting)
    await db.flush()
    record(db, actor, "meeting.begun", meeting, now=now, kind=kind.code)
    return meeting


async def change_kind(
    db: Db, actor: Actor, meeting_id: UUID, kind_id: UUID, *, now: datetime
) -> Meeting:
    """Make a draft one of another kind: length, ways and neutral title become that kind's."""
    meeting = await _draft(db, actor, meeting_id)
    kind = await kind_by_id(db, actor, kind_id)
    if kind.id == meeting.kind_id:
        return meeting
    if meeting.neutral_title in ("", meeting.kind.neutral_title):
        meeting.neutral_title = kind.neutral_title
    meeting.kind, meeting.is_open, meeting.minutes = kind, kind.is_open, kind.minutes
    meeting.is_public = kind.is_public
    meeting.offers.clear()
    await db.flush()
    meeting.offers.extend(_usual_offers(kind, organisation_id=meeting.organisation_id))
    record(db, actor, "meeting.kind-chosen", meeting, now=now, kind=kind.code)
    return meeting


async def save_draft(
    db: Db, actor: Actor, meeting_id: UUID, details: Details, *, now: datetime
) -> Meeting:
    """Keep what was planned so far; nobody is told.

    Raises Invalid or Refused for what can never be, Conflict if somebody saves it at this very moment.
    """
    meeting = await _draft(db, actor, meeting_id)
    around = await around_named(db, actor, meeting, details)
    details = within_line(meeting, within_places(details, around), around.line)
    check_details(meeting, details, around, now=now)
    changed = apply_details(meeting, details, around)
    if changed:
        await claim_version(db, meeting, meeting.version)
        record(db, actor, "meeting.planned", meeting, now=now, fields=" ".join(changed))
    await db.flush()
    return meeting


async def copy_meeting(
    db: Db, actor: Actor, issuer: Issuer, meeting_id: UUID, *, now: datetime
) -> Meeting:
    """Begin a draft with the settings and people of another meeting: without a day, room or PIN."""
    require(actor, Permission.PLAN_MEETINGS)
    old = await meeting_by_id(db, actor, meeting_id)
    copy = Meeting(
        id=new_id(),
        organisation_id=old.organisation_id,
        kind=old.kind,
        state=MeetingState.DRAFT,
        version=1,
        zone=old.zone,
        minutes=old.minutes,
        neutral_title=old.neutral_title,
        real_title=old.real_title,
        is_open=old.kind.is_open,
        is_public=old.is_public,
        about=old.about,
        lead=old.lead,
        second=old.second,
        place=old.place,
        outdoor_place=old.outdoor_place,
        no_remote_reason=old.no_remote_reason,
        help_phone=old.help_phone,
        phone_joining=old.phone_joining,
        dial_number="" if old.room_pin else old.dial_number,
        room_name=new_room_name(),
        created_by=actor.person_id,
        created_at=now,
        offers=[_offer(old.organisation_id, each.way, each.places) for each in old.offers],
    )
    db.add(copy)
    await db.flush()
    people = [each.person for each in await invitations_of(db, actor, old.id)]
    there = [person for person in people if person.left_at is None]
    db.add_all(issuer.invitation(copy, person, now=now) for person in there)
    await db.flush()
    record(db, actor, "meeting.copied", copy, now=now, from_meeting=old.id)
    return copy


async def throw_away(db: Db, actor: Actor, meeting_id: UUID, *, now: datetime) -> None:
    """Delete a draft with all that hangs on it. Nobody was told of it, so nobody is told."""
    meeting = await _draft(db, actor, meeting_id)
    record(db, actor, "meeting.thrown-away", meeting, now=now)
    await db.execute(delete(Meeting).where(Meeting.id == meeting.id))


def new_room_name() -> str:
    """Make the name of a meeting's online room: random, short parts, 100 bits."""
    letters = (
        ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(ROOM_LETTERS * ROOM_PARTS)
    )
    return "-".join("".join(islice(letters, ROOM_LETTERS)) for _ in range(ROOM_PARTS))


def _usual_offers(kind: Kind, organisation_id: UUID | None = None) -> list[Offer]:
    owner = organisation_id or kind.organisation_id
    return [_offer(owner, way, kind.ways[way]) for way in EASE if way in kind.ways]


def _offer(organisation_id: UUID, way: Way, places: int | None) -> Offer:
    return Offer(organisation_id=organisation_id, way=way, places=places, seats=places, taken=0)


async def _draft(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_by_id(db, actor, meeting_id)
    if meeting.state is not MeetingState.DRAFT:
        raise Refused("not-a-draft")
    return meeting
