"""The rota on screen: who sees what, giving parts out, taking them, and what kinds need."""

from datetime import timedelta
from typing import Any

import pytest

from scheduling.meeting import MeetingState
from scheduling.roles import MeetingRole
from scheduling.ways import Way
from service.actor import Role
from service.parts import Parts
from service.storage.kinds import Kind
from service.storage.messages import MessageKind
from service.storage.series import Series
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.desks import row, written_down
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


@pytest.fixture
async def rota(parts: Parts, making: Making, open_browser: OpenBrowser) -> Rota:
    """Give a session that needs three people more."""
    return await set_rota(parts, making, open_browser)


async def test_the_rota_shows_every_part_and_says_who_is_missing(rota: Rota) -> None:
    await rota.ben.get("/rota")

    assert "3 parts have nobody yet." in rota.ben.page
    assert 3 == rota.ben.page.count("Nobody yet")
    assert "Lead host: <bdi>Ada</bdi>" in rota.ben.page
    assert "Carers&#39; circle" in rota.ben.page


async def test_eight_weeks_or_a_month_can_be_looked_at_and_gone_through(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        later = timedelta(weeks=8, days=3)
        await make_session(make, rota.hub, rota.kind, starts_in=later, real_title="Spring tea")

    pages = {}
    for path in ("/rota", "/rota?span=month", "/rota?start=2027-03-01&span=month", "/rota?start=x"):
        assert 200 == (await rota.ben.get(path)).status
        pages[path] = ("Carers" in rota.ben.page, "Spring tea" in rota.ben.page)

    assert [(True, False), (True, False), (False, True), (True, False)] == [*pages.values()]
    assert "start=2027-03-09" in rota.ben.page


async def test_a_day_that_nobody_can_mean_is_today(rota: Rota) -> None:
    for typed in ("0001-01-01", "9999-12-31", "2027-13-01", "now"):
        for span in ("weeks", "month"):
            assert 200 == (await rota.ben.get(f"/rota?start={typed}&span={span}")).status


async def test_facilitators_see_their_own_sessions_and_every_gap_but_no_other_title(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        hosts = [rota.hub.ben, rota.eve]
        of_ben = {"hosts": hosts, "real_title": "Secret circle"}
        whole = await make.kind(rota.hub.organisation, code="whole")
        await make_session(make, rota.hub, rota.kind, **of_ben, neutral_title="Ben's gap")
        await make_session(make, rota.hub, whole, **of_ben, neutral_title="Ben's whole")

    await rota.ada.get("/rota")
    by_ada = rota.ada.page
    await rota.ben.get("/rota")

    assert "Carers&#39; circle" in by_ada
    assert "Ben&#39;s gap" in by_ada
    assert "Ben&#39;s whole" not in by_ada
    assert "Secret circle" not in by_ada
    assert 2 == rota.ben.page.count("<bdi>Secret circle</bdi>")


async def test_mine_and_gaps_can_be_looked_at_alone(rota: Rota, making: Making) -> None:
    async with making() as make:
        plain = await make.kind(rota.hub.organisation, code="plain")
        await make_session(make, rota.hub, plain, real_title="No gap here")
        await make_session(
            make, rota.hub, rota.kind, hosts=[rota.eve, rota.hub.ben], real_title="Eve's evening"
        )

    await rota.ben.get("/rota?show=gaps")
    gaps = rota.ben.page
    await rota.cleo.get("/rota?show=mine")

    assert "No gap here" not in gaps
    assert "Eve&#39;s evening" in gaps
    assert "In these days there are none." in rota.cleo.page


async def test_drafts_and_cancelled_sessions_are_not_on_the_rota(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        for state in (MeetingState.DRAFT, MeetingState.CANCELLED):
            await make_session(make, rota.hub, rota.kind, state=state, real_title="Not there")

    await rota.ben.get("/rota")

    assert "Not there" not in rota.ben.page


async def test_the_rota_says_what_needs_a_look(rota: Rota, making: Making) -> None:
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.cleo)
        await give(make, rota.meeting, BUDDY, rota.hub.cleo)
        await cannot(make, rota.eve, rota.meeting)
        await cannot(make, rota.hub.ben, rota.meeting)

    await rota.ben.get("/rota")

    assert "Cleo cannot be at the door and with those online" in rota.ben.page
    assert "Ben cannot at this time." in rota.ben.page
    assert "Only Ada could host in person." in rota.ben.page


async def test_a_coordinator_gives_a_part_and_the_colleague_is_told(
    rota: Rota, parts: Parts
) -> None:
    page = rota.part(GREETER)

    await rota.ben.get(page)
    assert "Has not said when they can" in rota.ben.page
    response = await rota.ben.post(f"{page}/give", person_id=rota.hub.cleo.id, was="")

    assert 303 == response.status
    assert rota.hub.cleo.id == (await rota.holders())[GREETER]
    assert [(MessageKind.ROTA_NEWS, rota.hub.cleo.id)] == [
        (each.kind, each.person_id) for each in await messages(parts)
    ]
    assert ["part.handed"] == await written_down(parts)


async def test_who_has_no_email_is_told_by_a_task(rota: Rota, parts: Parts) -> None:
    page = rota.part(GREETER)

    await rota.ben.post(f"{page}/give", on=page, person_id=rota.eve.id, was="")

    (task,) = await tasks(parts)
    assert ("ring", "rota_news", rota.eve.id) == (task.kind, task.about, task.person_id)
    await rota.ben.get(f"/tasks/{task.id}")
    assert "Who does what at it has changed." in rota.ben.page


async def test_a_part_can_be_taken_from_somebody(rota: Rota, making: Making, parts: Parts) -> None:
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.cleo)
    page = rota.part(GREETER)

    await rota.ben.post(f"{page}/free", on=page, was=rota.hub.cleo.id)

    assert GREETER not in await rota.holders()
    assert [rota.hub.cleo.id] == [each.person_id for each in await messages(parts)]


async def test_a_part_that_changed_hands_in_between_is_not_given_over_it(
    rota: Rota, making: Making
) -> None:
    page = rota.part(GREETER)
    await rota.ben.get(page)
    async with making() as make:
        await give(make, rota.meeting, GREETER, rota.hub.cleo)

    response = await rota.ben.post(f"{page}/give", person_id=rota.eve.id, was="")

    assert 409 == response.status
    assert rota.hub.cleo.id == (await rota.holders())[GREETER]


@pytest.mark.parametrize(
    ("chosen", "words"), [("", "Please choose somebody."), ("dov", "Please choose one of these.")]
)
async def test_only_a_colleague_can_be_given_a_part(chosen: str, words: str, rota: Rota) -> None:
    page, id_ = rota.part(GREETER), rota.hub.dov.id if chosen else ""

    response = await rota.ben.post(f"{page}/give", on=page, person_id=id_, was="")

    assert 422 == response.status
    assert words in rota.ben.page
    assert GREETER not in await rota.holders()


async def test_the_door_and_the_screen_are_never_given_to_one_person(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        await give(make, rota.meeting, BUDDY, rota.hub.cleo)
    page = rota.part(GREETER)

    response = await rota.ben.post(f"{page}/give", on=page, person_id=rota.hub.cleo.id, was="")

    assert 422 == response.status


async def test_a_colleague_takes_a_gap_and_the_coordinator_hears(rota: Rota, parts: Parts) -> None:
    page = rota.part(ON_CALL)

    response = await rota.cleo.post(f"{page}/take", on=page)

    assert 303 == response.status
    assert rota.hub.cleo.id == (await rota.holders())[ON_CALL]
    assert [rota.hub.ben.id] == [each.person_id for each in await messages(parts)]


async def test_a_part_that_somebody_has_cannot_be_taken(rota: Rota, making: Making) -> None:
    async with making() as make:
        await give(make, rota.meeting, ON_CALL, rota.hub.ben)
    page = rota.part(ON_CALL)

    response = await rota.cleo.post(f"{page}/take", on=page)

    assert 422 == response.status
    assert "Somebody was quicker." in rota.cleo.page
    assert rota.hub.ben.id == (await rota.holders())[ON_CALL]


async def test_who_may_not_host_cannot_take_hosting(rota: Rota, making: Making) -> None:
    async with making() as make:
        alone = await make_session(make, rota.hub, rota.kind, hosts=[rota.hub.ada])
    page = f"/sessions/{alone.id}/rota/{SECOND}"

    response = await rota.cleo.post(f"{page}/take", on=page)

    assert 404 == response.status


async def test_hosts_are_chosen_by_way_of_the_plan(rota: Rota) -> None:
    await rota.ben.get(rota.part(SECOND))

    assert f'action="/sessions/{rota.meeting.id}/change/hosts"' in rota.ben.page
    response = await rota.ben.post(f"{rota.part(SECOND)}/give", person_id=rota.eve.id, was="")
    assert 404 == response.status
    await rota.ben.post(
        f"/sessions/{rota.meeting.id}/change/hosts",
        version=1,
        lead_id=rota.hub.ada.id,
        second_id=rota.eve.id,
        help_phone="01632 960101",
    )
    assert "Before you save" in rota.ben.page


async def test_a_part_can_be_given_on_all_dates_of_a_series_that_have_nobody(
    rota: Rota, making: Making
) -> None:
    async with making() as make:
        series = Series(
            organisation_id=rota.hub.organisation.id,
            kind_id=rota.kind.id,
            zone="Europe/London",
            minutes=120,
            created_at=make.now,
        )
        make.db.add(series)
        await make.db.flush()
        dates = [
            await make_session(
                make, rota.hub, rota.kind, starts_in=timedelta(days=7 * week), series_id=series.id
            )
            for week in (1, 2, 3)
        ]
        await give(make, dates[2], GREETER, rota.hub.ada)
    page = f"/sessions/{dates[0].id}/rota/{GREETER}"

    await rota.ben.get(page)
    assert "On all coming dates of this series" in rota.ben.page
    await rota.ben.post(f"{page}/give", person_id=rota.hub.cleo.id, was="", every_time="yes")

    await rota.ben.get("/rota")
    assert 2 == rota.ben.page.count("Greeter: <bdi>Cleo</bdi>")
    assert 1 == rota.ben.page.count("Greeter: <bdi>Ada</bdi>")


@pytest.mark.parametrize("what", ["give", "free", "no"])
async def test_only_coordinators_give_parts_out(what: str, rota: Rota) -> None:
    page = rota.part(GREETER)

    response = await rota.ada.post(f"{page}/{what}", on=page, person_id=rota.eve.id, was="")

    assert 403 == response.status
    assert GREETER not in await rota.holders()


async def test_another_organisations_rota_is_not_there(
    rota: Rota, open_browser: OpenBrowser
) -> None:
    dov = await open_browser(rota.hub.dov)

    await dov.get("/rota")
    assert "Carers" not in dov.page
    for path in (f"/sessions/{rota.meeting.id}/rota", rota.part(GREETER)):
        assert 404 == (await dov.get(path)).status
    for what in ("give", "free", "take", "ask", "ask-end"):
        response = await dov.post(
            f"{rota.part(GREETER)}/{what}", on="/rota", person_id=rota.eve.id, people=rota.eve.id
        )
        assert 404 == response.status, what


async def test_a_part_that_is_none_is_not_found(rota: Rota) -> None:
    assert 404 == (await rota.ben.get(rota.part(MeetingRole.LEAD).replace("lead", "cook"))).status


async def test_the_session_page_leads_to_its_parts(rota: Rota) -> None:
    await rota.ben.get(f"/sessions/{rota.meeting.id}")
    assert f'href="/sessions/{rota.meeting.id}/rota"' in rota.ben.page

    await rota.ben.get("/sessions")
    assert 'href="/rota"' in rota.ben.page


async def test_a_kind_says_who_else_is_needed(rota: Rota, parts: Parts) -> None:
    page = f"/kinds/{rota.kind.id}/edit"
    typed: dict[str, Any] = {
        "name": "Circle",
        "code": "circle",
        "neutral_title": "Tuesday session",
        "minutes": 60,
        "ways": [Way.PHONE.value],
    }

    await rota.ben.post(page, on=page, **typed, roles=[GREETER.value, ON_CALL.value])
    kept = (await row(parts, Kind, rota.kind.id)).roles
    refused = await rota.ben.post(page, **typed, roles=["lead"])

    assert ["greeter", "on_call"] == kept
    assert 422 == refused.status


async def test_somebody_who_works_here_in_any_role_sees_the_rota(
    rota: Rota, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        lead = await make.staff(rota.hub.organisation, "Sam", Role.SAFEGUARDING)
    browser = await open_browser(lead)

    assert 200 == (await browser.get("/rota")).status
    assert 200 == (await browser.get(rota.part(ON_CALL))).status
    assert "I can take it" in browser.page
