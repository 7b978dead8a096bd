"""Looking a date up: everything it falls on, as findings with the facts of their sentences.

What depends on the day is read on the wall clock of the meeting's zone, by the day it starts on.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from scheduling.bank_holidays import bank_holidays
from scheduling.dates import (
    DateKind,
    Finding,
    Level,
    Occasion,
    Surroundings,
    days_of,
    heaviest_first,
)
from scheduling.daylight import Daylight, daylight
from scheduling.feasts import ABOUT, FROM_THE_EVE, NAMES, Feast, Span, feasts_by_day
from scheduling.time import LAST_YEAR, clock_words, day_words, on_wall, zone_named

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
#: People walk home by daylight: an outdoor meeting ends this long before sunset.
BEFORE_SUNSET = timedelta(minutes=30)
#: The hour round sunset in which a fast is broken, and how long the meal and the prayers after it last.
ROUND_SUNSET, EVENING = timedelta(minutes=30), timedelta(hours=4)
#: Before a feast that begins at sunset, people are at home by this time.
EVE = timedelta(hours=2)
#: A time of day that suits people who fast.
MIDDAY = time(13)
#: A later week is offered if it is one of the next few.
WEEKS_LOOKED = 5
QUARTER = timedelta(minutes=15)


def findings(occasion: Occasion, around: Surroundings) -> tuple[Finding, ...]:
    """Say what a date falls on, the heaviest first."""
    starts = on_wall(occasion.slot.starts_at, occasion.zone).local
    light = _light(occasion, around, starts.date())
    return heaviest_first(
        (
            *_bank_holiday(starts, around),
            *_darkness(occasion, around, light),
            *_places(occasion, around, starts.date()),
            *_taken(occasion, around),
            *_faith(occasion, around, starts, light),
            *_own(around, starts.date()),
            *_clocks(occasion, around, starts.date()),
        )
    )


def _bank_holiday(starts: datetime, around: Surroundings) -> Iterator[Finding]:
    name = bank_holidays(around.region, starts.year).get(starts.date())
    if name:
        kind = DateKind.BANK_HOLIDAY
        yield Finding(
            kind,
            around.level(kind),
            "date-bank-holiday",
            {"name": name},
            _next_same_weekday(starts, around.region),
        )


def _next_same_weekday(starts: datetime, region: str) -> datetime | None:
    """Give the same time in the first of the next weeks that is no bank holiday."""
    for weeks in range(1, WEEKS_LOOKED + 1):
        then = starts + weeks * WEEK
        if then.year <= LAST_YEAR and then.date() not in bank_holidays(region, then.year):
            return then
    return None


def _light(occasion: Occasion, around: Surroundings, day: date) -> Daylight | None:
    """Give the day's light if anything depends on it: working it out costs more than the rest."""
    if around.spot is None:
        return None
    matters = occasion.is_outdoors or feasts_by_day(day.year).get(day) or _eves(day)
    return daylight(around.spot, day, occasion.zone) if matters else None


def _darkness(
    occasion: Occasion, around: Surroundings, light: Daylight | None
) -> Iterator[Finding]:
    if not occasion.is_outdoors or light is None:
        return
    kind, slot, zone = DateKind.DARKNESS, occasion.slot, occasion.zone
    level = around.level(kind)
    if light.rises_at is None or light.sets_at is None:
        if not light.is_up_at_noon:
            yield Finding(kind, level, "date-no-light")
        return
    latest = light.sets_at - BEFORE_SUNSET
    if slot.ends_at > latest:
        facts = {"sunset": clock_words(light.sets_at, zone), "latest": clock_words(latest, zone)}
        offer = _earlier(occasion, light.rises_at, latest)
        yield Finding(kind, level, "date-dark", facts, offer)
    elif slot.starts_at < light.rises_at:
        facts = {"sunrise": clock_words(light.rises_at, zone)}
        yield Finding(kind, level, "date-before-light", facts)


