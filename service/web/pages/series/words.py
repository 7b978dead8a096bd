"""A series put in words for staff pages: its rule, its plan as lines, and how many of what."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.recurrence import instant_of
from scheduling.rule_words import rule_words
from scheduling.series import DateRule, SeriesState
from scheduling.time import Slot, WallTime, clock_words, date_words
from service.actions.plans import Around
from service.actions.series.template import Template
from service.storage.series import Series
from service.web.pages.meetings.words import NOT_GIVEN, length_words, rows_below
from service.web.pages.series.forms import kinds_by_rule
from service.web.pages.series.parts import SeriesPart
from service.web.words import say

STATE_FLAGS = {
    SeriesState.DRAFT: ("plain", "Draft"),
    SeriesState.ENDED: ("plain", "Ended"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a series: which page it belongs to, what it is, and how it stands."""

    part: SeriesPart
    term: str
    value: str | list[str]


def name_of(series: Series) -> str:
    """Give the name staff know a series by: its real title, or the neutral one, or its kind."""
    return series.real_title or series.neutral_title or series.kind.name


def often(template: Template) -> str:
    """Say how often a series comes: "Every second Thursday of the month"."""
    starts = template.details.starts_local
    if template.rule is None or starts is None:
        return NOT_GIVEN
    words = rule_words(template.rule, starts.date())
    return f"{words[:1].upper()}{words[1:]}"


def hours(template: Template) -> str:
    """Say from when until when each date is: "1pm to 3pm"."""
    starts = template.details.starts_local
    if starts is None:
        return ""
    return span_of(starts, template.details.minutes, template.zone)


def span_of(starts: datetime, minutes: int, zone: str) -> str:
    """Say from when until when something on the wall clock is."""
    slot = Slot.of(instant_of(WallTime(starts, zone)), minutes)
    return " to ".join(clock_words(each, zone) for each in (slot.starts_at, slot.ends_at))


def rows_of_series(template: Template, around: Around, kind_name: str) -> list[Line]:
    """Give a series as lines, in the order of its pages."""
    starts = template.details.starts_local
    return [
        Line(SeriesPart.KIND, "Kind", kind_name),
        Line(SeriesPart.TIME, "First date", date_words(starts) if starts else NOT_GIVEN),
        Line(SeriesPart.TIME, "Time", _time(template)),
        Line(SeriesPart.RULE, "How often", often(template)),
        Line(SeriesPart.RULE, "Last date", until(template)),
        Line(SeriesPart.DATES, "Holidays and feasts", by_rule_lines(template)),
        *(
            Line(SeriesPart(row.part), row.term, row.value)
            for row in rows_below(template.details, around, of_series=True)
        ),
        Line(SeriesPart.HEAR, "When people hear", hears(template)),
    ]


def until(template: Template) -> str:
    """Say when a series ends."""
    if template.ends_on is None:
        return "It goes on until you end it"
    return f"Not after {date_words(template.ends_on)}"


def hears(template: Template) -> list[str]:
    """Say when people hear of a date."""
    return [f"{weeks(template.weeks_ahead)} before each date", "and always of the next two dates"]


def by_rule_lines(template: Template) -> list[str]:
    """Say what becomes of dates that fall on something."""
    return [
        f"{say(f'series.by-rule.{kind}')}: {rule_choice(template.date_rules.get(kind))}"
        for kind in kinds_by_rule(template)
    ]


def rule_choice(rule: DateRule | None) -> str:
    """Say what becomes of a date that falls on something: keep, skip, or use the next same weekday."""
    return say(f"series.choice.{rule or 'keep'}")


def dates(count: int) -> str:
    """Count dates: "1 date", "5 dates"."""
    return f"{count} {'date' if count == 1 else 'dates'}"


def weeks(count: int) -> str:
    """Count weeks."""
    return f"{count} {'week' if count == 1 else 'weeks'}"


def _time(template: Template) -> str | list[str]:
    if template.details.starts_local is None:
        return NOT_GIVEN
    return [hours(template), length_words(template.details.minutes)]
