"""A place that is kept for somebody, on pages: theirs, the session's, and what each reader may know."""

from datetime import timedelta
from functools import partial

import pytest

from scheduling.answers import Answer
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.composer import Composer
from service.actions.composing import compose
from service.actions.waiting import pass_on_places
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.holds import Hold
from service.storage.messages import MessageKind
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import rows
from tests.integration.scenes import NO, YES_IN_ROOM, Scene, answered, set_scene

KEPT = "A place is free for you in the room."
OVER = "We kept a place for you until 10am on Thursday 14 January."


@pytest.fixture
async def scene(parts: Parts, making: Making) -> Scene:
    """Make a session in which a place was given back: Dov is offered it, Eve is next."""
    offers: dict[Way, int | None] = {Way.ROOM: 1, Way.PHONE: None}
    scene = await set_scene(parts, making, "Cleo", "Dov", "Eve", offers=offers)
    async with making() as make:
        await answered(make, scene.guests["Cleo"], Answer.YES, Way.ROOM)
        await answered(make, scene.guests["Dov"], Answer.WAITING, Way.ROOM, since=timedelta(2))
        await answered(make, scene.guests["Eve"], Answer.WAITING, Way.ROOM, since=timedelta(1))
    await scene.says("Cleo", NO, at=scene.now + timedelta(minutes=1))
    return scene


