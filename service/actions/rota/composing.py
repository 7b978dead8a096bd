"""From a queued message about the rota to its letter; what is settled by then gives none."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling.meeting import MeetingState
from scheduling.time import Slot
from scheduling.ways import EASE, Way
from service.actions.composer import Composer, Overtaken
from service.actions.facts import outside_title
from service.actions.rota.answering import Standing, standing_of
from service.actions.rota.asking import LINK
from service.actions.rota.viewing import gathering_of
from service.outbound import letters
from service.outbound.mail import Letter
from service.outbound.rota import AskFacts, GatheringFacts, NewsFacts
from service.storage.base import Db
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.messages import Message
from service.storage.people import Person
from service.storage.places import Place
from service.storage.rota import Duty
from service.storage.step_ins import StepIn, StepInAsked


async def rota_ask(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Make the letter that asks somebody to take a part, as long as it can be taken."""
    query = select(StepInAsked).where(StepInAsked.id == message.subject_id)
    query = query.options(
        joinedload(StepInAsked.person),
        joinedload(StepInAsked.step_in).joinedload(StepIn.meeting).options(*WHOLE_MEETING),
    )
    asked = await db.scalar(query)
    if asked is None or await standing_of(db, asked, now) is not Standing.OPEN:
        raise Overtaken("rota-settled")
    question = asked.step_in
    link = composer.keys.link_for(LINK, asked.id, 1)
    facts = AskFacts(
        _gathering(question.meeting),
        question.role,
        f"{composer.public_url}/rota/take/{link}",
        await _giver(db, question.from_person_id, question.asked_by),
    )
    return letters.rota_ask(await composer.note_facts(db, message), facts)


async def rota_news(composer: Composer, db: Db, message: Message, now: datetime) -> Letter:
    """Make the letter that says who does what at a meeting, as it is now."""
    query = select(Meeting).where(Meeting.id == message.subject_id).options(*WHOLE_MEETING)
    meeting = await db.scalar(query)
    if meeting is None or meeting.state is not MeetingState.PUBLISHED:
        raise Overtaken("cancelled")
    if meeting.ends_at is None or meeting.ends_at <= now:
        raise Overtaken("over")
    duties = select(Duty).where(Duty.meeting_id == meeting.id).options(joinedload(Duty.person))
    gathering = gathering_of(meeting, (await db.scalars(duties)).all())
    facts = NewsFacts(
        _gathering(meeting),
        tuple((part.role, part.helper.name if part.helper else "") for part in gathering.parts),
        gathering.roles_of(message.person_id),
        f"{composer.public_url}/rota",
    )
    return letters.rota_news(await composer.note_facts(db, message), facts)


async def _giver(db: Db, from_id: UUID | None, asked_by: UUID | None) -> str:
    """Name who would give the part away, if they ask themselves; a coordinator may ask without them."""
    if from_id is None or from_id != asked_by:
        return ""
    person = await db.get(Person, from_id)
    return person.chosen_name if person else ""


def _gathering(meeting: Meeting) -> GatheringFacts:
    if meeting.starts_at is None or meeting.ends_at is None:
        raise Overtaken("no-time")
    slot = Slot(meeting.starts_at, meeting.ends_at)
    return GatheringFacts(outside_title(meeting), slot, meeting.zone, where=_where(meeting))


def _where(meeting: Meeting) -> tuple[str, ...]:
    """Say by which ways people join, with the place of those that have one."""
    offered = {offer.way for offer in meeting.offers}
    places: dict[Way, Place | None] = {
        Way.ROOM: meeting.place,
        Way.OUTDOORS: meeting.outdoor_place,
    }
    words = {
        Way.PHONE: "By phone",
        Way.ONLINE: "Online",
        Way.ROOM: "In the room",
        Way.OUTDOORS: "Outdoors",
    }
    return tuple(
        f"{words[way]}: {place.name}" if (place := places.get(way)) else words[way]
        for way in EASE
        if way in offered
    )
