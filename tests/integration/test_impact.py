"""Who could take part: counted for a facilitator, named for a coordinator, asked before a way is dropped."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accessibility.consent import ConsentChannel, Purpose
from accessibility.kit import KitKind
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.changing import NotAgreed
from service.actions.consenting import give_consents
from service.actions.impact.counting import Impact, impact_of
from service.actions.series.editing import foresee_edit
from service.identifiers import new_id
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.base import Base
from service.storage.invitations import Invitation
from service.storage.kit import KitItem, Loan
from service.storage.looks import ONE
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.needs import AccessRequest, Need
from service.storage.people import Person
from service.storage.places import PlaceFact
from service.storage.special_dates import PlaceTrouble
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, make_hub, make_published, tasks
from tests.integration.series_scene import edit_of, edited, started
from tests.integration.test_changing import ways
from tests.integration.test_page_budgets import MOST_QUERIES, counting
from tests.people import NOW, Make

CHECKED = NOW.date() - timedelta(days=30)
NO_STEPS = PlaceFact("Step-free way in", checked_on=CHECKED)
A_STEP = PlaceFact("Step-free way in", is_so=False, checked_on=CHECKED)


@pytest.fixture
async def hub(making: Making) -> Hub:
    """Give a hub to plan in."""
    async with making() as make:
        return await make_hub(make)


@pytest.fixture
async def ada(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give the facilitator's browser."""
    return await open_browser(hub.ada)


@pytest.fixture
async def ben(hub: Hub, open_browser: OpenBrowser) -> Browser:
    """Give the coordinator's browser."""
    return await open_browser(hub.ben)


@pytest.fixture
async def meeting(hub: Hub, making: Making) -> Meeting:
    """Publish a session by room, online and phone: Ewa online, Sid by phone, Joan not answered."""
    async with making() as make:
        return await make_published(make, hub)


async def needs(making: Making, *given: tuple[Person, str]) -> list[Need]:
    """Write down what people cannot do without."""
    async with making() as make:
        return [await make.need(person, code) for person, code in given]


async def keep(making: Making, *rows: Base) -> None:
    """Store rows."""
    async with making() as make:
        make.db.add_all(rows)


async def at_hall(making: Making, hub: Hub, *facts: PlaceFact) -> None:
    """Write down what is known of the hall."""
    async with making() as make:
        hall = await make.db.get_one(type(hub.hall), hub.hall.id)
        hall.facts = list(facts)


async def impact(parts: Parts, hub: Hub, meeting: Meeting) -> Impact:
    """Work out what the session means for those invited."""
    async with parts.database.reading() as db:
        whole = await meeting_by_id(db, hub.as_ben, meeting.id)
        return await impact_of(db, hub.as_ben, whole, now=NOW)


def counts(found: Impact) -> dict[Way, tuple[int, int, int]]:
    """Give for each way for how many it works, works if arranged, and cannot be."""
    return {each.way: (each.works, each.if_arranged, each.cannot) for each in found.ways}


def kit(hub: Hub, kind: KitKind, **given: Any) -> KitItem:
    """Make one thing that is kept."""
    return KitItem(
        id=new_id(),
        organisation_id=hub.organisation.id,
        name=f"The {kind}",
        kind=kind,
        created_at=NOW,
        **given,
    )


def loan(hub: Hub, item: KitItem, person: Person, due_on: date) -> Loan:
    """Lend it to somebody."""
    return Loan(
        id=new_id(),
        organisation_id=hub.organisation.id,
        kit_id=item.id,
        person_id=person.id,
        lent_at=NOW,
        due_on=due_on,
    )


async def test_a_facilitator_sees_how_many_and_never_who_or_why(
    hub: Hub, ada: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "AIR-OUTDOOR"), (hub.joan, "DIG-KIT"), (hub.joan, "PRO-BSL"))

    response = await ada.get(f"/sessions/{meeting.id}/impact")

    assert 200 == response.status
    assert "1 person would have no way to take part." in ada.page
    assert "A coordinator can see who it is" in ada.page
    for hidden in ("Joan", "outdoors", "interpreter", "sign language"):
        assert hidden not in ada.page


async def test_a_coordinator_sees_who_has_no_way_and_what_would_give(
    hub: Hub, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "COM-CAPAUTO"), (hub.joan, "DIG-DIALIN"))
    await needs(making, (hub.sid, "AIR-OUTDOOR"), (hub.sid, "DIG-KIT"), (hub.sid, "PRO-STTR"))

    await ben.get(f"/sessions/{meeting.id}/impact")

    assert "2 people would have no way to take part." in ben.page
    assert f'<a href="/people/{hub.joan.id}"><bdi>Joan</bdi></a>' in ben.page
    assert "This cannot be met by phone." in ben.page
    assert "Lend a device or data for joining online, or offer the room." in ben.page
    assert "We have none to lend, so not online." in ben.page
    assert "This would work if you offered it too: outdoors." in ben.page
    assert "Ewa" not in ben.page


