"""All tables, imported for their side effect: whoever needs the whole schema imports `METADATA` from here."""

from service.storage import (
    audit,
    invitations,
    kinds,
    meetings,
    messages,
    needs,
    organisations,
    people,
    places,
    staff,
    tasks,
)
from service.storage.base import Base

MODULES = (
    audit,
    invitations,
    kinds,
    meetings,
    messages,
    needs,
    organisations,
    people,
    places,
    staff,
    tasks,
)
METADATA = Base.metadata
