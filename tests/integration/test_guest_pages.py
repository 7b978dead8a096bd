"""A participant's page: what it says, what one press does, and that looking changes nothing."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, event, select

from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from service.parts import Parts
from service.storage.database import Database
from service.storage.invitations import Invitation
from service.storage.needs import AccessRequest, Need
from service.storage.people import Person
from service.storage.tables import METADATA
from service.web.statics import FOLDER
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.scenes import YES_BY_PHONE, YES_IN_ROOM, SetScene, set_scene
from tests.people import Make

PAGES = ("", "/company", "/details", "/join", "/practice", "/calendar.ics", "/waiting/room")


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def test_the_page_says_what_when_and_who(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    browser = await open_browser()

    response = await browser.get(scene.links["Cleo"])

    assert 200 == response.status
    order = ["Carers&#39; circle", "Tuesday 26 January 2027, 9am to 11am", "Hosted by Ada and Ben"]
    order += ["You have not answered yet.", "How would you like to join?", "By phone", "Online"]
    order += ["In the room", "Saggar Row Hall", "1 place left.", "What helps you", "calendar"]
    places = [browser.page.index(words) for words in order]
    assert sorted(places) == places
    assert "Tuesday session" not in browser.page.split("<body")[1]
    assert "Dov" not in browser.page


async def test_the_browsers_tab_shows_the_neutral_title_only(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    await browser.get(scene.links["Cleo"])

    tab = browser.page.split("<title>")[1].split("</title>")[0]
    assert "Tuesday session" in tab
    assert "circle" not in tab


async def test_after_a_press_the_tab_says_the_answer_first(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]

    response = await browser.post(f"{link}/answer", on=link, answer="yes", way="phone")
    await browser.get(response.headers["Location"])

    assert "<title>We have your answer: yes, by phone. Tuesday session" in browser.page


async def test_a_wrong_link_says_whom_to_ring_where_that_is_clear(
    scene_of: SetScene, making: Making, open_browser: OpenBrowser
) -> None:
    await scene_of("Cleo")
    browser = await open_browser()

    response = await browser.get("/i/222222222222")

    assert 404 == response.status
    assert "Ask for your link again" in browser.page
    async with making() as make:
        await make.organisation("Another House", contact_phone="01632 960555")
    await browser.get("/i/222222222222")
    assert "Ask for your link again" not in browser.page


async def test_one_press_answers_and_the_answer_is_stated(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]

    response = await browser.post(f"{link}/answer", on=link, answer="yes", way="phone")
    await browser.get(response.headers["Location"])

    assert 303 == response.status
    assert "We have your answer: yes, by phone." in browser.page
    assert "Change how I join" in browser.page
    assert Answer.YES is (await scene.look("Cleo")).answer


@pytest.mark.parametrize(
    ("pressed", "stated"),
    [("no", "We have your answer: you can’t come."), ("maybe", "We have your answer: maybe.")],
)
async def test_no_and_maybe_are_stated_too(
    scene_of: SetScene, open_browser: OpenBrowser, pressed: str, stated: str
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]

    await browser.post(f"{link}/answer", on=link, answer=pressed)
    await browser.get(link)

    assert stated in browser.page
    assert "Yes, count me in" in browser.page


async def test_a_yes_without_a_way_says_what_to_do_and_changes_nothing(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]

    for fields in ({"answer": "yes"}, {"answer": "perhaps"}, {"answer": "yes", "way": "boat"}, {}):
        response = await browser.post(f"{link}/answer", on=link, **fields)

        assert 422 == response.status
        assert "Please c" in browser.page
    assert Answer.UNANSWERED is (await scene.look("Cleo")).answer


async def test_looking_changes_nothing_however_often(
    scene_of: SetScene, open_browser: OpenBrowser, parts: Parts
) -> None:
    scene = await scene_of("Cleo")
    await scene.says("Cleo", YES_BY_PHONE)
    browser, before = await open_browser(), await everything(parts.database)

    for more in PAGES * 3:
        path = scene.links["Cleo"] + more
        head = await browser.client.head(path, allow_redirects=False)
        assert (await browser.get(path)).status == head.status < 400
    for more in ("/answer", "/new-link"):
        assert 405 == (await browser.get(scene.links["Cleo"] + more)).status

    assert before == await everything(parts.database)


async def test_a_post_without_the_pages_token_changes_nothing(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo", "Dov")
    browser, link = await open_browser(), scene.links["Cleo"]
    # "Join now" changes nothing without it either, and is held to that in test_joining.
    actions = ("answer", "company", "details", "new-link")

    for action in actions:
        assert 403 == (await browser.post(f"{link}/{action}", answer="no")).status
        of_another = await browser.post(f"{link}/{action}", on=scene.links["Dov"], answer="no")
        assert 403 == of_another.status

    own = await scene.look("Cleo")
    assert (Answer.UNANSWERED, 1) == (own.answer, own.link_generation)


async def test_unknown_links_are_limited_and_valid_ones_still_open(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    statuses = [(await browser.get(f"/i/2222222222{n:02}")).status for n in range(22)]

    assert [404] * 20 + [429] * 2 == statuses
    assert 200 == (await browser.get(scene.links["Cleo"])).status


async def test_a_link_may_be_typed_with_gaps_and_large_letters(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    letters = scene.links["Cleo"].removeprefix("/i/").upper()

    response = await (await open_browser()).get(f"/i/{letters[:4]}-{letters[4:8]}-{letters[8:]}")

    assert 200 == response.status


async def test_what_helps_is_listed_with_its_state_and_safety_is_never_shown(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        for code, state in (
            ("INF-LARGE", RequestState.ARRANGED),
            ("SAF-APART", RequestState.SUBMITTED),
            ("COM-LOOP", RequestState.WITHDRAWN),
        ):
            await ask(make, scene.guests["Cleo"], code, state)
    browser = await open_browser()

    await browser.get(scene.links["Cleo"])

    assert "Arranged" in browser.page
    assert "We will post it." in browser.page
    assert "We have it" not in browser.page
    assert f'href="{scene.links["Cleo"]}/help"' in browser.page


async def test_other_dates_lead_to_their_own_pages(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        cleo = await make.db.get(Person, scene.guests["Cleo"].person_id)
        assert cleo is not None
        other = await make.meeting(
            scene.organisation,
            await make.kind(scene.organisation, code="another"),
            hosts=[scene.host],
            starts_in=timedelta(days=21),
        )
        link = make.link(await make.invitation(other, cleo))
    browser = await open_browser()

    await browser.get(scene.links["Cleo"])

    assert f'href="{link}"' in browser.page
    assert "Tuesday 2 February 2027, 9am to 11am" in browser.page


async def test_no_page_asks_much_or_weighs_much(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo", "Dov")
    await scene.says("Cleo", YES_BY_PHONE)
    await scene.says("Dov", YES_IN_ROOM)
    async with making() as make:
        for code in ("INF-LARGE", "COM-LOOP", "MOB-STEPFREE", "CON-PHONE"):
            await ask(make, scene.guests["Cleo"], code, RequestState.ARRANGED)
    browser = await open_browser()
    style = (FOLDER / "manyways.css").read_bytes()

    for more in PAGES:
        with counted() as statements:
            response = await browser.get(scene.links["Cleo"] + more)

        assert 200 == response.status
        assert 8 >= len(statements), statements
        assert 14_000 > len(gzip.compress(browser.page.encode())) + len(gzip.compress(style))


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Read the whole database."""
    async with database.reading() as db:
        return {
            table.name: sorted(map(tuple, await db.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


async def ask(make: Make, invitation: Invitation, code: str, state: RequestState) -> None:
    """Let a need have been asked for, and be in this state."""
    shared = {
        "organisation_id": invitation.organisation_id,
        "person_id": invitation.person_id,
        "code": code,
        "strength": Strength.MUST,
        "created_at": make.now,
    }
    need = Need(**shared, review_on=date(2027, 12, 1))
    make.db.add(need)
    await make.db.flush()
    make.db.add(
        AccessRequest(
            **shared,
            meeting_id=invitation.meeting_id,
            invitation_id=invitation.id,
            need_id=need.id,
            state=state,
            answer_words="We will post it.",
        )
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the questions put to the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
