"""The secrets shared with a Jitsi server: made or taken, renewed while they are used, and dropped.

How long an older key stays good: a token is made three quarters of an hour before a meeting at the earliest,
a meeting lasts a day at most, and its tokens run out an hour after its end. So whatever an older key has
signed, or whoever still knows an older secret, is let in for 26 hours; then the key is dropped.

A self-hosted server with one shared secret (HS256) knows only one at a time. There a new secret waits, and
the old one goes on signing, until somebody says that the new one is there.
"""

import asyncio
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from scheduling.online import KeyUse, ServerKind
from service.actions.opened_servers import key_binding, opens
from service.actions.permissions import Permission, require
from service.actions.servers import APP_ID, server_changed
from service.actor import Actor
from service.errors import Invalid, Refused
from service.identifiers import new_id
from service.keys import Keys
from service.storage.base import Db
from service.storage.organisations import first_organisation
from service.storage.servers import (
    JitsiServer,
    ServerKey,
    server_to_change,
    servers_with_ended_keys,
)

OVERLAP = timedelta(hours=26)
TICK = timedelta(microseconds=1)
#: Twice what HS256 needs (RFC 7518, 3.2: 32 bytes).
SECRET_BYTES = 64
RSA_BITS = 2048
MOST_RSA_BITS = 4096
PUBLIC_EXPONENT = 65537
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{16,200}")
#: Whose secrets we make ourselves; all others are made at 8x8.
MADE_BY_US = frozenset(
    {
        (ServerKind.HS256, KeyUse.SIGNING),
        (ServerKind.RS256, KeyUse.SIGNING),
        (ServerKind.HS256, KeyUse.INBOUND),
        (ServerKind.RS256, KeyUse.INBOUND),
        (ServerKind.JAAS, KeyUse.INBOUND),
    }
)


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A key that is not kept yet: its secret is here in the open, and nowhere else.

    One that is `beside` the others leaves them as they are: another of several endpoints has its own.
    """

    use: KeyUse
    name: str
    secret: str = field(repr=False)
    public_pem: str = ""
    is_beside: bool = False


async def fresh_key(kind: ServerKind, use: KeyUse) -> FreshKey:
    """Make a secret of this use for a server of this kind; raises Refused for what is not made here.

    An RSA key takes a while, so it is made in a thread, and before any transaction is begun.
    """
    if (kind, use) not in MADE_BY_US:
        raise Refused("key-not-made-here", field="use")
    name = f"manyways-{secrets.token_hex(8)}"
    if kind is ServerKind.RS256 and use is KeyUse.SIGNING:
        private, public = await asyncio.to_thread(_rsa_pair)
        return FreshKey(use, name, private, public)
    return FreshKey(use, name, secrets.token_urlsafe(SECRET_BYTES))


async def pasted_key(app_id: str, key_id: str, pem: str) -> FreshKey:
    """Take the private key that 8x8 knows the public half of; raises Invalid, which repeats nothing of it.

    The key's name may be given with the AppID before it, as 8x8 shows it, or alone.
    """
    found: dict[str, str] = {}
    owner, slash, alone = key_id.strip().rpartition("/")
    if not KEY_ID.fullmatch(alone) or APP_ID.fullmatch(alone):
        found["key_id"] = "not-a-key-id"
    elif slash and owner != app_id:
        found["key_id"] = "key-of-another"
    private = await asyncio.to_thread(_readable_pem, pem)
    if private is None:
        found["pem"] = "not-a-private-key"
    if found or private is None:
        raise Invalid(found)
    return FreshKey(KeyUse.SIGNING, f"{app_id}/{alone}", private)


def webhook_secret(typed: str, *, beside: bool = False) -> FreshKey:
    """Take the secret that 8x8 signs what it tells us with; raises Invalid, which repeats nothing of it."""
    secret = typed.strip()
    if not WEBHOOK_SECRET.fullmatch(secret):
        raise Invalid({"secret": "not-a-webhook-secret"})
    name = f"8x8-{secrets.token_hex(8)}"
    return FreshKey(KeyUse.WEBHOOK, name, secret, is_beside=beside)


async def keep_key(
    db: Db, actor: Actor, keys: Keys, slug: str, fresh: FreshKey, *, now: datetime
) -> JitsiServer:
    """Seal a key for a server and use it from now on; those before it stay good for a while.

    Those that were sealed with keys we no longer have are of no use to anybody, and go. Raises NotFound,
    and Refused for what does not go with the server's kind or is there already.
    """
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    _refuse_foreign(server, fresh)
    for key in [each for each in server.keys if not opens(each, keys)]:
        server.keys.remove(key)
    before = [key for key in server.keys if key.use is fresh.use and key.ends_at is None]
    if waits_to_be_used(server, fresh.use):
        # One that was never put there is of no use to anybody once there is a newer one.
        for key in before[1:]:
            server.keys.remove(key)
    elif not fresh.is_beside:
        for key in before:
            key.ends_at = now + OVERLAP
    key_id = new_id()
    server.keys.append(
        ServerKey(
            id=key_id,
            server_id=server.id,
            use=fresh.use,
            name=fresh.name,
            secret_sealed=keys.seal_setting(key_binding(server.id, key_id), fresh.secret),
            public_pem=fresh.public_pem,
            made_at=_after_all(server, now),
        )
    )
    await db.flush()
    server_changed(db, actor, server, "server.key-made", now=now, use=fresh.use)
    return server


async def use_waiting_key(db: Db, actor: Actor, slug: str, *, now: datetime) -> JitsiServer:
    """Sign with the secret that waited until it was put on the Jitsi side; raises NotFound, Refused."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    if waiting_key(server) is None:
        raise Refused("no-key-waits", field="use")
    for key in _signing(server)[:-1]:
        key.ends_at = now + OVERLAP
    server_changed(db, actor, server, "server.key-used", now=now, use=KeyUse.SIGNING)
    return server


