"""Kit: lent to one person at a time, asked for when it is late, wiped before anybody else has it."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest

from accessibility.kit import KitKind
from accessibility.requests import RequestState
from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.actions.lending.keeping import KitDetails, add_thing
from service.actions.lending.out import Lending, lend, lend_longer, take_back_thing
from service.actions.lending.overdue import notice_late_kit
from service.actor import Actor, system_actor
from service.errors import Conflict, Refused
from service.identifiers import new_id
from service.outbound.mail import mail_bytes
from service.parts import Parts
from service.storage.arrangements import Arrangement
from service.storage.kit import KitItem, Loan
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.money_scene import Scene, lay_out


@dataclass(slots=True)
class Kit:
    """The scene, with a phone that people may take home."""

    scene: Scene
    phone: UUID

    @property
    def page(self) -> str:
        """Give the address of the phone's page."""
        return f"/kit/{self.phone}"

    def until(self, days: int) -> date:
        """Give a day so many days from now."""
        return self.scene.clock.now().date() + timedelta(days=days)

    async def lent(self, days: int = 7) -> None:
        """Let Ben lend it to Eve."""
        async with self.scene.doing() as db:
            lending = Lending(self.scene.eve.id, self.until(days))
            await lend(db, self.scene.desk, self.phone, lending, now=self.scene.clock.now())

    async def noticed(self) -> int:
        """Look for what is late."""
        async with self.scene.doing() as db:
            system = system_actor(self.scene.house.id)
            return await notice_late_kit(db, system, now=self.scene.clock.now())


@pytest.fixture
async def kit(making: Making, parts: Parts, clock: TestClock) -> AsyncIterator[Kit]:
    """Give the scene with a phone in it."""
    scene = await lay_out(making, parts, clock)
    yield Kit(scene, await added(scene, KitKind.PHONE, "Phone 1"))


async def added(scene: Scene, kind: KitKind, name: str, *, is_lendable: bool = True) -> UUID:
    """Let Ben add a thing."""
    async with scene.doing() as db:
        details = KitDetails(name, is_lendable)
        return (await add_thing(db, scene.desk, kind, details, now=scene.clock.now())).id


async def test_a_thing_is_added_changed_and_taken_out_of_use(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(kit.scene.ben)
    typed = {"kind": "loop", "name": "Loop in the blue case", "notes": "Try it first."}

    assert 303 == (await browser.post("/kit/new", on="/kit/new", **typed)).status
    (loop,) = [each for each in await kit.scene.rows(KitItem) if each.kind is KitKind.LOOP]
    page = f"/kit/{loop.id}"
    renamed = {"name": "Loop 1", "is_lendable": "yes", "notes": ""}
    assert 303 == (await browser.post(f"{page}/edit", on=f"{page}/edit", **renamed)).status
    assert 303 == (await browser.post(f"{page}/retire", on=page, retired="yes")).status

    await browser.get("/kit")
    assert all(words in browser.page for words in ("Loop 1", "Out of use", "Hearing loop"))
    assert 303 == (await browser.post(f"{page}/retire", on=page, retired="no")).status


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "loop", "name": "", "notes": "By the door."},
        {"kind": "loop", "name": "phone 1", "notes": "By the door."},
        {"kind": "spaceship", "name": "Loop", "notes": "By the door."},
        {"kind": "loop", "name": "L" * 101, "notes": "By the door."},
    ],
)
async def test_what_cannot_be_kept_is_shown_again_and_nothing_is_added(
    kit: Kit, open_browser: OpenBrowser, typed: dict[str, str]
) -> None:
    browser = await open_browser(kit.scene.ben)

    assert 422 == (await browser.post("/kit/new", on="/kit/new", **typed)).status

    assert typed["name"] in browser.page
    assert "By the door." in browser.page
    assert 1 == len(await kit.scene.rows(KitItem))


