"""Two people who must not meet: never booked into one session, and neither learns why."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.actions.apart import end_apart, keep_apart
from service.actions.waiting import pass_on_places
from service.actor import Role, system_actor
from service.errors import NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.apart import KeptApart
from service.storage.holds import Hold
from service.storage.people import Person
from service.storage.tasks import TaskKind
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.scenes import NO, YES_BY_PHONE, YES_IN_ROOM, Scene, SetScene, set_scene
from tests.people import Make, actor_for

MAYBE = Reply(Answer.MAYBE, Way.PHONE)
WAITS = Reply(Answer.WAITING, Way.ROOM)
OFFERS: dict[Way, int | None] = {Way.PHONE: None, Way.ROOM: 2}


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def apart(scene: Scene, one: str, other: str) -> None:
    """Let the coordinator write down that two guests must not meet."""
    async with scene.parts.database.writing() as db:
        ids = scene.guests[one].person_id, scene.guests[other].person_id
        await keep_apart(db, scene.desk, *ids, now=scene.now)


@pytest.fixture
async def scene(scene_of: SetScene) -> Scene:
    """Kay and Sam must not meet; Tess has nothing to do with it."""
    scene = await scene_of("Kay", "Sam", "Tess", offers=OFFERS)
    await apart(scene, "Kay", "Sam")
    return scene


@pytest.mark.parametrize(("first", "second"), [("Kay", "Sam"), ("Sam", "Kay")])
@pytest.mark.parametrize("reply", [YES_BY_PHONE, YES_IN_ROOM, MAYBE])
async def test_who_answers_second_finds_it_full(
    first: str, second: str, reply: Reply, scene: Scene
) -> None:
    assert Answer.YES is await scene.says(first, YES_IN_ROOM)

    with pytest.raises(Refused, match="way-full"):
        await scene.says(second, reply)

    assert Answer.UNANSWERED is (await scene.look(second)).answer
    assert {Way.ROOM: 1} == await scene.taken()
    assert Answer.YES is await scene.says("Tess", YES_IN_ROOM)


async def test_the_first_may_change_their_answer_and_no_lets_the_second_in(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)

    assert Answer.YES is await scene.says("Kay", YES_BY_PHONE)
    assert Answer.NO is await scene.says("Sam", NO)
    await scene.says("Kay", NO)

    assert Answer.YES is await scene.says("Sam", YES_IN_ROOM)


async def test_of_two_who_answer_at_once_one_is_second(scene: Scene) -> None:
    came = await asyncio.gather(
        scene.says("Kay", YES_BY_PHONE), scene.says("Sam", YES_IN_ROOM), return_exceptions=True
    )

    assert 1 == sum(each is Answer.YES for each in came)
    assert 1 == sum(isinstance(each, Refused) for each in came)


async def test_they_may_wait_and_are_passed_over_as_long_as_the_other_comes(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    await scene.says("Tess", YES_IN_ROOM)

    assert Answer.WAITING is await scene.says("Sam", WAITS)
    await scene.says("Tess", NO)

    assert [] == await waiting_for(scene)
    await scene.says("Kay", NO)
    assert [scene.guests["Sam"].id] == await waiting_for(scene)


async def test_nobody_waits_behind_somebody_who_is_passed_over(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    await scene.says("Sam", WAITS)

    assert Answer.YES is await scene.says("Tess", YES_IN_ROOM)


async def test_a_place_that_is_kept_counts_as_coming(scene: Scene) -> None:
    await scene.says("Tess", Reply(Answer.YES, Way.ROOM, supporters=1))
    await scene.says("Sam", WAITS)
    await scene.says("Tess", NO)
    assert [scene.guests["Sam"].id] == await waiting_for(scene)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Kay", YES_BY_PHONE)


async def test_a_timer_promotes_nobody_who_would_meet_them(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    await scene.says("Sam", WAITS)

    async with scene.parts.database.writing() as db:
        await pass_on_places(db, system_actor(scene.organisation.id), now=scene.now)

    assert [] == await waiting_for(scene)


@pytest.mark.parametrize("words", ["Sam", "my friend SAM.", "Sám"])
async def test_a_third_person_cannot_bring_one_as_a_supporter(words: str, scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    await scene.says("Tess", YES_BY_PHONE)
    brings = Reply(Answer.YES, Way.PHONE, supporters=1, supporter_name=words)

    with pytest.raises(Refused, match="no-room-for-more"):
        await scene.says("Tess", brings)

    assert 0 == (await scene.look("Tess")).supporters


async def test_who_answers_after_the_supporter_finds_it_full(scene: Scene) -> None:
    brings = Reply(Answer.YES, Way.ROOM, supporters=1, supporter_name="Sam, my cousin")
    assert Answer.YES is await scene.says("Tess", brings)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Kay", YES_BY_PHONE)


async def test_they_cannot_bring_each_other(scene: Scene) -> None:
    with pytest.raises(Refused, match="way-full"):
        await scene.says("Kay", Reply(Answer.YES, Way.ROOM, supporters=1, supporter_name="Sam"))


async def test_one_who_hosts_keeps_the_other_out(scene_of: SetScene, making: Making) -> None:
    scene = await scene_of("Kay", offers=OFFERS)
    async with making() as make:
        await pair(make, scene, scene.host)

    with pytest.raises(Refused, match="way-full"):
        await scene.says("Kay", YES_BY_PHONE)


async def test_the_desk_is_sent_to_the_coordinator(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)

    with pytest.raises(Refused, match="ask-first"):
        await scene.desk_says("Sam", YES_IN_ROOM)


async def test_the_coordinator_is_asked_once_to_find_something_else(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    browser, link = await open_browser(), scene.links["Sam"]

    for _ in range(2):
        await browser.post(f"{link}/answer", on=link, answer="yes", way="phone")

    about = [task for task in await scene.tasks() if task.about == "turned_away"]
    assert [(TaskKind.KEEP_APART, scene.guests["Sam"].person_id)] == [
        (task.kind, task.person_id) for task in about
    ]


async def test_their_page_looks_like_that_of_a_full_session(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.says("Kay", YES_BY_PHONE)
    browser, link = await open_browser(), scene.links["Sam"]

    await browser.get(link)
    assert "Full" in browser.page
    assert "Kay" not in browser.page
    response = await browser.post(f"{link}/answer", on=link, answer="yes", way="phone")
    assert (303, f"{link}/waiting/phone") == (response.status, response.headers["Location"])
    response = await browser.get(f"{link}/waiting/phone")

    assert 200 == response.status
    assert "Kay" not in browser.page
    assert "meet" not in browser.page.casefold()


async def test_a_list_with_both_waits_for_a_coordinator(scene: Scene, making: Making) -> None:
    tasks = [task for task in await scene.tasks() if task.kind is TaskKind.KEEP_APART]

    assert [scene.meeting.id] == [task.meeting_id for task in tasks]


async def test_they_may_meet_again(scene: Scene) -> None:
    await scene.says("Kay", YES_IN_ROOM)
    async with scene.parts.database.writing() as db:
        sam, kay = scene.guests["Sam"].person_id, scene.guests["Kay"].person_id
        await end_apart(db, scene.desk, sam, kay, now=scene.now)

    assert Answer.YES is await scene.says("Sam", YES_IN_ROOM)


async def test_a_pair_is_written_once_whoever_is_named_first(scene: Scene) -> None:
    await apart(scene, "Sam", "Kay")
    async with scene.parts.database.reading() as db:
        assert 1 == await db.scalar(select(func.count()).select_from(KeptApart))


async def test_only_their_own_coordinator_may_know(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        kay = await make.db.get_one(Person, scene.guests["Kay"].person_id)
        other = await make.staff(scene.organisation, "Callum", Role.COORDINATOR)
        lead = await make.staff(scene.organisation, "Farzana", Role.FACILITATOR)
        kay.coordinator_id = scene.coordinator.id
    path = f"/people/{kay.id}/apart"

    own, cover, nobody = await open_browser(scene.coordinator), await open_browser(other), None
    assert 200 == (await own.get(path)).status
    assert "Sam" in own.page
    assert 403 == (await cover.get(path)).status
    assert "Sam" not in cover.page
    assert 403 == (await (await open_browser(lead)).get(path)).status
    nobody = await (await open_browser()).get(path)
    assert (303, True) == (nobody.status, "/sign-in" in nobody.headers["Location"])
    actor = actor_for(scene.organisation.id, other, Role.COORDINATOR)
    async with scene.parts.database.writing() as db:
        with pytest.raises(NotAllowed):
            await end_apart(db, actor, kay.id, scene.guests["Sam"].person_id, now=scene.now)


async def test_a_pair_is_kept_and_ended_on_the_page(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(scene.coordinator)
    tess, kay = scene.guests["Tess"].person_id, scene.guests["Kay"].person_id
    path = f"/people/{tess}/apart"

    await browser.get(f"{path}?q=Kay")
    response = await browser.post(path, other=kay)
    assert (303, f"{path}?done=apart-kept") == (response.status, response.headers["Location"])
    await browser.get(path)
    assert "Kay" in browser.page
    await browser.post(f"{path}/{kay}/end")
    await browser.get(path)

    assert "Nobody is written down yet" in browser.page


async def test_nobody_is_kept_apart_from_themselves_or_from_other_organisations(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        stranger = await make.person(await make.organisation("Other"), "Zed")
    kay = scene.guests["Kay"].person_id

    async with scene.parts.database.writing() as db:
        with pytest.raises(Refused, match="apart-from-oneself"):
            await keep_apart(db, scene.desk, kay, kay, now=scene.now)
        with pytest.raises(NotFound):
            await keep_apart(db, scene.desk, kay, stranger.id, now=scene.now)
    browser = await open_browser(scene.coordinator)
    assert 404 == (await browser.get(f"/people/{stranger.id}/apart")).status


async def waiting_for(scene: Scene) -> list[Any]:
    """Give the invitations for which a place is kept."""
    async with scene.parts.database.reading() as db:
        query = select(Hold.invitation_id).where(Hold.ended_at.is_(None))
        return list(await db.scalars(query))


async def pair(make: Make, scene: Scene, other: Person) -> None:
    """Write down that Kay and somebody on the staff must not meet."""
    first, second = sorted((scene.guests["Kay"].person_id, other.id))
    make.db.add(
        KeptApart(
            organisation_id=scene.organisation.id,
            first_id=first,
            second_id=second,
            created_at=make.now,
        )
    )
