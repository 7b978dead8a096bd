"""The forms of series: what each page asks, turned into a template of its dates."""

import datetime
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from scheduling.dates import DateKind
from scheduling.errors import BrokenValue
from scheduling.recurrence import Rule
from scheduling.series import DateChoice, DateRule, EditScope
from scheduling.ways import Way
from service.actions.answering import LONGEST_NAME, MOST_SUPPORTERS
from service.actions.planning import LEAST_MINUTES, MOST_MINUTES
from service.actions.series.template import Template
from service.web.pages.meetings.forms import (
    ChangeForm,
    PartForm,
    TimeForm,
    Version,
    shown_details,
)
from service.web.reading import Day, EmptyIsNone, Form, Line, Lines, WallTime

LEAST_WEEKS, MOST_WEEKS = 1, 52
ELSE = "else"
#: What a series may do by rule with dates that fall on something; the values name the forms' fields.
BY_RULE = (DateKind.BANK_HOLIDAY, DateKind.SCHOOL_BREAK, DateKind.FEAST, DateKind.DARKNESS)


def _rule(value: object) -> object:
    try:
        return Rule.of(value) if isinstance(value, str) and value else value
    except BrokenValue as error:
        raise ValueError("not-a-choice") from error


RuleText = Annotated[Rule, BeforeValidator(_rule)]
Chosen = Annotated[DateRule | None, EmptyIsNone]
#: A week later it is no lighter.
ChosenInTheDark = Annotated[Literal[DateRule.SKIP] | None, EmptyIsNone]
OptionalDate = Annotated[Day | None, EmptyIsNone]


class TemplateForm(Form):
    """A form for one part of a series that a single session does not have."""

    @abstractmethod
    def on_template(self, template: Template) -> Template:
        """Give the template with this part as it was typed."""


class RuleForm(TemplateForm):
    """How often, and until when."""

    rule: RuleText
    ends_on: OptionalDate = None

    def on_template(self, template: Template) -> Template:
        """Set the rule and the last date."""
        return replace(template, rule=self.rule, ends_on=self.ends_on)


class HolidaysForm(TemplateForm):
    """What becomes of dates that fall on something."""

    bank_holiday: Chosen = None
    school_break: Chosen = None
    feast: Chosen = None
    darkness: ChosenInTheDark = None

    def on_template(self, template: Template) -> Template:
        """Set what becomes of such dates."""
        chosen = {kind: getattr(self, kind) for kind in BY_RULE}
        rules = {kind: rule for kind, rule in chosen.items() if rule is not None}
        kept = {kind: rule for kind, rule in template.date_rules.items() if kind not in BY_RULE}
        return replace(template, date_rules=kept | rules)


def kinds_by_rule(template: Template) -> tuple[DateKind, ...]:
    """Name what dates of this series may fall on: darkness only where people meet outdoors."""
    is_outdoors = Way.OUTDOORS in template.details.limits
    return tuple(kind for kind in BY_RULE if is_outdoors or kind is not DateKind.DARKNESS)


class HearForm(TemplateForm):
    """How long before a date people hear of it."""

    weeks_ahead: int = Field(ge=LEAST_WEEKS, le=MOST_WEEKS)

    def on_template(self, template: Template) -> Template:
        """Set the number of weeks."""
        return replace(template, weeks_ahead=self.weeks_ahead)


class FirstTimeForm(TimeForm, TemplateForm):
    """The first date, with its time and length."""

    def on_template(self, template: Template) -> Template:
        """Set the first date; a rule is asked for again when the day it came from is another."""
        details = self.on(template.details)
        before = template.details.starts_local
        is_same = before is not None and before.date() == self.date
        return replace(template, details=details, rule=template.rule if is_same else None)


class HoursForm(TemplateForm):
    """The time of day and the length of every date."""

    time: datetime.time
    minutes: int = Field(ge=LEAST_MINUTES, le=MOST_MINUTES)

    def on_template(self, template: Template) -> Template:
        """Set the time of day and the length."""
        time = self.time.replace(tzinfo=None, second=0, microsecond=0)
        first = template.details.starts_local
        starts = datetime.datetime.combine(first.date(), time) if first else None
        details = replace(template.details, starts_local=starts, minutes=self.minutes)
        return replace(template, details=details)


class OnForm(Form):
    """Which date of the rule."""

    which: WallTime


class DecideForm(OnForm):
    """What becomes of one date; without a choice the rules decide."""

    choice: Annotated[DateChoice | None, EmptyIsNone] = None


class MoveForm(OnForm):
    """Where one date moves to."""

    date: Day
    time: datetime.time

    @property
    def moved_to(self) -> datetime.datetime:
        """Give the new day and time, on the wall."""
        time = self.time.replace(tzinfo=None, second=0, microsecond=0)
        return datetime.datetime.combine(self.date, time)


class SeriesChangeForm(ChangeForm):
    """What goes with a change to all dates to come."""

    series_version: Annotated[Version | None, EmptyIsNone] = None


class ScopeForm(SeriesChangeForm):
    """How far a change to one session reaches, and what goes with it."""

    scope: Annotated[EditScope | None, EmptyIsNone] = None


class OftenForm(Form):
    """How often from a date on, when its day changes for those that follow too."""

    rule: Annotated[RuleText | None, EmptyIsNone] = None
    ends_on: OptionalDate = None


class GuestForm(Form):
    """One person on the list of a series."""

    person: UUID


class EndForm(Form):
    """The last day, what people are told, and the version that was looked at."""

    last_day: Day
    version: Version
    message: Annotated[Lines, Field(max_length=2000)] = ""
    agreed: str = ""
    back: str = ""


class StandingForm(Form):
    """How somebody joins each time, and who comes along."""

    way: Way
    supporters: Annotated[int, Field(ge=0, le=MOST_SUPPORTERS)] = 0
    supporter_name: Annotated[Line, Field(max_length=LONGEST_NAME)] = ""


def shown_template(template: Template) -> Mapping[str, object]:
    """Give a template as the values of the forms' fields, as they stand."""
    return {
        **shown_details(template.details),
        "rule": template.rule.text if template.rule else "",
        "ends_on": template.ends_on.isoformat() if template.ends_on else "",
        "weeks_ahead": template.weeks_ahead,
        **{kind.value: template.date_rules.get(kind, "") for kind in BY_RULE},
    }


def on_template(form: PartForm | TemplateForm, template: Template) -> Template:
    """Give a template with one part as it was typed, whether sessions have that part or only series."""
    if isinstance(form, TemplateForm):
        return form.on_template(template)
    return replace(template, details=form.on(template.details))
