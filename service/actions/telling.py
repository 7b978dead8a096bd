"""Write down what guests must be told, in the transaction of the change: a message or a task for each.

Messages are sent afterwards by the worker. People without e-mail, and people who may only be reached
in a safe way, get a task for a human instead; what is newer overtakes what was not yet told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CompoundSelect, literal, select, union, update

from accessibility.contact import SAFE_CONTACT, must_not_send_automatically
from scheduling.deadlines import post_is_too_slow
from scheduling.notices import Change, Notice, NoticeKind
from scheduling.versions import Version
from service.actions.raising import about_meeting
from service.errors import ServiceError
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import Need, needs_of_people
from service.storage.people import Channel, Person
from service.storage.tasks import Task, TaskKind, TaskState, overtake_tasks

MESSAGE_FOR = {
    NoticeKind.INVITE: MessageKind.INVITATION,
    NoticeKind.UPDATE: MessageKind.UPDATE,
    NoticeKind.CANCEL: MessageKind.CANCEL,
}
TASK_FOR = {
    Channel.TEXT: TaskKind.TEXT,
    Channel.CALL: TaskKind.RING,
    Channel.LETTER: TaskKind.POST,
    Channel.THROUGH: TaskKind.THROUGH,
}
#: Tasks that tell one person one thing; a newer one takes the place of those still open.
TELLING_TASKS = (*TASK_FOR.values(), TaskKind.SAFE_CONTACT)
#: A message in one of these states may have reached its person.
GONE = (MessageState.SENT, MessageState.SENDING, MessageState.FAILED)


class NotTheGuest(ServiceError):
    """A notice names an invitation that was not handed in; a programming error."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How one person will be told: by a message, or by a human with a task of this kind."""

    channel: Channel | None = None
    task: TaskKind | None = None


async def tell(
    db: Db,
    meeting: Meeting,
    invitations: Iterable[Invitation],
    notices: Sequence[Notice],
    *,
    now: datetime,
) -> None:
    """Raise the versions of the invitations concerned and queue what each guest must be told.

    Of a meeting that is held nobody is told, as it lies beyond the window in which its series is sent;
    the versions rise all the same, because feeds show it. `invitations` are loaded with their persons;
    `notices` come from `scheduling.notices.between`.
    """
    by_id = {invitation.id: invitation for invitation in invitations}
    people = [invitation.person_id for invitation in by_id.values()]
    told, safe = await told_and_safe(db, meeting.organisation_id, list(by_id), people)
    await _overtake(db, [notice.guest_id for notice in notices])
    for notice in notices:
        if notice.guest_id not in by_id:
            raise NotTheGuest
        invitation = by_id[notice.guest_id]
        was_told = notice.guest_id in told
        kind = kind_for(notice, was_told=was_told)
        _new_version(invitation, notice, is_first=not was_told and kind is not None, now=now)
        if kind is None or meeting.is_held:
            continue
        reach = reach_of(invitation.person, meeting, now, is_safe=invitation.person_id in safe)
        _queue(db, meeting, invitation, kind, reach, now=now)


def reach_of(person: Person, meeting: Meeting, now: datetime, *, is_safe: bool) -> Reach:
    """Choose how to tell a person: the first of their channels that can be used; a human if none can."""
    return reach_at(person, meeting.starts_at, now, is_safe=is_safe)


def reach_at(person: Person, starts_at: datetime | None, now: datetime, *, is_safe: bool) -> Reach:
    """Choose how to tell a person of something at that time; never by mail that came back for good."""
    if is_safe:
        return Reach(task=TaskKind.SAFE_CONTACT)
    has_mail = bool(person.email) and person.email_stopped_at is None
    for channel in map(Channel, person.channels):
        if channel is Channel.EMAIL and has_mail:
            return Reach(channel=channel)
        if channel is Channel.EMAIL:
            continue
        late = starts_at is not None and post_is_too_slow(now, starts_at)
        if channel is Channel.LETTER and late and person.phone:
            return Reach(task=TaskKind.RING)
        return Reach(task=TASK_FOR[channel])
    return Reach(channel=Channel.EMAIL) if has_mail else Reach(task=TaskKind.DECIDE)