async def test_who_was_named_to_a_coordinator_can_see_it(
    hub: Hub, ada: Browser, ben: Browser, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "COM-CAPAUTO"), (hub.joan, "DIG-DIALIN"), (hub.ewa, "PRO-BSL"))

    for browser in (ada, ben):
        await browser.get(f"/sessions/{meeting.id}/impact")

    async with parts.database.reading() as db:
        looks = await db.execute(
            select(AuditLine.actor_id, AuditLine.person_id).where(AuditLine.what == ONE)
        )
        assert [(hub.ben.id, hub.joan.id)] == [tuple(look) for look in looks]


async def test_what_each_way_can_do_is_counted(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "MOB-STEPFREE"), (hub.sid, "DIG-DIALIN"))

    unknown = await impact(parts, hub, meeting)
    await at_hall(making, hub, NO_STEPS)
    good = await impact(parts, hub, meeting)
    await at_hall(making, hub, A_STEP)
    bad = await impact(parts, hub, meeting)

    assert {Way.PHONE: (3, 0, 0), Way.ONLINE: (2, 0, 1), Way.ROOM: (1, 1, 1)} == counts(unknown)
    assert (2, 0, 1) == counts(good)[Way.ROOM]
    assert (1, 0, 2) == counts(bad)[Way.ROOM]
    assert {Way.PHONE: 1, Way.ONLINE: 0, Way.ROOM: 0} == {
        each.way: each.only_way_for for each in good.ways
    }


async def test_while_the_lift_is_broken_the_room_is_closed_to_who_needs_it(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "MOB-STEPFREE"))
    await at_hall(making, hub, NO_STEPS)
    assert meeting.starts_at is not None
    day = meeting.starts_at.date()
    trouble = PlaceTrouble(
        id=new_id(),
        organisation_id=hub.organisation.id,
        place_id=hub.hall.id,
        fact="Lift",
        first_on=day,
        last_on=day,
    )

    await keep(making, trouble)
    broken = await impact(parts, hub, meeting)
    async with making() as make:
        (await make.db.get_one(PlaceTrouble, trouble.id)).fact = ""
    shut = await impact(parts, hub, meeting)

    assert (2, 0, 1) == counts(broken)[Way.ROOM]
    assert ((0, 0, 3), True) == (
        counts(shut)[Way.ROOM],
        next(each.is_shut for each in shut.ways if each.way is Way.ROOM),
    )


async def test_a_tablet_helps_whom_it_can_still_be_lent_to_and_who_has_it(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "DIG-KIT"))
    none = await impact(parts, hub, meeting)
    tablet = kit(hub, KitKind.TABLET, is_lendable=True)
    await keep(making, tablet)
    offered = await impact(parts, hub, meeting)
    lent = loan(hub, tablet, hub.ewa, date(2027, 12, 1))
    await keep(making, lent)
    out = await impact(parts, hub, meeting)
    async with making() as make:
        (await make.db.get_one(Loan, lent.id)).person_id = hub.joan.id
    hers = await impact(parts, hub, meeting)

    assert [(2, 0, 1), (2, 1, 0), (2, 0, 1), (3, 0, 0)] == [
        counts(each)[Way.ONLINE] for each in (none, offered, out, hers)
    ]


async def test_fewer_tablets_than_people_who_need_one_is_said(
    hub: Hub, ada: Browser, making: Making, meeting: Meeting
) -> None:
    page, short = f"/sessions/{meeting.id}/impact", "So many are free to lend: 1."
    await keep(making, kit(hub, KitKind.TABLET, is_lendable=True))
    await needs(making, (hub.ewa, "DIG-KIT"))

    await ada.get(page)
    assert short not in ada.page
    await needs(making, (hub.joan, "DIG-KIT"), (hub.joan, "AIR-REMOTE"), (hub.joan, "PRO-BSL"))
    await ada.get(page)

    assert f"2 people need something lent to join online. {short}" in ada.page


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (None, (0, ["PRO-BSL"])),
        (RequestState.ARRANGING, (0, ["PRO-BSL"])),
        (RequestState.CONFIRMED, (0, [])),
        (RequestState.CANNOT_MEET, (1, [])),
    ],
)
async def test_how_far_a_request_got_for_the_session_counts(
    hub: Hub,
    parts: Parts,
    making: Making,
    meeting: Meeting,
    state: RequestState | None,
    counted: tuple[int, list[str]],
) -> None:
    (need, *_) = await needs(making, (hub.ewa, "PRO-BSL"))
    async with making() as make:
        ewas = await invitation_of(make, meeting, hub.ewa)
        if state is not None:
            make.db.add(
                AccessRequest(
                    id=new_id(),
                    organisation_id=hub.organisation.id,
                    person_id=hub.ewa.id,
                    meeting_id=meeting.id,
                    invitation_id=ewas.id,
                    need_id=need.id,
                    code=need.code,
                    strength=need.strength,
                    state=state,
                    created_at=NOW,
                )
            )

    found = await impact(parts, hub, meeting)

    assert counted == (len(found.without), [each.code for each in found.arranging])


