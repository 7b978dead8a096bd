"""`manyways check`, the part about the audit: can it be changed, and was it?"""

from datetime import datetime
from typing import Final

from scheduling.time import long_date
from service.actions.auditing import Checked, check_chain
from service.cli.trouble import Trouble
from service.keys import Keys
from service.storage.audit_chain import missing_guards
from service.storage.audit_hash import Broken
from service.storage.audit_hash import Trouble as Touched
from service.storage.database import Database
from service.storage.organisations import Organisation, installation_fact

WHY: Final = {
    Touched.GAP: "a link is missing",
    Touched.REMOVED: "the line was removed",
    Touched.CHANGED: "the line was changed, or put in",
    Touched.BACKDATED: "the line was put in later than it says",
    Touched.MADE_ANEW: "the chain was made anew: it is not what was signed",
    Touched.CUT_OFF: "the lines from there on were removed",
    Touched.FORGED: "the checkpoint there was not signed with our key",
}


async def guards_of_audit(database: Database) -> None:
    """See that every trigger is there; raises Trouble."""
    async with database.reading() as db:
        missing = await missing_guards(db)
    if missing:
        raise Trouble(
            f"the audit can be changed, as these triggers are missing: {', '.join(missing)}"
        )


async def chain_of_audit(database: Database, keys: Keys, organisation: Organisation) -> str:
    """Follow the chain of an organisation and say how long it is; raises Trouble where it breaks."""
    try:
        found = await _checked(database, keys, organisation)
    except Broken as broken:
        day = f", after {_day(broken.at, organisation)}" if broken.at else ""
        raise Trouble(
            f"the chain breaks at number {broken.number}{day}: {WHY[broken.trouble]}"
        ) from broken
    return f"{found.lines} lines{_waiting(found, organisation)}"


async def _checked(database: Database, keys: Keys, organisation: Organisation) -> Checked:
    async with database.reading_at_once() as db:
        is_demo = await installation_fact(db, "is_demo") == "yes"
        return await check_chain(db, keys, organisation.id, is_dated=not is_demo)


def _waiting(found: Checked, organisation: Organisation) -> str:
    if found.earliest_unlinked is None:
        return ""
    day = _day(found.earliest_unlinked, organisation)
    return f", {found.unlinked} are not linked yet (the earliest of {day})"


def _day(at: datetime, organisation: Organisation) -> str:
    return long_date(at, organisation.zone)
