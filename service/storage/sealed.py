"""People's own words, sealed: AES-256-GCM with one data key per person, wrapped by the key ring.

The associated data is (table, column, row, organisation), so a value moved to another row, column,
person or organisation does not open. The wrapped person keys live in a store of their own, outside the
main database and its back-ups: destroying a person's key erases their words in old back-ups too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, select

from service.keys import KeyRing
from service.storage.base import Db, OfOrganisation
from service.storage.database import Database
from service.storage.needs import SealedWords
from service.storage.people import Person
from service.storage.person_keys import BATCH, CannotOpen, PersonKey, PersonKeys
from service.storage.seals import Seal

__all__ = ["CannotOpen", "PersonKey", "Sealer"]


class Sealer:
    """Seals and opens people's words. Open the store once with `prepare()`, close it at the end.

    `keys` is the store of people's keys.
    """

    def __init__(self, store: Database, ring: KeyRing) -> None:
        self.keys = PersonKeys(store, ring)

    async def prepare(self) -> None:
        """Make the key store's table if it is not there."""
        await self.keys.prepare()

    async def close(self) -> None:
        """Close the key store."""
        await self.keys.close()

    async def seal(
        self, db: Db, row: OfOrganisation, column: str, person_id: UUID, words: str
    ) -> None:
        """Seal the words for this column of the row, replacing what was there. The row needs its id."""
        cipher = await self.keys.made(person_id, row.organisation_id)
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
        kept.person_id = person_id
        seal = Seal(_table(row), column, row.organisation_id)
        kept.nonce, kept.sealed = seal.close(cipher, row.id, words)

    async def open(self, db: Db, row: OfOrganisation, column: str) -> str:
        """Open the words of this column of the row; raises CannotOpen. Who may is the action's matter."""
        kept = await _kept(db, row, column)
        if kept is None:
            raise CannotOpen
        ciphers = await self.keys.known([kept.person_id], row.organisation_id)
        return _opened(row, kept, ciphers)

    async def open_all(
        self, db: Db, rows: Sequence[OfOrganisation]
    ) -> Mapping[UUID, Mapping[str, str]]:
        """Open everything that is sealed with these rows of one table and organisation: by row and column.

        Two queries for every five hundred rows. Raises CannotOpen if anything does not open.
        """
        found: dict[UUID, dict[str, str]] = {row.id: {} for row in rows}
        for begin in range(0, len(rows), BATCH):
            by_id = {row.id: row for row in rows[begin : begin + BATCH]}
            some = await _kept_with(db, by_id)
            people = {each.person_id for each in some}
            ciphers = await self.keys.known(people, rows[0].organisation_id)
            for each in some:
                found[each.of_row][each.of_column] = _opened(by_id[each.of_row], each, ciphers)
        return found

    async def without_key(self, db: Db) -> int:
        """Count the people whose words are kept, but whose key is gone though nobody erased them."""
        count, last = 0, None
        while people := (await db.scalars(_people_with_words(last))).all():
            count += len(people) - await self.keys.count(people)
            last = people[-1]
        return count

    async def destroy(self, person_id: UUID, organisation_id: UUID, *, now: datetime) -> None:
        """Destroy a person's key for good: without it no copy of the main database can be read."""
        await self.keys.destroy(person_id, organisation_id, now)

    async def forget(self, db: Db, row: OfOrganisation, column: str) -> None:
        """Remove the words of this column of the row."""
        kept = await _kept(db, row, column)
        if kept is not None:
            await db.delete(kept)


def _opened(row: OfOrganisation, kept: SealedWords, ciphers: Mapping[UUID, AESGCM]) -> str:
    """Open one value; a row that has become another person's does not open."""
    if getattr(row, "person_id", None) not in (None, kept.person_id):
        raise CannotOpen
    seal = Seal(_table(row), kept.of_column, row.organisation_id)
    try:
        return seal.open(ciphers[kept.person_id], row.id, kept.nonce, kept.sealed)
    except InvalidTag as error:
        raise CannotOpen from error


async def _kept(db: Db, row: OfOrganisation, column: str) -> SealedWords | None:
    query = select(SealedWords).where(
        SealedWords.of_table == _table(row),
        SealedWords.of_column == column,
        SealedWords.of_row == row.id,
    )
    return await db.scalar(query)


async def _kept_with(db: Db, rows: Mapping[UUID, OfOrganisation]) -> Sequence[SealedWords]:
    table = _table(next(iter(rows.values())))
    query = select(SealedWords).where(
        SealedWords.of_table == table, SealedWords.of_row.in_(list(rows))
    )
    return (await db.scalars(query)).all()


def _people_with_words(after: UUID | None) -> Select[UUID]:
    """Select whose words are kept, some at a time. What is not about one person has an id of its own."""
    query = (
        select(SealedWords.person_id)
        .outerjoin(Person, Person.id == SealedWords.person_id)
        .where(Person.erased_at.is_(None))
        .distinct()
        .order_by(SealedWords.person_id)
        .limit(BATCH)
    )
    return query if after is None else query.where(SealedWords.person_id > after)


def _table(row: OfOrganisation) -> str:
    return str(getattr(row, "__tablename__", ""))