async def invitation_of(make: Make, meeting: Meeting, person: Person) -> Invitation:
    """Find somebody's invitation."""
    theirs = select(Invitation).where(
        Invitation.meeting_id == meeting.id, Invitation.person_id == person.id
    )
    return (await make.db.scalars(theirs)).one()


async def test_clashes_are_settled_with_a_facilitator_only_for_who_agreed_to_that(
    hub: Hub, ada: Browser, ben: Browser, making: Making, meeting: Meeting
) -> None:
    clear_masks = "Hand out clear masks"
    page = f"/sessions/{meeting.id}/impact"
    await needs(making, (hub.joan, "COM-LIPREAD"), (hub.ewa, "AIR-MASK"))

    await ada.get(page)
    assert clear_masks not in ada.page
    async with making() as make:
        for person in (hub.joan, hub.ewa):
            agrees = [Purpose.SHARE_ACTIONS]
            by_phone = ConsentChannel.PHONE
            await give_consents(make.db, hub.as_ben, person.id, agrees, channel=by_phone, now=NOW)
    await ada.get(page)
    await ben.get(page)

    assert clear_masks in ada.page
    assert clear_masks in ben.page
    assert [False, True] == ["I read lips" in each.page for each in (ada, ben)]


async def test_a_restricted_clash_is_shown_to_nobody(
    hub: Hub, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "SAF-CONTACT"), (hub.joan, "CON-THIRD"))

    await ben.get(f"/sessions/{meeting.id}/impact")

    assert "What pulls different ways" not in ben.page


async def test_what_must_be_arranged_is_listed_by_when_it_must_begin(
    hub: Hub, ada: Browser, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.ewa, "PRO-BSL"), (hub.joan, "PRO-BSL"), (hub.sid, "DIG-CALLOUT"))
    page = f"/sessions/{meeting.id}/impact"

    await ben.get(page)
    await ada.get(page)

    book, ring = "Book a sign language (BSL) interpreter", "Ring them into the session"
    assert -1 < ben.page.index("Late: begin today") < ben.page.index(book) < ben.page.index(ring)
    assert "Begin by 25 January" in ben.page
    assert "Not for everything, with the usual notice. From Tuesday 9 February 2027" in ben.page
    assert "2 different things must be arranged. The first must begin by" in ada.page
    assert book not in ada.page


async def test_nobody_invited_yet_is_said_with_what_to_do(
    hub: Hub, ada: Browser, making: Making
) -> None:
    async with making() as make:
        draft = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada],
            state=MeetingState.DRAFT,
            offers={Way.ROOM: 4},
        )
    await ada.get(f"/sessions/{draft.id}/plan/check")
    assert f'href="/sessions/{draft.id}/impact"' in ada.page

    await ada.get(f"/sessions/{draft.id}/impact")

    assert "The people you invite will be counted here" in ada.page
    assert f'href="/sessions/{draft.id}/plan/people"' in ada.page


async def test_a_draft_without_a_day_is_looked_at_as_if_there_were_time(
    hub: Hub, parts: Parts, making: Making
) -> None:
    async with making() as make:
        draft = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada],
            state=MeetingState.DRAFT,
            offers={Way.ROOM: 1, Way.PHONE: 2},
        )
        draft.starts_local = draft.starts_at = draft.ends_at = None
        await make.invitation(draft, hub.ewa, supporters=1)
    await needs(making, (hub.ewa, "PRO-BSL"))

    found = await impact(parts, hub, draft)

    assert (None, date(2027, 2, 9)) == (found.day, found.ready.day)
    room = next(each for each in found.ways if each.way is Way.ROOM)
    assert (1, 1, 2, 1) == (room.if_arranged, room.only_way_for, room.seats, room.limit)


