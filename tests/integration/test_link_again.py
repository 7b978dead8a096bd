"""Asking for a lost link: the same answer for everybody, and the link only to whom it belongs."""

from functools import partial

import pytest
from sqlalchemy import update

from accessibility.contact import SAFE_CONTACT
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.messages import MessageKind
from service.storage.tasks import TaskKind
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.scenes import SetScene, set_scene

AGAIN = "/link-again/kiln-street-hub"


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_who_asks_is_told_the_same_whether_known_or_not(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()
    told = set()

    for reach in ("cleo@example.org", "nobody@example.org", "01632 960555", "01632 960999"):
        response = await browser.post(AGAIN, on=AGAIN, reach=reach)
        location = response.headers["Location"]
        await browser.get(location)
        told.add((response.status, location, browser.page))

    assert 1 == len(told)
    assert "If we know that address, your link is on its way to it." in told.pop()[2]
    assert 1 == len(await scene.messages())


async def test_by_mail_the_link_goes_to_the_address_on_file_once(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    browser = await open_browser()

    for reach in ("cleo@example.org", " CLEO@EXAMPLE.ORG "):
        await browser.post(AGAIN, on=AGAIN, reach=reach)

    (message,) = await scene.messages()
    assert MessageKind.YOUR_LINK is message.kind
    assert scene.guests["Cleo"].person_id == message.person_id


async def test_by_phone_a_human_rings_everybody_with_the_number(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    browser = await open_browser()

    for _ in range(2):
        await browser.post(AGAIN, on=AGAIN, reach="+44 1632 960 555")

    tasks = await scene.tasks()
    assert [] == await scene.messages()
    assert {guest.person_id for guest in scene.guests.values()} == {t.person_id for t in tasks}
    assert [TaskKind.LINK_AGAIN] * 2 == [task.kind for task in tasks]


async def test_by_mail_a_human_answers_who_is_contacted_safely_or_has_nothing_coming(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    async with making() as make:
        await make.need(scene.guests["Cleo"].person, SAFE_CONTACT)
        await make.db.execute(
            update(Invitation)
            .where(Invitation.id == scene.guests["Dov"].id)
            .values(removed_at=make.now)
        )
    browser = await open_browser()

    for reach in ("cleo@example.org", "dov@example.org"):
        await browser.post(AGAIN, on=AGAIN, reach=reach)

    assert [] == await scene.messages()
    assert [TaskKind.LINK_AGAIN] * 2 == [task.kind for task in await scene.tasks()]


async def test_asking_is_limited_for_one_address_and_from_one_address(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    await scene_of("Cleo")
    browser = await open_browser()
    await browser.get(AGAIN)

    for_one = [(await browser.post(AGAIN, reach="a@example.org")).status for _ in range(7)]
    from_one = [
        (await browser.post(AGAIN, reach=f"a{number}@example.org")).status for number in range(20)
    ]

    assert [303] * 5 + [429] * 2 == for_one
    assert {303, 429} == set(from_one)
    assert 429 == from_one[-1]


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        ("", "Please type your e-mail address or your phone number."),
        ("me", "Please type one e-mail address or one phone number."),
        ("a@b@c", "Please type one e-mail address or one phone number."),
    ],
)
async def test_what_is_neither_address_nor_number_says_so(
    scene_of: SetScene, open_browser: OpenBrowser, reach: str, words: str
) -> None:
    await scene_of("Cleo")
    browser = await open_browser()

    response = await browser.post(AGAIN, on=AGAIN, reach=reach)

    assert 422 == response.status
    assert words in browser.page
    assert f'value="{reach}"' in browser.page


async def test_there_is_no_such_page_for_an_unknown_organisation(open_browser: OpenBrowser) -> None:
    assert 404 == (await (await open_browser()).get("/link-again/nowhere")).status
