"""Bookings: made for one request, shared by those it serves, called off with its fee, seen to when it moves."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from accessibility.bookings import ArrangementState
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed, change_meeting
from service.actions.loose_ends import CANCELLED, IDLE, MOVED, notice_idle
from service.actions.plans import details_of
from service.actor import Role, system_actor
from service.identifiers import new_id
from service.parts import Parts
from service.storage.arrangements import Arrangement
from service.storage.kit import Loan
from service.storage.meetings import meeting_by_id
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest
from service.storage.people import Person
from service.storage.tasks import TaskKind, TaskState
from tests.integration.booking_scene import BOOKED, LOOP, Bookings, lay_out_bookings, tells
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import LANGUAGE
from tests.people import actor_for


@pytest.fixture
async def bookings(making: Making, parts: Parts, clock: TestClock) -> Bookings:
    """Lay out two people who sign, in a session in a fortnight."""
    return await lay_out_bookings(making, parts, clock)


@pytest.fixture
async def ben(bookings: Bookings, open_browser: OpenBrowser) -> Browser:
    """Open the coordinator's browser, at the queue."""
    browser = await open_browser(bookings.scene.ben)
    await browser.get("/requests")
    return browser


async def book(bookings: Bookings, ben: Browser, **other: str) -> str:
    """Book the supplier for Eve, and give the address of the booking."""
    path = await bookings.path(bookings.scene.eve)
    fields = BOOKED | {"by": bookings.by_signs} | other
    response = await ben.post(f"{path}/book", **fields)
    assert 303 == response.status, ben.page
    return f"/arrangements/{(await bookings.booking()).id}"


async def test_a_booking_arranges_the_request_and_proves_it(
    bookings: Bookings, ben: Browser, open_browser: OpenBrowser
) -> None:
    path = await bookings.path(bookings.scene.eve)
    await ben.get(f"{path}/book")
    for words in ("Potteries Signs", "01632 960 150", "£280", "Half the fee within 14 days"):
        assert words in ben.page, words
    # Two hours of signing: two people take turns.
    assert 'name="people" value="2"' in ben.page
    await book(bookings, ben)

    request, booking = await bookings.of(bookings.scene.eve), await bookings.booking()
    assert RequestState.ARRANGED is request.state
    assert booking.id == request.arrangement_id
    assert bookings.scene.ben.id == request.owner_id
    assert ArrangementState.BOOKED is booking.state
    assert (date(2027, 1, 12), date(2027, 1, 19)) == (booking.half_fee_from, booking.full_fee_from)
    await ben.get(path)
    for words in ("Potteries Signs", "PS-4711", "£280", "It was free until Monday 11 January 2027"):
        assert words in ben.page, words
    eve = await open_browser()
    await eve.get(bookings.scene.help)
    assert "Amina comes." in eve.page
    for hidden in ("PS-4711", "280", "Potteries Signs", "Zoe"):
        assert hidden not in eve.page, hidden


async def test_without_a_booking_number_it_is_planned_until_there_is_one(
    bookings: Bookings, ben: Browser
) -> None:
    path = await book(bookings, ben, reference="", words="")
    request = await bookings.of(bookings.scene.eve)
    assert RequestState.ARRANGING is request.state
    assert "Get the booking number" == request.next_step
    assert ArrangementState.PLANNED is (await bookings.booking()).state

    nothing = await ben.post(f"{path}/booked", on=path, reference=" ", words="Amina comes.")
    assert 422 == nothing.status
    assert "Please type the booking number" in ben.page
    assert "Amina comes." in ben.page
    silent = await ben.post(f"{path}/booked", reference="PS-1", words="")
    assert 422 == silent.status
    booked = await ben.post(f"{path}/booked", reference="PS-1", words="Amina comes.")

    assert 303 == booked.status
    assert ArrangementState.BOOKED is (await bookings.booking()).state
    assert RequestState.ARRANGED is (await bookings.of(bookings.scene.eve)).state


async def test_one_team_serves_all_who_need_it_and_nobody_learns_who_else(
    bookings: Bookings, ben: Browser, open_browser: OpenBrowser
) -> None:
    await book(bookings, ben)
    path, booking = await bookings.path(bookings.zoe), await bookings.booking()
    await ben.get(f"{path}/book")
    assert "Already arranged for this session" in ben.page
    assert "People it serves: 1" in ben.page

    silent = await ben.post(f"{path}/join", arrangement=booking.id, join_words="")
    joined = await ben.post(f"{path}/join", arrangement=booking.id, join_words="Two interpreters.")

    assert (422, 303) == (silent.status, joined.status)
    request = await bookings.of(bookings.zoe)
    assert (RequestState.ARRANGED, booking.id) == (request.state, request.arrangement_id)
    assert 1 == len(await bookings.scene.rows(Arrangement))
    for link, name in ((bookings.zoe_link, "Eve"), (bookings.scene.link, "Zoe")):
        guest = await open_browser()
        for page in (link, f"{link}/help"):
            await guest.get(page)
            assert not re.search(rf"\b{name}\b", guest.page), page
            assert "serves" not in guest.page, page
    await ben.get(f"/arrangements/{booking.id}")
    assert "Eve" in ben.page
    assert "Zoe" in ben.page


