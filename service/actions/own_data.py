"""Giving a person everything that is kept of them, their own words opened: by themselves, or at the desk.

What names somebody else stays out, and what keeps two people apart: a human looks at that when they ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accessibility.contact import KEEP_APART
from accessibility.disclosure import Field
from service.actions.needs import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Sealer,
    may_open_words,
)
from service.actions.permissions import Permission, require, require_for
from service.actions.telling import may_write_to
from service.actor import Actor, Door
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.looks import GIVEN, Look
from service.storage.own_data import (
    FEEDBACK,
    NEEDS,
    PARTS,
    PERSON,
    Part,
    lines_about,
    rows_of,
    sealed_rows,
)
from service.storage.people import Person
from service.vocabulary import vocabulary

Row = Mapping[str, Any]
#: What staff are shown of a person by giving them all of it.
SHOWN: Final = frozenset(
    {Field.ATTENDANCE, Field.ACTION_LINES, Field.OWN_WORDS, Field.CONTACT, Field.SAFE_CONTACT}
    | {Field.COST}
)
#: The parts with words that are sealed.
SEALED: Final = (NEEDS, FEEDBACK)


@dataclass(frozen=True, slots=True)
class OwnData:
    """All that is kept of a person: who they are and how they are reached, and the rows of each part."""

    person: Row
    parts: Mapping[str, Sequence[Row]]
    made_at: datetime


async def person_of_data(db: Db, actor: Actor, person_id: UUID) -> Person:
    """Give the person, also one who has left, if the actor may be given what is kept of them.

    Raises NotFound, and NotAllowed for anybody but themselves and the coordinator who looks after them.
    """
    if actor.door is Door.GUEST:
        require_for(actor, person_id)
    else:
        require(actor, Permission.ARRANGE)
    person = await db.get(Person, person_id)
    is_here = person is not None and person.organisation_id == actor.organisation_id
    if person is None or not is_here or person.erased_at is not None:
        raise NotFound
    if actor.door is not Door.GUEST and not may_open_words(actor, person):
        raise NotAllowed
    return person


async def give_own_data(
    db: Db, actor: Actor, sealer: Sealer, person_id: UUID, reason: str, *, now: datetime
) -> OwnData:
    """Collect everything for the person, and write down that it was given; at the desk, with a reason.

    Raises Refused for somebody who may only be contacted in the safe way and asks on their own page:
    whoever holds their phone could read it. Raises CannotOpen if their own words do not open.
    """
    person = await person_of_data(db, actor, person_id)
    is_own = actor.door is Door.GUEST
    if is_own and not await may_write_to(db, actor.organisation_id, person.id):
        raise Refused("ring-for-data")
    if not is_own and not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": "say-why"})
    facts = Look(SHOWN, reason=reason).facts(actor)
    record(db, actor, GIVEN, person, now=now, **facts)
    parts = {part.code: await _rows(db, actor, sealer, part, person.id) for part in PARTS}
    parts["lines"] = await lines_about(db, actor, person.id)
    kept = {name: value for name in PERSON if (value := getattr(person, name)) not in (None, "")}
    return OwnData(kept, {code: rows for code, rows in parts.items() if rows}, now)


async def _rows(db: Db, actor: Actor, sealer: Sealer, part: Part, person_id: UUID) -> Sequence[Row]:
    rows = await rows_of(db, actor, part, person_id)
    words = await _words(db, sealer, part, rows) if part in SEALED else {}
    return [_given(row, words.get(row["row"], {}) if words else {}) for row in rows]


async def _words(
    db: Db, sealer: Sealer, part: Part, rows: Sequence[Row]
) -> Mapping[UUID, Mapping[str, str]]:
    """Open what the person said, but not whom they must not meet."""
    told = [row["row"] for row in rows if row.get("code") != KEEP_APART]
    return await sealer.open_all(db, await sealed_rows(db, part.table, told)) if told else {}


def _given(row: Row, words: Mapping[str, str]) -> Row:
    """Give one row as the person is given it: with the words of the vocabulary, without what is empty."""
    found = {name: value for name, value in row.items() if name != "row"}
    code = found.get("code")
    if code is not None:
        found["what"] = vocabulary().term(code).label
    if code == KEEP_APART:
        found.pop("details", None)
    if words:
        found["words"] = dict(words)
    return {name: value for name, value in found.items() if value not in (None, "", {}, [])}
