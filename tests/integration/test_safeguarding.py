"""The safeguarding lead's store: others write into it and never read it; the lead reads, closes, destroys."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.actions.safeguarding import Noted, destroy_note, read_note, write_note
from service.actor import Actor, Role
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.database import Database
from service.storage.messages import Message, MessageKind
from service.storage.needs import SealedWords
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.person_keys import CannotOpen, PersonKey
from service.storage.safeguarding import SafeguardingNote
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.people import actor_for

FACTS = "Marker: she had a bruise on her arm"
SAID = "Marker: don’t tell him"
FORM = "/safeguarding/new"


@dataclass(frozen=True, slots=True)
class Hall:
    """An organisation with somebody of each role, and a session the facilitator leads."""

    house: Organisation
    staff: dict[Role, Person]
    meeting_id: UUID
    today: date

    def actor(self, role: Role) -> Actor:
        """Give whoever has the role."""
        return actor_for(self.house.id, self.staff[role], role)


@pytest.fixture
async def hall(making: Making) -> Hall:
    """Make it."""
    async with making() as make:
        house = await make.organisation()
        staff: dict[Role, Person] = {
            role: await make.staff(house, role.value.title(), role)
            for role in Role
            if role is not Role.OPERATOR
        }
        hosts = [staff[Role.FACILITATOR], staff[Role.COORDINATOR]]
        meeting = await make.meeting(house, await make.kind(house), hosts=hosts)
        return Hall(house, staff, meeting.id, make.now.date())


def noted(clock: TestClock, **parts: str) -> Noted:
    """Give what somebody saw an hour ago."""
    return Noted(clock.now() - timedelta(hours=1), {"facts": FACTS, "words_used": SAID} | parts)


async def written(parts: Parts, hall: Hall, clock: TestClock) -> SafeguardingNote:
    """Let the facilitator write a note."""
    async with parts.database.writing() as db:
        return await write_note(
            db,
            hall.actor(Role.FACILITATOR),
            parts.sealer,
            noted(clock),
            now=clock.now(),
        )


async def fill_in(browser: Browser, hall: Hall, **fields: object) -> int:
    """Fill the form in for the session."""
    typed = {"happened_on": hall.today, "facts": FACTS, "words_used": SAID, "who": "Pearl"}
    on = f"{FORM}?session={hall.meeting_id}"
    given = typed | {"session": hall.meeting_id} | fields
    response = await browser.post(FORM, on=on, **given)
    return response.status


async def test_a_note_is_written_on_the_page_and_read_by_the_lead(
    hall: Hall, open_browser: OpenBrowser
) -> None:
    writer = await open_browser(hall.staff[Role.FACILITATOR])
    assert 303 == await fill_in(writer, hall)
    lead = await open_browser(hall.staff[Role.SAFEGUARDING])

    await lead.get("/safeguarding")
    assert "Not read yet" in lead.page
    assert FACTS not in lead.page
    path = lead.page.partition('<a href="/safeguarding/')[2].partition('"')[0]
    await lead.get(f"/safeguarding/{path}")
    assert FACTS not in lead.page
    await lead.post(f"/safeguarding/{path}/read")

    assert FACTS in lead.page
    assert SAID in lead.page
    await lead.get("/safeguarding")
    assert "Not read yet" not in lead.page


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.COORDINATOR, Role.DIRECTOR, Role.ADMIN])
async def test_nobody_else_reads_or_destroys_it(
    role: Role, hall: Hall, parts: Parts, clock: TestClock, open_browser: OpenBrowser
) -> None:
    note = await written(parts, hall, clock)
    browser = await open_browser(hall.staff[role])

    for path in ("/safeguarding", f"/safeguarding/{note.id}"):
        assert 403 == (await browser.get(path)).status
    await browser.get("/sessions")
    for press in ("read", "close", "destroy"):
        response = await browser.post(f"/safeguarding/{note.id}/{press}")
        assert 403 == response.status
        assert FACTS not in browser.page
    async with parts.database.writing() as db:
        with pytest.raises(NotAllowed):
            await read_note(db, hall.actor(role), parts.sealer, note.id, now=clock.now())


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMIN])
async def test_only_who_runs_or_arranges_sessions_writes(
    role: Role, hall: Hall, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(hall.staff[role])

    assert 403 == (await browser.get(FORM)).status
    nobody = await (await open_browser()).get(FORM)
    assert (303, True) == (nobody.status, "/sign-in" in nobody.headers["Location"])


async def test_the_lead_of_another_organisation_finds_nothing(
    hall: Hall, parts: Parts, clock: TestClock, making: Making, open_browser: OpenBrowser
) -> None:
    note = await written(parts, hall, clock)
    async with making() as make:
        other = await make.organisation("Other")
        lead = await make.staff(other, "Zara", Role.SAFEGUARDING)
    browser = await open_browser(lead)

    assert 404 == (await browser.get(f"/safeguarding/{note.id}")).status
    await browser.get("/safeguarding")
    assert "Nothing is waiting for you" in browser.page


async def test_a_session_of_somebody_else_cannot_be_named(
    hall: Hall, parts: Parts, clock: TestClock, making: Making
) -> None:
    async with making() as make:
        other = await make.staff(hall.house, "Otto", Role.FACILITATOR)
    actor = actor_for(hall.house.id, other, Role.FACILITATOR)
    about = Noted(clock.now(), {"facts": FACTS}, hall.meeting_id)

    async with parts.database.writing() as db:
        with pytest.raises(NotFound):
            await write_note(db, actor, parts.sealer, about, now=clock.now())


async def test_the_words_are_sealed_and_in_no_audit_line_or_task(
    hall: Hall, parts: Parts, clock: TestClock
) -> None:
    note = await written(parts, hall, clock)

    async with parts.database.reading() as db:
        sealed = (await db.scalars(select(SealedWords).where(SealedWords.of_row == note.id))).all()
        lines = (await db.scalars(select(AuditLine))).all()
        tasks = (await db.scalars(select(Task))).all()
    assert {"facts", "words_used"} == {each.of_column for each in sealed}
    assert all(b"Marker" not in each.sealed for each in sealed)
    assert "Marker" not in repr([(line.facts, line.what) for line in lines])
    assert [(TaskKind.SAFEGUARDING, Role.SAFEGUARDING, "")] == [
        (task.kind, task.for_role, task.words) for task in tasks
    ]
    assert "Marker" not in repr(noted(clock))


async def test_every_lead_is_told_by_mail_that_something_waits_not_what(
    hall: Hall, parts: Parts, clock: TestClock
) -> None:
    note = await written(parts, hall, clock)
    composer = Composer(parts.keys, "https://kiln.example.org", "post@kiln.example.org")

    async with parts.database.writing() as db:
        message = (await db.scalars(select(Message))).one()
        letter = await compose(composer, db, message, clock.now())
        assert (MessageKind.NOTE_WAITING, hall.staff[Role.SAFEGUARDING].id, note.id) == (
            message.kind,
            message.person_id,
            message.subject_id,
        )
        assert "https://kiln.example.org/safeguarding" in letter.text
        for hidden in ("Marker", "safeguarding lead", "Facilitator"):
            assert hidden not in letter.text + letter.subject
        lead = hall.actor(Role.SAFEGUARDING)
        await read_note(db, lead, parts.sealer, note.id, now=clock.now())
        with pytest.raises(Overtaken):
            await compose(composer, db, message, clock.now())


async def test_reading_settles_the_task_and_is_written_down(
    hall: Hall, parts: Parts, clock: TestClock
) -> None:
    note = await written(parts, hall, clock)
    lead = hall.actor(Role.SAFEGUARDING)

    async with parts.database.writing() as db:
        _, words = await read_note(db, lead, parts.sealer, note.id, now=clock.now())

    assert {"facts": FACTS, "words_used": SAID} == dict(words)
    async with parts.database.reading() as db:
        task = (await db.scalars(select(Task))).one()
        read = (
            await db.scalars(select(AuditLine).where(AuditLine.what == "safeguarding.read"))
        ).one()
    assert TaskState.OVERTAKEN is task.state
    assert lead.person_id == read.actor_id


async def test_a_note_is_destroyed_only_when_read_and_closed(
    hall: Hall, parts: Parts, clock: TestClock, open_browser: OpenBrowser
) -> None:
    note = await written(parts, hall, clock)
    lead, actor = await open_browser(hall.staff[Role.SAFEGUARDING]), hall.actor(Role.SAFEGUARDING)
    at = f"/safeguarding/{note.id}"

    async with parts.database.writing() as db:
        with pytest.raises(Refused, match="close-it-first"):
            await destroy_note(db, actor, parts.sealer, note.id, now=clock.now())
    await lead.post(f"{at}/close", on=at)
    assert "Please read it before you close it" in lead.page
    await lead.post(f"{at}/read", on=at)
    await lead.post(f"{at}/close", on=at)
    await lead.post(f"{at}/destroy", on=at)

    assert 404 == (await lead.get(at)).status
    async with parts.database.reading() as db:
        assert [] == list(await db.scalars(select(SealedWords)))


async def test_a_lost_key_is_said_and_nothing_breaks(
    hall: Hall, parts: Parts, clock: TestClock, open_browser: OpenBrowser
) -> None:
    note = await written(parts, hall, clock)
    store = Database(parts.settings.keys_database_url, pool_size=1)
    async with store.writing() as db:
        await db.execute(delete(PersonKey).where(PersonKey.person_id == note.id))
    await store.close()
    lead, at = await open_browser(hall.staff[Role.SAFEGUARDING]), f"/safeguarding/{note.id}"

    response = await lead.post(f"{at}/read", on=at)

    assert response.status >= 400
    assert "key" in lead.page.casefold()
    async with parts.database.writing() as db:
        with pytest.raises(CannotOpen):
            actor = hall.actor(Role.SAFEGUARDING)
            await read_note(db, actor, parts.sealer, note.id, now=clock.now())


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("facts", "", "Please write what you saw or heard"),
        ("facts", "x" * 4001, "Error"),
        ("happened_on", "2199-01-01", "That day has not come yet"),
        ("happened_on", "yesterday", "Error"),
        ("session", "nonsense", "Error"),
    ],
)
async def test_bad_input_keeps_what_was_typed(
    field: str,
    value: str,
    words: str,
    hall: Hall,
    parts: Parts,
    open_browser: OpenBrowser,
) -> None:
    browser = await open_browser(hall.staff[Role.COORDINATOR])

    assert 422 == await fill_in(browser, hall, **{field: value})
    assert words in browser.page
    assert SAID in browser.page
    async with parts.database.reading() as db:
        assert [] == list(await db.scalars(select(SafeguardingNote)))


async def test_a_time_to_come_is_refused(hall: Hall, parts: Parts, clock: TestClock) -> None:
    late = Noted(clock.now() + timedelta(days=1), {"facts": FACTS})
    async with parts.database.writing() as db:
        with pytest.raises(Invalid):
            await write_note(db, hall.actor(Role.COORDINATOR), parts.sealer, late, now=clock.now())
