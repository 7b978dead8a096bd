"""Making and checking 18 months of 500 series; saving a change to one with 60 dates and 40 people."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from scheduling.dates import DateKind
from scheduling.recurrence import Rule, first_on
from scheduling.series import DateRule, EditScope, SeriesState
from service.actions.changing import Agreed
from service.actions.inviting import Issuer
from service.actions.series.drafting import listed
from service.actions.series.editing import foresee_edit, save_edit
from service.actions.series.making import make_more_dates
from service.actions.series.template import template_of
from service.actions.series.working_out import Edit
from service.actor import system_actor
from service.identifiers import new_id
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.series import Series, series_by_id
from tests.bench.measuring import Cost, Report, cost_of, in_words
from tests.integration.series_scene import WEEKLY_THURSDAY, Circle, started
from tests.people import Make

SERIES, GUESTS = 500, 2
DATES, PEOPLE = 60, 40
MAKING_LIMIT, SAVING_LIMIT = 10.0, 1.0
ROUNDS = 4
#: How people meet: most once a month, some every week or fortnight, few once a quarter.
RULES = tuple(
    Rule.of(text)
    for text in (
        *("FREQ=MONTHLY;BYDAY=2TH", "FREQ=MONTHLY;BYDAY=-1MO", "FREQ=MONTHLY;BYDAY=1WE"),
        *("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"),
        *("FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE"),
    )
)


@pytest.mark.bench
async def test_making_eighteen_months(parts: Parts, database_kind: str, report: Report) -> None:
    issuer = await many_series(parts)

    async def make_all() -> None:
        now = parts.clock.now()
        made = 1
        while made:
            async with parts.database.writing() as db:
                house = await db.scalar(select(Organisation.id))
                assert house is not None
                made = await make_more_dates(db, system_actor(house), issuer, now=now)

    cost = await cost_of(make_all, times=1)
    async with parts.database.reading() as db:
        dates = await db.scalar(select(func.count()).select_from(Meeting))
        invitations = await db.scalar(select(func.count()).select_from(Invitation))

    report.note(
        f"making and checking 18 months of {SERIES} series: {dates} dates, {invitations} invitations",
        database_kind,
        f"{in_words(cost.elapsed)} ({in_words(cost.cpu)} of CPU)",
    )
    assert cost.cpu <= MAKING_LIMIT


@pytest.mark.bench
async def test_saving_a_change(parts: Parts, database_kind: str, report: Report) -> None:
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, parts.clock.now())
        first = parts.clock.now().replace(tzinfo=None, hour=13, minute=0, second=0, microsecond=0)
        circle = await started(
            make,
            parts,
            rule=WEEKLY_THURSDAY,
            first=first + timedelta(days=1),
            guests=PEOPLE,
            ends_on=(first + timedelta(weeks=DATES)).date(),
        )
        await db.execute(update(Message).values(state=MessageState.SENT))

    costs = [await save(parts, circle, hour) for hour in range(14, 14 + ROUNDS)]

    best = min(costs, key=lambda cost: cost.cpu)
    report.note(
        f"saving a change to a series with {DATES} dates and {PEOPLE} people",
        database_kind,
        f"{in_words(best.elapsed)} ({in_words(best.cpu)} of CPU)",
    )
    assert best.cpu <= SAVING_LIMIT


async def many_series(parts: Parts) -> Issuer:
    """Make series that run, each with a place, hosts, people and a rule for bank holidays; no date is made."""
    now = parts.clock.now()
    first = (now + timedelta(days=1)).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    async with parts.database.writing() as db:
        make = Make(db, parts.keys, now)
        house = await make.organisation()
        hosts = [await make.person(house, name) for name in ("Ada", "Ben")]
        guests = [await make.person(house, f"Guest {number}") for number in range(GUESTS)]
        kind = await make.kind(house)
        places = [await make.place(house, f"Hall {number}") for number in range(20)]
        every = []
        for number in range(SERIES):
            rule = RULES[number % len(RULES)]
            series = Series(
                id=new_id(),
                organisation_id=house.id,
                state=SeriesState.RUNNING,
                kind_id=kind.id,
                zone=house.zone,
                minutes=120,
                neutral_title="Circle",
                lead_id=hosts[0].id,
                second_id=hosts[1].id,
                place_id=places[number % len(places)].id,
                help_phone="01632 960101",
                rule=rule,
                starts_local=first_on(rule, first.replace(hour=10 + number % 8)),
                limits={"room": 12, "online": 12, "phone": 4},
                date_rules={DateKind.BANK_HOLIDAY.value: DateRule.NEXT_SAME_WEEKDAY.value},
                made_until=now.date(),
                created_at=now,
                started_at=now,
            )
            every.append(series)
        db.add_all(every)
        await db.flush()
        db.add_all(listed(series, guest.id, now) for series in every for guest in guests)
        return Issuer.of(parts.keys, house.contact_email, parts.settings.public_url)


async def save(parts: Parts, circle: Circle, hour: int) -> Cost:
    """Save another hour, once it was looked at what that would do; measured is the saving."""
    now, actor = parts.clock.now(), circle.facilitator
    async with parts.database.reading() as db:
        series = await series_by_id(db, actor, circle.series_id)
        template = template_of(series)
        starts_local = template.details.starts_local
        assert starts_local is not None
        details = replace(template.details, starts_local=starts_local.replace(hour=hour))
        wanted = replace(template, details=details)
        edit = Edit(series_id=series.id, scope=EditScope.ALL, template=wanted)
        foreseen = await foresee_edit(db, actor, edit, now=now)

    async def saving() -> None:
        agreed = Agreed(series.version, foreseen.left_without)
        async with parts.database.writing() as db:
            await save_edit(db, actor, circle.issuer, edit, agreed, now=now)

    assert foreseen.changed == DATES
    return await cost_of(saving, times=1)
