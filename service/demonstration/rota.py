"""The rota of the demonstration: who helps at what and when they can; one swap was taken, one is open."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling.availability import Away, WeeklyTime
from scheduling.roles import MeetingRole
from scheduling.time import on_wall
from service.actions.rota.answering import take
from service.actions.rota.asking import Asking, ask_around
from service.actions.rota.gaps import notice_gaps
from service.actions.rota.giving import Choice, give_part
from service.actions.rota.times import add_away, add_weekly
from service.actor import Actor, Door
from service.demonstration.stage import Stage
from service.storage.meetings import WHOLE_MEETING, Meeting
from service.storage.step_ins import StepIn, StepInAsked

EIGHT, NINE, FIVE, TEN = 8 * 60, 9 * 60, 17 * 60, 22 * 60
#: When colleagues can: weekdays from Monday as 0, and the minutes of those days. Who is asked below can
#: on every day, as the days of the sessions move with the day the demonstration is made on.
WEEKS = {
    "farzana": ((range(5), NINE, TEN), ((5,), NINE, FIVE)),
    "deon": ((range(7), NINE, TEN),),
    "bridget": ((range(7), EIGHT, TEN),),
}
#: Who has which part, by the session's short name.
PARTS = {
    "helpers-today": {
        MeetingRole.GREETER: "callum",
        MeetingRole.REMOTE_BUDDY: "bridget",
        MeetingRole.ON_CALL: "grace",
    },
    "evening": {MeetingRole.REMOTE_BUDDY: "callum", MeetingRole.ON_CALL: "grace"},
    "swap": {MeetingRole.GREETER: "deon"},
}
BEFORE = timedelta(days=2)


async def fill_rota(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Write down when colleagues can and who helps at what; ask around, and let one swap be taken."""
    await _tell_times(stage)
    then = stage.now - BEFORE
    for name, parts in PARTS.items():
        for role, who in parts.items():
            choice = Choice(stage.people[who].id)
            here = meetings[name]
            await give_part(stage.db, stage.coordinator, here.id, role, choice, now=then)
    await _ask(stage, "deon", meetings["swap"], MeetingRole.GREETER, "callum", "bridget")
    await _take(stage, "callum", meetings["swap"])
    await _ask(
        stage, "callum", meetings["evening"], MeetingRole.REMOTE_BUDDY, "bridget", "winifred"
    )
    await notice_gaps(stage.db, stage.system, now=stage.now)
    await stage.db.flush()


async def _tell_times(stage: Stage) -> None:
    db, then, zone = stage.db, stage.now - BEFORE, stage.house.zone
    for name, weeks in WEEKS.items():
        actor, person = stage.as_staff(name), stage.people[name]
        for days, starts, ends in weeks:
            weekly = [WeeklyTime(day, starts, ends) for day in days]
            await add_weekly(db, actor, person.id, weekly, now=then)
    first = on_wall(stage.now, zone).local.date() + timedelta(days=40)
    away = Away(first, first + timedelta(days=6))
    bridget = stage.people["bridget"]
    await add_away(db, stage.coordinator, bridget.id, away, zone=zone, now=then)


async def _ask(stage: Stage, who: str, meeting: Meeting, role: MeetingRole, *others: str) -> None:
    """Let somebody offer their part to others."""
    people = frozenset(stage.people[name].id for name in others)
    asking = Asking(meeting.id, role, people)
    await ask_around(stage.db, stage.as_staff(who), stage.keys, asking, now=stage.now - BEFORE)


async def _take(stage: Stage, who: str, meeting: Meeting) -> None:
    """Let somebody take the part they were asked about, by their link."""
    query = (
        select(StepInAsked)
        .join(StepInAsked.step_in)
        .where(StepIn.meeting_id == meeting.id, StepInAsked.person_id == stage.people[who].id)
        .options(
            joinedload(StepInAsked.person),
            joinedload(StepInAsked.step_in).joinedload(StepIn.meeting).options(*WHOLE_MEETING),
        )
    )
    asked = (await stage.db.scalars(query)).one()
    actor = Actor(stage.house.id, Door.GUEST, asked.person_id)
    await take(stage.db, actor, asked, now=stage.now - BEFORE)
