"""`manyways jitsi join`, as docker-compose.yml runs it at every start."""

import re
from pathlib import Path

import pytest

from scheduling.online import Ability, ServerKind
from service.actions.opened_servers import Servers
from service.keys import load_keys
from service.rooms.server import Server
from service.storage.database import Database
from tests.integration.test_command import Command, Done

URL = "https://meet.example.org"
TOKENS, BEARER = "t" * 64, "b" * 64


class Installation:
    """An installation with files of secrets, as `make secrets` leaves them."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home, self._database_url = home, database_url
        plain = re.sub(r"\+\w+(?=://)", "", database_url)
        self.command = Command({"MANYWAYS_HOME": str(home), "MANYWAYS_DATABASE_URL": plain})
        self.tokens, self.bearer = home / "tokens", home / "bearer"

    async def begin(self) -> None:
        """Migrate, and make an organisation."""
        assert 0 == (await self.command("migrate")).code
        done = await self.command(
            *("add-person", "--new-organisation", "Kiln Street Hub"),
            *("--name", "Ada", "--email", "ada@kiln.org.uk", "--role", "admin"),
        )
        assert 0 == done.code, done.trouble

    async def join(self, *more: str, tokens: str = TOKENS, bearer: str = BEARER) -> Done:
        """Join the server with these secrets."""
        self.tokens.write_text(tokens)
        self.bearer.write_text(bearer)
        files = (f"--tokens={self.tokens}", f"--bearer={self.bearer}")
        return await self.command("jitsi", "join", "meet", f"--url={URL}", *files, *more)

    async def server(self) -> Server | None:
        """Give the server as it is known, its secrets open."""
        database = Database(self._database_url, pool_size=1)
        try:
            servers = Servers(database, load_keys(self.home / "keys"))
            await servers.refresh()
            return servers.named("meet")
        finally:
            await database.close()


@pytest.fixture
async def installation(home: Path, empty_database_url: str) -> Installation:
    """Give a fresh installation with one organisation."""
    made = Installation(home, empty_database_url)
    await made.begin()
    return made


async def test_a_server_that_is_joined_has_the_secrets_of_its_files(
    installation: Installation,
) -> None:
    done = await installation.join("--number=01632 960140")

    assert (0, "") == (done.code, done.trouble)
    server = await installation.server()
    assert server is not None
    assert (ServerKind.HS256, URL, "muc.meet.jitsi") == (server.kind, server.url, server.muc_domain)
    assert server.signing is not None
    assert TOKENS.encode() == server.signing.secret
    assert [BEARER.encode()] == [each.value for each in server.inbound]
    assert frozenset(Ability) - {Ability.PASSCODE} == server.abilities
    assert ["+441632960140"] == [each.number for each in server.numbers]
    assert "used by 1" in (await installation.command("jitsi", "list")).said


async def test_joining_again_changes_nothing(installation: Installation) -> None:
    await installation.join("--number=01632 960140")
    before = await installation.server()

    assert 0 == (await installation.join("--number=+44 1632 960140")).code

    after = await installation.server()
    assert before is not None
    assert after is not None
    assert before.version == after.version


async def test_new_secrets_are_used_at_once_and_what_was_renewed_is_not_undone(
    installation: Installation,
) -> None:
    await installation.join()

    assert 0 == (await installation.join(tokens="n" * 64, bearer="m" * 64)).code
    new = await installation.server()
    assert 0 == (await installation.join()).code

    server = await installation.server()
    assert new is not None
    assert server is not None
    assert new.version == server.version
    assert server.signing is not None
    assert b"n" * 64 == server.signing.secret
    assert {None: b"m" * 64} == {
        each.ends_at: each.value for each in server.inbound if not each.ends_at
    }


async def test_a_server_that_moved_is_followed(installation: Installation) -> None:
    await installation.join()

    assert 0 == (await installation.join("--url=https://rooms.example.org")).code

    server = await installation.server()
    assert server is not None
    assert "https://rooms.example.org" == server.url


async def test_a_secret_that_is_too_short_is_refused_and_nothing_is_kept(
    installation: Installation,
) -> None:
    done = await installation.join(tokens="short")

    assert 1 == done.code
    assert "tokens: The secret in this file is too short." in done.trouble
    assert await installation.server() is None


async def test_before_there_is_an_organisation_it_says_to_make_one(
    home: Path, empty_database_url: str
) -> None:
    installation = Installation(home, empty_database_url)
    await installation.command("migrate")

    done = await installation.join()

    assert 1 == done.code
    assert "manyways add-person --new-organisation" in done.trouble
