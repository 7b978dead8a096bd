"""Money set aside for access, and who asked for what and what it cost: for directors, without names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from accessibility.disclosure import shown_count
from accessibility.money import pounds
from scheduling.time import date_words
from service.actions.budgeting import BudgetDetails, Left, left_of, set_budget
from service.errors import Invalid
from service.storage.budgets import asked_in, budget_by_id, budgets_of, spoken_for
from service.storage.own_terms import AccessBudget
from service.vocabulary import vocabulary
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.pages.requests.money_boxes import Pence, typed_pounds
from service.web.pages.requests.queue import today_at
from service.web.reading import Day, Form, Lines, read_form, read_id, read_query, typed
from service.web.words import say

#: The last budgets are shown with what is left of them; those before are history.
SHOWN = 3


class BudgetForm(Form):
    """How much, from when to when."""

    amount: Pence
    starts_on: Day
    ends_on: Day
    words: Annotated[Lines, Field(max_length=500)] = ""

    def details(self) -> BudgetDetails:
        """Give what is to be kept."""
        return BudgetDetails(self.starts_on, self.ends_on, self.amount, self.words)


class YearQuery(Form):
    """Which year is looked at. Only whole years: two spans that overlap would tell on single people."""

    year: Annotated[int | None, Field(ge=2000, le=2199)] = None


async def budget_page(request: web.Request) -> web.Response:
    """Show what is set aside and what is left, and a form to set more aside."""
    return await page(request, "budget/budget.html", **await _budget_facts(request))


async def add_budget(request: web.Request) -> web.StreamResponse:
    """Set money aside."""
    return await _save(request, None)


async def edit_budget(request: web.Request) -> web.Response:
    """Show the form with what is set aside."""
    return await page(request, "budget/edit.html", **await _edit_facts(request))


async def change_budget(request: web.Request) -> web.StreamResponse:
    """Change what is set aside."""
    budget = await budget_by_id(request[DB], request[ACTOR], read_id(request))
    return await _save(request, budget.id)


async def numbers(request: web.Request) -> web.Response:
    """Show how many asked for what in a year, and what it cost; small numbers are hidden."""
    this_year = today_at(request).today.year
    year = read_query(request, YearQuery).year or this_year
    days = (date(year, 1, 1), date(year, 12, 31))
    db, actor, zone = request[DB], request[ACTOR], request[HOUSE].zone
    asked = await asked_in(db, actor, days, zone)
    return await page(
        request,
        "budget/numbers.html",
        title=say("numbers.title"),
        rows=_by_category(asked, await spoken_for(db, actor, days, zone)),
        year=year,
        years=[
            {"value": str(each), "word": str(each)}
            for each in range(this_year + 1, this_year - 4, -1)
        ],
    )


async def _save(request: web.Request, budget_id: UUID | None) -> web.StreamResponse:
    db, actor = request[DB], request[ACTOR]
    try:
        details = (await read_form(request, BudgetForm)).details()
        await set_budget(db, actor, details, now=request[NOW], budget_id=budget_id)
    except Invalid as problem:
        facts = await (_budget_facts(request) if budget_id is None else _edit_facts(request))
        template = "budget/budget.html" if budget_id is None else "budget/edit.html"
        return await again(request, template, problem, await typed(request), **facts)
    return see_other("/access-budget", done="budget-saved")


async def _budget_facts(request: web.Request) -> dict[str, Any]:
    db, actor, zone = request[DB], request[ACTOR], request[HOUSE].zone
    found = await budgets_of(db, actor)
    return {
        "title": say("budget.title"),
        "rows": [_row(await left_of(db, actor, each, zone)) for each in found[:SHOWN]],
    }


async def _edit_facts(request: web.Request) -> dict[str, Any]:
    budget = await budget_by_id(request[DB], request[ACTOR], read_id(request))
    return {
        "title": say("budget.change"),
        "budget": budget,
        "amount": typed_pounds(budget.pence),
    }


def _row(left: Left) -> Mapping[str, Any]:
    budget: AccessBudget = left.budget
    is_over = left.pence < 0
    return {
        "id": budget.id,
        "days": say(
            "budget.days",
            {"first": date_words(budget.starts_on), "last": date_words(budget.ends_on)},
        ),
        "words": budget.words,
        "all": pounds(budget.pence),
        "spent": pounds(left.spent),
        "left": pounds(abs(left.pence)),
        "is_over": is_over,
    }


def _by_category(
    asked: Sequence[tuple[str, UUID, int]], spent: Mapping[str, int]
) -> Sequence[Mapping[str, Any]]:
    """Add up by category. Where fewer than five people asked, neither number nor cost is shown."""
    people, requests, pence = (
        defaultdict[str, set[UUID]](set),
        defaultdict[str, int](int),
        defaultdict[str, int](int),
    )
    for code, person, count in asked:
        category = vocabulary().term(code).category
        people[category].add(person)
        requests[category] += count
    for code, sum_of_code in spent.items():
        pence[vocabulary().term(code).category] += sum_of_code
    categories = dict.fromkeys(term.category for term in vocabulary().terms)
    return [
        _category_row(each, len(people[each]), requests[each], pence[each])
        for each in categories
        if each in people or each in pence
    ]


def _category_row(category: str, people: int, requests: int, pence: int) -> Mapping[str, Any]:
    is_shown = shown_count(people) is not None
    few = say("numbers.few")
    return {
        "word": say(f"numbers.{category}"),
        "people": str(people) if is_shown else few,
        "requests": str(requests) if is_shown else few,
        "cost": pounds(pence) if is_shown else say("numbers.hidden"),
    }
