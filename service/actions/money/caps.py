"""The most that an organisation pays, set by its admins."""

from dataclasses import asdict
from datetime import datetime

from accessibility.claims import Caps
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.storage.audit import record
from service.storage.base import Db
from service.storage.organisations import lock_organisation, organisation_by_id

#: No organisation means more than a thousand pounds for an hour, a mile or a journey.
MOST_CAP = 100_000


async def set_caps(db: Db, actor: Actor, caps: Caps, *, now: datetime) -> None:
    """Set what the organisation pays at most; what was agreed to stays as it is. Raises Invalid."""
    require(actor, Permission.SET_UP)
    wanted = asdict(caps)
    too_big = {name: "too-big" for name, pence in wanted.items() if (pence or 0) > MOST_CAP}
    if too_big:
        raise Invalid(too_big)
    await lock_organisation(db, actor.organisation_id)
    organisation = await organisation_by_id(db, actor.organisation_id)
    await db.refresh(organisation, ["access_settings"])
    was = organisation.access_settings
    organisation.access_settings = was | wanted
    changed = [name for name, pence in wanted.items() if was.get(name) != pence]
    if changed:
        fields = " ".join(changed)
        record(db, actor, "organisation.caps-set", organisation, now=now, fields=fields)
