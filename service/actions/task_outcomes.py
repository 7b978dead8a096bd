"""How tasks end: which kinds may be finished by one button, and what is of no use once a meeting is over."""

from collections.abc import Mapping
from enum import StrEnum

from service.storage.messages import MessageKind
from service.storage.tasks import TaskKind


class Outcome(StrEnum):
    """How a task ended."""

    TOLD = "told"
    SENT = "sent"
    POSTED = "posted"
    WRONG_NUMBER = "wrong_number"
    CHECKED = "checked"
    SENT_AGAIN = "sent_again"
    GIVEN = "given"
    NOT_WANTED = "not_wanted"
    SETTLED = "settled"
    TOO_LATE = "too_late"


#: How each kind of task may be finished by pressing one button; the others have an action of their own.
BY_HAND: Mapping[TaskKind, frozenset[Outcome]] = {
    TaskKind.RING: frozenset({Outcome.TOLD}),
    TaskKind.TEXT: frozenset({Outcome.SENT}),
    TaskKind.POST: frozenset(),
    TaskKind.THROUGH: frozenset({Outcome.TOLD}),
    TaskKind.SAFE_CONTACT: frozenset({Outcome.TOLD}),
    TaskKind.KEEP_APART: frozenset({Outcome.CHECKED}),
    TaskKind.MAIL_FAILED: frozenset({Outcome.TOLD}),
    TaskKind.PLACE_FREE: frozenset(),
    TaskKind.NO_WAY_LEFT: frozenset({Outcome.SETTLED}),
    TaskKind.DECIDE: frozenset({Outcome.SETTLED}),
    TaskKind.LINK_AGAIN: frozenset({Outcome.TOLD}),
    TaskKind.HAND_OVER: frozenset({Outcome.SETTLED}),
    TaskKind.ROTA_GAP: frozenset({Outcome.SETTLED}),
    TaskKind.ROOM_TROUBLE: frozenset({Outcome.SETTLED}),
    TaskKind.LOOK_AT_DATE: frozenset({Outcome.SETTLED}),
    TaskKind.ASK_TO_JOIN: frozenset(),
    TaskKind.READ_MAIL: frozenset({Outcome.SETTLED}),
    TaskKind.ANSWER_BY_MAIL: frozenset({Outcome.SETTLED}),
    TaskKind.ADDRESS_FAILED: frozenset({Outcome.SETTLED}),
    TaskKind.NOTE_WHO_CAME: frozenset({Outcome.SETTLED}),
    TaskKind.ACCESS: frozenset({Outcome.SETTLED}),
    TaskKind.PAY: frozenset({Outcome.SETTLED}),
    TaskKind.KIT: frozenset({Outcome.TOLD, Outcome.SETTLED}),
    TaskKind.AFTER_SESSION: frozenset({Outcome.TOLD, Outcome.NOT_WANTED}),
    TaskKind.MANY_READ: frozenset({Outcome.CHECKED}),
}

#: What is told, or asked, when a meeting is over as well.
TOLD_AFTERWARDS = frozenset(
    {MessageKind.FEEDBACK_ASK, MessageKind.ILL_NOTICE, MessageKind.CLAIM_ANSWER}
)

#: Beside telling somebody, what nobody can do any more once the meeting is over.
BEFORE_THE_DAY = frozenset(
    {
        TaskKind.PLACE_FREE,
        TaskKind.NO_WAY_LEFT,
        TaskKind.KEEP_APART,
        TaskKind.HAND_OVER,
        TaskKind.ROTA_GAP,
        TaskKind.ROOM_TROUBLE,
    }
)
