"""Public keys, for Jitsi servers that check our tokens with RS256: one PEM file each, and all as a JWKS.

What leaves here was read as a public key first, so that nothing else ever can, whatever a row may hold.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from jwt.algorithms import RSAAlgorithm

from scheduling.online import ServerKind
from service.rooms.server import PublicKey, Server
from service.web.context import CLOCK, SERVERS
from service.web.jitsi.asking import SERVER

#: The part of a path that is the SHA-256 of a key's name.
DIGEST = "digest"
#: Long enough to spare us repeats, short enough that a key that ended is soon gone everywhere.
BRIEFLY = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Served:
    """A public key that was read, under its name."""

    known: PublicKey
    key: RSAPublicKey

    @property
    def pem(self) -> bytes:
        """Write it as PEM: the public half, and nothing but it."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


async def pem(request: web.Request) -> web.Response:
    """Give one key by the SHA-256 of its name, as Prosody asks for it."""
    servers, slug = request.app[SERVERS], request.match_info[SERVER]
    wanted = f"{request.match_info[DIGEST]}.pem"
    found = _named(request, servers.named(slug), wanted)
    if found is None:
        # Another process may have made it a moment ago, and a token that names it may be in use already.
        await servers.look_again()
        found = _named(request, servers.named(slug), wanted)
    if found is None:
        return web.Response(status=404, text="There is no such key.\n")
    return _kept_briefly(request, found.pem, "application/x-pem-file")


async def jwks(request: web.Request) -> web.Response:
    """Give all keys of a server that are good now."""
    server = request.app[SERVERS].named(request.match_info[SERVER])
    if server is None:
        await request.app[SERVERS].look_again()
        server = request.app[SERVERS].named(request.match_info[SERVER])
    if server is None or server.kind is not ServerKind.RS256:
        return web.Response(status=404, text="There are no keys here.\n")
    found = [_as_jwk(each) for each in _good(request, server)]
    return _kept_briefly(request, json.dumps({"keys": found}).encode(), "application/json")


def _good(request: web.Request, server: Server | None) -> Iterator[Served]:
    """Give the keys that are good now, of a server that checks tokens with them."""
    if server is None or server.kind is not ServerKind.RS256:
        return
    now = request.app[CLOCK].now()
    for known in server.public_keys:
        key = _read(known.pem) if known.ends_at is None or now < known.ends_at else None
        if key is not None:
            yield Served(known, key)


def _named(request: web.Request, server: Server | None, file: str) -> Served | None:
    return next((each for each in _good(request, server) if each.known.file == file), None)


def _read(text: str) -> RSAPublicKey | None:
    """Read a public RSA key; None for anything else, above all for a private one."""
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _as_jwk(served: Served) -> dict[str, str]:
    known = RSAAlgorithm.to_jwk(served.key, as_dict=True)
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": served.known.name,
        "n": known["n"],
        "e": known["e"],
    }


def _kept_briefly(request: web.Request, content: bytes, kind: str) -> web.Response:
    """Answer with bytes that may be kept for a minute; who has the same ones already gets none."""
    mark = hashlib.sha256(content).hexdigest()[:32]
    headers = {"ETag": f'"{mark}"', "Cache-Control": BRIEFLY}
    if any(each.value in (mark, "*") for each in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, content_type=kind, headers=headers)
