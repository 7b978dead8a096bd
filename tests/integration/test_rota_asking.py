""" "Can someone take this?": who is asked, by which link, who has it first, and what overtakes it."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from scheduling.answers import Answer
from scheduling.roles import MeetingRole
from scheduling.time import WallTime, on_wall, resolve
from scheduling.ways import Way
from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.actions.staffing import disable_staff
from service.actor import Role
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.rota import Duty
from service.storage.step_ins import StepIn
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import written_down
from tests.integration.hub import messages, tasks
from tests.integration.rota_scene import (
    BUDDY,
    GREETER,
    ON_CALL,
    SECOND,
    Rota,
    cannot,
    give,
    make_session,
    set_rota,
)
from tests.people import LONDON, actor_for

ROUNDS = 5


@pytest.fixture
async def rota(parts: Parts, making: Making, open_browser: OpenBrowser) -> Rota:
    """Give a session that needs three people more."""
    return await set_rota(parts, making, open_browser)


async def press(browser: Browser, link: str, answer: str) -> str:
    """Press a button on the page of a link; gives the page that comes then."""
    await browser.post(link, on=link, answer=answer)
    await browser.get(link)
    return browser.page


async def in_hand(parts: Parts, kind: MessageKind) -> list[Message]:
    """Give the messages of a kind that wait to be sent."""
    found = await messages(parts)
    return [each for each in found if each.kind is kind and each.state is MessageState.WAITING]


async def test_those_who_can_are_asked_each_by_a_link_of_their_own(
    rota: Rota, parts: Parts
) -> None:
    assert 303 == await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.hub.ada)

    links = await rota.links()
    assert {rota.hub.cleo.id, rota.hub.ada.id} == links.keys()
    assert 2 == len(set(links.values()))
    assert {rota.hub.cleo.id, rota.hub.ada.id} == {
        each.person_id for each in await in_hand(parts, MessageKind.ROTA_ASK)
    }
    assert ["step-in.asked"] == await written_down(parts)
    assert "2 colleagues asked" in (await page_of(rota.ben, "/rota"))


async def test_who_cannot_or_is_needed_elsewhere_is_not_asked(rota: Rota, making: Making) -> None:
    async with making() as make:
        await cannot(make, rota.hub.cleo, rota.meeting)
        hosts = [rota.eve, rota.hub.ben]
        await make_session(make, rota.hub, rota.kind, hosts=hosts, starts_in=timedelta(days=14))

    await rota.ben.get(rota.part(GREETER))
    for person in (rota.hub.cleo, rota.eve):
        assert 422 == await rota.ask(rota.ben, GREETER, person)

    assert "Cannot at this time" in rota.ben.page
    assert "Helps at another session then" in rota.ben.page
    assert [] == await rota.questions()


async def test_only_who_may_host_is_asked_to_host(rota: Rota) -> None:
    assert 422 == await rota.ask(rota.ben, SECOND, rota.hub.cleo)
    assert 303 == await rota.ask(rota.ben, SECOND, rota.eve)


async def test_looking_at_the_link_changes_nothing_and_pressing_takes_the_part(
    rota: Rota, open_browser: OpenBrowser, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    link, browser = (await rota.links())[rota.hub.cleo.id], await open_browser()

    await browser.get(link)
    assert "Can you take this?" in browser.page
    assert "Carers" not in browser.page
    assert GREETER not in await rota.holders()
    page = await press(browser, link, "yes")

    assert "You have it. Thank you!" in page
    assert rota.hub.cleo.id == (await rota.holders())[GREETER]
    assert {rota.hub.cleo.id, rota.hub.ben.id} == {
        each.person_id for each in await in_hand(parts, MessageKind.ROTA_NEWS)
    }
    assert ["step-in.asked", "part.handed", "step-in.taken"] == await written_down(parts)


async def test_the_link_signs_nobody_in_and_opens_nothing_else(
    rota: Rota, open_browser: OpenBrowser
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    link, browser = (await rota.links())[rota.hub.cleo.id], await open_browser()

    await press(browser, link, "yes")

    for path in ("/rota", "/sessions", rota.part(GREETER)):
        response = await browser.get(path)
        assert 303 == response.status
        assert response.headers["Location"].startswith("/sign-in")
    assert 404 == (await browser.get(link.replace("/rota/take/", "/i/"))).status


async def test_an_invitations_link_takes_no_part(
    rota: Rota, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        invitation = await make.invitation(rota.meeting, rota.hub.cleo)
        guest = make.link(invitation).replace("/i/", "/rota/take/")
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    browser = await open_browser()

    assert 404 == (await browser.get(guest)).status


async def test_a_form_of_one_link_does_not_work_for_another(
    rota: Rota, open_browser: OpenBrowser
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.hub.ada)
    links, browser = await rota.links(), await open_browser()

    response = await browser.post(links[rota.hub.ada.id], on=links[rota.hub.cleo.id], answer="yes")

    assert 403 == response.status
    assert GREETER not in await rota.holders()


async def test_guessing_links_is_soon_stopped(open_browser: OpenBrowser, rota: Rota) -> None:
    browser = await open_browser()

    statuses = [
        (await browser.get(f"/rota/take/23456789{a}{b}cd")).status for a in "abcde" for b in "fghij"
    ]

    assert {404, 429} == set(statuses)


async def test_who_comes_second_hears_that_somebody_was_quicker(
    rota: Rota, open_browser: OpenBrowser
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.hub.ada)
    links, browser = await rota.links(), await open_browser()

    await press(browser, links[rota.hub.cleo.id], "yes")
    page = await press(browser, links[rota.hub.ada.id], "yes")

    assert "Thank you, somebody was quicker" in page
    assert "<button" not in page.split("<main")[1].split("</main")[0]
    assert rota.hub.cleo.id == (await rota.holders())[GREETER]


async def test_of_all_who_take_it_at_once_exactly_one_has_it(
    rota: Rota, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        crowd = [await make.staff(rota.hub.organisation, f"Helper {n}") for n in range(6)]
    browsers = [await open_browser() for _ in crowd]
    for role in (GREETER, BUDDY, ON_CALL):
        await rota.ask(rota.ben, role, *crowd)
        async with parts.database.reading() as db:
            question = (await db.scalars(select(StepIn).where(StepIn.role == role))).one()
        links = await rota.links()
        for person, browser in zip(crowd, browsers, strict=True):
            await browser.get(links[person.id])

        responses = await asyncio.gather(
            *(
                browser.post(links[person.id], answer="yes")
                for person, browser in zip(crowd, browsers, strict=True)
            )
        )

        assert Counter({303: len(crowd)}) == Counter(each.status for each in responses)
        pages = [
            await page_of(browser, links[person.id])
            for person, browser in zip(crowd, browsers, strict=True)
        ]
        assert 1 == sum("You have it. Thank you!" in page for page in pages)
        assert len(crowd) - 1 == sum("somebody was quicker" in page for page in pages)
        winner = (await rota.holders())[role]
        async with parts.database.writing() as db:
            (taken,) = await db.scalars(select(StepIn).where(StepIn.id == question.id))
            assert winner == taken.taken_by
            took = select(AuditLine).where(AuditLine.what == "step-in.taken")
            assert 1 == len((await db.scalars(took.where(AuditLine.subject_id == taken.id))).all())
            crowd_ids = [person.id for person in crowd]
            await db.execute(delete(Duty).where(Duty.person_id.in_(crowd_ids)))
            await db.execute(delete(StepIn))


async def test_the_coordinator_and_a_colleague_at_once_leave_one_of_them_with_it(
    rota: Rota, making: Making, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    for _ in range(ROUNDS):
        async with making() as make:
            rota.meeting = await make_session(make, rota.hub, rota.kind)
            await make.db.execute(delete(StepIn))
            await make.db.execute(delete(Duty))
        await rota.ask(rota.ben, GREETER, rota.hub.cleo)
        link = (await rota.links())[rota.hub.cleo.id]
        await browser.get(link)
        await rota.ben.get(rota.part(GREETER))

        answers = await asyncio.gather(
            browser.post(link, answer="yes"),
            rota.ben.post(f"{rota.part(GREETER)}/give", person_id=rota.eve.id, was=""),
        )

        assert {each.status for each in answers} <= {303, 409}
        has_it = (await rota.holders())[GREETER]
        page = await page_of(browser, link)
        assert (has_it == rota.hub.cleo.id) == ("You have it. Thank you!" in page)


async def test_a_no_is_noted_and_can_be_thought_over(
    rota: Rota, open_browser: OpenBrowser, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.hub.ada)
    link, browser = (await rota.links())[rota.hub.cleo.id], await open_browser()

    page = await press(browser, link, "no")
    assert "You told us you can&#39;t" in page
    assert "1 can&#39;t" in await page_of(rota.ben, "/rota")
    page = await press(browser, link, "yes")

    assert "You have it. Thank you!" in page
    assert "step-in.declined" in await written_down(parts)


async def test_once_everybody_said_no_a_coordinator_must_find_somebody(
    rota: Rota, open_browser: OpenBrowser, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.hub.ada)
    links, browser = await rota.links(), await open_browser()

    await press(browser, links[rota.hub.cleo.id], "no")
    assert [] == await tasks(parts)
    await press(browser, links[rota.hub.ada.id], "no")

    (task,) = await tasks(parts)
    assert (TaskKind.ROTA_GAP, "greeter", TaskState.OPEN) == (task.kind, task.about, task.state)
    page = await page_of(rota.ben, f"/tasks/{task.id}")
    assert "Still needed: greeter." in page
    assert f'href="{rota.part(GREETER)}"' in page


async def test_who_has_a_part_offers_it_and_keeps_it_until_somebody_takes_it(
    rota: Rota, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.cleo)

    assert 303 == await rota.ask(rota.cleo, GREETER, rota.hub.ada)
    assert rota.hub.cleo.id == (await rota.holders())[GREETER]
    page = await press(await open_browser(), (await rota.links())[rota.hub.ada.id], "yes")

    assert "You have it. Thank you!" in page
    assert rota.hub.ada.id == (await rota.holders())[GREETER]
    assert {rota.hub.cleo.id, rota.hub.ada.id, rota.hub.ben.id} == {
        each.person_id for each in await in_hand(parts, MessageKind.ROTA_NEWS)
    }


async def test_nobody_offers_what_is_somebody_elses(rota: Rota, making: Making) -> None:
    async with making() as make:
        meeting = await make_session(make, rota.hub, rota.kind, hosts=[rota.eve, rota.hub.ben])
        await give(make, meeting, GREETER, rota.hub.ben)
    rota.meeting = meeting

    assert 403 == await rota.ask(rota.ada, GREETER, rota.hub.cleo)
    response = await rota.ada.post(f"{rota.part(GREETER)}/ask-end")
    assert 403 == response.status


async def test_guests_hear_of_a_host_who_was_found(
    rota: Rota, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        invitation = await make.invitation(
            rota.meeting, rota.hub.ewa, answer=Answer.YES, way=Way.ONLINE
        )
        await make.message(invitation)
        frank = await make.staff(rota.hub.organisation, "Frank", Role.FACILITATOR)

    await rota.ask(rota.ada, MeetingRole.LEAD, frank)
    page = await press(await open_browser(), (await rota.links())[frank.id], "yes")

    assert "You have it. Thank you!" in page
    assert frank.id == (await rota.holders())[MeetingRole.LEAD]
    (update_,) = await in_hand(parts, MessageKind.UPDATE)
    assert (rota.hub.ewa.id, 1) == (update_.person_id, update_.version)


async def test_a_missing_second_host_is_found_by_asking(
    rota: Rota, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        rota.meeting = await make_session(make, rota.hub, rota.kind, hosts=[rota.hub.ada])
        frank = await make.staff(rota.hub.organisation, "Frank", Role.FACILITATOR)

    await rota.ask(rota.ada, SECOND, frank)
    await press(await open_browser(), (await rota.links())[frank.id], "yes")

    assert frank.id == (await rota.holders())[SECOND]


async def test_a_session_that_moved_is_not_what_was_asked_about(
    rota: Rota, open_browser: OpenBrowser, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    link, browser = (await rota.links())[rota.hub.cleo.id], await open_browser()
    await browser.get(link)
    starts_at = rota.meeting.starts_at
    assert starts_at is not None
    local = on_wall(starts_at + timedelta(days=1), LONDON).local
    moved = resolve(WallTime(local, LONDON))
    async with parts.database.writing() as db:
        change = update(Meeting).where(Meeting.id == rota.meeting.id)
        await db.execute(
            change.values(starts_local=local, starts_at=moved, ends_at=moved + timedelta(hours=2))
        )

    page = await press(browser, link, "yes")

    assert "This session has moved" in page
    assert GREETER not in await rota.holders()
    assert "asked" not in await page_of(rota.ben, f"/sessions/{rota.meeting.id}/rota")
    assert "rota-settled" == await why_not_sent(parts, MessageKind.ROTA_ASK, rota)


@pytest.mark.parametrize(
    ("state", "words"), [("cancelled", "This session is cancelled"), ("over", "is over")]
)
async def test_nobody_is_needed_at_what_is_cancelled_or_over(
    state: str, words: str, rota: Rota, open_browser: OpenBrowser, clock: TestClock, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    link, browser = (await rota.links())[rota.hub.cleo.id], await open_browser()
    if state == "over":
        clock.move(timedelta(days=15))
    else:
        await rota.ben.post(
            f"/sessions/{rota.meeting.id}/cancel", version=rota.meeting.version, message="Sorry"
        )

    page = await press(browser, link, "yes")

    assert words in page
    assert GREETER not in await rota.holders()


async def test_a_question_that_is_taken_back_is_settled_for_whoever_was_asked(
    rota: Rota, open_browser: OpenBrowser, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo, rota.eve)
    link = (await rota.links())[rota.hub.cleo.id]

    await rota.ben.post(f"{rota.part(GREETER)}/ask-end", on=rota.part(GREETER))

    assert "Thank you, this is settled" in await page_of(await open_browser(), link)
    assert [TaskState.OVERTAKEN] == [each.state for each in await tasks(parts)]
    assert "rota-settled" == await why_not_sent(parts, MessageKind.ROTA_ASK, rota)


async def test_more_colleagues_can_be_asked_about_the_same_part(rota: Rota) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    await rota.ask(rota.ben, GREETER, rota.hub.ada)

    assert 1 == len(await rota.questions())
    assert 2 == len(await rota.links())
    assert 422 == await rota.ask(rota.ben, GREETER, rota.hub.ada)


async def test_asking_nobody_is_refused_and_keeps_the_page(rota: Rota) -> None:
    assert 422 == await rota.ask(rota.ben, GREETER)
    assert "Please tick at least one person." in rota.ben.page


async def test_who_has_no_email_is_asked_by_voice_and_answers_by_voice(
    rota: Rota, parts: Parts
) -> None:
    await rota.ask(rota.ben, GREETER, rota.eve)

    (task,) = await tasks(parts)
    assert (TaskKind.RING, "rota_ask", rota.eve.id) == (task.kind, task.about, task.person_id)
    page = await page_of(rota.ben, f"/tasks/{task.id}")
    assert "To ask if they can take a part in it." in page
    asked_id = task.subject_id
    await rota.ben.post(f"{rota.part(GREETER)}/no", on=rota.part(GREETER), asked=asked_id)
    await rota.ben.get(rota.part(GREETER))
    assert "Can&#39;t" in rota.ben.page
    await rota.ben.post(f"{rota.part(GREETER)}/give", person_id=rota.eve.id, was="")

    assert rota.eve.id == (await rota.holders())[GREETER]
    closed = {each.kind: each.state for each in await tasks(parts) if each.about != "rota_news"}
    assert {TaskKind.RING: TaskState.OVERTAKEN, TaskKind.ROTA_GAP: TaskState.OVERTAKEN} == closed


async def test_the_link_of_somebody_who_was_stopped_opens_nothing(
    rota: Rota, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    await rota.ask(rota.ben, GREETER, rota.hub.cleo)
    link = (await rota.links())[rota.hub.cleo.id]
    async with making() as make:
        admin = await make.staff(rota.hub.organisation, "Imran", Role.ADMIN)
        actor = actor_for(rota.hub.organisation.id, admin, Role.ADMIN)
        await disable_staff(make.db, actor, rota.hub.cleo.id, None, now=make.now)

    assert 404 == (await (await open_browser()).get(link)).status


async def page_of(browser: Browser, path: str) -> str:
    """Look at a page."""
    await browser.get(path)
    return browser.page


async def why_not_sent(parts: Parts, kind: MessageKind, rota: Rota) -> str:
    """Say why the first message of the kind gives no letter."""
    composer = Composer(parts.keys, "https://kiln.example.org", "hello@kiln.example.org")
    async with parts.database.reading() as db:
        message = (await db.scalars(select(Message).where(Message.kind == kind))).first()
        assert message is not None
        try:
            await compose(composer, db, message, parts.clock.now())
        except Overtaken as overtaken:
            return overtaken.why
    return ""


async def test_letters_say_what_is_asked_and_who_does_what(
    rota: Rota, open_browser: OpenBrowser, parts: Parts, making: Making
) -> None:
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.cleo)
    await rota.ask(rota.cleo, GREETER, rota.hub.ada)
    link = (await rota.links())[rota.hub.ada.id]
    asked = await letters_of(parts, MessageKind.ROTA_ASK)
    await press(await open_browser(), link, "yes")
    told = await letters_of(parts, MessageKind.ROTA_NEWS)

    assert link in asked[rota.hub.ada.id]
    assert "Cleo asks if somebody else can take this part: Greeter." in asked[rota.hub.ada.id]
    assert "Carers" not in asked[rota.hub.ada.id]
    assert "You have no part in this session." in told[rota.hub.cleo.id]
    assert "Greeter: Ada" in told[rota.hub.cleo.id]
    assert "- Greeter\n" in told[rota.hub.ada.id]


async def letters_of(parts: Parts, kind: MessageKind) -> dict[object, str]:
    """Give the words of every letter of a kind that waits, by who gets it."""
    composer = Composer(parts.keys, "https://kiln.example.org", "hello@kiln.example.org")
    async with parts.database.reading() as db:
        waiting = Message.kind == kind, Message.state == MessageState.WAITING
        found = (await db.scalars(select(Message).where(*waiting))).all()
        return {
            each.person_id: (await compose(composer, db, each, parts.clock.now())).text
            for each in found
        }
