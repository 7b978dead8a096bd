"""Another organisation's things cannot be seen, changed or named (experiment E20).

Routes and their identifiers come from the route table, forms from the demonstration's pages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from service.storage.arrangements import Arrangement
from service.storage.audit import AuditLine
from service.storage.base import Db, OfOrganisation
from service.storage.claims import Claim, Receipt
from service.storage.invitations import Invitation
from service.storage.kit import KitItem
from service.storage.messages import Message
from service.storage.own_terms import AccessBudget
from service.storage.safeguarding import SafeguardingNote
from service.storage.series import Series
from service.storage.side_rooms import SideRoom
from service.storage.special_dates import SpecialDate
from service.storage.staff import ApiToken
from service.storage.suppliers import Supplier
from service.web.entry import Entry, Route
from service.web.routes import ROUTES
from tests.integration.attacks.ground import Form, Ground
from tests.visits import NOBODY

#: A body with which any form could do something, if it were let.
BODY: Mapping[str, str] = {
    "agreed": "yes",
    "version": "1",
    "date": "2027-02-11",
    "time": "13:00",
    "minutes": "60",
    "way": "online",
    "neutral_title": "Taken",
    "name": "Taken",
    "chosen_name": "Taken",
    "words": "Taken over",
    "message": "Taken over",
    "reason": "for_meeting",
    "outcome": "told",
    "answer": "yes",
    "posted_on": "2027-01-11",
    "email": "taken@example.org",
    "first": "email",
    "channel": "email",
    "roles": "admin",
    "role": "admin",
    "purpose": "keep",
    "everyone": "yes",
    "waits": "true",
    "next_step": "Taken",
    "next_step_on": "2027-01-20",
    "on": "2027-01-20",
    "cost": "1",
    "proof": "Taken",
    "differs": "Taken",
    "tried": "Taken",
    "follow_up": "Taken",
    "to": "confirmed",
    "step": "confirmed",
}
AUDIT = ("audit", "audit_links", "audit_checkpoints")
#: Parts of addresses that are words and no identifiers.
WORDS: Mapping[str, str] = {"part": "time", "role": "greeter", "kind": "travel"}
#: Areas of the site that are each about the rows of one table.
KEPT: Mapping[str, type[OfOrganisation]] = {
    "access-budget": AccessBudget,
    "arrangements": Arrangement,
    "claims": Claim,
    "kit": KitItem,
    "safeguarding": SafeguardingNote,
    "suppliers": Supplier,
}
#: Bodies of which one fits each endpoint.
BODIES: Sequence[Mapping[str, object]] = (
    {},
    {"name": "Taken"},
    {"chosen_name": "Taken"},
    {"answer": "no"},
    {"version": 1},
    {"version": 1, "neutral_title": "Taken"},
    {"everyone": True},
    {"people": []},
    {"message": "Taken"},
    {"words": "Taken", "audience": "coming"},
)


async def _ids(db: Db, table: type[OfOrganisation], house: UUID) -> list[UUID]:
    """Give some identifiers of a table's rows of the house."""
    query = select(table.id).where(table.organisation_id == house).order_by(table.id)
    return list(await db.scalars(query.limit(3)))


async def things_of(ground: Ground, db: Db) -> dict[str, list[UUID]]:
    """Give the identifiers that addresses are made of: by the area of the site, or the part's name."""
    known, house = ground.known, ground.staff["coordinator"].organisation_id
    meetings, people = list(known.meetings.values()), list(known.people.values())
    invited = select(Invitation.id).where(Invitation.organisation_id == house).limit(3)
    invitations = list(await db.scalars(invited))
    message = await db.scalar(
        select(Message.id).where(Message.organisation_id == house, Message.meeting_id.is_not(None))
    )
    tokens = list(await db.scalars(select(ApiToken.id).where(ApiToken.organisation_id == house)))
    own_dates = select(SpecialDate.id).where(SpecialDate.organisation_id == house)
    tasks = list(known.tasks.values())
    beside = select(SideRoom.id).where(SideRoom.organisation_id == house)
    assert message is not None
    return {
        "sessions": meetings,
        "people": people,
        "desk": invitations,
        "groups": list(known.groups),
        "kinds": list(known.kinds),
        "places": list(known.places),
        "tasks": tasks,
        "letters": tasks,
        "requests": list(known.requests.values()),
        "staff": list(known.staff),
        "rota": list(known.staff),
        "series": list(await db.scalars(select(Series.id).where(Series.organisation_id == house))),
        "askings": [known.asking] if known.asking else [],
        "dates": list(await db.scalars(own_dates.limit(2))),
        "tokens": tokens or people[:1],
        "after": invitations,
        **{area: await _ids(db, table, house) or people[:1] for area, table in KEPT.items()},
        "claim": (await _ids(db, Claim, house) or people)[:1],
        "receipt": (await _ids(db, Receipt, house) or people)[:1],
        "other": people[1:2],
        "meetings": meetings,
        "invitations": invitations,
        "messages": [message],
        "invitation": invitations[:1],
        "person": people[:1],
        "table": [*await db.scalars(beside.limit(1)), *people[:1]],
        "need": [need for _, need in known.needs[:1]],
    }


def addresses(route: Route, things: Mapping[str, Sequence[UUID]]) -> Iterator[str]:
    """Give the addresses of a route for things of the house that is attacked."""
    names = re.findall(r"\{([^}]+)\}", route.path)
    before = route.path.split("{")[0].removeprefix("/api/v1").removeprefix("/set-up")
    for id_ in things[before.split("/")[1]]:
        path = route.path.replace(f"{{{names[0]}}}", str(id_))
        for name in names[1:]:
            word = WORDS[name] if name in WORDS else str(things[name][0])
            path = path.replace(f"{{{name}}}", word)
        yield path


