"""What we hold goes when the schedule says, and not before: one person through three years, and a neighbour."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from accessibility.claims import ClaimKind, ClaimState
from accessibility.requests import RequestState
from accessibility.retention import Held, is_due
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions import retaining
from service.actions.retaining import foresee_removals, retain
from service.actions.timers import JOBS
from service.actor import Role, system_actor
from service.keeping_time import tools_of
from service.outbound.channel import Outgoing
from service.outbound.tray import PostTray
from service.parts import Parts
from service.storage import retaining as stored
from service.storage.attendance import Attendance, AttendanceSource
from service.storage.audit import AuditLine
from service.storage.base import Base, OfOrganisation
from service.storage.claims import Claim, Receipt
from service.storage.counts import Counted, StillCounted
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Announcement, Message
from service.storage.needs import AccessRequest, Consent, Need, RequestStep, SealedWords
from service.storage.people import Person
from service.storage.tasks import TaskKind
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import rows, task_for
from tests.integration.help_scene import OWN, Scene, lay_out
from tests.people import Make, actor_for

WORDS = "the lift was broken again"
A_YEAR = timedelta(days=365)


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told something in her own words."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN)
    return scene


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is held, since when, and how to see whether it is still there."""

    held: Held
    since: datetime
    is_there: Callable[[], Awaitable[bool]]


def row_there(parts: Parts, row: OfOrganisation) -> Callable[[], Awaitable[bool]]:
    """See whether a row is still there."""
    table, id_ = type(row), row.id

    async def there() -> bool:
        async with parts.database.reading() as db:
            return await db.get(table, id_) is not None

    return there


def pin_there(parts: Parts, invitation: UUID) -> Callable[[], Awaitable[bool]]:
    """See whether a guest's own PIN still opens a room."""

    async def there() -> bool:
        async with parts.database.reading() as db:
            found = await db.get(Invitation, invitation)
            return found is not None and found.dial_pin is not None

    return there


def letter_there(parts: Parts, subject: str) -> Callable[[], Awaitable[bool]]:
    """See whether a letter still lies in the post tray."""

    async def there() -> bool:
        letters = await PostTray(parts.settings.post_folder).newest(1000)
        return subject in [letter.subject for letter in letters]

    return there


async def session(make: Make, scene: Scene, person: Person, *, in_days: int, pin: str) -> Meeting:
    """Make a session that somebody comes to, or came to, with a PIN of their own."""
    kind = await make.kind(scene.house, code=f"kind-{pin}")
    meeting = await make.meeting(
        scene.house, kind, hosts=[scene.ada], starts_in=timedelta(days=in_days)
    )
    answered = make.now if in_days > 0 else make.now + timedelta(days=in_days)
    await make.invitation(
        meeting,
        person,
        answer=Answer.YES,
        way=Way.ONLINE,
        dial_pin=pin,
        answered_at=answered,
    )
    return meeting


async def on(make: Make, meeting: Meeting, person: Person) -> Invitation:
    """Give somebody's invitation to a session."""
    query = select(Invitation).where(
        Invitation.meeting_id == meeting.id, Invitation.person_id == person.id
    )
    return (await make.db.scalars(query)).one()


