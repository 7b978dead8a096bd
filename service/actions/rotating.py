"""Changing the key that wraps all others, while the service runs: people's keys and sealed settings.

First there is a new key, which every process sees before it wraps anything; then whatever an older one
wraps is wrapped anew, piece by piece; at last nothing is wrapped by the older ones, and they are put
aside. Stopped anywhere in between, everything still opens, and doing it again goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Update, update

from service.actions.carrying import mail_server_binding
from service.actions.mailboxes import mailbox_binding
from service.actions.opened_servers import key_binding
from service.keys import Keys, make_ring_key, retire_ring_key, ring_names
from service.storage.base import Db, changed_rows
from service.storage.organisations import Organisation, all_organisations
from service.storage.person_keys import PersonKeys
from service.storage.servers import ServerKey, all_servers


@dataclass(frozen=True, slots=True)
class Wrapped:
    """How much was wrapped anew, and how much could not be, as it does not open."""

    done: int = 0
    unopened: int = 0

    def __add__(self, other: "Wrapped") -> "Wrapped":
        """Add up."""
        return Wrapped(self.done + other.done, self.unopened + other.unopened)


@dataclass(frozen=True, slots=True)
class _Setting:
    """One sealed setting: what it is bound to, its value, and how another value is written instead."""

    bound_to: str
    sealed: bytes
    write: Callable[[bytes], Update]


def begin(folder: Path) -> tuple[str, bool]:
    """Give the name of the key to change to, and whether it was made just now.

    If an older key is still in use, a change was begun and not finished: it goes on.
    """
    names = ring_names(folder)
    return (names[-1], False) if len(names) > 1 else (make_ring_key(folder), True)


async def rewrap_people(store: PersonKeys) -> Wrapped:
    """Wrap anew what older keys wrap, a few hundred people at a time."""
    total, last = Wrapped(), None
    while (some := await store.rewrap(last)).last is not None:
        total, last = total + Wrapped(some.done, some.unopened), some.last
    return total


async def reseal_settings(db: Db, keys: Keys) -> Wrapped:
    """Seal anew the mail servers, mailboxes and Jitsi secrets that older keys seal."""
    total = Wrapped()
    for each in await _settings(db):
        try:
            sealed = keys.resealed_setting(each.bound_to, each.sealed)
        except (KeyError, ValueError, InvalidTag):
            total += Wrapped(unopened=1)
            continue
        if sealed is not None:
            total += Wrapped(await changed_rows(db, each.write(sealed)))
    return total


async def settings_in_use(db: Db) -> Mapping[str, int]:
    """Count the sealed settings by the key of the ring that seals them."""
    names = (each.sealed.partition(b"|")[0].decode() for each in await _settings(db))
    return Counter(names)


async def in_use(db: Db, store: PersonKeys) -> Counter[str]:
    """Count what each key of the ring wraps, people's keys and settings."""
    return Counter(await store.use()) + Counter(await settings_in_use(db))


def put_aside(folder: Path, used: Mapping[str, int]) -> list[str]:
    """Take every key out of use but the newest, and those that something is still wrapped with."""
    old = [name for name in ring_names(folder)[:-1] if not used.get(name)]
    for name in old:
        retire_ring_key(folder, name)
    return old


async def _settings(db: Db) -> list[_Setting]:
    found = [_of_server(key) for server in await all_servers(db) for key in server.keys]
    for house in await all_organisations(db):
        if house.mail_server_sealed is not None:
            found.append(_mail_server(house.id, house.mail_server_sealed))
        if house.mailbox_sealed is not None:
            found.append(_mailbox(house.id, house.mailbox_sealed))
    return found


def _of_server(key: ServerKey) -> _Setting:
    was = key.secret_sealed
    mine = update(ServerKey).where(ServerKey.id == key.id, ServerKey.secret_sealed == was)
    bound_to = key_binding(key.server_id, key.id)
    return _Setting(bound_to, was, lambda sealed: mine.values(secret_sealed=sealed))


def _mail_server(house: UUID, was: bytes) -> _Setting:
    column = Organisation.mail_server_sealed
    mine = update(Organisation).where(Organisation.id == house, column == was)
    bound_to = mail_server_binding(house)
    return _Setting(bound_to, was, lambda sealed: mine.values(mail_server_sealed=sealed))


def _mailbox(house: UUID, was: bytes) -> _Setting:
    column = Organisation.mailbox_sealed
    mine = update(Organisation).where(Organisation.id == house, column == was)
    return _Setting(mailbox_binding(house), was, lambda sealed: mine.values(mailbox_sealed=sealed))
