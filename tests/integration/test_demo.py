"""The demonstration: laid out relative to now, in an empty database only, with links that stay."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from accessibility.bookings import ArrangementState
from accessibility.claims import ClaimKind, ClaimState
from accessibility.needs import read_need
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.looking_after import looked_after, who_is_in
from service.actor import Role, system_actor
from service.demonstration.laying_out import NotEmpty, claim, lay_out
from service.demonstration.links import DemoLinks, demo_links
from service.demonstration.scenes import demonstration
from service.parts import Parts
from service.storage.arrangements import Arrangement
from service.storage.attendance import counts_of
from service.storage.base import Base, Db
from service.storage.claims import Claim
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.kit import Loan
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageState
from service.storage.needs import AccessRequest
from service.storage.organisations import Organisation
from service.storage.own_terms import AccessBudget
from service.storage.people import Person
from service.storage.side_rooms import SideRoom
from service.storage.staff import StaffRole
from service.storage.suppliers import Supplier
from service.storage.tasks import Task, TaskState
from service.vocabulary import vocabulary
from service.web.context import SERVERS
from tests.integration.conftest import Making, TestClock

URL = "http://localhost:8080"


async def laid_out(parts: Parts, now: datetime) -> DemoLinks:
    """Lay the demonstration out, and give its links."""
    async with parts.database.writing() as db:
        await claim(db)
        await lay_out(db, parts.keys, parts.sealer, now=now)
    return await links_of(parts)


async def links_of(parts: Parts) -> DemoLinks:
    """Give the links of a demonstration."""
    async with parts.database.reading() as db:
        return await demo_links(db, parts.keys, URL)


async def count(db: Db, *conditions: ColumnElement[bool], of: type[Base]) -> int:
    """Count rows."""
    query = select(func.count()).select_from(of)
    for condition in conditions:
        query = query.where(condition)
    return await db.scalar(query) or 0


def test_every_need_in_the_demonstration_is_one_of_the_vocabulary() -> None:
    for person in demonstration().people:
        for need in person.needs:
            read_need(vocabulary(), need.code, need.strength, need.params)


def test_nobody_in_the_demonstration_can_be_rung_or_written_to() -> None:
    for person in demonstration().people:
        assert person.email in ("", f"{person.email.partition('@')[0]}@example.org")
        for number in filter(None, (person.phone, person.through_contact)):
            assert number.startswith(("01632 960", "07700 900"))


async def test_the_demonstration_is_whole(parts: Parts, clock: TestClock) -> None:
    links = await laid_out(parts, clock.now())

    staff = ["admin", "operator", "director", "safeguarding", "coordinator", "facilitator"]
    assert staff == list(links.staff)
    assert ["phone", "online", "room"] == [each.way for each in links.invitations]
    soonest = min(starts for _id, starts in links.meetings if starts > clock.now())
    assert soonest - clock.now() <= timedelta(minutes=30)
    tomorrow = clock.now().date() + timedelta(days=1)
    assert tomorrow in {starts.date() for _id, starts in links.meetings}
    async with parts.database.reading() as db:
        assert 9 == await count(db, of=Organisation)
        states = set(await db.scalars(select(Meeting.state)))
        assert set(MeetingState) == states
        requests = set(await db.scalars(select(AccessRequest.state)))
        assert 8 <= len(requests)
        assert await count(db, Task.state == TaskState.OPEN, of=Task) > 0
        assert await count(db, Message.state == MessageState.WAITING, of=Message) > 0


async def test_one_team_of_interpreters_serves_two_and_one_request_is_late(
    parts: Parts, clock: TestClock
) -> None:
    await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        (team,) = await db.scalars(select(Arrangement))
        served = await count(db, AccessRequest.arrangement_id == team.id, of=AccessRequest)
        late = await count(
            db,
            AccessRequest.state == RequestState.ARRANGING,
            AccessRequest.act_by <= clock.now().date(),
            of=AccessRequest,
        )
        assert 2 == await count(db, of=Supplier)
        assert 1 == await count(db, of=AccessBudget)
    assert (ArrangementState.BOOKED, 2, 2) == (team.state, team.people, served)
    assert late >= 1


async def test_money_waits_at_the_door_and_a_phone_is_due_back(
    parts: Parts, clock: TestClock
) -> None:
    await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        claims = await db.scalars(select(Claim).options(joinedload(Claim.person)))
        stand = {(each.person.chosen_name, each.kind, each.state) for each in claims}
        (loan,) = await db.scalars(select(Loan).options(joinedload(Loan.person)))
        to_do = set(await db.scalars(select(Task.about).where(Task.state == TaskState.OPEN)))
    assert {
        ("Harjit", ClaimKind.TRAVEL, ClaimState.PAID),
        ("Harjit", ClaimKind.TRAVEL, ClaimState.AGREED),
        ("Tasha", ClaimKind.CHILDCARE, ClaimState.AGREED),
        ("Tasha", ClaimKind.CHILDCARE, ClaimState.ASKED),
    } == stand
    assert ("Alf", True) == (loan.person.chosen_name, loan.due_on < clock.now().date())
    assert {"claim_asked", "claim_cash", "kit_late"} <= to_do


async def test_the_seats_of_the_demonstration_are_those_its_people_hold(
    parts: Parts, clock: TestClock
) -> None:
    await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        taken = await db.execute(
            select(Offer.meeting_id, Offer.way, Offer.taken).where(Offer.taken > 0)
        )
        held = await db.execute(
            select(
                Invitation.meeting_id,
                Invitation.way,
                func.count() + func.sum(Invitation.supporters),
            )
            .join(Meeting)
            .where(Invitation.answer == Answer.YES, Meeting.state == MeetingState.PUBLISHED)
            .group_by(Invitation.meeting_id, Invitation.way)
        )
        cancelled = set(
            await db.scalars(select(Meeting.id).where(Meeting.state == MeetingState.CANCELLED))
        )
        kept = {(each.meeting_id, each.way): each.seats for each in await db.scalars(select(Hold))}
    seats = {(row[0], row[1]): row[2] for row in taken if row[0] not in cancelled}
    coming = {(row[0], row[1]): row[2] for row in held}
    assert seats == coming | {each: coming[each] + count for each, count in kept.items()}
    assert 1 == len(kept)
    assert {Way.ROOM, Way.ONLINE, Way.PHONE, Way.OUTDOORS} == {way for _id, way in seats}


async def test_the_traps_are_there(parts: Parts, clock: TestClock) -> None:
    await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        assert 2 == await count(db, Person.phone_key == "+441632960201", of=Person)
        assert 2 == await count(db, Person.email_key == "terry.and.val@example.org", of=Person)
        assert 2 == await count(db, Person.reference == "alf", of=Person)
        assert 1 == await count(db, Person.chosen_name.contains("'"), of=Person)
        assert 1 == await count(db, Person.chosen_name == "ليلى", of=Person)
        assert 1 == await count(db, Person.left_at.is_not(None), of=Person)
        supporter = await db.scalar(
            select(Invitation.supporter_name).where(Invitation.supporters > 0)
        )
        facilitators = await db.scalars(
            select(Person.chosen_name)
            .join(StaffRole, StaffRole.person_id == Person.id)
            .where(StaffRole.role == Role.FACILITATOR)
        )
    assert supporter in set(facilitators)


async def test_asked_again_it_gives_the_same_links_and_changes_nothing(
    parts: Parts, clock: TestClock
) -> None:
    first = await laid_out(parts, clock.now())

    again = await laid_out(parts, clock.now() + timedelta(days=1))

    assert first == again
    names = ["base_url", "staff", "invitations", "meetings", "calendar", "public_page", "rota"]
    assert [*names, "room", "phone"] == list(first.as_json())


async def test_people_are_in_todays_room_and_last_nights_are_counted(
    parts: Parts, clock: TestClock
) -> None:
    links = await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        today = await db.get_one(Meeting, UUID(links.room.split("/")[-2]))
        actor = system_actor(today.organisation_id)
        room = await looked_after(db, actor, today.id, now=clock.now())
        there = await who_is_in(db, actor, room, now=clock.now())
        past = await db.scalar(
            select(Meeting.id)
            .where(Meeting.settled_at.is_not(None))
            .order_by(Meeting.starts_at.desc())
        )
        assert past is not None
        came = await counts_of(db, past)
    assert 3 == len(there.presence.now())
    assert ["Farzana"] == list(there.hosts.values())
    assert {Way.ONLINE: 3, Way.PHONE: 1} == came


async def test_people_on_the_phone_have_a_table_and_joan_is_rung(
    parts: Parts, clock: TestClock
) -> None:
    await laid_out(parts, clock.now())

    async with parts.database.reading() as db:
        (table,) = await db.scalars(select(SideRoom))
        seated = await db.scalars(select(Invitation).where(Invitation.table_id == table.id))
        rung = await db.scalars(
            select(Person.chosen_name)
            .join(Invitation, Invitation.person_id == Person.id)
            .where(Invitation.ringer_id.is_not(None))
        )
        assert table.pin is not None
        assert 2 == len(seated.all())
        assert ["Joan", "Joan"] == list(rung)


async def test_a_pin_of_the_demonstration_lets_its_person_in(
    parts: Parts, server: TestServer, clock: TestClock
) -> None:
    links = await laid_out(parts, clock.now())
    await server.app[SERVERS].refresh()

    async with ClientSession() as client:
        response = await client.get(server.make_url(links.phone.mapper.removeprefix(URL)))
        answer = await response.json()

    assert links.phone.pin == str(answer["id"])
    assert answer["conference"].endswith("@muc.meet.jitsi")
    assert links.phone.number


async def test_a_real_installation_is_never_made_a_demonstration(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        await make.organisation()

    with pytest.raises(NotEmpty):
        async with parts.database.writing() as db:
            await claim(db)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 3, 28, 0, 50, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 50, tzinfo=UTC),
        datetime(2027, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    ],
)
async def test_it_can_be_laid_out_at_awkward_times(now: datetime, parts: Parts) -> None:
    links = await laid_out(parts, now)

    soon = min(starts for _id, starts in links.meetings if starts > now)
    assert soon - now <= timedelta(hours=2)


async def test_the_desk_of_the_demonstration_looks_like_a_healthy_day(
    parts: Parts, clock: TestClock
) -> None:
    now = clock.now()

    await laid_out(parts, now)

    async with parts.database.reading() as db:
        late = await count(db, Task.state == TaskState.OPEN, Task.due_at < now, of=Task)
        done = await count(db, Task.state == TaskState.DONE, of=Task)
        new = await count(db, AccessRequest.state == RequestState.SUBMITTED, of=AccessRequest)
        asked = await count(db, of=AccessRequest)
    assert 1 <= late <= 6
    assert late < done
    assert new * 5 < asked
