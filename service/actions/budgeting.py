"""Setting money aside for access, apart from what sessions cost, and what is left of it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accessibility.money import MOST_PENCE
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.budgets import budget_by_id, budget_on, overlapping_budget, spoken_for
from service.storage.own_terms import AccessBudget

LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class BudgetDetails:
    """So much money, from one day to another, both counted."""

    starts_on: date
    ends_on: date
    pence: int
    words: str = ""

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {}
        if self.ends_on < self.starts_on:
            found["ends_on"] = "before-start"
        if not 0 <= self.pence <= MOST_PENCE:
            found["amount"] = "not-money"
        if len(self.words) > LONGEST_WORDS:
            found["words"] = "too-long"
        return found


@dataclass(frozen=True, slots=True)
class Left:
    """What is set aside, and what of it is spent or spoken for, in pence; less than nothing may be left."""

    budget: AccessBudget
    spent: int

    @property
    def pence(self) -> int:
        """Say what is left."""
        return self.budget.pence - self.spent


async def set_budget(
    db: Db, actor: Actor, details: BudgetDetails, *, now: datetime, budget_id: UUID | None = None
) -> AccessBudget:
    """Set money aside, or change what is; raises Invalid, also where two would count for the same day."""
    require(actor, Permission.KEEP_BUDGET)
    problems = details.problems()
    other = await overlapping_budget(db, actor, details.starts_on, details.ends_on, but=budget_id)
    if other is not None:
        problems.setdefault("starts_on", "overlaps")
    if problems:
        raise Invalid(problems)
    if budget_id is None:
        budget = AccessBudget(id=new_id(), organisation_id=actor.organisation_id)
        db.add(budget)
    else:
        budget = await budget_by_id(db, actor, budget_id)
    budget.starts_on, budget.ends_on = details.starts_on, details.ends_on
    budget.pence, budget.words = details.pence, details.words
    record(db, actor, "budget.set", budget, now=now, pence=details.pence)
    return budget


async def left_on(db: Db, actor: Actor, day: date, zone: str) -> Left | None:
    """Say what is left of the budget for a day; None if none is set. For coordinators and directors."""
    require(actor, Permission.SEE_REQUESTS)
    budget = await budget_on(db, actor, day)
    return await left_of(db, actor, budget, zone) if budget is not None else None


async def left_of(db: Db, actor: Actor, budget: AccessBudget, zone: str) -> Left:
    """Say what is left of a budget, whatever the day."""
    require(actor, Permission.SEE_REQUESTS)
    sums = await spoken_for(db, actor, (budget.starts_on, budget.ends_on), zone)
    return Left(budget, sum(sums.values()))
