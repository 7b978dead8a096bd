"""Before several dates change: what changes for how many people and dates; then it is saved as agreed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from scheduling.time import date_words
from service.actions.changing import Agreed, NotAgreed
from service.actions.plans import around_of
from service.actions.series.editing import ForeseenEdit, foresee_edit, save_edit
from service.actions.series.template import template_of
from service.actions.series.working_out import Edit
from service.errors import Conflict
from service.storage.series import Series
from service.web.answers import NOT_USABLE, page, see_other, sentences
from service.web.context import ACTOR, DB, NOW
from service.web.issuing import issuer_of
from service.web.pages.meetings import changing
from service.web.pages.meetings.words import people, told_lines
from service.web.pages.series.forms import SeriesChangeForm
from service.web.pages.series.words import dates, rows_of_series
from service.web.reading import typed
from service.web.words import say

PAGE = "series/confirm.html"
NOT_CARRIED = frozenset({"agreed", "back", "left_without", "series_version"})


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a change: the version seen (None: none yet), what was agreed, where its form goes."""

    version: int | None
    is_agreed: bool
    left_without: int
    action: str

    @classmethod
    def of(cls, form: SeriesChangeForm, action: str) -> Self:
        """Read it from what was sent."""
        return cls(form.series_version, bool(form.agreed), form.left_without or 0, action)


async def confirm_or_save(
    request: web.Request, series: Series, edit: Edit, look: Look
) -> web.Response:
    """Show what an edit would do; save it once that was agreed to."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    errors = {}
    if look.is_agreed and look.version is not None:
        agreed = Agreed(look.version, look.left_without)
        try:
            issuer = issuer_of(request)
            saved = await save_edit(db, actor, issuer, edit, agreed, now=now)
            return see_other(f"/series/{saved.id}", done="series-changed")
        except NotAgreed as problem:
            errors = sentences(problem)
    foreseen = await foresee_edit(db, actor, edit, now=now)
    # What was refused has already counted the version on; the answer undoes that.
    version = look.version if errors else foreseen.series.version
    if look.version not in (None, version):
        raise Conflict
    rows = _rows(foreseen)
    if not (rows or foreseen.changed or foreseen.made or foreseen.dropped):
        return see_other(f"/series/{series.id}", done="nothing-changed")
    return await page(
        request,
        PAGE,
        status=NOT_USABLE if errors else 200,
        errors=errors,
        **_facts(foreseen, rows, look.action),
        version=version,
        carried=changing.carried(await typed(request), but=NOT_CARRIED),
    )


def _rows(foreseen: ForeseenEdit) -> list[dict[str, object]]:
    """Give the lines of the plan that would read otherwise."""
    series = foreseen.series
    kind = series.kind.name
    before = rows_of_series(template_of(series), around_of(series), kind)
    old = {row.term: row.value for row in before}
    return [
        {"term": row.term, "value": row.value}
        for row in rows_of_series(foreseen.template, foreseen.around, kind)
        if old.get(row.term) != row.value and row.term != "First date"
    ]


def _facts(foreseen: ForeseenEdit, rows: list[dict[str, object]], action: str) -> dict[str, Any]:
    return {
        "title": "Before you save",
        "rows": rows,
        "counts": list(_counts(foreseen)),
        "told": told_lines(foreseen.forecast),
        "total": people(foreseen.forecast.total),
        "left_without": foreseen.left_without,
        "left_words": people(foreseen.left_without),
        "action": action,
    }


def _counts(foreseen: ForeseenEdit) -> Iterator[str]:
    """Say how many dates change, come, go, and stay as they are."""
    if foreseen.is_split:
        yield say("series.split", {"day": date_words(foreseen.first)})
    for count, code in (
        (foreseen.changed, "changed"),
        (foreseen.made, "made"),
        (foreseen.dropped, "dropped"),
        (foreseen.left_alone, "left-alone"),
    ):
        if count:
            number = "one" if count == 1 else "many"
            yield say(f"series.edit.{code}.{number}", {"dates": dates(count)})