async def test_only_who_plans_sees_who_could_take_part(
    hub: Hub, open_browser: OpenBrowser, meeting: Meeting, making: Making
) -> None:
    page = f"/sessions/{meeting.id}/impact"
    for person, status in ((hub.ada, 200), (hub.ben, 200), (hub.cleo, 403), (hub.dov, 404)):
        browser = await open_browser(person)
        assert status == (await browser.get(page)).status

    stranger = await open_browser()
    response = await stranger.get(page)
    assert (303, True) == (response.status, response.headers["Location"].startswith("/sign-in"))


async def test_the_page_costs_the_same_for_many_people(
    hub: Hub, ada: Browser, ben: Browser, making: Making, meeting: Meeting
) -> None:
    async with making() as make:
        for number in range(12):
            person = await make.person(hub.organisation, f"Ewa {number}")
            await make.invitation(meeting, person)
            for code in ("MOB-STEPFREE", "COM-LIPREAD", "AIR-MASK", "DIG-DIALIN")[: number + 1]:
                await make.need(person, code)

    for browser in (ada, ben):
        with counting() as sent:
            await browser.get(f"/sessions/{meeting.id}/impact")

        assert "15 people" in browser.page
        assert "9 people would have no way" in browser.page
        assert len(sent) <= MOST_QUERIES


async def test_dropping_a_way_counts_who_can_come_by_no_other(
    hub: Hub, ada: Browser, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "AIR-REMOTE"), (hub.ewa, "DIG-DIALIN"))
    path = f"/sessions/{meeting.id}/change/ways"
    fields = ways(hub, Way.ROOM, no_remote_reason="The line is down")

    await ada.post(path, on=path, **fields)
    assert "3 people would have no way to join" in ada.page
    refused = await ada.post(path, agreed="yes", left_without=2, **fields)
    saved = await ada.post(path, agreed="yes", left_without=3, **fields)

    assert (422, 303) == (refused.status, saved.status)
    lost = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert {hub.ewa.id, hub.joan.id, hub.sid.id} == {each.person_id for each in lost}

    back = ways(hub, Way.ONLINE, Way.PHONE, Way.ROOM, version=2)
    await ada.post(path, agreed="yes", **back)

    lost = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert {TaskState.OVERTAKEN} == {each.state for each in lost}


async def test_moving_to_a_place_with_a_step_counts_who_cannot_get_in(
    hub: Hub, ada: Browser, parts: Parts, making: Making
) -> None:
    await at_hall(making, hub, NO_STEPS)
    await needs(making, (hub.ewa, "MOB-STEPFREE"), (hub.sid, "MOB-STEPFREE"))
    async with making() as make:
        nave = await make.place(hub.organisation, "The nave", facts=[A_STEP])
        meeting = await make.meeting(
            hub.organisation,
            hub.kind,
            hosts=[hub.ada, hub.ben],
            offers={Way.ROOM: 10},
            place_id=hub.hall.id,
            no_remote_reason="A walk round the hall",
        )
        await make.invitation(meeting, hub.ewa, answer=Answer.YES, way=Way.ROOM)
        await make.invitation(meeting, hub.sid, answer=Answer.NO)
    path = f"/sessions/{meeting.id}/change/ways"
    reason = {"no_remote_reason": "A walk round the nave"}
    fields = ways(hub, Way.ROOM, place_id=nave.id, **reason)

    await ada.post(path, on=path, **fields)
    assert "1 person would have no way to join" in ada.page
    await ada.post(path, agreed="yes", left_without=1, **fields)

    (task,) = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert hub.ewa.id == task.person_id


async def test_an_edit_of_a_series_counts_whose_needs_leave_them_no_way(
    parts: Parts, making: Making
) -> None:
    room_alone: dict[str, Any] = {"limits": {Way.ROOM: 12}, "no_remote_reason": "The line is down"}
    async with making() as make:
        circle = await started(make, parts)
        await make.need(circle.guests[1], "AIR-REMOTE")

        edit = await edit_of(make.db, circle, **room_alone)
        seen = await foresee_edit(make.db, circle.facilitator, edit, now=NOW)
        with pytest.raises(NotAgreed):
            await edited(make.db, circle, **room_alone)
    assert [] == await tasks(parts)

    async with making() as make:
        await edited(make.db, circle, agreed=1, **room_alone)

    assert 1 == seen.left_without
    (task,) = [each for each in await tasks(parts) if each.kind is TaskKind.NO_WAY_LEFT]
    assert circle.guests[1].id == task.person_id
