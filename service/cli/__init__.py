"""The `manyways` command: everything one does to an installation from its own machine."""

import typer

from service.cli import (
    adding,
    checking,
    demonstrating,
    jitsi,
    joining_jitsi,
    keyring,
    opening,
    serving,
    tokens,
)

app = typer.Typer(
    name="manyways",
    help="Plan sessions that everyone can join: in the room, online, by phone or outdoors.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serving.serve)
app.command("work")(serving.work)
app.command("migrate")(opening.migrate)
app.command("check")(checking.check)
app.command("config")(checking.config)
app.command("add-person")(adding.add_person)
app.add_typer(tokens.app, name="token")
app.add_typer(keyring.app, name="keys")
jitsi.app.command("join")(joining_jitsi.join)
app.add_typer(jitsi.app, name="jitsi")
app.command("demo")(demonstrating.demo)
