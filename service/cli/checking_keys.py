"""`manyways check`, the part about people's keys: is everything sealed that we keep still to be opened?"""

from collections.abc import Sequence

from service.actions.erasing import still_known
from service.actions.needs import Sealer
from service.cli.trouble import Trouble
from service.config import Settings
from service.keys import Keys, ring_names
from service.storage.database import Database
from service.storage.organisations import Organisation


async def keys_of_people(settings: Settings, database: Database, keys: Keys) -> None:
    """Try every person's key, and see that nobody's words are without one; raises Trouble."""
    sealer = Sealer(Database(settings.keys_database_url, pool_size=2), keys.ring)
    try:
        await sealer.prepare()
        unopened = await sealer.keys.unopened()
        async with database.reading() as db:
            without = await sealer.without_key(db)
    finally:
        await sealer.close()
    there = ring_names(settings.keys_folder)
    found = [_unopened(name, number, is_there=name in there) for name, number in unopened.items()]
    if without:
        found.append(f"the words of {without} people cannot be opened: their keys are gone")
    if found:
        raise Trouble("; ".join(found))


async def erasures(
    settings: Settings, database: Database, keys: Keys, houses: Sequence[Organisation]
) -> None:
    """See that nobody who was erased is known again, as after a restore; raises Trouble."""
    sealer = Sealer(Database(settings.keys_database_url, pool_size=2), keys.ring)
    found = 0
    try:
        await sealer.prepare()
        async with database.reading() as db:
            for house in houses:
                listed = await sealer.keys.erased(house.id)
                found += len(await still_known(db, listed))
    finally:
        await sealer.close()
    if found:
        raise Trouble(
            f"{found} people were erased and are known again: the worker erases them when it runs"
        )


def _unopened(name: str, number: int, *, is_there: bool) -> str:
    why = "is another key than it was" if is_there else "is missing"
    return f"{number} people's keys do not open: key {name} of the ring {why}"