async def test_what_does_not_fit_cannot_be_joined(bookings: Bookings, ben: Browser) -> None:
    await book(bookings, ben)
    await tells(bookings, bookings.zoes, bookings.zoe, LANGUAGE)
    urdu = await bookings.path(bookings.zoe, LANGUAGE.code)
    booking = await bookings.booking()

    await ben.get(f"{urdu}/book")
    assert "Already arranged for this session" not in ben.page
    response = await ben.post(f"{urdu}/join", arrangement=booking.id, join_words="x")

    assert 422 == response.status
    assert "That booking does not fit" in ben.page
    assert (await bookings.of(bookings.zoe, LANGUAGE.code)).arrangement_id is None


async def test_calling_off_costs_its_fee_and_begins_again_for_all(
    bookings: Bookings, ben: Browser, open_browser: OpenBrowser
) -> None:
    path = await book(bookings, ben)
    booking = await bookings.booking()
    zoes = await bookings.path(bookings.zoe)
    await ben.post(f"{zoes}/join", arrangement=booking.id, join_words="Two interpreters.")
    await ben.post(f"{zoes}/answer", to="confirmed", channel="phone")
    before = len(await news(bookings))
    await ben.get(path)
    assert "Call it off for £140" in ben.page

    silent = await ben.post(f"{path}/off", off_words="")
    off = await ben.post(f"{path}/off", off_words="Amina is ill. We look for somebody else.")

    assert (422, 303) == (silent.status, off.status)
    booking = await bookings.booking()
    assert (ArrangementState.CALLED_OFF, 14000) == (booking.state, booking.actual_pence)
    for person in (bookings.scene.eve, bookings.zoe):
        request = await bookings.of(person)
        assert RequestState.ARRANGING is request.state
        assert request.arrangement_id is None
        assert "Find somebody else" in request.next_step
    assert before + 2 == len(await news(bookings))
    eve = await open_browser()
    await eve.get(bookings.scene.help)
    assert "Amina is ill. We look for somebody else." in eve.page
    assert "140" not in eve.page


async def news(bookings: Bookings) -> list[Message]:
    """Give the mails that say that there is an answer."""
    rows = await bookings.scene.rows(Message)
    return [each for each in rows if each.kind is MessageKind.REQUEST_ANSWER]


@pytest.mark.parametrize(
    ("day", "cost", "words"),
    [(11, 0, "free until Monday 11 January"), (12, 14000, "£140 today"), (19, 28000, "£280 today")],
)
async def test_the_fee_depends_on_the_day(
    day: int, cost: int, words: str, bookings: Bookings, ben: Browser
) -> None:
    path = await book(bookings, ben)
    bookings.scene.clock.at = datetime(2027, 1, day, 12, tzinfo=UTC)

    await ben.get(path)
    assert words in ben.page
    await ben.post(f"{path}/off", off_words="It is off.")

    assert cost == (await bookings.booking()).actual_pence


async def test_nothing_is_called_off_once_the_session_has_begun_nor_done_before(
    bookings: Bookings, ben: Browser
) -> None:
    path = await book(bookings, ben)
    early = await ben.post(f"{path}/done")
    bookings.scene.clock.move(timedelta(days=14, minutes=1))

    late = await ben.post(f"{path}/off", on=path, off_words="It is off.")
    done = await ben.post(f"{path}/done")
    again = await ben.post(f"{path}/done")

    assert [422, 422, 303, 422] == [each.status for each in (early, late, done, again)]
    assert ArrangementState.DONE is (await bookings.booking()).state


async def test_a_moved_session_asks_about_what_is_booked_with_its_fee(
    bookings: Bookings, ben: Browser
) -> None:
    path = await book(bookings, ben)
    was = (await bookings.of(bookings.scene.eve)).act_by
    await move_meeting(bookings, timedelta(days=35))

    (task,) = await bookings.tasks_about(MOVED)
    request, booking = await bookings.of(bookings.scene.eve), await bookings.booking()
    assert TaskKind.ACCESS is task.kind
    assert "costs £140 today. It was free until Monday 11 January 2027." in task.words
    # The notice for the new day is counted anew; the fee stays that of the day that was booked.
    assert (date(2026, 12, 24), date(2027, 2, 2)) == (was, request.act_by)
    assert date(2027, 1, 12) == booking.half_fee_from
    await ben.get(f"/tasks/{task.id}")
    assert f'href="{path}"' in ben.page

    kept = await ben.post(f"{path}/keep")

    assert 303 == kept.status
    assert date(2027, 2, 16) == (await bookings.booking()).half_fee_from
    (task,) = await bookings.tasks_about(MOVED)
    assert TaskState.OVERTAKEN is task.state