async def of_session(
    make: Make, scene: Scene, meeting: Meeting, person: Person, need: Need
) -> dict[str, OfOrganisation]:
    """Make all that is held of one person and one session that is over, and of its claims."""
    invitation, ends_at = await on(make, meeting, person), meeting.ends_at
    own = {"organisation_id": scene.house.id, "meeting_id": meeting.id}
    whose = {**own, "invitation_id": invitation.id}
    made: dict[str, OfOrganisation] = {
        "request": AccessRequest(
            **whose,
            person_id=person.id,
            need_id=need.id,
            code=need.code,
            strength=need.strength,
            state=RequestState.CLOSED,
            actual_pence=1200,
            created_at=make.now,
        ),
        "came": Attendance(
            **whose, way=Way.ONLINE, was_there=True, source=AttendanceSource.NOTED, noted_at=ends_at
        ),
        "said": Feedback(
            **whose,
            person_id=person.id,
            answer=TookPart.PARTLY,
            channel="web",
            has_words=True,
            at=ends_at,
        ),
        "claim": Claim(
            **own,
            person_id=person.id,
            kind=ClaimKind.TRAVEL,
            state=ClaimState.PAID,
            asked_pence=450,
            agreed_pence=450,
            channel="web",
            created_at=make.now,
            paid_at=ends_at,
        ),
    }
    make.db.add_all(made.values())
    await make.db.flush()
    make.db.add(
        RequestStep(
            organisation_id=scene.house.id,
            request_id=made["request"].id,
            to_state=RequestState.CLOSED,
            at=make.now,
        )
    )
    receipt = Receipt(
        organisation_id=scene.house.id,
        claim_id=made["claim"].id,
        media_type="image/png",
        bytes_count=3,
        sealed=b"abc",
        created_at=make.now,
    )
    make.db.add(receipt)
    await make.db.flush()
    await scene.parts.sealer.seal(make.db, made["said"], "own_words", person.id, WORDS)
    return made | {"receipt": receipt, "invitation": invitation}


async def everything_of_eve(scene: Scene, making: Making) -> Sequence[Kept]:
    """Let Eve come to a session a week ago and to another in two hundred days, and then no more."""
    parts, found = scene.parts, list[Kept]()
    need = (await scene.needs())["OTH-OTHER"]
    last, about = scene.now, scene.meeting.id
    async with making() as make:
        await make.db.execute(delete(AccessRequest))
        for at, in_days in enumerate((-7, 20, 200)):
            meeting = await session(make, scene, scene.eve, in_days=in_days, pin=f"90000{at}")
            made = await of_session(make, scene, meeting, scene.eve, need)
            assert meeting.ends_at is not None
            last, about = meeting.ends_at, meeting.id
            for held, name in (
                (Held.REQUESTS, "request"),
                (Held.ATTENDANCE, "came"),
                (Held.ATTENDANCE, "invitation"),
                (Held.FEEDBACK, "said"),
                (Held.CLAIMS, "claim"),
                (Held.RECEIPTS, "receipt"),
            ):
                found.append(Kept(held, last, row_there(parts, made[name])))
            found.append(Kept(Held.DIAL_PINS, last, pin_there(parts, made["invitation"].id)))
        words = Announcement(
            organisation_id=scene.house.id,
            meeting_id=about,
            words="Bring tea",
            created_at=last,
        )
        make.db.add(words)
        await make.db.flush()
        found.append(Kept(Held.LETTERS, last, row_there(parts, words)))
    found.append(Kept(Held.NEEDS, last, row_there(parts, need)))
    for consent in await scene.rows(Consent):
        found.append(Kept(Held.CONSENTS, consent.expires_at, row_there(parts, consent)))
    return found + await letters_and_looks(scene)


async def letters_and_looks(scene: Scene) -> list[Kept]:
    """Lay letters in the tray, and let Ben look at Eve, at several times."""
    found, tray = [], PostTray(scene.parts.settings.post_folder)
    for days in (0, 40, 150):
        when = scene.now.replace(microsecond=0) + timedelta(days=days)
        raw = f"Subject: letter {days}\nDate: {when:%a, %d %b %Y %H:%M:%S} +0000\n\nHello".encode()
        await tray.send(Outgoing("us@example.org", "eve@example.org", raw, f"<{days}@example.org>"))
        found.append(Kept(Held.LETTERS, when, letter_there(scene.parts, f"letter {days}")))
    return found


