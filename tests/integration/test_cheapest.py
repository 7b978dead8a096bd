"""What it costs to leave nobody out: the card, other plans, what could give; and who sees how much."""

from datetime import date, timedelta

import pytest

from scheduling.ways import Way
from service.actions.cheapest.finding import CheapestFound, find_cheapest
from service.actor import Role
from service.parts import Parts
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.needs import Need
from service.storage.people import Person
from service.storage.places import Place, PlaceFact
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.hub import Hub, make_hub, make_published
from tests.integration.test_page_budgets import MOST_QUERIES, counting
from tests.people import NOW


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


async def needs(making: Making, *given: tuple[Person, str], **details: str) -> list[Need]:
    """Write down what people cannot do without."""
    async with making() as make:
        return [await make.need(person, code, **details) for person, code in given]


async def found(parts: Parts, hub: Hub, meeting: Meeting, *also: date) -> CheapestFound:
    """Find the cheapest arrangement."""
    async with parts.database.reading() as db:
        whole = await meeting_by_id(db, hub.as_ben, meeting.id)
        return await find_cheapest(db, hub.as_ben, whole, also, now=NOW)


def page_of(meeting: Meeting) -> str:
    """Give the address of the page."""
    return f"/sessions/{meeting.id}/costs"


async def test_where_everybody_can_ring_in_a_phone_line_is_enough(
    hub: Hub, parts: Parts, meeting: Meeting
) -> None:
    card = (await found(parts, hub, meeting)).cards[0]

    assert [(Way.PHONE, 3)] == [(each.way, each.people) for each in card.ways]
    assert 150 == card.cost.typical


async def test_an_interpreter_is_paid_once_for_all_who_need_one(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "PRO-BSL"))
    one = await found(parts, hub, meeting)
    await needs(making, (hub.ewa, "PRO-BSL"))
    two = await found(parts, hub, meeting)

    assert one.cards[0].plan.together == two.cards[0].plan.together
    assert ("PRO-BSL",) == two.cards[0].plan.shared


async def test_two_languages_are_two_interpreters(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "LAN-INTERP"), language="Urdu")
    await needs(making, (hub.sid, "LAN-INTERP"), language=" urdu")
    same = await found(parts, hub, meeting)
    await needs(making, (hub.ewa, "LAN-INTERP"), language="Polish")
    other = await found(parts, hub, meeting)

    once = same.cards[0].plan.together.typical
    assert 0 < once
    assert 2 * once == other.cards[0].plan.together.typical


async def test_who_is_left_out_is_counted_with_what_could_give(
    hub: Hub, ada: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "COM-CAPAUTO"), (hub.joan, "DIG-DIALIN"))

    response = await ada.get(page_of(meeting))

    assert 200 == response.status
    assert "No way that we can offer works yet for 1 person." in ada.page
    assert "ask a director" in ada.page
    assert "Joan" not in ada.page


async def test_a_facilitator_sees_the_sum_and_nothing_that_tells_a_need(
    hub: Hub, ada: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "PRO-BSL"), (hub.sid, "CAR-REPLACE"))

    await ada.get(page_of(meeting))

    assert "The cheapest plan that works for everybody" in ada.page
    for hidden in ("Joan", "Sid", "interpreter", "look after", "Where these figures come from"):
        assert hidden not in ada.page


async def test_a_coordinator_sees_what_it_is_made_of_and_no_name(
    hub: Hub, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "PRO-BSL"), (hub.sid, "CAR-REPLACE"))

    await ben.get(page_of(meeting))

    assert "A registered interpreter of British Sign Language" in ben.page
    assert "Price of" in ben.page
    assert "Over a year old" in ben.page
    for hidden in ("Joan", "Sid", "Ewa"):
        assert hidden not in ben.page


async def test_a_director_sees_the_card_but_no_small_number(
    hub: Hub, open_browser: OpenBrowser, meeting: Meeting
) -> None:
    cleo = await open_browser(hub.cleo)

    await cleo.get(f"/sessions/{meeting.id}")
    assert f'href="{page_of(meeting)}"' in cleo.page
    await cleo.get(page_of(meeting))

    assert "for fewer than 5 people" in cleo.page
    assert "for 3 people" not in cleo.page


