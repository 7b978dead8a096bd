"""Who is acting: a staff member, a guest with a link, a program with a token, or the system itself."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a staff member may be; one person may hold several."""

    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    DIRECTOR = "director"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"
    OPERATOR = "operator"


class Door(StrEnum):
    """How the actor came in. A guest's link never opens more than the guest's own pages."""

    STAFF = "staff"
    GUEST = "guest"
    PROGRAM = "program"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, within one organisation.

    `person_id` is None for the system and for programs. `scopes` limits a program to what its token
    was made for (None: not limited). `invitation_id` is set for a guest who came by an invitation link.
    """

    organisation_id: UUID
    door: Door
    person_id: UUID | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] | None = None
    invitation_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)


def system_actor(organisation_id: UUID) -> Actor:
    """Make the actor for what timers and the worker do."""
    return Actor(organisation_id, Door.SYSTEM, name="Manyways")
