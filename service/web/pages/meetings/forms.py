"""The forms of planning: what each page asks, turned into details of a meeting."""

import datetime
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from scheduling.ways import Way
from service.actions.announcing import Audience
from service.actions.planning import LEAST_MINUTES, MOST_MINUTES, MOST_PLACES
from service.actions.plans import Details
from service.identifiers import new_id
from service.storage.invitations import Choice
from service.storage.planned import PhoneJoining
from service.web.reading import Day, EmptyIsNone, Form, Line, Lines

Limit = Annotated[Annotated[int, Field(ge=1, le=MOST_PLACES)] | None, EmptyIsNone]
Named = Annotated[UUID | None, EmptyIsNone]
#: No row has a version beyond what the database can count to.
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Title = Annotated[Line, Field(max_length=200)]


class KindForm(Form):
    """Which kind of meeting."""

    kind_id: UUID


class PartForm(Form):
    """A form for one part of a plan."""

    @abstractmethod
    def on(self, details: Details) -> Details:
        """Give the details with this part as it was typed."""


class DatesForm(Form):
    """That the day is wanted although it falls on something."""

    dates_agreed: Line = ""

    @property
    def is_agreed(self) -> bool:
        """Say whether "yes, then" was ticked."""
        return self.dates_agreed == "yes"


class TimeForm(PartForm):
    """When, on the wall clock of the meeting's zone, and how long."""

    date: Day
    time: datetime.time
    minutes: int = Field(ge=LEAST_MINUTES, le=MOST_MINUTES)

    def on(self, details: Details) -> Details:
        """Set the start and the length."""
        time = self.time.replace(tzinfo=None, second=0, microsecond=0)
        return replace(
            details, starts_local=datetime.datetime.combine(self.date, time), minutes=self.minutes
        )


class WaysForm(PartForm):
    """Which ways, with a limit each, where, and how people join by phone."""

    way: list[Way] = Field(default_factory=list, validate_default=True)
    limit_room: Limit = None
    limit_online: Limit = None
    limit_phone: Limit = None
    limit_outdoors: Limit = None
    place_id: Named = None
    outdoor_place_id: Named = None
    phone_joining: PhoneJoining = PhoneJoining.RING
    dial_number: Line = ""
    dial_pin: Line = ""
    no_remote_reason: Title = ""

    @field_validator("way")
    @classmethod
    def _at_least_one(cls, ways: list[Way]) -> list[Way]:
        if not ways:
            raise ValueError("no-way")
        return ways

    @field_validator("dial_pin")
    @classmethod
    def _digits_together(cls, pin: str) -> str:
        return "".join(pin.split())

    def on(self, details: Details) -> Details:
        """Set the ways with their limits, the places, and the number and PIN."""
        limits = {
            Way.ROOM: self.limit_room,
            Way.ONLINE: self.limit_online,
            Way.PHONE: self.limit_phone,
            Way.OUTDOORS: self.limit_outdoors,
        }
        return replace(
            details,
            limits={way: limits[way] for way in Way if way in self.way},
            place_id=self.place_id,
            outdoor_place_id=self.outdoor_place_id,
            phone_joining=self.phone_joining,
            dial_number=self.dial_number,
            dial_pin=self.dial_pin,
            no_remote_reason=self.no_remote_reason,
        )


class HostsForm(PartForm):
    """Who runs it, and whom people ring for help."""

    lead_id: Named = None
    second_id: Named = None
    help_phone: Annotated[Line, Field(max_length=40)] = ""

    def on(self, details: Details) -> Details:
        """Set the hosts and the number."""
        return replace(
            details,
            lead_id=self.lead_id,
            second_id=self.second_id,
            help_phone=self.help_phone,
        )


class WordsForm(PartForm):
    """The two titles and the note for guests."""

    neutral_title: Title = ""
    real_title: Title = ""
    about: Annotated[Lines, Field(max_length=2000)] = ""
    is_public: Line = ""

    def on(self, details: Details) -> Details:
        """Set the titles and the note."""
        return replace(
            details,
            neutral_title=self.neutral_title,
            real_title=self.real_title,
            about=self.about,
            is_public=self.is_public == "yes",
        )


class ChangeForm(Form):
    """What goes with a change to a published meeting, beside the part itself."""

    version: Version
    agreed: str = ""
    back: str = ""
    left_without: Annotated[int | None, EmptyIsNone] = None


class PeopleForm(Form):
    """Whom to invite."""

    person: list[UUID] = Field(default_factory=list)
    group: list[UUID] = Field(default_factory=list)
    everyone: str = ""
    q: Line = ""
    agreed: str = ""

    @property
    def choice(self) -> Choice:
        """Give what was ticked as a choice."""
        return Choice(frozenset(self.person), frozenset(self.group), bool(self.everyone))


class PersonForm(Form):
    """One invitation."""

    invitation: UUID


class CancelForm(Form):
    """What people are told about a cancelled session, and the version that was looked at."""

    version: Version
    message: Annotated[Lines, Field(max_length=2000)] = ""


class MessageForm(Form):
    """A message to those coming."""

    audience: Audience = Audience.COMING
    words: Annotated[Lines, Field(min_length=1, max_length=2000)]
    once: UUID = Field(default_factory=new_id)
    agreed: str = ""
    back: str = ""


def shown_details(details: Details) -> Mapping[str, object]:
    """Give details as the values of the forms' fields, as they stand."""
    starts = details.starts_local
    return {
        "date": starts.date().isoformat() if starts else "",
        "time": f"{starts:%H:%M}" if starts else "",
        "minutes": details.minutes,
        "way": [way.value for way in details.limits],
        **{f"limit_{way}": "" if limit is None else limit for way, limit in _limits(details)},
        "place_id": details.place_id or "",
        "outdoor_place_id": details.outdoor_place_id or "",
        "phone_joining": details.phone_joining.value,
        "dial_number": details.dial_number,
        "dial_pin": details.dial_pin,
        "no_remote_reason": details.no_remote_reason,
        "lead_id": details.lead_id or "",
        "second_id": details.second_id or "",
        "help_phone": details.help_phone,
        "neutral_title": details.neutral_title,
        "real_title": details.real_title,
        "about": details.about,
        "is_public": "yes" if details.is_public else "",
    }


def _limits(details: Details) -> list[tuple[Way, int | None]]:
    return [(way, details.limits.get(way)) for way in Way]
