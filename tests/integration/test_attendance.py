"""Who took part: worked out from the room's events, corrected by hosts, kept when the events are forgotten."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from scheduling.answers import Answer
from scheduling.online import ServerKind
from scheduling.ways import Way
from service.actor import Role
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.attendance import Attendance, AttendanceSource, OthersThere
from service.storage.room_events import StoredEvent
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.room_scene import RoomScene, a_room

Came = dict[str, tuple[Way, AttendanceSource]]
WAS = re.compile(r'name="was" value="([0-9a-f]{32}):(\w*)"')


async def came(parts: Parts, scene: RoomScene) -> Came:
    """Give who is kept as having been there, by name."""
    names = {invitation.id: name for name, invitation in scene.guests.items()}
    query = select(Attendance).where(Attendance.was_there)
    async with parts.database.reading() as db:
        return {names[row.invitation_id]: (row.way, row.source) for row in await db.scalars(query)}


async def others(parts: Parts) -> dict[Way, int]:
    """Give how many others are kept, by way; nobody is left out."""
    async with parts.database.reading() as db:
        rows = await db.scalars(select(OthersThere))
        return {row.way: row.people for row in rows if row.people}


def ticks(browser: Browser, scene: RoomScene, **changes: Way | None) -> dict[str, Any]:
    """Give the fields of the page as it stands, with these people's ticks changed."""
    fields: dict[str, Any] = {"was": [], "there": []}
    names = {invitation.id.hex: name for name, invitation in scene.guests.items()}
    for id_, was in WAS.findall(browser.page):
        way = changes.get(names.get(id_, ""), was)
        fields["was"].append(f"{id_}:{was}")
        if way:
            fields["there"].append(id_)
            fields[f"way-{id_}"] = str(way)
    for way in Way:
        number = re.findall(rf'name="others-was-{way}" value="(\d*)"', browser.page)
        if number:
            fields |= {f"others-was-{way}": number[0], f"others-{way}": number[0]}
    return fields


