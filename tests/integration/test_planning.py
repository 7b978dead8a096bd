"""Planning a session page by page, until it is published or refused."""

from datetime import timedelta
from typing import Any

import pytest

from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actor import Role
from service.parts import Parts
from service.storage.messages import MessageKind
from service.storage.people import Person
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.hub import (
    Hub,
    invitations,
    make_hub,
    messages,
    only_meeting,
    tasks,
)

NASTY = "O'Brien عائشة 🎉 " + "x" * 170


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub to plan in."""
    async with making() as make:
        return await make_hub(make)


@pytest.fixture
async def ada(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ada's browser."""
    return await open_browser(hub.ada)


async def begin(browser: Browser, hub: Hub) -> str:
    """Choose the kind; gives the path of the draft."""
    response = await browser.post("/sessions/new", on="/sessions/new", kind_id=hub.kind.id)
    assert 303 == response.status
    return response.headers["Location"].removesuffix("/plan/time")


def ways(hub: Hub, **given: Any) -> dict[str, Any]:
    """Fill in the page of ways."""
    return {
        "way": ["online", "phone", "room"],
        "limit_online": 12,
        "limit_phone": 4,
        "limit_room": 10,
        "place_id": hub.hall.id,
        "phone_joining": "dial",
        "dial_number": "01632 960140",
        "dial_pin": "123 456",
    } | given


async def plan(browser: Browser, hub: Hub, second: Person) -> str:
    """Walk through all pages up to the last; gives the path of the draft."""
    path = await begin(browser, hub)
    await browser.post(
        f"{path}/plan/time", on=f"{path}/plan/time", date="2027-01-28", time="13:30", minutes=90
    )
    await browser.post(f"{path}/plan/ways", **ways(hub))
    await browser.post(
        f"{path}/plan/hosts", lead_id=hub.ada.id, second_id=second.id, help_phone="01632 960101"
    )
    people = [hub.ewa.id, hub.joan.id, hub.sid.id]
    await browser.post(f"{path}/plan/people/add", person=people)
    await browser.post(
        f"{path}/plan/words", neutral_title="Thursday session", real_title="Carers' circle"
    )
    return path


