"""The command as it is run: migrated, checked, opened, served and stopped; its troubles in plain words."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession
from typer.testing import CliRunner

from service.cli import app
from service.config import PREFIX, Settings
from tests.ports import free_port

PROGRAM = "from service.cli import app; app()"
#: Far longer than any command takes, also on a busy machine.
SECONDS = 180


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and how it ended."""

    code: int
    said: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Command:
    """Runs the command for one installation: as a process of its own, or quicker within this one."""

    environ: dict[str, str]

    async def process(self, *arguments: str, **more: str) -> Done:
        """Run it as a process to its end."""
        async with self.started(*arguments, **more) as process, asyncio.timeout(SECONDS):
            said, trouble = await process.communicate()
        assert process.returncode is not None
        return Done(process.returncode, said.decode(), trouble.decode())

    async def __call__(self, *arguments: str, **more: str) -> Done:
        """Run it in a thread to its end: it brings a loop of its own."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (self.environ | more).items():
                patch.setenv(name, value)
            result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    @asynccontextmanager
    async def started(
        self, *arguments: str, **more: str
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Start it as a process, and see that it has ended when the block is left."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", PROGRAM, *arguments),
            env=_without_settings() | self.environ | more,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _without_settings() -> dict[str, str]:
    """Give the environment without anybody's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


@pytest.fixture
def command(home: Path) -> Command:
    """Give the command for a fresh installation on SQLite."""
    return Command({"MANYWAYS_HOME": str(home)})


@pytest.fixture
def command_on(home: Path, empty_database_url: str) -> Command:
    """Give the command for a fresh installation on either database."""
    plain = re.sub(r"\+\w+(?=://)", "", empty_database_url)
    return Command({"MANYWAYS_HOME": str(home), "MANYWAYS_DATABASE_URL": plain})


async def test_a_fresh_installation_is_migrated_opened_and_checked(command_on: Command) -> None:
    before = await command_on("check")
    assert 1 == before.code
    assert "run 'manyways migrate'" in before.said

    assert 0 == (await command_on.process("migrate")).code
    added = await command_on(
        *("add-person", "--new-organisation", "Kiln Street Hub"),
        *("--name", "Ada O'Neill", "--email", "ada@kiln.org.uk", "--role", "admin"),
    )
    assert 0 == added.code, added.trouble
    assert re.search(r"http://localhost:8080/sign-in/[\w-]{43}\n", added.said)

    again = await command_on(
        *("add-person", "--name", "Ada O'Neill", "--email", "ada@kiln.org.uk", "--role", "admin")
    )
    assert "to Kiln Street Hub." in again.said
    assert again.said != added.said

    after = await command_on.process("check")
    assert (0, "") == (after.code, after.trouble)
    assert all(line.startswith("ok ") for line in after.said.splitlines())


async def test_check_names_each_trouble_and_fails(command: Command, home: Path) -> None:
    await command("migrate")
    (home / "keys" / "link.key").write_text("ab" * 32)

    done = await command(
        "check",
        MANYWAYS_SMTP_URL=f"smtp://127.0.0.1:{free_port()}?tls=off",
        MANYWAYS_PROT="8081",
    )

    assert 1 == done.code
    troubles = [line for line in done.said.splitlines() if line.startswith("TROUBLE")]
    assert 3 == len(troubles), done.said
    assert "MANYWAYS_PORT" in troubles[0]
    assert "keys" in troubles[1]
    assert "mail" in troubles[2]


async def test_config_lists_every_setting_and_hides_secrets(command: Command) -> None:
    done = await command("config", MANYWAYS_SMTP_URL="smtps://kiln:s3cret@mail.example.org")

    assert 0 == done.code
    for name in Settings.model_fields:
        assert f"MANYWAYS_{name.upper()}\n" in done.said
    assert "smtps://…@mail.example.org  (environment)" in done.said
    assert "s3cret" not in done.said + done.trouble


