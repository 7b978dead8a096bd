"""What can still be done with a published session: more people, fewer, a message, cancelling, copying."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Announcement, Message, MessageKind, MessageState
from service.storage.needs import AccessRequest, Need, RequestStep
from service.storage.people import Person
from service.storage.planned import PhoneJoining
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.hub import (
    Hub,
    invitations,
    make_hub,
    make_published,
    messages,
    tasks,
    the_meeting,
)


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub to plan in."""
    async with making() as make:
        return await make_hub(make)


@pytest.fixture
async def meeting(hub: Hub, making: Making) -> Meeting:
    """Publish a session: Ewa comes online and Sid by phone, Joan has not answered; all were told."""
    async with making() as make:
        return await make_published(make, hub)


@pytest.fixture
async def kay(hub: Hub, making: Making) -> Person:
    """Give somebody who is not invited yet."""
    async with making() as make:
        return await make.person(hub.organisation, "Kay")


@pytest.fixture
async def ada(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give Ada's browser."""
    return await open_browser(hub.ada)


async def test_a_cancelled_session_is_told_to_everybody_with_its_message(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/cancel"
    await ada.get(path)
    assert "goes to 3 people" in ada.page

    response = await ada.post(path, version=1, message="The boiler broke.\nWe are sorry.")

    assert f"/sessions/{meeting.id}?done=session-cancelled" == response.headers["Location"]
    cancelled = await the_meeting(parts, meeting.id)
    assert MeetingState.CANCELLED is cancelled.state
    assert "The boiler broke.\nWe are sorry." == cancelled.cancel_message
    told = [each for each in await messages(parts) if each.kind is MessageKind.CANCEL]
    assert [(hub.ewa.id, 1)] == [(each.person_id, each.version) for each in told]
    assert {TaskKind.RING, TaskKind.POST} == {each.kind for each in await tasks(parts)}
    await ada.get(f"/sessions/{meeting.id}")
    assert "The boiler broke." in ada.page


async def test_cancelling_an_old_version_is_refused(
    ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/cancel"

    response = await ada.post(path, on=path, version=9, message="")

    assert 409 == response.status
    assert MeetingState.PUBLISHED is (await the_meeting(parts, meeting.id)).state


async def test_a_message_that_is_too_long_is_kept_and_nothing_is_cancelled(
    ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/cancel"

    response = await ada.post(path, on=path, version=1, message="long " * 500)

    assert 422 == response.status
    assert "long long" in ada.page
    assert MeetingState.PUBLISHED is (await the_meeting(parts, meeting.id)).state


async def test_cancelling_closes_requests_and_takes_pointless_tasks_off_the_list(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.ewa, "COM-BSL")
        need = (await make.db.scalars(select(Need))).one()
        invitation = (await invitations(parts, meeting.id))[hub.ewa.id]
        make.db.add(
            AccessRequest(
                organisation_id=hub.organisation.id,
                person_id=hub.ewa.id,
                meeting_id=meeting.id,
                invitation_id=invitation.id,
                need_id=need.id,
                code=need.code,
                strength=Strength.MUST,
                state=RequestState.ARRANGING,
                created_at=make.now,
            )
        )
        make.db.add(
            Task(
                organisation_id=hub.organisation.id,
                kind=TaskKind.PLACE_FREE,
                once="a place",
                meeting_id=meeting.id,
                due_at=make.now,
                created_at=make.now,
            )
        )
    path = f"/sessions/{meeting.id}/cancel"

    await ada.post(path, on=path, version=1, message="")

    async with parts.database.reading() as db:
        assert [RequestState.CLOSED] == list(await db.scalars(select(AccessRequest.state)))
        assert [RequestState.CLOSED] == list(await db.scalars(select(RequestStep.to_state)))
    (free,) = [each for each in await tasks(parts) if each.kind is TaskKind.PLACE_FREE]
    assert TaskState.OVERTAKEN is free.state


async def test_a_cancelled_session_cannot_be_changed_or_cancelled_again(
    ada: Browser, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}"
    await ada.post(f"{path}/cancel", on=f"{path}/cancel", version=1, message="")

    again = await ada.post(f"{path}/cancel", version=2, message="")
    change = await ada.post(f"{path}/change/words", version=2, neutral_title="T", about="x")

    assert [409, 422] == [again.status, change.status]
    assert "This session is cancelled" in ada.page


async def test_people_are_added_after_a_look_at_how_they_are_told(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, kay: Person
) -> None:
    path = f"/sessions/{meeting.id}/people"
    await ada.get(f"{path}?q=kay")
    await ada.post(f"{path}/add", person=kay.id)
    assert "1 person by email" in ada.page
    assert kay.id not in await invitations(parts, meeting.id)

    response = await ada.post(f"{path}/add", person=kay.id, agreed="yes")

    assert f"{path}?done=people-invited" == response.headers["Location"]
    new = (await invitations(parts, meeting.id))[kay.id]
    assert 0 == new.sequence
    assert (kay.id, MessageKind.INVITATION) in {
        (each.person_id, each.kind) for each in await messages(parts) if each.subject_id == new.id
    }


async def test_a_person_of_another_house_cannot_be_invited(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/people"

    response = await ada.post(f"{path}/add", on=path, person=hub.dov.id, agreed="yes")

    assert 303 == response.status
    assert hub.dov.id not in await invitations(parts, meeting.id)


async def test_adding_to_a_list_with_someone_to_be_kept_apart_waits_for_the_coordinator(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, kay: Person, making: Making
) -> None:
    async with making() as make:
        await make.need(hub.joan, "SAF-APART")
    path = f"/sessions/{meeting.id}/people"

    response = await ada.post(f"{path}/add", on=path, person=kay.id, agreed="yes")

    assert f"{path}?done=ask-first" == response.headers["Location"]
    assert kay.id not in await invitations(parts, meeting.id)
    (task,) = await tasks(parts)
    assert (TaskKind.KEEP_APART, "Kay") == (task.kind, task.words)
    async with making() as make:
        task.state = TaskState.DONE
        await make.db.merge(task)
    await ada.post(f"{path}/add", person=kay.id, agreed="yes")
    assert kay.id in await invitations(parts, meeting.id)


async def test_who_is_taken_off_is_told_and_their_place_is_free(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    ewa = (await invitations(parts, meeting.id))[hub.ewa.id]
    path = f"/sessions/{meeting.id}/people/{ewa.id}/remove"
    await ada.get(path)
    assert "Take Ewa off the list?" in ada.page
    assert "1 person by email" in ada.page

    await ada.post(path)

    gone = (await invitations(parts, meeting.id))[hub.ewa.id]
    assert (ewa.uid, 1) == (gone.uid, gone.sequence)
    assert gone.removed_at is not None
    assert [MessageKind.CANCEL] == [
        each.kind for each in await messages(parts) if each.state is MessageState.WAITING
    ]
    taken = {offer.way: offer.taken for offer in (await the_meeting(parts, meeting.id)).offers}
    assert {Way.ONLINE: 0, Way.PHONE: 1, Way.ROOM: 0} == taken
    assert 404 == (await ada.post(path)).status


async def test_who_is_invited_again_keeps_the_thread_of_their_mail(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    ewa = (await invitations(parts, meeting.id))[hub.ewa.id]
    path = f"/sessions/{meeting.id}/people"
    await ada.post(f"{path}/{ewa.id}/remove", on=f"{path}/{ewa.id}/remove")

    await ada.post(f"{path}/add", person=hub.ewa.id, agreed="yes")

    back = (await invitations(parts, meeting.id))[hub.ewa.id]
    assert (ewa.id, ewa.uid, 2) == (back.id, back.uid, back.sequence)
    assert (None, Answer.UNANSWERED) == (back.removed_at, back.answer)


async def test_a_copy_has_the_settings_and_people_but_no_day_and_no_pin(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        dialled = {
            "phone_joining": PhoneJoining.DIAL,
            "dial_number": "01632 960140",
            "dial_pin": "123456",
        }
        await make.db.execute(update(Meeting).values(**dialled))

    response = await ada.post(f"/sessions/{meeting.id}/copy", on=f"/sessions/{meeting.id}")

    async with parts.database.reading() as db:
        query = select(Meeting.id).where(Meeting.state == MeetingState.DRAFT)
        copy = await the_meeting(parts, (await db.scalars(query)).one())
    assert f"/sessions/{copy.id}/plan/time" in response.headers["Location"]
    assert (None, "", "01632 960140") == (copy.starts_at, copy.dial_pin, copy.dial_number)
    assert (hub.ada.id, hub.ben.id, hub.hall.id) == (copy.lead_id, copy.second_id, copy.place_id)
    assert {Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 10} == {o.way: o.places for o in copy.offers}
    assert {0} == {offer.taken for offer in copy.offers}
    assert copy.room_name != meeting.room_name
    old, new = await invitations(parts, meeting.id), await invitations(parts, copy.id)
    assert set(old) == set(new)
    assert not {each.uid for each in old.values()} & {each.uid for each in new.values()}
    assert {Answer.UNANSWERED} == {each.answer for each in new.values()}
    await ada.get(f"/sessions/{copy.id}/plan/check")
    assert "Choose the day and time" in ada.page
    assert "Type the PIN" in ada.page


async def test_a_message_reaches_those_coming_by_mail_or_by_a_humans_task(
    hub: Hub, ada: Browser, parts: Parts, meeting: Meeting
) -> None:
    path = f"/sessions/{meeting.id}/message"
    await ada.post(path, on=path, audience="coming", words="Bring a cup.\n<b>Thanks</b>")
    assert "Send this to 2 people?" in ada.page
    assert "&lt;b&gt;Thanks" in ada.page
    assert [] == await tasks(parts)

    response = await ada.post(
        path, audience="coming", words="Bring a cup.\n<b>Thanks</b>", agreed="yes"
    )

    assert f"/sessions/{meeting.id}?done=message-sent" == response.headers["Location"]
    async with parts.database.reading() as db:
        announcement = (await db.scalars(select(Announcement))).one()
        query = select(Message.person_id).where(Message.subject_id == announcement.id)
        assert [hub.ewa.id] == list(await db.scalars(query))
    assert ("Bring a cup.\n<b>Thanks</b>", hub.ada.id) == (
        announcement.words,
        announcement.written_by,
    )
    (task,) = await tasks(parts)
    assert (TaskKind.RING, "announcement") == (task.kind, task.about)
    assert (hub.sid.id, announcement.id) == (task.person_id, task.subject_id)


async def test_a_message_without_words_or_readers_goes_nowhere(
    ada: Browser, parts: Parts, meeting: Meeting, making: Making
) -> None:
    path = f"/sessions/{meeting.id}/message"
    assert 422 == (await ada.post(path, on=path, audience="coming", words=" ")).status
    assert "Please write what people should read." in ada.page
    async with making() as make:
        await make.db.execute(update(Invitation).values(answer=Answer.NO, way=None))

    response = await ada.post(path, audience="coming", words="Hello", agreed="yes")

    assert 422 == response.status
    assert "nobody to tell" in ada.page
    assert "Hello" in ada.page


async def test_an_earlier_session_is_listed_among_the_earlier_ones(
    ada: Browser, meeting: Meeting, clock: TestClock
) -> None:
    clock.move(timedelta(days=20))
    await ada.get("/sessions")
    assert str(meeting.id) not in ada.page

    await ada.get("/sessions/earlier")

    assert f"/sessions/{meeting.id}" in ada.page


async def test_a_long_list_is_shown_a_page_at_a_time(
    hub: Hub, ada: Browser, meeting: Meeting, making: Making
) -> None:
    async with making() as make:
        for number in range(45):
            person = await make.person(hub.organisation, f"Guest {number:02}")
            await make.invitation(meeting, person)

    for path in (f"/sessions/{meeting.id}", f"/sessions/{meeting.id}/people"):
        await ada.get(path)
        assert "Guest 00" in ada.page
        assert "Guest 44" not in ada.page
        await ada.get(f"{path}?from=40")
        assert "Guest 44" in ada.page
        await ada.get(f"{path}?from=nonsense")
        assert "Guest 00" in ada.page


async def test_going_back_from_a_message_keeps_its_words(ada: Browser, meeting: Meeting) -> None:
    path = f"/sessions/{meeting.id}/message"

    await ada.post(path, on=path, audience="maybe", words="Bring a cup", back="yes")

    assert "Bring a cup</textarea>" in ada.page
    assert 'value="maybe" checked' in ada.page


async def test_hosts_are_not_offered_as_guests(ada: Browser, meeting: Meeting) -> None:
    await ada.get(f"/sessions/{meeting.id}/people?q=ada")

    assert "We found nobody new by that name" in ada.page
