"""A message in the facilitator's own words to everybody coming: by mail, or by a human's task."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduling.answers import Answer
from service.actions.foreseeing import Forecast, foresee_people, reaches_of
from service.actions.inviting import refuse_unless_coming
from service.actions.permissions import Permission, require
from service.actions.raising import about_meeting
from service.actions.telling import Reach
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitations_of
from service.storage.meetings import Meeting, lock_offers, meeting_by_id
from service.storage.messages import Announcement, Message, MessageKind
from service.storage.people import Person
from service.storage.tasks import Task

MOST_LETTERS = 2000


class Audience(StrEnum):
    """Whom a message is for, by what they answered."""

    COMING = "coming"
    MAYBE = "maybe"
    WAITING = "waiting"


ANSWERS = {
    Audience.COMING: frozenset({Answer.YES}),
    Audience.MAYBE: frozenset({Answer.YES, Answer.MAYBE}),
    Audience.WAITING: frozenset({Answer.YES, Answer.MAYBE, Answer.WAITING}),
}


async def foresee_announcement(
    db: Db, actor: Actor, meeting_id: UUID, audience: Audience, *, now: datetime
) -> Forecast:
    """Say how many people a message would reach, and how."""
    meeting, people = await _readers(db, actor, meeting_id, audience, now)
    return await foresee_people(db, meeting, people, now=now)


@dataclass(frozen=True, slots=True)
class News:
    """What is said to whom. `id` is made with the page that asks for it: pressed twice, sent once."""

    audience: Audience
    words: str
    id: UUID = field(default_factory=new_id)


async def announce(
    db: Db, actor: Actor, meeting_id: UUID, news: News, *, now: datetime
) -> Announcement:
    """Send words to those the audience names; raises Invalid without words, Refused without readers."""
    require(actor, Permission.PLAN_MEETINGS)
    words = news.words
    if not words.strip() or len(words) > MOST_LETTERS:
        raise Invalid({"words": "too-long" if words.strip() else "needed"})
    await lock_offers(db, actor, meeting_id)
    meeting, people = await _readers(db, actor, meeting_id, news.audience, now)
    sent = await db.get(Announcement, news.id)
    if sent is not None and sent.meeting_id == meeting.id:
        return sent
    if not people:
        raise Refused("nobody-to-tell", field="audience")
    announcement = Announcement(
        id=news.id,
        organisation_id=meeting.organisation_id,
        meeting_id=meeting.id,
        words=words,
        written_by=actor.person_id,
        created_at=now,
    )
    db.add(announcement)
    await db.flush()
    reaches = await reaches_of(db, meeting, people, now=now)
    db.add_all(_telling(meeting, announcement, each, reaches[each.id], now) for each in people)
    record(db, actor, "meeting.announced", announcement, now=now, people=len(people))
    return announcement


async def _readers(
    db: Db, actor: Actor, meeting_id: UUID, audience: Audience, now: datetime
) -> tuple[Meeting, list[Person]]:
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_by_id(db, actor, meeting_id)
    refuse_unless_coming(meeting, now)
    wanted = ANSWERS[audience]
    invitations = await invitations_of(db, actor, meeting_id)
    return meeting, [each.person for each in invitations if each.answer in wanted]


def _telling(
    meeting: Meeting, announcement: Announcement, person: Person, reach: Reach, now: datetime
) -> Message | Task:
    if reach.channel is not None:
        return Message(
            organisation_id=meeting.organisation_id,
            kind=MessageKind.ANNOUNCEMENT,
            person_id=person.id,
            subject_id=announcement.id,
            meeting_id=meeting.id,
            channel=reach.channel,
            due_at=now,
            created_at=now,
        )
    return about_meeting(
        Task(
            kind=reach.task,
            about=MessageKind.ANNOUNCEMENT.value,
            once=f"{MessageKind.ANNOUNCEMENT}|{announcement.id}|{person.id}",
            person_id=person.id,
            subject_id=announcement.id,
        ),
        meeting,
        now=now,
    )
