"""How soon people hear from an organisation, as it has set it."""

from accessibility.service_times import ServiceTimes, read_times
from service.actor import Actor
from service.storage.base import Db
from service.storage.organisations import organisation_by_id


async def times_here(db: Db, actor: Actor) -> ServiceTimes:
    """Give the times of the actor's organisation."""
    return read_times((await organisation_by_id(db, actor.organisation_id)).access_settings)
