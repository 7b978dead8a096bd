"""A meeting, its plan and what people would be told, put in words for staff pages."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduling.answers import Answer
from scheduling.errors import SchedulingError
from scheduling.meeting import MeetingState
from scheduling.time import Slot, WallTime, clock_words, long_date, resolve, span_words
from scheduling.ways import EASE, IN_PERSON_WAYS, Way
from service.actions.foreseeing import Forecast
from service.actions.planning import Part
from service.actions.plans import Around, Details
from service.actions.readiness import Finding
from service.outbound.numbers import phone_words, pin_words
from service.storage.meetings import Meeting, Offer
from service.storage.planned import PhoneJoining
from service.web.words import say

WAY_WORDS = {
    Way.ROOM: "In the room",
    Way.ONLINE: "Online",
    Way.PHONE: "By phone",
    Way.OUTDOORS: "Outdoors",
}
ANSWER_WORDS = {
    Answer.YES: "Coming",
    Answer.MAYBE: "Maybe",
    Answer.NO: "Not coming",
    Answer.WAITING: "Waiting for a place",
    Answer.UNANSWERED: "No answer yet",
}
STATE_FLAGS = {
    MeetingState.DRAFT: ("plain", "Draft"),
    MeetingState.CANCELLED: ("clay", "Cancelled"),
}
NOT_GIVEN = "Not chosen yet"
_HOUR = 60

Answers = Counter[tuple[Answer, Way | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan: what it is, how it stands, and where to change it."""

    part: Part
    term: str
    value: str | list[str]
    href: str = ""


@dataclass(frozen=True, slots=True)
class WayCount:
    """One way of the strip: who comes by it, against its limit, and who waits."""

    way: Way
    word: str
    coming: int
    limit: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class PutRight:
    """One thing to put right: the sentence, and the page it is done on."""

    words: str
    href: str


def name_of(meeting: Meeting) -> str:
    """Give the name staff know a meeting by: its real title, or the neutral one, or its kind."""
    return meeting.real_title or meeting.neutral_title or meeting.kind.name


def when_of(meeting: Meeting) -> str:
    """Say when a meeting is, in words."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return "No day yet"
    return span_words(Slot(meeting.starts_at, meeting.ends_at), meeting.zone)


def day_of(meeting: Meeting) -> str:
    """Say the day of a meeting."""
    return long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else "No day yet"


def time_of(meeting: Meeting) -> str:
    """Say from when until when a meeting is."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return ""
    starts, ends = (
        clock_words(each, meeting.zone) for each in (meeting.starts_at, meeting.ends_at)
    )
    return f"{starts} to {ends}"


def hosts_of(meeting: Meeting) -> list[str]:
    """Name the hosts, the lead first."""
    return [host.chosen_name for host in (meeting.lead, meeting.second) if host is not None]


def strip_of(offers: Sequence[Offer], answers: Answers) -> list[WayCount]:
    """Count who comes by each way offered, in the order of ease."""
    by_way = {offer.way: offer for offer in offers}
    return [
        WayCount(
            way,
            WAY_WORDS[way],
            coming=answers[Answer.YES, way],
            limit=by_way[way].places,
            waiting=answers[Answer.WAITING, way],
        )
        for way in EASE
        if way in by_way
    ]


def counts_in_words(offers: Sequence[Offer], answers: Answers) -> list[str]:
    """Say who comes by each way in short lines: "Online: 5 of 12"."""
    return [_count_words(each) for each in strip_of(offers, answers)]


def _count_words(each: WayCount) -> str:
    limit = "" if each.limit is None else f" of {each.limit}"
    waiting = f", {each.waiting} waiting" if each.waiting else ""
    return f"{each.word}: {each.coming}{limit}{waiting}"


def told_lines(forecast: Forecast) -> list[str]:
    """Say how many people would be told by each means."""
    lines = (
        (forecast.email, "by email"),
        (forecast.ring, "by phone call, made by one of us"),
        (forecast.post, "by letter, posted by one of us"),
        (forecast.text, "by text, sent by one of us"),
        (forecast.coordinator, "by the coordinator"),
    )
    return [f"{people(count)} {means}" for count, means in lines if count]


def people(count: int) -> str:
    """Count people: "1 person", "3 people"."""
    return f"{count} {'person' if count == 1 else 'people'}"


def put_right(meeting: Meeting, findings: Sequence[Finding]) -> list[PutRight]:
    """Say what must be put right before publishing, each with the page to do it on."""
    return [
        PutRight(say(each.code), part_path(meeting, each.part, each.field_name))
        for each in findings
    ]


