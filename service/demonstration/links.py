"""The links into a demonstration: the same each time they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from service.actor import Role
from service.keys import Keys
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import installation_fact
from service.storage.people import Person
from service.storage.staff import SignInRequest, StaffRole

#: Whose links are printed, and by what.
ROLES = (Role.ADMIN, Role.DIRECTOR, Role.COORDINATOR, Role.FACILITATOR)


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """One participant's link to their own page."""

    person: str
    way: str
    url: str


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """All links into a demonstration."""

    base_url: str
    staff: dict[str, str]
    invitations: Sequence[InvitationLink]
    meetings: Sequence[tuple[UUID, datetime]]

    def as_json(self) -> dict[str, object]:
        """Give them as programs read them."""
        return {
            "base_url": self.base_url,
            "staff": self.staff,
            "invitations": [
                {"person": each.person, "way": each.way, "url": each.url}
                for each in self.invitations
            ],
            "meetings": [
                {"id": str(meeting_id), "starts_at": starts_at.isoformat()}
                for meeting_id, starts_at in self.meetings
            ],
        }


async def demo_links(db: Db, keys: Keys, base_url: str) -> DemoLinks:
    """Gather the links; they are derived from what is stored, so they never change."""
    return DemoLinks(
        base_url=base_url,
        staff=await _staff_links(db, keys, base_url),
        invitations=await _invitation_links(db, keys, base_url),
        meetings=await _meetings(db),
    )


async def _staff_links(db: Db, keys: Keys, base_url: str) -> dict[str, str]:
    query = (
        select(StaffRole.role, SignInRequest.id)
        .join(SignInRequest, SignInRequest.person_id == StaffRole.person_id)
        .where(SignInRequest.is_standing.is_(True))
        .order_by(SignInRequest.id.desc())
    )
    found: dict[Role, UUID] = {row[0]: row[1] for row in await db.execute(query)}
    return {
        role.value: f"{base_url}/sign-in/{keys.sign_in_secret(found[role])}"
        for role in ROLES
        if role in found
    }


async def _invitation_links(db: Db, keys: Keys, base_url: str) -> list[InvitationLink]:
    """Give the links of the invitations that were chosen to be shown when the demo was laid out."""
    chosen = await installation_fact(db, "demo_invitations") or ""
    ids = [UUID(each) for each in chosen.split()]
    query = select(Invitation).where(Invitation.id.in_(ids)).options(joinedload(Invitation.person))
    found = {invitation.id: invitation for invitation in await db.scalars(query)}
    return [
        InvitationLink(
            person=found[each].person.chosen_name,
            way=found[each].way or "",
            url=f"{base_url}/i/" + keys.link_for("invitation", each, found[each].link_generation),
        )
        for each in ids
        if each in found
    ]


async def _meetings(db: Db) -> list[tuple[UUID, datetime]]:
    """Give the sessions of the organisation with the standing links, earliest first."""
    of_house = select(SignInRequest.organisation_id).where(SignInRequest.is_standing.is_(True))
    query = (
        select(Meeting.id, Meeting.starts_at)
        .join(Person, Person.id == Meeting.lead_id)
        .where(Meeting.organisation_id.in_(of_house), Meeting.published_at.is_not(None))
        .order_by(Meeting.starts_at)
    )
    return [(row[0], row[1]) for row in await db.execute(query) if row[1] is not None]
