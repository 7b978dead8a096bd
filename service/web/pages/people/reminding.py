"""The times at which people can be reminded, in words: as choices on forms, and as one line."""

from collections.abc import Sequence

from scheduling.reminders import CHOICES, DAY, QUARTER, TWO_HOURS, USUAL, WEEK
from service.actions.reminding import reach_for_reminding
from service.outbound.numbers import names_words
from service.storage.people import Person
from service.storage.tasks import TaskKind
from service.web.words import say

TIME_WORDS = {
    WEEK: "a week before",
    DAY: "the day before",
    TWO_HOURS: "two hours before",
    QUARTER: "15 minutes before",
}
BY_HAND = {
    TaskKind.RING: "one call, on the weekday before",
    TaskKind.TEXT: "one text, on the weekday before",
    TaskKind.THROUGH: "once, on the weekday before, through someone",
}


def reminder_options() -> list[dict[str, str]]:
    """Give the times that can be chosen."""
    return [
        {"value": str(minutes), "word": f"{words[:1].upper()}{words[1:]}"}
        for minutes, words in TIME_WORDS.items()
    ]


def chosen_reminders(person: Person) -> list[str]:
    """Give the times somebody chose, or the usual ones."""
    return [str(minutes) for minutes in _chosen(person)]


def reminders_in_brief(person: Person) -> str:
    """Say to staff how and when somebody is reminded; nothing for never."""
    times, reach = _times(person), reach_for_reminding(person, is_safe=False)
    if not times or reach is None:
        return ""
    return times if reach.task is None else BY_HAND[reach.task]


def reminder_words(person: Person) -> str:
    """Say to somebody in one line how and when they are reminded."""
    times, reach = _times(person), reach_for_reminding(person, is_safe=False)
    if not times or reach is None:
        return say("guest.reminders.none")
    if reach.task is None:
        return say("guest.reminders.mail", {"times": times})
    return say(f"guest.reminders.{reach.task}")


def _times(person: Person) -> str:
    return names_words(tuple(TIME_WORDS[minutes] for minutes in _chosen(person)))


def _chosen(person: Person) -> Sequence[int]:
    chosen = USUAL if person.reminders is None else person.reminders
    return [minutes for minutes in CHOICES if minutes in chosen]
