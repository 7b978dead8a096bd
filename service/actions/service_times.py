"""Setting how soon people hear from an organisation."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from accessibility.service_times import PREFIX, SillyTime, read_times
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.storage.audit import record
from service.storage.base import Db
from service.storage.organisations import lock_organisation, organisation_by_id


async def set_times(db: Db, actor: Actor, times: Mapping[str, int], *, now: datetime) -> None:
    """Set how soon people hear from the organisation; raises Invalid for what cannot be, and sets nothing."""
    require(actor, Permission.SET_UP)
    try:
        wanted = read_times({f"{PREFIX}{name}": days for name, days in times.items()})
    except SillyTime as error:
        raise Invalid({error.name: error.reason}) from error
    await lock_organisation(db, actor.organisation_id)
    organisation = await organisation_by_id(db, actor.organisation_id)
    await db.refresh(organisation, ["access_settings"])
    before = read_times(organisation.access_settings)
    was = asdict(before)
    changed = [name for name, days in asdict(wanted).items() if was[name] != days]
    if changed:
        stored = {f"{PREFIX}{name}": days for name, days in asdict(wanted).items()}
        organisation.access_settings = organisation.access_settings | stored
        fields = " ".join(changed)
        record(db, actor, "organisation.times-set", organisation, now=now, fields=fields)
