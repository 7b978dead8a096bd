"""`manyways jitsi`: servers are listed and renewed from the machine itself, and the first admin keeps them."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from scheduling.online import KeyUse, ServerKind
from service.actions.opened_servers import open_server
from service.actions.servers import ServerAddress, add_server
from service.actor import Role, system_actor
from service.clock import Clock
from service.keys import load_keys
from service.storage.database import Database
from service.storage.organisations import first_organisation
from service.storage.people import Person
from service.storage.servers import ServerKey, server_by_slug
from service.storage.staff import StaffRole
from tests.integration.server_scene import APP_ID
from tests.integration.test_command import Command, Done


class Installation:
    """A fresh installation, with its database at hand."""

    def __init__(self, home: Path, database_url: str) -> None:
        plain = re.sub(r"\+\w+(?=://)", "", database_url)
        self.run = Command({"MANYWAYS_HOME": str(home), "MANYWAYS_DATABASE_URL": plain})
        self.home, self._url = home, database_url

    def database(self) -> Database:
        """Open the database; whoever asks closes it."""
        return Database(self._url, pool_size=1)

    async def add_person(self, name: str, *roles: str, house: str = "") -> Done:
        """Let somebody sign in, in a house that is made if it is new."""
        given = [part for role in roles for part in ("--role", role)]
        where = ("--new-organisation", house) if house else ("--organisation", "kiln-street-hub")
        mail = f"{name.lower()}@kiln.org.uk"
        return await self.run("add-person", *where, "--name", name, "--email", mail, *given)

    async def add_server(self, kind: ServerKind, url: str = "https://meet.kiln.org.uk") -> None:
        """Add a server as the pages do."""
        database = self.database()
        async with database.writing() as db:
            first = await first_organisation(db)
            assert first is not None
            actor, address = system_actor(first.id), ServerAddress("Meet", url, APP_ID)
            await add_server(db, actor, kind, address, now=Clock().now())
        await database.close()

    async def secrets(self, use: KeyUse) -> tuple[str, list[str]]:
        """Give what signs now, and every secret of a use."""
        database, keys = self.database(), load_keys(self.home / "keys")
        async with database.reading() as db:
            row = await server_by_slug(db, "meet")
        await database.close()
        server = open_server(row, keys)
        signing = server.signing.secret if server.signing else b""
        inbound = [each.value.decode() for each in server.inbound]
        return signing.decode() if isinstance(signing, bytes) else "", inbound

    async def roles(self) -> dict[str, set[Role]]:
        """Give everybody's roles by name."""
        database, found = self.database(), dict[str, set[Role]]()
        async with database.reading() as db:
            query = select(Person.chosen_name, StaffRole.role)
            for name, role in await db.execute(
                query.join(StaffRole, StaffRole.person_id == Person.id)
            ):
                found.setdefault(name, set()).add(role)
        await database.close()
        return found


@pytest.fixture
async def installation(home: Path, empty_database_url: str) -> Installation:
    """Give an installation with one organisation, whose admin is Ada."""
    made = Installation(home, empty_database_url)
    assert 0 == (await made.run("migrate")).code
    done = await made.add_person("Ada", "admin", house="Kiln Street Hub")
    assert 0 == done.code, done.trouble
    return made


async def test_the_first_admin_keeps_the_servers_and_later_ones_do_not(
    installation: Installation,
) -> None:
    await installation.add_person("Dov", "admin", house="Elsewhere")
    await installation.add_person("Ben", "admin")
    await installation.add_person("Cleo", "facilitator", "operator")

    assert {
        "Ada": {Role.ADMIN, Role.OPERATOR},
        "Dov": {Role.ADMIN},
        "Ben": {Role.ADMIN},
        "Cleo": {Role.FACILITATOR, Role.OPERATOR},
    } == await installation.roles()


async def test_the_command_makes_an_operator_of_somebody_who_is_there(
    installation: Installation,
) -> None:
    await installation.add_person("Ben", "admin")

    done = await installation.add_person("Ben", "operator")

    assert 0 == done.code, done.trouble
    assert {Role.ADMIN, Role.OPERATOR} == (await installation.roles())["Ben"]


