"""A guest's own details, and a new link when somebody else may have seen theirs."""

from functools import partial

import pytest
from sqlalchemy import update

from accessibility.contact import SAFE_CONTACT
from service.actor import Role
from service.parts import Parts
from service.storage.messages import MessageKind
from service.storage.people import Channel, Person
from service.storage.staff import StaffMember, StaffRole
from service.storage.tasks import TaskKind
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.scenes import Scene, SetScene, set_scene

GIVEN: dict[str, object] = {
    "chosen_name": "Cleo",
    "email": "cleo@example.org",
    "phone": "01632 960555",
    "first": "email",
    "second": "",
    "third": "",
    "print_size": 16,
    "language": "en",
    "reminders": ["1440", "120"],
}


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def change(browser: Browser, scene: Scene, **changes: object) -> int:
    """Send Cleo's details with these changes; gives the status."""
    path = f"{scene.links['Cleo']}/details"
    await browser.get(path)
    return (await browser.post(path, on="", **{**GIVEN, **changes})).status


async def person_of(scene: Scene, name: str) -> Person:
    """Read a guest's person."""
    async with scene.parts.database.reading() as db:
        person = await db.get(Person, scene.guests[name].person_id)
    assert person is not None
    return person


async def test_details_are_kept_in_the_form_people_are_found_by(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    status = await change(
        browser,
        scene,
        chosen_name="  Cleo\u202e O'Hara ",
        email="Cleo.O@Example.ORG",
        phone="(01632) 960-777",
        first="call",
        second="email",
        print_size=24,
        language="ur",
    )

    cleo, line = await person_of(scene, "Cleo"), (await scene.audit())[-1]
    assert 303 == status
    assert ("Cleo O'Hara", "cleo o'hara") == (cleo.chosen_name, cleo.name_key)
    assert ("cleo.o@example.org", "+441632960777") == (cleo.email_key, cleo.phone_key)
    assert (["call", "email"], 24, "ur") == (cleo.channels, cleo.print_size, cleo.language)
    assert ("person.changed_own_details", cleo.id) == (line.what, line.person_id)
    assert "example" not in str(line.facts)


async def test_bad_details_are_all_named_and_kept_as_typed(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    status = await change(
        browser, scene, chosen_name=" ", email="nonsense", phone="12", second="email"
    )

    assert 422 == status
    assert "Please type the name you want to be called." in browser.page
    assert "Please type one e-mail address" in browser.page
    assert "Please type one phone number" in browser.page
    assert "You chose this already." in browser.page
    assert 'value="nonsense"' in browser.page
    assert "cleo@example.org" == (await person_of(scene, "Cleo")).email


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": ""}, "type your e-mail address, or choose another way"),
        ({"phone": "", "first": "call"}, "type your phone number, or choose another way"),
        ({"first": "letter"}, "We do not have your address."),
        ({"first": ""}, "Please choose"),
        ({"chosen_name": "x" * 201}, "too long"),
        ({"print_size": 17}, "Please choose one of these."),
        ({"language": "xx"}, "Please choose one of these."),
    ],
)
async def test_nobody_ends_up_without_a_way_to_be_reached(
    scene_of: SetScene, open_browser: OpenBrowser, changes: dict[str, object], words: str
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()

    assert 422 == await change(browser, scene, **changes)
    assert words in browser.page
    assert ["email"] == (await person_of(scene, "Cleo")).channels


async def test_a_channel_beyond_those_shown_is_not_lost(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        channels = [Channel.EMAIL, Channel.TEXT, Channel.CALL, Channel.LETTER]
        await make.db.execute(
            update(Person)
            .where(Person.id == scene.guests["Cleo"].person_id)
            .values(channels=[str(each) for each in channels], address="1 Kiln Street")
        )
    browser = await open_browser()

    await change(browser, scene, first="call", second="text", third="email")

    assert ["call", "text", "email", "letter"] == (await person_of(scene, "Cleo")).channels


async def test_who_must_be_contacted_safely_rings_us(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    browser = await open_browser()
    await browser.get(f"{scene.links['Cleo']}/details")
    async with making() as make:
        await make.need(scene.guests["Cleo"].person, SAFE_CONTACT)

    status = await change(browser, scene, email="other@example.org")
    await browser.get(f"{scene.links['Cleo']}/details")

    assert 303 == status
    assert "please ring us" in browser.page
    assert "cleo@example.org" not in browser.page
    assert "cleo@example.org" == (await person_of(scene, "Cleo")).email


async def test_a_guests_link_never_becomes_a_way_to_sign_in(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    person_id = scene.guests["Cleo"].person_id
    async with making() as make:
        make.db.add(StaffMember(person_id=person_id, organisation_id=scene.organisation.id))
        await make.db.flush()
        make.db.add(StaffRole(person_id=person_id, role=Role.ADMIN))
    browser = await open_browser()

    assert 422 == await change(browser, scene, email="thief@example.org")
    assert "You sign in with this address" in browser.page
    assert 303 == await change(browser, scene, phone="01632 960777")
    assert "cleo@example.org" == (await person_of(scene, "Cleo")).email_key


# A new link.


async def test_a_new_link_opens_the_page_and_the_old_one_nothing(
    scene_of: SetScene, open_browser: OpenBrowser
) -> None:
    scene = await scene_of("Cleo")
    browser, link = await open_browser(), scene.links["Cleo"]

    response = await browser.post(f"{link}/new-link", on=link)
    new = response.headers["Location"]

    (message,) = await scene.messages()
    assert 303 == response.status
    assert 404 == (await browser.get(link)).status
    assert 200 == (await browser.get(new)).status
    assert "This is your new page." in browser.page
    assert (MessageKind.YOUR_LINK, message.person_id) == (message.kind, message.subject_id)
    assert "invitation.link_renewed" == (await scene.audit())[-1].what


async def test_all_links_that_the_page_led_to_are_new(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        cleo = await make.db.get(Person, scene.guests["Cleo"].person_id)
        kind = await make.kind(scene.organisation, code="another")
        other = await make.meeting(scene.organisation, kind, hosts=[scene.host])
        assert cleo is not None
        old = make.link(await make.invitation(other, cleo))
    browser, link = await open_browser(), scene.links["Cleo"]

    await browser.post(f"{link}/new-link", on=link)

    assert 404 == (await browser.get(old)).status


async def test_a_new_link_reaches_who_is_contacted_safely_through_a_human(
    scene_of: SetScene, open_browser: OpenBrowser, making: Making
) -> None:
    scene = await scene_of("Cleo")
    async with making() as make:
        await make.need(scene.guests["Cleo"].person, SAFE_CONTACT)
    browser, link = await open_browser(), scene.links["Cleo"]

    await browser.post(f"{link}/new-link", on=link)

    assert [] == await scene.messages()
    assert [TaskKind.LINK_AGAIN] == [task.kind for task in await scene.tasks()]
