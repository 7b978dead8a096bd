"""People's own words, sealed: AES-256-GCM with one data key per person, wrapped by the key ring.

The associated data is (table, column, row, organisation), so a value moved to another row, column,
person or organisation does not open. The wrapped person keys live in a store of their own, outside the
main database and its back-ups: destroying a person's key erases their words in old back-ups too.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, MetaData, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.errors import ServiceError
from service.keys import KeyRing
from service.storage.base import Db, OfOrganisation
from service.storage.database import Database
from service.storage.needs import SealedWords

NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(ServiceError):
    """Sealed words do not open: their key is missing or erased, or the value was moved or changed."""

    code = "cannot-open"


class KeyBase(DeclarativeBase):
    """Base of the key store's own tables; they never stand in the main database."""

    metadata = MetaData()


class PersonKey(KeyBase):
    """A person's data key, wrapped by the named key of the ring."""

    __tablename__ = "person_keys"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    ring_key: Mapped[str]
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class Sealer:
    """Seals and opens people's words. Open the store once with `prepare()`, close it at the end."""

    def __init__(self, store: Database, ring: KeyRing) -> None:
        self._store = store
        self._ring = ring

    async def prepare(self) -> None:
        """Make the key store's table if it is not there."""
        async with self._store.writing() as db:
            connection = await db.connection()
            await connection.run_sync(KeyBase.metadata.create_all)

    async def close(self) -> None:
        """Close the key store."""
        await self._store.close()

    async def seal(
        self, db: Db, row: OfOrganisation, column: str, person_id: UUID, words: str
    ) -> None:
        """Seal the words for this column of the row, replacing what was there. The row needs its id."""
        key = await self._key_of(person_id, row.organisation_id, make=True)
        kept = await _kept(db, row, column)
        if kept is None:
            kept = SealedWords(
                organisation_id=row.organisation_id,
                person_id=person_id,
                of_table=_table(row),
                of_column=column,
                of_row=row.id,
            )
            db.add(kept)
        kept.nonce = os.urandom(NONCE_BYTES)
        kept.sealed = AESGCM(key).encrypt(kept.nonce, words.encode(), _bound_to(row, column))

    async def open(self, db: Db, row: OfOrganisation, column: str) -> str:
        """Open the words of this column of the row; raises CannotOpen. Who may is the action's matter."""
        kept = await _kept(db, row, column)
        if kept is None:
            raise CannotOpen
        key = await self._key_of(kept.person_id, row.organisation_id, make=False)
        try:
            return AESGCM(key).decrypt(kept.nonce, kept.sealed, _bound_to(row, column)).decode()
        except InvalidTag as error:
            raise CannotOpen from error

    async def forget(self, db: Db, row: OfOrganisation, column: str) -> None:
        """Remove the words of this column of the row."""
        kept = await _kept(db, row, column)
        if kept is not None:
            await db.delete(kept)

    async def _key_of(self, person_id: UUID, organisation_id: UUID, *, make: bool) -> bytes:
        bound = f"person_keys|{person_id}|{organisation_id}".encode()
        async with self._store.writing() if make else self._store.reading() as keys:
            found = await keys.get(PersonKey, person_id)
            if found is None and not make:
                raise CannotOpen
            if found is None:
                key = os.urandom(KEY_BYTES)
                name, nonce, wrapped = self._ring.wrap(key, bound)
                keys.add(
                    PersonKey(
                        person_id=person_id,
                        organisation_id=organisation_id,
                        ring_key=name,
                        nonce=nonce,
                        wrapped=wrapped,
                    )
                )
                return key
            return _unwrapped(self._ring, found, bound)


def _unwrapped(ring: KeyRing, found: PersonKey, bound: bytes) -> bytes:
    try:
        return ring.unwrap(found.ring_key, found.nonce, found.wrapped, bound)
    except (InvalidTag, KeyError) as error:
        raise CannotOpen from error


async def _kept(db: Db, row: OfOrganisation, column: str) -> SealedWords | None:
    query = select(SealedWords).where(
        SealedWords.of_table == _table(row),
        SealedWords.of_column == column,
        SealedWords.of_row == row.id,
    )
    return await db.scalar(query)


def _table(row: OfOrganisation) -> str:
    return str(getattr(row, "__tablename__", ""))


def _bound_to(row: OfOrganisation, column: str) -> bytes:
    return f"{_table(row)}|{column}|{row.id}|{row.organisation_id}".encode()
