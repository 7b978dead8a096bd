"""How tasks are called and how urgent they are, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.meeting import MeetingState
from scheduling.time import clock_words, long_date, on_wall
from service.outbound.rota import ROLE_WORDS
from service.storage.messages import MessageKind
from service.storage.tasks import Task, TaskKind
from service.web.pages.tasks.booking_words import BOOKING_ABOUT, BOOKING_TITLES
from service.web.pages.tasks.due_words import DUE_ABOUT, DUE_TITLES
from service.web.pages.tasks.mail_words import MAIL_ABOUT, MAIL_TITLES
from service.web.pages.tasks.money_words import MONEY_ABOUT, MONEY_TITLES

#: What can be told by a letter as well as by voice.
LETTERED = frozenset(
    {
        MessageKind.INVITATION,
        MessageKind.UPDATE,
        MessageKind.CANCEL,
        MessageKind.ANNOUNCEMENT,
        MessageKind.PLACE_OFFERED,
        MessageKind.ILL_NOTICE,
    }
)
#: Tasks to tell somebody without e-mail; some want it on paper too.
BY_HAND = frozenset({TaskKind.RING, TaskKind.TEXT, TaskKind.THROUGH})
#: What is to be told, after the name of the session.
ABOUT: dict[str, str] = {
    MessageKind.INVITATION: "To invite them.",
    MessageKind.UPDATE: "Something about it is different.",
    MessageKind.CANCEL: "They are off its list.",
    MessageKind.ANNOUNCEMENT: "There is news for everyone coming.",
    MessageKind.REMINDER: "To remind them. They said yes.",
    MessageKind.NUDGE: "They have not answered yet. Ask once, gently.",
    MessageKind.PLACE_OFFERED: "A place is free for them.",
    MessageKind.YOUR_LINK: "They asked for their link.",
    "request_answer": "There is an answer to what they asked for.",
    "request_decide": "A director decides what they asked for.",
    "request_given_back": "The director gave it back.",
    "request_no": "What was offered does not suit them.",
    MessageKind.ROTA_ASK: "To ask if they can take a part in it.",
    MessageKind.ROTA_NEWS: "Who does what at it has changed.",
    **{role: f"Still needed: {words.lower()}." for role, words in ROLE_WORDS.items()},
    "series": "It is about everybody on the list of a series.",
    "turned_away": "They asked to come and read that it is full. Find them another session.",
    "wrong_number": "The number we have is wrong.",
    "no-pin": "8x8 gave us no PIN for it. We told people that we ring them: see who rings whom.",
    "no-line": "Nobody can dial in to it any more. We told people that we ring them: see who rings whom.",
    **MAIL_ABOUT,
    **DUE_ABOUT,
    **MONEY_ABOUT,
    **BOOKING_ABOUT,
}
TITLES: dict[TaskKind, str] = {
    TaskKind.RING: "Ring {name}",
    TaskKind.TEXT: "Text {name}",
    TaskKind.POST: "Post a letter to {name}",
    TaskKind.THROUGH: "Tell {name} through someone",
    TaskKind.SAFE_CONTACT: "Contact {name}, only in the safe way",
    TaskKind.KEEP_APART: "Check who else comes",
    TaskKind.MAIL_FAILED: "A mail to {name} did not arrive",
    TaskKind.PLACE_FREE: "A place is free: {name} is next",
    TaskKind.NO_WAY_LEFT: "{name} has lost their way to join",
    TaskKind.DECIDE: "Find a way to reach {name}",
    TaskKind.LINK_AGAIN: "Give {name} their link again",
    TaskKind.HAND_OVER: "A session needs another host",
    TaskKind.ROTA_GAP: "Somebody is missing at a session",
    TaskKind.ROOM_TROUBLE: "Something is wrong with the room of a session",
    TaskKind.READ_MAIL: "Read a mail from {name}",
    TaskKind.ANSWER_BY_MAIL: "{name} answered in a mail",
    TaskKind.ADDRESS_FAILED: "Mail to {name} comes back",
    TaskKind.ASK_TO_JOIN: "Somebody asks to join",
    TaskKind.LOOK_AT_DATE: "Look at a session: something is wrong at its place",
    TaskKind.NOTE_WHO_CAME: "Tick who came to a session",
    TaskKind.ACCESS: "Look at what {name} asked for",
    TaskKind.AFTER_SESSION: "Ask {name} how it was",
    TaskKind.PAY: "See to money for {name}",
    TaskKind.KIT: "See to what {name} borrowed",
    TaskKind.MANY_READ: "Look at who read about many people",
}
#: Tasks that time raises: what they are about says it best.
OF_TIME = frozenset({TaskKind.ACCESS, TaskKind.AFTER_SESSION, TaskKind.PAY, TaskKind.KIT})
REQUEST_TITLES: dict[str, str] = {
    "request_decide": "Decide what {name} asked for",
    "request_given_back": "Look again at what {name} asked for",
    "request_no": "Ask {name} what would work",
}
TRIES = {1: "Tried once", 2: "Tried twice"}


class When(StrEnum):
    """In which part of the list a task stands."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Due:
    """How urgent a task is: its part of the list, the tone of its flag, and words for both."""

    when: When
    tone: str
    words: str


def due(due_at: datetime, now: datetime, zone: str) -> Due:
    """Say how long there is left, in days of the organisation's own calendar."""
    days = (on_wall(due_at, zone).local.date() - on_wall(now, zone).local.date()).days
    match days:
        case -1:
            return Due(When.LATE, "clay", "Late by 1 day")
        case 0:
            return Due(When.TODAY, "honey", "Today")
        case 1:
            return Due(When.SOON, "plain", "Tomorrow")
        case days if days < 0:
            return Due(When.LATE, "clay", f"Late by {-days} days")
        case days:
            return Due(When.SOON, "plain", f"In {days} days")


def title_of(task: Task, name: str = "") -> str:
    """Say what is to be done for whom; `name`: what they are called here, if not by chosen name."""
    name = name or (task.person.chosen_name if task.person else "somebody")
    pattern = TITLES[task.kind]
    if task.kind in OF_TIME:
        pattern = (DUE_TITLES | BOOKING_TITLES | MONEY_TITLES).get(task.about, pattern)
    if task.kind is TaskKind.DECIDE:
        pattern = REQUEST_TITLES.get(task.about, pattern)
    if task.kind is TaskKind.READ_MAIL:
        pattern = MAIL_TITLES.get(task.about, pattern)
    return pattern.format(name=name)


def about_words(task: Task) -> str:
    """Say what is to be told, in a sentence; nothing where the title says it all."""
    meeting = task.meeting
    if task.about == MessageKind.CANCEL and meeting and meeting.state is MeetingState.CANCELLED:
        return "It is cancelled."
    return ABOUT.get(task.about, "")


def session_words(task: Task) -> str:
    """Name the session a task is about: "Tuesday session, Tuesday 26 January 2027, 9am"."""
    meeting = task.meeting
    if meeting is None or meeting.starts_at is None:
        return ""
    day = long_date(meeting.starts_at, meeting.zone)
    return f"{meeting.neutral_title}, {day}, {clock_words(meeting.starts_at, meeting.zone)}"


def tries_words(tries: int) -> str:
    """Say how often somebody was tried in vain; nothing if never."""
    return TRIES.get(tries, f"Tried {tries} times") if tries else ""


def has_letter(task: Task) -> bool:
    """Tell whether a task comes with a page to print, at its person's size."""
    return task.kind is TaskKind.POST or (task.kind in BY_HAND and task.about in LETTERED)
