"""Access requests: the queue, each step and who takes it, decisions, answers, the facilitator's sheet."""

import asyncio
from datetime import timedelta

import pytest

from accessibility.consent import Purpose
from accessibility.needs import Need as ToldNeed
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.consenting import take_back_consent
from service.actions.dating import date_requests
from service.actions.helping import Told, record_needs
from service.actions.requests import begin_the_day
from service.actor import Role, system_actor
from service.parts import Parts
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest, RequestStep
from service.storage.people import Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import (
    BSL,
    LANGUAGE,
    LIPS,
    OWN,
    OWN_WORDS,
    SAFE,
    Scene,
    lay_out,
)
from tests.people import guest_actor

BOOKED = {"proof": "Booking 4711", "words": "Amina comes at 1.50pm."}
NEXT = {"next_step": "Ring the agency", "next_step_on": "2027-01-14", "cost": "£140.50"}
CANNOT = {
    "reason": "no_supplier",
    "tried": "Three agencies",
    "cost_against_budget": "240 of 900 pounds",
    "offered_instead": "Captions typed by a person",
    "review_on": "2027-03-01",
    "how_to_complain": "Ring 01632 960101",
}


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest needs two interpreters."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL, LANGUAGE, LIPS)
    return scene


@pytest.fixture
async def eve(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open Eve's browser; her link is all it needs."""
    return await open_browser()


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator, at the queue."""
    browser = await open_browser(scene.ben)
    await browser.get("/requests")
    return browser


@pytest.fixture
async def cleo(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the director's browser."""
    browser = await open_browser(scene.cleo)
    await browser.get("/requests")
    return browser


@pytest.fixture
async def ada(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the facilitator's browser."""
    return await open_browser(scene.ada)


async def path_of(scene: Scene, code: str = BSL.code) -> str:
    """Give the address of a request."""
    return f"/requests/{(await scene.request(code)).id}"


async def test_the_queue_puts_the_most_urgent_first(scene: Scene, ben: Browser) -> None:
    assert "0 of 2 arranged, 2 red." in ben.page
    # 10 working days are left: an interpreter for signs wants 20 of them, for a language 10.
    signs, language = ben.page.index("Red: Late by 10 days"), ben.page.index("Red: Due today")
    assert signs < language
    assert "Book a sign language (BSL) interpreter" in ben.page
    assert "Urdu" in ben.page
    assert "Nobody yet" in ben.page


async def test_a_bank_holiday_is_no_working_day(scene: Scene, ben: Browser) -> None:
    async with scene.doing() as db:
        meeting = await db.get(Meeting, scene.meeting.id)
        assert meeting is not None and meeting.starts_at and meeting.ends_at
        later = timedelta(days=77)
        meeting.starts_at, meeting.ends_at = meeting.starts_at + later, meeting.ends_at + later
        await date_requests(db, system_actor(scene.house.id), now=scene.now, all_of_them=True)

    await ben.get("/requests")

    # From 12 January to 13 April 2027 there are 65 weekdays, two of them Good Friday and Easter Monday.
    assert "43 days" in ben.page


async def test_the_queue_is_narrowed_without_scripts(scene: Scene, ben: Browser) -> None:
    signs, language = f'/requests/{(await scene.request()).id}"', "/requests/"
    language += f'{(await scene.request(LANGUAGE.code)).id}"'
    await ben.post(f"{language[:-1]}/take-on")

    for query, there, gone in (
        ("owner=mine", language, signs),
        ("owner=nobody", signs, language),
        ("state=submitted", signs, language),
        ("state=acknowledged", language, signs),
        ("term=PRO-BSL", signs, language),
        ("waiting=us", signs, "Nothing is lost"),
        ("pressing=red", signs, "Nothing is lost"),
        ("pressing=amber", language, "Nothing is lost"),
        (f"session={scene.meeting.id}", signs, "Nothing is lost"),
    ):
        assert 200 == (await ben.get(f"/requests?{query}")).status
        assert there in ben.page, query
        assert gone not in ben.page, query
    for query in (f"session={scene.eve.id}", "waiting=them", "waiting=director", "waiting=nobody"):
        await ben.get(f"/requests?{query}")
        assert "No request fits what you chose." in ben.page, query


async def test_an_empty_queue_says_what_will_be_there(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    dov = await open_browser(scene.dov)

    await dov.get("/requests")

    assert "it is listed here, the most pressing first" in dov.page


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_sees_its_own_part(
    role: Role, scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        somebody = await make.staff(scene.house, "Fay", role)
    browser = await open_browser(somebody)
    path = await path_of(scene)

    found = [
        (await browser.get(each)).status
        for each in ("/requests", path, f"/sessions/{scene.meeting.id}/help")
    ]

    # Cleo sees only what was passed to her; Fay runs another session, or none at all.
    expected = {
        Role.COORDINATOR: [200, 200, 403],
        Role.DIRECTOR: [200, 403, 403],
        Role.FACILITATOR: [403, 403, 404],
    }
    assert expected.get(role, [403, 403, 403]) == found


async def test_who_may_not_arrange_takes_no_step(
    scene: Scene, cleo: Browser, ada: Browser, ben: Browser, open_browser: OpenBrowser
) -> None:
    path, dov = await path_of(scene), await open_browser(scene.dov)
    await ada.get("/sessions")
    await dov.get("/requests")
    theirs = ("take-on", "next-step", "arranged", "alternative", "pass", "review", "answer")

    for step in theirs:
        assert 403 == (await cleo.post(f"{path}/{step}", **NEXT)).status, step
        assert 403 == (await ada.post(f"{path}/{step}", **NEXT)).status, step
        assert 404 == (await dov.post(f"{path}/{step}", **NEXT)).status, step
    for step in ("cannot", "give-back"):
        assert 403 == (await ben.post(f"{path}/{step}", **CANNOT)).status, step
        assert 403 == (await ada.post(f"{path}/{step}", **CANNOT)).status, step

    assert RequestState.SUBMITTED is (await scene.request()).state


async def test_a_request_is_taken_on_planned_arranged_and_confirmed(
    scene: Scene, ben: Browser, eve: Browser
) -> None:
    path = await path_of(scene)
    for step, fields in (("take-on", {}), ("next-step", NEXT), ("arranged", BOOKED)):
        assert 303 == (await ben.post(f"{path}/{step}", **fields)).status, step
    await ben.get(path)
    for words in ("£140.50", "Booking 4711", "Amina comes at 1.50pm.", "Thursday 14 January 2027"):
        assert words in ben.page, words

    await eve.get(scene.help)
    assert "We have arranged this. Does it work for you?" in eve.page
    assert "Amina comes at 1.50pm." in eve.page
    for hidden in ("Booking 4711", "140.50", "Ring the agency"):
        assert hidden not in eve.page
    request = await scene.request()
    await eve.post(f"{scene.help}/requests/{request.id}/answer", to="confirmed")

    request = await scene.request()
    steps = [s for s in await scene.rows(RequestStep) if s.request_id == request.id]
    assert RequestState.CONFIRMED is request.state
    assert scene.ben.id == request.owner_id
    assert ["submitted", "acknowledged", "arranging", "arranged", "confirmed"] == [
        step.to_state for step in sorted(steps, key=lambda step: step.id)
    ]
    assert 5 == sum(what == "request.moved" for what in await scene.audit()) - 1


async def test_a_no_asks_what_would_work_and_goes_back_to_arranging(
    scene: Scene, eve: Browser
) -> None:
    request_id = await scene.put(BSL.code, RequestState.ARRANGED)

    response = await eve.post(
        f"{scene.help}/requests/{request_id}/answer", on=scene.help, to="arranging"
    )

    request = await scene.request()
    [task] = await scene.open_tasks(TaskKind.DECIDE)
    assert 303 == response.status
    assert RequestState.ARRANGING is request.state
    assert "Ask what would work instead" == request.next_step
    assert (Role.COORDINATOR, request.id) == (task.for_role, task.subject_id)


async def test_something_else_is_offered_and_can_be_taken_back(
    scene: Scene, ben: Browser, eve: Browser
) -> None:
    path = await path_of(scene)
    await scene.put(BSL.code, RequestState.ARRANGING)
    await ben.post(f"{path}/alternative", differs="Captions instead of signs")

    await eve.get(scene.help)
    assert "We can offer something else. Does it work for you?" in eve.page
    assert "Captions instead of signs" in eve.page
    request = await scene.request()
    await eve.post(f"{scene.help}/requests/{request.id}/answer", to="withdrawn")

    assert RequestState.WITHDRAWN is (await scene.request()).state
    assert {"PRO-BSL", "LAN-INTERP", "COM-LIPREAD"} == (await scene.needs()).keys()


async def test_a_person_says_only_what_is_theirs_to_say(scene: Scene, eve: Browser) -> None:
    request = await scene.request()
    answer = f"{scene.help}/requests/{request.id}/answer"
    await eve.get(scene.help)

    statuses = {
        (await eve.post(answer, to=to)).status
        for to in ("confirmed", "arranged", "cannot_meet", "closed", "reviewed", "nonsense", "")
    }

    assert statuses <= {409, 422}
    assert RequestState.SUBMITTED is (await scene.request()).state


@pytest.mark.parametrize(
    ("channels", "needs", "kind"),
    [
        (["email"], [], None),
        (["call"], [], TaskKind.RING),
        (["letter"], [], TaskKind.POST),
        (["email"], [SAFE], TaskKind.SAFE_CONTACT),
    ],
)
async def test_whom_no_page_reaches_is_told_by_a_human(
    channels: list[str],
    needs: list[ToldNeed],
    kind: TaskKind | None,
    scene: Scene,
    ben: Browser,
) -> None:
    await scene.tells(*needs)
    async with scene.doing() as db:
        person = await db.get(Person, scene.eve.id)
        assert person is not None
        person.channels = channels
    await scene.put(BSL.code, RequestState.ARRANGING)

    await ben.post(f"{await path_of(scene)}/arranged", **BOOKED)

    about = [task.kind for task in await scene.rows(Task) if task.about == "request_answer"]
    news = [each for each in await scene.rows(Message) if each.kind is MessageKind.REQUEST_ANSWER]
    assert ([] if kind is None else [kind]) == about
    assert (1 if kind is None else 0) == len(news)


async def test_what_was_to_be_told_is_settled_by_the_next_step(scene: Scene, ben: Browser) -> None:
    async with scene.doing() as db:
        person = await db.get(Person, scene.eve.id)
        assert person is not None
        person.channels = ["call"]
    await scene.put(BSL.code, RequestState.ARRANGING)
    path = await path_of(scene)

    await ben.post(f"{path}/arranged", **BOOKED)
    await ben.post(f"{path}/answer", to="confirmed", channel="phone")

    tasks = [task for task in await scene.rows(Task) if task.about == "request_answer"]
    assert [TaskState.OVERTAKEN] == [task.state for task in tasks]
    steps = [s for s in await scene.rows(RequestStep) if s.to_state is RequestState.CONFIRMED]
    assert [{"by": "helper", "channel": "phone"}] == [step.evidence for step in steps]


async def test_only_a_director_says_that_it_cannot_be_done(
    scene: Scene, ben: Browser, cleo: Browser, eve: Browser
) -> None:
    await scene.put(BSL.code, RequestState.ARRANGING)
    path = await path_of(scene)
    assert 403 == (await cleo.get(path)).status
    await ben.post(f"{path}/pass", tried="Three agencies")
    await cleo.get("/requests")
    assert "Book a sign language (BSL) interpreter" in cleo.page
    assert "Eve" not in cleo.page
    assert 200 == (await cleo.get(path)).status
    assert "Three agencies" in cleo.page
    assert "Eve" not in cleo.page

    response = await cleo.post(f"{path}/cannot", **CANNOT)

    assert 303 == response.status
    assert RequestState.CANNOT_MEET is (await scene.request()).state
    await eve.get(scene.help)
    for words in ("Nobody we could find can do it", "Captions typed", "Monday 1 March 2027"):
        assert words in eve.page, words
    assert "Ring 01632 960101" in eve.page
    assert "900 pounds" not in eve.page
    assert [] == await scene.open_tasks(TaskKind.DECIDE)


@pytest.mark.parametrize("missing", sorted(CANNOT))
async def test_a_refusal_needs_all_six_things(missing: str, scene: Scene, cleo: Browser) -> None:
    await scene.put(BSL.code, RequestState.ALTERNATIVE_OFFERED)
    path = await path_of(scene)
    async with scene.doing() as db:
        db.add(
            Task(
                organisation_id=scene.house.id,
                kind=TaskKind.DECIDE,
                about="request_decide",
                once="decide",
                for_role=Role.DIRECTOR,
                subject_id=(await scene.request()).id,
                due_at=scene.now,
                created_at=scene.now,
            )
        )

    response = await cleo.post(f"{path}/cannot", on=path, **CANNOT | {missing: " "})

    assert 422 == response.status
    assert RequestState.ALTERNATIVE_OFFERED is (await scene.request()).state
    kept = "Three agencies" if missing != "tried" else "Captions typed by a person"
    assert kept in cleo.page


async def test_a_director_gives_it_back_with_something_to_try(
    scene: Scene, ben: Browser, cleo: Browser
) -> None:
    await scene.put(BSL.code, RequestState.ARRANGING)
    path = await path_of(scene)
    await ben.post(f"{path}/pass", tried="Three agencies")

    await cleo.post(f"{path}/give-back", try_this="Ask the college")

    [task] = await scene.open_tasks(TaskKind.DECIDE)
    assert (Role.COORDINATOR, "Ask the college") == (task.for_role, task.words)
    assert 403 == (await cleo.get(path)).status
    await ben.get(path)
    assert "Ask the college" in ben.page


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("next-step", NEXT | {"cost": "a lot"}, "Please type an amount in pounds"),
        ("next-step", NEXT | {"cost": "-1"}, "Please type an amount in pounds"),
        ("next-step", NEXT | {"next_step_on": "2027-01-11"}, "Please choose today or a later day."),
        ("next-step", NEXT | {"next_step": " "}, "Please say what happens next."),
        ("arranged", BOOKED | {"proof": ""}, "Please say what shows"),
        ("alternative", {"differs": "", "proof": "Booking 4711"}, "Please say what you can offer"),
        ("review", {"follow_up": "x", "proof": "Booking 4711"}, "This request has moved on"),
        ("answer", {"to": "met", "channel": "phone", "proof": "Booking 4711"}, "has moved on"),
        ("answer", {"to": "withdrawn", "channel": "smoke", "proof": "Booking 4711"}, "check it"),
    ],
)
async def test_what_cannot_be_used_keeps_what_was_typed(
    step: str, fields: dict[str, str], sentence: str, scene: Scene, ben: Browser
) -> None:
    await scene.put(BSL.code, RequestState.ARRANGING)
    path = await path_of(scene)

    response = await ben.post(f"{path}/{step}", on=path, **fields)

    assert 422 == response.status
    assert sentence in ben.page
    for name in ("next_step", "cost", "words", "proof"):
        assert fields.get(name, "") in ben.page
    assert RequestState.ARRANGING is (await scene.request()).state
    assert 2 == sum(what == "request.moved" for what in await scene.audit())


async def test_safe_contact_stands_before_anything_to_ring(scene: Scene, ben: Browser) -> None:
    await scene.tells(SAFE)

    await ben.get(await path_of(scene))

    safe = ben.page.index("Contact this person only in the safe way")
    assert safe < ben.page.index("01632 960 188")


async def test_cover_sees_what_to_do_but_not_how_to_reach(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.tells(OWN, SAFE)
    bo = await open_browser(scene.bo)

    await bo.get(await path_of(scene, "OTH-OTHER"))

    assert "Another coordinator looks after this person." in bo.page
    for hidden in ("960188", "960 188", "eve@example.org", "Open their own words", "safe way they"):
        assert hidden not in bo.page, hidden


async def test_a_clash_is_shown_without_a_name(scene: Scene, making: Making, ben: Browser) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
        invitation = await make.invitation(scene.meeting, zoe, answer=Answer.YES, way=Way.ONLINE)
        told = Told(zoe.id, [ToldNeed("NEU-CAMOFF", Strength.MUST)])
        await record_needs(
            make.db,
            guest_actor(invitation, zoe.chosen_name),
            scene.parts.sealer,
            told,
            now=scene.now,
        )

    await ben.get(await path_of(scene))

    assert "Somebody else in this session: My camera will be off." in ben.page
    assert "Zoe" not in ben.page


async def test_a_way_that_cannot_work_is_said(scene: Scene, making: Making, ben: Browser) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
        invitation = await make.invitation(scene.meeting, zoe, answer=Answer.YES, way=Way.PHONE)
        told = Told(zoe.id, [ToldNeed("PRO-STTR", Strength.MUST)])
        guest = guest_actor(invitation, zoe.chosen_name)
        await record_needs(make.db, guest, scene.parts.sealer, told, now=scene.now)

    await ben.get(await path_of(scene, "PRO-STTR"))

    assert "This cannot be done for somebody who joins by phone." in ben.page


async def test_no_yes_three_working_days_before_means_ring(scene: Scene, ben: Browser) -> None:
    await scene.put(BSL.code, RequestState.ARRANGED)

    for days, sentence in ((8, "Waiting for their yes"), (1, "Ring: no yes yet")):
        scene.clock.move(timedelta(days=days))
        await ben.get("/requests")
        assert sentence in ben.page, days


async def test_the_start_takes_what_nobody_confirmed_to_the_day(scene: Scene, eve: Browser) -> None:
    await scene.put(BSL.code, RequestState.ARRANGED)
    await scene.put(LANGUAGE.code, RequestState.CONFIRMED)
    system = system_actor(scene.house.id)

    counts = []
    for days in (13, 1, 0):
        scene.clock.move(timedelta(days=days))
        async with scene.doing() as db:
            counts.append(await begin_the_day(db, system, now=scene.now))

    requests = await scene.requests()
    assert [0, 1, 0] == counts
    assert RequestState.ON_THE_DAY is requests[BSL.code].state
    assert requests[BSL.code].is_unconfirmed
    assert RequestState.CONFIRMED is requests[LANGUAGE.code].state


async def test_what_was_not_done_owes_an_apology_and_is_looked_back_at(
    scene: Scene, ben: Browser, eve: Browser
) -> None:
    request_id = await scene.put(BSL.code, RequestState.ON_THE_DAY)

    await eve.post(f"{scene.help}/requests/{request_id}/answer", on=scene.help, to="not_delivered")
    [task] = await scene.open_tasks(TaskKind.AFTER_SESSION)
    assert scene.eve.id == task.person_id
    await ben.post(f"/requests/{request_id}/review", follow_up="Use another agency")

    assert RequestState.CLOSED is (await scene.request()).state


async def test_the_facilitator_sees_what_to_do_from_7_days_before_to_2_days_after(
    scene: Scene, ada: Browser
) -> None:
    assert scene.meeting.starts_at is not None and scene.meeting.ends_at is not None
    first = scene.meeting.starts_at - timedelta(days=7)
    last = scene.meeting.ends_at + timedelta(days=2)
    second = timedelta(seconds=1)
    line = "Keep the sign language interpreter in view"
    sheet = f"/sessions/{scene.meeting.id}/help"

    for at, sees in ((first - second, False), (first, True), (last, True), (last + second, False)):
        scene.clock.at = at
        assert 200 == (await ada.get(sheet)).status
        assert sees is (line in ada.page), at

    assert "until 2 days after the session" in ada.page
    scene.clock.at = first - second
    await ada.get(sheet)
    assert "You can see this from Tuesday 19 January 2027" in ada.page


async def test_the_sheet_tells_neither_names_nor_words_nor_what_keeps_safe(
    scene: Scene, ada: Browser
) -> None:
    await scene.tells(OWN, SAFE)
    scene.clock.move(timedelta(days=10))

    await ada.get(f"/sessions/{scene.meeting.id}/help")

    assert "for 1 person" in ada.page
    for hidden in ("Eve", OWN_WORDS, "Urdu", "safe way", "960188", "960 188", "eve@example.org"):
        assert hidden not in ada.page, hidden


async def test_who_took_back_the_sharing_is_not_on_the_sheet(scene: Scene, ada: Browser) -> None:
    scene.clock.move(timedelta(days=10))
    async with scene.doing() as db:
        await take_back_consent(db, scene.guest, scene.eve.id, Purpose.SHARE_ACTIONS, now=scene.now)

    await ada.get(f"/sessions/{scene.meeting.id}/help")

    assert "interpreter" not in ada.page
    assert "Nobody who is coming has asked for anything" in ada.page


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNANSWERED])
async def test_who_does_not_come_is_not_on_the_sheet(
    answer: Answer, scene: Scene, ada: Browser
) -> None:
    scene.clock.move(timedelta(days=10))
    async with scene.doing() as db:
        scene.invitation.answer = answer
        await db.merge(scene.invitation)

    await ada.get(f"/sessions/{scene.meeting.id}/help")

    assert "interpreter" not in ada.page


async def test_nobody_else_sees_the_sheet(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        gil = await make.staff(scene.house, "Gil", Role.FACILITATOR)
        hal = await make.staff(scene.house, "Hal", Role.FACILITATOR, Role.COORDINATOR)
    scene.clock.move(timedelta(days=10))
    sheet = f"/sessions/{scene.meeting.id}/help"

    for person, status in ((gil, 404), (hal, 403), (scene.ben, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(sheet)).status, person.chosen_name
        assert "interpreter" not in browser.page


async def test_changing_two_things_at_once_leaves_one_history(scene: Scene, ben: Browser) -> None:
    path = await path_of(scene)

    first = await ben.post(f"{path}/take-on")
    second = await ben.post(f"{path}/take-on")
    late = await ben.post(f"{path}/review", on=path, follow_up="Nothing")

    assert (303, 303, 422) == (first.status, second.status, late.status)
    taken = [s for s in await scene.rows(RequestStep) if s.to_state is RequestState.ACKNOWLEDGED]
    assert 1 == len(taken)


async def test_two_presses_at_once_are_one_step(scene: Scene, ben: Browser) -> None:
    path, form = await path_of(scene), {"csrf": ben.token}

    answers = await asyncio.gather(
        *(
            ben.client.post(
                f"{path}/take-on", data=form, headers=ben.headers, allow_redirects=False
            )
            for _ in range(4)
        )
    )

    taken = [s for s in await scene.rows(RequestStep) if s.to_state is RequestState.ACKNOWLEDGED]
    assert [303] * 4 == [each.status for each in answers]
    assert 1 == len(taken)


async def test_requests_of_another_organisation_are_not_found(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    dov = await open_browser(scene.dov)

    assert 404 == (await dov.get(await path_of(scene))).status
    assert 404 == (await dov.get("/requests/not-a-number")).status
    assert 2 == len(await scene.rows(AccessRequest))
