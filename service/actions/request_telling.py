"""Telling of access requests: a mail that there is an answer on the person's page, or a task for a human.

The mail does not say what the answer is: others may read it. Whoever has no e-mail is told by a human,
and so is whoever must be reached safely.
"""

from datetime import datetime
from typing import Final

from accessibility.requests import RequestState
from service.actions.raising import about_meeting
from service.actions.telling import may_write_to, reach_of
from service.actor import Role
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.messages import MessageKind, queue_mail
from service.storage.needs import AccessRequest
from service.storage.queue import TO_DIRECTOR
from service.storage.tasks import Task, TaskKind

ANSWER: Final = MessageKind.REQUEST_ANSWER
#: States that answer what was asked for, and wait for the person's yes.
ANSWERED: Final = frozenset(
    {RequestState.ARRANGED, RequestState.ALTERNATIVE_OFFERED, RequestState.CANNOT_MEET}
)


def has_news(request: AccessRequest) -> bool:
    """Say whether there is something for the person to read: an answer, or that what was arranged is off."""
    is_off = request.state is RequestState.ARRANGING and bool(request.answer_words)
    return is_off or request.state in ANSWERED


async def tell_of_answer(db: Db, request: AccessRequest, *, now: datetime) -> None:
    """Queue the news that a request (loaded with person and meeting) has an answer.

    The message names no meeting: hosts see what was sent about theirs, and this is not for them.
    """
    is_safe = not await may_write_to(db, request.organisation_id, request.person_id)
    reach = reach_of(request.person, request.meeting, now, is_safe=is_safe)
    if reach.task is not None:
        raise_request_task(db, request, ANSWER.value, now=now, kind=reach.task)
        return
    await queue_mail(
        db,
        request.organisation_id,
        ANSWER,
        request.person_id,
        subject_id=request.id,
        now=now,
    )


def raise_request_task(
    db: Db,
    request: AccessRequest,
    about: str,
    *,
    now: datetime,
    kind: TaskKind = TaskKind.DECIDE,
    words: str = "",
) -> None:
    """Ask a human to do something about a request by the usual time; words are for the doer."""
    db.add(
        about_meeting(
            Task(
                kind=kind,
                about=about,
                once=f"{about}|{request.id}|{new_id()}",
                for_role=Role.DIRECTOR if about == TO_DIRECTOR else Role.COORDINATOR,
                # Directors decide without knowing for whom.
                person_id=None if about == TO_DIRECTOR else request.person_id,
                subject_id=request.id,
                words=words,
            ),
            request.meeting,
            now=now,
        )
    )