async def snapshot(parts: Parts, person: UUID) -> Mapping[str, Any]:
    """Give every row that names a person, as it is."""
    found = {}
    tables: Sequence[type[Base]] = (Need, Consent, Claim, AccessRequest, Invitation, Message)
    async with parts.database.reading() as db:
        for table in tables:
            columns = table.__table__.c
            query = select(table.__table__).where(columns.person_id == person).order_by(columns.id)
            found[table.__tablename__] = [tuple(each) for each in await db.execute(query)]
    return found


async def a_neighbour(scene: Scene, making: Making) -> UUID:
    """Let Mia have what never goes: a session far off, a claim nobody paid, what somebody still looks at."""
    async with making() as make:
        mia = await make.person(scene.house, "Mia")
        need = await make.need(mia, "PRO-BSL")
        far = await session(make, scene, mia, in_days=365 * 9, pin="800001")
        past = await session(make, scene, mia, in_days=-30, pin="800002")
        invited = {each.id: await on(make, each, mia) for each in (far, past)}
        invited[past.id].dial_pin = None
        for meeting, state in ((far, RequestState.SUBMITTED), (past, RequestState.MET)):
            request = AccessRequest(
                organisation_id=scene.house.id,
                person_id=mia.id,
                meeting_id=meeting.id,
                invitation_id=invited[meeting.id].id,
                need_id=need.id,
                code=need.code,
                strength=need.strength,
                state=state,
                created_at=make.now,
            )
            make.db.add(request)
            await make.db.flush()
            if meeting is past:
                await task_for(make, TaskKind.ACCESS, mia, past, subject_id=request.id)
        make.db.add(
            Claim(
                organisation_id=scene.house.id,
                person_id=mia.id,
                meeting_id=past.id,
                kind=ClaimKind.TRAVEL,
                state=ClaimState.ASKED,
                asked_pence=300,
                channel="web",
                words="the bus",
                created_at=make.now,
            )
        )
        return mia.id


async def a_night(scene: Scene, when: datetime) -> None:
    """Do all that a night does, in the hour after three."""
    tools, actor = tools_of(scene.parts), system_actor(scene.house.id)
    for name in ("retain", "forget-audit", "link-audit"):
        async with scene.doing() as db:
            await JOBS[name](db, actor, tools, when)


async def test_one_person_through_three_years(scene: Scene, making: Making) -> None:
    things = await everything_of_eve(scene, making)
    mia = await a_neighbour(scene, making)
    before = await snapshot(scene.parts, mia)
    start = scene.now.replace(hour=4, minute=0, second=0, microsecond=0)
    nights = [start + timedelta(days=days) for days in (*range(0, 240, 12), *range(250, 1100, 25))]

    for night in (*nights, start + 7 * A_YEAR, start + 8 * A_YEAR):
        await a_night(scene, night)
        left = [(each.held, each.since, await each.is_there()) for each in things]
        said = [
            (each.held, each.since, not is_due(each.held, each.since, night)) for each in things
        ]
        assert said == left, night

    assert {Held.REQUESTS, Held.CLAIMS, Held.CONSENTS, Held.NEEDS, Held.LETTERS} <= {
        each.held for each in things
    }
    assert not any([await each.is_there() for each in things])
    assert before == await snapshot(scene.parts, mia)
    assert [] == await rows(scene.parts, SealedWords)
    counted = {
        (each.what, each.word): (each.people, each.pence) for each in await all_counts(scene)
    }
    assert {
        (Counted.ASKED, "closed"): (3, 3600),
        (Counted.SAID, "partly"): (3, 0),
        (Counted.CAME, "online"): (3, 0),
    } == counted


async def all_counts(scene: Scene) -> Sequence[StillCounted]:
    """Give the counts of all sessions added up."""
    sums: dict[tuple[Counted, str], StillCounted] = {}
    for each in await rows(scene.parts, StillCounted):
        known = sums.setdefault((each.what, each.word), each)
        if known is not each:
            known.people += each.people
            known.pence += each.pence
    return list(sums.values())


