"""The open doors of the demonstration: its public page, somebody who asks to join, dates, a cold room."""

from collections.abc import Mapping
from datetime import timedelta

from scheduling.dates import DateKind
from scheduling.time import on_wall
from scheduling.ways import Way
from service.actions.asking import Asked, ask_to_join
from service.actions.place_troubles import TroubleDetails, report_trouble
from service.actions.public_page import change_public_page
from service.actions.special_dates import SpecialDetails, add_special_date
from service.demonstration.stage import Stage
from service.storage.meetings import Meeting, meeting_by_id

WORDS = (
    "We are neighbours from six towns who help each other.\nEverybody is welcome. It costs nothing."
)
#: The sessions that everybody may see; somebody asks to join the first. The place that is cold.
SHOWN, COLD = ("share", "swap"), "fenton-shop"
DAY = timedelta(days=1)


async def open_doors(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Switch the public page on, let somebody ask to join, and write down what to keep in mind."""
    db, then = stage.db, stage.now - DAY
    await change_public_page(db, stage.system, is_public=True, words=WORDS, now=then)
    for name in SHOWN:
        meetings[name].is_public = True
    await db.flush()
    meeting = await meeting_by_id(db, stage.system, meetings[SHOWN[0]].id)
    asked = Asked("Olu", phone="01632 960188", way=Way.PHONE, words="Can I just listen at first?")
    await ask_to_join(db, stage.system, meeting, asked, now=then)
    today = on_wall(stage.now, stage.house.zone).local.date()
    cold = TroubleDetails("heating", "A part is on its way", today, today + 40 * DAY)
    await report_trouble(db, stage.coordinator, stage.places[COLD].id, cold, now=then)
    for kind, name, first, days in (
        (DateKind.SCHOOL_BREAK, "Half-term", 34, 5),
        (DateKind.LOCAL, "Potters’ holiday", 160, 14),
    ):
        begins = today + first * DAY
        details = SpecialDetails(kind, name, begins, begins + (days - 1) * DAY)
        await add_special_date(db, stage.coordinator, details, now=then)
