"""The installation's keys: files under `keys/`, made once, readable by the service alone.

link.key   derives links from row ids (raising a row's generation revokes its link)
hash.key   keyed hashes of links, codes and cookies, which is all the database holds of them
form.key   tokens in forms
ring/N.key wraps people's data keys and sealed settings; the highest N is used for new ones
ring/retired/ holds those that nothing is wrapped with any more
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.errors import ServiceError

KEY_BYTES = 32
#: Where keys of the ring lie that nothing is wrapped with any more.
RETIRED = "retired"
#: 32 letters and digits that cannot be taken for one another when read out or written down.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
LINK_LETTERS = 12
_LETTERS = frozenset(ALPHABET)
CODE_DIGITS = 6


class NoRing(ServiceError):
    """The installation has keys, but the ring that wraps people's keys is empty."""

    code = "no-ring"


class KeyRing:
    """The wrapping keys, by name; the newest wraps, all of them unwrap.

    Keys made or taken away meanwhile by another process are seen by `read`: before anything is wrapped,
    and when something was wrapped with a key that is not known.
    """

    def __init__(self, read: Callable[[], Mapping[str, bytes]]) -> None:
        self._read, self._keys = read, read()

    @property
    def newest(self) -> str:
        """Name the key that wraps."""
        self._keys = self._read()
        return max(self._keys, key=int)

    def wrap(self, secret: bytes, bound_to: bytes) -> tuple[str, bytes, bytes]:
        """Wrap a secret; gives the key's name, the nonce and the wrapped bytes."""
        name, nonce = self.newest, os.urandom(12)
        return name, nonce, AESGCM(self._keys[name]).encrypt(nonce, secret, _of_key(name, bound_to))

    def unwrap(self, name: str, nonce: bytes, wrapped: bytes, bound_to: bytes) -> bytes:
        """Give the secret back; raises KeyError for an unknown key, InvalidTag if anything differs."""
        if name not in self._keys:
            self._keys = self._read()
        cipher = AESGCM(self._keys[name])
        try:
            return cipher.decrypt(nonce, wrapped, _of_key(name, bound_to))
        except InvalidTag:
            # Before schema 0004 the key's name was not bound; wrapping anew binds it.
            return cipher.decrypt(nonce, wrapped, bound_to)


