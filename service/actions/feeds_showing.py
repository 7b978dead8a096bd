"""What a feed shows: stored events joined, and those that are missing made on the fly, a piece at a time.

Nothing is written here but by `keep_events`, which a timer calls; whoever only asks for a feed gets the
same bytes whether its events are stored or not. Making an event takes half a millisecond, so after each
the loop is let go: nobody else waits for two hundred of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from accessibility.contact import NEUTRAL, SAFE_CONTACT
from scheduling.ical.build import zone_bytes
from scheduling.ical.feed import feed as joined_feed
from scheduling.ical.feed import refers_to_zone
from scheduling.meeting import MeetingState
from scheduling.versions import Version
from service.actions.facts import Personal, facts_of, page_url, session_facts
from service.keys import Keys
from service.outbound.facts import HouseFacts, InvitationFacts, ReaderFacts
from service.outbound.feeds import FORM, Standing, Style, guest_event, host_event, public_event
from service.outbound.zone_rules import zone_rule
from service.storage.base import Db
from service.storage.feed_rows import (
    EventRow,
    Rows,
    event_rows,
    guest_rows,
    host_rows,
    house_and_plainness,
    public_rows,
)
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import WHOLE_INVITATION, Invitation
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.organisations import Organisation, organisation_by_id

T = TypeVar("T")

#: So many events are looked through, or loaded to be made, before others have their turn.
LOOKED_THROUGH, LOADED = 100, 8
#: What programs call a calendar whose name says nothing; a safe one does not even speak of sessions.
QUIET_NAMES = {FeedKind.OWN: "My sessions", FeedKind.HOSTING: "My work"}
SAFE_NAME = "My calendar"


@dataclass(frozen=True, slots=True)
class Scribe:
    """What events are written with: the keys of people's links, and our own address."""

    keys: Keys = field(repr=False)
    public_url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of a feed; `is_new` if its text was made now and is not stored yet."""

    row: EventRow
    text: bytes
    is_new: bool


@dataclass(frozen=True, slots=True)
class Show:
    """One feed, ready to be written: its rows, and how an event that is missing is made."""

    name: str
    organisation: Organisation
    made_for: str
    rows: Rows
    made_with: Callable[[str], bytes]
    make: Callable[[Db, Sequence[UUID]], AsyncIterator[tuple[UUID, bytes]]]


async def feed_text(db: Db, scribe: Scribe, feed: Feed, *, now: datetime) -> bytes:
    """Write a person's feed as it is today; the same all day unless something changes."""
    return await written(db, await show_of(db, scribe, feed, now=now))


async def public_text(db: Db, scribe: Scribe, organisation_id: UUID, *, now: datetime) -> bytes:
    """Write the feed of an organisation's public meetings."""
    organisation = await organisation_by_id(db, organisation_id)
    made_for = f"public-{Style.FULL}"
    desk = _Desk(scribe, organisation, Style.FULL)
    rows = await public_rows(db, organisation_id, made_for, day=start_of_day(now))
    show = Show(organisation.name, organisation, made_for, rows, desk.made_with, desk.make_public)
    return await written(db, show)


async def show_of(db: Db, scribe: Scribe, feed: Feed, *, now: datetime) -> Show:
    """Look up what one person's feed shows today; two queries."""
    organisation, needs = await house_and_plainness(db, feed.organisation_id, feed.person_id)
    style = _style_of(feed, needs)
    desk, day = _Desk(scribe, organisation, style), start_of_day(now)
    whose, name = (feed.organisation_id, feed.person_id), _name_of(feed, organisation, style)
    if feed.kind is FeedKind.HOSTING:
        rows = await host_rows(db, *whose, made_for := f"host-{style}", day=day)
        return Show(name, organisation, made_for, rows, desk.made_with, desk.make_host)
    mailed_too = not feed.leaves_out_mailed
    rows = await guest_rows(
        db, *whose, made_for := f"guest-{style}", day=day, mailed_too=mailed_too
    )
    return Show(name, organisation, made_for, rows, desk.made_with, desk.make_guest)


async def written(db: Db, show: Show) -> bytes:
    """Join a feed's events."""
    events = [event async for event in shown(db, show)]
    zones = (each.row.zone for each in events if refers_to_zone(each.text))
    return joined_feed(
        show.name,
        show.organisation.zone,
        zones=[zone_bytes(zone, zone_rule(zone)) for zone in dict.fromkeys(zones)],
        events=[each.text for each in events],
    )


