"""The demonstration as it stands in its file, read strictly: a slip of the pen is an error."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from accessibility.needs import Strength
from scheduling.answers import Answer
from scheduling.dates import DateKind
from scheduling.roles import MeetingRole
from scheduling.series import DateRule
from scheduling.ways import Way
from service.actor import Role
from service.demonstration.scene_parts import (
    Asked,
    Booker,
    Claimed,
    House,
    Part,
    RoomServer,
    Thing,
)
from service.storage.people import Channel


class HelpNeeded(Part):
    """One thing that helps somebody."""

    code: str
    strength: Strength = Strength.MUST
    params: dict[str, str] = Field(default_factory=dict)


class Character(Part):
    """A person of the first organisation, perhaps known to others (`also_in`)."""

    id: str
    name: str
    reference: str = ""
    channels: tuple[Channel, ...] = ()
    email: str = ""
    phone: str = ""
    address: str = ""
    through_name: str = ""
    through_contact: str = ""
    language: str = "en"
    print_size: int = 16
    usual_way: Way | None = None
    roles: tuple[Role, ...] = ()
    also_in: tuple[str, ...] = ()
    needs: tuple[HelpNeeded, ...] = ()
    reminders: tuple[int, ...] | None = None
    has_left: bool = False


class Circle(Part):
    """A group of people."""

    name: str
    people: tuple[str, ...]


class KnownFact(Part):
    """One thing known of a place."""

    word: str
    is_so: bool = True
    detail: str = ""
    checked_days_ago: int


class Venue(Part):
    """A place."""

    id: str
    name: str
    address: str
    directions: str = ""
    room_limit: int | None = None
    outdoor_limit: int | None = None
    facts: tuple[KnownFact, ...] = ()


class Sort(Part):
    """A kind of session."""

    id: str
    name: str
    neutral_title: str
    minutes: int
    ways: dict[Way, int]
    needs_second: bool = True
    roles: frozenset[MeetingRole] = frozenset()
    is_open: bool = False
    ground_rules: str = ""
    running_order: str = ""


class Said(Part):
    """What somebody answered, some hours ago or else in the days after the session was planned."""

    who: str
    hours_ago: int | None = None
    answer: Answer
    way: Way | None = None
    supporters: int = 0
    supporter_name: str = ""


class InRoom(Part):
    """Somebody in a room from one minute until another (None: still there); without `who`, a stranger."""

    who: str = ""
    is_host: bool = False
    since: int
    until: int | None = None


class Noted(Part):
    """What a host noted: that somebody took part by a way, or did not."""

    who: str
    way: Way | None = None


class PhoneTable(Part):
    """A table for people on the phone, and its host."""

    title: str
    host: str


class Rung(Part):
    """Who rings whom."""

    who: str
    by: str


class Scene(Part):
    """A session. `is_told` marks those whose people have all been told before today."""

    id: str
    kind: str
    title: str
    lead: str
    second: str = ""
    place: str = ""
    outdoor_place: str = ""
    ways: dict[Way, int] = Field(default_factory=dict)
    dials_in: bool = False
    no_remote_reason: str = ""
    is_public: bool = False
    day: int | None = None
    at: str = ""
    planned_days_ago: int
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    is_told: bool = False
    is_draft: bool = False
    cancelled: str = ""
    answers: tuple[Said, ...] = ()
    requests: tuple[Asked, ...] = ()
    claims: tuple[Claimed, ...] = ()
    in_room: tuple[InRoom, ...] = ()
    noted: tuple[Noted, ...] = ()
    tables: tuple[PhoneTable, ...] = ()
    rings: tuple[Rung, ...] = ()


class EachTime(Part):
    """Somebody who is counted in each time."""

    who: str
    way: Way


class Repeating(Part):
    """A series: its rule as RFC 5545 writes it, and the first day it may begin, counted from today.

    Dates that fall on what it `skips` are left out by hand.
    """

    id: str
    kind: str
    title: str
    lead: str
    second: str = ""
    place: str = ""
    outdoor_place: str = ""
    ways: dict[Way, int] = Field(default_factory=dict)
    no_remote_reason: str = ""
    is_public: bool = False
    rule: str
    from_day: int
    at: str
    planned_days_ago: int
    date_rules: dict[DateKind, DateRule] = Field(default_factory=dict)
    skips: DateKind | None = None
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    each_time: tuple[EachTime, ...] = ()
    is_draft: bool = False


class Break(Part):
    """Days to keep in mind each year: `begins` is a month and a day ("02-15")."""

    kind: DateKind
    name: str
    begins: str
    days: int


class Trouble(Part):
    """Something wrong at a place for some days, the first of them counted from today."""

    place: str
    fact: str
    why: str
    from_day: int
    days: int


class Mail(Part):
    """A mail that came in about a session: words, another time (so many hours later), or our own come back."""

    who: str
    about: str
    hours_ago: int
    words: str = ""
    hours_later: int = 0
    came_back: str = ""


class Demonstration(Part):
    """All of it."""

    organisations: tuple[House, ...]
    servers: tuple[RoomServer, ...]
    people: tuple[Character, ...]
    groups: tuple[Circle, ...]
    places: tuple[Venue, ...]
    kinds: tuple[Sort, ...]
    suppliers: tuple[Booker, ...]
    access_budget_pence: int
    sessions: tuple[Scene, ...]
    series: tuple[Repeating, ...] = ()
    breaks: tuple[Break, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    mails: tuple[Mail, ...] = ()
    kit: tuple[Thing, ...] = ()


@cache
def demonstration() -> Demonstration:
    """Read the file, the first time."""
    text = files("service.demonstration").joinpath("scenes.toml").read_text("utf-8")
    return Demonstration.model_validate(tomllib.loads(text))
