"""Moving the dates of a series to other weeks or months under the same rule, and where they cannot go."""

from datetime import datetime, timedelta

import pytest

from scheduling.meeting import MeetingState
from scheduling.recurrence import Rule
from scheduling.series import EditScope
from service.actions.series.editing import foresee_edit
from service.errors import Refused
from service.parts import Parts
from tests.integration.conftest import Making
from tests.integration.series_scene import (
    FIRST,
    all_sent,
    at,
    dates_of,
    edit_of,
    edited,
    invitations_to,
    started,
)
from tests.people import NOW

FEBRUARY, MARCH = (datetime.fromisoformat(f"2027-{day}T13:00") for day in ("02-11", "03-11"))
FORTNIGHTLY = Rule.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH")
QUARTERLY = Rule.of("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH")


@pytest.mark.parametrize(
    ("rule", "moves", "becomes"),
    [
        (FORTNIGHTLY, ("2027-01-14", "2027-01-21"), ("2027-01-21", "2027-02-04", "2027-02-18")),
        (FORTNIGHTLY, ("2027-01-28", "2027-02-04"), ("2027-01-14", "2027-02-04", "2027-02-18")),
        (FORTNIGHTLY, ("2027-01-28", "2027-01-21"), ("2027-01-14", "2027-01-21", "2027-02-04")),
        (QUARTERLY, ("2027-01-14", "2027-02-11"), ("2027-02-11", "2027-05-13", "2027-08-12")),
        (QUARTERLY, ("2027-04-08", "2027-03-11"), ("2027-01-14", "2027-03-11", "2027-06-10")),
    ],
)
async def test_dates_move_to_the_other_weeks_or_months_under_the_same_rule(
    parts: Parts,
    making: Making,
    rule: Rule,
    moves: tuple[str, str],
    becomes: tuple[str, ...],
) -> None:
    on, to = (datetime.fromisoformat(f"{day}T13:00") for day in moves)
    async with making() as make:
        circle = await started(make, parts, rule=rule)
        await all_sent(make.db)
        before = [each.id for each in await dates_of(make.db, circle.series_id)]
        uids = {each.id: each.uid for each in await invitations_to(make.db, before)}

        edit = await edit_of(make.db, circle, scope=EditScope.FOLLOWING, on=on, starts_local=to)
        seen = await foresee_edit(make.db, circle.facilitator, edit, now=NOW)
        follows = await edited(make.db, circle, scope=EditScope.FOLLOWING, on=on, starts_local=to)
        ids = {circle.series_id, follows.id}
        after = [each for id_ in sorted(ids) for each in await dates_of(make.db, id_)]
        invitations = await invitations_to(make.db, before)

    published = sorted(
        (each for each in after if each.state is MeetingState.PUBLISHED),
        key=lambda each: each.starts_local or NOW,
    )
    assert seen.changed >= len(before) - 2
    assert becomes == tuple(f"{each.starts_local:%Y-%m-%d}" for each in published[:3])
    assert before[:3] == [each.id for each in published[:3]]
    assert uids == {each.id: each.uid for each in invitations}


async def test_a_date_never_moves_before_the_one_before_it_or_into_the_past(
    parts: Parts, making: Making
) -> None:
    second = FIRST + timedelta(weeks=2)
    async with making() as make:
        circle = await started(make, parts, rule=FORTNIGHTLY)
        reasons = []
        for on, to in ((second, FIRST - timedelta(days=1)), (FIRST, FIRST - timedelta(weeks=1))):
            with pytest.raises(Refused) as refusal:
                await edited(
                    make.db,
                    circle,
                    scope=EditScope.FOLLOWING,
                    on=on,
                    rule=Rule.of(f"FREQ=WEEKLY;INTERVAL=2;BYDAY={('WE', 'TH')[to.weekday() == 3]}"),
                    starts_local=to,
                )
            reasons.append(refusal.value.reason)

    assert ["before-earlier-date", "starts-in-past"] == reasons


async def test_another_hour_for_all_set_on_a_later_date_keeps_the_earlier_ones(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        await edited(make.db, circle, on=MARCH, starts_local=at(MARCH, 18))
        after = await dates_of(make.db, circle.series_id)

    assert {MeetingState.PUBLISHED} == {each.state for each in after}
    assert [at(FIRST, 18), at(FEBRUARY, 18), at(MARCH, 18)] == [
        each.starts_local for each in after[:3]
    ]
