"""Being counted in each time: for the dates one has not answered, and for those made later."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.series.joining import Standing, count_in, stop_counting
from service.actions.series.making import make_more_dates
from service.actions.series.standing import Counted
from service.actions.series.starting import start_series
from service.actor import Actor, Role, system_actor
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import Invitation, guest_invitation
from service.storage.meetings import Offer
from service.storage.messages import Message, MessageState
from service.storage.series import series_by_id
from service.storage.series_guests import guest_of_series
from tests.integration.conftest import Making
from tests.integration.series_scene import Circle, all_sent, begun, dates_of, started
from tests.people import NOW, actor_for, guest_actor

LATER = NOW + timedelta(days=40)
ONLINE = Standing(Way.ONLINE)


async def invitations_of_guest(db: Db, circle: Circle, number: int = 0) -> list[Invitation]:
    """Read one guest's invitations, by date."""
    dates = await dates_of(db, circle.series_id)
    query = select(Invitation).where(Invitation.person_id == circle.guests[number].id)
    theirs = {each.meeting_id: each for each in await db.scalars(query)}
    return [theirs[each.id] for each in dates if each.id in theirs]


async def guest_at(db: Db, circle: Circle, date: int = 0, number: int = 0) -> Actor:
    """Act as one guest, by the link of one of the dates."""
    invitation = (await invitations_of_guest(db, circle, number))[date]
    return guest_actor(invitation, circle.guests[number].chosen_name)


async def taken_at(db: Db, meeting_id: UUID) -> list[int]:
    """Read how many seats are taken by each way of a date."""
    return list(await db.scalars(select(Offer.taken).where(Offer.meeting_id == meeting_id)))