def _of_key(name: str, bound_to: bytes) -> bytes:
    return f"ring {name}|".encode() + bound_to


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of one installation."""

    link: bytes
    hashing: bytes
    form: bytes
    ring: KeyRing

    @property
    def fingerprint(self) -> str:
        """Name the link and hash keys without telling them, to notice when a database meets other keys."""
        return hashlib.sha256(b"manyways" + self.link + self.hashing).hexdigest()[:16]

    def link_for(self, purpose: str, row_id: UUID, generation: int) -> str:
        """Derive the link of a row: 12 letters, 60 bits, the same each time for the same generation."""
        message = f"{purpose}|{row_id}|{generation}".encode()
        number = int.from_bytes(hmac.digest(self.link, message, "sha256")[:8]) >> 4
        return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LINK_LETTERS))

    def hashed(self, purpose: str, secret: str) -> str:
        """Hash a link, code or cookie for look-up and storage; bytes that are no text hash to nothing known."""
        message = f"{purpose}|{secret}".encode(errors="surrogatepass")
        return hmac.digest(self.hashing, message, "sha256").hex()

    def sign_in_secret(self, request_id: UUID) -> str:
        """Derive the 256-bit secret of a sign-in link: the same whenever the mail is written."""
        digest = hmac.digest(self.link, f"sign-in-link|{request_id}".encode(), "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def sign_in_code(self, request_id: UUID) -> str:
        """Derive the six digits that open the same as a sign-in link, on the browser that asked."""
        digest = hmac.digest(self.link, f"sign-in-code|{request_id}".encode(), "sha256")
        return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def feed_secret(self, feed_id: UUID, generation: int) -> str:
        """Derive the 256-bit secret in a feed's address: the same each time for the same generation."""
        digest = hmac.digest(self.link, f"feed|{feed_id}|{generation}".encode(), "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def form_token(self, bound_to: str) -> str:
        """Make the token a form carries, bound to the sign-in or link it was shown to."""
        message = bound_to.encode(errors="surrogatepass")
        return hmac.digest(self.form, message, "sha256").hex()[:32]

    def signature(self, purpose: str, words: bytes) -> bytes:
        """Sign words for a purpose, with a key derived for it alone."""
        key = hmac.digest(self.hashing, f"signing|{purpose}".encode(), "sha256")
        return hmac.digest(key, words, "sha256")

    def seal_setting(self, bound_to: str, words: str) -> bytes:
        """Seal a setting that is a secret, such as a mail server's password."""
        name, nonce, wrapped = self.ring.wrap(words.encode(), bound_to.encode())
        return b"|".join([name.encode(), nonce.hex().encode(), wrapped.hex().encode()])

    def resealed_setting(self, bound_to: str, sealed: bytes) -> bytes | None:
        """Seal a setting anew with the newest key; None if it is already. Raises as `open_setting`."""
        if sealed.partition(b"|")[0].decode() == self.ring.newest:
            return None
        return self.seal_setting(bound_to, self.open_setting(bound_to, sealed))

    def open_setting(self, bound_to: str, sealed: bytes) -> str:
        """Open a sealed setting; raises KeyError or InvalidTag if it is not ours."""
        name, nonce, wrapped = sealed.decode().split("|")
        return self.ring.unwrap(
            name, bytes.fromhex(nonce), bytes.fromhex(wrapped), bound_to.encode()
        ).decode()


def readable_link(typed: str) -> str:
    """Bring a link that was read out or typed to the form it was made in: no gaps, small letters."""
    if _LETTERS.issuperset(typed):
        return typed
    return "".join(letter for letter in typed.casefold() if letter in ALPHABET)


def load_keys(folder: Path) -> Keys:
    """Read the keys, making those that are missing (a folder only the service may enter).

    Only a new installation gets a ring: raises NoRing if everything else is there and the ring is empty.
    """
    (folder / "ring").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not ring_names(folder):
        if (folder / "link.key").exists():
            raise NoRing(f"there is no key in {folder / 'ring'}: put back the ones that were there")
        _key(folder / "ring" / "1.key")
    return Keys(
        link=_key(folder / "link.key"),
        hashing=_key(folder / "hash.key"),
        form=_key(folder / "form.key"),
        ring=KeyRing(partial(_read_ring, folder)),
    )


def ring_names(folder: Path) -> list[str]:
    """Name the keys of the ring, the oldest first; those that were taken out of use are not among them."""
    return sorted((path.stem for path in (folder / "ring").glob("*.key")), key=int)


def make_ring_key(folder: Path) -> str:
    """Make the next key of the ring, which wraps from now on, in every process; gives its name."""
    used = [int(path.stem) for path in (folder / "ring").rglob("*.key")]
    name = str(max(used, default=0) + 1)
    _key(folder / "ring" / f"{name}.key")
    return name


def retire_ring_key(folder: Path, name: str) -> Path:
    """Take a key out of use, when nothing is wrapped with it any more; it is put aside, not destroyed."""
    aside = folder / "ring" / RETIRED
    aside.mkdir(exist_ok=True)
    aside.chmod(0o700)
    return (folder / "ring" / f"{name}.key").rename(aside / f"{name}.key")


def _read_ring(folder: Path) -> dict[str, bytes]:
    found = {}
    for name in ring_names(folder):
        # Another process may take it out of use between the two looks.
        with contextlib.suppress(FileNotFoundError):
            found[name] = _read_key(folder / "ring" / f"{name}.key")
    return found


def _key(path: Path) -> bytes:
    """Read one key, or make it; two processes starting at once agree on whoever was first."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path.name} is not a key of {KEY_BYTES} bytes")
    return key
