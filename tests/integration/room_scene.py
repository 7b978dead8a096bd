"""A session that is on just now, with its hosts and guests, and a Jitsi server that tells of its room."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from scheduling.answers import Answer
from scheduling.online import KeyUse, ServerKind
from scheduling.ways import Way
from service.actions.joining import guest_id, host_id
from service.actor import Role
from service.keys import Keys
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.servers import JitsiServer
from service.web.context import SERVERS
from tests.integration.conftest import Making
from tests.integration.events_scene import EVERYTHING, Told, a_server

SECRET = "a-secret-of-thirty-two-characters"
ALL_WAYS = {Way.ROOM: 12, Way.ONLINE: 200, Way.PHONE: 4, Way.OUTDOORS: 8}


@dataclass(frozen=True, slots=True)
class RoomScene:
    """Ada leads, Cleo helps, Ben coordinates; the guests are on the list, each with an answer and a way."""

    house: Organisation
    ada: Person
    ben: Person
    cleo: Person
    dov: Person
    meeting: Meeting
    guests: Mapping[str, Invitation]
    told: Told

    @property
    def page(self) -> str:
        """Give the address of the page of the room."""
        return f"/sessions/{self.meeting.id}/room"

    @property
    def sheet(self) -> str:
        """Give the address of the list of who came."""
        return f"/sessions/{self.meeting.id}/attendance"

    def of(self, name: str) -> str:
        """Say what tokens call a guest."""
        return guest_id(self.guests[name].id)

    def host(self, person: Person) -> str:
        """Say what tokens call a host."""
        return host_id(person.id)

    def event(self, kind: str, at: datetime, occupant: str = "", **facts: Any) -> dict[str, Any]:
        """Write an event in our own dialect."""
        base = {"event": kind, "room": self.meeting.room_name, "at": at.isoformat()}
        return base | ({"occupant": occupant} if occupant else {}) | facts

    async def press(self, name: str, keys: Keys) -> int:
        """Press "Join now" as a guest; gives the status."""
        invitation = self.guests[name]
        link = keys.link_for("invitation", invitation.id, invitation.link_generation)
        token = keys.form_token(f"guest|{invitation.link_hash}")
        response = await self.told.client.post(
            f"/i/{link}/join", data={"csrf": token}, allow_redirects=False
        )
        return response.status

    async def tell(self, *events: Mapping[str, Any]) -> None:
        """Tell events as the server does."""
        assert (await self.told.own({"events": list(events)})).status == 200


@asynccontextmanager
async def a_room(
    making: Making,
    server: TestServer,
    *,
    kind: ServerKind = ServerKind.HS256,
    abilities: list[str] = EVERYTHING,
    names: Mapping[str, tuple[Answer, Way | None]] | None = None,
    **given: Any,
) -> AsyncIterator[RoomScene]:
    """Make a session that began ten minutes ago and lasts two hours."""
    told = await a_server(
        making, server, kind, abilities=abilities, app_id="ways", muc_domain="muc.example.org"
    )
    async with making() as make:
        if kind is ServerKind.HS256:
            row = await make.db.get_one(JitsiServer, told.id)
            await make.server_key(row, KeyUse.SIGNING, SECRET)
            row.version += 1
        house = await make.organisation(server_id=told.id)
        elsewhere = await make.organisation("Elsewhere", server_id=told.id)
        ada = await make.staff(house, "Ada", Role.FACILITATOR)
        ben = await make.staff(house, "Ben", Role.COORDINATOR)
        cleo = await make.staff(house, "Cleo", Role.FACILITATOR)
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
        values: dict[str, Any] = {"starts_in": timedelta(minutes=-10), "offers": ALL_WAYS} | given
        meeting = await make.meeting(house, await make.kind(house), hosts=[ada, cleo], **values)
        guests = {}
        for name, (answer, way) in (names or GUESTS).items():
            person = await make.person(house, name)
            guests[name] = await make.invitation(meeting, person, answer=answer, way=way)
    app: web.Application = server.app
    await app[SERVERS].refresh()
    try:
        yield RoomScene(house, ada, ben, cleo, dov, meeting, guests, told)
    finally:
        await told.client.session.close()


GUESTS: Mapping[str, tuple[Answer, Way | None]] = {
    "Joan": (Answer.YES, Way.PHONE),
    "Mo": (Answer.YES, Way.ONLINE),
    "Ray": (Answer.YES, Way.ROOM),
    "Sue": (Answer.MAYBE, Way.ONLINE),
    "Tess": (Answer.UNANSWERED, None),
}
