"""The store of people's data keys, each wrapped by the key ring; a database of its own, beside the main one.

Unwrapped keys are given out for one call and kept by nobody.
"""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, MetaData, Select, Update, delete, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.errors import ServiceError
from service.keys import KeyRing
from service.storage.base import changed_rows
from service.storage.database import Database
from service.storage.types import UtcDateTime

KEY_BYTES: Final = 32
#: So many keys are read, or wrapped anew, in one transaction.
BATCH: Final = 500


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

    @property
    def bound_to(self) -> bytes:
        """Give what the wrapped key is bound to: the person and the organisation."""
        return f"person_keys|{self.person_id}|{self.organisation_id}".encode()


class ErasedPerson(KeyBase):
    """That somebody's key was destroyed for good, and when.

    It stands beside the keys, so that an old back-up of the main database learns of it once it is restored.
    """

    __tablename__ = "erased_people"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime())


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one round of wrapping anew did: how many keys, and how many could not be unwrapped."""

    last: UUID | None = None
    done: int = 0
    unopened: int = 0


class PersonKeys:
    """Gives people's ciphers, and keeps their wrapped keys."""

    def __init__(self, store: Database, ring: KeyRing) -> None:
        self._store, self._ring = store, ring

    async def prepare(self) -> None:
        """Make the table if it is not there."""
        async with self._store.writing() as db:
            connection = await db.connection()
            await connection.run_sync(KeyBase.metadata.create_all)

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()

    async def made(self, person_id: UUID, organisation_id: UUID) -> AESGCM:
        """Give the person's cipher, making their key if they have none; raises CannotOpen.

        Whoever was erased gets no other key.
        """
        async with self._store.writing() as db:
            found = await db.get(PersonKey, person_id)
            if found is not None:
                return self._cipher(found, organisation_id)
            if await db.get(ErasedPerson, person_id) is not None:
                raise CannotOpen
            key = os.urandom(KEY_BYTES)
            fresh = PersonKey(person_id=person_id, organisation_id=organisation_id)
            fresh.ring_key, fresh.nonce, fresh.wrapped = self._ring.wrap(key, fresh.bound_to)
            db.add(fresh)
            return AESGCM(key)

    async def known(self, people: Collection[UUID], organisation_id: UUID) -> Mapping[UUID, AESGCM]:
        """Give the ciphers of these people; raises CannotOpen if one of them has none."""
        wanted = list(people)
        found: dict[UUID, AESGCM] = {}
        async with self._store.reading() as db:
            for begin in range(0, len(wanted), BATCH):
                query = select(PersonKey).where(
                    PersonKey.person_id.in_(wanted[begin : begin + BATCH])
                )
                for each in await db.scalars(query):
                    found[each.person_id] = self._cipher(each, organisation_id)
        if len(found) < len(set(wanted)):
            raise CannotOpen
        return found

    async def destroy(self, person_id: UUID, organisation_id: UUID, now: datetime) -> None:
        """Destroy a person's key, and write down that they were erased; again, it changes nothing."""
        mine = PersonKey.person_id == person_id, PersonKey.organisation_id == organisation_id
        async with self._store.writing() as db:
            await db.execute(delete(PersonKey).where(*mine))
            if await db.get(ErasedPerson, person_id) is None:
                gone = ErasedPerson(person_id=person_id, organisation_id=organisation_id)
                gone.erased_at = now
                db.add(gone)

    async def erased(self, organisation_id: UUID) -> Mapping[UUID, datetime]:
        """Say whose keys of an organisation were destroyed, and when."""
        query = select(ErasedPerson).where(ErasedPerson.organisation_id == organisation_id)
        async with self._store.reading() as db:
            return {each.person_id: each.erased_at for each in await db.scalars(query)}

    async def rewrap(self, after: UUID | None) -> Rewrapped:
        """Wrap the next keys that an older ring key wraps with the newest; what is used meanwhile opens.

        A key that is destroyed meanwhile stays destroyed. `last` is None when there are no more.
        """
        newest = self._ring.newest
        query = _next(after).where(PersonKey.ring_key != newest)
        async with self._store.writing() as db:
            old = (await db.scalars(query)).all()
            fresh = [found for each in old if (found := self._wrapped_anew(each)) is not None]
            done = sum([await changed_rows(db, statement) for statement in fresh])
        return Rewrapped(old[-1].person_id if old else None, done, len(old) - len(fresh))

    async def use(self) -> Mapping[str, int]:
        """Count the people's keys that each ring key wraps."""
        query = select(PersonKey.ring_key, func.count()).group_by(PersonKey.ring_key)
        async with self._store.reading() as db:
            rows = await db.execute(query)
            return {row[0]: row[1] for row in rows}

    async def count(self, people: Collection[UUID]) -> int:
        """Count those of these people who have a key."""
        query = select(func.count()).select_from(PersonKey).where(PersonKey.person_id.in_(people))
        async with self._store.reading() as db:
            return await db.scalar(query) or 0

    async def unopened(self) -> Mapping[str, int]:
        """Try every key, and count those that do not unwrap by the name of their ring key."""
        found, last = Counter[str](), None
        async with self._store.reading() as db:
            while keys := (await db.scalars(_next(last))).all():
                found.update(each.ring_key for each in keys if self._unwrapped(each) is None)
                last = keys[-1].person_id
                db.expunge_all()
        return found

    def _cipher(self, found: PersonKey, organisation_id: UUID) -> AESGCM:
        key = self._unwrapped(found) if found.organisation_id == organisation_id else None
        if key is None:
            raise CannotOpen
        return AESGCM(key)

    def _unwrapped(self, found: PersonKey) -> bytes | None:
        try:
            return self._ring.unwrap(found.ring_key, found.nonce, found.wrapped, found.bound_to)
        except (InvalidTag, KeyError):
            return None

    def _wrapped_anew(self, found: PersonKey) -> Update | None:
        key = self._unwrapped(found)
        if key is None:
            return None
        name, nonce, wrapped = self._ring.wrap(key, found.bound_to)
        mine = update(PersonKey).where(
            PersonKey.person_id == found.person_id, PersonKey.nonce == found.nonce
        )
        return mine.values(ring_key=name, nonce=nonce, wrapped=wrapped)


def _next(after: UUID | None) -> Select[PersonKey]:
    query = select(PersonKey).order_by(PersonKey.person_id).limit(BATCH)
    return query if after is None else query.where(PersonKey.person_id > after)
