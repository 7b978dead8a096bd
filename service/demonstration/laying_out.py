"""Lay the demonstration out in an empty database."""

from datetime import datetime

from sqlalchemy import func, select

from service.actions.signing_in import STANDING_FOR, make_request
from service.actor import Role
from service.errors import ServiceError
from service.identifiers import new_id
from service.keys import Keys
from service.storage.base import Db
from service.storage.organisations import InstallationFact, Organisation, installation_fact
from service.storage.people import Person
from service.storage.staff import StaffMember, StaffRole


class NotEmpty(ServiceError):
    """The database already holds a real organisation; a demonstration needs one of its own."""

    code = "not-empty"


async def lay_out(db: Db, keys: Keys, *, now: datetime, public_url: str) -> None:
    """Lay everything out, unless it is there already; raises NotEmpty for a real installation."""
    if await installation_fact(db, "is_demo") == "yes":
        return
    if await db.scalar(select(func.count()).select_from(Organisation)):
        raise NotEmpty
    db.add(InstallationFact(name="is_demo", value="yes"))
    house = Organisation(
        id=new_id(),
        slug="kiln",
        name="Kiln Street Social Action Hub",
        contact_phone="01632 960101",
        contact_email="hello@kiln.example.org",
        jitsi_url="https://meet.example.org",
        dial_in_number="01632 960140",
        created_at=now,
    )
    db.add(house)
    await db.flush()
    for name, role in {
        "Winifred": Role.DIRECTOR, "Imran": Role.ADMIN,
        "Bridget": Role.COORDINATOR, "Farzana": Role.FACILITATOR,
    }.items():  # fmt: skip
        await _staff(db, keys, house, name, role, now=now)


async def _staff(
    db: Db, keys: Keys, house: Organisation, name: str, role: Role, *, now: datetime
) -> None:
    email = f"{name.lower()}@example.org"
    person = Person(
        id=new_id(),
        organisation_id=house.id,
        reference=name.lower(),
        chosen_name=name,
        name_key=name.casefold(),
        channels=["email"],
        email=email,
        email_key=email,
        created_at=now,
    )
    db.add(person)
    await db.flush()
    db.add(StaffMember(person_id=person.id, organisation_id=house.id))
    await db.flush()
    db.add(StaffRole(person_id=person.id, role=role))
    db.add(make_request(keys, person, now=now, good_for=STANDING_FOR, is_standing=True))
