"""Asking to join: somebody we do not know leaves their name on the public page; a coordinator answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.contact_details import LONGEST_NAME, normal_email, normal_phone
from service.actions.inviting import Issuer, Outcome, invite_more
from service.actions.people import LONGEST_LINE, PersonDetails, add_person
from service.actions.permissions import Permission, require
from service.actions.raising import about_meeting
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.storage.askings import (
    Asking,
    asking_by_id,
    askings_since,
    claim_asking,
    forget_askings,
    is_asked_already,
)
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Choice
from service.storage.meetings import Meeting
from service.storage.people import Channel, Person, person_by_id
from service.storage.tasks import Task, TaskKind, TaskState

LONGEST_WORDS = 1000
#: More than this in a day is a flood, not people: the page then asks them to ring.
MOST_IN_A_DAY = 60
DAY = timedelta(days=1)
#: What somebody left of themselves is kept for so long if nobody answers it; once answered, for a day.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody left of themselves. Texts have passed the boundary filter."""

    name: str = field(repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    way: Way | None = None
    words: str = field(default="", repr=False)

    def problems(self, offered: frozenset[Way]) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {} if self.name else {"name": "needed"}
        for name, most in (
            ("name", LONGEST_NAME),
            ("phone", LONGEST_LINE),
            ("email", LONGEST_LINE),
            ("words", LONGEST_WORDS),
        ):
            if len(getattr(self, name)) > most:
                found[name] = "too-long"
        for name, normal in (("phone", normal_phone), ("email", normal_email)):
            try:
                normal(getattr(self, name))
            except Invalid as error:
                found |= error.fields
        if not (self.phone or self.email):
            found["phone"] = "phone-or-email"
        if self.way is not None and self.way not in offered:
            found["way"] = "not-a-choice"
        return found


async def ask_to_join(
    db: Db, actor: Actor, meeting: Meeting, asked: Asked, *, now: datetime
) -> None:
    """Keep what somebody asked, and raise a task; raises Invalid, or Refused for a flood.

    `actor` is the system's, because nobody is signed in. Nothing is looked up about who asks, so the
    answer tells nobody anything. The same asked twice is kept once.
    """
    require(actor, Permission.KEEP_PEOPLE)
    if problems := asked.problems(frozenset(offer.way for offer in meeting.offers)):
        raise Invalid(problems)
    if meeting.state is not MeetingState.PUBLISHED:
        raise Refused("is-cancelled")
    if await askings_since(db, actor.organisation_id, now - DAY) >= MOST_IN_A_DAY:
        raise Refused("too-many-askings")
    asking = Asking(
        id=new_id(),
        organisation_id=actor.organisation_id,
        meeting_id=meeting.id,
        name=asked.name,
        phone=asked.phone,
        email=asked.email,
        way=asked.way,
        words=asked.words,
        created_at=now,
    )
    if await is_asked_already(db, asking):
        return
    db.add(asking)
    task = Task(
        kind=TaskKind.ASK_TO_JOIN, once=f"{TaskKind.ASK_TO_JOIN}|{asking.id}", subject_id=asking.id
    )
    db.add(about_meeting(task, meeting, now=now))
    record(db, actor, "asking.came", asking, now=now, meeting_id=meeting.id)


async def add_and_invite(
    db: Db, actor: Actor, issuer: Issuer, asking_id: UUID, *, now: datetime
) -> Outcome:
    """Make a person of who asked, and invite them; raises NotFound, Invalid or Refused."""
    require(actor, Permission.KEEP_PEOPLE)
    asking = await _mine(db, actor, asking_id, now=now)
    channels = [Channel.EMAIL] if asking.email else []
    details = PersonDetails(
        chosen_name=asking.name,
        channels=tuple([*channels, Channel.CALL] if asking.phone else channels),
        email=asking.email,
        phone=asking.phone,
        usual_way=asking.way,
    )
    person = await add_person(db, actor, details, now=now)
    return await _invite(db, actor, issuer, asking, person, now=now)


async def invite_known(
    db: Db, actor: Actor, issuer: Issuer, asking_id: UUID, person_id: UUID, *, now: datetime
) -> Outcome:
    """Invite somebody we know already, who is the one that asked; raises NotFound or Refused."""
    require(actor, Permission.KEEP_PEOPLE)
    person = await person_by_id(db, actor, person_id)
    asking = await _mine(db, actor, asking_id, now=now)
    return await _invite(db, actor, issuer, asking, person, now=now)


async def settle_asking(db: Db, actor: Actor, asking_id: UUID, *, now: datetime) -> None:
    """Write down that somebody was answered another way; raises NotFound or Refused."""
    require(actor, Permission.KEEP_PEOPLE)
    asking = await _mine(db, actor, asking_id, now=now)
    record(db, actor, "asking.settled", asking, now=now)


async def forget_old_askings(db: Db, actor: Actor, *, now: datetime) -> int:
    """Forget what strangers left of themselves once it was answered, or nobody has for long."""
    require(actor, Permission.KEEP_PEOPLE)
    forgotten = await forget_askings(
        db, actor.organisation_id, answered_before=now - DAY, came_before=now - KEPT
    )
    if forgotten:
        record(db, actor, "asking.forgotten", None, now=now, askings=forgotten)
    return forgotten


async def _mine(db: Db, actor: Actor, asking_id: UUID, *, now: datetime) -> Asking:
    """Take an asking on, with its task; raises Refused if somebody else has."""
    asking = await asking_by_id(db, actor, asking_id)
    if not await claim_asking(db, asking, now=now):
        raise Refused("task-not-open")
    done = update(Task).where(
        Task.organisation_id == actor.organisation_id,
        Task.kind == TaskKind.ASK_TO_JOIN,
        Task.subject_id == asking.id,
        Task.state == TaskState.OPEN,
    )
    values = {"state": TaskState.DONE, "done_at": now, "done_by": actor.person_id}
    await db.execute(done.values(outcome="settled", **values))
    return asking


async def _invite(
    db: Db, actor: Actor, issuer: Issuer, asking: Asking, person: Person, *, now: datetime
) -> Outcome:
    choice = Choice(people=frozenset({person.id}))
    outcome = await invite_more(db, actor, issuer, asking.meeting_id, choice, now=now)
    record(db, actor, "asking.welcomed", asking, now=now, person_id=person.id)
    return outcome
