"""Everybody invited with all that decides how they can take part, in few queries however many they are.

No words of anybody: codes, how strongly, what is arranged already, and of details only which language or
kind of helper, never to be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select

from accessibility.kit import KitKind
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.kit import KitItem, Loan
from service.storage.needs import AccessRequest, Need
from service.storage.people import Person


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One standing need, and the state of the request it led to for this meeting, if there is one.

    `sort` tells one language or kind of helper from another: two are two to book.
    """

    code: str
    strength: Strength
    state: RequestState | None
    sort: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """One person on the list of one meeting."""

    invitation_id: UUID
    meeting_id: UUID
    person_id: UUID
    name: str
    coordinator_id: UUID | None
    answer: Answer
    way: Way | None
    supporters: int
    needs: list[NeedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KitRow:
    """One thing that is kept: whether people may take it home, and who has it until when."""

    kind: KitKind
    is_lendable: bool
    lent_to: UUID | None
    due_on: date | None


async def invited_with_needs(
    db: Db, organisation_id: UUID, meeting_ids: Sequence[UUID]
) -> list[InvitedRow]:
    """Everybody on the lists of these meetings, by name, with their standing needs: one query."""
    stands = and_(Need.person_id == Invitation.person_id, Need.ended_at.is_(None))
    asked = and_(AccessRequest.invitation_id == Invitation.id, AccessRequest.need_id == Need.id)
    query = (
        select(
            Invitation.id,
            Invitation.meeting_id,
            Invitation.person_id,
            Person.chosen_name,
            Person.coordinator_id,
            Invitation.answer,
            Invitation.way,
            Invitation.supporters,
            Need.code,
            Need.strength,
            AccessRequest.state,
            Need.details,
        )
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(Need, stands)
        .outerjoin(AccessRequest, asked)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.meeting_id.in_(meeting_ids),
            Invitation.removed_at.is_(None),
        )
        .order_by(Person.name_key, Invitation.id, Need.code)
    )
    found: dict[UUID, InvitedRow] = {}
    for *invited, code, strength, state, details in await db.execute(query):
        row = found.setdefault(invited[0], InvitedRow(*invited))
        if code is not None:
            row.needs.append(NeedRow(code, strength, state, _sort(details)))
    return list(found.values())


def _sort(details: Mapping[str, str]) -> str:
    return " ".join(
        details.get(name, "").strip().casefold() for name in ("language", "kind")
    ).strip()


async def kept_kit(db: Db, organisation_id: UUID) -> list[KitRow]:
    """All that is kept and not worn out, with who has it now: one query."""
    is_out = and_(Loan.kit_id == KitItem.id, Loan.returned_at.is_(None))
    query = (
        select(KitItem.kind, KitItem.is_lendable, Loan.person_id, Loan.due_on)
        .outerjoin(Loan, is_out)
        .where(KitItem.organisation_id == organisation_id, KitItem.is_retired.is_(False))
    )
    return [KitRow(*row) for row in await db.execute(query)]
