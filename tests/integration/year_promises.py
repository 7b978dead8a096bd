"""What must hold on any day of a year, whatever has happened: asked of everything that is stored."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import icalendar
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.feeds_showing import Scribe, feed_text
from service.storage.base import Base, Db
from service.storage.feeds import Feed
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.test_feed_agreement import meant
from tests.integration.year_scene import Year

#: What a human still has to do about a session that is off: say so, and see to mail and addresses.
MAKES_SENSE = {
    TaskKind.MAIL_FAILED,
    TaskKind.READ_MAIL,
    TaskKind.ANSWER_BY_MAIL,
    TaskKind.ADDRESS_FAILED,
}
PROMPTS = (MessageKind.REMINDER, MessageKind.NUDGE)
R = TypeVar("R", bound=Base)


@dataclass(slots=True)
class Stored:
    """Everything there is."""

    meetings: dict[UUID, Meeting]
    invitations: dict[UUID, Invitation]
    offers: Sequence[Offer]
    holds: Sequence[Hold]
    messages: Sequence[Message]
    tasks: Sequence[Task]


@dataclass(slots=True)
class Promises:
    """Asks again and again, and remembers what only ever grows."""

    year: Year
    known: dict[UUID, tuple[str, int, datetime]] = field(default_factory=dict)
    mails_read: int = 0
    sequences: dict[str, int] = field(default_factory=dict)

    async def hold(self) -> None:
        """Ask everything; what is broken is said in words."""
        async with self.year.parts.database.reading() as db:
            stored = await _stored(db)
            await self._feeds_agree(db)
        for promise in (
            seats_are_counted,
            holds_fit,
            nothing_waits_in_vain,
            tasks_make_sense,
            reminders_come_once,
        ):
            broken = promise(stored, self.year.now)
            assert not broken, (promise.__name__, self.year.now, broken)
        self._versions_grow(stored)
        self._mails_are_personal(stored)
        assert [] == [m for m in stored.messages if m.person_id == self.year.people["Kay"].id]
        differing = self._calendars_differ(stored)
        assert not differing, (self.year.now, differing)

    def _versions_grow(self, stored: Stored) -> None:
        for each in stored.invitations.values():
            uid, sequence, stamp = self.known.get(each.id, (each.uid, each.sequence, each.stamp))
            assert uid == each.uid
            assert (sequence, stamp) <= (each.sequence, each.stamp)
            assert sequence < each.sequence or stamp == each.stamp
            assert stamp <= each.stamp
            self.known[each.id] = (each.uid, each.sequence, each.stamp)

    def _mails_are_personal(self, stored: Stored) -> None:
        """Every mail names one guest, of a session they may hear of, and is not older than the last."""
        by_uid = {each.uid: each for each in stored.invitations.values()}
        for at, sent in self.year.sent[self.mails_read :]:
            assert 1 == len(str(sent.mail["To"]).split(","))
            if not sent.calendar:
                continue
            (event,) = icalendar.Calendar.from_ical(sent.calendar).walk("VEVENT")
            uid, attendee, sequence = (
                str(event["UID"]),
                event["ATTENDEE"],
                int(str(event["SEQUENCE"])),
            )
            invitation = by_uid[uid]
            assert not isinstance(attendee, list)
            assert not stored.meetings[invitation.meeting_id].is_held, (at, uid)
            assert self.sequences.get(uid, 0) <= sequence
            self.sequences[uid] = sequence
        self.mails_read = len(self.year.sent)

    async def _feeds_agree(self, db: Db) -> None:
        scribe = Scribe(self.year.parts.keys, self.year.parts.settings.public_url)
        for feed in (await db.scalars(select(Feed))).all():
            text = await feed_text(db, scribe, feed, now=self.year.now)
            events = icalendar.Calendar.from_ical(text).walk("VEVENT")
            told = {
                (
                    str(event["UID"]),
                    event.decoded("DTSTART").astimezone(UTC),
                    str(event["STATUS"]),
                    int(str(event["SEQUENCE"])),
                )
                for event in events
            }
            assert await meant(db, feed, self.year.now) == told

    def _calendars_differ(self, stored: Stored) -> list[tuple[str, list[str]]]:
        """Compare each calendar that got mail all along with what is to come."""
        found = []
        for name, person in self.year.people.items():
            client = self.year.calendars.get(f"{name} <{person.email}>")
            if client is None or name == "Rose":
                continue
            shown = {e.uid: e.starts_at for e in client.entries.values()}
            for each in stored.invitations.values():
                meeting = stored.meetings[each.meeting_id]
                if each.person_id != person.id or _starts(meeting) <= self.year.now:
                    continue
                is_on = meeting.state is MeetingState.PUBLISHED and each.removed_at is None
                wanted = meeting.starts_at if is_on and not meeting.is_held else None
                if shown.get(each.uid) != wanted and each.answer is not Answer.NO:
                    found.append((name, [str(shown.get(each.uid)), str(wanted), each.answer]))
        return found


async def _stored(db: Db) -> Stored:
    async def every(table: type[R]) -> Sequence[R]:
        return (await db.scalars(select(table))).all()

    return Stored(
        {each.id: each for each in await every(Meeting)},
        {each.id: each for each in await every(Invitation)},
        await every(Offer),
        await every(Hold),
        await every(Message),
        await every(Task),
    )


def seats_are_counted(stored: Stored, _now: datetime) -> list[str]:
    """Seats taken are those of people who come, and those kept for somebody; never more than there are."""
    counted: dict[tuple[UUID, Way], int] = defaultdict(int)
    for each in stored.invitations.values():
        if each.answer is Answer.YES and each.removed_at is None and each.way is not None:
            counted[each.meeting_id, each.way] += each.seats
    for hold in stored.holds:
        if hold.state is HoldState.OFFERED:
            counted[hold.meeting_id, hold.way] += hold.seats
    return [
        f"{stored.meetings[o.meeting_id].starts_at} {o.way}: {o.taken} taken, {there} counted"
        for o in stored.offers
        if (there := counted[o.meeting_id, o.way]) != o.taken
        or (o.seats is not None and o.taken > o.seats)
    ]


def holds_fit(stored: Stored, now: datetime) -> list[str]:
    """A place is kept only for one who waits for it, once, for a session that is on and still to come."""
    broken = []
    open_ones = [hold for hold in stored.holds if hold.state is HoldState.OFFERED]
    for hold in open_ones:
        own, meeting = stored.invitations[hold.invitation_id], stored.meetings[hold.meeting_id]
        waits = own.answer is Answer.WAITING and own.removed_at is None and own.way is hold.way
        is_on = meeting.state is MeetingState.PUBLISHED and not meeting.is_held
        if not (waits and is_on and hold.expires_at > now):
            broken.append(f"{meeting.starts_at} {hold.way} {own.answer} {hold.expires_at}")
    twice = Counter(hold.invitation_id for hold in open_ones)
    return broken + [str(id_) for id_, count in twice.items() if count > 1]


def nothing_waits_in_vain(stored: Stored, now: datetime) -> list[str]:
    """Nothing waits to be sent about what is over or off, but that it is off."""
    broken = []
    for each in stored.messages:
        if each.state is not MessageState.WAITING or each.meeting_id is None:
            continue
        meeting = stored.meetings[each.meeting_id]
        is_over = meeting.ends_at is not None and meeting.ends_at + timedelta(hours=12) < now
        if is_over:
            broken.append(f"{each.kind} {meeting.starts_at}")
    return broken


def tasks_make_sense(stored: Stored, _now: datetime) -> list[str]:
    """About a session that is off there is only to say so."""
    return [
        f"{each.kind} {each.about} {stored.meetings[each.meeting_id].starts_at}"
        for each in stored.tasks
        if each.state is TaskState.OPEN
        and each.meeting_id is not None
        and stored.meetings[each.meeting_id].state is MeetingState.CANCELLED
        and each.kind not in MAKES_SENSE
        and each.about != MessageKind.CANCEL
    ]


def reminders_come_once(stored: Stored, _now: datetime) -> list[str]:
    """Each reminder was sent once at most, before the start; nobody was nudged twice."""
    broken, told = [], Counter[tuple[UUID, MessageKind, int]]()
    for each in stored.messages:
        if each.kind in PROMPTS and each.state is MessageState.SENT and each.meeting_id:
            told[each.subject_id, each.kind, each.occurrence] += 1
            meeting = stored.meetings[each.meeting_id]
            is_moved = stored.invitations[each.subject_id].time_sequence is not None
            if not is_moved and (each.sent_at is None or each.sent_at >= _starts(meeting)):
                broken.append(f"late: {each.kind} {meeting.starts_at}")
    return broken + [
        f"{kind} {occurrence} {stored.invitations[id_].uid}"
        for (id_, kind, occurrence), count in told.items()
        if count > 1 and stored.invitations[id_].time_sequence is None
    ]


def _starts(meeting: Meeting) -> datetime:
    assert meeting.starts_at is not None
    return meeting.starts_at
