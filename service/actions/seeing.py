"""Who may see names on the pages of one meeting: `accessibility.disclosure`, asked for an actor."""

from collections.abc import Iterator
from datetime import datetime

from accessibility.disclosure import Extent, Field, Reader, what
from scheduling.time import Slot
from service.actions.permissions import Permission, may
from service.actor import Actor, Role
from service.storage.meetings import Meeting

READERS = {
    Role.COORDINATOR: Reader.COORDINATOR,
    Role.SAFEGUARDING: Reader.SAFEGUARDING,
    Role.DIRECTOR: Reader.DIRECTOR,
    Role.ADMIN: Reader.ADMIN,
}


def may_see_names(actor: Actor, meeting: Meeting, now: datetime) -> bool:
    """Say whether the actor may see who was invited, and their answers: facilitators until 14 days after."""
    slot = None
    if meeting.starts_at is not None and meeting.ends_at is not None:
        slot = Slot(meeting.starts_at, meeting.ends_at)
    return any(
        what(reader, Field.ATTENDANCE, now=now, slot=slot) is Extent.FULL
        for reader in _readers(actor, meeting)
    )


def may_see_who_waits(actor: Actor) -> bool:
    """Say whether the actor may know who waits for a place; to the others they are a number."""
    return may(actor, Permission.KEEP_PEOPLE) or may(actor, Permission.ANSWER_FOR)


def is_their_own(actor: Actor, meeting: Meeting) -> bool:
    """Say whether the actor leads the meeting, helps with it or made it."""
    return actor.person_id in {meeting.lead_id, meeting.second_id, meeting.created_by} - {None}


def _readers(actor: Actor, meeting: Meeting) -> Iterator[Reader]:
    if actor.has(Role.FACILITATOR) and is_their_own(actor, meeting):
        yield Reader.FACILITATOR
    yield from (reader for role, reader in READERS.items() if actor.has(role))
