"""A session whose kind needs everybody, hosted by Ada and Ben; Cleo directs, Eve helps and has no e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.actor import Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.rota import Availability, Duty
from service.storage.step_ins import StepIn, StepInAsked
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, make_hub
from tests.people import Make

BUDDY, GREETER, ON_CALL = MeetingRole.REMOTE_BUDDY, MeetingRole.GREETER, MeetingRole.ON_CALL
SECOND = MeetingRole.CO_FACILITATOR


@dataclass(slots=True)
class Rota:
    """The hub, its session, the browsers of its staff, and what tests look up."""

    parts: Parts
    hub: Hub
    kind: Kind
    meeting: Meeting
    eve: Person
    ada: Browser
    ben: Browser
    cleo: Browser

    def part(self, role: MeetingRole) -> str:
        """Give the page of a part."""
        return f"/sessions/{self.meeting.id}/rota/{role}"

    async def ask(self, browser: Browser, role: MeetingRole, *people: Person) -> int:
        """Ask people about a part."""
        chosen = [str(each.id) for each in people]
        response = await browser.post(f"{self.part(role)}/ask", on=self.part(role), people=chosen)
        return response.status

    async def links(self) -> dict[Any, str]:
        """Give the links of those who were asked, by person."""
        async with self.parts.database.reading() as db:
            found = await db.scalars(select(StepInAsked))
            return {
                each.person_id: f"/rota/take/{self.parts.keys.link_for('step-in', each.id, 1)}"
                for each in found
            }

    async def holders(self) -> dict[MeetingRole, Any]:
        """Give who has which part now, hosts too."""
        async with self.parts.database.reading() as db:
            meeting = (await db.scalars(select(Meeting).where(Meeting.id == self.meeting.id))).one()
            duties = await db.scalars(select(Duty).where(Duty.meeting_id == self.meeting.id))
            found = {duty.role: duty.person_id for duty in duties}
        hosts = {MeetingRole.LEAD: meeting.lead_id, SECOND: meeting.second_id}
        return found | {role: id_ for role, id_ in hosts.items() if id_ is not None}

    async def questions(self) -> Sequence[StepIn]:
        """Give every question, oldest first."""
        async with self.parts.database.reading() as db:
            return (await db.scalars(select(StepIn).order_by(StepIn.id))).all()


async def set_rota(parts: Parts, making: Making, open_browser: OpenBrowser, **given: Any) -> Rota:
    """Set the scene; the session is in a fortnight unless said otherwise."""
    async with making() as make:
        hub = await make_hub(make)
        eve = await make.staff(
            hub.organisation,
            "Eve",
            Role.FACILITATOR,
            channels=["call"],
            phone="01632 960177",
            email="",
            email_key="",
        )
        kind = await make.kind(hub.organisation, roles=[BUDDY, GREETER, ON_CALL])
        meeting = await make_session(make, hub, kind, **given)
    return Rota(
        parts,
        hub,
        kind,
        meeting,
        eve,
        await open_browser(hub.ada),
        await open_browser(hub.ben),
        await open_browser(hub.cleo),
    )


async def make_session(make: Make, hub: Hub, kind: Kind, **given: Any) -> Meeting:
    """Make a session of the kind, hosted by Ada and Ben, in the room, online and by phone."""
    values: dict[str, Any] = {
        "hosts": [hub.ada, hub.ben],
        "offers": {Way.ROOM: 10, Way.ONLINE: 12, Way.PHONE: 4},
        "place_id": hub.hall.id,
    }
    return await make.meeting(hub.organisation, kind, **values | given)


async def give(make: Make, meeting: Meeting, role: MeetingRole, person: Person) -> None:
    """Write down that somebody has a part."""
    make.db.add(
        Duty(
            organisation_id=meeting.organisation_id,
            meeting_id=meeting.id,
            role=role,
            person_id=person.id,
            created_at=make.now,
        )
    )
    await make.db.flush()


async def cannot(make: Make, person: Person, meeting: Meeting) -> None:
    """Write down that somebody is away on the day of a session."""
    assert meeting.starts_local is not None
    day = meeting.starts_local.date()
    make.db.add(
        Availability(
            id=new_id(),
            organisation_id=person.organisation_id,
            person_id=person.id,
            is_away=True,
            first_on=day - timedelta(days=1),
            last_on=day,
        )
    )
    await make.db.flush()