async def move_meeting(bookings: Bookings, by: timedelta) -> None:
    """Move the session."""
    scene = bookings.scene
    ada = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)
    async with scene.doing() as db:
        meeting = await meeting_by_id(db, ada, scene.meeting.id)
        details = details_of(meeting)
        assert details.starts_local is not None
        later = type(details)(
            **{
                name: getattr(details, name)
                for name in details.__dataclass_fields__
                if name != "starts_local"
            },
            starts_local=details.starts_local + by,
        )
        agreed = Agreed(meeting.version, left_without=9)
        await change_meeting(db, ada, meeting.id, later, agreed, now=scene.now)


async def test_a_cancelled_session_asks_for_what_is_booked_to_be_called_off(
    bookings: Bookings, ben: Browser
) -> None:
    await book(bookings, ben)
    scene = bookings.scene
    async with scene.doing() as db:
        ada = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)
        meeting = await meeting_by_id(db, ada, scene.meeting.id)
        await cancel_meeting(db, ada, meeting.id, "", version=meeting.version, now=scene.now)

    (task,) = await bookings.tasks_about(CANCELLED)
    assert TaskState.OPEN is task.state
    assert "costs £140 today" in task.words
    assert RequestState.CLOSED is (await bookings.of(scene.eve)).state
    await ben.post(f"/arrangements/{(await bookings.booking()).id}/off", off_words="")
    assert ArrangementState.CALLED_OFF is (await bookings.booking()).state
    (task,) = await bookings.tasks_about(CANCELLED)
    assert TaskState.OVERTAKEN is task.state


async def test_what_nobody_needs_any_more_raises_one_task(bookings: Bookings, ben: Browser) -> None:
    await book(bookings, ben)
    system = system_actor(bookings.scene.house.id)
    counts = []
    for step in ("", "withdrawn", ""):
        if step:
            path = await bookings.path(bookings.scene.eve)
            await ben.post(f"{path}/answer", to=step, channel="phone")
        async with bookings.scene.doing() as db:
            counts.append(await notice_idle(db, system, now=bookings.scene.now))

    assert [0, 1, 0] == counts
    (task,) = await bookings.tasks_about(IDLE)
    assert "£140" in task.words


async def test_a_thing_of_our_own_cannot_be_in_two_places(
    bookings: Bookings, ben: Browser, making: Making
) -> None:
    scene = bookings.scene
    async with making() as make:
        sid = await make.person(scene.house, "Sid")
        sids = await make.invitation(bookings.other, sid, answer=Answer.YES, way=Way.ROOM)
        rosa = await make.person(scene.house, "Rosa")
        rosas = await make.invitation(scene.meeting, rosa, answer=Answer.YES, way=Way.ROOM)
    await tells(bookings, sids, sid, LOOP)
    await tells(bookings, rosas, rosa, LOOP)
    fields = {"by": bookings.by_loop, "words": "The loop is there."}
    assert 303 == (await ben.post(f"{await bookings.path(sid, LOOP.code)}/book", **fields)).status
    path = await bookings.path(rosa, LOOP.code)

    refused = await ben.post(f"{path}/book", on=f"{path}/book", **fields)

    assert 422 == refused.status
    assert "Portable loop is at Saggar Row Hall then, for Reading hour on" in ben.page
    assert "The loop is there." in ben.page
    assert "Sid" not in ben.page
    assert RequestState.SUBMITTED is (await bookings.of(rosa, LOOP.code)).state
    assert 1 == len(await scene.rows(Arrangement))
    async with scene.doing() as db:
        booking = await db.get_one(Arrangement, (await bookings.booking()).id)
        booking.state = ArrangementState.CALLED_OFF
    assert 303 == (await ben.post(f"{path}/book", **fields)).status


async def test_what_somebody_has_at_home_cannot_be_booked(bookings: Bookings, ben: Browser) -> None:
    scene, path = bookings.scene, await bookings.path(bookings.scene.eve)
    async with scene.doing() as db:
        loan = Loan(
            id=new_id(),
            organisation_id=scene.house.id,
            kit_id=bookings.loop.id,
            person_id=bookings.zoe.id,
            lent_at=scene.now,
            due_on=date(2027, 1, 20),
        )
        db.add(loan)
    fields = {"by": bookings.by_loop, "words": "It is there."}

    lent = await ben.post(f"{path}/book", **fields)
    assert 422 == lent.status
    assert "Portable loop is lent out, and due back on Wednesday 20 January 2027." in ben.page
    assert "Zoe" not in ben.page
    async with scene.doing() as db:
        (await db.get_one(Loan, loan.id)).returned_at = scene.now

    assert 303 == (await ben.post(f"{path}/book", **fields)).status


