"""Lay the demonstration out in an empty database, and mark the database as one."""

from datetime import datetime

from sqlalchemy import func, select

from service.actions.needs import Sealer
from service.demonstration.arranging import arrange, keep_suppliers
from service.demonstration.calendars import hand_out_calendars
from service.demonstration.catching_up import catch_up
from service.demonstration.doors import keep_in_mind, open_doors
from service.demonstration.houses import bring_people, build_houses, furnish
from service.demonstration.incoming import take_mails
from service.demonstration.keeping_safe import keep_safe
from service.demonstration.money import claim_money, keep_kit
from service.demonstration.playing import invitation_to, play
from service.demonstration.repeating import repeat
from service.demonstration.rooms import open_rooms
from service.demonstration.rota import fill_rota
from service.demonstration.scenes import demonstration
from service.demonstration.stage import Stage
from service.errors import ServiceError
from service.keys import Keys
from service.storage.base import Db
from service.storage.meetings import Meeting
from service.storage.organisations import InstallationFact, Organisation, installation_fact

#: Whose links are printed, for the session of today: they join in different ways.
SHOWN = ("joan", "terry", "mags")


class NotEmpty(ServiceError):
    """The database already holds a real organisation; a demonstration needs one of its own."""

    code = "not-empty"


async def claim(db: Db) -> None:
    """Mark an empty database as a demonstration; raises NotEmpty for a real installation."""
    if await installation_fact(db, "is_demo") == "yes":
        return
    if await db.scalar(select(func.count()).select_from(Organisation)):
        raise NotEmpty
    db.add(InstallationFact(name="is_demo", value="yes"))


async def lay_out(db: Db, keys: Keys, sealer: Sealer, *, now: datetime) -> None:
    """Lay everything out relative to now, unless it is there already. The database is claimed."""
    if await db.scalar(select(func.count()).select_from(Organisation)):
        return
    stage = Stage(db, keys, sealer, now)
    await build_houses(stage)
    await bring_people(stage)
    await furnish(stage)
    await keep_in_mind(stage)
    await keep_suppliers(stage)
    meetings = {scene.id: await play(stage, scene) for scene in demonstration().sessions}
    for scene in demonstration().sessions:
        for asked in scene.requests:
            await arrange(stage, meetings[scene.id], asked)
        await claim_money(stage, scene, meetings[scene.id])
    await keep_safe(stage, meetings)
    await open_rooms(stage, meetings)
    await fill_rota(stage, meetings)
    await open_doors(stage, meetings)
    for each in demonstration().series:
        await repeat(stage, each)
    await take_mails(stage, meetings)
    soonest = meetings[demonstration().sessions[0].id]
    await hand_out_calendars(stage, soonest)
    await keep_kit(stage)
    await catch_up(stage)
    await _choose_links(stage, soonest)


async def _choose_links(stage: Stage, meeting: Meeting) -> None:
    """Write down which invitations are shown, so that they stay the same."""
    shown = [await invitation_to(stage, meeting, name) for name in SHOWN]
    ids = " ".join(str(invitation.id) for invitation in shown)
    stage.db.add(InstallationFact(name="demo_invitations", value=ids))
