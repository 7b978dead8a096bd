"""The cast of unit and access tests: Ada facilitates, Ben coordinates, Cleo directs, Dov is from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from accessibility.needs import Strength
from scheduling.meeting import MeetingState
from scheduling.online import KeyUse, ServerKind
from scheduling.time import WallTime, on_wall, resolve
from scheduling.ways import Way
from service.actions.opened_servers import key_binding
from service.actor import Actor, Door, Role
from service.identifiers import new_id
from service.keys import Keys
from service.storage.base import Base, Db
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import Need
from service.storage.organisations import Organisation
from service.storage.people import Channel, Person
from service.storage.places import Place
from service.storage.servers import JitsiServer, ServerKey
from service.storage.staff import StaffMember, StaffRole

LONDON = "Europe/London"
R = TypeVar("R", bound=Base)


@dataclass(slots=True)
class Make:
    """Makes rows for tests, in a session that the test commits. Whatever is not given is sensible."""

    db: Db
    keys: Keys
    now: datetime
    count: int = field(default=0)

    async def organisation(self, name: str = "Kiln Street Hub", **given: Any) -> Organisation:
        """Make an organisation that can publish and send."""
        values: dict[str, Any] = {
            "slug": name.lower().replace(" ", "-"),
            "contact_phone": "01632 960101",
            "contact_email": "hello@kiln.example.org",
            "zone": LONDON,
            "dial_in_number": "01632 960140",
            "created_at": self.now,
        }
        if "server_id" not in given:
            values["server_id"] = (await self.server()).id
        return await self._keep(Organisation(id=new_id(), name=name, **values | given))

    async def server(self, **given: Any) -> JitsiServer:
        """Make a Jitsi server without tokens at https://meet.example.org."""
        self.count += 1
        values: dict[str, Any] = {
            "slug": f"meet-{self.count}-{new_id().hex[-6:]}",
            "name": "Our rooms",
            "kind": ServerKind.PLAIN,
            "url": "https://meet.example.org",
            "created_at": self.now,
        }
        return await self._keep(JitsiServer(id=new_id(), **values | given))

    async def server_key(
        self, server: JitsiServer, use: KeyUse, secret: str, **given: Any
    ) -> ServerKey:
        """Make the newest secret of a server for one use, sealed as it is kept."""
        self.count += 1
        key_id = new_id()
        sealed = self.keys.seal_setting(key_binding(server.id, key_id), secret)
        values: dict[str, Any] = {"name": f"key-{self.count}", "made_at": self.now}
        key = ServerKey(
            id=key_id, server_id=server.id, use=use, secret_sealed=sealed, **values | given
        )
        return await self._keep(key)

    async def person(self, organisation: Organisation, name: str, **given: Any) -> Person:
        """Make a person who is reached by e-mail at NAME@example.org."""
        email = f"{name.lower().replace(' ', '.')}@example.org"
        values: dict[str, Any] = {
            "channels": ["email"],
            "email": email,
            "created_at": self.now,
            "name_key": name.casefold(),
        } | given
        values.setdefault("email_key", values["email"].casefold())
        return await self._keep(
            Person(id=new_id(), organisation_id=organisation.id, chosen_name=name, **values)
        )

    async def staff(
        self, organisation: Organisation, name: str, *roles: Role, **given: Any
    ) -> Person:
        """Make a person who may sign in, with these roles."""
        person = await self.person(organisation, name, **given)
        self.db.add(StaffMember(person_id=person.id, organisation_id=organisation.id))
        await self.db.flush()
        self.db.add_all(StaffRole(person_id=person.id, role=role) for role in roles)
        await self.db.flush()
        return person

    async def kind(self, organisation: Organisation, **given: Any) -> Kind:
        """Make a kind: two hours, room, online and phone, two hosts."""
        self.count += 1
        values: dict[str, Any] = {
            "code": f"kind-{self.count}",
            "name": "Peer-support circle",
            "neutral_title": "Tuesday session",
            "minutes": 120,
            "ways": {"room": 12, "online": 12, "phone": 4},
            "needs_second": True,
        }
        return await self._keep(
            Kind(id=new_id(), organisation_id=organisation.id, **values | given)
        )

    async def place(
        self, organisation: Organisation, name: str = "Saggar Row Hall", **given: Any
    ) -> Place:
        """Make a place with a room."""
        values: dict[str, Any] = {"address": "Saggar Row, Burslem", "room_limit": 30} | given
        return await self._keep(
            Place(id=new_id(), organisation_id=organisation.id, name=name, **values)
        )

    async def meeting(
        self,
        organisation: Organisation,
        kind: Kind,
        *,
        hosts: Sequence[Person],
        starts_in: timedelta = timedelta(days=14),
        offers: dict[Way, int | None] | None = None,
        state: MeetingState = MeetingState.PUBLISHED,
        **given: Any,
    ) -> Meeting:
        """Make a meeting, published unless said otherwise, that starts a fortnight from now."""
        local = on_wall(self.now + starts_in, LONDON).local.replace(second=0, microsecond=0)
        starts_at = resolve(WallTime(local, LONDON))
        values: dict[str, Any] = {
            "zone": LONDON,
            "minutes": kind.minutes,
            "neutral_title": "Tuesday session",
            "real_title": "Carers' circle",
            "help_phone": "01632 960101",
            "lead_id": hosts[0].id if hosts else None,
            "second_id": hosts[1].id if len(hosts) > 1 else None,
            "created_by": hosts[0].id if hosts else None,
            "created_at": self.now,
            "published_at": self.now if state is not MeetingState.DRAFT else None,
            "room_name": f"room-{new_id().hex}",
        }
        meeting = Meeting(
            id=new_id(),
            organisation_id=organisation.id,
            kind_id=kind.id,
            state=state,
            starts_local=local,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=kind.minutes),
            **values | given,
        )
        await self._keep(meeting)
        for way, places in (offers or {Way.ONLINE: 12, Way.PHONE: 4}).items():
            self.db.add(
                Offer(
                    organisation_id=organisation.id,
                    meeting_id=meeting.id,
                    way=way,
                    places=places,
                    seats=places,
                    taken=0,
                )
            )
        await self.db.flush()
        return meeting

    async def invitation(self, meeting: Meeting, person: Person, **given: Any) -> Invitation:
        """Make an unanswered invitation."""
        invitation_id = new_id()
        link = self.keys.link_for("invitation", invitation_id, 1)
        invitation = Invitation(
            id=invitation_id,
            organisation_id=meeting.organisation_id,
            meeting_id=meeting.id,
            person_id=person.id,
            person=person,
            uid=f"{meeting.id}.{new_id().hex}@kiln.example.org",
            stamp=self.now,
            created_at=self.now,
            link_hash=self.keys.hashed("invitation", link),
            **given,
        )
        return await self._keep(invitation)

    async def message(self, invitation: Invitation, **given: Any) -> Message:
        """Make the mail with an invitation, sent unless said otherwise."""
        values: dict[str, Any] = {
            "kind": MessageKind.INVITATION,
            "channel": Channel.EMAIL,
            "state": MessageState.SENT,
            "due_at": self.now,
            "created_at": self.now,
        }
        message = Message(
            id=new_id(),
            organisation_id=invitation.organisation_id,
            person_id=invitation.person_id,
            subject_id=invitation.id,
            meeting_id=invitation.meeting_id,
            **values | given,
        )
        return await self._keep(message)

    async def need(self, person: Person, code: str, **details: str) -> Need:
        """Make a standing need of a person, one that must be met."""
        need = Need(
            id=new_id(),
            organisation_id=person.organisation_id,
            person_id=person.id,
            code=code,
            strength=Strength.MUST,
            details=details,
            created_at=self.now,
            review_on=self.now.date() + timedelta(days=365),
        )
        return await self._keep(need)

    def link(self, invitation: Invitation) -> str:
        """Give the path of an invitation's page."""
        return f"/i/{self.keys.link_for('invitation', invitation.id, invitation.link_generation)}"

    async def _keep(self, row: R) -> R:
        self.db.add(row)
        await self.db.flush()
        return row


def actor_for(organisation_id: UUID, person: Person | None, *roles: Role) -> Actor:
    """Make the actor a signed-in person would be."""
    return Actor(
        organisation_id=organisation_id,
        door=Door.STAFF,
        person_id=person.id if person else None,
        name=person.chosen_name if person else "",
        roles=frozenset(roles),
    )


def guest_actor(invitation: Invitation, name: str) -> Actor:
    """Make the actor that the person of an invitation is on their page."""
    return Actor(
        invitation.organisation_id,
        Door.GUEST,
        invitation.person_id,
        name,
        invitation_id=invitation.id,
    )


NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