async def test_our_own_things_are_free_again_when_a_session_is_cancelled(
    bookings: Bookings, ben: Browser
) -> None:
    scene = bookings.scene
    await tells(bookings, bookings.zoes, bookings.zoe, LOOP)
    async with scene.doing() as db:
        request = await db.get_one(AccessRequest, (await bookings.of(bookings.zoe)).id)
        request.code = LOOP.code
    path = f"/requests/{request.id}"
    await ben.post(f"{path}/book", by=bookings.by_loop, words="The loop is there.")
    async with scene.doing() as db:
        ada = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)
        meeting = await meeting_by_id(db, ada, scene.meeting.id)
        await cancel_meeting(db, ada, meeting.id, "", version=meeting.version, now=scene.now)

    assert ArrangementState.CALLED_OFF is (await bookings.booking()).state
    assert [] == await bookings.tasks_about(CANCELLED)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"by": ""}, "Please choose whom or what you book."),
        ({"by": "supplier:nonsense"}, "Please choose"),
        ({"people": "0"}, "Please"),
        ({"people": "many"}, "Please"),
        ({"estimate": "a lot"}, "Please type what it is thought to cost"),
        ({"words": ""}, "Please write what people should read."),
    ],
)
async def test_a_booking_that_cannot_be_keeps_what_was_typed(
    fields: dict[str, str], sentence: str, bookings: Bookings, ben: Browser
) -> None:
    path = await bookings.path(bookings.scene.eve)

    response = await ben.post(f"{path}/book", **BOOKED | {"by": bookings.by_signs} | fields)

    assert 422 == response.status
    assert sentence in ben.page
    assert "PS-4711" in ben.page
    assert [] == await bookings.scene.rows(Arrangement)
    assert RequestState.SUBMITTED is (await bookings.of(bookings.scene.eve)).state


async def test_nothing_is_booked_twice_for_one_request(bookings: Bookings, ben: Browser) -> None:
    await book(bookings, ben, reference="", words="")
    path = await bookings.path(bookings.scene.eve)

    again = await ben.post(f"{path}/book", **BOOKED, by=bookings.by_signs)
    assert 422 == again.status
    assert "Something is booked for this already" in ben.page
    left = await ben.post(f"{path}/leave")
    booked = await ben.post(f"{path}/book", **BOOKED, by=bookings.by_signs)

    assert (303, 303) == (left.status, booked.status)
    assert 2 == len(await bookings.scene.rows(Arrangement))


async def test_a_no_takes_the_request_off_its_booking(bookings: Bookings, ben: Browser) -> None:
    await book(bookings, ben)

    await ben.post(
        f"{await bookings.path(bookings.scene.eve)}/answer", to="arranging", channel="phone"
    )

    request = await bookings.of(bookings.scene.eve)
    assert (RequestState.ARRANGING, None, "") == (
        request.state,
        request.arrangement_id,
        request.answer_words,
    )


async def test_costs_are_written_down_beside_what_was_thought(
    bookings: Bookings, ben: Browser
) -> None:
    path = await book(bookings, ben)

    wrong = await ben.post(f"{path}/cost", on=path, estimate="280", actual="a lot")
    assert 422 == wrong.status
    assert "a lot" in ben.page
    saved = await ben.post(f"{path}/cost", estimate="280", actual="£302.50")

    assert 303 == saved.status
    booking = await bookings.booking()
    assert (28000, 30250) == (booking.estimate_pence, booking.actual_pence)


STEPS = ("booked", "off", "keep", "done", "cost")


async def test_only_coordinators_of_the_organisation_book(
    bookings: Bookings, ben: Browser, open_browser: OpenBrowser
) -> None:
    path, request = await book(bookings, ben), await bookings.path(bookings.zoe)
    scene = bookings.scene

    async def statuses(person: Person | None) -> set[int]:
        browser = await open_browser(person)
        await browser.get("/sessions")
        found = {(await browser.get(each)).status for each in (path, f"{request}/book")}
        for step in (*(f"{path}/{each}" for each in STEPS), f"{request}/book", f"{request}/join"):
            fields = BOOKED | {"by": bookings.by_signs, "off_words": "x", "arrangement": str(new)}
            found.add((await browser.post(step, **fields)).status)
        return found

    new = (await bookings.booking()).id
    assert {403} == await statuses(scene.cleo)
    assert {403} == await statuses(scene.ada)
    assert {303, 403} >= await statuses(None)
    async with scene.doing() as db:
        dov = await db.get_one(Person, scene.dov.id)
    assert 404 in await statuses(dov)
    assert ArrangementState.BOOKED is (await bookings.booking()).state
    assert 1 == len(await scene.rows(Arrangement))
