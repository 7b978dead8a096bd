"""One request as one row of a list: how much time is left, what to do, for whom, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from accessibility.requests import ASKING, OUTCOMES, RequestState, must_ring
from accessibility.slack import Urgency, slack, slack_words, urgency
from accessibility.terms import ParamKind
from scheduling.time import long_date
from service.storage.needs import WAITING_STATES, AccessRequest
from service.storage.people import Channel, Person
from service.vocabulary import vocabulary
from service.web.words import say
from service.working_days import BANK_HOLIDAYS

TONES: Final[Mapping[Urgency, str]] = {
    Urgency.GREEN: "leaf",
    Urgency.AMBER: "honey",
    Urgency.RED: "clay",
}
#: States in which what was asked for is settled.
ARRANGED: Final = frozenset(
    {RequestState.ARRANGED, RequestState.CONFIRMED, RequestState.ON_THE_DAY, RequestState.MET}
)
#: States after which nothing more is to be arranged before the day.
SETTLED: Final = frozenset({RequestState.CONFIRMED, RequestState.CANNOT_MEET})
FLAGS: Final[Mapping[RequestState, tuple[str, str]]] = {
    RequestState.CONFIRMED: ("leaf", "flag.settled"),
    RequestState.ON_THE_DAY: ("plain", "flag.day"),
    RequestState.CANNOT_MEET: ("plain", "flag.cannot"),
    **dict.fromkeys(OUTCOMES, ("honey", "flag.review")),
    **dict.fromkeys(ASKING, ("plain", "flag.asked")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request as a list shows it. `order` puts the most urgent first."""

    id: UUID
    tone: str
    left: str
    is_late: bool
    is_settled: bool
    todo: str
    details: str
    state: RequestState
    state_words: str
    name: str
    reached: str
    meeting_id: UUID
    session: str
    day: str
    next_step: str
    next_on: str
    owner_id: UUID | None
    owner: str
    order: tuple[int, int]


def row_of(request: AccessRequest, now: datetime, *, owner: str = "") -> Row:
    """Make the row; the request is loaded with person and meeting."""
    flag = _flag(request, now)
    meeting = request.meeting
    on = request.next_step_on
    return Row(
        id=request.id,
        tone=flag.tone,
        left=flag.words,
        is_late=flag.is_late,
        is_settled=request.state in SETTLED,
        todo=say(f"todo.{request.code}"),
        details=", ".join(_telling_details(request)),
        state=request.state,
        state_words=say(f"state.{request.state}"),
        name=request.person.chosen_name,
        reached=reached_by(request.person),
        meeting_id=request.meeting_id,
        session=meeting.neutral_title,
        day=long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "",
        next_step=request.next_step,
        next_on=f"{on:%A} {on.day} {on:%B}" if on else "",
        owner_id=request.owner_id,
        owner=owner,
        order=flag.order,
    )


def _telling_details(request: AccessRequest) -> Sequence[str]:
    """Give the details that say something without their question: not bare numbers, yes or no."""
    return [
        said
        for param in vocabulary().term(request.code).params
        if param.kind in (ParamKind.TEXT, ParamKind.CHOICE)
        and (said := request.details.get(param.name))
        and said not in ("yes", "no")
    ]


def reached_by(person: Person) -> str:
    """Say how a person is reached, best way first."""
    ways = [say(f"channel.{Channel(each)}") for each in person.channels]
    return ", ".join(ways) if ways else say("channel.none")


def arranged_count(rows: Sequence[Row]) -> Mapping[str, int]:
    """Count how many of the rows are arranged, late, or offered something else."""
    return {
        "arranged": sum(row.state in ARRANGED for row in rows),
        "all": len(rows),
        "late": sum(row.is_late for row in rows),
        "offered": sum(row.state is RequestState.ALTERNATIVE_OFFERED for row in rows),
    }


def also_words(rows: Sequence[Row]) -> str:
    """Say what is late and what is not as it was asked for; nothing if there is neither."""
    count = arranged_count(rows)
    return " ".join(
        say(f"requests.count-{key}", count) for key in ("late", "offered") if count[key]
    )


@dataclass(frozen=True, slots=True)
class _Flag:
    tone: str
    words: str
    order: tuple[int, int]
    is_late: bool = False


def _flag(request: AccessRequest, now: datetime) -> _Flag:
    """Give tone, words and order: what waits for us by its slack, then the rest."""
    meeting = request.meeting
    if meeting.starts_at is None:
        return _Flag("plain", say("flag.asked"), (2, 0))
    zone = ZoneInfo(meeting.zone)
    today, day = now.astimezone(zone).date(), meeting.starts_at.astimezone(zone).date()
    left = slack(vocabulary().term(request.code), today, day, BANK_HOLIDAYS)
    if must_ring(request.state, today, day, BANK_HOLIDAYS):
        return _Flag("clay", say("flag.ring"), (0, left), is_late=True)
    if request.state in WAITING_STATES:
        return _Flag(TONES[urgency(left)], slack_words(left), (0, left), is_late=left < 0)
    tone, code = FLAGS.get(request.state, ("plain", "flag.asked"))
    return _Flag(tone, say(code), (1, left))
