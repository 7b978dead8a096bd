"""What must be put right before a meeting can be published, each with the part of the plan it is in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scheduling.meeting import Problem, ProblemCode, publish_problems
from scheduling.ways import Way
from service.actions.planning import Part, check_phone, needs_pin
from service.actions.plans import Around, Details, around_of, details_of, dials, planned
from service.errors import Invalid
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.phone_lines import PhoneLine, line_of
from service.storage.series import Series

#: Stands in for a time that was not chosen yet, where only the other problems are looked for.
SOME_TIME = datetime.fromisoformat("2999-01-04T12:00")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: its code, the part of the plan, and the field."""

    code: str
    part: Part
    field_name: str


#: Where each problem of a plan is put right.
PUT_RIGHT: Mapping[ProblemCode, tuple[Part, str]] = {
    ProblemCode.NO_NEUTRAL_TITLE: (Part.WORDS, "neutral_title"),
    ProblemCode.UNKNOWN_ZONE: (Part.TIME, "time"),
    ProblemCode.SKIPPED_TIME: (Part.TIME, "time"),
    ProblemCode.DOUBLED_TIME: (Part.TIME, "time"),
    ProblemCode.STARTS_IN_PAST: (Part.TIME, "date"),
    ProblemCode.NO_WAY: (Part.WAYS, "way"),
    ProblemCode.NO_REMOTE_WAY: (Part.WAYS, "no_remote_reason"),
    ProblemCode.NO_PLACE: (Part.WAYS, "place_id"),
    ProblemCode.NO_LEAD: (Part.HOSTS, "lead_id"),
    ProblemCode.NO_SECOND_FACILITATOR: (Part.HOSTS, "second_id"),
    ProblemCode.SAME_FACILITATOR: (Part.HOSTS, "second_id"),
    ProblemCode.NO_HELP_PHONE: (Part.HOSTS, "help_phone"),
}
#: Such a time cannot be chosen; it can only come about when a zone's rules change later.
CODES: Mapping[ProblemCode, str] = {
    ProblemCode.SKIPPED_TIME: "not-once",
    ProblemCode.DOUBLED_TIME: "not-once",
}


async def known_line(db: Db, meeting: Meeting | Series) -> PhoneLine | None:
    """Look the organisation's phone line up, if it matters to whether this can be published."""
    details = details_of(meeting)
    has_pins = isinstance(meeting, Meeting) and meeting.room_pin is not None
    is_left_to_it = dials(details) and not details.dial_pin and not has_pins
    return await line_of(db, meeting.organisation_id) if is_left_to_it else None


def findings_of(
    meeting: Meeting | Series, line: PhoneLine | None = None, *, now: datetime
) -> tuple[Finding, ...]:
    """List what stands in the way of publishing a meeting (loaded whole), in the order of the pages.

    Of a series it is what stands in the way of each of its dates. `line` is its `known_line`.
    """
    around = replace(around_of(meeting), line=line)
    return findings(meeting, details_of(meeting), around, now=now)


def findings(
    meeting: Meeting | Series, details: Details, around: Around, *, now: datetime
) -> tuple[Finding, ...]:
    """List what stands in the way of publishing the meeting with these details."""
    found = []
    if details.starts_local is None:
        found.append(Finding("no-time", Part.TIME, "date"))
        details = replace(details, starts_local=SOME_TIME)
    problems = publish_problems(planned(meeting, details, around), now)
    found += [_finding(problem) for problem in problems]
    phone = check_phone(details, around.line, needs_pin=needs_pin(meeting))
    found += [Finding(code, Part.WAYS, name) for name, code in phone.items()]
    return tuple(sorted(found, key=lambda finding: list(Part).index(finding.part)))


def refuse_unless_ready(found: tuple[Finding, ...]) -> None:
    """Raise Invalid with every finding under its field."""
    if found:
        raise Invalid({finding.field_name: finding.code for finding in reversed(found)})


def _finding(problem: Problem) -> Finding:
    part, name = PUT_RIGHT[problem.code]
    if problem.way is Way.OUTDOORS:
        name = "outdoor_place_id"
    return Finding(CODES.get(problem.code, problem.code.value), part, name)
