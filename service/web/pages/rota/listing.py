"""The rota: the sessions of the next weeks or of a month, who does what, and who is missing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from aiohttp import web

from scheduling.availability import Away
from scheduling.time import Slot, on_wall, zone_named
from service.actions.permissions import Permission, may
from service.actions.rota.viewing import OnRota, rota_between
from service.actor import Actor
from service.storage.phone_tables import on_the_phone
from service.web.answers import page
from service.web.context import ACTOR, DB, HOUSE, NOW
from service.web.pages.meetings.words import day_of, time_of
from service.web.pages.rota.words import (
    PartLine,
    away_words,
    part_lines,
    title_for,
    worry_words,
)
from service.web.words import say

WEEKS = timedelta(weeks=8)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2900, 1, 1)
DECEMBER = 12


class Span(StrEnum):
    """How much of the calendar is shown at once."""

    WEEKS = "weeks"
    MONTH = "month"


class Show(StrEnum):
    """Which sessions are shown."""

    ALL = "all"
    MINE = "mine"
    GAPS = "gaps"


SHOW_WORDS = {Show.ALL: "All sessions", Show.MINE: "Only mine", Show.GAPS: "Only gaps"}
SPAN_WORDS = {Span.WEEKS: "8 weeks", Span.MONTH: "One month"}


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: from which day, how far, and which sessions. Nonsense means the usual."""

    start: date
    span: Span
    show: Show

    @classmethod
    def of(cls, request: web.Request) -> "Look":
        """Read from `?start=2027-02-01&span=month&show=gaps`."""
        query = request.query
        span = Span.MONTH if query.get("span") == Span.MONTH else Span.WEEKS
        show = next((each for each in Show if each == query.get("show")), Show.ALL)
        today = on_wall(request[NOW], request[HOUSE].zone).local.date()
        start = max(FIRST_DAY, min(_day(query.get("start", "")) or today, LAST_DAY))
        return cls(start.replace(day=1) if span is Span.MONTH else start, span, show)

    @property
    def end(self) -> date:
        """Give the day after the last."""
        if self.span is Span.WEEKS:
            return self.start + WEEKS
        is_last = self.start.month == DECEMBER
        return self.start.replace(
            year=self.start.year + is_last, month=1 if is_last else self.start.month + 1
        )

    @property
    def before(self) -> date:
        """Give the first day of the part before."""
        if self.span is Span.WEEKS:
            return self.start - WEEKS
        return (self.start - timedelta(days=1)).replace(day=1)

    def window(self, zone: str) -> Slot:
        """Give the days as a span of time, from midnight to midnight on the wall."""
        starts, ends = (
            datetime.combine(day, time(), zone_named(zone)).astimezone(UTC)
            for day in (self.start, self.end)
        )
        return Slot(starts, ends)

    def href(self, **instead: str) -> str:
        """Give the address of the same look with something else in it."""
        here = {"start": self.start.isoformat(), "span": self.span, "show": self.show}
        return f"/rota?{urlencode(here | instead)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One session of the rota."""

    href: str
    title: str
    day: str
    time: str
    parts: list[PartLine]
    worries: list[str]


async def show(request: web.Request) -> web.Response:
    """Show the rota."""
    look, actor = Look.of(request), request[ACTOR]
    found = await rota_between(request[DB], actor, look.window(request[HOUSE].zone))
    rows = [_row(each, actor) for each in found if _is_wanted(each, look.show, actor)]
    return await page(
        request,
        "rota/list.html",
        title="Rota",
        rows=rows,
        phone=[
            {
                "href": f"/sessions/{meeting.id}/{part}",
                "words": say(f"rota.{part}"),
                "when": f"{day_of(meeting)}, {time_of(meeting)}",
            }
            for meeting, part in await on_the_phone(request[DB], actor, request[NOW])
        ],
        gaps=sum(part.is_gap for row in rows for part in row.parts),
        days=away_words(Away(look.start, look.end - timedelta(days=1))),
        look=look,
        earlier=look.href(start=look.before.isoformat()),
        later=look.href(start=look.end.isoformat()),
        shows=[_choice(look, "show", each, words) for each, words in SHOW_WORDS.items()],
        spans=[_choice(look, "span", each, words) for each, words in SPAN_WORDS.items()],
        own_times=f"/rota/times/{actor.person_id}",
        keeps=may(actor, Permission.KEEP_ROTA),
    )


def _row(each: OnRota, actor: Actor) -> Row:
    return Row(
        href=f"/sessions/{each.meeting.id}/rota",
        title=title_for(each, actor),
        day=day_of(each.meeting),
        time=time_of(each.meeting),
        parts=part_lines(each, actor),
        worries=[worry_words(worry) for worry in each.worries],
    )


def _is_wanted(each: OnRota, wanted: Show, actor: Actor) -> bool:
    match wanted:
        case Show.ALL:
            return True
        case Show.MINE:
            return each.is_of(actor)
        case Show.GAPS:
            return bool(each.gathering.gaps)


def _choice(look: Look, name: str, value: StrEnum, words: str) -> dict[str, object]:
    is_current = value in (look.span, look.show)
    return {"href": look.href(**{name: str(value)}), "word": words, "is_current": is_current}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
