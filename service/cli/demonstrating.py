"""`manyways demo`: lay out the demonstration, or print its links again."""

import json
from typing import Annotated

import typer

from service.cli.speaking import run, say_line, settings_in_words, troubles_in_words
from service.clock import Clock
from service.config import Settings
from service.demonstration.laying_out import lay_out
from service.demonstration.links import DemoLinks, demo_links
from service.keys import load_keys
from service.storage.database import Database
from service.storage.schema import upgrade


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as JSON")] = False,
) -> None:
    """Lay out an invented organisation to try things on, and print links into it."""
    settings = settings_in_words()
    with troubles_in_words():
        upgrade(settings.database_url)
    run(_demo(settings, as_json=as_json))


async def _demo(settings: Settings, *, as_json: bool) -> None:
    database = Database(settings.database_url)
    keys = load_keys(settings.keys_folder)
    try:
        async with database.writing() as db:
            await lay_out(db, keys, now=Clock().now())
        async with database.reading() as db:
            links = await demo_links(db, keys, settings.public_url)
    finally:
        await database.close()
    if as_json:
        say_line(json.dumps(links.as_json(), indent=2))
    else:
        say_links(links)


def say_links(links: DemoLinks) -> None:
    """Print the links for people to follow."""
    say_line()
    say_line("Sign in as (from this machine, as often as you like):")
    for role, url in links.staff.items():
        say_line(f"  {role:<12} {url}")
    if links.invitations:
        say_line()
        say_line("Be somebody who was invited:")
    for invitation in links.invitations:
        say_line(f"  {invitation.person:<12} {invitation.url}  ({invitation.way})")
    say_line()