def _earlier(occasion: Occasion, rises_at: datetime, latest: datetime) -> datetime | None:
    """Give the last quarter of an hour at which it could start and still end in time, if there is one."""
    start = on_wall(latest - occasion.slot.length, occasion.zone).local
    start -= timedelta(minutes=start.minute % (QUARTER.seconds // 60))
    is_same_day = start.date() == on_wall(occasion.slot.starts_at, occasion.zone).local.date()
    is_light = start >= on_wall(rises_at, occasion.zone).local
    return start if is_same_day and is_light else None


def _places(occasion: Occasion, around: Surroundings, day: date) -> Iterator[Finding]:
    closed, check = DateKind.PLACE_CLOSED, DateKind.PLACE_CHECK
    for place in sorted(occasion.place_ids & around.shut):
        facts = {"place": around.names.get(place, "")}
        yield Finding(closed, around.level(closed), "date-place-shut", facts)
    for each in around.troubles:
        if each.place_id not in occasion.place_ids or not each.first <= day <= each.last:
            continue
        facts = {"place": around.names.get(each.place_id, ""), "fact": each.fact}
        facts |= {"first": day_words(each.first), "last": day_words(each.last)}
        if each.fact:
            yield Finding(check, around.level(check), "date-place-check", facts)
        else:
            yield Finding(closed, around.level(closed), "date-place-closed", facts)


def _taken(occasion: Occasion, around: Surroundings) -> Iterator[Finding]:
    """Find what the places and hosts are booked for at the same time, each once."""
    said = set[UUID]()
    for day in days_of(occasion.slot):
        for booking in around.bookings.get(day, ()):
            if not booking.slot.overlaps(occasion.slot):
                continue
            facts = {
                "first": clock_words(booking.slot.starts_at, occasion.zone),
                "last": clock_words(booking.slot.ends_at, occasion.zone),
            }
            for kind, code, ids in (
                (
                    DateKind.PLACE_TAKEN,
                    "date-place-taken",
                    booking.place_ids & occasion.place_ids,
                ),
                (DateKind.HOST_TAKEN, "date-host-taken", booking.host_ids & occasion.host_ids),
            ):
                for each in sorted(ids - said):
                    said.add(each)
                    named = facts | {"name": around.names.get(each, "")}
                    yield Finding(kind, around.level(kind), code, named)


def _faith(
    occasion: Occasion, around: Surroundings, starts: datetime, light: Daylight | None
) -> Iterator[Finding]:
    day = starts.date()
    holiday = bank_holidays(around.region, day.year).get(day)
    for span in feasts_by_day(day.year).get(day, ()):
        if span.feast is Feast.RAMADAN:
            yield _ramadan(occasion, around, starts, span, light)
        elif NAMES[span.feast] != holiday:
            yield _feast(around, span, day)
    sunset = light.sets_at if light else None
    for span in _eves(day):
        if sunset is not None and occasion.slot.ends_at > sunset - EVE:
            kind = DateKind.FEAST
            facts = {"name": NAMES[span.feast]}
            yield Finding(kind, around.level(kind), "date-feast-eve", facts)


def _eves(day: date) -> list[Span]:
    """List the feasts that begin on the evening of a day."""
    morrow = day + DAY
    return [
        span
        for span in feasts_by_day(morrow.year).get(morrow, ())
        if span.feast in FROM_THE_EVE and span.first == morrow
    ]


def _feast(around: Surroundings, span: Span, day: date) -> Finding:
    kind, facts = DateKind.FEAST, {"name": NAMES[span.feast]}
    if span.feast in ABOUT:
        code = "date-feast-about"
    elif span.days > 1:
        code = "date-feast-day"
        facts |= {"day": str((day - span.first).days + 1)}
        facts |= {"first": day_words(span.first), "last": day_words(span.last)}
    else:
        code = "date-feast"
    return Finding(kind, around.level(kind), code, facts)


def _ramadan(
    occasion: Occasion, around: Surroundings, starts: datetime, span: Span, light: Daylight | None
) -> Finding:
    """Warn of the hour round sunset and of the evening; at other times it is only good to know."""
    kind = DateKind.RAMADAN
    facts = {"first": day_words(span.first), "last": day_words(span.last)}
    sunset = light.sets_at if light else None
    slot = occasion.slot
    if (
        sunset is None
        or slot.ends_at <= sunset - ROUND_SUNSET
        or slot.starts_at >= sunset + EVENING
    ):
        return Finding(kind, Level.NOTE, "date-ramadan", facts)
    facts |= {"sunset": clock_words(sunset, occasion.zone)}
    is_sunset = slot.starts_at < sunset + ROUND_SUNSET
    code = "date-ramadan-sunset" if is_sunset else "date-ramadan-evening"
    return Finding(kind, around.level(kind), code, facts, datetime.combine(starts.date(), MIDDAY))


def _own(around: Surroundings, day: date) -> Iterator[Finding]:
    for each in around.special:
        if each.first <= day <= each.last:
            facts = {"name": each.name}
            facts |= {"first": day_words(each.first), "last": day_words(each.last)}
            is_break = each.kind is DateKind.SCHOOL_BREAK
            code = "date-school-break" if is_break else "date-local"
            yield Finding(each.kind, around.level(each.kind), code, facts)


def _clocks(occasion: Occasion, around: Surroundings, day: date) -> Iterator[Finding]:
    kind, zone = DateKind.CLOCK_CHANGE, zone_named(occasion.zone)
    slot = occasion.slot
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    if starts.utcoffset() != ends.utcoffset():
        facts = {"ends": clock_words(slot.ends_at, occasion.zone)}
        yield Finding(kind, around.level(kind), "date-clocks-during", facts)
        return
    midnight = datetime.combine(day, time(), zone)
    before, after = midnight.utcoffset(), (midnight + DAY).utcoffset()
    if before is not None and after is not None and before != after:
        code = "date-clocks-forward" if after > before else "date-clocks-back"
        facts = {"starts": clock_words(slot.starts_at, occasion.zone)}
        yield Finding(kind, around.level(kind), code, facts)
