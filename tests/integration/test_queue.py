"""The queue over all sessions: its order, what it is narrowed to, its pages, and what it asks the database."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.dating import date_requests
from service.actions.setting_up import change_organisation, details_of
from service.actor import Role, system_actor
from service.identifiers import new_id
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest, Need
from service.storage.organisations import Organisation
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, LANGUAGE, LIPS, Scene, lay_out
from tests.integration.test_page_budgets import counting
from tests.people import actor_for

MOST_QUERIES = 6
LINK = re.compile(r'href="/requests/([0-9a-f-]{36})"')


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest needs two interpreters."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL, LANGUAGE, LIPS)
    return scene


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the coordinator's browser."""
    return await open_browser(scene.ben)


async def fill(scene: Scene, making: Making, sessions: int) -> Sequence[UUID]:
    """Make sessions, a week apart, for each of which somebody needs an interpreter; gives the requests."""
    async with making() as make:
        kind = await make.kind(scene.house)
        need = (await scene.needs())[LANGUAGE.code]
        made: list[dict[str, Any]] = []
        for week in range(sessions):
            starts_in = timedelta(weeks=week + 3)
            meeting = await make.meeting(
                scene.house, kind, hosts=[scene.ada], starts_in=starts_in, offers={Way.ONLINE: 9}
            )
            invitation = await make.invitation(
                meeting, scene.eve, answer=Answer.YES, way=Way.ONLINE
            )
            made.append(
                {
                    "id": new_id(),
                    "organisation_id": scene.house.id,
                    "person_id": scene.eve.id,
                    "meeting_id": meeting.id,
                    "invitation_id": invitation.id,
                    "need_id": need.id,
                    "code": LANGUAGE.code,
                    "strength": need.strength,
                    "created_at": scene.now,
                }
            )
        await make.db.execute(insert(AccessRequest), made)
        await date_requests(make.db, system_actor(scene.house.id), now=scene.now)
    return [each["id"] for each in made]


async def listed(ben: Browser, path: str) -> list[UUID]:
    """Give the requests a page of the queue lists, in their order."""
    assert 200 == (await ben.get(path)).status
    return [UUID(each) for each in LINK.findall(ben.page)]


async def test_the_queue_is_in_the_order_of_slack_on_pages(
    scene: Scene, making: Making, ben: Browser
) -> None:
    first = [(await scene.request(code)).id for code in (BSL.code, LANGUAGE.code)]
    expected = [*first, *await fill(scene, making, 30)]

    assert expected[:25] == await listed(ben, "/requests")
    assert "/requests?page=2" in ben.page
    assert expected[25:] == await listed(ben, "/requests?page=2")
    assert ">Next<" not in ben.page
    assert [] == await listed(ben, "/requests?page=3")


async def test_the_queue_can_be_put_in_other_orders(
    scene: Scene, making: Making, ben: Browser
) -> None:
    signs, language = (await scene.request()).id, (await scene.request(LANGUAGE.code)).id
    (last,) = await fill(scene, making, 1)
    async with scene.doing() as db:
        own = update(AccessRequest).where(AccessRequest.id == last)
        await db.execute(own.values(owner_id=scene.ben.id, next_step_on=date(2027, 1, 13)))
        bos = update(AccessRequest).where(AccessRequest.id == language)
        await db.execute(bos.values(owner_id=scene.bo.id, next_step_on=date(2027, 1, 14)))

    assert [signs, language, last] == await listed(ben, "/requests?sort=session")
    assert [last, language, signs] == await listed(ben, "/requests?sort=next")
    assert [signs, last, language] == await listed(ben, "/requests?sort=owner")


async def test_each_session_has_a_line(scene: Scene, making: Making, ben: Browser) -> None:
    (last,) = await fill(scene, making, 1)
    for code, state in (
        (BSL.code, RequestState.ALTERNATIVE_OFFERED),
        (LANGUAGE.code, RequestState.CONFIRMED),
    ):
        async with scene.doing() as db:
            mine = update(AccessRequest).where(
                AccessRequest.code == code, AccessRequest.meeting_id == scene.meeting.id
            )
            await db.execute(mine.values(state=state))

    await ben.get("/requests")
    assert "1 of 3 arranged, 1 alternative." in ben.page
    assert "1 of 2 arranged, 1 alternative" in ben.page
    scene.clock.move(timedelta(days=3))
    await ben.get("/requests")
    assert "0 of 1 arranged, 1 amber" in ben.page
    assert "Amber: 2 days" in ben.page
    assert last in await listed(ben, "/requests?pressing=amber")
    assert last not in await listed(ben, "/requests?pressing=red")


