"""Guests who press in a process of their own: `python -m tests.integration.claiming_process ARGS`.

Arguments: database address, meeting, the time (ISO), which half of the guests, and what they press:
"claim", or "leave", which those with a place give back and those who are offered one take. It begins
when a line comes in, so that two processes begin together, and writes how many have a place.
"""

import asyncio
import sys
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.storage.database import Database
from service.storage.holds import open_hold
from service.storage.invitations import Invitation
from tests.integration.rush import all_at_once, press

CLAIM = Reply(Answer.WAITING, Way.ONLINE)


async def main(url: str, meeting: str, at: str, half: str, what: str) -> None:
    """Press for every second guest, all of them at once."""
    database, now = Database(url), datetime.fromisoformat(at)
    async with database.reading() as db:
        own = select(Invitation).where(Invitation.meeting_id == UUID(meeting))
        guests = (await db.scalars(own.order_by(Invitation.id))).all()[int(half) :: 2]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    reply = {each.id: CLAIM for each in guests}
    if what == "leave":
        async with database.reading() as db:
            reply = {
                each.id: await _reply(each, bool(await open_hold(db, each))) for each in guests
            }
    answers = await all_at_once(press(database, each, reply[each.id], now) for each in guests)
    await database.close()
    sys.stdout.write(f"{answers.count(Answer.YES)}\n")


async def _reply(guest: Invitation, is_offered: bool) -> Reply:
    if guest.answer is Answer.YES:
        return Reply(Answer.NO)
    return Reply(Answer.YES if is_offered else Answer.WAITING, Way.ONLINE)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
