"""`manyways token`: make, list and revoke the tokens of programs."""

from typing import Annotated
from uuid import UUID

import typer

from service.actions.permissions import SCOPES
from service.actions.tokens import NewToken, make_token, revoke_token
from service.actor import system_actor
from service.cli.opening import opened, organisation_named
from service.cli.speaking import run, say_line, settings_in_words
from service.clock import Clock
from service.config import Settings
from service.storage.staff import tokens_of

app = typer.Typer(help="Make, list and revoke the tokens of programs.", no_args_is_help=True)

House = Annotated[
    str, typer.Option(help="The organisation's short name; not needed if there is only one")
]


@app.command("make")
def make(
    name: Annotated[str, typer.Option(help="What the token is for")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(SCOPES)}")],
    organisation: House = "",
) -> None:
    """Make a token and print it, this once."""
    run(_make(settings_in_words(), organisation, NewToken(name, scope)))


@app.command("list")
def show(organisation: House = "") -> None:
    """List the tokens with what they may do."""
    run(_show(settings_in_words(), organisation))


@app.command("revoke")
def revoke(
    token: Annotated[UUID, typer.Argument(help="Its number in the list")], organisation: House = ""
) -> None:
    """End a token at once."""
    run(_revoke(settings_in_words(), organisation, token))


async def _make(settings: Settings, slug: str, wanted: NewToken) -> None:
    async with opened(settings) as (database, keys), database.writing() as db:
        actor = system_actor((await organisation_named(db, slug)).id)
        secret = await make_token(db, actor, keys, wanted, now=Clock().now())
    say_line(secret)


async def _show(settings: Settings, slug: str) -> None:
    async with opened(settings) as (database, _keys), database.reading() as db:
        actor = system_actor((await organisation_named(db, slug)).id)
        found = await tokens_of(db, actor)
    for token in found:
        state = "revoked" if token.revoked_at else "in use"
        say_line(f"{token.id}  {state:<8}{token.name}  ({', '.join(token.scopes)})")


async def _revoke(settings: Settings, slug: str, token_id: UUID) -> None:
    async with opened(settings) as (database, _keys), database.writing() as db:
        actor = system_actor((await organisation_named(db, slug)).id)
        await revoke_token(db, actor, token_id, now=Clock().now())
    say_line("The token opens nothing any more.")