async def test_nothing_runs_on_a_schema_that_is_out_of_date(command: Command) -> None:
    for done in (
        await command.process("serve"),
        await command("token", "list", "--organisation", "kiln"),
    ):
        assert 1 == done.code
        assert "run 'manyways migrate'" in done.trouble
        assert "Traceback" not in done.trouble


async def test_bad_settings_are_named_without_their_value(command: Command) -> None:
    done = await command("serve", MANYWAYS_DATABASE_URL="mysql://kiln:s3cret@host/name")

    assert 1 == done.code
    assert "MANYWAYS_DATABASE_URL: must begin with sqlite:/// or postgresql://" in done.trouble
    assert "s3cret" not in done.trouble


async def test_tokens_are_made_listed_and_revoked(command: Command) -> None:
    await command("migrate")
    await command(
        *("add-person", "--organisation", "kiln", "--new-organisation", "Kiln Street"),
        *("--name", "Ada", "--email", "ada@kiln.org.uk", "--role", "admin"),
    )
    house = ("--organisation", "kiln")

    made = await command("token", "make", *house, "--name", "site", "--scope", "people:read")
    assert re.fullmatch(r"mw_[\w-]{43}\n", made.said)
    listed = await command("token", "list", *house)
    number = listed.said.split()[0]
    revoked = await command("token", "revoke", *house, number)
    assert (0, 0) == (listed.code, revoked.code)
    assert "revoked" in (await command("token", "list", *house)).said

    refused = await command("token", "make", *house, "--name", "site", "--scope", "everything")
    assert (1, "scopes: Please choose one of these.\n") == (refused.code, refused.trouble)


async def test_an_organisation_must_be_named_where_there_are_several(command: Command) -> None:
    await command("migrate")
    person = ("add-person", "--name", "Ada", "--email", "ada@kiln.org.uk", "--role", "admin")
    nobody = await command(*person)
    for name in ("Kiln", "Lived"):
        assert 0 == (await command(*person, "--new-organisation", name)).code

    several, twice = await command(*person), await command(*person, "--new-organisation", "Kiln")

    assert "none yet" in nobody.trouble
    assert "Name one of the organisations: kiln, lived." in several.trouble
    assert "There is an organisation kiln already." in twice.trouble
    assert {1} == {nobody.code, several.code, twice.code}


async def test_a_demonstration_is_laid_out_served_and_stopped(command: Command) -> None:
    port = free_port()
    laid = await command("demo", "--json", MANYWAYS_PORT=str(port))
    links = json.loads(laid.said)

    async with command.started("serve", "--port", str(port)) as process:
        said = await _heard(process, "Manyways is ready")
        async with ClientSession() as browser:
            async with browser.get(links["staff"]["admin"]) as answer:
                assert 200 == answer.status
            async with browser.get(f"{links['base_url']}/readyz") as answer:
                assert {"status": "ready"} == await answer.json()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SECONDS):
            _rest, logs = await process.communicate()

    assert 0 == process.returncode, logs.decode()
    for url in (*links["staff"].values(), *(each["url"] for each in links["invitations"])):
        assert url in said
    for line in logs.decode().splitlines():
        assert "event" in json.loads(line)


async def _heard(process: asyncio.subprocess.Process, words: str) -> str:
    """Read what a process says until it says these words."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(SECONDS):
        while words not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


async def test_a_port_that_is_taken_is_said_in_one_line(command: Command) -> None:
    await command("migrate")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = await command.process("serve", "--port", str(taken.getsockname()[1]))

    assert 1 == done.code
    assert "address already in use" in done.trouble
    assert "Traceback" not in done.trouble


async def test_the_worker_alone_stops_when_asked(command: Command) -> None:
    await command("migrate")
    async with command.started("work") as process:
        await _heard(process, "sends what is waiting")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SECONDS):
            await process.communicate()

    assert 0 == process.returncode