async def test_looks_go_after_two_years_and_the_chain_still_holds(
    scene: Scene, making: Making, clock: TestClock, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(scene.ben)
    await ben.get(f"/people/{scene.eve.id}")
    await a_night(scene, clock.now() + timedelta(hours=20))

    await a_night(scene, clock.now() + timedelta(days=700))
    assert any(each.what == "person.read" for each in await rows(scene.parts, AuditLine))
    await a_night(scene, clock.now() + timedelta(days=735))

    reads = [each for each in await rows(scene.parts, AuditLine) if each.what == "person.read"]
    assert [] == reads


async def test_a_night_is_done_once_and_never_before_three(scene: Scene, making: Making) -> None:
    await everything_of_eve(scene, making)
    at_two = (scene.now + 2 * A_YEAR).replace(hour=2, minute=30)
    actor, tray = system_actor(scene.house.id), PostTray(scene.parts.settings.post_folder)

    async def done(at: datetime) -> int:
        async with scene.doing() as db:
            return await retain(db, actor, tray, now=at)

    assert 0 == await done(at_two)
    assert 0 < await done(at_two + timedelta(hours=1))
    assert 0 == await done(at_two + timedelta(hours=1, minutes=1))
    assert 0 == await done(at_two + timedelta(days=1, hours=1))


async def test_a_night_with_much_to_do_goes_on_in_the_next_minute(
    scene: Scene, making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "BATCH", 1)
    monkeypatch.setattr(retaining, "BATCH", 1)
    things = await everything_of_eve(scene, making)
    night = (scene.now + 9 * A_YEAR).replace(hour=3, minute=0)

    for minute in range(40):
        await a_night(scene, night + timedelta(minutes=minute))

    assert [] == [each.held for each in things if await each.is_there()]
    counted = {(each.what, each.word): each.people for each in await all_counts(scene)}
    assert 3 == counted[Counted.ASKED, "closed"]


async def test_what_goes_is_said_beforehand_and_what_went_afterwards(
    scene: Scene, making: Making, clock: TestClock, open_browser: OpenBrowser
) -> None:
    await everything_of_eve(scene, making)
    async with making() as make:
        for number in range(6):
            person = await make.person(scene.house, f"Guest {number}")
            await session(make, scene, person, in_days=-20, pin=f"70000{number}")
        amy = await make.staff(scene.house, "Amy", Role.ADMIN)
    director = actor_for(scene.house.id, scene.cleo, Role.DIRECTOR)
    tray = PostTray(scene.parts.settings.post_folder)

    async with scene.parts.database.reading() as db:
        said = {
            each.held: each for each in await foresee_removals(db, director, tray, now=scene.now)
        }

    assert (7, 8) == (said[Held.DIAL_PINS].tonight, said[Held.DIAL_PINS].soon)
    assert 0 == said[Held.CLAIMS].soon
    await a_night(scene, scene.now + timedelta(hours=20))
    browser = await open_browser(amy)
    assert 200 == (await browser.get("/set-up/kept")).status
    assert "Earlier nights" in browser.page
    assert [{"dial_pins": "7"}] == [
        line.facts for line in await rows(scene.parts, AuditLine) if line.what == "data.removed"
    ]


async def test_small_numbers_are_hidden(scene: Scene, making: Making) -> None:
    await everything_of_eve(scene, making)
    director = actor_for(scene.house.id, scene.cleo, Role.DIRECTOR)
    tray = PostTray(scene.parts.settings.post_folder)

    async with scene.parts.database.reading() as db:
        said = {
            each.held: each for each in await foresee_removals(db, director, tray, now=scene.now)
        }

    assert None is said[Held.DIAL_PINS].tonight


async def test_only_who_sets_up_and_directors_see_what_is_kept(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    stranger = await open_browser()
    assert 303 == (await stranger.get("/set-up/kept")).status
    for person, status in ((scene.ada, 403), (scene.ben, 403), (scene.cleo, 200)):
        browser = await open_browser(person)
        assert status == (await browser.get("/set-up/kept")).status, person.chosen_name
