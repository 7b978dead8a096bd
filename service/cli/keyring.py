"""`manyways keys`: list the keys of the ring, and change to a new one while the service runs."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scheduling.time import long_date
from service.actions.rotating import (
    Wrapped,
    begin,
    in_use,
    put_aside,
    reseal_settings,
    rewrap_people,
)
from service.actor import system_actor
from service.cli.speaking import run, say_line, settings_in_words
from service.config import Settings
from service.keys import ring_names
from service.parts import Parts, open_parts
from service.storage.audit import record
from service.storage.organisations import first_organisation

app = typer.Typer(
    help="List the keys that wrap all others, and change to a new one.", no_args_is_help=True
)

#: A request that began before the new key was there has ended by then.
WAIT_SECONDS = 60


@app.command("list")
def show() -> None:
    """List the keys of the ring: since when there is each, and how much is wrapped with it."""
    run(_show(settings_in_words()))


@app.command("rotate")
def change(
    wait: Annotated[
        int, typer.Option(help="Seconds to wait for requests that began with the old key", min=0)
    ] = WAIT_SECONDS,
) -> None:
    """Make a new key and wrap everything with it, while the service runs; then put the old one aside."""
    run(_rotate(settings_in_words(), wait))


async def _show(settings: Settings) -> None:
    async with open_parts(settings) as parts, parts.database.reading() as db:
        used = await in_use(db, parts.sealer.keys)
    names = ring_names(settings.keys_folder)
    for name in names:
        what = "wraps from now on" if name == names[-1] else "old"
        day = _made_on(settings.keys_folder, name)
        say_line(f"{name:>4}  {used[name]:>7} wrapped with it  made on {day}  ({what})")
    for name in sorted(used.keys() - set(names)):
        say_line(f"{name:>4}  {used[name]:>7} wrapped with it  THERE IS NO SUCH KEY")


async def _rotate(settings: Settings, wait: int) -> None:
    async with open_parts(settings) as parts:
        name, is_new = begin(settings.keys_folder)
        say_line(f"Made key {name}." if is_new else f"Going on with key {name}.")
        done = await _wrap_all(parts)
        say_line(f"Wrapped {done.done} keys and settings with it.")
        await asyncio.sleep(wait)
        late = await _wrap_all(parts)
        async with parts.database.writing() as db:
            used = await in_use(db, parts.sealer.keys)
            aside = put_aside(settings.keys_folder, used)
            first = await first_organisation(db)
            if first is not None:
                actor, now = system_actor(first.id), parts.clock.now()
                record(db, actor, "keys.rotated", None, now=now, key=name)
    for old in aside:
        say_line(f"Put key {old} aside, in {settings.keys_folder / 'ring' / 'retired'}.")
    if late.unopened:
        say_line(f"{late.unopened} could not be unwrapped: 'manyways check' names what is missing.")
        raise typer.Exit(1)


async def _wrap_all(parts: Parts) -> Wrapped:
    people = await rewrap_people(parts.sealer.keys)
    async with parts.database.writing() as db:
        return people + await reseal_settings(db, parts.keys)


def _made_on(folder: Path, name: str) -> str:
    made = (folder / "ring" / f"{name}.key").stat().st_mtime
    return long_date(datetime.fromtimestamp(made, UTC), "UTC")
