"""Programs with tokens, and a house for them to work in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from sqlalchemy import func, select
from yarl import URL

from scheduling.meeting import MeetingState
from scheduling.recurrence import Frequency, Rule
from scheduling.series import SeriesState
from scheduling.ways import Way
from service.actions.permissions import SCOPES
from service.actor import Role
from service.identifiers import new_id
from service.storage.base import OfOrganisation
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from service.storage.series import Series
from service.storage.staff import ApiToken
from service.web.api.endpoints import AnyEndpoint
from service.web.api.examples import EXAMPLES
from service.web.api.fields import Nothing
from tests.integration.conftest import Making
from tests.people import Make

NO_ID = "00000000-0000-7000-8000-000000000000"
BASE = "/api/v1"
ALL = tuple(SCOPES)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program was answered."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """Give the answer's JSON."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """Give the code of a problem."""
        return str(self.json["code"])

    @property
    def fields(self) -> dict[str, str]:
        """Give what was wrong, by field."""
        found: dict[str, str] = self.json.get("fields", {})
        return found


@dataclass(frozen=True, slots=True)
class Program:
    """One program: it sends JSON with its token."""

    client: TestClient[web.Request, web.Application]
    token: str = ""

    async def get(self, path: str, **query: str) -> Answer:
        """Read something."""
        return await self.send("GET", str(URL(path).with_query(query)))

    async def post(self, path: str, body: object = None, *, key: str = "") -> Answer:
        """Create or do something, under an idempotency key if one is given."""
        return await self.send("POST", path, body, key=key)

    async def patch(self, path: str, body: object) -> Answer:
        """Change something."""
        return await self.send("PATCH", path, body)

    async def put(self, path: str, body: object) -> Answer:
        """Put something in its place."""
        return await self.send("PUT", path, body)

    async def delete(self, path: str) -> Answer:
        """Take something away."""
        return await self.send("DELETE", path)

    async def send(self, method: str, path: str, body: object = None, *, key: str = "") -> Answer:
        """Send JSON if there is a body."""
        headers = {"Idempotency-Key": key} if key else {}
        if body is None:
            return await self.send_bytes(method, path, None, headers)
        headers["Content-Type"] = "application/json"
        return await self.send_bytes(method, path, json.dumps(body).encode(), headers)

    async def send_bytes(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send bytes as they are."""
        sent = dict(headers) | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        response = await self.client.request(method, BASE + path, data=data, headers=sent)
        return Answer(
            response.status, response.content_type, dict(response.headers), await response.text()
        )


@dataclass(frozen=True, slots=True)
class House:
    """An organisation with one of everything; `token` has every scope."""

    organisation: Organisation
    token: str
    lead: Person
    second: Person
    guest: Person
    other: Person
    kind: Kind
    place: Place
    draft: Meeting
    meeting: Meeting
    invitation: Invitation
    message: Message
    series: Series

    def path(self, path: str) -> str:
        """Fill in the thing that an endpoint's path is about."""
        things: dict[str, OfOrganisation] = {
            "people": self.guest,
            "places": self.place,
            "kinds": self.kind,
            "meetings": self.draft,
            "invitations": self.invitation,
            "messages": self.message,
            "series": self.series,
        }
        return re.sub("{.+}", str(things[path.split("/")[1]].id), path)


async def make_house(make: Make, name: str = "Kiln Street Hub") -> House:
    """Make an organisation with one of everything."""
    organisation = await make.organisation(name)
    lead = await make.staff(organisation, "Ada", Role.FACILITATOR)
    second = await make.staff(organisation, "Ben", Role.COORDINATOR)
    guest = await make.person(organisation, "Cleo", phone="01632 960123", phone_key="+441632960123")
    other = await make.person(organisation, "Dov")
    kind = await make.kind(organisation, ways={"online": 12, "phone": 4})
    place = await make.place(organisation)
    hosts = [lead, second]
    draft = await make.meeting(organisation, kind, hosts=hosts, state=MeetingState.DRAFT)
    meeting = await make.meeting(
        organisation,
        kind,
        hosts=hosts,
        starts_in=timedelta(days=20),
        offers={Way.ONLINE: 12, Way.PHONE: 1},
        dial_pin="4711",
    )
    invitation = await make.invitation(meeting, guest)
    message = await make_message(make, invitation)
    return House(
        organisation,
        await make_token(make, organisation, *ALL),
        lead,
        second,
        guest,
        other,
        kind,
        place,
        draft,
        meeting,
        invitation,
        message,
        await make_series(make, kind, lead, meeting),
    )


async def make_series(make: Make, kind: Kind, lead: Person, meeting: Meeting) -> Series:
    """Make a running series, every second Thursday of the month, of which this meeting is a date."""
    series = Series(
        id=new_id(),
        organisation_id=kind.organisation_id,
        kind_id=kind.id,
        state=SeriesState.RUNNING,
        rule=Rule(frequency=Frequency.MONTHLY, weekdays=(3,), ordinal=2),
        starts_local=datetime.fromisoformat("2027-01-14T13:00"),
        zone="Europe/London",
        minutes=120,
        limits={"online": 12, "phone": None},
        neutral_title="Thursday session",
        real_title="Helpers' circle",
        lead_id=lead.id,
        created_at=make.now,
        started_at=make.now,
    )
    make.db.add(series)
    await make.db.flush()
    meeting.series_id, meeting.is_held = series.id, True
    await make.db.flush()
    return series


async def make_token(make: Make, organisation: Organisation, *scopes: str) -> str:
    """Make a token with these scopes."""
    token_id = new_id()
    secret = f"mw_{token_id.hex}"
    make.db.add(
        ApiToken(
            id=token_id,
            organisation_id=organisation.id,
            name="Website",
            token_hash=make.keys.hashed("token", secret),
            scopes=list(scopes),
            created_at=make.now,
        )
    )
    await make.db.flush()
    return secret


async def make_message(make: Make, invitation: Invitation) -> Message:
    """Make a message that could not be delivered."""
    trouble = "550 5.1.1 <cleo@example.org>: user unknown"
    return await make.message(invitation, state=MessageState.FAILED, trouble=trouble)


@dataclass(frozen=True, slots=True)
class Scene:
    """A house, a program with every scope, and a way to make other programs."""

    house: House
    program: Program
    making: Making

    async def with_scopes(self, *scopes: str) -> Program:
        """Make another program of the house."""
        async with self.making() as make:
            token = await make_token(make, self.house.organisation, *scopes)
        return replace(self.program, token=token)

    async def of_another_house(self) -> Program:
        """Make a program of another organisation, with every scope."""
        async with self.making() as make:
            other = await make.organisation("Potteries Share")
            return replace(self.program, token=await make_token(make, other, *ALL))

    async def give_need(self, person: Person, code: str) -> None:
        """Write down that a person has a need."""
        async with self.making() as make:
            await make.need(person, code)

    async def count(self, what: Any) -> int:
        """Count rows."""
        async with self.making() as make:
            return await make.db.scalar(select(func.count()).select_from(what)) or 0


def body_for(endpoint: AnyEndpoint) -> object:
    """Give the example of an endpoint's body, if it takes one."""
    return None if endpoint.body is Nothing else EXAMPLES[endpoint.body]