@pytest.fixture
async def dov(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the page of the one who is offered the place."""
    browser = await open_browser()
    await browser.get(scene.links["Dov"])
    return browser


async def run_out(scene: Scene, clock: TestClock) -> None:
    """Let the time of the first place run out, after the mail has gone."""
    async with scene.parts.database.writing() as db:
        for message in await scene.messages():
            (await db.merge(message)).state = type(message.state).SENT
    clock.move(timedelta(days=2, hours=1))
    async with scene.parts.database.writing() as db:
        await pass_on_places(db, system_actor(scene.organisation.id), now=clock.now())


async def test_the_page_offers_the_place_first_and_one_press_takes_it(
    scene: Scene, dov: Browser
) -> None:
    assert KEPT in dov.page
    assert "We keep it for you until 10am on Thursday 14 January." in dov.page
    assert 1 == dov.page.count("filled")
    for _ in range(2):
        response = await dov.post(f"{scene.links['Dov']}/place", place="take")
        assert (303, scene.links["Dov"]) == (response.status, response.headers["Location"])

    await dov.get(scene.links["Dov"])

    assert "We have your answer: yes, in the room." in dov.page
    assert KEPT not in dov.page
    assert {Way.ROOM: 1} == await scene.taken()


@pytest.mark.parametrize(
    ("pressed", "stated"),
    [("no", "you can’t come"), ("stay", "You are on the waiting list to join in the room.")],
)
async def test_who_does_not_want_the_place_gives_it_to_the_next(
    scene: Scene, dov: Browser, open_browser: OpenBrowser, pressed: str, stated: str
) -> None:
    eve = await open_browser()

    await dov.post(f"{scene.links['Dov']}/place", place=pressed)
    await dov.get(scene.links["Dov"])
    await eve.get(scene.links["Eve"])

    assert stated in dov.page
    assert KEPT in eve.page


async def test_who_comes_too_late_reads_what_happened_and_where_they_are(
    scene: Scene, dov: Browser, clock: TestClock
) -> None:
    await run_out(scene, clock)

    for pressed in ("take", "stay"):
        response = await dov.post(f"{scene.links['Dov']}/place", place=pressed)
        assert f"{scene.links['Dov']}/place" == response.headers["Location"]
    await dov.get(f"{scene.links['Dov']}/place")

    assert OVER in dov.page
    assert "You are on the waiting list to join in the room." in dov.page
    assert "One person is before you." in dov.page
    assert Answer.WAITING is (await scene.look("Dov")).answer


async def test_who_comes_late_but_before_anybody_else_still_has_the_place(
    scene: Scene, dov: Browser, clock: TestClock
) -> None:
    clock.move(timedelta(days=2, hours=1))

    await dov.post(f"{scene.links['Dov']}/place", place="take")

    assert Answer.YES is (await scene.look("Dov")).answer


async def test_a_page_about_a_place_is_there_only_once_one_was_kept(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    for name in ("Cleo", "Dov"):
        response = await browser.get(f"{scene.links[name]}/place")
        assert (303, scene.links[name]) == (response.status, response.headers["Location"])


async def test_a_wrong_link_or_press_changes_nothing(scene: Scene, dov: Browser) -> None:
    statuses = [
        (await dov.post(f"{scene.links['Dov']}/place", place="maybe")).status,
        (await dov.post(f"{scene.links['Dov']}/place")).status,
        (await dov.post("/i/bcdf-ghjk-mnpq/place", place="take")).status,
    ]

    assert [422, 422, 404] == statuses
    assert [HoldState.OFFERED] == [each.state for each in await rows(scene.parts, Hold)]


async def test_somebody_else_who_waits_is_told_the_room_is_full(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    eve = await open_browser()

    response = await eve.post(
        f"{scene.links['Eve']}/answer", on=scene.links["Eve"], answer="yes", way="room"
    )

    assert KEPT not in eve.page
    assert 303 == response.status
    assert Answer.WAITING is (await scene.look("Eve")).answer


async def test_coordinators_see_who_waits_and_facilitators_only_how_many(
    scene: Scene, open_browser: OpenBrowser, making: Making
) -> None:
    async with making() as make:
        ben = await make.staff(scene.organisation, "Cy", Role.COORDINATOR)
        ada = await make.staff(scene.organisation, "Al", Role.FACILITATOR)
        meeting = await make.db.get(type(scene.meeting), scene.meeting.id)
        assert meeting is not None
        meeting.lead_id = ada.id
    page = f"/sessions/{scene.meeting.id}"
    coordinator, facilitator = await open_browser(ben), await open_browser(ada)

    await coordinator.get(page)
    assert "A place is kept for them until 10am on Thursday 14 January" in coordinator.page
    line = coordinator.page.partition("Waiting list")[2]
    assert line.index("<bdi>Dov</bdi>") < line.index("<bdi>Eve</bdi>")
    assert f"/desk/{scene.guests['Eve'].id}" in coordinator.page
    for shown in (page, f"{page}/people", f"{page}/people?q=Dov"):
        assert 200 == (await facilitator.get(shown)).status
        assert "<bdi>Cleo</bdi>" in facilitator.page
        assert "<bdi>Dov</bdi>" not in facilitator.page
        assert "<bdi>Eve</bdi>" not in facilitator.page
    await facilitator.get(page)

    assert "2 waiting" in facilitator.page
    assert "1 person can have a place in the room, and may take it or leave it." in facilitator.page


async def test_the_letter_says_until_when_and_is_not_sent_once_the_place_has_gone(
    scene: Scene, clock: TestClock
) -> None:
    (message,) = [each for each in await scene.messages() if each.kind is MessageKind.PLACE_OFFERED]
    composer = Composer(scene.parts.keys, "https://kiln.example.org", "hello@kiln.example.org")
    composed = partial(compose, composer)

    async with scene.parts.database.reading() as db:
        letter = await composed(db, message, clock.now())
    assert "There is a place for you now in the room." in letter.text
    assert "We keep it for you until 10am on Thursday 14 January." in letter.text
    assert letter.calendar is None
    await scene.says("Dov", YES_IN_ROOM)

    async with scene.parts.database.reading() as db:
        with pytest.raises(Exception, match="offer-ended"):
            await composed(db, message, clock.now())


async def test_the_desk_sees_that_a_place_is_kept_and_gives_it(
    scene: Scene, open_browser: OpenBrowser, making: Making
) -> None:
    async with making() as make:
        coordinator = await make.staff(scene.organisation, "Cy", Role.COORDINATOR)
    desk, path = await open_browser(coordinator), f"/desk/{scene.guests['Dov'].id}"

    await desk.get(path)
    assert "A place is kept for them until <b>10am on Thursday 14 January</b>" in desk.page
    response = await desk.post(path, answer="yes", way="room", supporters=0, how="phone")

    assert 303 == response.status
    assert Answer.YES is (await scene.look("Dov")).answer
    assert [HoldState.TAKEN] == [each.state for each in await rows(scene.parts, Hold)]
