"""What is left of a session when what it held of people has gone: how many, and for how much."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from service.actor import Actor
from service.identifiers import new_id
from service.storage.base import Base, Db, OfOrganisation


class Counted(StrEnum):
    """What is counted: who came, by way; what became of what was asked for; what people said of it."""

    CAME = "came"
    ASKED = "asked"
    SAID = "said"


class StillCounted(OfOrganisation, Base):
    """So many of one sort at one meeting. `word` is the way, the state, or the answer; `pence` what it cost."""

    __tablename__ = "still_counted"
    __table_args__ = (
        UniqueConstraint("meeting_id", "what", "word"),
        CheckConstraint("people >= 0", name="people"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    what: Mapped[Counted]
    word: Mapped[str]
    people: Mapped[int]
    pence: Mapped[int] = mapped_column(default=0)


Insert = postgresql.Insert | sqlite.Insert
_INSERT: Final[Mapping[str, Callable[[type[Base]], Insert]]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


async def add_counts(
    db: Db, actor: Actor, what: Counted, found: Iterable[tuple[UUID, str, int]]
) -> None:
    """Count each of these, given as meeting, word and pence, on top of what was counted before."""
    people, pence = Counter[tuple[UUID, str]](), Counter[tuple[UUID, str]]()
    for meeting_id, word, cost in found:
        people[meeting_id, word] += 1
        pence[meeting_id, word] += cost
    for key in sorted(people):
        put = _INSERT[db.get_bind().dialect.name](StillCounted).values(
            id=new_id(),
            organisation_id=actor.organisation_id,
            meeting_id=key[0],
            what=what,
            word=key[1],
            people=people[key],
            pence=pence[key],
        )
        more = {
            "people": StillCounted.people + put.excluded.people,
            "pence": StillCounted.pence + put.excluded.pence,
        }
        await db.execute(
            put.on_conflict_do_update(index_elements=("meeting_id", "what", "word"), set_=more)
        )


async def sums_of(db: Db, actor: Actor) -> Mapping[Counted, Sequence[tuple[str, int]]]:
    """Give all that is left as numbers, over all sessions: by what is counted, each word with how many."""
    query = (
        select(StillCounted.what, StillCounted.word, func.sum(StillCounted.people))
        .where(StillCounted.organisation_id == actor.organisation_id)
        .group_by(StillCounted.what, StillCounted.word)
        .order_by(StillCounted.what, StillCounted.word)
    )
    found: dict[Counted, list[tuple[str, int]]] = {what: [] for what in Counted}
    for what, word, people in await db.execute(query):
        found[what].append((word, int(people)))
    return found
