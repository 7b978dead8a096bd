"""All tables, imported for their side effect: whoever needs the whole schema imports `METADATA` from here."""

from service.storage import (
    askings,
    audit,
    feeds,
    holds,
    incoming,
    invitations,
    kinds,
    meetings,
    messages,
    needs,
    organisations,
    people,
    places,
    rota,
    series,
    special_dates,
    staff,
    step_ins,
    tasks,
)
from service.storage.base import Base

MODULES = (
    askings,
    audit,
    feeds,
    holds,
    incoming,
    invitations,
    kinds,
    meetings,
    messages,
    needs,
    organisations,
    people,
    places,
    rota,
    series,
    special_dates,
    staff,
    step_ins,
    tasks,
)
METADATA = Base.metadata
