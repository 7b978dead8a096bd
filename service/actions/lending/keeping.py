"""Keeping kit: adding a thing, changing what is said of it, taking it out of use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.kit import KitKind, KitState
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.kit import KitItem
from service.storage.lending import name_is_taken, thing_to_change

LONGEST_NAME: Final = 100
LONGEST_NOTES: Final = 1000
#: What is nowhere but with somebody cannot be taken out of use.
AWAY: Final = frozenset({KitState.OUT, KitState.LATE})


@dataclass(frozen=True, slots=True)
class KitDetails:
    """What is said of a thing: its name tells it from others of its kind."""

    name: str
    is_lendable: bool = False
    notes: str = ""


async def add_thing(
    db: Db, actor: Actor, kind: KitKind, details: KitDetails, *, now: datetime
) -> KitItem:
    """Add a thing; raises Invalid for a name that is missing or taken."""
    require(actor, Permission.KEEP_KIT)
    await _check(db, actor, details)
    item = KitItem(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=kind,
        name=details.name,
        is_lendable=details.is_lendable,
        notes=details.notes,
        is_retired=False,
        created_at=now,
    )
    db.add(item)
    await db.flush()
    record(db, actor, "kit.added", item, now=now, kind=kind)
    return item


async def change_thing(
    db: Db, actor: Actor, kit_id: UUID, details: KitDetails, *, now: datetime
) -> KitItem:
    """Change what is said of a thing; what kind it is stays. Raises Invalid."""
    require(actor, Permission.KEEP_KIT)
    item = (await thing_to_change(db, actor, kit_id)).item
    await _check(db, actor, details, but=kit_id)
    item.name, item.notes = details.name, details.notes
    item.is_lendable = details.is_lendable
    record(db, actor, "kit.changed", item, now=now)
    return item


async def retire_thing(
    db: Db, actor: Actor, kit_id: UUID, *, is_retired: bool, now: datetime
) -> KitItem:
    """Take a thing out of use, or back into use; raises Refused while somebody has it."""
    require(actor, Permission.KEEP_KIT)
    thing = await thing_to_change(db, actor, kit_id)
    if thing.state(now.date()) in AWAY:
        raise Refused("kit-is-out")
    if thing.item.is_retired != is_retired:
        thing.item.is_retired = is_retired
        record(db, actor, "kit.retired", thing.item, now=now, is_retired=is_retired)
    return thing.item


async def _check(db: Db, actor: Actor, details: KitDetails, *, but: UUID | None = None) -> None:
    if not details.name:
        raise Invalid({"name": "needed"})
    if len(details.name) > LONGEST_NAME or len(details.notes) > LONGEST_NOTES:
        raise Invalid({"name" if len(details.name) > LONGEST_NAME else "notes": "too-long"})
    if await name_is_taken(db, actor, details.name, but=but):
        raise Invalid({"name": "taken"})
