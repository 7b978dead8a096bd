""" "Can someone take this?": asking colleagues who can, each by a link of their own; the first one has it.

Who has the part keeps it until somebody takes it. Anybody may ask about a part of their own, who hosts or
planned a meeting about any part of it, and coordinators about all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.roles import MeetingRole
from scheduling.rota import Candidate
from service.actions.permissions import Permission, may, require
from service.actions.rota.answering import note_no
from service.actions.rota.handing import settle_questions
from service.actions.rota.telling import ask
from service.actions.rota.viewing import OnRota, one_on_rota
from service.actions.seeing import is_their_own
from service.actor import Actor
from service.errors import Invalid, NotAllowed, NotFound
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.meetings import Meeting, lock_offers
from service.storage.people import person_by_id
from service.storage.rota import coming_meeting
from service.storage.step_ins import StepIn, StepInAsked, asked_by_id

#: What links to questions are made for.
LINK = "step-in"


@dataclass(frozen=True, slots=True)
class Asking:
    """Which part colleagues are to be asked about, and which of them."""

    meeting_id: UUID
    role: MeetingRole
    people: Collection[UUID]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A part about which colleagues may be asked, and who could be."""

    here: OnRota
    candidates: tuple[Candidate, ...]

    @property
    def free(self) -> tuple[Candidate, ...]:
        """List those in whose way nothing known stands."""
        return tuple(each for each in self.candidates if each.is_free)


async def whom_to_ask(db: Db, actor: Actor, meeting_id: UUID, role: MeetingRole) -> ToAsk:
    """Say who could be asked, and not is already; raises NotFound or NotAllowed."""
    require(actor, Permission.TAKE_PART)
    here, rota = await one_on_rota(db, actor, meeting_id)
    if role not in {part.role for part in here.gathering.parts}:
        raise NotFound
    if not may_ask(actor, here, role):
        raise NotAllowed
    asked = {each.person_id for each in here.asked.get(role, ())}
    found = rota.candidates_for(here, role)
    return ToAsk(here, tuple(each for each in found if each.colleague.id not in asked))


def may_ask(actor: Actor, here: OnRota, role: MeetingRole) -> bool:
    """Say whether the actor may ask around about this part."""
    is_own = actor.person_id is not None and here.holder_id(role) == actor.person_id
    return is_own or may(actor, Permission.KEEP_ROTA) or is_their_own(actor, here.meeting)


async def ask_around(db: Db, actor: Actor, keys: Keys, asking: Asking, *, now: datetime) -> int:
    """Ask these colleagues whether they can take a part; counts them. Raises Invalid if nobody is chosen.

    A question that is open already is asked of them too, so that still only one person takes the part.
    """
    require(actor, Permission.TAKE_PART)
    meeting_id, role, people = asking.meeting_id, asking.role, asking.people
    await lock_offers(db, actor, meeting_id)
    to_ask = await whom_to_ask(db, actor, meeting_id, role)
    if not people:
        raise Invalid({"people": "choose-somebody"})
    if not set(people) <= {each.colleague.id for each in to_ask.free}:
        raise Invalid({"people": "not-a-choice"})
    meeting = await coming_meeting(db, actor, meeting_id, now)
    question = await _question(db, actor, to_ask.here, meeting, role, now=now)
    asked = [await _asked(db, actor, keys, question, person_id) for person_id in people]
    db.add_all(asked)
    await db.flush()
    await ask(db, meeting, asked, now=now)
    record(db, actor, "step-in.asked", question, now=now, role=role, people=len(asked))
    return len(asked)


async def take_back(
    db: Db, actor: Actor, meeting_id: UUID, role: MeetingRole, *, now: datetime
) -> None:
    """Ask no longer about a part; raises NotFound or NotAllowed."""
    require(actor, Permission.TAKE_PART)
    await lock_offers(db, actor, meeting_id)
    here, _ = await one_on_rota(db, actor, meeting_id)
    if not may_ask(actor, here, role):
        raise NotAllowed
    if await settle_questions(db, meeting_id, role, now=now):
        record(db, actor, "step-in.taken-back", here.meeting, now=now, role=role)


async def write_down_no(
    db: Db, actor: Actor, asked_id: UUID | None, *, now: datetime
) -> StepInAsked:
    """Write down that a colleague who was asked by voice cannot; raises NotFound."""
    require(actor, Permission.KEEP_ROTA)
    if asked_id is None:
        raise NotFound
    asked = await asked_by_id(db, actor, asked_id)
    await lock_offers(db, actor, asked.step_in.meeting_id)
    await note_no(db, actor, asked, now=now)
    return asked


async def _question(
    db: Db, actor: Actor, here: OnRota, meeting: Meeting, role: MeetingRole, *, now: datetime
) -> StepIn:
    """Give the open question about a part, or begin one; what was asked before it moved is taken back."""
    open_ones: Sequence[StepInAsked] = here.asked.get(role, ())
    if open_ones:
        return open_ones[0].step_in
    await settle_questions(db, meeting.id, role, now=now)
    question = StepIn(
        id=new_id(),
        organisation_id=actor.organisation_id,
        meeting_id=meeting.id,
        role=role,
        from_person_id=here.holder_id(role),
        asked_by=actor.person_id,
        asked_at=now,
        starts_at=here.gathering.slot.starts_at,
    )
    db.add(question)
    await db.flush()
    return question


async def _asked(
    db: Db, actor: Actor, keys: Keys, question: StepIn, person_id: UUID
) -> StepInAsked:
    asked_id = new_id()
    return StepInAsked(
        id=asked_id,
        organisation_id=actor.organisation_id,
        step_in_id=question.id,
        person_id=person_id,
        person=await person_by_id(db, actor, person_id),
        link_hash=keys.hashed(LINK, keys.link_for(LINK, asked_id, 1)),
    )
