"""A house with meetings, a guest and a host with feeds, and programs that fetch them."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import ClientResponse

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actor import Role
from service.identifiers import new_id
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from tests.integration.conftest import Browser
from tests.people import Make

OFFERS: dict[Way, int | None] = {Way.ROOM: 12, Way.ONLINE: 12, Way.PHONE: 4}


@dataclass(slots=True)
class FeedScene:
    """The house and its people; Ada leads, Ben helps, Gil is the guest."""

    house: Organisation
    ada: Person
    ben: Person
    gil: Person
    kind: Kind
    place: Place
    meetings: list[Meeting] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)


async def feed_scene(make: Make, *, meetings: int = 2) -> FeedScene:
    """Make weekly meetings that Gil is invited to; to the first he said yes, for the room."""
    house = await make.organisation()
    ada = await make.staff(house, "Ada", Role.FACILITATOR, Role.COORDINATOR)
    ben = await make.staff(house, "Ben", Role.FACILITATOR)
    gil = await make.person(house, "Gil")
    kind, place = await make.kind(house), await make.place(house)
    scene = FeedScene(house, ada, ben, gil, kind, place)
    for number in range(meetings):
        meeting = await make.meeting(
            house,
            kind,
            hosts=[ada, ben],
            starts_in=timedelta(days=7 * (number + 1)),
            offers=OFFERS,
            place_id=place.id,
        )
        scene.meetings.append(meeting)
        given = {} if number else {"answer": Answer.YES, "way": Way.ROOM}
        scene.invitations.append(await make.invitation(meeting, gil, **given))
    return scene


async def a_feed(make: Make, person: Person, kind: FeedKind = FeedKind.OWN, **given: object) -> str:
    """Make a feed and give its path."""
    feed_id = new_id()
    secret = make.keys.feed_secret(feed_id, 1)
    values = {"name": "My phone", "created_at": make.now, "is_neutral": False} | given
    make.db.add(
        Feed(
            id=feed_id,
            organisation_id=person.organisation_id,
            person_id=person.id,
            kind=kind,
            link_hash=make.keys.hashed("feed", secret),
            **values,
        )
    )
    await make.db.flush()
    return f"/feeds/{secret}.ics"


async def fetch(browser: Browser, path: str, etag: str = "") -> ClientResponse:
    """Fetch a feed as calendar programs do: no redirects, and only if it changed when an ETag is given."""
    headers = {"If-None-Match": etag} if etag else {}
    response = await browser.client.get(path, headers=headers, allow_redirects=False)
    browser.page = await response.text()
    return response
