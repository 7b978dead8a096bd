"""Check your answers: the whole series, who will be told what and when; then start it."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from scheduling.series import SeriesState
from service.actions.inviting import Outcome
from service.actions.plans import around_of
from service.actions.readiness import Finding, known_line
from service.actions.series.starting import Starting, foresee_starting, start_series
from service.actions.series.template import series_findings, template_of
from service.errors import Invalid, Refused
from service.storage.series import Series, series_by_id
from service.web.answers import NOT_USABLE, page, see_other, sentences
from service.web.context import ACTOR, DB, NOW
from service.web.issuing import issuer_of
from service.web.pages.meetings.words import PutRight, people, told_lines
from service.web.pages.series.parts import STEPS, SeriesPart
from service.web.pages.series.planning import plan_path
from service.web.pages.series.words import dates, rows_of_series, weeks
from service.web.reading import read_id
from service.web.words import say

PAGE = "series/check.html"
#: What is said while nothing can be foreseen: there is no rule or no first date yet.
NOT_TOLD: dict[str, Any] = {"told": [], "has_people": False, "invited": "", "dates_line": ""}
#: Fields that series ask for on another page than sessions do.
ON_RULE_PAGE = frozenset({"rule", "ends_on"})


async def check(request: web.Request) -> web.Response:
    """Show the whole plan of a draft with *Change* beside each line; once started, its page."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    try:
        starting = await foresee_starting(db, actor, read_id(request), now=now)
    except Refused:
        series = await series_by_id(db, actor, read_id(request))
        if series.state is not SeriesState.DRAFT:
            return see_other(f"/series/{series.id}")
        return await page(request, PAGE, **await _facts(request, series, None))
    return await page(request, PAGE, **await _facts(request, starting.series, starting))


async def start(request: web.Request) -> web.Response:
    """Start, or say what to put right first, or that the coordinator has to look at the list.

    Who pressed twice reads the same as who pressed once.
    """
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    series = await series_by_id(db, actor, read_id(request))
    if series.state is SeriesState.RUNNING:
        return see_other(f"/series/{series.id}", done="series-started")
    try:
        outcome = await start_series(db, actor, issuer_of(request), series.id, now=now)
    except (Invalid, Refused) as problem:
        is_ruled = series.rule is not None and series.starts_local is not None
        starting = await foresee_starting(db, actor, series.id, now=now) if is_ruled else None
        facts = await _facts(request, series, starting) | {
            "refused": list(sentences(problem).values())
        }
        return await page(request, PAGE, status=NOT_USABLE, **facts)
    if outcome is Outcome.WAITS:
        return see_other(plan_path(series, SeriesPart.CHECK), done="series-ask-coordinator")
    return see_other(f"/series/{series.id}", done="series-started")


async def _facts(request: web.Request, series: Series, starting: Starting | None) -> dict[str, Any]:
    line = await known_line(request[DB], series)
    findings = series_findings(series, line, now=request[NOW])
    told = _told(starting, series) if starting else NOT_TOLD
    return {
        "title": "Check your answers",
        "series": series,
        "rows": _rows(series, told),
        "findings": put_right(series, findings),
        "refused": [],
        "back": plan_path(series, SeriesPart.WORDS),
        "step": STEPS,
        "steps": STEPS,
        **told,
    }


def _rows(series: Series, told: dict[str, Any]) -> list[dict[str, object]]:
    """Give the lines of the plan, the dates and the people where their pages stand."""
    rows = rows_of_series(template_of(series), around_of(series), series.kind.name)
    lines: list[tuple[SeriesPart, str, str | list[str]]] = [
        (row.part, row.term, row.value) for row in rows
    ]
    at = next(at for at, row in enumerate(rows) if row.part is SeriesPart.DATES)
    lines.insert(
        at, (SeriesPart.DATES, "Dates in the next 18 months", told["dates_line"] or "None yet")
    )
    lines.insert(-1, (SeriesPart.PEOPLE, "People invited to every date", told["invited"]))
    return [
        {"term": term, "value": value, "href": f"{plan_path(series, part)}?then=check"}
        for part, term, value in lines
    ]


def put_right(series: Series, findings: Sequence[Finding]) -> list[PutRight]:
    """Say what must be put right before starting, each with the page to do it on."""
    found = []
    for each in findings:
        in_rule = each.field_name in ON_RULE_PAGE
        part = SeriesPart.RULE if in_rule else SeriesPart(each.part.value)
        at = f"#f-{each.field_name}" if each.field_name else ""
        found.append(PutRight(say(each.code), f"{plan_path(series, part)}?then=check{at}"))
    return found


def _told(starting: Starting, series: Series) -> dict[str, Any]:
    """Say who hears of how many dates now, and when the others are told."""
    skipped = [f"{dates(starting.skipped)} skipped"] if starting.skipped else []
    moved = [f"{dates(starting.moved)} moved"] if starting.moved else []
    later = starting.dates - starting.told_now
    return {
        "dates_line": [dates(starting.dates), *skipped, *moved],
        "invited": people(starting.people) if starting.people else "Nobody yet",
        "has_people": bool(starting.people),
        "told": told_lines(starting.forecast),
        "now_dates": dates(starting.told_now),
        "later_dates": dates(later) if later > 0 else "",
        "weeks": weeks(series.weeks_ahead),
    }
