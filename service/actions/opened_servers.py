"""The installation's Jitsi servers with their secrets open, kept in memory: what asks often asks here.

Memory follows the database within seconds (`refresh`), and at once where a newer version is known of.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy.exc import SQLAlchemyError

from scheduling.online import Ability, KeyUse, ServerKind
from service.errors import Busy
from service.keys import Keys
from service.rooms.server import Number, PublicKey, Secret, Server, SigningKey
from service.storage.database import Database
from service.storage.servers import JitsiServer, ServerKey, all_servers

log = structlog.get_logger("servers")

#: How long memory may be behind the database.
REFRESH_SECONDS = 2.0
#: How long it may take to look for a name that nobody has heard of.
LONGEST_LOOK_SECONDS = 2.0
#: How far apart readings are that are made because somebody named what is not known here.
LOOK_AGAIN_SECONDS = 0.2
#: What comes of a secret that was sealed with other keys, or is no key of the sort it should be.
NOT_OPENED = (InvalidTag, KeyError, TypeError, UnsupportedAlgorithm, ValueError)


def key_binding(server_id: UUID, key_id: UUID) -> str:
    """Say what a sealed secret of a server is bound to, so that it opens nowhere else."""
    return f"jitsi_server_keys|{server_id}|{key_id}"


def open_server(row: JitsiServer, keys: Keys) -> Server:
    """Open a server's secrets; its row is loaded whole. Raises KeyError or InvalidTag for foreign ones."""
    by_use = {use: [key for key in row.keys if key.use is use] for use in KeyUse}
    # The oldest that has no end: a newer one may wait until it was put on the Jitsi side.
    signing = next((key for key in by_use[KeyUse.SIGNING] if key.ends_at is None), None)
    return Server(
        id=row.id,
        slug=row.slug,
        version=row.version,
        kind=row.kind,
        url=row.url,
        app_id=row.app_id,
        audience=row.audience,
        subject=row.subject,
        muc_domain=row.muc_domain,
        abilities=frozenset(Ability(each) for each in row.abilities if each in _ABILITIES),
        foreign_rooms=row.foreign_rooms,
        is_retired=row.is_retired,
        signing=None if signing is None else _signing(row, signing, keys),
        public_keys=tuple(
            PublicKey(key.name, key.public_pem, key.ends_at)
            for key in by_use[KeyUse.SIGNING]
            if key.public_pem
        ),
        inbound=_secrets(by_use[KeyUse.INBOUND], keys),
        webhook=_secrets(by_use[KeyUse.WEBHOOK], keys),
        numbers=tuple(Number(each.number, each.country, each.is_toll_free) for each in row.numbers),
    )


def opens(key: ServerKey, keys: Keys) -> bool:
    """Tell whether a key of a server can be opened with the keys there are now."""
    try:
        keys.open_setting(key_binding(key.server_id, key.id), key.secret_sealed)
    except NOT_OPENED:
        return False
    return True


