"""Golden threads: for each kind of change the mails in order, and the calendar that should be left after each.

`UPDATE_GOLDEN=1` writes the files anew; the difference is then read in review. Each mail
arrives in calendars built on several parsers that are not ours, and all show the same after each step.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.answering import Reply
from service.parts import Parts
from service.storage.messages import Message, MessageState
from tests.calendar_clients import CLIENTS
from tests.integration.conftest import Making, TestClock
from tests.integration.hub import make_hub
from tests.integration.series_threads import SERIES_THREADS
from tests.integration.threads import GOLDEN, Thread, golden, written

YES_ONLINE, YES_IN_ROOM = Reply(Answer.YES, Way.ONLINE), Reply(Answer.YES, Way.ROOM)
AS_PLANNED = datetime.fromisoformat("2027-01-26T09:00")
A_DAY_LATER = datetime.fromisoformat("2027-01-27T09:00")
TWO_DAYS_LATER = datetime.fromisoformat("2027-01-28T14:30")
IN_APRIL = datetime.fromisoformat("2027-04-20T09:00")

Play = Callable[[Thread], Awaitable[None]]


async def invited(thread: Thread) -> None:
    """Ewa is invited, and that is all."""
    await thread.invite()


async def time_moved(thread: Thread) -> None:
    """The session is moved twice, into the other half of the year at last."""
    await thread.invite()
    await thread.change("It is moved to the next day", starts_local=A_DAY_LATER)
    await thread.change("It is moved to April", starts_local=IN_APRIL)


async def longer(thread: Thread) -> None:
    """The session becomes longer."""
    await thread.invite()
    await thread.change("It takes three hours", minutes=180)


async def place_moved(thread: Thread) -> None:
    """The place moves for somebody who comes to the room; who comes online hears nothing."""
    await thread.invite()
    await thread.answers("Ewa comes to the room", YES_IN_ROOM)
    await thread.change("It is somewhere else", place_id=thread.elsewhere)
    await thread.answers("Ewa comes online instead", YES_ONLINE)
    await thread.change("It is in the hall again", place_id=thread.hub.hall.id)


async def way_switched(thread: Thread) -> None:
    """Ewa switches her way, to the room, to the phone and back."""
    await thread.invite()
    await thread.answers("Ewa comes online", YES_ONLINE)
    await thread.answers("Ewa comes to the room instead", YES_IN_ROOM)
    await thread.answers("Ewa joins by phone instead", Reply(Answer.YES, Way.PHONE))


async def way_lost(thread: Thread) -> None:
    """The way Ewa chose is not offered any more."""
    await thread.invite()
    await thread.answers("Ewa comes to the room", YES_IN_ROOM)
    await thread.change("There is no room any more", limits={Way.ONLINE: 12, Way.PHONE: 4})


async def title_and_words(thread: Thread) -> None:
    """The plain title changes; then the real one and a limit, which nobody is told."""
    await thread.invite()
    await thread.change("It has another plain title", neutral_title="Winter session")
    await thread.change("It has another real title", real_title="Carers together")
    await thread.change("There are fewer places online", limits={**LIMITS, Way.ONLINE: 3})


async def another_host(thread: Thread) -> None:
    """The hosts change places."""
    await thread.invite()
    hub = thread.hub
    await thread.change("Ben leads it", lead_id=hub.ben.id, second_id=hub.ada.id)


async def cancelled(thread: Thread) -> None:
    """The session is cancelled after Ewa said yes."""
    await thread.invite()
    await thread.answers("Ewa comes online", YES_ONLINE)
    await thread.cancel("Ada is not well.")


async def declined_then_cancelled(thread: Thread) -> None:
    """Ewa said no; she hears of a new time, and of the end."""
    await thread.invite()
    await thread.answers("Ewa cannot come", Reply(Answer.NO))
    await thread.change("It has another plain title", neutral_title="Winter session")
    await thread.change("It is moved to the next day", starts_local=A_DAY_LATER)
    await thread.cancel("")


async def removed_and_put_back(thread: Thread) -> None:
    """Ewa is taken off the list and put back: the same thread, not a second entry."""
    await thread.invite()
    await thread.remove()
    await thread.invite()
    await thread.change("It is moved to the next day", starts_local=A_DAY_LATER)


async def declined_and_back(thread: Thread) -> None:
    """Ewa says no, and then yes after all: most calendars have dropped the entry by then."""
    await thread.invite()
    await thread.answers("Ewa cannot come", Reply(Answer.NO))
    await thread.answers("Ewa comes online after all", YES_ONLINE)


async def place_offered(thread: Thread) -> None:
    """Ewa waits for a place in the room; it is offered to her, and she takes it."""
    await thread.change("There is one place in the room", limits={**LIMITS, Way.ROOM: 1})
    await thread.invite(thread.hub.cleo)
    await thread.answers("Cleo comes to the room", YES_IN_ROOM, thread.hub.cleo)
    await thread.invite()
    await thread.answers("Ewa waits for a place in the room", Reply(Answer.WAITING, Way.ROOM))
    await thread.answers("Cleo cannot come", Reply(Answer.NO), thread.hub.cleo)
    await thread.answers("Ewa takes the place", YES_IN_ROOM)


async def yes_then_moved(thread: Thread) -> None:
    """Ewa says yes, the session moves, she is asked again and says yes once more."""
    await thread.invite()
    await thread.answers("Ewa comes online", YES_ONLINE)
    await thread.change("It is moved to the next day", starts_local=A_DAY_LATER)
    await thread.answers("Ewa still comes", YES_ONLINE)
    await thread.change("It is moved once more", starts_local=TWO_DAYS_LATER)


LIMITS = {Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 10}
THREADS: dict[str, Play] = {
    "invited": invited,
    "time-moved": time_moved,
    "longer": longer,
    "place-moved": place_moved,
    "way-switched": way_switched,
    "way-lost": way_lost,
    "title-and-words": title_and_words,
    "another-host": another_host,
    "cancelled": cancelled,
    "declined-then-cancelled": declined_then_cancelled,
    "removed-and-put-back": removed_and_put_back,
    "declined-and-back": declined_and_back,
    "place-offered": place_offered,
    "yes-then-moved": yes_then_moved,
}


@pytest.fixture
async def thread(parts: Parts, making: Making, clock: TestClock) -> Thread:
    """Plan a session on Tuesday 26 January at 9am that nobody is invited to yet."""
    async with making() as make:
        hub = await make_hub(make)
        elsewhere = await make.place(hub.organisation, "Longton Library", address="Longton")
        meeting = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada, hub.ben],
            offers=dict(LIMITS),
            place_id=hub.hall.id,
        )
    return Thread(parts, clock, hub, elsewhere.id, meeting.id)


@pytest.mark.parametrize("name", THREADS)
async def test_a_thread_is_as_it_was_read_last(thread: Thread, name: str) -> None:
    await THREADS[name](thread)

    made = written(thread)
    assert golden(name, made) == made
    assert await as_stored(thread) == thread.state


async def test_what_is_sent_again_after_a_crash_is_the_same_byte_for_byte(thread: Thread) -> None:
    await yes_then_moved(thread)
    newest = thread.steps[-1].sent
    before = letters(thread)

    async with thread.parts.database.writing() as db:
        await db.execute(update(Message).values(state=MessageState.WAITING))
    thread.clock.move(timedelta(minutes=9))
    await thread.sends("A worker that crashed before it marked anything begins again")

    assert before == letters(thread)
    assert [] == thread.steps[-1].sent
    assert newest[0].raw in before.values()


async def test_two_changes_before_the_first_was_sent_are_told_in_one_message(
    thread: Thread,
) -> None:
    await thread.invite()
    told = len(letters(thread))

    await thread.change("It is moved to the next day", is_sent=False, starts_local=A_DAY_LATER)
    await thread.change("And to another place, an hour later", starts_local=TWO_DAYS_LATER)

    assert told + 1 == len(letters(thread))
    (sent,) = thread.steps[-1].sent
    assert ["2027-01-28 14:30-16:30Z Tuesday session | Online"] == thread.state
    assert 2 == CLIENTS["ical"](sent.calendar).entry.sequence


async def test_a_change_taken_back_before_it_was_sent_leaves_the_calendar_as_it_was(
    thread: Thread,
) -> None:
    await thread.invite()
    before = thread.state

    await thread.change("It is moved to the next day", is_sent=False, starts_local=A_DAY_LATER)
    await thread.change("And back", starts_local=AS_PLANNED)

    assert before == thread.state
    assert 1 == len(thread.steps[-1].sent)


async def test_an_invitation_not_yet_sent_is_sent_as_things_are_and_never_as_a_change(
    thread: Thread,
) -> None:
    await thread.invite(is_sent=False)

    await thread.change("It is moved to the next day", starts_local=A_DAY_LATER)

    (sent,) = thread.steps[-1].sent
    assert str(sent.mail["Message-ID"]).startswith("<invitation.")
    assert ["2027-01-27 09:00-11:00Z Tuesday session | Online"] == thread.state


async def test_who_was_never_told_of_a_session_hears_nothing_of_its_end(thread: Thread) -> None:
    await thread.invite(is_sent=False)

    await thread.cancel("")

    assert {} == letters(thread)


async def as_stored(thread: Thread) -> list[str]:
    """Say what should stand in Ewa's calendar by what is stored, without any mail."""
    meeting = await thread.row()
    async with thread.parts.database.reading() as db:
        own = await thread.invitation(db, thread.hub.ewa)
    is_there = own.removed_at is None and meeting.cancelled_at is None
    if not is_there or meeting.starts_at is None or meeting.ends_at is None:
        return []
    shown = thread.state[0].partition(" | ")[2]
    span = f"{meeting.starts_at:%Y-%m-%d %H:%M}-{meeting.ends_at:%H:%M}Z"
    return [f"{span} {meeting.neutral_title} | {shown}"]


def letters(thread: Thread) -> dict[str, bytes]:
    """Read everything in the tray, by its name."""
    tray = thread.parts.settings.post_folder
    return {path.name: path.read_bytes() for path in tray.glob("*.eml")}


def test_no_golden_thread_is_left_over() -> None:
    assert {*THREADS, *SERIES_THREADS} == {path.name for path in GOLDEN.iterdir() if path.is_dir()}