async def shown(db: Db, show: Show, *, most: int | None = None) -> AsyncIterator[Shown]:
    """Give a feed's events in their order; those that are missing are made first, `most` of them."""
    found: list[EventRow] = []
    for some in _batches(show.rows, LOOKED_THROUGH):
        found += event_rows(some, show.made_with)
        await asyncio.sleep(0)
    missing = [row.subject_id for row in found if row.block is None][:most]
    made = {id_: text async for id_, text in show.make(db, missing)}
    for row in found:
        if row.block is not None:
            yield Shown(row, row.block, is_new=False)
        elif text := made.get(row.subject_id):
            yield Shown(row, text, is_new=True)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one feed's events are made."""

    scribe: Scribe
    organisation: Organisation
    style: Style

    @property
    def made_with(self) -> Callable[[str], bytes]:
        """Name what an event is made with beside its own facts, by its zone."""
        house, public_url = self.organisation, self.scribe.public_url
        facts = (FORM, house.name, house.contact_phone, house.contact_email, house.slug)

        @cache
        def named(zone: str) -> bytes:
            return repr((*facts, public_url, zone, zone_rule(zone))).encode(errors="surrogatepass")

        return named

    async def make_guest(self, db: Db, ids: Sequence[UUID]) -> AsyncIterator[tuple[UUID, bytes]]:
        """Make guests' events by their invitations."""
        for some in _batches(ids, LOADED):
            query = select(Invitation).where(Invitation.id.in_(some)).options(*WHOLE_INVITATION)
            for invitation in (await db.scalars(query)).unique():
                yield invitation.id, self._guest_event(invitation)
                await asyncio.sleep(0)

    async def make_host(self, db: Db, ids: Sequence[UUID]) -> AsyncIterator[tuple[UUID, bytes]]:
        """Make hosts' events by their meetings."""
        async for meeting in _meetings(db, ids):
            url = f"{self.scribe.public_url.rstrip('/')}/sessions/{meeting.id}"
            facts = self._meeting_facts(meeting, "host", url)
            yield meeting.id, host_event(facts, self._standing(meeting))

    async def make_public(self, db: Db, ids: Sequence[UUID]) -> AsyncIterator[tuple[UUID, bytes]]:
        """Make everybody's events by their meetings."""
        url = f"{self.scribe.public_url.rstrip('/')}/o/{self.organisation.slug}"
        async for meeting in _meetings(db, ids):
            facts = self._meeting_facts(meeting, "public", f"{url}/sessions/{meeting.id}")
            standing = self._standing(meeting)
            yield meeting.id, public_event(facts, standing, names_place=meeting.is_open)

    def _guest_event(self, invitation: Invitation) -> bytes:
        url = page_url(invitation, self.scribe.keys, self.scribe.public_url)
        personal = Personal(is_neutral=self.style is not Style.FULL)
        facts = facts_of(invitation, self.organisation, personal, page_url=url)
        is_removed = invitation.removed_at is not None
        return guest_event(facts, self._standing(invitation.meeting, is_removed=is_removed))

    def _meeting_facts(self, meeting: Meeting, reader: str, url: str) -> InvitationFacts:
        house = self.organisation
        changed = (meeting.cancelled_at, meeting.published_at, meeting.created_at)
        return InvitationFacts(
            house=HouseFacts(house.name, meeting.help_phone or house.contact_phone, ""),
            reader=ReaderFacts(""),
            session=session_facts(meeting, house, is_neutral=self.style is not Style.FULL),
            uid=f"{meeting.id}.{reader}",
            version=Version(meeting.version, next(filter(None, changed))),
            created=meeting.created_at,
            page_url=url,
            cancel_message=meeting.cancel_message if reader != "public" else "",
        )

    def _standing(self, meeting: Meeting, *, is_removed: bool = False) -> Standing:
        is_cancelled = meeting.state is MeetingState.CANCELLED
        return Standing(is_cancelled, is_removed, self.style)


async def _meetings(db: Db, ids: Sequence[UUID]) -> AsyncIterator[Meeting]:
    for some in _batches(ids, LOADED):
        query = select(Meeting).where(Meeting.id.in_(some)).options(*WHOLE_MEETING)
        for meeting in (await db.scalars(query)).unique():
            yield meeting
            await asyncio.sleep(0)


def _style_of(feed: Feed, needs: frozenset[str]) -> Style:
    if SAFE_CONTACT in needs:
        return Style.SAFE
    return Style.PLAIN if feed.is_neutral or NEUTRAL in needs else Style.FULL


def _name_of(feed: Feed, organisation: Organisation, style: Style) -> str:
    match style:
        case Style.SAFE:
            return SAFE_NAME
        case Style.PLAIN:
            return QUIET_NAMES[feed.kind]
        case Style.FULL:
            return organisation.name


def start_of_day(now: datetime) -> datetime:
    """Give the beginning of the day, which is all of the time that a feed depends on."""
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)


def _batches(all_of_them: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for at in range(0, len(all_of_them), size):
        yield all_of_them[at : at + size]