async def test_what_the_room_told_is_ticked_beforehand(
    making: Making, server: TestServer, open_browser: OpenBrowser, now: datetime, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        before = now - timedelta(minutes=5)
        await scene.tell(
            scene.event("joined", before, "a", person=scene.of("Mo")),
            scene.event("dialled_in", before, "pin:1", person=scene.of("Joan")),
            scene.event("joined", before, "c", person=scene.host(scene.ada)),
            scene.event("joined", before, "d", name="A neighbour"),
        )

        await browser.get(scene.sheet)

        shown = {id_: way for id_, way in WAS.findall(browser.page) if way}
    assert {scene.of("Mo"): "online", scene.of("Joan"): "phone"} == shown
    assert 'name="others-was-online" value="1"' in browser.page
    order = re.findall(r"<bdi>(\w+)</bdi> <span class=\"hint\">", browser.page)
    assert ["Joan", "Mo", "Ray", "Sue", "Tess"] == order
    assert {} == await came(parts, scene)


async def test_a_host_ticks_who_is_in_the_room_and_it_is_kept(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.sheet)
        fields = ticks(browser, scene, Ray=Way.ROOM, Tess=Way.OUTDOORS)

        response = await browser.post(scene.sheet, **fields | {"others-room": "3"})

        assert 303 == response.status
        assert {
            "Ray": (Way.ROOM, AttendanceSource.NOTED),
            "Tess": (Way.OUTDOORS, AttendanceSource.NOTED),
        } == await came(parts, scene)
        assert {Way.ROOM: 3} == await others(parts)
        await browser.get(f"/sessions/{scene.meeting.id}")
        assert "4 came, 1 said yes" in " ".join(re.sub("<[^>]*>", "", browser.page).split())


async def test_saving_again_changes_nothing(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.sheet)
        fields = ticks(browser, scene, Ray=Way.ROOM)

        await browser.post(scene.sheet, **fields)
        first = await came(parts, scene)
        await browser.post(scene.sheet, **fields)
        await browser.get(scene.sheet)
        await browser.post(scene.sheet, **ticks(browser, scene))

        assert first == await came(parts, scene)


async def test_two_who_tick_at_once_keep_each_others_ticks(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        ada, ben = await open_browser(scene.ada), await open_browser(scene.ben)
        await ada.get(scene.sheet)
        await ben.get(scene.sheet)
        hers = ticks(ada, scene, Ray=Way.ROOM) | {"others-outdoors": "2"}
        his = ticks(ben, scene, Tess=Way.ROOM)

        answers = await asyncio.gather(ada.post(scene.sheet, **hers), ben.post(scene.sheet, **his))

        assert [303, 303] == [answer.status for answer in answers]
        assert {"Ray", "Tess"} == set(await came(parts, scene))
        assert {Way.OUTDOORS: 2} == await others(parts)


async def test_a_correction_goes_before_whatever_the_room_tells_later(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
    clock: TestClock,
    now: datetime,
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await scene.tell(
            scene.event("joined", now - timedelta(minutes=5), "a", person=scene.of("Mo"))
        )
        await browser.get(scene.sheet)
        await browser.post(scene.sheet, **ticks(browser, scene, Mo=None, Sue=Way.PHONE))
        clock.move(timedelta(hours=3))

        await keep_time(parts)
        await scene.tell(scene.event("joined", now, "b", person=scene.of("Mo")))
        await scene.tell(scene.event("joined", now, "c", person=scene.of("Sue")))
        await keep_time(parts)

        assert {"Sue": (Way.PHONE, AttendanceSource.NOTED)} == await came(parts, scene)


async def test_attendance_is_worked_out_once_the_session_is_over_and_again_when_more_is_told(
    making: Making, server: TestServer, parts: Parts, clock: TestClock, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        await scene.tell(scene.event("joined", now, "a", person=scene.of("Mo")))
        await keep_time(parts)
        assert {} == await came(parts, scene)
        clock.move(timedelta(hours=2))

        await keep_time(parts)
        assert {"Mo": (Way.ONLINE, AttendanceSource.EVENTS)} == await came(parts, scene)
        clock.move(timedelta(days=2))
        await scene.tell(
            scene.event("joined", now, "b", person=scene.of("Sue")),
            scene.event("left", now + timedelta(seconds=20), "a", person=scene.of("Mo")),
        )
        await keep_time(parts)

        assert {"Sue": (Way.ONLINE, AttendanceSource.EVENTS)} == await came(parts, scene)


async def test_events_and_their_times_are_forgotten_after_a_week_and_attendance_is_kept(
    making: Making, server: TestServer, parts: Parts, clock: TestClock, now: datetime
) -> None:
    async with a_room(making, server) as scene:
        await scene.tell(
            scene.event("joined", now, "a", person=scene.of("Mo")),
            scene.event("joined", now, "b", room="somebody-elses-room"),
        )

        assert 2 == await _told(parts)
        clock.move(timedelta(hours=2))
        await keep_time(parts)
        assert 1 == await _told(parts)
        clock.move(timedelta(days=6, hours=21))
        await keep_time(parts)
        assert 1 == await _told(parts)
        clock.move(timedelta(hours=2))
        await keep_time(parts)

        assert 0 == await _told(parts)
        assert {"Mo": (Way.ONLINE, AttendanceSource.EVENTS)} == await came(parts, scene)


async def test_hosts_are_asked_once_who_came_and_noting_it_does_the_task(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
    clock: TestClock,
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        clock.move(timedelta(hours=3))
        await keep_time(parts)
        assert [] == await _tasks(parts)
        clock.move(timedelta(days=1))

        await keep_time(parts)
        await keep_time(parts)
        assert [(TaskState.OPEN, "")] == await _tasks(parts)
        await browser.get("/today")
        assert "Tick who came to a session" in browser.page
        task = re.findall(r"/tasks/[0-9a-f-]{36}", browser.page)[0]
        await browser.get(task)
        assert scene.sheet in browser.page
        await browser.get(scene.sheet)
        await browser.post(scene.sheet, **ticks(browser, scene))
        await keep_time(parts)

        assert [(TaskState.DONE, "noted")] == await _tasks(parts)


async def test_nobody_is_asked_about_what_the_room_tells_or_somebody_noted(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
    clock: TestClock,
) -> None:
    async with a_room(making, server, offers={Way.ONLINE: 12}) as scene:
        async with making() as make:
            hall = await make.meeting(
                scene.house,
                await make.kind(scene.house),
                hosts=[scene.ada],
                starts_in=timedelta(minutes=-5),
                offers={Way.ROOM: 12},
            )
            await make.invitation(hall, await make.person(scene.house, "Una"))
        browser = await open_browser(scene.ada)
        await browser.get(f"/sessions/{hall.id}/attendance")
        await browser.post(f"/sessions/{hall.id}/attendance", **ticks(browser, scene))
        clock.move(timedelta(days=1, hours=3))

        await keep_time(parts)

        assert [] == await _tasks(parts)


async def test_a_server_that_tells_nothing_means_somebody_must_note_it(
    making: Making, server: TestServer, parts: Parts, clock: TestClock
) -> None:
    async with a_room(making, server, kind=ServerKind.PLAIN, offers={Way.ONLINE: 12}):
        clock.move(timedelta(days=1, hours=3))

        await keep_time(parts)

        assert [(TaskState.OPEN, "")] == await _tasks(parts)


async def test_it_can_be_noted_from_shortly_before_until_two_weeks_after(
    making: Making,
    server: TestServer,
    open_browser: OpenBrowser,
    parts: Parts,
    clock: TestClock,
) -> None:
    async with a_room(making, server, starts_in=timedelta(hours=1)) as scene:
        browser = await open_browser(scene.ben)
        await browser.get(scene.sheet)
        assert "you can tick here who has come" in browser.page
        tick = {"was": f"{scene.of('Ray')}:", "there": scene.of("Ray")}
        tick[f"way-{scene.of('Ray')}"] = "room"

        early = await browser.post(scene.sheet, **tick)
        clock.move(timedelta(minutes=21))
        at_last = await browser.post(scene.sheet, on=scene.sheet, **tick)
        clock.move(timedelta(days=15))
        late = await browser.post(scene.sheet, **tick | {"there": ""})
        await browser.get(scene.sheet)

        assert [409, 303, 409] == [each.status for each in (early, at_last, late)]
        assert {"Ray"} == set(await came(parts, scene))
        assert "Ray" in browser.page
        assert "Save who came" not in browser.page
        host = await open_browser(scene.ada)
        assert 403 == (await host.get(scene.sheet)).status


async def test_nonsense_keeps_what_was_typed_and_changes_nothing(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.sheet)
        fields = ticks(browser, scene, Ray=Way.ROOM)

        response = await browser.post(scene.sheet, **fields | {"others-room": "a few"})

        assert 422 == response.status
        assert f'value="{scene.of("Ray")}" checked' in browser.page
        assert 'value="a few"' in browser.page
        assert {} == await came(parts, scene)
        for wrong in (
            {f"way-{scene.of('Ray')}": "on a bicycle"},
            {"was": "nobody:room"},
            {"others-room": "1000"},
        ):
            assert 422 == (await browser.post(scene.sheet, **fields | wrong)).status
        assert {} == await came(parts, scene)


async def test_a_way_that_is_not_offered_cannot_be_noted(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server, offers={Way.ONLINE: 12}) as scene:
        browser = await open_browser(scene.ada)
        await browser.get(scene.sheet)

        response = await browser.post(scene.sheet, **ticks(browser, scene, Ray=Way.ROOM))

        assert 422 == response.status
        assert {} == await came(parts, scene)


async def test_the_wrong_person_notes_nothing(
    making: Making, server: TestServer, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with a_room(making, server) as scene:
        async with making() as make:
            eve = await make.staff(scene.house, "Eve", Role.DIRECTOR)
            fay = await make.staff(scene.house, "Fay", Role.FACILITATOR)
        tick = {"was": f"{scene.of('Ray')}:", "there": scene.of("Ray")}
        tick[f"way-{scene.of('Ray')}"] = "room"
        statuses = []
        for person in (eve, fay, scene.dov, None):
            browser = await open_browser(person)
            await browser.get("/today" if person else "/about")
            statuses.append((await browser.post(scene.sheet, **tick)).status)

        assert [403, 404, 404, 303] == statuses
        assert {} == await came(parts, scene)


async def test_a_director_sees_no_small_numbers_of_who_came(
    making: Making, server: TestServer, open_browser: OpenBrowser
) -> None:
    async with a_room(making, server) as scene:
        async with making() as make:
            eve = await make.staff(scene.house, "Eve", Role.DIRECTOR)
        host, director = await open_browser(scene.ada), await open_browser(eve)
        await host.get(scene.sheet)
        await host.post(scene.sheet, **ticks(host, scene, Ray=Way.ROOM) | {"others-outdoors": "7"})

        await director.get(f"/sessions/{scene.meeting.id}")

        words = " ".join(re.sub("<[^>]*>", "", director.page).split())
    assert "fewer than 5 came, 1 said yes" in words
    assert "7 came, 0 said yes" in words


class TestE11:
    """Events doubled, in any order and late, with some lost: the same attendance as in order and once."""

    async def test_doubled_reversed_late_and_lost_gives_the_same_attendance(
        self, making: Making, server: TestServer, parts: Parts, clock: TestClock, now: datetime
    ) -> None:
        names = {f"Guest {number:02}": (Answer.YES, Way.ONLINE) for number in range(30)}
        async with a_room(making, server, names=names) as scene:
            chance = random.Random(11)
            told = list(_a_lively_evening(scene, now, chance))
            expected = _who_was_there(scene, told)
            lost = chance.sample(range(len(told)), len(told) // 20)
            arrivals = [
                (chance.uniform(0, 24 * 60), body)
                for number, body in enumerate(told)
                for _ in range(3)
                if number not in lost or body["event"] == "destroyed"
            ]
            arrivals.sort(key=lambda each: each[0])

            for batch in _batches(arrivals, 60):
                clock.move(timedelta(hours=1))
                statuses = {
                    (await scene.told.own({"events": [body for _, body in batch]})).status
                    for _ in range(2)
                }
                assert {200} == statuses
                await keep_time(parts)

            assert expected == set(await came(parts, scene))

    async def test_who_joined_and_never_left_is_closed_by_time(
        self, making: Making, server: TestServer, parts: Parts, clock: TestClock, now: datetime
    ) -> None:
        async with a_room(making, server) as scene:
            await scene.tell(scene.event("joined", now, "a", person=scene.of("Mo")))
            clock.move(timedelta(days=1))

            await keep_time(parts)

            assert {"Mo"} == set(await came(parts, scene))

    def test_control_counting_events_as_they_come_goes_wrong(self) -> None:
        """Adding one for who comes and taking one for who goes: people count twice, and less than never."""
        told = [(kind, who) for who in range(10) for kind in ("joined", "left")] * 3
        random.Random(11).shuffle(told)
        here: Counter[int] = Counter()
        counts = set()

        for kind, who in told:
            here[who] += 1 if kind == "joined" else -1
            counts.add(here[who])

        assert {-1, 2} <= counts


def _batches(
    arrivals: Sequence[tuple[float, Mapping[str, Any]]], minutes: int
) -> Iterator[Sequence[tuple[float, Mapping[str, Any]]]]:
    """Give what comes in within each of so many minutes."""
    for hour in range(24 * 60 // minutes):
        batch = [each for each in arrivals if hour <= each[0] // minutes < hour + 1]
        if batch:
            yield batch


def _who_was_there(scene: RoomScene, told: Iterable[Mapping[str, Any]]) -> set[str]:
    """Say, second by second, who was there for a minute of the session: the slow oracle."""
    slot = range(*(int(at.timestamp()) for at in (_starts(scene), _ends(scene))))
    names = {scene.of(name): name for name in scene.guests}
    seconds: dict[str, set[int]] = {name: set() for name in scene.guests}
    for visit in next(body["visits"] for body in told if body["event"] == "destroyed"):
        came_at, went = (
            int(datetime.fromisoformat(visit[name]).timestamp())
            for name in ("joined_at", "left_at")
        )
        seconds[names[visit["person"]]] |= set(range(came_at, went)) & set(slot)
    return {name for name, there in seconds.items() if len(there) >= 60}


def _starts(scene: RoomScene) -> datetime:
    assert scene.meeting.starts_at is not None
    return scene.meeting.starts_at


def _ends(scene: RoomScene) -> datetime:
    assert scene.meeting.ends_at is not None
    return scene.meeting.ends_at


def _a_lively_evening(
    scene: RoomScene, now: datetime, chance: random.Random
) -> Iterator[Mapping[str, Any]]:
    """Tell of thirty people, lines that drop, second devices and some who only look in."""
    run = now.isoformat()
    visits = []
    for number, name in enumerate(scene.guests):
        for again in range(chance.randint(0, 3)):
            came_at = now + timedelta(seconds=chance.randint(0, 5000))
            stayed = timedelta(seconds=chance.choice([20, 600, 1800]))
            visits.append((f"{number}-{again}", scene.of(name), came_at, came_at + stayed))
    ended = max(went for *_, went in visits)
    yield scene.event("created", now, run=run)
    for occupant, person, came_at, went in visits:
        yield scene.event("joined", came_at, occupant, person=person)
        yield scene.event("left", went, occupant, person=person)
    listed = [
        {
            "occupant": occupant,
            "person": person,
            "joined_at": came_at.isoformat(),
            "left_at": went.isoformat(),
        }
        for occupant, person, came_at, went in visits
    ]
    yield scene.event("destroyed", ended, run=run, visits=listed)


async def _told(parts: Parts) -> int:
    async with parts.database.reading() as db:
        return (await db.scalars(select(func.count()).select_from(StoredEvent))).one()


async def _tasks(parts: Parts) -> list[tuple[TaskState, str]]:
    query = select(Task).where(Task.kind == TaskKind.NOTE_WHO_CAME)
    async with parts.database.reading() as db:
        return [(task.state, task.outcome) for task in await db.scalars(query)]
