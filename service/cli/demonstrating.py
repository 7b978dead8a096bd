"""`manyways demo`: lay out the demonstration, or print its links again."""

import json
from typing import Annotated

import typer

from service.cli.opening import opened, run_migrations
from service.cli.speaking import run, say_line, settings_in_words
from service.config import Settings
from service.demonstration.laying_out import claim, lay_out
from service.demonstration.links import DemoLinks, demo_links
from service.parts import open_parts


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as JSON")] = False,
) -> None:
    """Lay out an invented organisation to try things on, and print links into it."""
    settings = settings_in_words()
    run_migrations(settings)
    run(_demo(settings, as_json=as_json))


async def _demo(settings: Settings, *, as_json: bool) -> None:
    async with opened(settings) as (database, _keys), database.writing() as db:
        await claim(db)
    async with open_parts(settings) as parts:
        async with parts.database.writing() as db:
            await lay_out(db, parts.keys, parts.sealer, now=parts.clock.now())
        async with parts.database.reading() as db:
            links = await demo_links(db, parts.keys, settings.public_url)
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
    say_line("See more:")
    for what, url in (
        ("Public page", links.public_page),
        (f"{links.calendar.person}’s calendar", links.calendar.url),
        (f"{links.rota.person}, asked to help", links.rota.url),
        ("Who is in the room now", links.room),
        (f"{links.phone.person}’s PIN, asked for", links.phone.mapper),
    ):
        if url:
            say_line(f"  {what:<24} {url}")
    say_line()
