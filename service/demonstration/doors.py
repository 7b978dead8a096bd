"""The open doors of the demonstration: its public page, somebody who asks to join, dates, a broken lift."""

from collections.abc import Mapping
from datetime import date, timedelta

from scheduling.dates import DateKind
from scheduling.time import on_wall
from scheduling.ways import Way
from service.actions.asking import Asked, ask_to_join
from service.actions.place_troubles import TroubleDetails, report_trouble
from service.actions.public_page import change_public_page
from service.actions.special_dates import SpecialDetails, add_from_file, add_special_date
from service.demonstration.scenes import Break, demonstration
from service.demonstration.stage import Stage
from service.storage.meetings import Meeting, meeting_by_id

WORDS = (
    "We are neighbours from six towns who help each other.\nEverybody is welcome. It costs nothing."
)
#: The public session that somebody asks to join.
ASKED_ABOUT = "share"
DAY = timedelta(days=1)


async def open_doors(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Switch the public page on, let somebody ask to join, and write down what to keep in mind."""
    db, then = stage.db, stage.now - DAY
    await change_public_page(db, stage.system, is_public=True, words=WORDS, now=then)
    await db.flush()
    meeting = await meeting_by_id(db, stage.system, meetings[ASKED_ABOUT].id)
    asked = Asked("Olu", phone="01632 960188", way=Way.PHONE, words="Can I just listen at first?")
    await ask_to_join(db, stage.system, meeting, asked, now=then)
    today = on_wall(stage.now, stage.house.zone).local.date()
    for each in demonstration().troubles:
        first = today + each.from_day * DAY
        trouble = TroubleDetails(each.fact, each.why, first, first + (each.days - 1) * DAY)
        await report_trouble(db, stage.coordinator, stage.places[each.place].id, trouble, now=then)


async def keep_in_mind(stage: Stage) -> None:
    """Keep the coming year's school breaks, as ticked of a file, and the local customs, as typed."""
    db, then = stage.db, stage.now - DAY
    today = on_wall(stage.now, stage.house.zone).local.date()
    found = [_next(each, today) for each in demonstration().breaks]
    breaks = [each for each in found if each.kind is DateKind.SCHOOL_BREAK]
    await add_from_file(db, stage.coordinator, breaks, now=then)
    for custom in found:
        if custom.kind is not DateKind.SCHOOL_BREAK:
            await add_special_date(db, stage.coordinator, custom, now=then)


def _next(each: Break, today: date) -> SpecialDetails:
    """Give the days of a break as they next come round, or are now."""
    days = (each.days - 1) * DAY
    years = (today.year, today.year + 1)
    starts = [date.fromisoformat(f"{year}-{each.begins}") for year in years]
    first = next(start for start in starts if start + days >= today)
    return SpecialDetails(each.kind, each.name, first, first + days)
