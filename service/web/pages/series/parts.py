"""The pages that make a series: for each part its form, its template, and what there is to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from aiohttp import web

from scheduling.dates import DateKind
from scheduling.recurrence import Frequency, Rule, Window, occurrences
from scheduling.rule_words import rule_words, rules_from
from scheduling.series import DateRule
from scheduling.time import day_words
from service.actions.planning import Part
from service.actions.series.template import Template
from service.errors import NotFound
from service.storage.series import Series
from service.web.pages.meetings.forms import HostsForm, PartForm, WaysForm, WordsForm
from service.web.pages.meetings.parts import choices_for
from service.web.pages.series.forms import (
    ELSE,
    FirstTimeForm,
    HearForm,
    HolidaysForm,
    HoursForm,
    RuleForm,
    TemplateForm,
    kinds_by_rule,
    shown_template,
)
from service.web.words import say

STEPS = 9
#: So many dates show how a rule goes on.
SHOWN_NEXT = 3
#: The rules shown at first: every week, every two, every four; every month, and quarterly.
USUAL = ((Frequency.WEEKLY, (1, 2, 4)), (Frequency.MONTHLY, (1, 3)))
#: The choice for what no single rule can say.
SOMETHING_ELSE = (
    {
        "value": ELSE,
        "word": "Something else",
        "line": "For example the first and the third Thursday.",
    },
)
FOUR_YEARS = timedelta(days=4 * 366)


class SeriesPart(StrEnum):
    """One part of a series, and the page that asks for it. The values stand in addresses."""

    KIND = "kind"
    TIME = "time"
    RULE = "rule"
    DATES = "dates"
    WAYS = "ways"
    HOSTS = "hosts"
    PEOPLE = "people"
    WORDS = "words"
    CHECK = "check"
    HEAR = "hear"


#: The order of the pages that make a series. When people hear is asked only by who wants to change it.
ORDER = tuple(part for part in SeriesPart if part is not SeriesPart.HEAR)
#: Parts that sessions have too.
SHARED = {part: Part(part.value) for part in SeriesPart if part.value in set(Part)}


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page that asks for one part of a series and keeps it."""

    part: SeriesPart
    title: str
    template: str
    form: type[PartForm | TemplateForm]

    @property
    def step(self) -> int:
        """Give its place among the pages; 0 for one that is none of the steps."""
        return ORDER.index(self.part) + 1 if self.part in ORDER else 0


PAGES = {
    page.part: page
    for page in (
        SeriesPage(SeriesPart.TIME, "When is the first date?", "series/first.html", FirstTimeForm),
        SeriesPage(SeriesPart.RULE, "How often?", "series/rule.html", RuleForm),
        SeriesPage(SeriesPart.DATES, "What about holidays?", "series/holidays.html", HolidaysForm),
        SeriesPage(SeriesPart.WAYS, "How can people join?", "meetings/ways.html", WaysForm),
        SeriesPage(SeriesPart.HOSTS, "Who hosts it?", "meetings/hosts.html", HostsForm),
        SeriesPage(SeriesPart.WORDS, "What is it called?", "meetings/words.html", WordsForm),
        SeriesPage(SeriesPart.HEAR, "When do people hear of it?", "series/hear.html", HearForm),
    )
}
#: What is asked otherwise once a series runs: its first date is over or fixed.
CHANGES = PAGES | {
    SeriesPart.TIME: SeriesPage(SeriesPart.TIME, "What time is it?", "series/hours.html", HoursForm)
}


def page_of(request: web.Request, pages: Mapping[SeriesPart, SeriesPage] = PAGES) -> SeriesPage:
    """Find the page for the part named in the address; raises NotFound."""
    try:
        return pages[SeriesPart(request.match_info["part"])]
    except (ValueError, KeyError) as error:
        raise NotFound from error


async def facts_of(
    request: web.Request, series: Series, template: Template, here: SeriesPage
) -> dict[str, Any]:
    """Give what the page of one part shows: the values as they stand, and what there is to choose."""
    return {
        "title": here.title,
        "meeting": series,
        "series": series,
        "step": here.step,
        "steps": STEPS,
        "given": shown_template(template),
        **await _choices(request, series, template, here.part),
    }


async def _choices(
    request: web.Request, series: Series, template: Template, part: SeriesPart
) -> Mapping[str, Any]:
    if part in SHARED:
        return await choices_for(request, series, SHARED[part])
    if part is SeriesPart.RULE:
        more = str(request.rel_url.update_query(all="yes"))
        return rule_choices(template, shows_all="all" in request.query) | {"more_href": more}
    if part is SeriesPart.DATES:
        return {"by_rule": holiday_choices(template)}
    return {}


def rule_choices(template: Template, *, shows_all: bool) -> dict[str, Any]:
    """Give the rules that fit the first date, each with the dates it gives next."""
    first = template.details.starts_local
    if first is None:
        return {"rules": [], "shows_all": True, "first": ""}
    found = rules_from(first.date())
    shown = [each for each in found if shows_all or is_usual(each) or each == template.rule]
    if template.rule is not None and template.rule not in shown:
        shown.append(template.rule)
    return {
        "rules": [*(rule_option(each, first) for each in shown), *SOMETHING_ELSE],
        "shows_all": shows_all or len(shown) == len(found),
        "first": day_words(first),
    }


def rule_like(template: Template) -> Rule | None:
    """Find the rule for the template's new first date that comes as often as its old rule, if there is one."""
    first, old = template.details.starts_local, template.rule
    if first is None or old is None:
        return None
    found = rules_from(first.date())
    return next((each for each in found if is_as_often(each, old)), None)


def is_as_often(rule: Rule, other: Rule) -> bool:
    """Say whether two rules come every so many weeks alike, or every so many months."""
    is_alike = (rule.ordinal is None) is (other.ordinal is None)
    return is_alike and (rule.frequency, rule.interval) == (other.frequency, other.interval)


def rule_option(rule: Rule, first: datetime) -> dict[str, str]:
    """Give a rule as a choice: in words, with the dates that follow the first."""
    words = rule_words(rule, first.date())
    following = occurrences(rule, first, Window(first, first + FOUR_YEARS))
    days = [day_words(each) for each in islice(following, SHOWN_NEXT)]
    return {
        "value": rule.text,
        "word": f"{words[:1].upper()}{words[1:]}",
        "line": f"{', '.join(days)} …",
    }


def is_usual(rule: Rule) -> bool:
    """Say whether a rule is one of the few that are shown at first."""
    is_by_weekday = rule.month_day is None
    return is_by_weekday and any(
        rule.frequency is frequency and rule.interval in intervals for frequency, intervals in USUAL
    )


def holiday_choices(template: Template) -> Sequence[Mapping[str, object]]:
    """Give for each thing a date may fall on what can be done with such dates."""
    keep = [{"value": "", "word": say("series.choice.keep")}]
    rules = [{"value": each.value, "word": say(f"series.choice.{each}")} for each in DateRule]
    in_the_dark = [each for each in rules if each["value"] == DateRule.SKIP]
    return [
        {
            "name": kind.value,
            "word": say(f"series.by-rule.{kind}"),
            "options": keep + (in_the_dark if kind is DateKind.DARKNESS else rules),
        }
        for kind in kinds_by_rule(template)
    ]
