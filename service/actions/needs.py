"""People's own words: sealed when they are told, opened only with a reason, which is written down.

The one action module that knows the sealer. Which details are sealed is decided here too: free text of a
restricted term, and what somebody says in their own words.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from accessibility.disclosure import Extent, Field, Reader, what
from accessibility.terms import ParamKind, Term
from service.actions.permissions import Permission, may, require
from service.actor import Actor
from service.errors import Invalid, NotAllowed, Refused
from service.storage.audit import record
from service.storage.base import Db
from service.storage.needs import AccessRequest, Need, request_by_id, sealed_columns
from service.storage.people import Person
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


async def open_words(
    db: Db, actor: Actor, sealer: Sealer, request_id: UUID, reason: str, *, now: datetime
) -> Mapping[str, str]:
    """Open what a person said in their own words, for the coordinator who looks after them.

    The reason is kept in the audit; the words are not. Gives them by the question they answer.
    Raises CannotOpen if their key is missing or they were moved.
    """
    require(actor, Permission.ARRANGE)
    request = await request_by_id(db, actor, request_id)
    if not may_open_words(actor, request, now=now):
        raise NotAllowed
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": "say-why"})
    need = request.need
    columns = (await sealed_columns(db, [need.id])).get(need.id, set())
    if need.ended_at is not None or not columns:
        raise Refused("no-own-words")
    term = vocabulary().term(need.code)
    words = {
        param.ask: await sealer.open(db, need, param.name)
        for param in term.params
        if param.name in columns
    }
    record(
        db, actor, "words.opened", need, now=now, code=need.code, request=request.id, reason=reason
    )
    return words


def may_open_words(actor: Actor, request: AccessRequest, *, now: datetime) -> bool:
    """Tell whether the actor may open the own words of this request's person, with a reason."""
    if not may(actor, Permission.ARRANGE):
        return False
    reader = coordinator_as(actor, request.person)
    return what(reader, Field.OWN_WORDS, now=now, slot=None) is Extent.WITH_REASON


def coordinator_as(actor: Actor, person: Person) -> Reader:
    """Say as whom a coordinator reads: the one assigned to the person, or cover.

    Where nobody is assigned, every coordinator is.
    """
    if person.coordinator_id is None or person.coordinator_id == actor.person_id:
        return Reader.COORDINATOR
    return Reader.COVER