async def test_a_guest_is_counted_in_at_every_date_they_have_not_answered(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        guest = await guest_at(make.db, circle, date=1)
        invitation = await guest_invitation(make.db, guest)
        await answer(make.db, guest, invitation, Reply(Answer.NO), now=NOW)

        counted = await count_in(
            make.db, guest, circle.series_id, circle.guests[0].id, ONLINE, now=NOW
        )

    async with parts.database.reading() as db:
        theirs = await invitations_of_guest(db, circle)
    assert Counted(yes=17, waiting=0, left=1) == counted
    assert Answer.NO is theirs[1].answer
    assert not theirs[1].is_standing
    assert {(Answer.YES, Way.ONLINE, True)} == {
        (each.answer, each.way, each.is_standing) for each in [theirs[0], *theirs[2:]]
    }


async def test_nothing_is_sent_of_dates_that_are_held(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await all_sent(make.db)
        guest = await guest_at(make.db, circle)
        await count_in(make.db, guest, circle.series_id, circle.guests[0].id, ONLINE, now=NOW)
        held = {each.id for each in await dates_of(make.db, circle.series_id) if each.is_held}
        waiting = select(Message.meeting_id).where(Message.state == MessageState.WAITING)

        assert held.isdisjoint(await make.db.scalars(waiting))


async def test_who_joins_first_has_the_place_at_new_dates_and_the_next_waits(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        series = await series_by_id(make.db, circle.facilitator, circle.series_id)
        series.limits = {"online": 1}
        await make.db.flush()
        await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=NOW)
        counted = []
        for number in (1, 0):
            guest = await guest_at(make.db, circle, number=number)
            person_id = circle.guests[number].id
            at = NOW + timedelta(minutes=5 - number)
            counted.append(
                await count_in(make.db, guest, circle.series_id, person_id, ONLINE, now=at)
            )

    async with parts.database.writing() as db:
        await make_more_dates(db, system_actor(circle.house.id), circle.issuer, now=LATER)
    async with parts.database.reading() as db:
        first = (await invitations_of_guest(db, circle, 1))[-1]
        second = (await invitations_of_guest(db, circle, 0))[-1]
    assert [Counted(yes=18), Counted(waiting=18)] == counted
    assert (Answer.YES, Answer.WAITING) == (first.answer, second.answer)
    assert first.is_standing
    assert second.is_standing


async def test_an_answer_for_one_date_stands_alone(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        person_id = circle.guests[0].id
        guest = await guest_at(make.db, circle)
        await count_in(make.db, guest, circle.series_id, person_id, ONLINE, now=NOW)
        invitation = await guest_invitation(make.db, guest)
        await answer(make.db, guest, invitation, Reply(Answer.YES, Way.PHONE), now=NOW)

        by_room = Standing(Way.ROOM, supporters=1, supporter_name="Sal")
        counted = await count_in(make.db, guest, circle.series_id, person_id, by_room, now=NOW)

    async with parts.database.reading() as db:
        theirs = await invitations_of_guest(db, circle)
    assert Counted(yes=17, waiting=0, left=1) == counted
    assert [Way.PHONE, *[Way.ROOM] * 17] == [each.way for each in theirs]
    assert [0, *[1] * 17] == [each.supporters for each in theirs]


async def test_who_stops_is_asked_date_by_date_and_their_places_are_free(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        person_id = circle.guests[0].id
        guest = await guest_at(make.db, circle)
        await count_in(make.db, guest, circle.series_id, person_id, ONLINE, now=NOW)
        invitation = await guest_invitation(make.db, guest)
        await answer(make.db, guest, invitation, Reply(Answer.YES, Way.PHONE), now=NOW)

        stopped = await stop_counting(make.db, guest, circle.series_id, person_id, now=NOW)
        again = await stop_counting(make.db, guest, circle.series_id, person_id, now=NOW)
        await make_more_dates(make.db, system_actor(circle.house.id), circle.issuer, now=LATER)

    async with parts.database.reading() as db:
        theirs = await invitations_of_guest(db, circle)
        last = (await dates_of(db, circle.series_id))[5]
        taken = await taken_at(db, last.id)
    assert (17, 0) == (stopped, again)
    assert [Answer.YES, *[Answer.UNANSWERED] * 19] == [each.answer for each in theirs]
    assert [0, 0, 0] == taken


async def test_a_coordinator_writes_down_what_somebody_said(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await started(make, parts)
        person_id = circle.guests[0].id
        await count_in(make.db, circle.coordinator, circle.series_id, person_id, ONLINE, now=NOW)
        place = await guest_of_series(make.db, circle.coordinator, circle.series_id, person_id)

        with pytest.raises(NotAllowed):
            await count_in(
                make.db, circle.facilitator, circle.series_id, person_id, ONLINE, now=NOW
            )

    assert (True, Way.ONLINE, NOW) == (place.is_every_time, place.way, place.joined_at)


async def test_nobody_counts_in_somebody_else_or_where_they_are_not_invited(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        guest = await guest_at(make.db, circle)
        stranger = await make.person(circle.house, "Stranger")
        elsewhere = await make.organisation("Elsewhere")
        dov = await make.staff(elsewhere, "Dov", Role.COORDINATOR)
        tries = [
            (guest, circle.guests[1].id),
            (circle.coordinator, stranger.id),
            (actor_for(elsewhere.id, dov, Role.COORDINATOR), circle.guests[0].id),
        ]
        for actor, person_id in tries:
            with pytest.raises(NotFound):
                await count_in(make.db, actor, circle.series_id, person_id, ONLINE, now=NOW)


@pytest.mark.parametrize(
    ("standing", "field"),
    [
        (Standing(None), "way"),
        (Standing(Way.OUTDOORS), "way"),
        (Standing(Way.ONLINE, supporters=3), "supporters"),
        (Standing(Way.ONLINE, 1, "x" * 201), "supporter_name"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    parts: Parts, making: Making, standing: Standing, field: str
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        guest = await guest_at(make.db, circle)
        with pytest.raises(Invalid) as refusal:
            await count_in(make.db, guest, circle.series_id, circle.guests[0].id, standing, now=NOW)

    assert {field} == set(refusal.value.fields)


async def test_nobody_is_counted_in_before_a_series_runs(parts: Parts, making: Making) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        with pytest.raises(Refused):
            await count_in(
                make.db,
                circle.coordinator,
                circle.series_id,
                circle.guests[0].id,
                ONLINE,
                now=NOW,
            )