def part_path(meeting: Meeting, part: Part, field_name: str = "") -> str:
    """Give the address of the page for one part of a plan, at one of its fields."""
    at = f"#f-{field_name}" if field_name else ""
    if meeting.state is MeetingState.DRAFT:
        return f"/sessions/{meeting.id}/plan/{part}?then=check{at}"
    return f"/sessions/{meeting.id}/change/{part}{at}"


def length_words(minutes: int) -> str:
    """Say a length: "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, _HOUR)
    parts = [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count)


def rows_of(meeting: Meeting, details: Details, around: Around) -> list[Row]:
    """Give a plan with these details as lines, in the order of the pages."""
    rows = (
        Row(Part.KIND, "Kind", meeting.kind.name),
        Row(Part.TIME, "Day and time", _when(details, meeting.zone)),
        *rows_below(details, around),
    )
    return [
        Row(row.part, row.term, row.value, href="" if _is_fixed(meeting, row.part) else href)
        for row in rows
        for href in [part_path(meeting, row.part)]
    ]


def rows_below(details: Details, around: Around, *, of_series: bool = False) -> Iterator[Row]:
    """Give what sessions and series say alike: the ways, the hosts and the words."""
    yield from _way_rows(details, around, of_series=of_series)
    yield from _host_rows(details, around)
    yield Row(Part.WORDS, "Plain title", details.neutral_title or NOT_GIVEN)
    yield Row(Part.WORDS, "Real title", details.real_title or "None")
    about = details.about.split("\n") if details.about else "None"
    yield Row(Part.WORDS, "Note for guests", about)
    yield Row(Part.WORDS, "On our public page", "Yes" if details.is_public else "No")


def _is_fixed(meeting: Meeting, part: Part) -> bool:
    return part is Part.KIND and meeting.state is not MeetingState.DRAFT


def _when(details: Details, zone: str) -> list[str] | str:
    if details.starts_local is None:
        return NOT_GIVEN
    try:
        starts_at = resolve(WallTime(details.starts_local, zone))
    except SchedulingError:
        return f"{details.starts_local:%d.%m.%Y, %H:%M}"
    span = span_words(Slot.of(starts_at, details.minutes), zone)
    return [span, length_words(details.minutes)]


def _way_rows(details: Details, around: Around, *, of_series: bool) -> Iterator[Row]:
    ways = [
        f"{WAY_WORDS[way]}: {_limit_words(details.limits[way])}"
        for way in EASE
        if way in details.limits
    ]
    yield Row(Part.WAYS, "Ways to join", ways or NOT_GIVEN)
    if Way.ROOM in details.limits:
        yield Row(Part.WAYS, "Room", around.place.name if around.place else NOT_GIVEN)
    if Way.OUTDOORS in details.limits:
        outdoors = around.outdoor_place.name if around.outdoor_place else NOT_GIVEN
        yield Row(Part.WAYS, "Place outdoors", outdoors)
    if Way.PHONE in details.limits:
        yield Row(Part.WAYS, "Joining by phone", _phone_words(details, around, of_series=of_series))
    if details.limits and not set(details.limits) - IN_PERSON_WAYS:
        yield Row(Part.WAYS, "Why nobody can join from home", details.no_remote_reason or NOT_GIVEN)


def _limit_words(limit: int | None) -> str:
    return "no limit" if limit is None else f"up to {people(limit)}"


def _phone_words(details: Details, around: Around, *, of_series: bool) -> str | list[str]:
    if details.phone_joining is PhoneJoining.RING:
        return "We ring people"
    line = around.line
    if line is not None and line.carries(details.dial_number, details.dial_pin):
        if not line.makes_pins:
            return ["People dial a number and type a PIN", "We get both from 8x8"]
        number = details.dial_number.strip() or line.first_number
        return [f"People dial {phone_words(number)}", "We make a PIN for everybody"]
    pin = "Each date has its own PIN"
    if not of_series:
        pin = f"PIN {pin_words(details.dial_pin) or NOT_GIVEN.lower()}"
    return [f"People dial {phone_words(details.dial_number)}", pin]


def _host_rows(details: Details, around: Around) -> Iterator[Row]:
    lead = around.lead.chosen_name if around.lead else NOT_GIVEN
    yield Row(Part.HOSTS, "Lead host", lead)
    second = around.second.chosen_name if around.second else "None"
    yield Row(Part.HOSTS, "Second host", second)
    yield Row(Part.HOSTS, "Number to ring for help", phone_words(details.help_phone) or NOT_GIVEN)
