"""Who will see what somebody tells us: said beside each field, from `accessibility.disclosure.TABLE`."""

from typing import Final

from accessibility.disclosure import TABLE, Extent, Field, Reader
from accessibility.terms import Param, Term
from service.actions.needs import sealed_names
from service.web.words import say

#: In the order in which they are named; the person themselves knows.
READERS: Final = (
    Reader.COORDINATOR,
    Reader.COVER,
    Reader.FACILITATOR,
    Reader.SAFEGUARDING,
    Reader.DIRECTOR,
    Reader.SUPPLIER,
    Reader.ADMIN,
)


def who_sees(field: Field, coordinator: str) -> str:
    """Say who sees a field and how much of it, and that nobody else does."""
    facts = {"coordinator": coordinator}
    told = [
        say(f"who.{reader}.{extent}", facts)
        for reader in READERS
        if (extent := TABLE[field][reader]) is not Extent.NONE
    ]
    said = " ".join((*told, say("who.nobody-else")))
    return said[0].upper() + said[1:]


def field_of(term: Term, param: Param | None = None) -> Field:
    """Say as which field of the table what is told with a term, or with one of its questions, counts."""
    if param is not None and param.name in sealed_names(term):
        return Field.OWN_WORDS
    return Field.SAFE_CONTACT if term.is_restricted else Field.ACTION_LINES
