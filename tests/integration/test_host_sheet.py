"""The host sheet on the day: what hosts tick, and what it says about the requests behind a line."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from accessibility.consent import Purpose
from accessibility.requests import RequestState
from service.actions.consenting import take_back_consent
from service.actions.host_sheet import tick
from service.actor import Actor, Role
from service.errors import Invalid, NotAllowed, Refused
from service.parts import Parts
from service.storage.host_ticks import HostTick
from service.storage.tasks import TaskKind
from service.vocabulary import vocabulary
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, Scene, lay_out
from tests.people import actor_for

ON_THE_DAY = timedelta(hours=3)
#: A line that every session keeps.
BASELINE = "NEU-BREAKS:1"


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Eve asked for an interpreter and agreed to the plan; it is the morning of the day."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL)
    await scene.put(BSL.code, RequestState.CONFIRMED)
    assert scene.meeting.starts_at is not None
    scene.clock.at = scene.meeting.starts_at - ON_THE_DAY
    return scene


@pytest.fixture
async def ada(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the facilitator's browser."""
    return await open_browser(scene.ada)


def facilitator(scene: Scene) -> Actor:
    """Give Ada."""
    return actor_for(scene.house.id, scene.ada, Role.FACILITATOR)


def marks(*, are_done: bool = True) -> Mapping[str, bool]:
    """Say of every line about the interpreter how it went."""
    lines = vocabulary().term(BSL.code).action_lines
    return {f"{BSL.code}:{number}": are_done for number in range(1, len(lines) + 1)}


def fields(said: Mapping[str, bool]) -> dict[str, str]:
    """Give it as the form sends it."""
    return {f"line-{mark}": "done" if is_done else "not-done" for mark, is_done in said.items()}


async def ticked(scene: Scene, said: Mapping[str, bool], note: str = "") -> None:
    """Let Ada say how it went."""
    async with scene.doing() as db:
        await tick(db, facilitator(scene), scene.meeting.id, said, note, now=scene.now)


def after_the_end(scene: Scene) -> None:
    """Let the session be over."""
    assert scene.meeting.ends_at is not None
    scene.clock.at = scene.meeting.ends_at + timedelta(minutes=1)


async def test_what_is_ticked_stays_ticked(scene: Scene, ada: Browser) -> None:
    sheet = f"/sessions/{scene.meeting.id}/help"

    response = await ada.post(sheet, on=sheet, **fields({**marks(), BASELINE: False}))

    assert (303, f"{sheet}?done=sheet-ticked") == (response.status, response.headers["Location"])
    await ada.get(sheet)
    assert len(marks()) == ada.page.count('value="done" checked')
    assert 1 == ada.page.count('value="not-done" checked')
    await ada.post(sheet, **fields({BASELINE: True}))
    rows = {row.line: row.is_done for row in await scene.rows(HostTick)}
    assert {**marks(), BASELINE: True} == rows


async def test_a_tick_on_the_day_takes_the_request_there(scene: Scene) -> None:
    await ticked(scene, marks())

    assert RequestState.ON_THE_DAY is (await scene.request()).state


async def test_a_part_of_the_lines_says_nothing_yet(scene: Scene) -> None:
    await ticked(scene, dict(list(marks().items())[:1]))

    assert RequestState.CONFIRMED is (await scene.request()).state


async def test_done_after_the_end_means_met(scene: Scene) -> None:
    await ticked(scene, marks())
    after_the_end(scene)

    await ticked(scene, marks())

    assert RequestState.MET is (await scene.request()).state
    assert [] == await scene.open_tasks(TaskKind.DECIDE)


async def test_not_done_raises_an_apology_and_keeps_the_note(scene: Scene) -> None:
    after_the_end(scene)

    await ticked(scene, marks(are_done=False), "The bus broke down")

    assert RequestState.NOT_DELIVERED is (await scene.request()).state
    assert ["request_not_delivered"] == [
        task.about for task in await scene.open_tasks(TaskKind.DECIDE)
    ]


async def test_what_the_person_said_is_not_changed_by_a_host(scene: Scene) -> None:
    await scene.put(BSL.code, RequestState.PARTLY_MET)
    after_the_end(scene)

    await ticked(scene, marks())

    assert RequestState.PARTLY_MET is (await scene.request()).state


async def test_who_shares_nothing_is_not_touched(scene: Scene) -> None:
    async with scene.doing() as db:
        await take_back_consent(db, scene.guest, scene.eve.id, Purpose.SHARE_ACTIONS, now=scene.now)

    with pytest.raises(Invalid):
        await ticked(scene, marks())

    assert RequestState.CONFIRMED is (await scene.request()).state


@pytest.mark.parametrize("when", ["the day before", "three days after"])
async def test_nothing_is_ticked_before_the_day_or_after_two_days(
    when: str, scene: Scene, ada: Browser
) -> None:
    assert scene.meeting.starts_at is not None and scene.meeting.ends_at is not None
    early, late = scene.meeting.starts_at - timedelta(days=1), scene.meeting.ends_at
    scene.clock.at = early if when == "the day before" else late + timedelta(days=3)
    sheet = f"/sessions/{scene.meeting.id}/help"

    await ada.get(sheet)
    assert "not-done" not in ada.page
    with pytest.raises(Refused, match="sheet-not-open"):
        await ticked(scene, marks())


async def test_a_line_that_is_not_there_changes_nothing(scene: Scene, ada: Browser) -> None:
    sheet = f"/sessions/{scene.meeting.id}/help"

    for bad in ({"line-SAF-APART:1": "done"}, {f"line-{BASELINE}": "perhaps"}):
        response = await ada.post(sheet, on=sheet, **bad, note="It rained")
        assert 422 == response.status
        assert "It rained" in ada.page
    assert 422 == (await ada.post(sheet, note="x" * 301, **fields(marks()))).status

    assert [] == await scene.rows(HostTick)
    assert RequestState.CONFIRMED is (await scene.request()).state


async def test_only_who_runs_the_session_ticks(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        gil = await make.staff(scene.house, "Gil", Role.FACILITATOR)
    sheet = f"/sessions/{scene.meeting.id}/help"

    for person, status in ((gil, 404), (scene.ben, 403), (scene.cleo, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        await browser.get("/sessions")
        assert status == (await browser.post(sheet, **fields(marks()))).status
    cover = actor_for(scene.house.id, scene.ben, Role.COORDINATOR, Role.FACILITATOR)
    async with scene.doing() as db:
        with pytest.raises(NotAllowed):
            await tick(db, cover, scene.meeting.id, marks(), now=scene.now)
    assert [] == await scene.rows(HostTick)
