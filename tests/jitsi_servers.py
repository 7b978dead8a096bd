"""Jitsi servers with keys of their own, as rows, for tests that lead people into rooms."""

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from scheduling.online import KeyUse, ServerKind
from service.actions.opened_servers import key_binding
from service.identifiers import new_id
from service.storage.servers import JitsiServer, ServerKey
from tests.people import Make

SECRET = "a secret of at least thirty-two bytes"


async def a_server_with_keys(
    make: Make,
    kind: ServerKind,
    *,
    private: RSAPrivateKey | None = None,
    secret: str = SECRET,
    **given: Any,
) -> JitsiServer:
    """Make a server that tokens can be written for: with this shared secret, or this key of two halves."""
    values: dict[str, Any] = {
        "kind": kind,
        "app_id": "hub",
        "audience": "jitsi",
        "muc_domain": "muc.meet.jitsi",
    }
    if kind is ServerKind.JAAS:
        values |= {"app_id": "vpaas-magic-cookie-1f", "url": "https://8x8.vc"}
    server = await make.server(**values | given)
    if kind.takes_tokens:
        make.db.add(signing_key(make, server, "key-1", _pem(private) if private else secret))
        await make.db.flush()
    return server


def signing_key(make: Make, server: JitsiServer, name: str, secret: str) -> ServerKey:
    """Make the key of a server that signs, sealed."""
    key_id = new_id()
    return ServerKey(
        id=key_id,
        server_id=server.id,
        use=KeyUse.SIGNING,
        name=name,
        secret_sealed=make.keys.seal_setting(key_binding(server.id, key_id), secret),
        made_at=make.now - timedelta(days=1),
    )


def _pem(private: RSAPrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(private: RSAPrivateKey) -> str:
    """Give the half that everybody may have."""
    return (
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )
