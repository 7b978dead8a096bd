"""What somebody told us before is carried over; they are asked only whether anything is different."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from accessibility.consent import WORDINGS, ConsentChannel, Purpose
from scheduling.answers import Answer
from service.actions.consenting import give_consents, take_back_consent
from service.actions.helping import Told, record_needs
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.needs import Consent, Need
from service.storage.tasks import Task, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, LANGUAGE, LIPS, OWN, OWN_WORDS, Scene, lay_out
from tests.integration.test_service_times import watch


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session; its guest told us before what helps her, and has not answered yet."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL, LIPS, OWN)
    await has_answered(scene, Answer.UNANSWERED)
    return scene


@pytest.fixture
async def eve(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open Eve's browser."""
    return await open_browser()


async def has_answered(scene: Scene, answer: Answer) -> None:
    """Let Eve have answered so."""
    async with scene.doing() as db:
        invitation = await db.get_one(Invitation, scene.invitation.id)
        invitation.answer = answer


async def says(scene: Scene, eve: Browser, answer: str) -> str:
    """Press an answer and give where that leads."""
    response = await eve.post(f"{scene.link}/answer", on=scene.link, answer=answer, way="online")
    return response.headers["Location"]


def question(scene: Scene) -> str:
    """Give the address of the one question."""
    return f"{scene.help}/this-time"


async def review_days(scene: Scene) -> Mapping[str, date]:
    """Give until when each need is kept."""
    return {code: need.review_on for code, need in (await scene.needs()).items()}


@pytest.mark.parametrize("answer", ["yes", "maybe"])
async def test_who_may_come_is_asked_only_what_is_different(
    answer: str, scene: Scene, eve: Browser
) -> None:
    assert question(scene) == await says(scene, eve, answer)

    await eve.get(question(scene))
    assert "Is anything different this time?" in eve.page
    assert "sign language" in eve.page.lower()
    assert OWN_WORDS not in eve.page
    assert f'href="{scene.help}/tell"' in eve.page


async def test_nobody_is_asked_twice_or_who_stays_away(scene: Scene, eve: Browser) -> None:
    assert scene.link == await says(scene, eve, "no")
    assert question(scene) == await says(scene, eve, "yes")
    assert scene.link == await says(scene, eve, "maybe")
    assert scene.link == await says(scene, eve, "yes")


async def test_who_did_not_let_us_keep_it_is_not_asked(scene: Scene, eve: Browser) -> None:
    async with scene.doing() as db:
        await take_back_consent(db, scene.guest, scene.eve.id, Purpose.KEEP, now=scene.now)

    assert scene.link == await says(scene, eve, "yes")
    assert 303 == (await eve.get(question(scene))).status


async def test_nothing_different_keeps_it_for_longer_and_is_written_down(
    scene: Scene, eve: Browser
) -> None:
    before = await review_days(scene)
    async with scene.doing() as db:
        for need in await scene.rows(Need):
            (await db.get_one(Need, need.id)).review_on = (scene.now + timedelta(days=20)).date()

    response = await eve.post(question(scene), on=question(scene))

    assert 303 == response.status
    assert response.headers["Location"].startswith(scene.link)
    assert before == await review_days(scene)
    assert "needs.confirmed" in await scene.audit()


async def test_it_is_never_kept_for_longer_than_they_let_us(scene: Scene, eve: Browser) -> None:
    scene.clock.move(timedelta(days=10))

    await eve.post(question(scene), on=question(scene))
    await scene.tells(BSL, known=[BSL.code])

    [ends] = {
        each.expires_at.date() for each in await scene.rows(Consent) if each.purpose is Purpose.KEEP
    }
    assert {ends} == set((await review_days(scene)).values())


async def test_what_ends_soon_can_be_agreed_to_anew_and_nothing_is_ticked_for_them(
    scene: Scene, eve: Browser
) -> None:
    consent = f"{scene.help}/consent"
    await eve.get(consent)
    assert f'value="{Purpose.KEEP}"' not in eve.page.partition("What you agreed to before")[0]

    scene.clock.move(timedelta(days=330))
    await eve.get(consent)
    assert f'value="{Purpose.KEEP}"' in eve.page.partition("What you agreed to before")[0]
    assert "checked" not in eve.page
    await eve.post(consent, agree=[Purpose.KEEP])

    kept = [each for each in await scene.rows(Consent) if each.purpose is Purpose.KEEP]
    assert 2 == len(kept)
    assert {WORDINGS[Purpose.KEEP].hash} == {each.wording_hash for each in kept}


@pytest.mark.parametrize("channel", [ConsentChannel.PHONE, ConsentChannel.PAPER])
async def test_what_is_written_down_for_somebody_keeps_how_and_by_whom(
    channel: ConsentChannel, scene: Scene
) -> None:
    async with scene.doing() as db:
        keep = [Purpose.KEEP]
        await give_consents(db, scene.desk, scene.eve.id, keep, channel=channel, now=scene.now)
        told = Told(scene.eve.id, [LANGUAGE], channel=channel)
        await record_needs(db, scene.desk, scene.parts.sealer, told, now=scene.now)

    needs = await scene.needs()
    assert (channel.value, scene.ben.id) == (
        needs[LANGUAGE.code].channel,
        needs[LANGUAGE.code].entered_by,
    )
    assert ("web", None) == (needs[BSL.code].channel, needs[BSL.code].entered_by)


async def test_the_desk_writes_down_that_it_is_still_right_and_the_task_is_gone(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(scene.ben)
    scene.clock.move(timedelta(days=350))
    await watch(scene)
    [review] = [each for each in await scene.rows(Task) if each.about == "needs_review"]
    await ben.get(f"/tasks/{review.id}")
    assert f'href="/people/{scene.eve.id}/needs"' in ben.page
    needs = f"/people/{scene.eve.id}/needs"
    await ben.post(f"{needs}/consent", on=needs, agree=[Purpose.KEEP], channel="phone")

    response = await ben.post(f"{needs}/same", on=needs)

    assert 303 == response.status
    ends = (scene.now + timedelta(days=365)).date()
    assert {ends} == set((await review_days(scene)).values())
    assert [TaskState.OVERTAKEN] == [
        each.state for each in await scene.rows(Task) if each.about == "needs_review"
    ]
    ada = await open_browser(scene.ada)
    await ada.get("/today")
    assert 403 == (await ada.post(f"{needs}/same")).status
