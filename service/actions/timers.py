"""What time does by itself: a session begins, and what was told for one session only ends after its day."""

from datetime import datetime

from service.actions.helping import end_needs_of_past_sessions
from service.actions.needs import Sealer
from service.actions.requests import begin_the_day
from service.actor import system_actor
from service.storage.base import Db
from service.storage.organisations import organisation_ids


async def keep_time(db: Db, sealer: Sealer, *, now: datetime) -> int:
    """Do what is due in every organisation and count it; doing it again at once does nothing."""
    done = 0
    for organisation_id in await organisation_ids(db):
        system = system_actor(organisation_id)
        done += await begin_the_day(db, system, now=now)
        done += await end_needs_of_past_sessions(db, system, sealer, now=now)
    return done
