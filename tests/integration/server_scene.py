"""A house with an operator, and Jitsi servers of every kind with secrets that tests know."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from scheduling.online import KeyUse, ServerKind
from service.actions.server_keys import FreshKey, fresh_key, keep_key
from service.actions.servers import ServerAddress, add_server
from service.actor import Actor, Role
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.servers import JitsiServer, server_by_slug
from tests.integration.conftest import Making
from tests.people import actor_for

APP_ID = f"vpaas-magic-cookie-{'0123456789abcdef' * 2}"
WHSEC = "whsec_known-to-the-test-and-to-nobody-else"


@dataclass(frozen=True)
class Keepers:
    """Ada runs the installation and her house; Ben is an admin there, Dov is one elsewhere."""

    parts: Parts
    house: Organisation
    elsewhere: Organisation
    ada: Person
    ben: Person
    dov: Person
    now: datetime

    @property
    def operator(self) -> Actor:
        """Give Ada as who keeps the servers."""
        return actor_for(self.house.id, self.ada, Role.ADMIN, Role.OPERATOR)

    async def add(self, kind: ServerKind, url: str = "https://meet.kiln.org.uk") -> JitsiServer:
        """Add a server as the guided pages do, without keys."""
        address = ServerAddress("Our rooms", url, APP_ID)
        async with self.parts.database.writing() as db:
            return await add_server(db, self.operator, kind, address, now=self.now)

    async def key(
        self, server: JitsiServer, use: KeyUse = KeyUse.SIGNING, *, now: datetime | None = None
    ) -> FreshKey:
        """Make a key and keep it; gives it as it was before it was sealed."""
        fresh = await fresh_key(server.kind, use)
        await self.keep(server, fresh, now=now)
        return fresh

    async def keep(
        self, server: JitsiServer, fresh: FreshKey, *, now: datetime | None = None
    ) -> None:
        """Keep a key that is there already."""
        async with self.parts.database.writing() as db:
            keys, at = self.parts.keys, now or self.now
            await keep_key(db, self.operator, keys, server.slug, fresh, now=at)

    async def read(self, server: JitsiServer) -> JitsiServer:
        """Read a server as it is now, whole."""
        async with self.parts.database.reading() as db:
            return await server_by_slug(db, server.slug)

    async def audit(self, house: Organisation | None = None) -> list[str]:
        """List what was written down in a house, oldest first."""
        query = select(AuditLine.what).where(AuditLine.organisation_id == (house or self.house).id)
        async with self.parts.database.reading() as db:
            return list(await db.scalars(query.order_by(AuditLine.id)))


async def keepers(making: Making, parts: Parts, now: datetime) -> Keepers:
    """Make two houses that have no rooms yet."""
    async with making() as make:
        house = await make.organisation(server_id=None)
        elsewhere = await make.organisation("Elsewhere", server_id=None)
        ada = await make.staff(house, "Ada", Role.ADMIN, Role.OPERATOR)
        ben = await make.staff(house, "Ben", Role.ADMIN)
        dov = await make.staff(elsewhere, "Dov", Role.ADMIN)
    return Keepers(parts, house, elsewhere, ada, ben, dov, now)


def private_pem(bits: int = 2048) -> str:
    """Make a private RSA key as 8x8's console gives it to people."""
    key = generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