async def test_a_session_is_planned_page_by_page_and_published(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await plan(ada, hub, hub.ben)
    await ada.get(f"{path}/plan/check")
    for words in ("Thursday 28 January 2027, 1:30pm to 3pm", "123 456", "3 people", "Carers"):
        assert words in ada.page
    assert "1 person by email" in ada.page
    assert "1 person by phone call" in ada.page
    assert "1 person by letter" in ada.page

    response = await ada.post(f"{path}/publish")

    assert f"{path}?done=published" == response.headers["Location"]
    meeting = await only_meeting(parts)
    assert MeetingState.PUBLISHED is meeting.state
    assert {Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 10} == {o.way: o.seats for o in meeting.offers}
    assert [MessageKind.INVITATION] == [each.kind for each in await messages(parts)]
    assert {TaskKind.RING, TaskKind.POST} == {each.kind for each in await tasks(parts)}
    invited = await invitations(parts, meeting.id)
    assert {Way.ONLINE, Way.PHONE, None} == {each.way for each in invited.values()}
    assert all(each.uid.endswith("@kiln.example.org") for each in invited.values())
    assert all(each.uid.startswith(f"{meeting.id}.") for each in invited.values())


async def test_every_page_of_the_plan_can_be_seen(hub: Hub, ada: Browser) -> None:
    path = await plan(ada, hub, hub.ben)

    for part, step in zip(
        ("kind", "time", "ways", "hosts", "people", "words", "check"), range(1, 8), strict=True
    ):
        assert 200 == (await ada.get(f"{path}/plan/{part}")).status
        assert f"Step {step} of 7" in ada.page
        assert 1 == ada.page.count("<h1")


async def test_a_draft_survives_closing_the_browser(
    hub: Hub, ada: Browser, open_browser: OpenBrowser
) -> None:
    path = await begin(ada, hub)
    await ada.post(
        f"{path}/plan/time", on=f"{path}/plan/time", date="2027-01-28", time="13:30", minutes=45
    )

    another = await open_browser(hub.ada)
    await another.get("/sessions")
    assert f"{path}/plan/check" in another.page
    await another.get(f"{path}/plan/time")

    assert 'value="2027-01-28"' in another.page
    assert 'value="45"' in another.page


async def test_a_change_from_the_last_page_leads_back_to_it(hub: Hub, ada: Browser) -> None:
    path = await plan(ada, hub, hub.ben)

    response = await ada.post(
        f"{path}/plan/words?then=check",
        on=f"{path}/plan/words?then=check",
        neutral_title="Friday session",
    )

    assert f"{path}/plan/check" == response.headers["Location"]


async def test_a_time_that_cannot_be_is_refused_and_kept_in_the_box(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await begin(ada, hub)
    await ada.get(f"{path}/plan/time")
    wrong = [
        ("2027-03-28", "01:30", "The clocks go forward that night"),
        ("2027-10-31", "01:30", "The clocks go back that night"),
        ("2027-01-11", "10:00", "This time is over"),
        ("2027-01-28", "25:00", "Please type a time"),
        ("9999-01-28", "10:00", "Please type a date"),
    ]

    for date, time, words in wrong:
        response = await ada.post(f"{path}/plan/time", date=date, time=time, minutes=60)
        assert 422 == response.status
        assert words in ada.page
        assert f'value="{date}"' in ada.page
        assert f'value="{time}"' in ada.page

    assert (await only_meeting(parts)).starts_at is None


async def test_a_skipped_time_comes_with_another_to_take(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)

    await ada.post(
        f"{path}/plan/time",
        on=f"{path}/plan/time",
        date="2027-03-28",
        time="01:30",
        minutes=60,
    )

    assert "Choose 2:30am or another time" in ada.page


async def test_wrong_ways_are_refused_and_everything_typed_is_kept(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await begin(ada, hub)
    await ada.get(f"{path}/plan/ways")
    wrong = [
        (ways(hub, way=[]), "Choose at least one way"),
        (ways(hub, limit_room=31), "The place holds 30"),
        (ways(hub, limit_online=0), "too small"),
        (ways(hub, limit_online="many"), "Please type a number"),
        (ways(hub, dial_pin=""), "Type the PIN"),
        (ways(hub, dial_number="ring me"), "Type the number people dial"),
        (ways(hub, place_id=hub.organisation.id), "Please choose one of these"),
    ]

    for fields, words in wrong:
        response = await ada.post(f"{path}/plan/ways", **fields)
        assert 422 == response.status
        assert words in ada.page
        assert f'name="limit_phone" value="{fields["limit_phone"]}"' in ada.page

    assert (await only_meeting(parts)).place_id is None


async def test_an_empty_limit_is_what_the_place_holds(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await begin(ada, hub)

    await ada.post(f"{path}/plan/ways", on=f"{path}/plan/ways", **ways(hub, limit_room=""))

    offers = {offer.way: offer.places for offer in (await only_meeting(parts)).offers}
    assert {Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 30} == offers


async def test_the_two_hosts_are_two_people_of_the_staff(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)
    await ada.get(f"{path}/plan/hosts")

    for second, words in ((hub.ada, "must be two people"), (hub.ewa, "choose one of these")):
        response = await ada.post(
            f"{path}/plan/hosts", lead_id=hub.ada.id, second_id=second.id, help_phone="1"
        )
        assert 422 == response.status
        assert words in ada.page


async def test_an_unfinished_draft_says_what_to_put_right_and_is_not_published(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await begin(ada, hub)
    await ada.get(f"{path}/plan/check")

    response = await ada.post(f"{path}/publish")

    assert 422 == response.status
    for words in ("Choose the day and time", "Choose the place", "Choose a second host"):
        assert words in ada.page
    assert MeetingState.DRAFT is (await only_meeting(parts)).state


async def test_publishing_is_refused_with_what_to_do(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await plan(ada, hub, hub.ben)
    hosts = {"lead_id": hub.ada.id, "second_id": hub.ben.id, "help_phone": "01632 960101"}
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("hosts", hosts | {"second_id": ""}, "Choose a second host"),
        ("hosts", hosts | {"help_phone": ""}, "Give a number"),
        ("hosts", hosts | {"lead_id": ""}, "Choose who leads"),
        ("words", {"neutral_title": " "}, "Give it a plain title"),
        ("ways", {"way": "room", "place_id": hub.hall.id}, "Nobody can join from home"),
    ]

    for part, fields, words in wrong:
        assert 303 == (await ada.post(f"{path}/plan/{part}", **fields)).status
        response = await ada.post(f"{path}/publish")
        assert 422 == response.status
        assert words in ada.page

    assert [] == await messages(parts)


async def test_a_reason_makes_up_for_no_way_from_home(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await plan(ada, hub, hub.ben)
    await ada.post(
        f"{path}/plan/ways",
        way="room",
        place_id=hub.hall.id,
        no_remote_reason="A walk round the works",
    )

    await ada.post(f"{path}/publish")

    assert MeetingState.PUBLISHED is (await only_meeting(parts)).state


async def test_a_draft_whose_time_has_passed_is_not_published(
    hub: Hub, ada: Browser, parts: Parts, clock: TestClock
) -> None:
    path = await plan(ada, hub, hub.ben)
    clock.move(timedelta(days=60))

    response = await ada.post(f"{path}/publish")

    assert 422 == response.status
    assert "This time is over" in ada.page


async def test_a_published_session_is_not_published_again(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await plan(ada, hub, hub.ben)
    await ada.post(f"{path}/publish")

    response = await ada.post(f"{path}/publish")

    assert f"{path}?done=published" == response.headers["Location"]
    assert 1 == len(await messages(parts))


async def test_people_are_found_by_chosen_name_only(hub: Hub, ada: Browser) -> None:
    path = await begin(ada, hub)

    await ada.get(f"{path}/plan/people?q=jo")
    assert "Joan" in ada.page
    assert "Burslem" not in ada.page
    for words in ("01632", "ewa@example", "Dov"):
        await ada.get(f"{path}/plan/people?q={words}")
        assert "We found nobody new by that name" in ada.page


async def test_groups_and_everyone_are_added_once_each(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await begin(ada, hub)
    await ada.get(f"{path}/plan/people")
    assert "Thursday helpers (2 people)" in ada.page

    await ada.post(f"{path}/plan/people/add", group=hub.group.id)
    await ada.post(f"{path}/plan/people/add", everyone="yes")

    invited = await invitations(parts, (await only_meeting(parts)).id)
    assert {hub.ewa.id, hub.joan.id, hub.sid.id} == set(invited)


async def test_who_is_ticked_is_not_lost_by_going_on(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await begin(ada, hub)

    response = await ada.post(f"{path}/plan/people", on=f"{path}/plan/people", group=hub.group.id)

    assert f"{path}/plan/words" == response.headers["Location"]
    assert 2 == len(await invitations(parts, (await only_meeting(parts)).id))


async def test_who_was_chosen_can_be_taken_off_a_draft_in_silence(
    hub: Hub, ada: Browser, parts: Parts
) -> None:
    path = await plan(ada, hub, hub.ben)
    meeting = await only_meeting(parts)
    joan = (await invitations(parts, meeting.id))[hub.joan.id]

    await ada.post(f"{path}/plan/people/remove", invitation=joan.id)

    assert hub.joan.id not in await invitations(parts, meeting.id)
    assert [] == await messages(parts)


async def test_someone_to_be_kept_apart_is_looked_at_by_a_coordinator_before_publishing(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.joan, "SAF-APART")
    path = await plan(ada, hub, hub.ben)

    response = await ada.post(f"{path}/publish")
    again = await ada.post(f"{path}/publish")

    assert f"{path}/plan/check?done=ask-coordinator" == response.headers["Location"]
    assert response.headers["Location"] == again.headers["Location"]
    await ada.get(response.headers["Location"])
    assert "Ask your coordinator" in ada.page
    assert "Joan" not in ada.page
    assert MeetingState.DRAFT is (await only_meeting(parts)).state
    (task,) = await tasks(parts)
    assert (TaskKind.KEEP_APART, Role.COORDINATOR) == (task.kind, task.for_role)
    assert (hub.joan.id, TaskState.OPEN) == (task.person_id, task.state)


async def test_who_goes_back_after_publishing_is_shown_the_session(hub: Hub, ada: Browser) -> None:
    path = await plan(ada, hub, hub.ben)
    await ada.post(f"{path}/publish")

    back = await ada.get(f"{path}/plan/check")

    assert path == back.headers["Location"]


async def test_publishing_goes_on_once_the_coordinator_has_looked(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.joan, "SAF-APART")
    path = await plan(ada, hub, hub.ben)
    await ada.post(f"{path}/plan/people")
    async with making() as make:
        (task,) = await tasks(parts)
        task.state = TaskState.DONE
        await make.db.merge(task)

    response = await ada.post(f"{path}/publish")

    assert f"{path}?done=published" == response.headers["Location"]


async def test_a_longer_list_is_looked_at_again(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.joan, "SAF-APART")
        kay = await make.person(hub.organisation, "Kay")
    path = await plan(ada, hub, hub.ben)
    await ada.post(f"{path}/plan/people")
    async with making() as make:
        (task,) = await tasks(parts)
        task.state = TaskState.DONE
        await make.db.merge(task)
    await ada.post(f"{path}/plan/people/add", person=kay.id)

    response = await ada.post(f"{path}/publish")

    assert "ask-coordinator" in response.headers["Location"]
    assert [TaskState.DONE, TaskState.OPEN] == [each.state for each in await tasks(parts)]


async def test_safe_contact_is_counted_as_the_coordinators_and_gets_no_mail(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.ewa, "SAF-CONTACT")
    path = await plan(ada, hub, hub.ben)
    await ada.get(f"{path}/plan/check")
    assert "1 person by the coordinator" in ada.page
    assert "by email" not in ada.page

    await ada.post(f"{path}/publish")

    assert [] == await messages(parts)
    assert TaskKind.SAFE_CONTACT in {each.kind for each in await tasks(parts)}


async def test_nasty_names_are_kept_whole_and_clean(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await begin(ada, hub)

    await ada.post(
        f"{path}/plan/words",
        on=f"{path}/plan/words",
        neutral_title=f"{NASTY}\r\nBcc: all@example.org\x07",
        real_title="<b>=?utf-8?q?x?=",
    )
    response = await ada.post(f"{path}/plan/words", neutral_title=NASTY, real_title="<b>x")

    meeting = await only_meeting(parts)
    assert 303 == response.status
    assert (NASTY, "<b>x") == (meeting.neutral_title, meeting.real_title)
    await ada.get("/sessions")
    assert "&lt;b&gt;x" in ada.page
    assert "<b>x" not in ada.page


async def test_a_kind_changed_brings_its_own_length_and_ways(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        walk = await make.kind(
            hub.organisation,
            code="walk",
            name="Walk",
            minutes=45,
            ways={"outdoors": 8},
            neutral_title="Walk",
        )
    path = await begin(ada, hub)

    await ada.post(f"{path}/plan/kind", on=f"{path}/plan/kind", kind_id=walk.id)

    meeting = await only_meeting(parts)
    assert (45, "Walk") == (meeting.minutes, meeting.neutral_title)
    assert [Way.OUTDOORS] == [offer.way for offer in meeting.offers]


async def test_no_kind_chosen_asks_again(hub: Hub, ada: Browser) -> None:
    response = await ada.post("/sessions/new", on="/sessions/new")

    assert 422 == response.status
    assert "Choose the kind of session." in ada.page


async def test_a_draft_is_thrown_away_with_its_list(hub: Hub, ada: Browser, parts: Parts) -> None:
    path = await plan(ada, hub, hub.ben)

    response = await ada.post(f"{path}/throw-away", on=f"{path}/throw-away")

    assert "/sessions?done=draft-thrown-away" == response.headers["Location"]
    assert 404 == (await ada.get(f"{path}/plan/check")).status


async def test_only_planners_plan_and_only_their_own(
    hub: Hub, ada: Browser, open_browser: OpenBrowser, making: Making
) -> None:
    path = await plan(ada, hub, hub.ben)
    async with making() as make:
        other = await make.staff(hub.organisation, "Asha", Role.FACILITATOR)
    changing = [
        f"{path}/{page}"
        for page in ("publish", "throw-away", "plan/time", "plan/people", "plan/people/add")
    ]

    for person, status in ((hub.cleo, 403), (hub.dov, 404), (other, 404)):
        browser = await open_browser(person)
        await browser.get("/sessions")
        for address in changing:
            assert status == (await browser.post(address)).status
    stranger = await open_browser()
    for address in ("/sessions", "/sessions/new", f"{path}/plan/check"):
        response = await stranger.get(address)
        assert 303 == response.status
        assert response.headers["Location"].startswith("/sign-in")


async def test_a_coordinator_plans_any_session(
    hub: Hub, ada: Browser, open_browser: OpenBrowser
) -> None:
    path = await plan(ada, hub, hub.ben)
    ben = await open_browser(hub.ben)
    await ben.get(f"{path}/plan/check")

    assert 303 == (await ben.post(f"{path}/publish")).status


async def test_an_empty_list_says_what_will_appear(hub: Hub, ada: Browser) -> None:
    await ada.get("/sessions")
    assert "Sessions you publish will be listed here" in ada.page

    await ada.get("/sessions/earlier")
    assert "Sessions that are over will be listed here" in ada.page
