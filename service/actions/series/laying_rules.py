"""Laying the new rule of an edited series beside the old one: its dates, and which old ones become them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduling.recurrence import Frequency, Window, first_on
from scheduling.series import SeriesPlan, matched
from scheduling.time import on_wall
from service.actions.series.template import Template, plan_of_series, plan_with
from service.errors import Refused
from service.storage.series import Series

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Laid:
    """The dates of the new rule in the window that is made, and which of the old ones they were."""

    plan: SeriesPlan
    window: Window
    until: date
    pairs: Mapping[datetime, datetime]


def lay_rules(
    series: Series,
    template: Template,
    since: datetime,
    now: datetime,
    *,
    is_split: bool,
    is_moved: bool,
) -> Laid:
    """Lay the new rule beside the old one, and take over what was decided by hand.

    If it is moved, the template's first date is where the first of the dates from `since` on moves.
    """
    old, new = plan_of_series(series), plan_with(series, template)
    made_until = series.made_until or since.date()
    last = max([made_until, *(on.date() for on in old.by_hand)])
    old_dates = tuple(old.on_rule(Window(since, Window.of_days(last, last).ends)))
    step = _moved if is_moved else _first
    first = step(old, new, old_dates[0] if old_dates else since, on_wall(now, template.zone).local)
    is_as_before = (old.rule, old.first) == (new.rule, new.first)
    begins = since if is_as_before else first
    new = replace(new, first=old.first if is_as_before and not is_split else first)
    last = max(last, first.date())
    new_dates = tuple(new.on_rule(Window(begins, Window.of_days(last, last).ends)))
    pairs = matched((old.rule, old_dates), (new.rule, new_dates))
    by_hand = {pairs[on]: each for on, each in old.by_hand.items() if on in pairs}
    kept = (place.date() for on, place in pairs.items() if on.date() <= made_until)
    until = max(made_until, first.date(), *kept)
    window = Window(begins, Window.of_days(until, until).ends)
    return Laid(replace(new, by_hand=by_hand), window, until, pairs)


def _moved(old: SeriesPlan, new: SeriesPlan, since: datetime, now: datetime) -> datetime:
    """Give the first date of the new rule where a date was moved, be it to an earlier week or month.

    So a fortnightly series changes its weeks. A date never moves to or before the one before it.
    """
    earlier = list(old.on_rule(Window(min(old.first, since), since)))
    first = first_on(new.rule, new.first)
    if first <= now:
        raise Refused("starts-in-past", field="date")
    if earlier and first.date() <= earlier[-1].date():
        raise Refused("before-earlier-date", field="date")
    return first


def _first(old: SeriesPlan, new: SeriesPlan, since: datetime, now: datetime) -> datetime:
    """Give the first date of the new rule: in the turn of the date the edit begins with."""
    at = new.first.time()
    if new.rule == old.rule:
        return first_on(new.rule, datetime.combine(since.date(), at))
    day = since.date() - timedelta(days=since.weekday())
    if Frequency.WEEKLY not in (old.rule.frequency, new.rule.frequency):
        day = since.date().replace(day=1)
    if new.first.date() != old.first.date():
        day = max(day, new.first.date())
    is_gone = datetime.combine(day, at) <= now
    typed = datetime.combine(now.date(), at) if is_gone else datetime.combine(day, at)
    return first_on(new.rule, typed if typed > now else typed + DAY)
