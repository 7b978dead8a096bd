"""What each date of a series begins with, and the rule that makes them: read, checked and written.

The checks of a meeting's details are those of `planning`; here is only what a series has beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from scheduling.dates import DateKind
from scheduling.recurrence import Rule, first_on
from scheduling.series import DateRule, Decision, SeriesPlan
from scheduling.time import UnknownZone, zone_named
from service.actions.planning import (
    Part,
    around_named,
    check_details,
    within_line,
    within_places,
    write_details,
)
from service.actions.plans import Around, Details, details_of
from service.actions.readiness import Finding, findings_of
from service.actor import Actor
from service.errors import Invalid, Refused
from service.storage.base import Db
from service.storage.phone_lines import PhoneLine
from service.storage.series import Series, SeriesDate

MOST_WEEKS_AHEAD: Final = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """All that can be planned about a series. `details.starts_local` is its first date and the time of day."""

    details: Details
    zone: str
    rule: Rule | None
    ends_on: date | None
    weeks_ahead: int
    date_rules: Mapping[DateKind, DateRule]


def template_of(series: Series) -> Template:
    """Give what is planned of a series."""
    return Template(
        details=details_of(series),
        zone=series.zone,
        rule=series.rule,
        ends_on=series.ends_on,
        weeks_ahead=series.weeks_ahead,
        date_rules={DateKind(kind): DateRule(rule) for kind, rule in series.date_rules.items()},
    )


def plan_of_series(series: Series) -> SeriesPlan:
    """Give a series (its dates loaded) as the plan of its dates; raises Refused without a rule or a day."""
    return plan_with(series, template_of(series))


def plan_with(series: Series, template: Template) -> SeriesPlan:
    """Give a series as the plan of its dates with another template."""
    if template.rule is None:
        raise Refused("no-rule", field="rule")
    if template.details.starts_local is None:
        raise Refused("no-time", field="date")
    return SeriesPlan(
        rule=template.rule,
        first=template.details.starts_local,
        ends_on=template.ends_on,
        by_hand={each.on: decision_of(each) for each in series.dates if not each.because},
        date_rules=template.date_rules,
    )


def decision_of(row: SeriesDate) -> Decision:
    """Give what was decided about a date as a value."""
    because = DateKind(row.because) if row.because else None
    return Decision(row.choice, row.moved_to, because)


async def checked_template(
    db: Db, actor: Actor, series: Series, template: Template, *, now: datetime
) -> tuple[Template, Around]:
    """Put the first date on the rule, and refuse what can never be; raises Invalid or Refused."""
    template = _on_its_rule(template)
    _check_own(series, template)
    around = await around_named(db, actor, series, template.details)
    details = within_line(series, within_places(template.details, around), around.line)
    check_details(series, details, around, now=now)
    return replace(template, details=details), around


def apply_template(series: Series, template: Template, around: Around) -> tuple[str, ...]:
    """Write a template that was checked onto a series; names what differs, for the audit."""
    was = template_of(series)
    changed = [*write_details(series, template.details, around)]
    series.limits = {way.value: limit for way, limit in template.details.limits.items()}
    series.date_rules = {kind.value: rule.value for kind, rule in template.date_rules.items()}
    for name in ("zone", "rule", "ends_on", "weeks_ahead"):
        setattr(series, name, getattr(template, name))
    names = ("zone", "rule", "ends_on", "weeks_ahead", "date_rules")
    changed += [name for name in names if getattr(was, name) != getattr(template, name)]
    return tuple(changed)


def series_findings(
    series: Series, line: PhoneLine | None = None, *, now: datetime
) -> tuple[Finding, ...]:
    """List what stands in the way of starting a series (loaded whole), in the order of the pages.

    `line` is its `known_line`.
    """
    found = findings_of(series, line, now=now)
    if series.rule is None:
        found = (Finding("no-rule", Part.TIME, "rule"), *found)
    return tuple(sorted(found, key=lambda finding: list(Part).index(finding.part)))


def _on_its_rule(template: Template) -> Template:
    typed = template.details.starts_local
    if template.rule is None or typed is None:
        return template
    first = first_on(template.rule, typed)
    return replace(template, details=replace(template.details, starts_local=first))


def _check_own(series: Series, template: Template) -> None:
    """Refuse a zone nobody knows, an end before the beginning, and a window nobody means."""
    try:
        zone_named(template.zone)
    except UnknownZone as error:
        raise Invalid({"zone": "unknown-zone"}) from error
    if not 1 <= template.weeks_ahead <= MOST_WEEKS_AHEAD:
        raise Invalid({"weeks_ahead": "too-small" if template.weeks_ahead < 1 else "too-big"})
    first, ends_on = template.details.starts_local, template.ends_on
    is_new = (first, ends_on) != (series.starts_local, series.ends_on)
    if is_new and first is not None and ends_on is not None and ends_on < first.date():
        raise Invalid({"ends_on": "ends-before-first"})