class Servers:
    """All servers by name in addresses and by id; empty until the first `refresh`."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys
        self._by_slug: dict[str, Server] = {}
        self._by_id: dict[UUID, Server] = {}
        self._broken: dict[UUID, int] = {}
        self._asked: dict[tuple[UUID, Ability], datetime] = {}
        self._begun_at = float("-inf")
        self._looking = asyncio.Lock()

    async def refresh(self) -> None:
        """Read every server anew; what has not changed stays as it is, and opened.

        One that cannot be opened is left out, and logged once: the others go on.
        """
        begun_at = asyncio.get_running_loop().time()
        async with self._database.reading() as db:
            rows = await all_servers(db)
        opened = [await self._opened(row) for row in rows]
        # Another round may have begun later and been quicker: what is newer stays.
        servers = [self._newest(each) for each in opened if each is not None]
        self._by_slug = {each.slug: each for each in servers}
        self._by_id = {each.id: each for each in servers}
        self._begun_at = begun_at

    async def look_again(self) -> None:
        """Read every server anew for somebody who names what is not known here, perhaps not yet.

        All who ask share a reading that began after they came, and there are only a few of them a second.
        """
        clock = asyncio.get_running_loop().time
        came_at = clock()
        async with self._looking:
            if self._begun_at <= came_at:
                await asyncio.sleep(max(0.0, self._begun_at + LOOK_AGAIN_SECONDS - clock()))
                await self.refresh()

    def named(self, slug: str) -> Server | None:
        """Give the server with this name in addresses, as it was a few seconds ago at most."""
        return self._by_slug.get(slug)

    async def called(self, slug: str) -> Server | None:
        """Give the server with this name in addresses; a name that is new is looked for first.

        Raises Busy if the database cannot be asked: Prosody would remember a "no".
        """
        if slug not in self._by_slug:
            try:
                async with asyncio.timeout(LONGEST_LOOK_SECONDS):
                    await self.look_again()
            except (OSError, TimeoutError, SQLAlchemyError) as error:
                raise Busy from error
        return self._by_slug.get(slug)

    async def with_id(self, server_id: UUID, version: int) -> Server | None:
        """Give a server at this version or a newer one; reads the database only if memory is behind."""
        found = self._by_id.get(server_id)
        if found is None and self._broken.get(server_id, -1) >= version:
            return None
        if found is None or found.version < version:
            await self.refresh()
            found = self._by_id.get(server_id)
        return found

    def all(self) -> Iterable[Server]:
        """Give every server that is known now."""
        return self._by_id.values()

    def is_broken(self, server_id: UUID) -> bool:
        """Tell whether a server could not be opened, and is left out until it is changed."""
        return server_id in self._broken and server_id not in self._by_id

    def heard(self, server_id: UUID, what: Ability, at: datetime) -> None:
        """Remember that a server asked or told us something, to say so on the page that tries it."""
        self._asked[server_id, what] = at

    def last_heard(self, server_id: UUID, what: Ability) -> datetime | None:
        """Say when a server last asked or told us something, since this process began."""
        return self._asked.get((server_id, what))

    async def _opened(self, row: JitsiServer) -> Server | None:
        known = self._by_id.get(row.id)
        if known and known.version >= row.version:
            return known
        if self._broken.get(row.id) == row.version:
            return None
        try:
            return await asyncio.to_thread(open_server, row, self._keys)
        except NOT_OPENED as error:
            self._broken[row.id] = row.version
            log.error("server-not-opened", server=str(row.id), kind=type(error).__name__)
            return None

    def _newest(self, server: Server) -> Server:
        known = self._by_id.get(server.id)
        return known if known and known.version > server.version else server


async def keep_up_to_date(servers: Servers, stop: asyncio.Event) -> None:
    """Read the servers anew every few seconds, until stopped; a database that is away is waited for."""
    while not stop.is_set():
        try:
            await servers.refresh()
        except Exception as error:  # noqa: BLE001 - the edge of a round: what is known stays good
            log.error("servers-not-read", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await stop.wait()


_ABILITIES = frozenset(Ability)


def _signing(row: JitsiServer, key: ServerKey, keys: Keys) -> SigningKey:
    """Open the key that signs; an RSA key is read from its PEM here and never again (performance 4)."""
    secret = keys.open_setting(key_binding(row.id, key.id), key.secret_sealed).encode()
    if row.kind is ServerKind.HS256:
        return SigningKey(key.name, secret)
    private = load_pem_private_key(secret, password=None)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError("tokens of this server are signed with RSA")
    return SigningKey(key.name, private)


def _secrets(found: Iterable[ServerKey], keys: Keys) -> tuple[Secret, ...]:
    return tuple(
        Secret(
            keys.open_setting(key_binding(key.server_id, key.id), key.secret_sealed).encode(),
            key.ends_at,
        )
        for key in found
    )