async def drop_ended_keys(db: Db, actor: Actor, *, now: datetime) -> int:
    """Drop every key that is good no more, of every server: one organisation's round does it for all."""
    require(actor, Permission.KEEP_SERVERS)
    keeper = await first_organisation(db)
    if keeper is None or keeper.id != actor.organisation_id:
        return 0
    dropped = 0
    for server in await servers_with_ended_keys(db, now):
        ended = [key for key in server.keys if key.ends_at is not None and key.ends_at <= now]
        for key in ended:
            server.keys.remove(key)
        dropped += len(ended)
        server_changed(db, actor, server, "server.keys-dropped", now=now, count=str(len(ended)))
    return dropped


def waits_to_be_used(server: JitsiServer, use: KeyUse) -> bool:
    """Tell whether a new secret of this use waits: where the server knows one at a time, and has one."""
    is_shared = server.kind is ServerKind.HS256 and use is KeyUse.SIGNING
    return is_shared and bool(_signing(server))


def waiting_key(server: JitsiServer) -> ServerKey | None:
    """Give the secret that was made and is not used yet, if there is one."""
    signing = _signing(server)
    return signing[-1] if server.kind is ServerKind.HS256 and len(signing) > 1 else None


def _signing(server: JitsiServer) -> list[ServerKey]:
    """Give the keys that sign or wait to, in the order they were made."""
    found = [key for key in server.keys if key.use is KeyUse.SIGNING and key.ends_at is None]
    return sorted(found, key=lambda key: (key.made_at, key.id))


def _after_all(server: JitsiServer, now: datetime) -> datetime:
    """Give the time a key is made at: never that of another, as their order says which one signs."""
    last = max((key.made_at for key in server.keys), default=now - TICK)
    return max(now, last + TICK)


def _refuse_foreign(server: JitsiServer, fresh: FreshKey) -> None:
    """Refuse a key that is not for this kind of server, or that it has already."""
    is_pasted = server.kind is ServerKind.JAAS and fresh.use is not KeyUse.INBOUND
    if (server.kind, fresh.use) not in MADE_BY_US and not is_pasted:
        raise Refused("key-not-made-here", field="use")
    if is_pasted and fresh.use is KeyUse.SIGNING and not fresh.name.startswith(server.app_id):
        raise Refused("key-of-another", field="key_id")
    if any(key.use is fresh.use and key.name == fresh.name for key in server.keys):
        raise Refused("key-is-there", field="key_id")


def _rsa_pair() -> tuple[str, str]:
    """Make an RSA key; gives both halves as PEM."""
    private = generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=RSA_BITS)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _pem(private), public.decode()


def _readable_pem(pem: str) -> str | None:
    """Give an RSA key that was pasted in the one form we keep, None for anything else."""
    try:
        key = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, RSAPrivateKey) or not RSA_BITS <= key.key_size <= MOST_RSA_BITS:
        return None
    return _pem(key)


def _pem(private: RSAPrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
