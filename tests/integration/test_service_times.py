"""What time does while something is arranged: receipts, tasks for the desk and at red for a director."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, event

from accessibility.consent import ConsentChannel, Purpose
from accessibility.needs import Need as ToldNeed
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.consenting import give_consents
from service.actions.helping import Told, record_needs
from service.actions.watching_requests import watch_requests
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.attendance import Attendance, AttendanceSource
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, LANGUAGE, LIPS, SAFE, Scene, lay_out
from tests.people import guest_actor

CHECK_IN = ToldNeed("WEL-CHECKIN", Strength.PREFER)


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session in a fortnight, whose guest is coming."""
    return await lay_out(making, parts, clock)


async def watch(scene: Scene) -> int:
    """Let the timer look once."""
    async with scene.doing() as db:
        return await watch_requests(db, system_actor(scene.house.id), now=scene.now)


async def days_later(scene: Scene, *days: int) -> None:
    """Let days pass, and the timer look at the end of each stretch."""
    for each in days:
        scene.clock.move(timedelta(days=each))
        await watch(scene)


async def raised(scene: Scene, *, state: TaskState | None = TaskState.OPEN) -> Sequence[str]:
    """Name what open tasks are about, by their names."""
    tasks = sorted(await scene.rows(Task), key=lambda task: task.once)
    return [task.about for task in tasks if state is None or task.state is state]


async def mails(scene: Scene, kind: MessageKind) -> Sequence[Message]:
    """Give the mails of a kind."""
    return [each for each in await scene.rows(Message) if each.kind is kind]


async def change_eve(scene: Scene, **fields: object) -> None:
    """Change what is known of Eve."""
    async with scene.doing() as db:
        person = await db.get_one(Person, scene.eve.id)
        for name, value in fields.items():
            setattr(person, name, value)


async def starts_in(scene: Scene, days: int) -> None:
    """Move the session without a word to anybody."""
    async with scene.doing() as db:
        meeting = await db.get_one(Meeting, scene.meeting.id)
        assert meeting.starts_at is not None and meeting.ends_at is not None
        by = scene.now + timedelta(days=days) - meeting.starts_at
        meeting.starts_at, meeting.ends_at = meeting.starts_at + by, meeting.ends_at + by


async def came(scene: Scene, *, was_there: bool = True) -> None:
    """Write down that Eve took part, or that she did not."""
    async with scene.doing() as db:
        db.add(
            Attendance(
                organisation_id=scene.house.id,
                meeting_id=scene.meeting.id,
                invitation_id=scene.invitation.id,
                way=Way.ONLINE,
                was_there=was_there,
                source=AttendanceSource.NOTED,
                noted_at=scene.now,
            )
        )


async def test_one_receipt_goes_out_at_once_for_all_that_was_asked(scene: Scene) -> None:
    await scene.tells(BSL, LANGUAGE)

    await watch(scene)
    await watch(scene)

    [receipt] = await mails(scene, MessageKind.REQUEST_RECEIPT)
    assert (scene.eve.id, None, scene.now) == (
        receipt.person_id,
        receipt.meeting_id,
        receipt.due_at,
    )


async def test_what_is_asked_for_later_has_a_receipt_of_its_own(scene: Scene) -> None:
    await scene.tells(BSL)
    await watch(scene)
    scene.clock.move(timedelta(hours=1))
    await scene.tells(BSL, LANGUAGE)
    await watch(scene)

    assert 2 == len(await mails(scene, MessageKind.REQUEST_RECEIPT))


@pytest.mark.parametrize(
    ("channels", "needs", "kind"),
    [
        (["call"], [BSL], TaskKind.RING),
        (["text"], [BSL], TaskKind.TEXT),
        (["letter"], [BSL], TaskKind.POST),
        (["through"], [BSL], TaskKind.THROUGH),
        (["email"], [BSL, SAFE], TaskKind.SAFE_CONTACT),
    ],
)
async def test_a_receipt_comes_in_the_persons_own_way(
    channels: list[str], needs: list[ToldNeed], kind: TaskKind, scene: Scene
) -> None:
    await change_eve(scene, channels=channels)
    await scene.tells(*needs)

    await watch(scene)

    told = [task for task in await scene.rows(Task) if task.about == "request_receipt"]
    assert [kind] == [task.kind for task in told]
    assert [] == await mails(scene, MessageKind.REQUEST_RECEIPT)


