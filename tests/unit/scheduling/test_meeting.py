"""A plan: its states, its title, and what stands in the way of publishing it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scheduling.errors import BrokenValue
from scheduling.meeting import (
    DialIn,
    Host,
    MeetingState,
    NotReady,
    Place,
    Plan,
    Problem,
    ProblemCode,
    StepNotAllowed,
    publish_problems,
)
from scheduling.ways import Way, WayOffer
from tests.unit.scheduling.examples import ADA, CANCELLED, DRAFT, HALL, NOW, PUBLISHED, at

ROOM, ONLINE = WayOffer(Way.ROOM, 12), WayOffer(Way.ONLINE, 12)
WRONG: list[tuple[Mapping[str, Any], Problem]] = [
    ({"neutral_title": " "}, Problem(ProblemCode.NO_NEUTRAL_TITLE)),
    ({"start": at("2027-01-14T13:00", "Mars/One")}, Problem(ProblemCode.UNKNOWN_ZONE)),
    (
        {"start": at("2027-03-28T01:30")},
        Problem(ProblemCode.SKIPPED_TIME, proposal=at("2027-03-28T02:30")),
    ),
    ({"start": at("2027-10-31T01:30")}, Problem(ProblemCode.DOUBLED_TIME)),
    ({"start": at("2027-01-12T08:59")}, Problem(ProblemCode.STARTS_IN_PAST)),
    ({"offers": ()}, Problem(ProblemCode.NO_WAY)),
    ({"offers": (ROOM,)}, Problem(ProblemCode.NO_REMOTE_WAY)),
    ({"offers": (ROOM,), "no_remote_reason": " "}, Problem(ProblemCode.NO_REMOTE_WAY)),
    ({"room_place": None}, Problem(ProblemCode.NO_PLACE, way=Way.ROOM)),
    ({"room_place": Place(" ", "")}, Problem(ProblemCode.NO_PLACE, way=Way.ROOM)),
    ({"outdoor_place": None}, Problem(ProblemCode.NO_PLACE, way=Way.OUTDOORS)),
    ({"lead": None}, Problem(ProblemCode.NO_LEAD)),
    ({"second": None}, Problem(ProblemCode.NO_SECOND_FACILITATOR)),
    ({"second": Host(ADA, "Ada again")}, Problem(ProblemCode.SAME_FACILITATOR)),
    (
        {"second": Host(ADA, "Ada"), "needs_second": False},
        Problem(ProblemCode.SAME_FACILITATOR),
    ),
    ({"help_phone": ""}, Problem(ProblemCode.NO_HELP_PHONE)),
]
FINE: list[Mapping[str, Any]] = [
    {},
    {"neutral_title": "", "is_open": True},
    {"offers": (ROOM,), "no_remote_reason": "We walk the whole time"},
    {"offers": (ONLINE,), "room_place": None, "outdoor_place": None},
    {"second": None, "needs_second": False},
    {"dial_in": None},
    {"start": at("2027-01-12T09:01")},
]


@pytest.mark.parametrize(("change", "problem"), WRONG)
def test_one_thing_wrong_is_the_one_problem(change: Mapping[str, Any], problem: Problem) -> None:
    assert (problem,) == publish_problems(replace(DRAFT, **change), NOW)


@pytest.mark.parametrize("change", FINE)
def test_a_plan_with_all_that_is_needed_has_no_problem(change: Mapping[str, Any]) -> None:
    assert () == publish_problems(replace(DRAFT, **change), NOW)


def test_every_problem_code_has_a_case() -> None:
    assert set(ProblemCode) == {problem.code for _, problem in WRONG}


def test_an_empty_plan_says_everything_at_once_in_the_order_of_the_steps() -> None:
    empty = Plan(start=at("2020-01-01T12:00"), minutes=60)

    codes = [problem.code for problem in publish_problems(empty, NOW)]

    assert [
        ProblemCode.NO_NEUTRAL_TITLE,
        ProblemCode.STARTS_IN_PAST,
        ProblemCode.NO_WAY,
        ProblemCode.NO_LEAD,
        ProblemCode.NO_SECOND_FACILITATOR,
        ProblemCode.NO_HELP_PHONE,
    ] == codes


def test_a_start_this_very_moment_is_in_the_past() -> None:
    codes = {problem.code for problem in publish_problems(DRAFT, DRAFT.slot.starts_at)}

    assert {ProblemCode.STARTS_IN_PAST} == codes


def test_a_ready_draft_is_published_and_then_cancelled() -> None:
    published = DRAFT.published(NOW)

    assert PUBLISHED == published
    assert CANCELLED == published.cancelled()


def test_a_draft_that_is_not_ready_stays_one() -> None:
    with pytest.raises(NotReady) as refusal:
        replace(DRAFT, lead=None).published(NOW)

    assert (Problem(ProblemCode.NO_LEAD),) == refusal.value.problems


@pytest.mark.parametrize("plan", [PUBLISHED, CANCELLED])
def test_only_a_draft_is_published(plan: Plan) -> None:
    with pytest.raises(StepNotAllowed):
        plan.published(NOW)


@pytest.mark.parametrize("plan", [DRAFT, CANCELLED])
def test_only_a_published_meeting_is_cancelled(plan: Plan) -> None:
    with pytest.raises(StepNotAllowed):
        plan.cancelled()


def test_there_are_two_steps_and_no_more() -> None:
    steps = [(one, two) for one in MeetingState for two in MeetingState if one.may_become(two)]

    assert [
        (MeetingState.DRAFT, MeetingState.PUBLISHED),
        (MeetingState.PUBLISHED, MeetingState.CANCELLED),
    ] == steps


def test_the_real_title_stands_in_messages_of_open_kinds_only() -> None:
    assert "Thursday session" == DRAFT.title
    assert "Helpers’ circle" == replace(DRAFT, is_open=True).title
    assert "Thursday session" == replace(DRAFT, is_open=True, real_title="").title


def test_a_plan_finds_its_slot_offers_places_and_hosts() -> None:
    assert timedelta(hours=2) == DRAFT.slot.length
    assert WayOffer(Way.PHONE, 4) == DRAFT.offer(Way.PHONE)
    assert replace(DRAFT, offers=(ROOM,)).offer(Way.PHONE) is None
    assert HALL == DRAFT.place(Way.ROOM)
    assert DRAFT.place(Way.ONLINE) is None
    assert ["Ada", "Ben"] == [host.name for host in DRAFT.hosts]


def test_a_place_is_written_in_one_line() -> None:
    assert "Saggar Row Hall, 1 Saggar Row, Burslem" == HALL.in_words
    assert "The hall" == Place("The hall").in_words


@pytest.mark.parametrize("change", [{"minutes": 0}, {"minutes": 1441}, {"offers": (ROOM, ROOM)}])
def test_a_plan_that_contradicts_itself_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(BrokenValue):
        replace(DRAFT, **change)


def test_a_pin_without_a_number_is_refused() -> None:
    with pytest.raises(BrokenValue):
        DialIn(" ", "4711")