def kind_for(notice: Notice, *, was_told: bool) -> MessageKind | None:
    """Give what a notice becomes: who was never told gets the first invitation, and no cancellation."""
    if was_told or notice.kind is NoticeKind.INVITE:
        return MESSAGE_FOR[notice.kind]
    return None if notice.kind is NoticeKind.CANCEL else MessageKind.INVITATION


def _new_version(invitation: Invitation, notice: Notice, *, is_first: bool, now: datetime) -> None:
    """Raise SEQUENCE and stamp for anything after the first version (RFC 5546, 2.1.4)."""
    if not is_first or notice.changes or invitation.sequence:
        newer = Version(invitation.sequence, invitation.stamp).next(now)
        invitation.sequence, invitation.stamp = newer.sequence, newer.stamp
    invitation.what_changed = " ".join(sorted(notice.changes))
    if Change.TIME in notice.changes:
        invitation.time_sequence = invitation.sequence
    if notice.asks_again and invitation.answer.is_given:
        invitation.asked_again = True


def _queue(
    db: Db,
    meeting: Meeting,
    invitation: Invitation,
    kind: MessageKind,
    reach: Reach,
    *,
    now: datetime,
) -> None:
    if reach.channel is not None:
        db.add(
            Message(
                organisation_id=meeting.organisation_id,
                kind=kind,
                person_id=invitation.person_id,
                subject_id=invitation.id,
                meeting_id=meeting.id,
                version=invitation.sequence,
                channel=reach.channel,
                due_at=now,
                created_at=now,
            )
        )
    elif reach.task is not None:
        db.add(
            about_meeting(
                Task(
                    kind=reach.task,
                    about=kind.value,
                    once=f"{kind}|{invitation.id}|{invitation.sequence}",
                    person_id=invitation.person_id,
                    subject_id=invitation.id,
                ),
                meeting,
                now=now,
            )
        )


async def _overtake(db: Db, invitation_ids: Sequence[UUID]) -> None:
    """Mark what was queued about these invitations and not yet told as overtaken."""
    about_it = Message.subject_id.in_(invitation_ids)
    waiting = Message.state == MessageState.WAITING
    await db.execute(
        update(Message)
        .where(about_it, waiting, Message.kind.in_(MESSAGE_FOR.values()))
        .values(state=MessageState.OVERTAKEN)
    )
    told_by_hand = Task.subject_id.in_(invitation_ids), Task.kind.in_(TELLING_TASKS)
    await overtake_tasks(db, *told_by_hand)


async def told_and_safe(
    db: Db, organisation_id: UUID, invitation_ids: Sequence[UUID], people: Sequence[UUID]
) -> tuple[set[UUID], set[UUID]]:
    """Find, in one query, the invitations whose person may have been told of the meeting already, and
    the people whom only a human may contact, in the way they agreed."""
    by_message = select(literal("told"), Message.subject_id).where(
        Message.subject_id.in_(invitation_ids), Message.state.in_(GONE)
    )
    by_human = select(literal("told"), Task.subject_id).where(
        Task.subject_id.in_(invitation_ids),
        Task.kind.in_(TELLING_TASKS),
        Task.state == TaskState.DONE,
    )
    safe = select(literal("safe"), Need.person_id).where(
        Need.organisation_id == organisation_id,
        Need.person_id.in_(people),
        Need.code == SAFE_CONTACT,
        Need.ended_at.is_(None),
    )
    found: dict[str, set[UUID]] = {"told": set(), "safe": set()}
    everything: CompoundSelect[str, UUID] = union(by_message, by_human, safe)
    for what, id_ in await db.execute(everything):
        found[what].add(id_)
    return found["told"], found["safe"]


async def may_write_to(db: Db, organisation_id: UUID, person_id: UUID) -> bool:
    """Tell whether anything may be sent to this person without a human in between."""
    needs = await needs_of_people(db, organisation_id, [person_id])
    return not must_not_send_automatically(need.code for need in needs)