async def test_a_phone_is_lent_and_comes_back_wiped(kit: Kit, open_browser: OpenBrowser) -> None:
    browser, due_on = await open_browser(kit.scene.ben), kit.until(28).isoformat()
    lending = {"person": str(kit.scene.eve.id), "due_on": due_on, "with_guide": "yes", "q": "Eve"}

    assert (
        303
        == (await browser.post(f"{kit.page}/lend", on=f"{kit.page}/lend?q=Eve", **lending)).status
    )

    (loan,) = await kit.scene.rows(Loan)
    assert (kit.scene.eve.id, True, False) == (loan.person_id, loan.with_guide, loan.with_charger)
    await browser.get("/kit")
    assert all(words in browser.page for words in ("Lent", "Eve", "Tuesday 9 February 2027"))
    assert 303 == (await browser.post(f"{kit.page}/back", on=kit.page, wiped="yes")).status
    (loan,) = await kit.scene.rows(Loan)
    assert None not in (loan.returned_at, loan.wiped_at)
    await browser.get(kit.page)
    assert "Lend it" in browser.page


async def test_a_phone_that_is_not_wiped_waits_for_it(kit: Kit, open_browser: OpenBrowser) -> None:
    await kit.lent()
    browser = await open_browser(kit.scene.ben)

    await browser.post(f"{kit.page}/back", on=kit.page)

    assert ["kit_wipe"] == await kit.scene.open_tasks()
    with pytest.raises(Refused, match="kit-to-wipe"):
        await kit.lent()
    assert 303 == (await browser.post(f"{kit.page}/wiped", on=kit.page)).status
    assert [] == await kit.scene.open_tasks()
    await kit.lent()
    assert 2 == len(await kit.scene.rows(Loan))


async def test_a_loop_needs_no_wiping(kit: Kit) -> None:
    scene = kit.scene
    loop = await added(scene, KitKind.LOOP, "Loop")
    async with scene.doing() as db:
        lending = Lending(scene.eve.id, kit.until(1))
        await lend(db, scene.desk, loop, lending, now=scene.clock.now())
    async with scene.doing() as db:
        await take_back_thing(db, scene.desk, loop, is_wiped=False, now=scene.clock.now())
    async with scene.doing() as db:
        await lend(db, scene.desk, loop, lending, now=scene.clock.now())

    assert [] == await scene.open_tasks()


async def test_a_sim_is_given_for_good_to_whoever_asked_for_data(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    scene = kit.scene
    sim, browser = await added(scene, KitKind.SIM, "SIM 12"), await open_browser(scene.ben)
    page = f"/kit/{sim}"

    given = {"person": str(scene.fay.id), "q": "Fay"}
    assert 303 == (await browser.post(f"{page}/lend", on=f"{page}/lend?q=Fay", **given)).status

    await browser.get(page)
    assert "Fay has it for good." in browser.page
    assert 422 == (await browser.post(f"{page}/back", on=page)).status
    assert (
        422
        == (await browser.post(f"{page}/lend", on=f"{page}/lend?q=Eve", person=scene.eve.id)).status
    )
    scene.clock.move(timedelta(days=90))
    assert 0 == await kit.noticed()


async def test_those_who_asked_to_borrow_something_come_first(
    kit: Kit, making: Making, open_browser: OpenBrowser
) -> None:
    from_request = await asking(kit, making)
    browser = await open_browser(kit.scene.ben)

    await browser.get(f"{kit.page}/lend")

    assert "These people asked to borrow something." in browser.page
    assert "Fay" in browser.page
    assert "Eve" not in browser.page
    lending = {"person": str(kit.scene.fay.id), "due_on": kit.until(5).isoformat()}
    await browser.post(f"{kit.page}/lend", **lending)
    (loan,) = await kit.scene.rows(Loan)
    assert from_request == loan.request_id


async def asking(kit: Kit, making: Making) -> UUID:
    """Let Fay ask for a phone."""
    scene, request_id = kit.scene, new_id()
    async with making() as make:
        need = await make.need(scene.fay, "DIG-KIT", data="yes")
        make.db.add(
            AccessRequest(
                id=request_id,
                organisation_id=scene.house.id,
                person_id=scene.fay.id,
                meeting_id=scene.meeting.id,
                invitation_id=scene.others.id,
                need_id=need.id,
                code=need.code,
                strength=need.strength,
                state=RequestState.SUBMITTED,
                created_at=scene.clock.now(),
            )
        )
    return request_id


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        ("2027-01-11", "This day is over."),
        ("2028-03-01", "within a year"),
        ("soon", "soon"),
        ("", "Until when?"),
    ],
)
async def test_a_day_that_cannot_be_is_kept_to_be_put_right(
    kit: Kit, open_browser: OpenBrowser, due_on: str, sentence: str
) -> None:
    browser = await open_browser(kit.scene.ben)
    lending = {"person": str(kit.scene.eve.id), "due_on": due_on, "q": "Eve", "with_charger": "yes"}

    response = await browser.post(f"{kit.page}/lend", on=f"{kit.page}/lend?q=Eve", **lending)

    assert 422 == response.status
    assert sentence in browser.page
    assert re.search(r'name="with_charger" value="yes" checked', browser.page)
    assert [] == await kit.scene.rows(Loan)


