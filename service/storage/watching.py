"""Whom a change of each table may concern, and which columns no feed shows.

Touching too much costs a rebuild that gives the same bytes; touching too little would let "not
modified" hide a change. So a column counts unless it stands here among those that do not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accessibility.contact import NEUTRAL, SAFE_CONTACT
from service.storage.base import Base
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind
from service.storage.needs import Need
from service.storage.organisations import Organisation
from service.storage.people import Channel, Person
from service.storage.places import Place

#: More people or meetings than this in one transaction: all feeds of the organisation are touched.
MANY = 500

Row = Mapping[str, Any]


@dataclass(slots=True)
class Touched:
    """Whom the changes of one transaction may concern, by identifier."""

    organisations: set[UUID] = field(default_factory=set)
    people: set[UUID | None] = field(default_factory=set)
    meetings: set[UUID] = field(default_factory=set)
    hosts: set[UUID] = field(default_factory=set)
    places: set[UUID] = field(default_factory=set)
    houses: set[UUID] = field(default_factory=set)
    public: set[UUID | None] = field(default_factory=set)

    @property
    def is_wide(self) -> bool:
        """Tell whether so much is concerned that nobody is looked up any more."""
        return len(self.people) + len(self.meetings) > MANY

    def note(self, watch: "Watch", row: Row) -> None:
        """Note whom a row concerns."""
        self.organisations.add(row["id" if watch.table is Organisation else "organisation_id"])
        watch.note(self, row)


@dataclass(frozen=True, slots=True)
class Watch:
    """How one table's changes concern feeds: `ignores` are columns that no feed shows."""

    table: type[Base]
    note: Callable[[Touched, Row], None]
    reads: tuple[str, ...]
    ignores: frozenset[str] = frozenset()


def _note_meeting(touched: Touched, row: Row) -> None:
    touched.meetings.add(row["id"])
    touched.people.update(row[name] for name in ("lead_id", "second_id", "created_by"))
    if row["is_public"]:
        touched.public.add(row["organisation_id"])


def _note_offer(touched: Touched, row: Row) -> None:
    touched.meetings.add(row["meeting_id"])


def _note_invitation(touched: Touched, row: Row) -> None:
    touched.people.add(row["person_id"])


def _note_person(touched: Touched, row: Row) -> None:
    touched.people.add(row["id"])
    touched.hosts.add(row["id"])


def _note_place(touched: Touched, row: Row) -> None:
    touched.places.add(row["id"])
    touched.public.add(row["organisation_id"])


def _note_organisation(touched: Touched, row: Row) -> None:
    touched.houses.add(row["id"])
    touched.public.add(row["id"])


def _note_kind(touched: Touched, row: Row) -> None:
    touched.public.add(row["organisation_id"])


def _note_need(touched: Touched, row: Row) -> None:
    if row["code"] in (NEUTRAL, SAFE_CONTACT):
        touched.people.add(row["person_id"])


def _note_message(touched: Touched, row: Row) -> None:
    if row["kind"] == MessageKind.INVITATION and row["channel"] == Channel.EMAIL:
        touched.people.add(row["person_id"])


_WATCHED = (
    Watch(
        Meeting,
        _note_meeting,
        ("id", "organisation_id", "lead_id", "second_id", "created_by", "is_public"),
        frozenset({"reminded_until", "waits_in_lobby", "passcode", "settled_at"}),
    ),
    Watch(
        Offer,
        _note_offer,
        ("organisation_id", "meeting_id"),
        frozenset({"places", "seats", "taken"}),
    ),
    Watch(
        Invitation,
        _note_invitation,
        ("organisation_id", "person_id"),
        frozenset(
            {"supporters", "supporter_name", "answered_at", "answered_by", "waiting_since"}
            | {"ringer_id", "table_id"}
        ),
    ),
    Watch(
        Person,
        _note_person,
        ("id", "organisation_id"),
        frozenset(
            {"phone", "phone_key", "address", "print_size", "coordinator_id", "reminders"}
            | {"join_choices"}
        ),
    ),
    Watch(Place, _note_place, ("id", "organisation_id")),
    Watch(
        Organisation,
        _note_organisation,
        ("id",),
        frozenset({"public_version", "mail_server_sealed", "mailbox_sealed", "texts"}),
    ),
    Watch(Kind, _note_kind, ("organisation_id",)),
    Watch(Need, _note_need, ("organisation_id", "person_id", "code")),
    Watch(
        Message,
        _note_message,
        ("organisation_id", "person_id", "kind", "channel"),
        frozenset({"tries", "due_at", "lease", "leased_until", "message_id", "trouble", "sent_at"}),
    ),
)
WATCHES: dict[str, Watch] = {watch.table.__tablename__: watch for watch in _WATCHED}
