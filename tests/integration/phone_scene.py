"""A house whose own Jitsi takes calls: a session today at two, a PIN for it and one for each guest."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.online import Ability, ServerKind
from scheduling.ways import Way
from service.actor import Role
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting, Offer
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.planned import PhoneJoining
from service.storage.servers import DialInNumber, JitsiServer
from tests.people import Make

MUC = "muc.meet.example.org"
NUMBER, SECOND_NUMBER = "01632 960140", "01632 960141"
ROOM_PIN, GILS_PIN, HOPES_PIN = "482913705", "730118246", "615204938"
#: The session begins so long after the tests' now.
STARTS_IN = timedelta(hours=5)


@dataclass(slots=True)
class PhoneScene:
    """The rows of the scene. Gil joins by phone, Hope online; both said yes."""

    house: Organisation
    server: JitsiServer
    kind: Kind
    ada: Person
    ben: Person
    gil: Person
    hope: Person
    meeting: Meeting
    gils: Invitation
    hopes: Invitation

    @property
    def conference(self) -> str:
        """Name the room as XMPP does."""
        return f"{self.meeting.room_name}@{MUC}"


async def calling_server(make: Make, **given: Any) -> JitsiServer:
    """Make a self-hosted server that takes calls at two numbers."""
    values: dict[str, Any] = {
        "kind": ServerKind.HS256,
        "app_id": "manyways",
        "muc_domain": MUC,
        "abilities": [Ability.DIAL_IN.value],
    }
    server = await make.server(**values | given)
    for rank, number in enumerate((NUMBER, SECOND_NUMBER)):
        make.db.add(DialInNumber(server_id=server.id, number=number, rank=rank))
    await make.db.flush()
    return server


async def phone_scene(make: Make, *, server: JitsiServer | None = None, **given: Any) -> PhoneScene:
    """Make the whole scene; what is given stands on the meeting."""
    server = server or await calling_server(make)
    house = await make.organisation(server_id=server.id, dial_in_number="")
    kind = await make.kind(house, needs_second=False)
    ada = await make.staff(house, "Ada", Role.FACILITATOR)
    ben = await make.staff(house, "Ben", Role.COORDINATOR)
    gil = await make.person(house, "Gil", phone="01632 960177", usual_way=Way.PHONE)
    hope = await make.person(house, "Hope", phone="01632 960188", usual_way=Way.ONLINE)
    values: dict[str, Any] = {
        "phone_joining": PhoneJoining.DIAL,
        "dial_number": NUMBER,
        "room_pin": ROOM_PIN,
        "starts_in": STARTS_IN,
    }
    meeting = await make.meeting(house, kind, hosts=[ada], **values | given)
    yes: dict[str, Any] = {"answer": Answer.YES}
    pins = (GILS_PIN, HOPES_PIN) if meeting.room_pin else (None, None)
    gils = await make.invitation(meeting, gil, way=Way.PHONE, dial_pin=pins[0], **yes)
    hopes = await make.invitation(meeting, hope, way=Way.ONLINE, dial_pin=pins[1], **yes)
    seats = update(Offer).where(Offer.meeting_id == meeting.id)
    await make.db.execute(seats.values(taken=1))
    return PhoneScene(house, server, kind, ada, ben, gil, hope, meeting, gils, hopes)
