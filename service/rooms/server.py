"""A Jitsi server with its secrets open, as the parts that speak with it need it. Never stored, never shown."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scheduling.online import Ability, ForeignRooms, ServerKind


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What tokens are signed with: a shared secret, or an RSA key that was read once and is kept."""

    name: str
    secret: bytes | RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of an RSA key that everybody may have, and until when it is good (None: the newest)."""

    name: str
    pem: str
    ends_at: datetime | None = None

    @property
    def file(self) -> str:
        """Name the file a Prosody asks for: the SHA-256 of the key id (`token/util.lib.lua`)."""
        return f"{hashlib.sha256(self.name.encode()).hexdigest()}.pem"


@dataclass(frozen=True, slots=True)
class Secret:
    """Something only the server and we know, and until when it is good (None: the newest)."""

    value: bytes = field(repr=False)
    ends_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Say whether it still counts."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True)
class Number:
    """A number to dial in by, and its country (ISO 3166: GB, not UK)."""

    number: str
    country: str
    is_toll_free: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """One Jitsi server as it is at one version of its row."""

    id: UUID
    slug: str
    version: int
    kind: ServerKind
    url: str
    app_id: str = ""
    audience: str = ""
    subject: str = ""
    muc_domain: str = ""
    abilities: frozenset[Ability] = frozenset()
    foreign_rooms: ForeignRooms = ForeignRooms.REFUSE
    is_retired: bool = False
    signing: SigningKey | None = field(default=None, repr=False)
    public_keys: tuple[PublicKey, ...] = ()
    inbound: tuple[Secret, ...] = field(default=(), repr=False)
    webhook: tuple[Secret, ...] = field(default=(), repr=False)
    numbers: tuple[Number, ...] = ()

    def can(self, ability: Ability) -> bool:
        """Say whether something is switched on there."""
        return ability in self.abilities

    def address_of(self, room: str) -> str:
        """Name a room as XMPP does: room@muc."""
        return f"{room}@{self.muc_domain}"