def with_things(entry: Entry) -> list[Route]:
    """Give the routes of one entry whose addresses name things of a house by identifiers.

    Jitsi servers are the installation's: who may keep them is told from who may not elsewhere.
    """
    no_things = ("{text}", "{server}", "/set-up/servers/")
    return [
        route
        for route in ROUTES
        if route.guard.entry is entry
        and "{" in route.path
        and not any(each in route.path for each in no_things)
    ]


async def test_things_of_another_house_are_not_found_and_nothing_changes(ground: Ground) -> None:
    async with ground.parts.database.reading() as db:
        things = await things_of(ground, db)
    before, told = await ground.rows(but=AUDIT), await audited(ground)

    found = [
        *await tried_by_staff(ground, things),
        *await tried_by_program(ground, things),
        *await tried_by_guest(ground, things),
        *await listed_for_staff(ground, things),
    ]

    assert [] == found
    assert before == await ground.rows(but=AUDIT)
    assert told == await audited(ground)


async def audited(ground: Ground) -> Sequence[UUID]:
    """Give the lines of the audit of the house; a look at a list of their own belongs to the others."""
    house = ground.staff["coordinator"].organisation_id
    async with ground.parts.database.reading() as db:
        lines = select(AuditLine.id).where(AuditLine.organisation_id == house)
        return (await db.scalars(lines.order_by(AuditLine.id))).all()


async def tried_by_staff(ground: Ground, things: Mapping[str, Sequence[UUID]]) -> list[str]:
    """Try every address as staff with all roles elsewhere; gives what was not refused as missing."""
    stranger, found = ground.browsers["stranger"], []
    await stranger.get("/people/new")
    data = [("csrf", stranger.token), *((name, value) for name, value in BODY.items())]
    for route in with_things(Entry.STAFF):
        for address in addresses(route, things):
            response = await stranger.client.request(
                route.method,
                address,
                data=data if route.changes else None,
                headers=stranger.headers,
                allow_redirects=False,
            )
            if response.status != 404:
                found.append(f"{route.method} {address}: {response.status}")
    return found


async def tried_by_program(ground: Ground, things: Mapping[str, Sequence[UUID]]) -> list[str]:
    """Try every address as a program with all scopes elsewhere; a body that is wrong by itself is 422."""
    client, found = ground.browsers[NOBODY].client, []
    headers = {"Authorization": f"Bearer {ground.stranger.token}"}
    for route in with_things(Entry.PROGRAM):
        for address in addresses(route, things):
            statuses = set()
            for sent in BODIES if route.changes else ({},):
                json = sent if route.changes else None
                response = await client.request(route.method, address, json=json, headers=headers)
                statuses.add(response.status)
            if not {404} <= statuses <= {404, 422}:
                found.append(f"{route.method} {address}: {statuses}")
    return found


async def tried_by_guest(ground: Ground, things: Mapping[str, Sequence[UUID]]) -> list[str]:
    """Try what a guest's own page could do with somebody else's need or request."""
    guest, link, found = ground.browsers[NOBODY], ground.stranger.link, []
    await guest.get(f"{link}/details")
    data = [("csrf", guest.token), *((name, value) for name, value in BODY.items())]
    rests = [f"/help/needs/{need}/back" for need in things["need"]]
    rests += [f"/help/requests/{request}/answer" for request in things["requests"]]
    for rest in rests:
        response = await guest.client.post(link + rest, data=data, allow_redirects=False)
        if response.status != 404:
            found.append(f"{rest}: {response.status}")
    return found


async def listed_for_staff(ground: Ground, things: Mapping[str, Sequence[UUID]]) -> list[str]:
    """Look at every list of the other house; gives what of this house is named there."""
    theirs = {str(id_) for ids in things.values() for id_ in ids}
    stranger, found = ground.browsers["stranger"], []
    for route in ROUTES:
        if route.method == "GET" and route.guard.entry is Entry.STAFF and "{" not in route.path:
            await stranger.get(f"{route.path}?q=a")
            found += [f"{route.path}: {id_}" for id_ in theirs if id_ in stranger.page]
    return found


async def test_no_form_takes_the_identifier_of_something_of_another_house(ground: Ground) -> None:
    stranger = ground.stranger
    foreign = {
        str(each.id)
        for each in (
            stranger.staff,
            stranger.person,
            stranger.kind,
            stranger.place,
            stranger.meeting,
        )
    }
    before, failed = await mentions(ground, foreign), []

    for form in await ground.forms():
        for name in form.id_fields:
            for id_ in sorted(foreign):
                status = await press(ground, form, form.sent(**{name: id_}))
                if status >= 500:
                    failed.append((form.action, name, status))

    assert [] == failed
    assert before == await mentions(ground, foreign)


async def press(ground: Ground, form: Form, data: list[tuple[str, str]]) -> int:
    """Send a form as the one who saw it; gives the status."""
    browser = ground.browsers[form.visit.who]
    response = await browser.client.post(
        form.action, data=data, allow_redirects=False, headers=browser.headers
    )
    browser.page = await response.text()
    return response.status


async def mentions(ground: Ground, foreign: set[str]) -> dict[str, int]:
    """Count the rows of each table in which something of the other house is named."""
    rows = await ground.rows()
    return {
        table: sum(any(id_ in row for id_ in foreign) for row in of_table)
        for table, of_table in rows.items()
    }