async def test_a_first_organisation_without_an_admin_makes_no_operator(
    home: Path, empty_database_url: str
) -> None:
    fresh = Installation(home, empty_database_url)
    await fresh.run("migrate")

    await fresh.add_person("Cleo", "facilitator", house="Kiln Street Hub")

    assert {"Cleo": {Role.FACILITATOR}} == await fresh.roles()


async def test_a_shared_secret_is_renewed_in_two_steps(installation: Installation) -> None:
    await installation.add_server(ServerKind.HS256)
    first = await installation.run("jitsi", "renew", "meet")
    assert "JWT_APP_SECRET=" in first.said
    before, _ = await installation.secrets(KeyUse.SIGNING)

    renewed = await installation.run("jitsi", "renew", "meet", "signing")
    waiting, _ = await installation.secrets(KeyUse.SIGNING)
    listed = await installation.run("jitsi", "list")
    used = await installation.run("jitsi", "use", "meet")
    after, _ = await installation.secrets(KeyUse.SIGNING)

    shown = re.search(r"JWT_APP_SECRET=(\S+)\n", renewed.said)
    assert shown is not None
    assert "manyways jitsi use meet" in renewed.said
    assert (before, before, shown.group(1)) == (before, waiting, after)
    assert before in first.said
    assert "waits to be used" in listed.said
    assert 0 == used.code
    for said in (listed, used, await installation.run("jitsi", "list")):
        assert before not in said.said
        assert after not in said.said


async def test_what_a_server_asks_with_is_renewed_and_its_lines_are_shown_once(
    installation: Installation,
) -> None:
    await installation.add_server(ServerKind.HS256)

    done = await installation.run("jitsi", "renew", "meet", "inbound")

    _, found = await installation.secrets(KeyUse.INBOUND)
    assert 2 == done.said.count(found[0])
    assert "prosody/config/conf.d/manyways.cfg.lua" in done.said
    assert "26 hours" in done.said


async def test_a_pair_of_keys_is_renewed_without_showing_anything(
    installation: Installation,
) -> None:
    await installation.add_server(ServerKind.RS256)

    done = await installation.run("jitsi", "renew", "meet")

    assert 0 == done.code, done.trouble
    assert "PRIVATE" not in done.said
    assert "nothing is to be done" in done.said


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (ServerKind.HS256, ("renew", "none-such"), "Name one of the servers: meet."),
        (ServerKind.PLAIN, ("renew", "meet"), "has no such key"),
        (ServerKind.JAAS, ("renew", "meet"), "8x8 makes this key"),
        (ServerKind.HS256, ("use", "meet"), "No new secret is waiting"),
        (ServerKind.HS256, ("use", "none-such"), "Name one of the servers: meet."),
    ],
)
async def test_what_cannot_be_renewed_is_said_plainly(
    kind: ServerKind, arguments: tuple[str, ...], words: str, installation: Installation
) -> None:
    await installation.add_server(kind)

    done = await installation.run("jitsi", *arguments)

    assert (1, "") == (done.code, done.said)
    assert words in done.trouble


async def test_servers_are_checked_and_never_their_secrets_shown(
    installation: Installation, unused_tcp_port: int
) -> None:
    assert "no Jitsi servers yet" in (await installation.run("jitsi", "list")).said
    url = f"http://127.0.0.1:{unused_tcp_port}"
    await installation.add_server(ServerKind.HS256, url)

    without = await installation.run("check")
    await installation.run("jitsi", "renew", "meet")
    with_key = await installation.run("check")
    secret, _ = await installation.secrets(KeyUse.SIGNING)
    database = installation.database()
    async with database.writing() as db:
        await db.execute(update(ServerKey).values(secret_sealed=b"1|00|00"))
    await database.close()
    broken, config = await installation.run("check"), await installation.run("config")

    assert "TROUBLE  Jitsi keys of meet: there is none to make tokens with" in without.said
    assert "ok       Jitsi keys of meet" in with_key.said
    assert f"TROUBLE  Jitsi at {url}: cannot be reached" in with_key.said
    assert "TROUBLE  Jitsi keys of meet: they were sealed with other keys" in broken.said
    for done in (without, with_key, broken, config):
        assert secret not in done.said + done.trouble
