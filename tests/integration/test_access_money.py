"""Money for access: set aside by a director, what is left of it, numbers without anybody in them."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from accessibility.claims import ClaimKind, ClaimState
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.ways import Way
from service.parts import Parts
from service.storage.claims import Claim
from service.storage.needs import AccessRequest
from service.storage.own_terms import AccessBudget
from tests.integration.booking_scene import BOOKED, Bookings, lay_out_bookings, tells
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL

YEAR = {"amount": "900", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "words": "Lottery"}


@pytest.fixture
async def bookings(making: Making, parts: Parts, clock: TestClock) -> Bookings:
    """Lay out two people who sign, in a session in a fortnight."""
    return await lay_out_bookings(making, parts, clock)


@pytest.fixture
async def ben(bookings: Bookings, open_browser: OpenBrowser) -> Browser:
    """Open the coordinator's browser."""
    browser = await open_browser(bookings.scene.ben)
    await browser.get("/requests")
    return browser


@pytest.fixture
async def cleo(bookings: Bookings, open_browser: OpenBrowser) -> Browser:
    """Open the director's browser."""
    browser = await open_browser(bookings.scene.cleo)
    await browser.get("/requests")
    return browser


async def test_a_director_sets_money_aside_and_sees_what_is_left(
    bookings: Bookings, cleo: Browser, ben: Browser
) -> None:
    assert 303 == (await cleo.post("/access-budget", **YEAR)).status
    path = await bookings.path(bookings.scene.eve)
    await ben.post(f"{path}/book", **BOOKED | {"by": bookings.by_signs})
    await claim(bookings, ClaimState.AGREED, 650)
    await claim(bookings, ClaimState.REFUSED, 99900)

    await cleo.get("/access-budget")
    assert "£613.50" in cleo.page
    assert "£286.50 of £900 is spent or spoken for." in cleo.page
    await ben.get(path)
    assert "£613.50 left of £900, until Friday 31 December 2027" in ben.page
    booking = await bookings.booking()
    await ben.post(f"/arrangements/{booking.id}/cost", estimate="280", actual="1000")
    await cleo.get("/access-budget")
    assert "more than was set aside" in cleo.page


async def claim(bookings: Bookings, state: ClaimState, pence: int) -> None:
    """Let Eve claim a fare."""
    scene = bookings.scene
    async with scene.doing() as db:
        db.add(
            Claim(
                organisation_id=scene.house.id,
                person_id=scene.eve.id,
                meeting_id=scene.meeting.id,
                kind=ClaimKind.TRAVEL,
                state=state,
                asked_pence=pence,
                agreed_pence=pence,
                channel="web",
                created_at=scene.now,
            )
        )


async def test_what_was_called_off_counts_with_its_fee_and_other_years_do_not(
    bookings: Bookings, cleo: Browser, ben: Browser
) -> None:
    await cleo.post("/access-budget", **YEAR | {"starts_on": "2027-02-01"})
    await cleo.post("/access-budget", **YEAR | {"ends_on": "2027-01-31"})
    path = await bookings.path(bookings.scene.eve)
    await ben.post(f"{path}/book", **BOOKED | {"by": bookings.by_signs})
    await ben.post(f"/arrangements/{(await bookings.booking()).id}/off", off_words="It is off.")

    await cleo.get("/access-budget")

    assert "£140 of £900" in cleo.page
    assert "£0 of £900" in cleo.page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": ""}, "Please type an amount"),
        ({"amount": "-5"}, "Please type an amount"),
        ({"starts_on": ""}, "Please choose the first day."),
        ({"ends_on": "2026-12-31"}, "The last day must not be before the first."),
        ({"starts_on": "2027-06-01", "ends_on": "2028-06-01"}, "have a budget already"),
    ],
)
async def test_a_budget_that_cannot_be_keeps_what_was_typed(
    fields: dict[str, str], sentence: str, bookings: Bookings, cleo: Browser
) -> None:
    await cleo.post("/access-budget", **YEAR)

    given = {**YEAR, "starts_on": "2028-01-01", "ends_on": "2028-12-31", "words": "Once more"}
    response = await cleo.post("/access-budget", **given | fields)

    assert 422 == response.status
    assert sentence in cleo.page
    assert "Once more" in cleo.page
    assert 1 == len(await bookings.scene.rows(AccessBudget))


async def test_a_budget_can_be_changed(bookings: Bookings, cleo: Browser) -> None:
    await cleo.post("/access-budget", **YEAR)
    (budget,) = await bookings.scene.rows(AccessBudget)

    await cleo.get(f"/access-budget/{budget.id}")
    assert 'value="900"' in cleo.page
    changed = await cleo.post(f"/access-budget/{budget.id}", **YEAR | {"amount": "£1,200.50"})

    (budget,) = await bookings.scene.rows(AccessBudget)
    assert (303, 120050) == (changed.status, budget.pence)
    assert (date(2027, 1, 1), date(2027, 12, 31)) == (budget.starts_on, budget.ends_on)