async def test_who_told_one_of_us_gets_no_receipt_but_who_wrote_on_paper_does(scene: Scene) -> None:
    for channel, need in ((ConsentChannel.PHONE, BSL), (ConsentChannel.PAPER, LANGUAGE)):
        async with scene.doing() as db:
            keep = [Purpose.KEEP]
            await give_consents(db, scene.desk, scene.eve.id, keep, channel=channel, now=scene.now)
            told = Told(scene.eve.id, [need], channel=channel)
            await record_needs(db, scene.desk, scene.parts.sealer, told, now=scene.now)
        await watch(scene)
        expected = 1 if channel is ConsentChannel.PAPER else 0
        assert expected == len(await mails(scene, MessageKind.REQUEST_RECEIPT))
        scene.clock.move(timedelta(hours=1))


async def test_an_old_request_gets_no_late_receipt(scene: Scene) -> None:
    await scene.tells(BSL)
    scene.clock.move(timedelta(days=3))
    await watch(scene)

    assert [] == await mails(scene, MessageKind.REQUEST_RECEIPT)


async def test_the_desk_hears_step_by_step_what_is_overdue_and_each_time_once(scene: Scene) -> None:
    await starts_in(scene, 60)
    await scene.tells(BSL)

    seen = []
    for _ in range(60):
        await days_later(scene, 1)
        seen.append(tuple(await raised(scene)))

    steps = [seen[0], *(now for before, now in pairwise(seen) if now != before)]
    assert [
        (),
        ("request_reply",),
        ("request_plan",),
        ("request_decide", "request_plan"),
        ("request_amber", "request_decide"),
        ("request_decide", "request_red"),
        ("request_decide",),
    ] == steps
    everything = await scene.rows(Task)
    assert len(everything) == len({task.once for task in everything})


async def test_what_moves_on_is_not_chased(scene: Scene) -> None:
    await starts_in(scene, 60)
    await scene.tells(BSL)
    await scene.put(BSL.code, RequestState.CONFIRMED)
    await days_later(scene, *[1] * 59)

    assert [] == await raised(scene, state=None)


async def test_a_director_hears_of_it_at_red_without_a_name(scene: Scene) -> None:
    await scene.tells(BSL)
    await watch(scene)

    [task] = [task for task in await scene.rows(Task) if task.for_role is Role.DIRECTOR]
    assert ("request_decide", None) == (task.about, task.person_id)
    assert scene.now == (await scene.request()).escalated_at
    assert scene.eve.chosen_name not in task.words


async def test_a_request_a_director_knows_of_is_not_put_before_them_again(scene: Scene) -> None:
    await scene.tells(BSL)
    async with scene.doing() as db:
        request = await db.get_one(AccessRequest, (await scene.request()).id)
        request.escalated_at = scene.now
    await watch(scene)

    assert ["request_red"] == await raised(scene, state=None)


async def test_three_working_days_before_somebody_rings_and_never_takes_silence_for_a_yes(
    scene: Scene,
) -> None:
    await scene.tells(BSL)
    await change_eve(scene, phone="01632 960188")
    await scene.put(BSL.code, RequestState.ARRANGED)
    await days_later(scene, *[1] * 8)
    assert "request_ring" not in await raised(scene)

    await days_later(scene, 1, 1, 1)

    [ring] = [task for task in await scene.rows(Task) if task.about == "request_ring"]
    assert (TaskKind.RING, scene.eve.id) == (ring.kind, ring.person_id)
    assert RequestState.ARRANGED is (await scene.request()).state


async def test_after_the_start_nothing_is_left_to_chase(scene: Scene) -> None:
    await scene.tells(BSL)
    await watch(scene)
    await days_later(scene, 15)

    assert not {"request_red", "request_reply", "request_ring"} & set(await raised(scene))


async def test_the_organisation_sets_its_own_times(scene: Scene) -> None:
    await starts_in(scene, 60)
    async with scene.doing() as db:
        house = await db.get_one(type(scene.house), scene.house.id)
        house.access_settings = {"times.reply": 4, "caps.travel": 2000}
    await scene.tells(BSL)

    await days_later(scene, 2)
    assert [] == await raised(scene)
    await days_later(scene, 4)
    assert ["request_reply"] == await raised(scene)


