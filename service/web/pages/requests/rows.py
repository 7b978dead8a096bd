"""One request as one row of a list: how much time is left, what to do, for whom, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from accessibility.requests import ASKING, OUTCOMES, RequestState, must_ring
from accessibility.service_times import ServiceTimes
from accessibility.slack import Urgency, slack, slack_words, urgency, working_days_between
from accessibility.terms import ParamKind
from scheduling.time import DAYS, day_words, long_date
from service.storage.needs import WAITING_STATES, AccessRequest
from service.storage.people import Channel, Person
from service.vocabulary import vocabulary
from service.web.words import say
from service.working_days import HouseDay

#: States after which nothing more is to be arranged before the day.
SETTLED: Final = frozenset({RequestState.CONFIRMED, RequestState.CANNOT_MEET})


@dataclass(frozen=True, slots=True)
class Flag:
    """How pressing something is: its tone, its icon and its words, never one of them alone."""

    tone: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One request as a list shows it."""

    id: UUID
    flag: Flag
    is_settled: bool
    todo: str
    details: str
    state_words: str
    name: str
    reached: str
    session: str
    day: str
    next_step: str
    next_on: str
    owner: str


def row_of(request: AccessRequest, now: datetime, here: HouseDay, *, owner: str = "") -> Row:
    """Make the row; the request is loaded with person and meeting."""
    meeting = request.meeting
    return Row(
        id=request.id,
        flag=flag_of(request, now, here),
        is_settled=request.state in SETTLED,
        todo=say(f"todo.{request.code}"),
        details=", ".join(_telling_details(request)),
        state_words=say(f"state.{request.state}"),
        name=request.person.chosen_name,
        reached=reached_by(request.person),
        session=meeting.neutral_title,
        day=long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
        next_step=request.next_step,
        next_on=_day(request.next_step_on),
        owner=owner,
    )


def reached_by(person: Person) -> str:
    """Say how a person is reached, best way first."""
    ways = [say(f"channel.{Channel(each)}") for each in person.channels]
    return ", ".join(ways) if ways else say("channel.none")


def flag_of(request: AccessRequest, now: datetime, here: HouseDay) -> Flag:
    """Say how pressing a request is: what waits for us by its slack, the rest by what it waits for."""
    meeting = request.meeting
    if meeting.starts_at is None:
        return Flag("plain", "", say("flag.asked"))
    zone = ZoneInfo(meeting.zone)
    today, day = now.astimezone(zone).date(), meeting.starts_at.astimezone(zone).date()
    if must_ring(request.state, today, day, here.holidays, before=here.times.confirm):
        return Flag("clay", "phone", say("flag.ring"))
    if request.state in WAITING_STATES:
        return _by_slack(_slack(request, day, here), here.times)
    return _by_state(request.state)


def _slack(request: AccessRequest, day: date, here: HouseDay) -> int:
    """Count the working days until the last day for the usual notice; worked out anew if it is not kept yet."""
    if request.act_by is None:
        return slack(vocabulary().term(request.code), here.today, day, here.holidays)
    return working_days_between(here.today, request.act_by, here.holidays)


def _by_slack(left: int, times: ServiceTimes) -> Flag:
    match urgency(left, amber=times.amber, red=times.red):
        case Urgency.RED:
            return Flag("clay", "warning", say("flag.red", {"left": slack_words(left)}))
        case Urgency.AMBER:
            return Flag("honey", "clock", say("flag.amber", {"left": slack_words(left)}))
        case Urgency.GREEN:
            return Flag("leaf", "", slack_words(left))


def _by_state(state: RequestState) -> Flag:
    if state is RequestState.CONFIRMED:
        return Flag("leaf", "check", say("flag.settled"))
    if state in OUTCOMES:
        return Flag("honey", "clock", say("flag.review"))
    code = {RequestState.ON_THE_DAY: "flag.day", RequestState.CANNOT_MEET: "flag.cannot"}
    return Flag("plain", "", say("flag.asked" if state in ASKING else code.get(state, "flag.over")))


def _telling_details(request: AccessRequest) -> Sequence[str]:
    """Give the details that say something without their question: not bare numbers, yes or no."""
    return [
        said
        for param in vocabulary().term(request.code).params
        if param.kind in (ParamKind.TEXT, ParamKind.CHOICE)
        and (said := request.details.get(param.name))
        and said not in ("yes", "no")
    ]


def _day(day: date | None) -> str:
    return f"{DAYS[day.weekday()]} {day_words(day)}" if day else ""