async def test_the_director_decides_with_the_cost_against_the_budget(
    bookings: Bookings, cleo: Browser, ben: Browser
) -> None:
    await cleo.post("/access-budget", **YEAR)
    path = await bookings.path(bookings.scene.eve)
    await ben.post(f"{path}/take-on")
    plan = {"next_step": "Ring", "next_step_on": "2027-01-14", "cost": "280"}
    await ben.post(f"{path}/next-step", **plan)
    assert 28000 == (await bookings.of(bookings.scene.eve)).estimate_pence
    escalated = await ben.post(f"{path}/pass")
    assert 303 == escalated.status

    await cleo.get(path)

    assert "About £280. £620 left of £900, until Friday 31 December 2027." in cleo.page
    assert "Eve" not in cleo.page
    assert bookings.scene.now == (await bookings.of(bookings.scene.eve)).escalated_at


async def test_what_is_new_is_escalated_by_one_press_but_not_refused(
    bookings: Bookings, cleo: Browser, ben: Browser
) -> None:
    path = await bookings.path(bookings.scene.eve)
    assert 303 == (await ben.post(f"{path}/pass")).status
    await ben.get("/requests?waiting=director")
    assert path in ben.page
    await cleo.get(path)
    assert "Nothing was planned yet. Say what to try." in cleo.page
    assert f'action="{path}/cannot"' not in cleo.page
    cannot = await cleo.post(
        f"{path}/cannot",
        reason="too_late",
        tried="x",
        cost_against_budget="x",
        offered_instead="x",
        review_on="2027-03-01",
        how_to_complain="x",
    )
    back = await cleo.post(f"{path}/give-back", try_this="Ask the college")

    assert (422, 303) == (cannot.status, back.status)
    request = await bookings.of(bookings.scene.eve)
    assert (RequestState.SUBMITTED, "Ask the college") == (request.state, request.next_step)


async def test_numbers_hide_what_fewer_than_five_people_asked_for(
    bookings: Bookings, cleo: Browser, ben: Browser, making: Making
) -> None:
    await cleo.get("/requests/numbers")
    assert "fewer than 5" in cleo.page
    assert "not shown" in cleo.page
    path = await bookings.path(bookings.scene.eve)
    await ben.post(f"{path}/book", **BOOKED | {"by": bookings.by_signs})
    for name in ("Ann", "Bob", "Cy"):
        await another(bookings, making, name)

    await cleo.get("/requests/numbers?year=2027")
    assert "not shown" not in cleo.page
    assert "£280" in cleo.page
    await cleo.get("/requests/numbers?year=2026")
    assert "Once people ask for something in this year" in cleo.page
    for name in ("Eve", "Zoe", "Ann"):
        assert name not in cleo.page


async def another(bookings: Bookings, making: Making, name: str) -> UUID:
    """Let somebody else sign in the same session."""
    async with making() as make:
        person = await make.person(bookings.scene.house, name)
        invitation = await make.invitation(
            bookings.scene.meeting, person, answer=Answer.YES, way=Way.ONLINE
        )
    await tells(bookings, invitation, person, BSL)
    return person.id


async def test_several_requests_of_few_people_stay_hidden(
    bookings: Bookings, cleo: Browser, making: Making
) -> None:
    scene = bookings.scene
    eves = await bookings.of(scene.eve)
    async with making() as make:
        kind = await make.kind(scene.house, code="numbers")
        for week in range(6):
            starts_in = timedelta(weeks=week + 3)
            meeting = await make.meeting(scene.house, kind, hosts=[scene.ada], starts_in=starts_in)
            invitation = await make.invitation(meeting, scene.eve)
            make.db.add(
                AccessRequest(
                    organisation_id=scene.house.id,
                    person_id=scene.eve.id,
                    meeting_id=meeting.id,
                    invitation_id=invitation.id,
                    need_id=eves.need_id,
                    code=BSL.code,
                    strength=eves.strength,
                    created_at=scene.now,
                )
            )

    await cleo.get("/requests/numbers")

    assert "not shown" in cleo.page
    assert ">8<" not in cleo.page


PAGES = ("/access-budget", "/requests/numbers")


async def test_only_directors_see_money_and_numbers(
    bookings: Bookings, cleo: Browser, open_browser: OpenBrowser
) -> None:
    await cleo.post("/access-budget", **YEAR)
    (budget,) = await bookings.scene.rows(AccessBudget)
    pages = (*PAGES, f"/access-budget/{budget.id}")

    for person, expected in ((bookings.scene.ben, 403), (bookings.scene.ada, 403), (None, 303)):
        browser = await open_browser(person)
        await browser.get("/sessions")
        for page in pages:
            assert expected == (await browser.get(page)).status, page
        for press in ("/access-budget", f"/access-budget/{budget.id}"):
            response = await browser.post(press, **YEAR | {"amount": "1"})
            assert response.status in {expected, 403}, press
    (budget,) = await bookings.scene.rows(AccessBudget)
    assert 90000 == budget.pence