async def test_who_took_part_is_asked_on_the_next_working_morning(scene: Scene) -> None:
    await days_later(scene, 14)
    await came(scene)
    scene.clock.move(timedelta(hours=3))
    await watch(scene)
    assert [] == await mails(scene, MessageKind.FEEDBACK_ASK)

    await days_later(scene, 1, 1)

    [ask] = await mails(scene, MessageKind.FEEDBACK_ASK)
    assert (scene.invitation.id, None) == (ask.subject_id, ask.meeting_id)


@pytest.mark.parametrize(
    ("channels", "kind"),
    [
        (["call"], TaskKind.AFTER_SESSION),
        (["letter"], TaskKind.AFTER_SESSION),
        (["text"], TaskKind.TEXT),
    ],
)
async def test_who_has_no_mail_is_asked_in_their_own_way(
    channels: list[str], kind: TaskKind, scene: Scene
) -> None:
    await change_eve(scene, channels=channels)
    await came(scene)
    await days_later(scene, 16)

    asked = [task for task in await scene.rows(Task) if task.about == "feedback_ask"]
    assert [kind] == [task.kind for task in asked]


async def test_nobody_is_asked_who_was_not_there_and_wanted_nothing(scene: Scene) -> None:
    await came(scene, was_there=False)
    await days_later(scene, 16)

    assert [] == await raised(scene, state=None)
    assert [] == await mails(scene, MessageKind.FEEDBACK_ASK)


async def test_who_asked_for_something_is_asked_though_nobody_saw_them(scene: Scene) -> None:
    await scene.tells(BSL)
    await days_later(scene, 16)

    assert 1 == len(await mails(scene, MessageKind.FEEDBACK_ASK))


async def test_the_question_is_not_asked_weeks_later(scene: Scene) -> None:
    await came(scene)
    await days_later(scene, 40)

    assert [] == await mails(scene, MessageKind.FEEDBACK_ASK)


async def test_who_wants_it_is_looked_in_on(scene: Scene) -> None:
    await scene.tells(CHECK_IN)
    await days_later(scene, 15)

    [task] = [task for task in await scene.rows(Task) if task.about == "check_in"]
    assert (TaskKind.AFTER_SESSION, scene.eve.id) == (task.kind, task.person_id)


async def test_what_went_wrong_owes_one_apology_whoever_said_so(scene: Scene) -> None:
    await scene.tells(BSL, LANGUAGE)
    await days_later(scene, 14)
    await scene.put(BSL.code, RequestState.NOT_DELIVERED)
    await scene.put(LANGUAGE.code, RequestState.PARTLY_MET)
    await watch(scene)
    await watch(scene)

    sorry = [task for task in await scene.rows(Task) if task.about == "apology"]
    assert [TaskKind.AFTER_SESSION] == [task.kind for task in sorry]


async def test_what_is_kept_is_talked_about_before_the_year_is_over(scene: Scene) -> None:
    await scene.tells(LIPS)
    await days_later(scene, 330)
    assert [] == await raised(scene)

    await days_later(scene, 20, 1)

    [task] = [task for task in await scene.rows(Task) if task.about == "needs_review"]
    assert (TaskKind.ACCESS, scene.eve.id) == (task.kind, task.person_id)


async def test_a_cancelled_session_asks_nothing_of_anybody(scene: Scene) -> None:
    await scene.tells(BSL)
    async with scene.doing() as db:
        meeting = await db.get_one(Meeting, scene.meeting.id)
        meeting.state = type(meeting.state).CANCELLED
    await came(scene)
    await days_later(scene, 1, 15, 3)

    assert [] == await raised(scene, state=None)
    assert [] == await mails(scene, MessageKind.FEEDBACK_ASK)


async def crowd(scene: Scene, making: Making, people: int) -> None:
    """Invite many who all need an interpreter."""
    async with making() as make:
        for number in range(people):
            person = await make.person(scene.house, f"Guest{number}")
            invitation = await make.invitation(
                scene.meeting, person, answer=Answer.YES, way=Way.ONLINE
            )
            guest = guest_actor(invitation, person.chosen_name)
            keep = [Purpose.KEEP]
            await give_consents(
                make.db, guest, person.id, keep, channel=ConsentChannel.WEB, now=scene.now
            )
            await record_needs(
                make.db, guest, scene.parts.sealer, Told(person.id, [BSL]), now=scene.now
            )


