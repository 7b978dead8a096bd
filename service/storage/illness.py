"""Who is told that somebody was ill: those who asked for it, and took part or mean to come."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from scheduling.answers import Answer
from service.actor import Actor
from service.storage.attendance import Attendance
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import Need
from service.storage.people import Person

#: The need of those who want to know.
WANTS_TO_KNOW: Final = "AIR-TELL"
MEANS_TO_COME: Final = (Answer.YES, Answer.MAYBE)


async def to_be_told(
    db: Db, actor: Actor, meeting: Meeting, *, is_over: bool
) -> Sequence[Invitation]:
    """Invitations of those who asked to be told, with the person; afterwards of those who took part.

    Who said yes and was not noted, as there or as not there, counts as there: better told once too often.
    """
    asked = exists().where(
        Need.person_id == Invitation.person_id,
        Need.code == WANTS_TO_KNOW,
        Need.ended_at.is_(None),
    )
    query = (
        select(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(Attendance, Attendance.invitation_id == Invitation.id)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.meeting_id == meeting.id, Invitation.removed_at.is_(None))
        .where(Person.left_at.is_(None), asked)
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    )
    if is_over:
        unknown = Attendance.id.is_(None) & (Invitation.answer == Answer.YES)
        query = query.where(or_(Attendance.was_there, unknown))
    else:
        query = query.where(Invitation.answer.in_(MEANS_TO_COME))
    return (await db.scalars(query)).all()
