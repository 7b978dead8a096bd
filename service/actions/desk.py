"""At the desk: an answer entered for somebody who rang, wrote or came by. Same rules, same states."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduling.answers import Answer
from service.actions.answering import Reply, answer
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import invitation_by_id


class How(StrEnum):
    """How the answer reached the desk."""

    PHONE = "phone"
    LETTER = "letter"
    IN_PERSON = "in_person"
    MESSAGE = "message"


async def enter_answer(
    db: Db, actor: Actor, invitation_id: UUID, reply: Reply, how: How, *, now: datetime
) -> Answer:
    """Enter an answer for somebody and give what it came to; raises NotFound, Invalid or Refused.

    The invitation keeps who entered it; the audit keeps how it came.
    """
    require(actor, Permission.ANSWER_FOR)
    invitation = await invitation_by_id(db, actor, invitation_id)
    came_to = await answer(db, actor, invitation, reply, now=now)
    record(db, actor, "answer.entered", invitation, now=now, how=how, answer=came_to)
    return came_to
