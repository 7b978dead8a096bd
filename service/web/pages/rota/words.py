"""Parts, worries and times of the week, put in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from scheduling.availability import Away, Can, Times, WeeklyTime
from scheduling.roles import MeetingRole
from scheduling.rota import Candidate, Concern, Part, Worry
from scheduling.time import clock_words
from service.actions.rota.viewing import OnRota
from service.actor import Actor
from service.outbound.rota import ROLE_LINES, ROLE_WORDS
from service.storage.meetings import Meeting
from service.storage.step_ins import StepInAsked
from service.web.pages.meetings.words import name_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CAN_WORDS = {
    Can.YES: "Can at this time",
    Can.NOT_SAID: "Has not said when they can",
    Can.NO: "Cannot at this time",
}
BUSY = "Helps at another session then"
#: The beginning of some day, to say times of day by.
_MIDNIGHT = datetime(2000, 1, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a session as pages show it."""

    role: MeetingRole
    word: str
    line: str
    name: str
    is_gap: bool
    is_mine: bool
    asked: str
    href: str


def title_for(each: OnRota, actor: Actor) -> str:
    """Name a session to a colleague: the real title is for those whose session it is."""
    return name_of(each.meeting) if each.is_open_to(actor) else each.meeting.neutral_title


def part_lines(each: OnRota, actor: Actor) -> list[PartLine]:
    """Give the parts of a session in their order."""
    return [_part_line(each, part, actor) for part in each.gathering.parts]


def _part_line(each: OnRota, part: Part, actor: Actor) -> PartLine:
    return PartLine(
        part.role,
        ROLE_WORDS[part.role],
        ROLE_LINES[part.role],
        part.helper.name if part.helper else "",
        part.is_gap,
        is_mine=part.helper is not None and part.helper.id == actor.person_id,
        asked=asked_words(each.asked.get(part.role, ())),
        href=role_path(each.meeting, part.role),
    )


def asked_words(asked: Sequence[StepInAsked]) -> str:
    """Say how many colleagues are being asked to take a part, and how many of them cannot."""
    if not asked:
        return ""
    said_no = sum(each.said_no_at is not None for each in asked)
    count = f"{len(asked)} {'colleague' if len(asked) == 1 else 'colleagues'} asked"
    return f"{count}, {said_no} can't" if said_no else count


def role_path(meeting: Meeting, role: MeetingRole) -> str:
    """Give the address of the page about one part of a session."""
    return f"/sessions/{meeting.id}/rota/{role}"


def worry_words(worry: Worry) -> str:
    """Say what is to be looked at."""
    name = worry.helper.name if worry.helper else ""
    match worry.concern:
        case Concern.TWO_ROLES:
            return f"{name} cannot be at the door and with those online at the same time."
        case Concern.TWO_MEETINGS:
            return f"{name} helps at another session at this time."
        case Concern.CANNOT:
            return f"{name} cannot at this time."
        case Concern.ONE_ROOM_HOST:
            return f"Only {name} could host in person. If they fall ill, nobody can."
        case Concern.NO_ROOM_HOST:
            return "Nobody could host in person at this time."


def candidate_options(candidates: Sequence[Candidate]) -> list[dict[str, str]]:
    """Give who might take a part as options, each with what stands for or against it."""
    return [
        {
            "value": str(each.colleague.id),
            "word": each.colleague.name,
            "hint": BUSY if each.is_busy else CAN_WORDS[each.can],
        }
        for each in candidates
    ]


def usual_choice(candidates: Sequence[Candidate]) -> list[str]:
    """Tick who said that they can; everybody who may be able to, if nobody said so."""
    sure = [each for each in candidates if each.can is Can.YES]
    return [str(each.colleague.id) for each in sure or candidates]


def weekly_words(weekly: WeeklyTime, until: int | None = None) -> str:
    """Say a time of the week, perhaps of several days: "Mondays to Fridays, 9am to 1pm"."""
    starts, ends = minute_words(weekly.from_minute), minute_words(weekly.until_minute)
    days = f"{DAYS[weekly.weekday]}s"
    days += f" to {DAYS[until]}s" if until is not None and until != weekly.weekday else ""
    return f"{days}, {starts} to {ends}"


def away_words(away: Away) -> str:
    """Say days away: "3 to 5 March 2027"."""
    first, last = away.first_on, away.last_on
    until = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {until}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {_MONTHS[first.month - 1]}{year} to {until}"


def times_words(times: Times) -> list[str]:
    """Say all that somebody told of when they can, days in a row with the same times in one line."""
    lines: list[tuple[WeeklyTime, int]] = []
    hours = sorted(
        times.weekly, key=lambda each: (each.from_minute, each.until_minute, each.weekday)
    )
    for each in hours:
        first, last = lines[-1] if lines else (each, None)
        if last == each.weekday - 1 and _same_hours(first, each):
            lines[-1] = (first, each.weekday)
        else:
            lines.append((each, each.weekday))
    weekly = [weekly_words(first, last) for first, last in sorted(lines, key=lambda line: line[1])]
    return [*weekly, *(f"Away {away_words(each)}" for each in times.away)]


def _same_hours(one: WeeklyTime, other: WeeklyTime) -> bool:
    return (one.from_minute, one.until_minute) == (other.from_minute, other.until_minute)


def minute_words(minute: int) -> str:
    """Say a minute of the day as people do: "9am", "midnight"."""
    return clock_words(_MIDNIGHT + timedelta(minutes=minute), "UTC")


def minutes_of(clock: time) -> int:
    """Count the minutes of a day up to a time."""
    return clock.hour * 60 + clock.minute


def is_among(person_id: UUID | None, candidates: Sequence[Candidate]) -> bool:
    """Tell whether somebody might take a part."""
    return any(each.colleague.id == person_id for each in candidates)
