"""Telling of claims: a mail that there is an answer on the person's page, or a task for a human.

The mail does not say what it is about: others may read it.
"""

from datetime import datetime

from service.actions.raising import about_meeting
from service.actions.telling import may_write_to, reach_of
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.claims import Claim
from service.storage.messages import MessageKind, queue_mail
from service.storage.tasks import Task


async def tell_of_claim(db: Db, claim: Claim, *, now: datetime) -> None:
    """Queue the news that a claim (loaded with person and meeting) was decided.

    The message names no meeting: hosts see what was sent about theirs, and this is not for them.
    """
    kind, organisation_id = MessageKind.CLAIM_ANSWER, claim.organisation_id
    is_safe = not await may_write_to(db, organisation_id, claim.person_id)
    reach = reach_of(claim.person, claim.meeting, now, is_safe=is_safe)
    if reach.task is None:
        who = claim.person_id
        await queue_mail(db, organisation_id, kind, who, subject_id=claim.id, now=now)
        return
    task = Task(
        kind=reach.task,
        about=kind.value,
        once=f"{kind}|{claim.id}|{new_id()}",
        person_id=claim.person_id,
        subject_id=claim.id,
    )
    db.add(about_meeting(task, claim.meeting, now=now))
