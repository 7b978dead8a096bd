"""Lending: to one person at a time, until a day; taking back, wiping, and for how much longer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update

from accessibility.kit import KitState, comes_back, must_be_wiped
from service.actions.lending.tasks import LATE, WIPE, raise_kit, settle_kit_tasks
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.kit import Loan
from service.storage.lending import Thing, asking_for_kit, thing_to_change, today_here
from service.storage.people import person_by_id

#: Nothing is lent for longer in one go; longer is asked for again.
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Lending:
    """To whom, until when, and with what."""

    person_id: UUID
    due_on: date
    with_charger: bool = False
    with_guide: bool = False


async def lend(db: Db, actor: Actor, kit_id: UUID, lending: Lending, *, now: datetime) -> Loan:
    """Lend a thing, or give it for good; raises Invalid, or Refused if it is not here to be lent."""
    require(actor, Permission.KEEP_KIT)
    thing = await thing_to_change(db, actor, kit_id)
    today = await today_here(db, actor, now)
    _check_can_be_lent(thing, today)
    is_lent = comes_back(thing.item.kind)
    if is_lent:
        _check_day(lending.due_on, today)
    person = await person_by_id(db, actor, lending.person_id)
    asked = await asking_for_kit(db, actor, now, person_id=person.id)
    loan = Loan(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kit_id=kit_id,
        person_id=person.id,
        request_id=asked[0].id if asked else None,
        lent_at=now,
        lent_by=actor.person_id,
        due_on=lending.due_on if is_lent else today,
        with_charger=lending.with_charger,
        with_guide=lending.with_guide,
    )
    db.add(loan)
    if not is_lent:
        thing.item.is_retired = True
    # Now, so that whoever lends the same thing at this moment is turned away here.
    await db.flush()
    record(db, actor, "kit.lent", loan, now=now, kit=kit_id, due_on=loan.due_on)
    return loan


async def lend_longer(db: Db, actor: Actor, kit_id: UUID, due_on: date, *, now: datetime) -> Loan:
    """Let somebody keep what they have until another day; raises Invalid or Refused."""
    require(actor, Permission.KEEP_KIT)
    thing = await thing_to_change(db, actor, kit_id)
    loan = _loan_that_is_out(thing)
    _check_day(due_on, await today_here(db, actor, now))
    loan.due_on = due_on
    await settle_kit_tasks(db, kit_id, LATE)
    record(db, actor, "kit.lent-longer", loan, now=now, due_on=due_on)
    return loan


async def take_back_thing(
    db: Db, actor: Actor, kit_id: UUID, *, is_wiped: bool, now: datetime
) -> Loan:
    """Write down that a thing is back, and whether it is wiped; a task stays until it is. Raises Refused."""
    require(actor, Permission.KEEP_KIT)
    thing = await thing_to_change(db, actor, kit_id)
    loan = _loan_that_is_out(thing)
    needs_wiping = must_be_wiped(thing.item.kind)
    wiped_at = now if needs_wiping and is_wiped else None
    back = (
        update(Loan)
        .where(Loan.id == loan.id, Loan.returned_at.is_(None))
        .values(returned_at=now, wiped_at=wiped_at)
    )
    if await changed_rows(db, back) != 1:
        raise Refused("kit-not-out")
    await settle_kit_tasks(db, kit_id, LATE)
    if needs_wiping and wiped_at is None:
        await raise_kit(db, loan, WIPE, now=now)
    record(db, actor, "kit.back", loan, now=now, is_wiped=wiped_at is not None)
    return loan


async def mark_wiped(db: Db, actor: Actor, kit_id: UUID, *, now: datetime) -> Loan:
    """Write down that a thing that came back is wiped, so that somebody else can have it."""
    require(actor, Permission.KEEP_KIT)
    thing = await thing_to_change(db, actor, kit_id)
    loan = thing.last
    if loan is None or thing.state(await today_here(db, actor, now)) is not KitState.TO_WIPE:
        raise Refused("nothing-to-wipe")
    loan.wiped_at = now
    await settle_kit_tasks(db, kit_id, WIPE)
    record(db, actor, "kit.wiped", loan, now=now)
    return loan


def _check_can_be_lent(thing: Thing, today: date) -> None:
    if not thing.item.is_lendable:
        raise Refused("kit-not-to-lend")
    match thing.state(today):
        case KitState.HERE:
            return
        case KitState.TO_WIPE:
            raise Refused("kit-to-wipe")
        case KitState.RETIRED:
            raise Refused("kit-retired")
        case _:
            raise Refused("kit-is-out")


def _check_day(due_on: date, today: date) -> None:
    if due_on < today:
        raise Invalid({"due_on": "in-the-past"})
    if due_on > today + LONGEST:
        raise Invalid({"due_on": "too-far"})


def _loan_that_is_out(thing: Thing) -> Loan:
    loan = thing.last
    if loan is None or loan.returned_at is not None or not comes_back(thing.item.kind):
        raise Refused("kit-not-out")
    return loan
