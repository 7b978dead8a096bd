"""Tokens that let one person into one room: written when a button is pressed, and kept nowhere.

Each is for one room, names one person, and runs out. The claims are those that real servers were seen to
take, and nothing that they take and that is dangerous: no token without an end, none for every room
(Jitsi research, section d; `jwt_matrix.json`). Whether somebody may come in at all is not asked here.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from scheduling.online import Ability, ServerKind
from service.rooms.bodies import plain
from service.rooms.names import BadRoom, exact
from service.rooms.server import Server, SigningKey

#: How far a server's clock may be behind ours, as we tell those who run one; and what tokens really bear.
LEEWAY = timedelta(seconds=60)
VALID_BEFORE = timedelta(seconds=90)
#: How long after the end a token still lets somebody back in whose line dropped.
VALID_AFTER = timedelta(hours=1)
VALID_BEFORE_SECONDS, VALID_AFTER_SECONDS = (
    int(each.total_seconds()) for each in (VALID_BEFORE, VALID_AFTER)
)
LONGEST_NAME = 100
ANY: Final = "*"

#: JaaS complains if any is missing; they count for hosts alone. Nothing is recorded, nothing that is paid
#: by the minute is begun from inside a room, and nobody's voice or file is handed on by one host's press.
FEATURES: Mapping[str, bool] = {
    "recording": False,
    "livestreaming": False,
    "transcription": False,
    "outbound-call": False,
    "inbound-call": True,
    "sip-outbound-call": False,
    "sip-inbound-call": False,
    "file-upload": False,
    "list-visitors": True,
    "create-polls": True,
    "send-groupchat": True,
    "flip": True,
}

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who comes in: an identifier of ours, the name they want to be called, whether they host."""

    id: str
    name: str
    is_host: bool = False


def token_for(server: Server, room: str, who: Entrant, *, ends_at: datetime, now: datetime) -> str:
    """Write a token for a person and a room, good from now until an hour after the end.

    Raises BadRoom if the room's name is not exact, or the server has no key to sign with.
    """
    key = server.signing
    if key is None or not server.app_id or not server.kind.takes_tokens:
        raise BadRoom
    claims = claims_for(server, room, who, ends_at=ends_at, now=now)
    if isinstance(key.secret, bytes):
        return with_shared_secret(claims, key.secret)
    return with_private_key(claims, key.secret, kid=_kid(server, key))


def claims_for(
    server: Server, room: str, who: Entrant, *, ends_at: datetime, now: datetime
) -> Claims:
    """Say what a token says. There is no "iat": a server whose clock is behind could refuse it."""
    is_jaas = server.kind is ServerKind.JAAS
    context: Claims = {"user": _user(who) if is_jaas else _user_of_ours(server, who)}
    if is_jaas:
        context["features"] = FEATURES
    return {
        "iss": "chat" if is_jaas else server.app_id,
        "aud": "jitsi" if is_jaas else server.audience or server.app_id,
        "sub": server.app_id if is_jaas else _subject(server),
        "room": exact(room),
        "nbf": int(now.timestamp()) - VALID_BEFORE_SECONDS,
        "exp": int(ends_at.timestamp()) + VALID_AFTER_SECONDS,
        "context": context,
    }


def with_shared_secret(claims: Claims, secret: bytes) -> str:
    """Sign with HS256, as PyJWT does, byte for byte, which a test holds.

    PyJWT looks at the secret each time, lest it is a key of another kind, and that takes four times as long
    as all the rest. Ours was looked at when it was stored (performance 4; DECISIONS).
    """
    signed = HEAD_HS256 + b"." + _base64(_as_json(claims))
    return (signed + b"." + _base64(hmac.digest(secret, signed, "sha256"))).decode()


def with_private_key(claims: Claims, key: RSAPrivateKey, *, kid: str) -> str:
    """Sign with RS256 and name the key, as PyJWT does, byte for byte."""
    signed = _head_rs256(kid) + b"." + _base64(_as_json(claims))
    return (signed + b"." + _base64(key.sign(signed, *HOW_RS256))).decode()


@lru_cache(maxsize=64)
def _head_rs256(kid: str) -> bytes:
    return _base64(_as_json({"alg": "RS256", "kid": kid, "typ": "JWT"}))


def _as_json(values: Claims) -> bytes:
    return _ENCODE(values).encode()


def _base64(value: bytes) -> bytes:
    return urlsafe_b64encode(value).rstrip(b"=")


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
HEAD_HS256 = _base64(b'{"alg":"HS256","typ":"JWT"}')
HOW_RS256 = (PKCS1v15(), SHA256())


def _user(who: Entrant) -> Claims:
    """Name the person, in texts alone, as identities become texts in XMPP; never their address."""
    return {
        "id": who.id,
        "name": plain(who.name)[:LONGEST_NAME],
        "moderator": "true" if who.is_host else "false",
    }


def _user_of_ours(server: Server, who: Entrant) -> Claims:
    """Name the person as `mod_token_affiliation` reads it, the older one too."""
    user = _user(who)
    user["affiliation"] = "owner" if who.is_host else "member"
    if who.is_host and server.can(Ability.LOBBY):
        # The one value that is no text: `mod_token_lobby_bypass` knows nothing but true.
        user["lobby_bypass"] = True
    return user


def _subject(server: Server) -> str:
    """Give the domain a server may compare "sub" with: as configured, or what its rooms are below.

    A server that checks domains wants the one XMPP knows it by ("muc.meet.jitsi" is of "meet.jitsi").
    """
    if server.subject not in ("", ANY):
        return server.subject
    _, _, domain = server.muc_domain.partition(".")
    return domain or _host(server.url) or server.app_id


@lru_cache(maxsize=64)
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _kid(server: Server, key: SigningKey) -> str:
    """Name the key as the server looks for it: at JaaS with the application before it."""
    is_whole = server.kind is not ServerKind.JAAS or "/" in key.name
    return key.name if is_whole else f"{server.app_id}/{key.name}"
