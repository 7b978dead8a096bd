"""Money people ask for: on their own page, by phone and paper; decided, told, and paid in time."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from accessibility.claims import Caps, ClaimKind, ClaimState, PayBy
from scheduling.answers import Answer
from service.actions.composer import Composer
from service.actions.composing import compose
from service.actions.money.caps import set_caps
from service.actor import Role
from service.outbound.mail import mail_bytes
from service.parts import Parts
from service.storage.claims import Claim
from service.storage.invitations import Invitation
from service.storage.messages import Message, MessageKind
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.money_scene import Scene, lay_out
from tests.people import actor_for

FARES = {"fares": "£4.20", "miles": "", "pay_by": "cash_at_the_door", "words": "The 98 bus."}


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> AsyncIterator[Scene]:
    """Give the scene."""
    yield await lay_out(making, parts, clock)


async def ask(browser: Browser, base: str, kind: str = "travel", **fields: str) -> int:
    """Fill the form for one kind of money, and say what came of it."""
    path = f"{base}/ask/{kind}"
    await browser.get(path)
    number = re.search(r'name="number" value="([0-9a-f-]+)"', browser.page)
    assert number is not None
    return (await browser.post(path, number=number[1], **fields)).status


async def test_a_person_asks_for_a_fare_and_reads_where_it_stands(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    assert 303 == await ask(browser, scene.claims, **FARES)

    claim = await scene.claim()
    assert (ClaimKind.TRAVEL, 420, "web") == (claim.kind, claim.asked_pence, claim.channel)
    assert PayBy.CASH_AT_THE_DOOR is claim.pay_by
    assert ["claim_asked"] == await scene.open_tasks()
    await browser.get(scene.claims)
    assert "We have got this." in browser.page
    assert "You asked for £4.20." in browser.page


async def test_miles_are_worked_out_as_the_organisation_pays_them(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    await ask(browser, scene.claims, fares="1", miles="10,5", pay_by="before")

    claim = await scene.claim()
    assert (100 + 473, 105) == (claim.asked_pence, claim.miles_tenths)


async def test_childcare_is_asked_for_by_hours_and_children(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()

    typed = {"children": "2", "hours": "2.5", "hour_cost": "12", "pay_by": "to_supplier"}
    assert 303 == await ask(browser, scene.claims, "childcare", **typed)

    claim = await scene.claim()
    assert (6000, 25, 2) == (claim.asked_pence, claim.hours_tenths, claim.children)


async def test_nobody_has_to_know_the_sum(scene: Scene, open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    assert 303 == await ask(browser, scene.claims, fares="", pay_by="before")

    assert 0 == (await scene.claim()).asked_pence


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("travel", {"fares": "four"}, "Please type a sum in pounds"),
        ("travel", {"fares": "-4"}, "Please type a sum in pounds"),
        ("travel", {"fares": "90000"}, "This is a very large sum"),
        ("travel", {"miles": "far"}, "number"),
        ("childcare", {"children": "0"}, ""),
        ("childcare", {"hours": "1e9"}, ""),
        ("other", {"words": ""}, ""),
        ("travel", {"pay_by": "gold"}, "Please choose how the money is paid."),
    ],
)
async def test_what_cannot_be_used_is_kept_to_be_put_right_and_changes_nothing(
    scene: Scene, open_browser: OpenBrowser, kind: str, fields: dict[str, str], sentence: str
) -> None:
    browser = await open_browser()
    typed = {"pay_by": "before", "words": "Ask for Zed at the taxi rank."} | fields

    assert 422 == await ask(browser, scene.claims, kind, **typed)

    assert sentence in browser.page
    assert all(words in browser.page for name, words in typed.items() if name != "pay_by")
    assert [] == await scene.rows(Claim)


async def test_a_form_sent_twice_asks_once(scene: Scene, open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    path = f"{scene.claims}/ask/travel"
    await browser.get(path)
    number = re.findall(r'name="number" value="([0-9a-f-]+)"', browser.page)[0]

    for _ in range(2):
        assert 303 == (await browser.post(path, number=number, **FARES)).status

    assert 1 == len(await scene.rows(Claim))
    assert 1 == len(await scene.rows(Task))


@pytest.mark.parametrize("answer", [Answer.UNANSWERED, Answer.MAYBE, Answer.NO])
async def test_money_is_asked_for_once_somebody_said_yes(
    scene: Scene, open_browser: OpenBrowser, answer: Answer
) -> None:
    browser = await open_browser()
    await browser.get(f"{scene.claims}/ask/travel")
    number = re.findall(r'name="number" value="([0-9a-f-]+)"', browser.page)[0]
    async with scene.doing() as db:
        (await db.get_one(Invitation, scene.invitation.id)).answer = answer

    response = await browser.post(f"{scene.claims}/ask/travel", number=number, **FARES)
    shown = await browser.get(f"{scene.claims}/ask/travel")

    assert (422, 303) == (response.status, shown.status)
    assert [] == await scene.rows(Claim)
    await browser.get(scene.claims)
    assert "once you have said that you are coming" in browser.page
    await browser.get(scene.link)
    assert "/money" not in browser.page


async def test_money_can_still_be_asked_for_two_weeks_after_and_not_later(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    assert scene.meeting.ends_at is not None
    scene.clock.at = scene.meeting.ends_at + timedelta(days=13)

    assert 303 == await ask(browser, scene.claims, **FARES)

    scene.clock.move(timedelta(days=1))
    assert 303 == (await browser.get(f"{scene.claims}/ask/travel")).status


@pytest.mark.parametrize("channel", ["phone", "paper", "helper"])
async def test_at_the_desk_it_is_written_down_how_they_told_us(
    scene: Scene, open_browser: OpenBrowser, channel: str
) -> None:
    browser = await open_browser(scene.ben)

    base = f"/desk/{scene.others.id}/money"
    assert 303 == await ask(browser, base, channel=channel, **FARES)

    claim = await scene.claim()
    assert (scene.fay.id, channel) == (claim.person_id, claim.channel)
    assert "claim.asked" in await scene.audit()


async def test_the_desk_says_how_it_was_told(scene: Scene, open_browser: OpenBrowser) -> None:
    browser = await open_browser(scene.ben)

    assert 422 == await ask(browser, f"/desk/{scene.others.id}/money", channel="web", **FARES)

    assert [] == await scene.rows(Claim)


async def test_a_coordinator_agrees_and_the_person_is_told_without_the_sum_in_the_mail(
    scene: Scene, parts: Parts, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.asks(), await open_browser(scene.ben)
    await browser.get("/claims")
    assert "Eve" in browser.page

    agreed = {"pence": "4.20", "pay_by": "cash_at_the_door", "note": "See you at the blue door."}
    response = await browser.post(f"/claims/{claim_id}/agree", on=f"/claims/{claim_id}", **agreed)

    assert 303 == response.status
    claim = await scene.claim()
    assert (ClaimState.AGREED, 420) == (claim.state, claim.agreed_pence)
    assert ["claim_cash"] == await scene.open_tasks()
    (message,) = await scene.rows(Message)
    assert (MessageKind.CLAIM_ANSWER, None) == (message.kind, message.meeting_id)
    letter = await letter_of(parts, message, scene)
    assert "4.20" not in letter
    assert "money" not in letter.lower()
    own = await open_browser()
    await own.get(scene.claims)
    assert "We agreed to £4.20. It is in an envelope for you at the door" in own.page
    assert "See you at the blue door." in own.page


async def letter_of(parts: Parts, message: Message, scene: Scene) -> str:
    """Write the letter of a message as it would go out."""
    composer = Composer(parts.keys, "https://kiln.example.org", "hub@example.org")
    async with parts.database.reading() as db:
        return mail_bytes(await compose(composer, db, message, scene.clock.now())).decode()


async def test_who_has_no_mail_is_told_by_a_human(scene: Scene, open_browser: OpenBrowser) -> None:
    browser = await open_browser(scene.ben)
    await ask(browser, f"/desk/{scene.others.id}/money", channel="phone", **FARES)
    claim = await scene.claim()

    await browser.post(
        f"/claims/{claim.id}/agree", on=f"/claims/{claim.id}", pence="4.20", pay_by="before"
    )

    assert ["claim_answer", "claim_pay"] == await scene.open_tasks()
    task = next(each for each in await scene.rows(Task) if each.about == "claim_answer")
    assert TaskKind.RING is task.kind
    assert 200 == (await browser.get(f"/tasks/{task.id}")).status
    assert "There is an answer about the money you asked for." in browser.page
    assert f"/claims/{claim.id}" in browser.page


async def test_saying_no_needs_words_and_the_person_reads_them(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.asks(), await open_browser(scene.ben)
    page = f"/claims/{claim_id}"

    assert 422 == (await browser.post(f"{page}/refuse", on=page, words="  ")).status
    assert ClaimState.ASKED is (await scene.claim()).state
    kind = "We are sorry. The bus is free with your pass. Ring us and we sort one out."
    assert 303 == (await browser.post(f"{page}/refuse", on=page, words=kind)).status

    own = await open_browser()
    await own.get(scene.claims)
    assert "We are sorry, we cannot pay this." in own.page
    assert kind in own.page
    assert [MessageKind.CLAIM_ANSWER] == [each.kind for each in await scene.rows(Message)]
    assert [] == await scene.open_tasks()


async def test_a_no_that_was_wrong_can_become_a_yes(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.asks(), await open_browser(scene.ben)
    page = f"/claims/{claim_id}"
    await browser.post(f"{page}/refuse", on=page, words="We are sorry.")

    await browser.post(f"{page}/agree", on=page, pence="3", pay_by="before", note="")

    claim = await scene.claim()
    assert (ClaimState.AGREED, 300, "") == (claim.state, claim.agreed_pence, claim.reason)
    assert [0, 1] == sorted(each.occurrence for each in await scene.rows(Message))


async def test_nobody_agrees_to_more_than_the_organisation_pays(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.asks(pence=2600), await open_browser(scene.ben)
    admin = actor_for(scene.house.id, scene.ben, Role.ADMIN)
    async with scene.doing() as db:
        await set_caps(db, admin, Caps(travel_most_pence=2500), now=scene.clock.now())
    page = f"/claims/{claim_id}"
    await browser.get(page)
    assert 'value="25"' in browser.page

    over = await browser.post(f"{page}/agree", pence="25.01", pay_by="before")

    assert 422 == over.status
    assert "more than your organisation pays" in browser.page
    assert 303 == (await browser.post(f"{page}/agree", pence="25", pay_by="before")).status


async def test_money_that_is_sent_is_due_the_working_day_before(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.agreed(PayBy.BEFORE)

    task = next(each for each in await scene.rows(Task) if each.about == "claim_pay")
    assert scene.meeting.starts_at is not None
    day_before = (scene.meeting.starts_at - timedelta(days=1)).date()
    assert (TaskKind.PAY, day_before) == (task.kind, task.due_at.date())
    browser = await open_browser(scene.ben)
    await browser.get(f"/tasks/{task.id}")
    assert "Pay Eve" in browser.page


async def test_paying_settles_the_task_and_can_be_put_right(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.agreed(PayBy.BEFORE), await open_browser(scene.ben)
    page = f"/claims/{claim_id}"

    assert 303 == (await browser.post(f"{page}/paid", on=page)).status

    assert ClaimState.PAID is (await scene.claim()).state
    assert [] == await scene.open_tasks()
    assert 422 == (await browser.post(f"{page}/paid", on=page)).status
    assert 303 == (await browser.post(f"{page}/not-paid", on=page)).status
    claim = await scene.claim()
    assert (ClaimState.AGREED, None) == (claim.state, claim.paid_at)
    assert ["claim_pay"] == await scene.open_tasks()


async def test_a_person_takes_back_what_they_do_not_need(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.agreed(), await open_browser()

    path = f"{scene.claims}/{claim_id}/back"
    assert 303 == (await browser.post(path, on=scene.claims)).status

    assert ClaimState.TAKEN_BACK is (await scene.claim()).state
    await browser.get(scene.claims)
    assert "You took this back." in browser.page
    assert 409 == (await browser.post(path, on=scene.claims)).status


async def test_a_person_sees_only_what_they_asked_for_themselves(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, other = await scene.agreed(), await open_browser()

    await other.get(f"{scene.other_link}/money")

    assert "4.20" not in other.page
    for path in (f"{claim_id}/back", f"{claim_id}/receipt"):
        response = await other.post(f"{scene.other_link}/money/{path}", on=scene.other_link)
        assert 404 == response.status
    assert ClaimState.AGREED is (await scene.claim()).state


STEPS = [
    ("agree", {"pence": "4", "pay_by": "before"}),
    ("refuse", {"words": "No."}),
    ("paid", {}),
    ("not-paid", {}),
    ("back", {}),
]


@pytest.mark.parametrize(("step", "fields"), STEPS)
async def test_only_coordinators_of_the_house_decide_and_pay(
    scene: Scene, open_browser: OpenBrowser, step: str, fields: dict[str, str]
) -> None:
    path = f"/claims/{await scene.asks()}/{step}"

    for who, status in ((scene.ada, 403), (scene.cleo, 403), (scene.dov, 404), (None, 303)):
        browser = await open_browser(who)
        await browser.get("/sessions" if who else "/sign-in")
        assert status == (await browser.post(path, **fields)).status
    assert ClaimState.ASKED is (await scene.claim()).state


async def test_only_coordinators_of_the_house_see_what_people_ask_for(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id = await scene.asks()
    pages = ("/claims", f"/claims/{claim_id}", f"/desk/{scene.invitation.id}/money")

    for who, statuses in (
        (scene.ada, [403, 403, 403]),
        (scene.cleo, [403, 403, 403]),
        (scene.dov, [200, 404, 404]),
        (None, [303, 303, 303]),
    ):
        browser = await open_browser(who)
        assert statuses == [(await browser.get(page)).status for page in pages]
        assert "Eve" not in browser.page


async def test_the_list_can_be_narrowed_to_one_session(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.asks()
    browser = await open_browser(scene.ben)

    await browser.get(f"/claims?session={scene.meeting.id}")
    assert "Only of Tuesday session" in browser.page
    assert "Eve" in browser.page
    assert 404 == (await browser.get(f"/claims?session={UUID(int=1)}")).status
    assert 200 == (await browser.get("/claims?session=nonsense")).status


async def test_admins_set_what_is_paid_at_most(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        admin = await make.staff(scene.house, "Amy", Role.ADMIN)
    browser, page = await open_browser(admin), "/set-up/money"
    typed = {"mileage_pence": "0.50", "travel_most_pence": "", "care_hour_pence": "24.10"}

    assert 422 == (await browser.post(page, on=page, **typed, childcare_hour_pence="lots")).status
    assert "lots" in browser.page
    assert 303 == (await browser.post(page, on=page, **typed, childcare_hour_pence="12")).status

    own = await open_browser()
    await own.get(f"{scene.claims}/ask/childcare")
    assert "up to £12 an hour for each child" in own.page
    await own.get(f"{scene.claims}/ask/travel")
    assert "We pay 50p for each mile." in own.page
    ben = await open_browser(scene.ben)
    assert 403 == (await ben.get(page)).status
