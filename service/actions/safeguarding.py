"""The safeguarding lead's own store: facilitators and coordinators write into it, the lead alone reads it.

Each note is sealed with a key of its own, so that what a person does with their data does not touch it, and
what the lead destroys cannot be read in any back-up either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.actions.needs import Sealer
from service.actions.permissions import Permission, require
from service.actor import Actor, Role
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import meeting_row
from service.storage.messages import MessageKind, queue_mail
from service.storage.safeguarding import SafeguardingNote, note_by_id, sealed_parts
from service.storage.staff import staff_with_role
from service.storage.tasks import Task, TaskKind, overtake_tasks

#: What a note says, each part sealed by itself.
PARTS: Final = ("who", "facts", "words_used", "action")
NEEDED: Final = frozenset({"facts"})
LONGEST: Final = 4000
LONGEST_NAME: Final = 200
#: A note is about what has happened; a clock may be wrong by so much.
SLACK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody saw or was told. What they typed stays out of `repr`, so that no log can show it."""

    happened_at: datetime
    parts: Mapping[str, str] = field(repr=False)
    meeting_id: UUID | None = None

    def problems(self, now: datetime) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {name: "needed" for name in NEEDED if not self.parts.get(name, "").strip()}
        for name in PARTS:
            most = LONGEST_NAME if name == "who" else LONGEST
            if len(self.parts.get(name, "")) > most:
                found[name] = "too-long"
        if self.happened_at > now + SLACK:
            found["happened_on"] = "in-the-future"
        return found


async def write_note(
    db: Db, actor: Actor, sealer: Sealer, noted: Noted, *, now: datetime
) -> SafeguardingNote:
    """Keep a note and tell the lead that there is one; whoever writes it can never read it again.

    Raises Invalid with what is wrong, and NotFound for a session the actor may not see.
    """
    require(actor, Permission.WRITE_SAFEGUARDING)
    problems = noted.problems(now)
    if problems:
        raise Invalid(problems)
    if noted.meeting_id is not None:
        await meeting_row(db, actor, noted.meeting_id)
    note = SafeguardingNote(
        id=new_id(),
        organisation_id=actor.organisation_id,
        meeting_id=noted.meeting_id,
        written_by=actor.person_id,
        happened_at=noted.happened_at,
        created_at=now,
    )
    db.add(note)
    await db.flush()
    for name in PARTS:
        if noted.parts.get(name, "").strip():
            await sealer.seal(db, note, name, note.id, noted.parts[name].strip())
    db.add(_task(note, now))
    for lead in await staff_with_role(db, actor.organisation_id, Role.SAFEGUARDING):
        kind = MessageKind.NOTE_WAITING
        await queue_mail(db, lead.organisation_id, kind, lead.id, subject_id=note.id, now=now)
    record(db, actor, "safeguarding.written", note, now=now)
    return note


async def read_note(
    db: Db, actor: Actor, sealer: Sealer, note_id: UUID, *, now: datetime
) -> tuple[SafeguardingNote, Mapping[str, str]]:
    """Open a note for the lead: what it says, by part. Raises CannotOpen if its key is missing."""
    require(actor, Permission.READ_SAFEGUARDING)
    note = await note_by_id(db, actor, note_id)
    words = {name: await sealer.open(db, note, name) for name in await sealed_parts(db, note)}
    record(db, actor, "safeguarding.read", note, now=now)
    if note.read_at is None:
        note.read_at = now
        await overtake_tasks(db, Task.subject_id == note.id, Task.kind == TaskKind.SAFEGUARDING)
    return note, {name: words[name] for name in PARTS if name in words}


async def close_note(db: Db, actor: Actor, note_id: UUID, *, now: datetime) -> None:
    """Say that nothing more is to be done about a note; it stays until the lead destroys it."""
    require(actor, Permission.READ_SAFEGUARDING)
    note = await note_by_id(db, actor, note_id)
    if note.read_at is None:
        raise Refused("read-it-first")
    if note.closed_at is None:
        note.closed_at = now
        record(db, actor, "safeguarding.closed", note, now=now)


async def destroy_note(
    db: Db, actor: Actor, sealer: Sealer, note_id: UUID, *, now: datetime
) -> None:
    """Destroy what a closed note says, for good; that there was one stays in the audit."""
    require(actor, Permission.READ_SAFEGUARDING)
    note = await note_by_id(db, actor, note_id)
    if note.closed_at is None:
        raise Refused("close-it-first")
    for name in await sealed_parts(db, note):
        await sealer.forget(db, note, name)
    await sealer.destroy(note.id, note.organisation_id, now=now)
    record(db, actor, "safeguarding.destroyed", note, now=now)
    await db.delete(note)


def _task(note: SafeguardingNote, now: datetime) -> Task:
    return Task(
        organisation_id=note.organisation_id,
        kind=TaskKind.SAFEGUARDING,
        for_role=Role.SAFEGUARDING,
        once=f"{TaskKind.SAFEGUARDING}|{note.id}",
        subject_id=note.id,
        due_at=now,
        created_at=now,
    )
