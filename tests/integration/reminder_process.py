"""A scheduler in a process of its own: `python -m tests.integration.reminder_process URL NOW MANNER`.

It says that it is ready and waits for a line, so that several begin in the same moment. "careless" is the
control: it looks first and adds afterwards, under a number of its own, as the design forbids.
"""

import asyncio
import os
import sys
from datetime import datetime

from scheduling.answers import Answer
from scheduling.reminders import FIRST
from service.actions.reminding import remind
from service.actor import Actor, system_actor
from service.storage.database import Database
from service.storage.messages import Message, MessageKind
from service.storage.organisations import all_organisations
from service.storage.people import Channel
from service.storage.reminding import guests_to_remind, meetings_to_come


async def careful(database: Database, actor: Actor, now: datetime) -> None:
    """Remind as the service does."""
    await _wait_for_the_others()
    async with database.writing() as db:
        await remind(db, actor, now=now)


async def careless(database: Database, actor: Actor, now: datetime) -> None:
    """Look whom to remind in one transaction, and add it in another."""
    async with database.reading() as db:
        meetings = await meetings_to_come(db, actor, now, now + FIRST)
        guests = [guest for meeting in meetings for guest in await guests_to_remind(db, meeting)]
    await _wait_for_the_others()
    async with database.writing() as db:
        for guest in guests:
            if guest.answer is Answer.YES:
                db.add(
                    Message(
                        organisation_id=guest.organisation_id,
                        kind=MessageKind.REMINDER,
                        person_id=guest.person_id,
                        subject_id=guest.id,
                        meeting_id=guest.meeting_id,
                        occurrence=os.getpid(),
                        channel=Channel.EMAIL,
                        due_at=now,
                        created_at=now,
                    )
                )


async def _wait_for_the_others() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)


async def main(url: str, at: str, manner: str) -> None:
    """Remind for the one organisation there is, then end."""
    database = Database(url)
    async with database.reading() as db:
        (house,) = await all_organisations(db)
    work = careless if manner == "careless" else careful
    await work(database, system_actor(house.id), datetime.fromisoformat(at))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
