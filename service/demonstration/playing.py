"""The sessions of the demonstration, planned, published, answered and cancelled by its own people."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from scheduling.time import DoubledTime, SkippedTime, WallTime, on_wall, resolve
from service.actions.answering import Reply, answer
from service.actions.cancelling import cancel_meeting
from service.actions.desk import How, enter_answer
from service.actions.drafting import save_draft, start_draft
from service.actions.inviting import choose_people
from service.actions.plans import Details, details_of
from service.actions.publishing import publish_meeting
from service.actor import Actor
from service.demonstration.scenes import Said, Scene
from service.demonstration.stage import Stage
from service.storage.invitations import Choice, Invitation, guest_invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.people import Channel
from service.storage.planned import PhoneJoining
from service.storage.tasks import Task, TaskState

#: The session of today starts on the next five minutes after so long.
SOON = timedelta(minutes=15)
FIVE = timedelta(minutes=5)


async def play(stage: Stage, scene: Scene) -> Meeting:
    """Let a session come about, as far as it has come."""
    planned = stage.now - timedelta(days=scene.planned_days_ago)
    host = stage.as_staff(scene.lead)
    meeting = await _plan(stage, scene, host, planned)
    if scene.is_draft:
        return meeting
    await publish_meeting(stage.db, host, meeting.id, now=planned)
    await stage.db.flush()
    if scene.is_told:
        await all_told(stage, meeting, planned)
    for number, said in enumerate(scene.answers):
        then = planned + timedelta(hours=20 + number)
        if said.hours_ago is not None:
            then = stage.now - timedelta(hours=said.hours_ago)
        await _answer(stage, meeting, said, then)
    if scene.cancelled:
        await cancel_meeting(
            stage.db,
            host,
            meeting.id,
            scene.cancelled,
            version=meeting.version,
            now=stage.now - timedelta(hours=2),
        )
    return meeting


async def invitation_to(stage: Stage, meeting: Meeting, name: str) -> Invitation:
    """Give somebody's invitation to a session."""
    query = select(Invitation).where(
        Invitation.meeting_id == meeting.id, Invitation.person_id == stage.people[name].id
    )
    invitation = await stage.db.scalar(query.options(joinedload(Invitation.person)))
    if invitation is None:
        raise ValueError(f"{name} is not invited to {meeting.real_title}")
    return invitation


async def _plan(stage: Stage, scene: Scene, host: Actor, now: datetime) -> Meeting:
    meeting = await start_draft(stage.db, host, stage.kinds[scene.kind].id, now=now)
    details = _details(stage, scene, details_of(meeting), meeting.zone)
    await save_draft(stage.db, host, meeting.id, details, now=now)
    choice = Choice(
        people=frozenset(stage.people[name].id for name in scene.people),
        groups=frozenset(stage.groups[name].id for name in scene.groups),
    )
    await choose_people(stage.db, host, stage.issuer, meeting.id, choice, now=now)
    return meeting


def _details(stage: Stage, scene: Scene, usual: Details, zone: str) -> Details:
    return replace(
        usual,
        starts_local=_start(stage.now, scene, zone),
        limits=scene.ways or usual.limits,
        place_id=stage.places[scene.place].id if scene.place else None,
        outdoor_place_id=stage.places[scene.outdoor_place].id if scene.outdoor_place else None,
        no_remote_reason=scene.no_remote_reason,
        is_public=scene.is_public,
        phone_joining=PhoneJoining.DIAL if scene.dials_in else PhoneJoining.RING,
        lead_id=stage.people[scene.lead].id,
        second_id=stage.people[scene.second].id if scene.second else None,
        real_title=scene.title,
    )


def _start(now: datetime, scene: Scene, zone: str) -> datetime:
    """Give the wall-clock start; where the clocks change just then, an hour later."""
    if scene.day is None:
        since = now + SOON - datetime(1970, 1, 1, tzinfo=UTC)
        local = on_wall(now + SOON + (-since % FIVE), zone).local.replace(second=0, microsecond=0)
    else:
        today = on_wall(now, zone).local.date()
        local = datetime.combine(today + timedelta(days=scene.day), time.fromisoformat(scene.at))
    while True:
        try:
            resolve(WallTime(local, zone))
        except (SkippedTime, DoubledTime):
            local += timedelta(hours=1)
        else:
            return local


async def _answer(stage: Stage, meeting: Meeting, said: Said, now: datetime) -> None:
    """Answer by one's own page, or by phone for those who have no mail."""
    invitation = await invitation_to(stage, meeting, said.who)
    reply = Reply(said.answer, said.way, said.supporters, said.supporter_name)
    if Channel.EMAIL in invitation.person.channels:
        guest = stage.as_guest(invitation)
        whole = await guest_invitation(stage.db, guest)
        await answer(stage.db, guest, whole, reply, now=now)
    else:
        await enter_answer(stage.db, stage.coordinator, invitation.id, reply, How.PHONE, now=now)


async def all_told(stage: Stage, meeting: Meeting, now: datetime) -> None:
    """Take it that every letter arrived and every task was done on the day it was published."""
    sent = update(Message).where(
        Message.meeting_id == meeting.id, Message.state == MessageState.WAITING
    )
    await stage.db.execute(sent.values(state=MessageState.SENT, sent_at=now))
    done = update(Task).where(Task.meeting_id == meeting.id, Task.state == TaskState.OPEN)
    values = {
        "state": TaskState.DONE,
        "done_at": now + timedelta(hours=3),
        "done_by": stage.coordinator.person_id,
        "outcome": "told",
    }
    await stage.db.execute(done.values(values))
