"""Opening a room: its hosts come in as moderators, and nobody else on the staff does."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from service.actor import Role
from service.identifiers import new_id
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.rota import Duty
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.joining_scene import WayIn, move_to_tokens
from tests.integration.scenes import Scene, set_scene

BEFORE = timedelta(minutes=40)


@pytest.fixture
async def scene(parts: Parts, making: Making, clock: TestClock) -> Scene:
    """Make a session led by Ada, with Ben as second; its room may be opened by hosts just now."""
    scene = await set_scene(parts, making, "Cleo")
    await move_to_tokens(making, scene)
    assert scene.meeting.starts_at is not None
    clock.at = scene.meeting.starts_at - BEFORE
    return scene


async def member(making: Making, scene: Scene, name: str, *roles: Role) -> Person:
    """Make somebody of the same organisation's staff."""
    async with making() as make:
        house = await make.db.get_one(Organisation, scene.organisation.id)
        return await make.staff(house, name, *roles)


async def open_room(browser: Browser, scene: Scene) -> WayIn:
    """Press "Open the room"."""
    response = await browser.post(f"/sessions/{scene.meeting.id}/room/open", on="/sessions")
    return WayIn(response.status, response.headers.get("Location", ""))


async def test_a_host_comes_in_as_moderator(
    scene: Scene, open_browser: OpenBrowser, clock: TestClock
) -> None:
    led = await open_room(await open_browser(scene.coordinator), scene)

    claims = led.claims(clock.at)
    assert (303, scene.meeting.room_name) == (led.status, led.room)
    assert {
        "id": f"h{scene.coordinator.id.hex}",
        "name": "Ben",
        "moderator": "true",
        "affiliation": "owner",
    } == claims["context"]["user"]
    assert scene.meeting.room_name == claims["room"]


async def test_who_looks_after_those_elsewhere_is_a_host_too(
    scene: Scene, making: Making, open_browser: OpenBrowser, clock: TestClock
) -> None:
    buddy = await member(making, scene, "Eve", Role.FACILITATOR)
    greeter = await member(making, scene, "Finn", Role.FACILITATOR)
    parts = {MeetingRole.REMOTE_BUDDY: buddy, MeetingRole.GREETER: greeter}
    async with making() as make:
        make.db.add_all(
            Duty(
                id=new_id(),
                organisation_id=scene.organisation.id,
                meeting_id=scene.meeting.id,
                role=role,
                person_id=person.id,
                created_at=make.now,
            )
            for role, person in parts.items()
        )

    led = await open_room(await open_browser(buddy), scene)
    refused = await open_room(await open_browser(greeter), scene)

    assert "owner" == led.claims(clock.at)["context"]["user"]["affiliation"]
    assert 403 == refused.status


@pytest.mark.parametrize("role", [*Role])
async def test_no_other_staff_become_moderators_whatever_their_role(
    scene: Scene, making: Making, open_browser: OpenBrowser, role: Role
) -> None:
    other = await member(making, scene, "Eve", role)

    led = await open_room(await open_browser(other), scene)

    assert (403, "") == (led.status, led.location)


async def test_rooms_of_another_house_are_not_there(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        dov = await make.staff(await make.organisation("Elsewhere"), "Dov", *Role)

    led = await open_room(await open_browser(dov), scene)

    assert 404 == led.status


async def test_who_is_not_signed_in_is_asked_to(scene: Scene, open_browser: OpenBrowser) -> None:
    led = await open_room(await open_browser(), scene)

    assert led.location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("seconds", "why"),
    [(-1, "opening-early"), (0, ""), (190 * 60 - 1, ""), (190 * 60, "opening-over")],
)
async def test_hosts_have_from_forty_minutes_before_to_thirty_after(
    scene: Scene, open_browser: OpenBrowser, clock: TestClock, seconds: int, why: str
) -> None:
    browser = await open_browser(scene.coordinator)
    clock.move(timedelta(seconds=seconds))

    led = await open_room(browser, scene)

    if why:
        assert f"/sessions/{scene.meeting.id}/room?done={why}" == led.location
    else:
        assert led.token


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.DRAFT])
async def test_a_session_that_is_not_on_has_no_room(
    scene: Scene, parts: Parts, open_browser: OpenBrowser, state: MeetingState
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Meeting).values(state=state))

    host = await open_browser(scene.coordinator)

    led = await open_room(host, scene)

    assert led.location.endswith(f"/sessions/{scene.meeting.id}?done=opening-off")
    if state is MeetingState.CANCELLED:
        assert 200 == (await host.get(led.location)).status
        assert "This session is not on, so its room cannot be opened." in host.page


async def test_without_a_server_that_works_the_host_is_told(
    scene: Scene, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with parts.database.writing() as db:
        await db.execute(update(Organisation).values(server_id=None))

    led = await open_room(await open_browser(scene.coordinator), scene)

    assert led.location.endswith("room?done=opening-none")
