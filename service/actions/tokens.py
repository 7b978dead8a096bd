"""Tokens for programs: made with a name and scopes, shown once, revoked for good."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.actions.permissions import SCOPES, Permission, require
from service.actor import Actor
from service.errors import Invalid
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.staff import ApiToken, token_by_id

#: Lets people and scanners recognise a token that lies about.
PREFIX = "mw_"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is asked of a new token: what it is for, and what it may do."""

    name: str
    scopes: Collection[str]

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {}
        if not self.name:
            found["name"] = "needed"
        elif len(self.name) > LONGEST_NAME:
            found["name"] = "too-long"
        if not self.scopes or not set(self.scopes) <= SCOPES.keys():
            found["scopes"] = "not-a-choice" if self.scopes else "scope-needed"
        return found


async def make_token(db: Db, actor: Actor, keys: Keys, wanted: NewToken, *, now: datetime) -> str:
    """Make a token and give it, this once: only its hash is stored. Raises Invalid."""
    require(actor, Permission.SET_UP)
    if problems := wanted.problems():
        raise Invalid(problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        id=new_id(),
        organisation_id=actor.organisation_id,
        name=wanted.name,
        token_hash=keys.hashed("token", secret),
        scopes=[scope for scope in SCOPES if scope in wanted.scopes],
        created_by=actor.person_id,
        created_at=now,
    )
    db.add(token)
    await db.flush()
    record(db, actor, "token.made", token, now=now, scopes=" ".join(token.scopes))
    return secret


async def revoke_token(db: Db, actor: Actor, token_id: UUID, *, now: datetime) -> None:
    """End a token at once; raises NotFound."""
    require(actor, Permission.SET_UP)
    token = await token_by_id(db, actor, token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        record(db, actor, "token.revoked", token, now=now)
