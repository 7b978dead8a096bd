"""Who took part in meetings, for programs: counts by way, and people to a program that may know them."""

from collections import Counter
from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from pydantic import Field

from accessibility.disclosure import shown_count
from scheduling.ways import EASE, Way
from service.storage.attendance import AttendanceSource, attendance_of, others_of
from service.storage.meetings import meeting_by_id
from service.web.api.endpoints import Call, Endpoint
from service.web.api.fields import Nothing, Value

#: The scope that shows single people; without it there are only counts.
KNOWS_PEOPLE = "invitations:read"


class CountByWay(Value):
    """How many by a way, for each that was offered."""

    way: Way
    people: Annotated[
        int | None,
        Field(
            description="Below five it could point at a person: then it is null, but for tokens "
            "with invitations:read."
        ),
    ]


class OneAttendance(Value):
    """Whether one invited person took part. `is_noted` says that a host wrote it down."""

    invitation_id: UUID
    was_there: bool
    way: Annotated[Way, Field(description="Theirs; if they were not there, the one they had.")]
    is_noted: bool


class MeetingAttendance(Value):
    """Who took part in a meeting. Nothing is here before it was worked out or noted."""

    meeting_id: UUID
    is_settled: Annotated[
        bool, Field(description="It is over, and what its room told has been looked at.")
    ]
    came: Annotated[list[CountByWay], Field(description="All who took part, the others too.")]
    others: Annotated[list[CountByWay], Field(description="Those whom nobody invited by name.")]
    people: Annotated[
        list[OneAttendance] | None,
        Field(description="Given to tokens with invitations:read only, and null to others."),
    ]


async def get_attendance(call: Call[Nothing, Nothing]) -> MeetingAttendance:
    """Give who took part in a meeting."""
    meeting = await meeting_by_id(call.db, call.actor, call.id())
    kept = await attendance_of(call.db, meeting.id)
    others = Counter({row.way: row.people for row in await others_of(call.db, meeting.id)})
    people = [
        OneAttendance(
            invitation_id=row.invitation_id,
            was_there=row.was_there,
            way=row.way,
            is_noted=row.source is AttendanceSource.NOTED,
        )
        for row in kept
    ]
    is_exact = KNOWS_PEOPLE in (call.actor.scopes or ())
    came = others + Counter(row.way for row in kept if row.was_there)
    ways = came.keys() | {offer.way for offer in meeting.offers}
    return MeetingAttendance(
        meeting_id=meeting.id,
        is_settled=meeting.settled_at is not None,
        came=_by_way(came, ways, is_exact=is_exact),
        others=_by_way(others, ways, is_exact=is_exact),
        people=people if is_exact else None,
    )


def _by_way(counts: Counter[Way], ways: Collection[Way], *, is_exact: bool) -> list[CountByWay]:
    return [
        CountByWay(way=way, people=counts[way] if is_exact else shown_count(counts[way]))
        for way in EASE
        if way in ways
    ]


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/meetings/{meeting_id}/attendance",
        name="attendance",
        tag="meetings",
        scope="meetings:read",
        summary="Get who took part, by way",
        call=get_attendance,
        query=Nothing,
        body=Nothing,
        answer=MeetingAttendance,
    ),
)
