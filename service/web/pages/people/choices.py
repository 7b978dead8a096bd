"""The choices on forms about people, and how ways and answers are called there."""

from collections.abc import Iterable, Sequence

from scheduling.answers import Answer
from scheduling.ways import EASE, Way
from service.actions.contact_details import LANGUAGES
from service.storage.people import PRINT_SIZES, Channel, Person

Options = list[dict[str, str]]

CHANNEL_WORDS: dict[Channel, str] = {
    Channel.EMAIL: "E-mail",
    Channel.TEXT: "Text message",
    Channel.CALL: "Phone call",
    Channel.LETTER: "Letter",
    Channel.THROUGH: "Through someone",
}
WAY_WORDS: dict[Way, str] = {
    Way.PHONE: "By phone",
    Way.ONLINE: "Online",
    Way.ROOM: "In the room",
    Way.OUTDOORS: "Outdoors",
}
ANSWER_WORDS: dict[Answer, str] = {
    Answer.UNANSWERED: "No answer yet",
    Answer.YES: "Coming",
    Answer.MAYBE: "Maybe",
    Answer.NO: "Not coming",
    Answer.WAITING: "On the waiting list",
}


def channel_options(first: str) -> Options:
    """Give the ways to reach somebody; `first` stands for none."""
    words = [{"value": channel.value, "word": word} for channel, word in CHANNEL_WORDS.items()]
    return [{"value": "", "word": first}, *words]


def way_options(ways: Iterable[Way] = EASE) -> Options:
    """Give ways of joining with their icons, the easiest first."""
    offered = set(ways)
    return [
        {"value": way.value, "word": WAY_WORDS[way], "icon": way.value}
        for way in EASE
        if way in offered
    ]


def language_options(stored: str = "en") -> Options:
    """Give the languages, with one more if another was stored."""
    names = LANGUAGES if stored in LANGUAGES else LANGUAGES | {stored: stored}
    return [{"value": code, "word": name} for code, name in names.items()]


def print_size_options() -> Options:
    """Give the sizes letters are printed in."""
    usual = PRINT_SIZES[0]
    return [
        {"value": str(size), "word": f"{size} point{' (usual)' if size == usual else ''}"}
        for size in PRINT_SIZES
    ]


def person_options(people: Sequence[Person], first: str) -> Options:
    """Give people by name; `first` stands for none."""
    names = [{"value": str(person.id), "word": person.chosen_name} for person in people]
    return [{"value": "", "word": first}, *names]


def reach_words(person: Person) -> list[str]:
    """Say how a person is reached, best first."""
    return [CHANNEL_WORDS[Channel(channel)] for channel in person.channels]


def answer_words(answer: Answer, way: Way | None) -> str:
    """Say what somebody answered: "Coming, by phone"."""
    said = ANSWER_WORDS[answer]
    if way is None or answer not in (Answer.YES, Answer.WAITING):
        return said
    return f"{said}, {WAY_WORDS[way].lower()}"
