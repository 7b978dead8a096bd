"""The links into a demonstration: the same each time they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.rota.asking import LINK
from service.actor import Role
from service.keys import Keys
from service.storage.base import Db
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation, installation_fact
from service.storage.people import Person
from service.storage.room_events import StoredEvent
from service.storage.staff import SignInRequest, StaffRole
from service.storage.step_ins import StepIn, StepInAsked

#: Whose links are printed, and by what.
ROLES = (
    Role.ADMIN,
    Role.OPERATOR,
    Role.DIRECTOR,
    Role.SAFEGUARDING,
    Role.COORDINATOR,
    Role.FACILITATOR,
)


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """One participant's link to their own page."""

    person: str
    way: str
    url: str


@dataclass(frozen=True, slots=True)
class PersonsLink:
    """A link that is one person's own; empty if there is none."""

    person: str = ""
    url: str = ""

    def as_json(self) -> dict[str, str]:
        """Give it as programs read it."""
        return {"person": self.person, "url": self.url}


@dataclass(frozen=True, slots=True)
class Dialling:
    """How somebody joins by phone; empty if nobody does. `mapper` is where a voice menu asks."""

    person: str = ""
    number: str = ""
    pin: str = ""
    mapper: str = ""

    def as_json(self) -> dict[str, str]:
        """Give it as programs read it."""
        return {
            "person": self.person,
            "number": self.number,
            "pin": self.pin,
            "mapper": self.mapper,
        }


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """All links into a demonstration.

    `calendar` is what a guest's calendar program asks for, `public_page` what everybody may see, `rota`
    where a colleague answers "can someone take this?", `room` who is in the room just now, `phone` how
    somebody dials in.
    """

    base_url: str
    staff: dict[str, str]
    invitations: Sequence[InvitationLink]
    meetings: Sequence[tuple[UUID, datetime]]
    calendar: PersonsLink
    public_page: str
    rota: PersonsLink
    room: str
    phone: Dialling

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
            "calendar": self.calendar.as_json(),
            "public_page": self.public_page,
            "rota": self.rota.as_json(),
            "room": self.room,
            "phone": self.phone.as_json(),
        }


async def demo_links(db: Db, keys: Keys, base_url: str) -> DemoLinks:
    """Gather the links; they are derived from what is stored, so they never change."""
    return DemoLinks(
        base_url=base_url,
        staff=await _staff_links(db, keys, base_url),
        invitations=await _invitation_links(db, keys, base_url),
        meetings=await _meetings(db),
        calendar=await _calendar(db, keys, base_url),
        public_page=await _public_page(db, base_url),
        rota=await _rota(db, keys, base_url),
        room=await _room(db, base_url),
        phone=await _phone(db, base_url),
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
    query = (
        select(Meeting.id, Meeting.starts_at)
        .join(Person, Person.id == Meeting.lead_id)
        .where(Meeting.organisation_id.in_(_of_house()), Meeting.published_at.is_not(None))
        .order_by(Meeting.starts_at)
    )
    return [(row[0], row[1]) for row in await db.execute(query) if row[1] is not None]


async def _calendar(db: Db, keys: Keys, base_url: str) -> PersonsLink:
    """Give the address of the first calendar that a guest got."""
    query = (
        select(Feed.id, Feed.link_generation, Person.chosen_name)
        .join(Person, Person.id == Feed.person_id)
        .where(Feed.kind == FeedKind.OWN, Feed.organisation_id.in_(_of_house()))
        .order_by(Feed.id)
    )
    found = (await db.execute(query.limit(1))).first()
    if found is None:
        return PersonsLink()
    return PersonsLink(found[2], f"{base_url}/feeds/{keys.feed_secret(found[0], found[1])}.ics")


async def _public_page(db: Db, base_url: str) -> str:
    query = select(Organisation.slug).where(Organisation.id.in_(_of_house()))
    slug = await db.scalar(query.where(Organisation.is_public.is_(True)))
    return f"{base_url}/o/{slug}" if slug else ""


async def _rota(db: Db, keys: Keys, base_url: str) -> PersonsLink:
    """Give the link of the first colleague who was asked to take a part and has not answered."""
    query = (
        select(StepInAsked.id, Person.chosen_name)
        .join(StepIn, StepIn.id == StepInAsked.step_in_id)
        .join(Person, Person.id == StepInAsked.person_id)
        .where(StepIn.organisation_id.in_(_of_house()), StepIn.ended_at.is_(None))
        .where(StepInAsked.said_no_at.is_(None))
        .order_by(Person.chosen_name)
    )
    found = (await db.execute(query.limit(1))).first()
    if found is None:
        return PersonsLink()
    return PersonsLink(found[1], f"{base_url}/rota/take/{keys.link_for(LINK, found[0], 1)}")


async def _room(db: Db, base_url: str) -> str:
    """Give the page of the session in whose room somebody came last."""
    query = (
        select(Meeting.id)
        .join(StoredEvent, StoredEvent.room == Meeting.room_name)
        .where(Meeting.organisation_id.in_(_of_house()))
        .order_by(StoredEvent.at.desc())
    )
    found = await db.scalar(query.limit(1))
    return f"{base_url}/sessions/{found}/room" if found else ""


async def _phone(db: Db, base_url: str) -> Dialling:
    """Give number and PIN of the first who joins the soonest session by phone."""
    query = (
        select(Person.chosen_name, Meeting.dial_number, Invitation.dial_pin)
        .join(Invitation, Invitation.person_id == Person.id)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Invitation.organisation_id.in_(_of_house()), Invitation.dial_pin.is_not(None))
        .where(Invitation.way == Way.PHONE, Invitation.answer == Answer.YES)
        .order_by(Meeting.starts_at, Person.chosen_name, Invitation.id)
    )
    found = (await db.execute(query.limit(1))).first()
    if found is None:
        return Dialling()
    name, number, pin = found[0], found[1], found[2] or ""
    return Dialling(name, number, pin, f"{base_url}/phone/mapper?id={pin}")


def _of_house() -> Select[UUID]:
    """Select the organisation with the standing links: where the demonstration plays."""
    return select(SignInRequest.organisation_id).where(SignInRequest.is_standing.is_(True))
