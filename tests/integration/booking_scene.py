"""Two people who need an interpreter in one session, a supplier, a loop of our own, and another session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from accessibility.bookings import Rules
from accessibility.consent import ConsentChannel, Purpose
from accessibility.kit import KitKind
from accessibility.needs import Need as ToldNeed
from accessibility.needs import Strength
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.consenting import give_consents
from service.actions.helping import Told, record_needs
from service.actions.suppliers import SupplierDetails, add_supplier
from service.identifiers import new_id
from service.parts import Parts
from service.storage.arrangements import Arrangement
from service.storage.invitations import Invitation
from service.storage.kit import KitItem
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest
from service.storage.people import Person
from service.storage.places import Place
from service.storage.suppliers import Supplier
from service.storage.tasks import Task
from tests.integration.conftest import Making, TestClock
from tests.integration.help_scene import BSL, Scene, lay_out
from tests.people import guest_actor

LOOP = ToldNeed("COM-LOOP", Strength.MUST)
SIGNS = SupplierDetails(
    "Potteries Signs",
    ("PRO-BSL",),
    email="hello@signs.example.org",
    phone="01632 960150",
    price_pence=28000,
    rules=Rules(14, 7),
)
BOOKED = {"people": "2", "estimate": "280", "reference": "PS-4711", "words": "Amina comes."}


@dataclass(slots=True)
class Bookings:
    """The scene of help, with Zoe who signs as well, who can be booked, and another session elsewhere."""

    scene: Scene
    zoe: Person
    zoes: Invitation
    zoe_link: str
    signs: Supplier
    loop: KitItem
    hall: Place
    other: Meeting

    async def requests(self, code: str = BSL.code) -> dict[UUID, AccessRequest]:
        """Give the requests for a term, by person."""
        found = await self.scene.rows(AccessRequest)
        return {each.person_id: each for each in found if each.code == code}

    async def of(self, person: Person, code: str = BSL.code) -> AccessRequest:
        """Give one person's request."""
        return (await self.requests(code))[person.id]

    async def path(self, person: Person, code: str = BSL.code) -> str:
        """Give the address of one person's request."""
        return f"/requests/{(await self.of(person, code)).id}"

    async def booking(self) -> Arrangement:
        """Give the one thing that is booked."""
        (found,) = await self.scene.rows(Arrangement)
        return found

    async def tasks_about(self, about: str) -> Sequence[Task]:
        """Give the tasks about something, of any state."""
        return [each for each in await self.scene.rows(Task) if each.about == about]

    @property
    def by_signs(self) -> str:
        """Give the choice of the supplier."""
        return f"supplier:{self.signs.id}"

    @property
    def by_loop(self) -> str:
        """Give the choice of the loop."""
        return f"kit:{self.loop.id}"


async def lay_out_bookings(making: Making, parts: Parts, clock: TestClock) -> Bookings:
    """Lay out the scene."""
    scene = await lay_out(making, parts, clock)
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
        zoes = await make.invitation(scene.meeting, zoe, answer=Answer.YES, way=Way.ONLINE)
        hall = await make.place(scene.house)
        other = await make.meeting(
            scene.house,
            await make.kind(scene.house),
            hosts=[scene.ada],
            starts_in=timedelta(days=14, hours=1),
            offers={Way.ROOM: 12},
            place_id=hall.id,
            neutral_title="Reading hour",
        )
        signs = await add_supplier(make.db, scene.desk, SIGNS, now=scene.now)
        loop = KitItem(
            id=new_id(),
            organisation_id=scene.house.id,
            name="Portable loop",
            kind=KitKind.LOOP,
            created_at=scene.now,
        )
        make.db.add(loop)
        link = make.link(zoes)
    await scene.tells(BSL)
    found = Bookings(scene, zoe, zoes, link, signs, loop, hall, other)
    await tells(found, zoes, zoe, BSL)
    return found


async def tells(
    bookings: Bookings, invitation: Invitation, person: Person, *needs: ToldNeed
) -> None:
    """Let a person say what would help, to be kept."""
    scene, guest = bookings.scene, guest_actor(invitation, person.chosen_name)
    async with scene.doing() as db:
        purposes = [Purpose.KEEP, Purpose.SHARE_ACTIONS]
        await give_consents(
            db, guest, person.id, purposes, channel=ConsentChannel.WEB, now=scene.now
        )
        await record_needs(db, guest, scene.parts.sealer, Told(person.id, needs), now=scene.now)
