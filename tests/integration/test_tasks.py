"""What a human must do: the day's list, calls, letters, and each kind of task done once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accessibility.contact import KEEP_APART, SAFE_CONTACT
from accessibility.needs import Strength
from scheduling.answers import Answer
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.offering import offer_free_places
from service.parts import Parts
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Announcement, Message, MessageKind, MessageState
from service.storage.needs import Need
from service.storage.people import Channel, Person
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.desks import (
    Desk,
    open_desk,
    row,
    rows,
    session_for,
    task_for,
    written_down,
)
from tests.integration.test_page_budgets import MOST_QUERIES, counting
from tests.people import Make

PHONE = {"phone": "01632 960102", "phone_key": "+441632960102", "email": "", "email_key": ""}


@pytest.fixture
async def desk(making: Making) -> Desk:
    """Give the desk."""
    return await open_desk(making)


@pytest.fixture
async def ben(desk: Desk, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(desk.ben)


async def joan_of(make: Make, desk: Desk, *channels: Channel) -> Person:
    """Make Joan, who has no e-mail."""
    reach = [channel.value for channel in channels or (Channel.CALL,)]
    theirs: dict[str, Any] = PHONE | {"address": "3 Kiln Street\nBurslem", "print_size": 20}
    return await make.person(desk.organisation, "Joan", channels=reach, **theirs)


async def invited(
    make: Make, desk: Desk, kind: TaskKind, *channels: Channel, **given: Any
) -> tuple[Task, Invitation, Meeting]:
    """Invite Joan to a session and make the task that tells her."""
    joan = await joan_of(make, desk, *channels)
    meeting = await session_for(make, desk, offers={Way.PHONE: 4, Way.ONLINE: 12})
    invitation = await make.invitation(meeting, joan)
    given = {"subject_id": invitation.id} | given
    return await task_for(make, kind, joan, meeting, **given), invitation, meeting


async def test_the_day_begins_with_what_is_late_and_says_so_in_words(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        joan = await joan_of(make, desk)
        for days in (-3, 0, 1, 5):
            await task_for(make, TaskKind.RING, joan, due_at=make.now + timedelta(days=days))

    with counting() as sent:
        await ben.get("/today")

    words = ("Late by 3 days", "Today", "Tomorrow", "In 5 days")
    places = [ben.page.rindex(f">{each}<") for each in words]
    assert sorted(places) == places
    assert len(sent) <= MOST_QUERIES


async def test_an_empty_day_says_what_will_stand_here(ben: Browser) -> None:
    for path in ("/today", "/calls", "/letters"):
        assert 200 == (await ben.get(path)).status
        assert "will stand here" in ben.page, path


async def test_the_call_list_shows_the_number_and_good_times(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.RING, tries=2)
        wish = Need(code="CON-PHONE", strength=Strength.PREFER, details={"times": "after 4pm"})
        wish.organisation_id, wish.person_id = desk.organisation.id, invitation.person_id
        wish.created_at, wish.review_on = make.now, make.now.date()
        make.db.add(wish)

    await ben.get("/calls")
    assert 'href="tel:01632960102"' in ben.page
    assert "after 4pm" in ben.page
    assert "Tried twice" in ben.page
    with counting() as sent:
        await ben.get(f"/tasks/{task.id}")
    assert "May I speak to Joan, please?" in ben.page
    assert "Tuesday session" in ben.page
    assert "Carers" not in ben.page
    assert len(sent) <= MOST_QUERIES


async def test_the_answer_of_somebody_who_was_rung_goes_the_way_of_all_answers(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.RING)

    nothing = await ben.post(f"/tasks/{task.id}/answer", on=f"/tasks/{task.id}", way="phone")
    response = await ben.post(f"/tasks/{task.id}/answer", answer="yes", way="phone")
    again = await ben.post(f"/tasks/{task.id}/answer", answer="no")

    kept, done = await row(parts, Invitation, invitation.id), await row(parts, Task, task.id)
    taken = {offer.way: offer.taken for offer in await rows(parts, Offer)}
    assert [422, 303, 422] == [nothing.status, response.status, again.status]
    assert (Answer.YES, Way.PHONE, desk.ben.id) == (kept.answer, kept.way, kept.answered_by)
    assert (TaskState.DONE, "told", desk.ben.id) == (done.state, done.outcome, done.done_by)
    assert 1 == taken[Way.PHONE]
    assert {"task.done", "answer.entered", "invitation.answered"} == set(await written_down(parts))


async def test_who_will_tell_later_was_told(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.RING)

    await ben.post(f"/tasks/{task.id}/answer", on=f"/tasks/{task.id}", answer="later")

    assert TaskState.DONE is (await row(parts, Task, task.id)).state
    assert Answer.UNANSWERED is (await row(parts, Invitation, invitation.id)).answer


async def test_a_call_in_vain_comes_up_again_tomorrow_and_is_counted(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.RING)

    await ben.post(f"/tasks/{task.id}/not-reached", on=f"/tasks/{task.id}")

    later = await row(parts, Task, task.id)
    assert (TaskState.OPEN, 1) == (later.state, later.tries)
    assert task.created_at + timedelta(days=1) == later.due_at
    await ben.get("/calls")
    assert "Tried once" in ben.page


async def test_a_wrong_number_does_not_count_as_told_and_asks_for_another_way(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.RING)

    await ben.post(f"/tasks/{task.id}/wrong-number", on=f"/tasks/{task.id}")

    old, new = await rows(parts, Task)
    assert (TaskState.OVERTAKEN, "wrong_number") == (old.state, old.outcome)
    assert (TaskState.OPEN, TaskKind.DECIDE, old.person_id) == (new.state, new.kind, new.person_id)
    await ben.get(f"/tasks/{new.id}")
    assert "Find a way to reach Joan" in ben.page
    assert "The number we have is wrong." in ben.page


async def test_a_letter_is_printed_at_the_persons_size_in_neutral_words(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.POST, Channel.LETTER)

    await ben.get("/letters")
    assert f"/letters/{task.id}" in ben.page
    with counting() as sent:
        response = await ben.get(f"/letters/{task.id}")

    assert 200 == response.status
    assert 'data-print-size="20"' in ben.page
    assert "3 Kiln Street" in ben.page
    assert "Hello Joan," in ben.page
    assert "Tuesday session" in ben.page
    assert "Carers" not in ben.page
    assert len(sent) <= MOST_QUERIES


@pytest.mark.parametrize("kind", [TaskKind.RING, TaskKind.TEXT, TaskKind.THROUGH])
async def test_whoever_is_told_by_hand_can_have_it_on_paper_too(
    kind: TaskKind, ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, kind)

    await ben.get(f"/tasks/{task.id}")
    assert f"/letters/{task.id}" in ben.page
    response = await ben.get(f"/letters/{task.id}")

    assert 200 == response.status
    assert 'data-print-size="20"' in ben.page
    assert "Hello Joan," in ben.page


async def test_nothing_is_printed_for_somebody_reached_only_as_agreed(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.SAFE_CONTACT)

    await ben.get(f"/tasks/{task.id}")
    assert "/letters/" not in ben.page
    assert 404 == (await ben.get(f"/letters/{task.id}")).status


async def test_what_the_facilitator_wrote_stands_in_the_letter_and_the_script(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        _, invitation, meeting = await invited(make, desk, TaskKind.RING)
        joan = await make.db.get_one(Person, invitation.person_id)
        news = Announcement(meeting_id=meeting.id, words="Please bring a mug.")
        news.organisation_id, news.created_at = desk.organisation.id, make.now
        make.db.add(news)
        await make.db.flush()
        about: dict[str, Any] = {"about": "announcement", "subject_id": news.id}
        letter = await task_for(make, TaskKind.POST, joan, meeting, **about)
        call = await task_for(make, TaskKind.RING, joan, meeting, **about)

    await ben.get(f"/letters/{letter.id}")
    assert "Please bring a mug." in ben.page
    with counting() as sent:
        await ben.get(f"/tasks/{call.id}")
    assert "Please bring a mug." in ben.page
    assert "I told them" in ben.page
    assert len(sent) <= MOST_QUERIES


async def test_a_letter_is_marked_as_posted_on_a_day_that_can_be(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.POST, Channel.LETTER)

    days = ["2027-01-13", "2026-01-12", "soon", "2027-01-11"]
    await ben.get(f"/tasks/{task.id}")
    statuses = [(await ben.post(f"/tasks/{task.id}/posted", posted_on=day)).status for day in days]

    assert [422, 422, 422, 303] == statuses
    assert (TaskState.DONE, "posted") == (
        (await row(parts, Task, task.id)).state,
        (await row(parts, Task, task.id)).outcome,
    )


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (TaskKind.TEXT, "sent"),
        (TaskKind.THROUGH, "told"),
        (TaskKind.SAFE_CONTACT, "told"),
        (TaskKind.KEEP_APART, "checked"),
        (TaskKind.MAIL_FAILED, "told"),
        (TaskKind.NO_WAY_LEFT, "settled"),
        (TaskKind.DECIDE, "settled"),
        (TaskKind.LINK_AGAIN, "told"),
        (TaskKind.HAND_OVER, "settled"),
    ],
)
async def test_every_other_task_has_its_page_and_is_done_once(
    kind: TaskKind, outcome: str, ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, kind, Channel.TEXT)

    page = await ben.get(f"/tasks/{task.id}")
    wrong = await ben.post(f"/tasks/{task.id}/done", outcome="posted")
    first = await ben.post(f"/tasks/{task.id}/done", outcome=outcome)
    second = await ben.post(f"/tasks/{task.id}/done", outcome=outcome)

    assert [200, 422, 303, 422] == [page.status, wrong.status, first.status, second.status]
    assert "Somebody else has done this just now." in ben.page
    assert outcome == (await row(parts, Task, task.id)).outcome
    assert ["task.done"] == await written_down(parts)


async def test_a_text_to_copy_is_short_and_neutral(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.TEXT, Channel.TEXT)
        link = make.link(invitation)

    await ben.get(f"/tasks/{task.id}")

    assert "Tuesday session, Tuesday 26 January, 9am." in ben.page
    assert link in ben.page
    assert "Carers" not in ben.page


async def test_who_could_not_be_told_in_time_does_not_count_as_told(
    ben: Browser, desk: Desk, making: Making, parts: Parts, clock: TestClock
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.RING)

    await ben.get(f"/tasks/{task.id}")
    too_soon = await ben.post(f"/tasks/{task.id}/let-go")
    clock.move(timedelta(days=15))
    await ben.get(f"/tasks/{task.id}")
    assert "This session is over" in ben.page
    response = await ben.post(f"/tasks/{task.id}/let-go")

    assert [422, 303] == [too_soon.status, response.status]
    assert TaskState.OVERTAKEN is (await row(parts, Task, task.id)).state


async def test_a_person_is_rung_once_about_everything(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.RING)
        joan = await make.db.get_one(Person, invitation.person_id)
        other = await task_for(make, TaskKind.RING, joan, await session_for(make, desk))

    await ben.get("/calls")

    assert 1 == ben.page.count('href="tel:01632960102"')
    assert all(f"/tasks/{each.id}" in ben.page for each in (task, other))


async def test_a_safe_contact_task_shows_the_rule_to_their_own_coordinator_only(
    desk: Desk, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.SAFE_CONTACT)
        kay = await make.db.get_one(Person, invitation.person_id)
        kay.coordinator_id = desk.ben.id
        await make.need(kay, SAFE_CONTACT, hours="Wednesday 10 to 12", stop_word="bananas")
        await task_for(make, TaskKind.RING, kay)
    own, other = await open_browser(desk.ben), await open_browser(desk.cleo)

    await own.get(f"/tasks/{task.id}")
    assert own.page.index("Contact them only in the safe way") < own.page.index("01632 960 102")
    assert "bananas" in own.page
    for path in (f"/tasks/{task.id}", "/calls"):
        await other.get(path)
        assert "01632 960102" not in other.page, path
        assert "01632 960 102" not in other.page, path
        assert "bananas" not in other.page, path


async def test_whom_somebody_must_not_meet_is_for_their_own_coordinator(
    desk: Desk, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.KEEP_APART, about="list")
        joan = await make.db.get_one(Person, invitation.person_id)
        joan.coordinator_id = desk.ben.id
        apart = Need(code=KEEP_APART, strength=Strength.MUST, details={"other_person": "Mr Grey"})
        apart.organisation_id, apart.person_id = desk.organisation.id, joan.id
        apart.created_at, apart.review_on = make.now, make.now.date()
        make.db.add(apart)
    own, other = await open_browser(desk.ben), await open_browser(desk.cleo)

    await own.get(f"/tasks/{task.id}")
    await other.get(f"/tasks/{task.id}")

    assert "Mr Grey" in own.page
    assert "Mr Grey" not in other.page
    assert "Ask their own coordinator who it is." in other.page


async def test_a_failed_mail_goes_out_again_to_the_mended_address(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry", email="terry@exmaple.org")
        meeting = await session_for(make, desk)
        invitation = await make.invitation(meeting, terry)
        failed = Message(kind=MessageKind.INVITATION, channel="email", state="failed", tries=4)
        failed.organisation_id, failed.person_id = desk.organisation.id, terry.id
        failed.subject_id, failed.due_at, failed.created_at = invitation.id, make.now, make.now
        failed.trouble = "rejected"
        make.db.add(failed)
        await make.db.flush()
        words = "550 5.1.1 No such user here"
        task = await task_for(
            make, TaskKind.MAIL_FAILED, terry, meeting, subject_id=failed.id, words=words
        )

    await ben.get(f"/tasks/{task.id}")
    assert words in ben.page
    wrong = await ben.post(f"/tasks/{task.id}/send-again", email="terry at example")
    response = await ben.post(f"/tasks/{task.id}/send-again", email="terry@example.org")

    again = await row(parts, Message, failed.id)
    assert [422, 303] == [wrong.status, response.status]
    assert (MessageState.WAITING, 0, "") == (again.state, again.tries, again.trouble)
    assert "terry@example.org" == (await row(parts, Person, terry.id)).email
    assert {"person.changed", "task.done", "message.requeued"} == set(await written_down(parts))


@pytest.mark.parametrize(
    ("pressed", "came_to"),
    [
        ("take", (Answer.YES, HoldState.TAKEN)),
        ("no", (Answer.NO, HoldState.DECLINED)),
        ("stay", (Answer.WAITING, HoldState.DECLINED)),
    ],
)
async def test_what_somebody_who_was_rung_says_to_a_place_is_written_down(
    pressed: str, came_to: tuple[Answer, HoldState], ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        task, invitation = await offered_by_phone(make, desk)

    await ben.get(f"/tasks/{task.id}")
    assert "A place is free for them. It is kept until" in ben.page
    assert "We keep it for you until" in ben.page
    response = await ben.post(f"/tasks/{task.id}/place", place=pressed)
    again = await ben.post(f"/tasks/{task.id}/place", place=pressed)

    assert [303, 422] == [response.status, again.status]
    async with making() as make:
        answer = (await make.db.get_one(Invitation, invitation.id)).answer
        (hold,) = await make.db.scalars(select(Hold))
        assert came_to == (answer, hold.state)
        assert TaskState.DONE is (await make.db.get_one(Task, task.id)).state


async def test_a_place_is_printed_and_nobody_is_tried_again_after_it_went_to_the_next(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, _ = await offered_by_phone(make, desk)

    await ben.get(f"/letters/{task.id}")
    assert "There is a place for you now by phone." in ben.page
    await ben.post(f"/tasks/{task.id}/not-reached", on=f"/tasks/{task.id}")

    (hold,) = await rows(parts, Hold)
    assert hold.expires_at >= (await row(parts, Task, task.id)).due_at


async def offered_by_phone(make: Make, desk: Desk) -> tuple[Task, Invitation]:
    """Let a place have come free for Joan, who has no mail."""
    joan = await joan_of(make, desk)
    meeting = await session_for(make, desk, offers={Way.PHONE: 1, Way.ONLINE: 12})
    waits = {"answer": Answer.WAITING, "way": Way.PHONE, "waiting_since": make.now}
    invitation = await make.invitation(meeting, joan, **waits)
    await offer_free_places(make.db, meeting, [Way.PHONE], now=make.now)
    (task,) = await make.db.scalars(select(Task))
    return task, invitation


async def test_a_link_is_shown_in_groups_of_four_and_that_is_written_down(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        task, invitation, _ = await invited(make, desk, TaskKind.LINK_AGAIN)
        link = make.link(invitation).removeprefix("/i/")
    groups = " ".join(link[at : at + 4] for at in (0, 4, 8))

    await ben.get(f"/tasks/{task.id}")
    assert groups not in ben.page
    await ben.post(f"/tasks/{task.id}/links")

    assert groups in ben.page
    assert ["link.shown-to-staff"] == await written_down(parts)


async def test_tasks_are_done_by_those_they_are_for_in_their_own_organisation(
    desk: Desk, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        task, _, _ = await invited(make, desk, TaskKind.RING)
    ada, dov, nobody = (
        await open_browser(desk.ada),
        await open_browser(desk.dov),
        await open_browser(),
    )
    changes = ("done", "not-reached", "wrong-number", "answer", "posted", "send-again", "place")

    await ada.get("/today")
    await dov.get("/people/new")
    for change in (*changes, "links"):
        fields = {"outcome": "told", "answer": "later", "posted_on": "2027-01-12", "place": "take"}
        path = f"/tasks/{task.id}/{change}"
        assert (await ada.post(path, **fields)).status in (403, 404), path
        assert 404 == (await dov.post(path, **fields)).status, path
    for path in ("/today", "/calls", "/letters", f"/tasks/{task.id}", f"/letters/{task.id}"):
        assert (await nobody.get(path)).headers["Location"].startswith("/sign-in"), path
    assert [403, 403] == [(await ada.get(path)).status for path in ("/calls", "/letters")]
    assert [] == await written_down(parts)
