"""The meeting that the tests of scheduling plan, and the people in it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from scheduling.answers import Answer
from scheduling.ical.build import Invite, Mailbox
from scheduling.meeting import DialIn, Host, MeetingState, Place, Plan
from scheduling.notices import Guest
from scheduling.time import WallTime
from scheduling.versions import Version
from scheduling.ways import Way, WayOffer

LONDON = "Europe/London"
NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
ADA, BEN, CLEO, DOV = (UUID(int=number) for number in range(1, 5))
HALL = Place("Saggar Row Hall", "1 Saggar Row, Burslem")
SHELTER = Place("The bandstand", "Forest Park, Hanley")

DRAFT = Plan(
    start=WallTime(datetime.fromisoformat("2027-01-14T13:00"), LONDON),
    minutes=120,
    neutral_title="Thursday session",
    real_title="Helpers’ circle",
    offers=(
        WayOffer(Way.ROOM, 12),
        WayOffer(Way.ONLINE, 12),
        WayOffer(Way.PHONE, 4),
        WayOffer(Way.OUTDOORS, None),
    ),
    room_place=HALL,
    outdoor_place=SHELTER,
    lead=Host(ADA, "Ada"),
    second=Host(BEN, "Ben"),
    help_phone="01632 960100",
    dial_in=DialIn("01632 960200", "4711"),
)
PUBLISHED = replace(DRAFT, state=MeetingState.PUBLISHED)
CANCELLED = replace(DRAFT, state=MeetingState.CANCELLED)

INVITE = Invite(
    uid="0192f3c8.k7wq@post.example.org",
    version=Version.first(NOW),
    created=NOW,
    start=DRAFT.start,
    minutes=DRAFT.minutes,
    summary="Thursday session",
    description=(
        "Join here: https://manyways.example.org/i/k7wq-m2xd-9hfr",
        "Thursday 14 January 2027, 1pm to 3pm",
        "Need a hand? Ring 01632 960100",
    ),
    location="Online",
    url="https://manyways.example.org/i/k7wq-m2xd-9hfr",
    conference_label="Join online",
    organiser=Mailbox("Kiln Street Hub", "hello@post.example.org"),
    attendee=Mailbox("Cleo", "cleo@example.org"),
)


def guest(way: Way | None = None, answer: Answer = Answer.YES, *, id_: UUID = CLEO) -> Guest:
    """Make a guest who said yes, unless told otherwise."""
    return Guest(id_, way, answer)


def at(local: str, zone: str = LONDON) -> WallTime:
    """Read a wall time: "2027-03-28T01:30"."""
    return WallTime(datetime.fromisoformat(local), zone)