async def test_other_plans_say_what_they_cost_more_and_whom_they_serve_better(
    hub: Hub, parts: Parts, ben: Browser, meeting: Meeting
) -> None:
    answer = await found(parts, hub, meeting)

    await ben.get(page_of(meeting))

    assert 2 == len(answer.better)
    assert all(answer.better)
    assert answer.cards[0].cost.typical < answer.cards[1].cost.typical
    assert "more than the cheapest plan." in ben.page
    assert "Better for 3 people" in ben.page


async def test_a_cheaper_place_is_found_among_all_of_them(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    for person in (hub.ewa, hub.joan, hub.sid):
        await needs(making, (person, "AIR-OUTDOOR"), (person, "COM-CAPAUTO"), (person, "DIG-KIT"))
    before = await found(parts, hub, meeting)
    async with making() as make:
        park = await make.place(hub.organisation, "Park", room_limit=None, outdoor_limit=10)
        park.facts = [PlaceFact("Shelter", checked_on=NOW.date())]

    after = await found(parts, hub, meeting)

    assert before.answer.out_of_reach is not None
    assert [(Way.OUTDOORS, "Park", 3)] == [
        (each.way, each.place, each.people) for each in after.cards[0].ways
    ]


async def test_a_closed_place_is_not_offered(
    hub: Hub, parts: Parts, making: Making, meeting: Meeting
) -> None:
    async with making() as make:
        (await make.db.get_one(Place, hub.hall.id)).is_closed = True

    answer = await found(parts, hub, meeting)

    assert not any(each.way is Way.ROOM for card in answer.cards for each in card.ways)


async def test_another_day_is_looked_at_where_that_one_is_too_soon(
    hub: Hub, parts: Parts, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "PRO-BSL"))
    assert meeting.starts_at is not None
    async with making() as make:
        soon = await make.db.get_one(Meeting, meeting.id)
        assert soon.starts_local is not None
        soon.starts_local = soon.starts_local.replace(
            year=NOW.year, month=NOW.month, day=NOW.day
        ) + timedelta(days=2)
    later = NOW.date() + timedelta(days=90)

    short = await found(parts, hub, meeting)
    both = await found(parts, hub, meeting, later)
    await ben.get(f"{page_of(meeting)}?also={later}&also=")

    assert short.answer.out_of_reach is not None
    assert later == both.cards[0].plan.starts_at.date()
    assert "These days are counted too" in ben.page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("also=soon", "Please type a date."),
        ("also=9999-01-01", "Please type a date."),
        ("&".join(f"also=2027-03-0{day}" for day in range(1, 9)), "Seven other days at most."),
        ("&".join("also=2027-03-01" for _ in range(12)), "Seven other days at most."),
    ],
)
async def test_a_day_that_is_none_is_said_beside_its_field(
    query: str, words: str, ben: Browser, meeting: Meeting
) -> None:
    response = await ben.get(f"{page_of(meeting)}?{query}")

    assert 422 == response.status
    assert words in ben.page
    assert "The cheapest plan that works for everybody" in ben.page


async def test_nobody_invited_yet_says_what_will_stand_here(
    hub: Hub, ada: Browser, making: Making
) -> None:
    async with making() as make:
        empty = await make.meeting(hub.organisation, hub.kind, hosts=[hub.ada])

    await ada.get(page_of(empty))

    assert "Once people are invited" in ada.page


async def test_the_wrong_person_is_refused(
    hub: Hub, open_browser: OpenBrowser, making: Making, meeting: Meeting
) -> None:
    async with making() as make:
        admin = await make.staff(hub.organisation, "Fay", Role.ADMIN)

    for person, status in ((admin, 403), (hub.dov, 404), (None, 303)):
        browser = await open_browser(person)
        assert status == (await browser.get(page_of(meeting))).status


async def test_however_many_people_and_places_the_queries_are_few(
    hub: Hub, ben: Browser, making: Making, meeting: Meeting
) -> None:
    await needs(making, (hub.joan, "PRO-BSL"), (hub.sid, "CAR-REPLACE"), (hub.ewa, "MOB-STEPFREE"))
    async with making() as make:
        for name in ("Park", "Barn", "Shed"):
            await make.place(hub.organisation, name)

    with counting() as sent:
        await ben.get(page_of(meeting))

    assert MOST_QUERIES >= len(sent)