@pytest.mark.parametrize("query", ["page=0", "page=nonsense", "sort=price", "waiting=godot"])
async def test_nonsense_in_the_address_is_refused(query: str, scene: Scene, ben: Browser) -> None:
    assert 422 == (await ben.get(f"/requests?{query}")).status


async def test_the_queue_asks_the_database_as_often_whatever_the_number(
    scene: Scene, making: Making, ben: Browser
) -> None:
    await ben.get("/requests")
    counts = []
    for more in (0, 40):
        await fill(scene, making, more) if more else None
        with counting() as asked:
            await ben.get("/requests")
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


async def test_every_filter_keeps_to_the_budget(scene: Scene, ben: Browser) -> None:
    for query in (
        "owner=mine", "pressing=red", f"session={scene.meeting.id}", "term=PRO-BSL",
        "state=submitted", "waiting=us", "waiting=director", "sort=owner",
    ):  # fmt: skip
        with counting() as asked:
            await ben.get(f"/requests?{query}")
        assert len(asked) <= MOST_QUERIES, query


async def test_the_last_day_to_act_is_kept_and_follows_the_region(
    scene: Scene, making: Making
) -> None:
    (last,) = await fill(scene, making, 1)
    async with scene.doing() as db:
        meeting_id = select(AccessRequest.meeting_id).where(AccessRequest.id == last)
        meeting = await db.get_one(Meeting, await db.scalar(meeting_id))
        assert meeting.starts_at and meeting.ends_at
        later = timedelta(days=68)
        meeting.starts_at, meeting.ends_at = meeting.starts_at + later, meeting.ends_at + later
        await date_requests(db, system_actor(scene.house.id), now=scene.now, all_of_them=True)
    # On Monday 12 April 2027: ten working days before, without Good Friday and, in England, Easter Monday.
    assert date(2027, 3, 25) == await act_by(scene, last)

    async with scene.doing() as db:
        house = await db.get_one(Organisation, scene.house.id)
        admin = actor_for(house.id, scene.ben, Role.ADMIN)
        details = details_of(house)
        given = {name: getattr(details, name) for name in details.__dataclass_fields__}
        scotland = type(details)(**given | {"region": "GB-SCT"})
        await change_organisation(db, admin, scotland, now=scene.now)

    assert date(2027, 3, 29) == await act_by(scene, last)


async def act_by(scene: Scene, request_id: UUID) -> date:
    """Give the last day for the usual notice."""
    async with scene.parts.database.reading() as db:
        found = (await db.get_one(AccessRequest, request_id)).act_by
    assert found is not None
    return found


async def test_requests_from_before_get_their_day_once(scene: Scene) -> None:
    system, counts = system_actor(scene.house.id), []
    async with scene.doing() as db:
        await date_requests(db, system, now=scene.now)
        await db.execute(update(AccessRequest).values(act_by=None))
    for _ in range(2):
        async with scene.doing() as db:
            counts.append(await date_requests(db, system, now=scene.now))

    assert [2, 0] == counts
    assert all(each.act_by is not None for each in await scene.rows(AccessRequest))


async def test_somebody_who_rang_is_found_and_their_needs_written_down(
    scene: Scene, ben: Browser, open_browser: OpenBrowser
) -> None:
    await ben.get("/requests/add")
    assert "Eve" not in ben.page
    await ben.get("/requests/add?q=ev")
    assert f'href="/people/{scene.eve.id}/needs/tell"' in ben.page
    await ben.get("/requests/add?q=nobody+at+all")
    assert "Nobody here fits." in ben.page
    for person, status in ((scene.ada, 403), (scene.cleo, 403), (None, 303)):
        browser = await open_browser(person)
        assert status == (await browser.get("/requests/add")).status
    assert 1 == len(await scene.rows(Need)) - 2
