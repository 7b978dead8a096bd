"""Whoever presses "Join now", found by their link in one look: what decides, and what a token says."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from scheduling.answers import Answer
from scheduling.joining import Standing
from scheduling.meeting import MeetingState
from scheduling.online import JoinChoice
from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.hot import Query
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.rota import Duty
from service.storage.servers import JitsiServer

#: By the hash of an invitation's link. Rows are reached by their keys alone, and each at most once. Whether
#: all places online are taken is not asked: it is told only to those who have none.
COMER_BY_LINK = Query(
    "SELECT i.id, i.organisation_id, i.person_id, p.chosen_name, p.join_choices, m.room_name, "
    "i.removed_at IS NULL AND p.left_at IS NULL, m.state, m.starts_at, m.ends_at, i.answer, i.way, "
    "o.server_id, s.version "
    "FROM invitations i JOIN people p ON p.id = i.person_id JOIN meetings m ON m.id = i.meeting_id "
    "JOIN organisations o ON o.id = i.organisation_id "
    "LEFT JOIN jitsi_servers s ON s.id = o.server_id "
    "WHERE i.link_hash = $1"
)


class Comer(NamedTuple):
    """Who presses: how they are called and like to come in, and where to. Identifiers are hexadecimal."""

    invitation: str
    organisation: str
    person: str
    name: str
    choices: frozenset[JoinChoice]
    room: str
    standing: Standing
    server_id: UUID | None
    server_version: int


def comer_of(row: Sequence[Any]) -> Comer:
    """Read what a driver gave; on SQLite identifiers and times are text."""
    invitation, organisation, person, name, choices, room, *rest = row
    is_listed, state, starts_at, ends_at, answer, way, server_id, version = rest
    return Comer(
        _hex(invitation),
        _hex(organisation),
        _hex(person),
        name,
        _choices(choices),
        room,
        Standing(
            bool(is_listed),
            _STATES[state],
            _instant(starts_at),
            _instant(ends_at),
            _ANSWERS[answer],
            _WAYS[way],
            is_full=False,
        ),
        _id(server_id) if server_id else None,
        version or 0,
    )


class RoomToOpen(NamedTuple):
    """A meeting's room as its hosts open it; `hosts` are all who may."""

    meeting: Meeting
    hosts: frozenset[UUID]
    server_id: UUID | None
    server_version: int


async def room_to_open(db: Db, actor: Actor, meeting_id: UUID) -> RoomToOpen:
    """Give the room of a meeting of the organisation, whoever hosts it; raises NotFound.

    Hosts are the lead, the co-facilitator and whoever looks after those who join from elsewhere.
    """
    buddy = Duty.role == MeetingRole.REMOTE_BUDDY
    query = (
        select(Meeting, Duty.person_id, Organisation.server_id, JitsiServer.version)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .outerjoin(JitsiServer, JitsiServer.id == Organisation.server_id)
        .outerjoin(Duty, (Duty.meeting_id == Meeting.id) & buddy)
        .where(Meeting.organisation_id == actor.organisation_id, Meeting.id == meeting_id)
    )
    row = (await db.execute(query)).first()
    if row is None:
        raise NotFound
    meeting, buddy_id, server_id, version = row
    hosts = (meeting.lead_id, meeting.second_id, buddy_id)
    return RoomToOpen(meeting, frozenset(filter(None, hosts)), server_id, version or 0)


async def remember_choices(db: Db, person_id: UUID, choices: Sequence[JoinChoice]) -> None:
    """Keep how somebody likes to come in, for the next time."""
    mine = update(Person).where(Person.id == person_id)
    await db.execute(mine.values(join_choices=[choice.value for choice in choices]))


def known_choices(values: Sequence[str]) -> frozenset[JoinChoice]:
    """Read choices as they are kept; one that is not known any more is none."""
    return frozenset(choice for choice in JoinChoice if choice.value in values)


# Looked up here, because calling an enumeration takes longer than all else that is done with the row.
_STATES = {each.value: each for each in MeetingState}
_ANSWERS = {each.value: each for each in Answer}
_WAYS = {each.value: each for each in Way} | {None: None}


@lru_cache(maxsize=64)
def _choices(kept: str) -> frozenset[JoinChoice]:
    return known_choices(json.loads(kept))


@lru_cache(maxsize=64)
def _id(value: str | UUID) -> UUID:
    """Give an identifier of which there are few, such as a server's."""
    return UUID(value) if isinstance(value, str) else value


def _hex(value: str | UUID) -> str:
    return value if isinstance(value, str) else value.hex


@lru_cache(maxsize=64)
def _instant(value: str | datetime | None) -> datetime | None:
    """Give an instant; those who press in one minute mostly come to the same meeting."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