async def asked_of_the_database(scene: Scene) -> int:
    """Count the questions one look of the timer asks."""
    count = 0

    def asked(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(Engine, "before_cursor_execute", asked)
    try:
        await watch(scene)
    finally:
        event.remove(Engine, "before_cursor_execute", asked)
    return count


async def test_the_timer_asks_as_few_questions_for_many_as_for_few(
    scene: Scene, making: Making
) -> None:
    await crowd(scene, making, 2)
    few = await asked_of_the_database(scene)
    await crowd(scene, making, 30)
    many = await asked_of_the_database(scene)
    quiet = await asked_of_the_database(scene)

    assert few == many
    assert quiet <= 12


async def test_four_timers_at_once_do_everything_once(scene: Scene, making: Making) -> None:
    await crowd(scene, making, 12)

    await asyncio.gather(*(watch(scene) for _ in range(4)))

    receipts = await mails(scene, MessageKind.REQUEST_RECEIPT)
    assert 12 == len(receipts) == len({each.subject_id for each in receipts})
    about = await raised(scene, state=None)
    assert [12, 12] == [about.count(each) for each in ("request_red", "request_decide")]


AS_WE_SHIP_IT: dict[str, Any] = {
    "reply": 2,
    "soon": 5,
    "plan": 5,
    "confirm": 3,
    "feedback": 5,
    "apology": 1,
    "check_in": 2,
    "amber": 3,
    "red": 0,
    "review_months": 12,
}


@pytest.fixture
async def admin(scene: Scene, making: Making, open_browser: OpenBrowser) -> Browser:
    """Open the browser of an admin."""
    async with making() as make:
        person = await make.staff(scene.house, "Ama", Role.ADMIN)
    return await open_browser(person)


async def settings(scene: Scene) -> Mapping[str, int | None]:
    """Give what the organisation has set."""
    async with scene.parts.database.reading() as db:
        return (await db.get_one(Organisation, scene.house.id)).access_settings


async def test_an_admin_sets_the_times_and_leaves_the_rest_alone(
    scene: Scene, admin: Browser
) -> None:
    async with scene.doing() as db:
        house = await db.get_one(Organisation, scene.house.id)
        house.access_settings = {"travel": 2000}

    on = "/set-up/times"
    assert 303 == (await admin.post(on, on=on, **AS_WE_SHIP_IT | {"reply": 1})).status

    kept = await settings(scene)
    assert (1, 3, 2000) == (kept["times.reply"], kept["times.amber"], kept["travel"])
    await admin.get(on)
    assert 'name="reply" value="1"' in " ".join(admin.page.split())


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"reply": 99}, "Please type a number that fits."),
        ({"plan": 1}, "The plan cannot come before the first answer."),
        ({"red": 9}, "Amber must come before red."),
        ({"apology": "soon"}, "number"),
    ],
)
async def test_times_that_cannot_be_are_shown_again_and_set_nothing(
    wrong: dict[str, object], complaint: str, scene: Scene, admin: Browser
) -> None:
    response = await admin.post(
        "/set-up/times", on="/set-up/times", **AS_WE_SHIP_IT | {"feedback": 7} | wrong
    )

    assert 422 == response.status
    assert complaint in admin.page
    assert 'value="7"' in admin.page
    assert {} == await settings(scene)


async def test_only_an_admin_sets_the_times(scene: Scene, open_browser: OpenBrowser) -> None:
    for person in (scene.ben, scene.ada, scene.cleo):
        browser = await open_browser(person)
        await browser.get("/today")
        assert 403 == (await browser.get("/set-up/times")).status
        assert 403 == (await browser.post("/set-up/times", **AS_WE_SHIP_IT)).status
    nobody = await open_browser()
    assert "/sign-in" in (await nobody.get("/set-up/times")).headers["Location"]
    assert {} == await settings(scene)


async def test_the_queue_turns_amber_when_the_organisation_says(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await starts_in(scene, 40)
    await scene.tells(BSL)
    ben = await open_browser(scene.ben)
    await ben.get("/requests")
    assert "Amber" not in ben.page.partition("<table")[2]

    async with scene.doing() as db:
        house = await db.get_one(Organisation, scene.house.id)
        house.access_settings = {"times.amber": 20}
    await ben.get("/requests")

    assert "Amber" in ben.page.partition("<table")[2]


async def test_who_is_contacted_safely_is_never_put_on_the_call_list(scene: Scene) -> None:
    await scene.tells(BSL, SAFE)
    await scene.put(BSL.code, RequestState.ARRANGED)
    await days_later(scene, 11)

    [ring] = [task for task in await scene.rows(Task) if task.about == "request_ring"]
    assert TaskKind.SAFE_CONTACT is ring.kind