async def test_a_thing_goes_to_one_person_at_a_time_however_many_lend_it(kit: Kit) -> None:
    async def lending(actor: Actor, person_id: UUID) -> str:
        try:
            async with kit.scene.doing() as db:
                wanted = Lending(person_id, kit.until(7))
                await lend(db, actor, kit.phone, wanted, now=kit.scene.clock.now())
        except (Refused, Conflict):
            return "turned away"
        return "lent"

    people = (kit.scene.eve.id, kit.scene.fay.id) * 3
    came = await asyncio.gather(*(lending(kit.scene.desk, each) for each in people))

    assert ["lent"] == [each for each in came if each == "lent"]
    assert 1 == len(await kit.scene.rows(Loan))


async def test_what_is_not_to_be_taken_home_is_not_lent(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    filter_ = await added(kit.scene, KitKind.AIR_FILTER, "Filter", is_lendable=False)
    browser, page = await open_browser(kit.scene.ben), f"/kit/{filter_}"
    await browser.get(page)
    assert "Lend it" not in browser.page

    lending = {"person": str(kit.scene.eve.id), "due_on": kit.until(7).isoformat()}
    assert 422 == (await browser.post(f"{page}/lend", **lending)).status

    assert "People may not take this home." in browser.page


async def test_what_somebody_has_is_not_taken_out_of_use(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    await kit.lent()
    browser = await open_browser(kit.scene.ben)

    assert 422 == (await browser.post(f"{kit.page}/retire", on=kit.page, retired="yes")).status

    assert "Somebody has it just now." in browser.page


async def letters(kit: Kit) -> Sequence[str]:
    """Write the letters that wait, as they would go out."""
    parts = kit.scene.parts
    composer = Composer(parts.keys, "https://kiln.example.org", "hub@example.org")
    async with parts.database.reading() as db:
        return [
            mail_bytes(await compose(composer, db, each, kit.scene.clock.now())).decode()
            for each in await kit.scene.rows(Message)
        ]


async def test_what_is_late_is_asked_for_gently_and_once(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    await kit.lent(days=7)
    kit.scene.clock.move(timedelta(days=7))
    assert 0 == await kit.noticed()
    kit.scene.clock.move(timedelta(days=1))

    assert [1, 0] == [await kit.noticed(), await kit.noticed()]

    (task,) = await kit.scene.rows(Task)
    assert (TaskKind.KIT, "kit_late", kit.phone) == (task.kind, task.about, task.subject_id)
    assert [MessageKind.KIT_DUE] == [each.kind for each in await kit.scene.rows(Message)]
    (letter,) = await letters(kit)
    assert "You borrowed something from us until Tuesday 19 January 2027." in letter
    assert "phone" not in letter.lower().replace("01632", "")
    browser = await open_browser(kit.scene.ben)
    await browser.get(f"/tasks/{task.id}")
    assert all(words in browser.page for words in ("Ask Eve for what they borrowed", kit.page))


async def test_who_may_only_be_reached_safely_gets_no_mail(kit: Kit, making: Making) -> None:
    async with making() as make:
        await make.need(kit.scene.eve, "SAF-CONTACT")
    await kit.lent()
    kit.scene.clock.move(timedelta(days=8))

    assert 1 == await kit.noticed()

    assert [] == await kit.scene.rows(Message)


async def test_lent_for_longer_it_is_not_late_any_more(kit: Kit, open_browser: OpenBrowser) -> None:
    await kit.lent(days=1)
    kit.scene.clock.move(timedelta(days=2))
    await kit.noticed()
    browser = await open_browser(kit.scene.ben)

    due_on = kit.until(14).isoformat()
    assert 303 == (await browser.post(f"{kit.page}/longer", on=kit.page, due_on=due_on)).status

    assert [] == await kit.scene.open_tasks()
    with pytest.raises(Overtaken, match="lent-longer"):
        await letters(kit)
    kit.scene.clock.move(timedelta(days=15))
    assert 1 == await kit.noticed()


async def test_what_came_back_is_not_asked_for(kit: Kit) -> None:
    await kit.lent(days=1)
    kit.scene.clock.move(timedelta(days=2))
    await kit.noticed()

    async with kit.scene.doing() as db:
        now = kit.scene.clock.now()
        await take_back_thing(db, kit.scene.desk, kit.phone, is_wiped=True, now=now)

    assert [] == await kit.scene.open_tasks()
    with pytest.raises(Overtaken, match="kit-back"):
        await letters(kit)
    with pytest.raises(Refused, match="kit-not-out"):
        async with kit.scene.doing() as db:
            await lend_longer(db, kit.scene.desk, kit.phone, kit.until(3), now=now)


async def test_the_sessions_a_thing_is_booked_for_stand_on_its_page(
    kit: Kit, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        make.db.add(
            Arrangement(
                id=new_id(),
                organisation_id=kit.scene.house.id,
                meeting_id=kit.scene.meeting.id,
                code="COM-LOOP",
                kit_id=kit.phone,
                created_at=kit.scene.clock.now(),
            )
        )
    browser = await open_browser(kit.scene.ben)

    await browser.get(kit.page)

    assert f"/sessions/{kit.scene.meeting.id}" in browser.page


CHANGES = [
    ("lend", {"person": "", "due_on": "2027-02-01"}),
    ("back", {}),
    ("wiped", {}),
    ("longer", {"due_on": "2027-02-01"}),
    ("edit", {"name": "Mine"}),
    ("retire", {"retired": "yes"}),
]


async def test_only_coordinators_of_the_house_keep_and_lend_kit(
    kit: Kit, open_browser: OpenBrowser
) -> None:
    await kit.lent()
    before = [(each.name, each.is_retired) for each in await kit.scene.rows(KitItem)]
    scene = kit.scene

    for who, status in ((scene.ada, 403), (scene.cleo, 403), (scene.dov, 404), (None, 303)):
        browser = await open_browser(who)
        assert (200 if who is scene.dov else status) == (await browser.get("/kit")).status
        assert "Eve" not in browser.page
        for page in (kit.page, f"{kit.page}/edit", f"{kit.page}/lend"):
            assert status == (await browser.get(page)).status
        await browser.get("/sessions" if who else "/sign-in")
        for step, fields in CHANGES:
            typed = {name: text or str(scene.eve.id) for name, text in fields.items()}
            assert status == (await browser.post(f"{kit.page}/{step}", **typed)).status

    assert before == [(each.name, each.is_retired) for each in await scene.rows(KitItem)]
    assert 1 == len(await scene.rows(Loan))
