"""People from a sheet, in two steps: what would change, then exactly that. And all people as a sheet."""

from collections.abc import Sequence
from datetime import datetime

from accessibility.disclosure import Field
from service.actions.csv_people import read_sheet, write_sheet
from service.actions.import_plan import Around, ImportPlan, cells_of, plan_of_sheet
from service.actions.people import add_checked, change_checked, details_of
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.looks import EXPORTED, Look
from service.storage.organisations import lock_organisation
from service.storage.people import Person, all_people, gone_references
from service.storage.staff import active_staff_ids
from service.storage.tasks import let_go_of_addresses


async def plan_import(db: Db, actor: Actor, text: str) -> ImportPlan:
    """Say what an import of this sheet would do, and do nothing; raises BadSheet."""
    require(actor, Permission.MOVE_PEOPLE)
    return (await _plan(db, actor, text, is_locked=False))[0]


async def import_people(
    db: Db, actor: Actor, text: str, fingerprint: str, *, now: datetime
) -> ImportPlan:
    """Do exactly what the plan with this fingerprint said; raises Refused if it would be something else."""
    require(actor, Permission.MOVE_PEOPLE)
    await lock_organisation(db, actor.organisation_id)
    plan, people = await _plan(db, actor, text, is_locked=True)
    if plan.fingerprint != fingerprint:
        raise Refused("import-changed")
    by_id = {person.id: person for person in people}
    for planned in plan.new:
        add_checked(db, actor, planned.details, now=now)
    for planned in plan.changed:
        if planned.person_id is not None:
            change_checked(db, actor, by_id[planned.person_id], planned.details, now=now)
    await db.flush()
    await let_go_of_addresses(db, list(by_id))
    counts = {"new": len(plan.new), "changed": len(plan.changed), "refused": len(plan.refused)}
    record(db, actor, "people.imported", None, now=now, **counts)
    return plan


async def export_people(db: Db, actor: Actor, *, now: datetime) -> str:
    """Give all people as CSV that `plan_import` would call unchanged; written down in the audit."""
    require(actor, Permission.MOVE_PEOPLE)
    people = await all_people(db, actor)
    look = Look(frozenset({Field.CONTACT}), count=len(people))
    record(db, actor, EXPORTED, None, now=now, **look.facts(actor))
    return write_sheet(cells_of(details_of(person)) | {"id": str(person.id)} for person in people)


async def _plan(
    db: Db, actor: Actor, text: str, *, is_locked: bool
) -> tuple[ImportPlan, Sequence[Person]]:
    sheet = read_sheet(text)
    people = await all_people(db, actor, is_locked=is_locked)
    staff = await active_staff_ids(db, actor.organisation_id)
    gone = await gone_references(db, actor)
    return plan_of_sheet(sheet, Around(actor, people, staff, gone)), people
