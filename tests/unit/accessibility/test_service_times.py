"""When people hear from us, and what falls due on which day."""

from dataclasses import replace
from datetime import date

import pytest

from accessibility.dues import (
    DueKind,
    KeptFacts,
    RequestFacts,
    VisitFacts,
    due,
    due_after,
    due_review,
)
from accessibility.requests import RequestState
from accessibility.service_times import ServiceTimes, SillyTime, read_times

TIMES = ServiceTimes()
#: Asked on a Monday for the Friday six weeks later, with a notice of four weeks.
FAR = RequestFacts(
    id="r",
    invitation="i",
    state=RequestState.SUBMITTED,
    lead_days=20,
    asking="7",
    asked_on=date(2026, 9, 7),
    since=date(2026, 9, 7),
    steps=1,
    meeting_day=date(2026, 10, 16),
)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})


def days(facts: RequestFacts, holidays: frozenset[date] = frozenset()) -> dict[str, str]:
    """Give the day of each thing that ever falls due, by kind."""
    found = due(facts, date(2030, 1, 1), TIMES, holidays)
    return {each.kind.value: each.on.isoformat() for each in found}


def test_a_request_for_which_nobody_does_anything_falls_due_step_by_step() -> None:
    assert {
        "request_receipt": "2026-09-07",
        "request_reply": "2026-09-09",
        "request_plan": "2026-09-14",
        "request_amber": "2026-09-15",
        "request_red": "2026-09-18",
        "request_escalate": "2026-09-18",
    } == days(FAR)


def test_nothing_falls_due_before_its_day() -> None:
    on_the_day = due(FAR, date(2026, 9, 9), TIMES)
    before = due(FAR, date(2026, 9, 8), TIMES)

    assert {DueKind.RECEIPT, DueKind.REPLY} == {each.kind for each in on_the_day}
    assert {DueKind.RECEIPT} == {each.kind for each in before}


def test_a_session_under_five_working_days_away_gets_its_reply_on_the_same_day() -> None:
    five = replace(FAR, meeting_day=date(2026, 9, 14))
    four = replace(FAR, meeting_day=date(2026, 9, 11))

    assert "2026-09-09" == days(five)["request_reply"]
    assert "2026-09-07" == days(four)["request_reply"]


def test_holidays_are_not_counted_as_working_days() -> None:
    asked = replace(FAR, asked_on=date(2026, 12, 24), meeting_day=date(2027, 3, 1))

    assert "2026-12-30" == days(asked, CHRISTMAS)["request_reply"]


def test_what_is_asked_too_late_is_red_at_once_and_never_amber() -> None:
    late = replace(FAR, meeting_day=date(2026, 9, 21))

    assert "2026-09-07" == days(late)["request_red"]
    assert "2026-09-07" == days(late)["request_escalate"]
    assert "request_amber" not in days(late)


def test_a_director_hears_of_it_when_half_the_notice_has_gone_and_nothing_is_booked() -> None:
    early = replace(FAR, meeting_day=date(2027, 2, 1))

    assert "2026-09-21" == days(early)["request_escalate"]
    assert "2027-01-02" == days(early)["request_red"]


def test_half_of_a_short_notice_is_never_before_a_plan_is_due() -> None:
    short = replace(FAR, lead_days=2)

    assert days(short)["request_plan"] == days(short)["request_escalate"]


def test_somebody_rings_who_has_not_said_yes_three_working_days_before() -> None:
    asked = replace(FAR, state=RequestState.ARRANGED, steps=3)
    again = replace(asked, steps=5)

    assert {"request_ring": "2026-10-13"} == days(asked)
    assert due(asked, FAR.meeting_day, TIMES)[0].once != due(again, FAR.meeting_day, TIMES)[0].once


def test_one_receipt_is_due_for_all_that_was_asked_at_the_same_moment() -> None:
    other = replace(FAR, id="other")
    later = replace(FAR, asking="8")

    receipts = [due(facts, FAR.asked_on, TIMES)[0].once for facts in (FAR, other, later)]

    assert receipts[0] == receipts[1] != receipts[2]


def test_who_told_one_of_us_needs_no_receipt() -> None:
    told = replace(FAR, wants_receipt=False)

    assert "request_receipt" not in days(told)


def test_an_apology_is_owed_within_a_working_day_once_for_each_session() -> None:
    wrong = replace(FAR, state=RequestState.NOT_DELIVERED, since=date(2026, 10, 16))
    said = VisitFacts("i", date(2026, 10, 16), has_answered=True, unhappy_on=date(2026, 10, 16))

    owed = due(wrong, date(2026, 10, 16), TIMES)

    assert date(2026, 10, 19) == owed[0].by
    assert owed == due_after(said, date(2026, 10, 16), TIMES)


def test_the_question_is_asked_on_the_next_working_day_and_answered_within_five() -> None:
    came = VisitFacts("i", date(2026, 10, 16), took_part=True)

    asked = due_after(came, date(2026, 10, 19), TIMES)

    assert () == due_after(came, date(2026, 10, 18), TIMES)
    assert [(DueKind.FEEDBACK, date(2026, 10, 23))] == [(each.kind, each.by) for each in asked]


@pytest.mark.parametrize(
    "facts",
    [
        VisitFacts("i", date(2026, 10, 16)),
        VisitFacts("i", date(2026, 10, 16), took_part=True, has_answered=True),
    ],
)
def test_nobody_is_asked_who_was_not_there_or_has_answered(facts: VisitFacts) -> None:
    assert () == due_after(facts, date(2026, 10, 30), TIMES)


def test_who_asked_for_something_is_asked_even_if_nobody_saw_them() -> None:
    asked = VisitFacts("i", date(2026, 10, 16), asked_for_something=True)

    assert 1 == len(due_after(asked, date(2026, 10, 19), TIMES))


def test_who_wants_it_is_looked_in_on_within_two_working_days() -> None:
    wanted = VisitFacts("i", date(2026, 10, 16), wants_check_in=True)

    (check,) = due_after(wanted, date(2026, 10, 16), TIMES)

    assert (DueKind.CHECK_IN, date(2026, 10, 20)) == (check.kind, check.by)


def test_what_is_kept_is_talked_about_three_weeks_before_it_ends() -> None:
    kept = KeptFacts("p", date(2026, 10, 30))

    assert () == due_review(kept, date(2026, 10, 8))
    assert 1 == len(due_review(kept, date(2026, 10, 9)))


def test_times_that_are_not_set_are_as_we_ship_them() -> None:
    assert ServiceTimes() == read_times({"caps.travel": 500})
    assert ServiceTimes(reply=1) == read_times({"times.reply": 1})


@pytest.mark.parametrize(
    ("settings", "name", "reason"),
    [
        ({"times.nonsense": 1}, "nonsense", "unknown"),
        ({"times.reply": None}, "reply", "empty"),
        ({"times.reply": -1}, "reply", "out-of-range"),
        ({"times.plan": 99}, "plan", "out-of-range"),
        ({"times.review_months": 24}, "review_months", "out-of-range"),
        ({"times.plan": 1}, "plan", "plan-before-reply"),
        ({"times.red": 9}, "amber", "amber-after-red"),
    ],
)
def test_times_that_cannot_be_are_refused(
    settings: dict[str, int | None], name: str, reason: str
) -> None:
    with pytest.raises(SillyTime) as refused:
        read_times(settings)

    assert (name, reason) == (refused.value.name, refused.value.reason)
