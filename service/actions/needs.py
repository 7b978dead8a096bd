"""People's own words: sealed when they are told, opened only with a reason, which is written down.

The one action module that knows the sealer. Which details are sealed is decided here too: free text of a
restricted term, and what somebody says in their own words.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.disclosure import TABLE, Extent, Field, Reader
from accessibility.terms import ParamKind, Term
from service.actions.permissions import Permission, may, require
from service.actor import Actor
from service.errors import Invalid, NotAllowed, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.looks import OPENED, Look
from service.storage.needs import Need, need_by_id, sealed_columns
from service.storage.people import Person, person_by_id
from service.storage.sealed import CannotOpen, Sealer
from service.vocabulary import vocabulary

__all__ = ["CannotOpen", "Sealer"]

OWN_WORDS: Final = "own_words"
SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 300


def sealed_names(term: Term) -> frozenset[str]:
    """Name the details of a term that are sealed."""
    return frozenset(
        param.name
        for param in term.params
        if param.kind is ParamKind.TEXT and (term.is_restricted or param.name == OWN_WORDS)
    )


async def seal_details(db: Db, sealer: Sealer, need: Need, words: Mapping[str, str]) -> None:
    """Seal what a person told us with a need; details that are not given stay as they are."""
    for name, said in words.items():
        await sealer.seal(db, need, name, need.person_id, said)
    need.has_words = need.has_words or bool(words)


async def forget_details(db: Db, sealer: Sealer, need: Need) -> None:
    """Remove all that is sealed with a need."""
    for name in (await sealed_columns(db, [need.id])).get(need.id, ()):
        await sealer.forget(db, need, name)
    need.has_words = False


async def need_to_open(db: Db, actor: Actor, need_id: UUID, person_id: UUID) -> Need:
    """Give a need whose own words the actor may open with a reason; opens nothing yet.

    Raises NotAllowed for anybody but the coordinator who looks after the person, and Refused where
    there are no words.
    """
    require(actor, Permission.ARRANGE)
    person = await person_by_id(db, actor, person_id)
    need = await need_by_id(db, actor, need_id, person_id)
    if not may_open_words(actor, person):
        raise NotAllowed
    if not need.has_words:
        raise Refused("no-own-words")
    return need


async def open_words(
    db: Db, actor: Actor, sealer: Sealer, need: Need, reason: str, *, now: datetime
) -> Mapping[str, str]:
    """Open what a person said in their own words; give it by the question it answers.

    The need comes from `need_to_open`. The reason is kept in the audit; the words are not. Raises
    CannotOpen if their key is missing or they were moved.
    """
    require(actor, Permission.ARRANGE)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": "say-why"})
    said = (await sealer.open_all(db, [need]))[need.id]
    params = vocabulary().term(need.code).params
    words = {param.ask: said[param.name] for param in params if param.name in said}
    if not words:
        raise CannotOpen
    look = Look(frozenset({Field.OWN_WORDS}), reason=reason)
    record(db, actor, OPENED, need, now=now, code=need.code, **look.facts(actor))
    return words


def may_open_words(actor: Actor, person: Person) -> bool:
    """Tell whether the actor may open this person's own words, with a reason."""
    if not may(actor, Permission.ARRANGE):
        return False
    return TABLE[Field.OWN_WORDS][coordinator_as(actor, person)] is Extent.WITH_REASON


def coordinator_as(actor: Actor, person: Person) -> Reader:
    """Say as whom a coordinator reads: the one assigned to the person, or cover.

    Where nobody is assigned, every coordinator is.
    """
    if person.coordinator_id is None or person.coordinator_id == actor.person_id:
        return Reader.COORDINATOR
    return Reader.COVER
