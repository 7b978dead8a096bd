"""Letters to colleagues about the rota: "can you take this?", and who does what now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduling.roles import MeetingRole
from scheduling.time import Slot, long_date, span_words
from service.outbound.facts import NoteFacts, cleaned
from service.outbound.invitations import greeting_for, whom_to_ring
from service.outbound.writing import Line, LineKind, Section, Writing, items, plain

#: What each part is called.
ROLE_WORDS: Mapping[MeetingRole, str] = {
    MeetingRole.LEAD: "Lead host",
    MeetingRole.CO_FACILITATOR: "Second host",
    MeetingRole.REMOTE_BUDDY: "Remote buddy",
    MeetingRole.GREETER: "Greeter",
    MeetingRole.ON_CALL: "On call for safeguarding",
}
#: What whoever has it does.
ROLE_LINES: Mapping[MeetingRole, str] = {
    MeetingRole.LEAD: "Welcomes everyone, and keeps the time.",
    MeetingRole.CO_FACILITATOR: "Helps one person while the other host goes on.",
    MeetingRole.REMOTE_BUDDY: "Looks after those who join online or by phone.",
    MeetingRole.GREETER: "Meets people at the door.",
    MeetingRole.ON_CALL: "Can be rung during the session if somebody may be in danger.",
}
NOBODY = "nobody yet"


@dataclass(frozen=True, slots=True)
class GatheringFacts:
    """The session: its title as it may leave the house, when, and where or how it is held."""

    title: str
    slot: Slot
    zone: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskFacts:
    """What somebody is asked to take, from whom (empty: nobody has it), and where to say so."""

    gathering: GatheringFacts
    role: MeetingRole
    url: str = field(repr=False)
    giver: str = ""


@dataclass(frozen=True, slots=True)
class NewsFacts:
    """Who does what at a session, in order (an empty name: nobody), what the reader does, and the rota."""

    gathering: GatheringFacts
    parts: tuple[tuple[MeetingRole, str], ...]
    own: tuple[MeetingRole, ...]
    url: str = field(repr=False)


def ask_writing(facts: NoteFacts, ask: AskFacts) -> Writing:
    """Ask whether somebody can take a part; the first to press the button has it."""
    known, asked = cleaned(facts), cleaned(ask)
    here, part = asked.gathering, ROLE_WORDS[asked.role]
    return Writing(
        subject=f"Can you help on {long_date(here.slot.starts_at, here.zone)}?",
        greeting=greeting_for(known.reader.name),
        opening=(plain(_question(asked)),),
        sections=(
            _when_and_where(here),
            Section(part, plain(ROLE_LINES[asked.role])),
            Section(
                "What to do",
                (
                    Line("Say if you can", LineKind.BUTTON, asked.url),
                    *plain(
                        "Others may be asked too. Whoever takes it first has it."
                        " If you can't, please say so there as well, so that we can ask somebody else."
                    ),
                ),
            ),
            whom_to_ring(known.house),
        ),
        farewell=(known.house.name,),
    )


def parts_writing(facts: NoteFacts, news: NewsFacts) -> Writing:
    """Say who does what now, and first what the reader does."""
    known, told = cleaned(facts), cleaned(news)
    here = told.gathering
    own = [ROLE_WORDS[role] for role in told.own]
    return Writing(
        subject=f"Who does what on {long_date(here.slot.starts_at, here.zone)}",
        greeting=greeting_for(known.reader.name),
        opening=(plain("Who does what at this session has changed."),),
        sections=(
            _when_and_where(here),
            Section("Your part", items(own) or plain("You have no part in this session.")),
            Section(
                "Who does what",
                items(f"{ROLE_WORDS[role]}: {name or NOBODY}" for role, name in told.parts),
            ),
            Section("The whole rota", (Line("Open the rota", LineKind.LINK, told.url),)),
            whom_to_ring(known.house),
        ),
        farewell=(known.house.name,),
    )


def _question(asked: AskFacts) -> str:
    part = ROLE_WORDS[asked.role]
    if asked.giver:
        return f"{asked.giver} asks if somebody else can take this part: {part}. Can you?"
    return f"Nobody has this part yet: {part}. Can you take it?"


def _when_and_where(here: GatheringFacts) -> Section:
    when = Line(span_words(here.slot, here.zone))
    return Section(here.title, (when, *(Line(each) for each in here.where)))
