"""Meetings as programs see and give them. Nothing here opens a room: no links, no room names, no PINs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from scheduling.meeting import MeetingState
from scheduling.ways import EASE, Way
from service.actions.announcing import Audience
from service.actions.facts import outside_title
from service.actions.inviting import Outcome
from service.actions.pins import is_on_line
from service.storage.meetings import Meeting
from service.storage.phone_lines import PhoneLine
from service.storage.planned import PhoneJoining
from service.web.api.fields import (
    Change,
    Given,
    Id,
    Instant,
    Line,
    Listing,
    LongLines,
    Minutes,
    Offers,
    Value,
    Version,
    WallClock,
    Whole,
)


class MeetingsListing(Listing):
    """Which meetings."""

    state: MeetingState | None = None
    starts_from: Annotated[Instant | None, Field(description="Only what starts then or later.")] = (
        None
    )
    starts_before: Annotated[Instant | None, Field(description="Only what starts earlier.")] = None


class MeetingParts(Change):
    """What can be planned of a meeting. `offers` replaces all ways of joining."""

    starts_local: WallClock | None = None
    minutes: Minutes = 60
    offers: Offers = Field(default_factory=list)
    place_id: Annotated[Id | None, Field(description="Where the room is.")] = None
    outdoor_place_id: Id | None = None
    no_remote_reason: Annotated[
        LongLines, Field(description="Why nobody can join from home; needed if no way is remote.")
    ] = ""
    phone_joining: Annotated[
        PhoneJoining, Field(description="People ring `dial_number`, or we ring them.")
    ] = PhoneJoining.RING
    dial_number: Line = ""
    dial_pin: Annotated[Line, Field(description="Can be written, but is not given back.")] = ""
    lead_id: Annotated[Id | None, Field(description="The person who leads.")] = None
    second_id: Annotated[Id | None, Field(description="The second host.")] = None
    help_phone: Annotated[Line, Field(description="The number to ring for help.")] = ""
    neutral_title: Annotated[Line, Field(description="Stands in mails and calendars.")] = ""
    real_title: Annotated[Line, Field(description="Shown behind the guest's link only.")] = ""
    about: LongLines = ""
    is_public: Annotated[bool, Field(description="Stands on the public page once published.")] = (
        False
    )

    def parts(self) -> dict[str, Any]:
        """Give what was given of the plan, as actions name it."""
        names = self.model_fields_set & MeetingParts.model_fields.keys()
        given = {name: getattr(self, name) for name in names}
        if "offers" in given:
            given["limits"] = {offer.way: offer.places for offer in given.pop("offers")}
        return given


class NewMeeting(MeetingParts):
    """A meeting to draft. What is not given is as its kind says."""

    kind_id: Id


class ChangeMeeting(MeetingParts):
    """What changes about a meeting.

    A change that leaves people without a way to join is refused ("agree-to-loss") until
    `left_without` is at least their number.
    """

    version: Version
    kind_id: Annotated[Id, Field(description="For drafts only.")] = Field(default=UUID(int=0))
    left_without: Annotated[Whole, Field(ge=0, le=1_000_000)] = 0


class AtVersion(Given):
    """Which version of the meeting this is about."""

    version: Version


class Cancelling(Given):
    """Why a meeting is cancelled, in words for everybody invited."""

    version: Version
    message: LongLines = ""


class NewAnnouncement(Given):
    """Words for those who are coming."""

    audience: Audience
    words: Annotated[LongLines, Field(min_length=1)]


class OneAnnouncement(Value):
    """Words that were sent."""

    id: UUID
    meeting_id: UUID
    words: str
    created_at: datetime


class OneOffer(Value):
    """A way of joining: how many may come by it (null: no limit) and how many places are taken."""

    way: Way
    places: int | None
    taken: int


class OneMeeting(Value):
    """A meeting. `title` may be shown to anybody; `real_title` only to those who are invited."""

    id: UUID
    kind_id: UUID
    state: MeetingState
    version: int
    title: str
    starts_local: WallClock | None
    zone: str
    minutes: int
    starts_at: datetime | None
    ends_at: datetime | None
    offers: list[OneOffer]
    place_id: UUID | None
    outdoor_place_id: UUID | None
    no_remote_reason: str
    phone_joining: PhoneJoining
    dial_number: str
    dial_in_numbers: Annotated[
        list[str], Field(description="What people can dial to join. PINs are personal: never here.")
    ]
    has_room: Annotated[
        bool, Field(description="It has an online room, which people enter by their own links.")
    ]
    lead_id: UUID | None
    second_id: UUID | None
    help_phone: str
    neutral_title: str
    real_title: str
    is_open: bool
    is_public: bool
    about: str
    cancel_message: str
    series_id: UUID | None
    is_held: Annotated[bool, Field(description="Guests have not been told of this date yet.")]
    created_at: datetime
    published_at: datetime | None
    cancelled_at: datetime | None


class Meetings(Value):
    """A page of meetings, in the order they were begun."""

    items: list[OneMeeting]
    next: str | None


class Publishing(Value):
    """What came of it: `waits` if a coordinator must look at the list first; then nothing was sent."""

    outcome: Outcome
    meeting: OneMeeting


def shown(meeting: Meeting, line: PhoneLine | None) -> OneMeeting:
    """Give a meeting, loaded whole, as programs see it; `line` is what its organisation can be dialled by."""
    by_way = {offer.way: offer for offer in meeting.offers}
    offers = [OneOffer.model_validate(by_way[way]) for way in EASE if way in by_way]
    made = {
        "title": outside_title(meeting),
        "offers": offers,
        "has_room": Way.ONLINE in by_way,
        "dial_in_numbers": _numbers(meeting, line) if Way.PHONE in by_way else [],
    }
    own = OneMeeting.model_fields.keys() - made.keys()
    return OneMeeting(**made, **{name: getattr(meeting, name) for name in own})


def _numbers(meeting: Meeting, line: PhoneLine | None) -> list[str]:
    if meeting.phone_joining is not PhoneJoining.DIAL:
        return []
    if line is not None and is_on_line(meeting, line):
        return list(line.numbers)
    return [meeting.dial_number] if meeting.dial_number else []
