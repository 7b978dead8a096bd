"""Cash at the door: who sees the envelopes and when, ticked once, and asked about when nobody did."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from accessibility.claims import ClaimState, PayBy
from scheduling.answers import Answer
from service.actions.money.deciding import Agreement, agree_claim, refuse_claim
from service.actions.money.paying import chase_cash, hand_out, pay_claim
from service.actor import Actor, system_actor
from service.errors import Conflict, Refused
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import Message
from service.storage.tasks import Task
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.money_scene import Scene, lay_out

DAY = timedelta(days=1)


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> AsyncIterator[Scene]:
    """Give the scene."""
    yield await lay_out(making, parts, clock)


def on_the_day(scene: Scene) -> None:
    """Move the clock to the hour before the session."""
    assert scene.meeting.starts_at is not None
    scene.clock.at = scene.meeting.starts_at - timedelta(hours=1)


async def test_a_host_sees_names_and_sums_and_nothing_of_what_for(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id = await scene.agreed()
    on_the_day(scene)
    browser = await open_browser(scene.ada)

    await browser.get(f"/sessions/{scene.meeting.id}/cash")

    assert all(words in browser.page for words in ("Eve", "£4.20", "In all £4.20."))
    hidden = ("Getting there", "bus", "See you on Tuesday", "Fay", "Carers", "kiln.example.org")
    main = browser.page.split("<main")[1].split("</main>")[0]
    assert not [words for words in hidden if words in main]
    assert str(claim_id) in main


async def test_a_host_has_the_list_from_the_day_before_to_two_days_after(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.agreed()
    browser, page = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}/cash"
    starts_at, ends_at = scene.meeting.starts_at, scene.meeting.ends_at
    assert starts_at is not None
    assert ends_at is not None

    for at, status in (
        (starts_at - 2 * DAY, 403),
        (starts_at - DAY, 200),
        (ends_at + 2 * DAY, 200),
        (ends_at + 2 * DAY + timedelta(seconds=1), 403),
    ):
        scene.clock.at = at
        assert status == (await browser.get(page)).status
        await browser.get(f"/sessions/{scene.meeting.id}")
        assert (status == 200) is ("/cash" in browser.page)


async def test_nobody_else_sees_the_list(scene: Scene, open_browser: OpenBrowser) -> None:
    path = f"/sessions/{scene.meeting.id}/cash/{await scene.agreed()}"
    page = f"/sessions/{scene.meeting.id}/cash"
    on_the_day(scene)

    for who, status in ((scene.abe, 404), (scene.cleo, 403), (scene.dov, 404), (None, 303)):
        browser = await open_browser(who)
        assert status == (await browser.get(page)).status
        await browser.get("/sessions" if who else "/sign-in")
        assert status == (await browser.post(path)).status
    assert ClaimState.AGREED is (await scene.claim()).state


async def test_an_envelope_is_ticked_once(scene: Scene, open_browser: OpenBrowser) -> None:
    path = f"/sessions/{scene.meeting.id}/cash/{await scene.agreed()}"
    page = f"/sessions/{scene.meeting.id}/cash"
    on_the_day(scene)
    browser = await open_browser(scene.ada)

    assert 303 == (await browser.post(path, on=page)).status

    claim = await scene.claim()
    assert (ClaimState.PAID, scene.ada.id) == (claim.state, claim.paid_by)
    assert [] == await scene.open_tasks()
    await browser.get(page)
    assert "They have it" in browser.page
    assert 422 == (await browser.post(path, on="/sessions")).status
    assert "Something has happened to this in between." in browser.page


async def test_only_what_is_on_the_list_is_ticked_there(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id = await scene.agreed(PayBy.BEFORE)
    on_the_day(scene)
    browser, page = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}/cash"

    for id_ in (claim_id, UUID(int=7)):
        assert 404 == (await browser.post(f"{page}/{id_}", on="/sessions")).status

    await browser.get(page)
    assert "Who is handed money at the door of this session will stand here" in browser.page


async def test_who_does_not_come_any_more_is_not_on_the_list(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.agreed()
    async with scene.doing() as db:
        (await db.get_one(Invitation, scene.invitation.id)).answer = Answer.NO
    browser = await open_browser(scene.ben)

    await browser.get(f"/sessions/{scene.meeting.id}/cash")
    assert "Eve" not in browser.page
    await browser.get("/claims")
    assert "They are not coming, as things stand." in browser.page


async def test_envelopes_are_got_ready_by_one_task_for_all(scene: Scene) -> None:
    await scene.agreed()
    await scene.agreed()

    ready = [task for task in await scene.rows(Task) if task.about == "claim_cash"]
    assert 1 == len(ready)
    assert scene.meeting.starts_at is not None
    assert ready[0].due_at < scene.meeting.starts_at
    assert ready[0].person_id is None


async def test_cash_that_nobody_ticked_is_asked_about_once(scene: Scene) -> None:
    await scene.agreed()
    assert scene.meeting.ends_at is not None
    system = system_actor(scene.house.id)

    async def chased() -> int:
        async with scene.doing() as db:
            return await chase_cash(db, system, now=scene.clock.now())

    assert 0 == await chased()
    scene.clock.at = scene.meeting.ends_at
    assert [1, 0] == [await chased(), await chased()]
    assert ["claim_cash", "claim_left"] == await scene.open_tasks()
    async with scene.doing() as db:
        await pay_claim(db, scene.desk, (await scene.claim()).id, now=scene.clock.now())
    assert [] == await scene.open_tasks()


async def in_turn(scene: Scene, claim_id: UUID, actor: Actor) -> str:
    """Tick an envelope in a transaction of its own, and say what came of it."""
    try:
        async with scene.doing() as db:
            await hand_out(db, actor, scene.meeting.id, claim_id, now=scene.clock.now())
    except (Refused, Conflict):
        return "too late"
    return "ticked"


async def test_two_who_tick_at_once_tick_one_envelope(scene: Scene) -> None:
    claim_id = await scene.agreed()
    on_the_day(scene)

    came = await asyncio.gather(
        *(in_turn(scene, claim_id, actor) for actor in (scene.host, scene.desk) * 3)
    )

    assert ["ticked"] == [each for each in came if each == "ticked"]
    moves = [line for line in await scene.audit() if line == "claim.moved"]
    assert 2 == len(moves)


async def test_a_yes_and_a_no_at_once_leave_one_of_them(scene: Scene) -> None:
    claim_id = await scene.asks()

    async def agree() -> str:
        async with scene.doing() as db:
            agreement = Agreement(420, PayBy.BEFORE)
            await agree_claim(db, scene.desk, claim_id, agreement, now=scene.clock.now())
        return "agreed"

    async def refuse() -> str:
        async with scene.doing() as db:
            await refuse_claim(db, scene.desk, claim_id, "Sorry.", now=scene.clock.now())
        return "refused"

    came = await asyncio.gather(agree(), refuse(), return_exceptions=True)

    claim = await scene.claim()
    done = [each for each in came if isinstance(each, str)]
    # A no that came first may still become a yes; a yes never becomes a no.
    assert claim.state.value == ("agreed" if "agreed" in done else "refused")
    assert len(done) == len(await scene.rows(Message))
    assert all(isinstance(each, str | Refused | Conflict) for each in came)
