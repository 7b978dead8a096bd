"""Choosing when to be reminded, and stopping it: on one's own page, at the desk, by one press in a mail."""

from functools import partial

import pytest
from aiohttp import FormData

from service.actions.stopping import stop_url
from service.actor import Role
from service.parts import Parts
from service.storage.messages import MessageKind, MessageState
from service.storage.people import Person
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.scenes import Scene, SetScene, set_scene

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
TYPED: dict[str, object] = {
    "chosen_name": "Cleo",
    "email": "cleo@example.org",
    "phone": "01632 960555",
    "first": "email",
    "print_size": 16,
    "language": "en",
}


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


def stop_path(scene: Scene, name: str) -> str:
    """Give the path in the link that stops a guest's reminders."""
    return stop_url(scene.parts.keys, scene.guests[name].person_id, "")


async def reminders_of(scene: Scene, name: str) -> list[int] | None:
    """Read what a guest chose."""
    async with scene.parts.database.reading() as db:
        person = await db.get(Person, scene.guests[name].person_id)
    assert person is not None
    return person.reminders


async def choose(browser: Browser, scene: Scene, *times: object) -> int:
    """Tick these times on Cleo's own page; gives the status."""
    path = f"{scene.links['Cleo']}/details"
    await browser.get(path)
    return (await browser.post(path, on="", **TYPED, reminders=list(times))).status


@pytest.mark.parametrize(
    ("times", "kept", "words"),
    [
        ((10080, 120), [10080, 120], "we remind you by e-mail a week before and two hours before."),
        ((15,), [15], "we remind you by e-mail 15 minutes before."),
        ((), [], "We do not send you reminders."),
        (
            (120, 1440),
            None,
            "we remind you by e-mail the day before and two hours before.",
        ),
    ],
)
async def test_a_person_chooses_when_to_be_reminded_and_sees_it_said(
    scene_of: SetScene,
    open_browser: OpenBrowser,
    times: tuple[int, ...],
    kept: list[int] | None,
    words: str,
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    status = await choose(browser, scene, *times)

    await browser.get(scene.links["Cleo"])
    assert 303 == status
    assert kept == await reminders_of(scene, "Cleo")
    assert words in browser.page


@pytest.mark.parametrize("time", ["77", "-1", "soon"])
async def test_other_times_are_refused_and_nothing_is_changed(
    scene_of: SetScene, open_browser: OpenBrowser, time: str
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    status = await choose(browser, scene, 120, time)

    assert 422 == status
    assert await reminders_of(scene, "Cleo") is None
    assert 'value="120" checked' in browser.page


async def test_the_desk_changes_it_for_somebody_and_it_is_written_down(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    ben = await open_browser(scene.coordinator)
    path = f"/people/{scene.guests['Cleo'].person_id}"

    await ben.get(f"{path}/edit")
    typed = {"chosen_name": "Cleo", "language": "en", "print_size": "16", "reach_1": "email"}
    response = await ben.post(
        f"{path}/edit", on="", **typed, email="cleo@example.org", reminders=["1440"]
    )

    await ben.get(path)
    assert 303 == response.status
    assert [1440] == await reminders_of(scene, "Cleo")
    assert "The day before" in ben.page
    done = [line.what for line in await scene.audit() if not line.what.endswith(".read")]
    assert "person.chose_reminders" == done[-1]


async def test_looking_at_the_page_that_stops_reminders_stops_nothing(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    response = await browser.get(stop_path(scene, "Cleo"))

    assert 200 == response.status
    assert "Stop my reminders" in browser.page
    assert await reminders_of(scene, "Cleo") is None


@pytest.mark.parametrize("is_multipart", [False, True])
async def test_a_mail_service_stops_reminders_without_cookies_or_redirects_and_nothing_else(
    scene_of: SetScene, open_browser: OpenBrowser, is_multipart: bool
) -> None:
    scene = await scene_of("Cleo", "Dov")
    service, before = await open_browser(), await scene.look("Cleo")
    form = FormData(ONE_CLICK, default_to_multipart=is_multipart)

    for _ in range(2):
        response = await service.client.post(
            stop_path(scene, "Cleo"), data=form(), allow_redirects=False
        )
        assert 200 == response.status

    after = await scene.look("Cleo")
    assert [] == await reminders_of(scene, "Cleo")
    assert await reminders_of(scene, "Dov") is None
    assert (before.answer, before.sequence, before.removed_at) == (
        after.answer,
        after.sequence,
        after.removed_at,
    )
    assert ["person.chose_reminders"] == [line.what for line in await scene.audit()]


@pytest.mark.parametrize(
    "body",
    [{}, {"List-Unsubscribe": "Yes"}, {"answer": "no"}, {"list-unsubscribe": "One-Click"}],
)
async def test_no_other_body_stops_anything(
    scene_of: SetScene, open_browser: OpenBrowser, body: dict[str, str]
) -> None:
    scene = await scene_of("Cleo")
    service = await open_browser()

    response = await service.client.post(stop_path(scene, "Cleo"), data=body)

    assert 400 == response.status
    assert await reminders_of(scene, "Cleo") is None


async def test_a_link_that_was_not_given_for_this_opens_nothing(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    service = await open_browser()
    cleo, dov = stop_path(scene, "Cleo"), stop_path(scene, "Dov")
    of_invitation = scene.links["Cleo"].rpartition("/")[2]

    for path in (
        f"{cleo[:-1]}{'a' if cleo[-1] != 'a' else 'b'}",
        f"{cleo[:-12]}{dov[-12:]}",
        f"{cleo[:-12]}{of_invitation}",
        f"/stop/{of_invitation}",
        "/stop/x",
        cleo[:-12],
    ):
        assert 404 == (await service.client.post(path, data=ONE_CLICK)).status

    assert await reminders_of(scene, "Cleo") is None


async def test_the_link_opens_none_of_the_persons_pages(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()
    proof = stop_path(scene, "Cleo")[-12:]

    assert 404 == (await browser.get(f"/i/{proof}")).status


async def test_the_session_page_says_what_became_of_reminders(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    async with making() as make:
        for name, state in (("Cleo", MessageState.SENT), ("Dov", MessageState.OVERTAKEN)):
            await make.message(scene.guests[name], kind=MessageKind.REMINDER, state=state)
    ben = await open_browser(scene.coordinator)

    await ben.get(f"/sessions/{scene.meeting.id}")

    assert "Reminders" in ben.page
    assert "1 sent, 1 not sent, as no longer needed" in ben.page


async def test_who_has_left_is_known_no_more(scene_of: SetScene, open_browser: OpenBrowser) -> None:
    scene = await scene_of("Cleo")
    async with scene.parts.database.writing() as db:
        person = await db.get(Person, scene.guests["Cleo"].person_id)
        assert person is not None
        person.left_at = scene.now
    browser = await open_browser()

    assert 404 == (await browser.get(stop_path(scene, "Cleo"))).status


async def test_a_facilitator_does_not_change_it_for_people(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        eve = await make.staff(scene.organisation, "Eve", Role.FACILITATOR)
    browser = await open_browser(eve)

    response = await browser.post(
        f"/people/{scene.guests['Cleo'].person_id}/edit", on="/sessions", reminders=["1440"]
    )

    assert 403 == response.status
    assert await reminders_of(scene, "Cleo") is None
