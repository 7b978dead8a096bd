"""Who does what: what is missing, who might take it, and what cannot be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.availability import Away, Can, Times, WeeklyTime
from scheduling.errors import BrokenValue
from scheduling.roles import MeetingRole
from scheduling.rota import (
    Colleague,
    Concern,
    Gathering,
    Helper,
    candidates,
    needed_roles,
    worries,
)
from scheduling.time import Slot
from scheduling.ways import Way

#: A Thursday, from 1pm to 3pm in London.
SLOT = Slot.of(datetime(2027, 1, 14, 13, tzinfo=UTC), 120)
ADA, BEN, CLEO, DOV = (UUID(int=number) for number in range(1, 5))
IN_LONDON = Times("Europe/London")
LEAD, SECOND = MeetingRole.LEAD, MeetingRole.CO_FACILITATOR
BUDDY, GREETER, ON_CALL = MeetingRole.REMOTE_BUDDY, MeetingRole.GREETER, MeetingRole.ON_CALL
THURSDAY = WeeklyTime(3, 12 * 60, 17 * 60)
COLLEAGUES = (
    Colleague(ADA, "Ada", IN_LONDON, may_host=True),
    Colleague(BEN, "Ben", IN_LONDON, may_host=True),
    Colleague(CLEO, "Cleo", IN_LONDON),
)


def gathering(number: int = 1, slot: Slot = SLOT, **helpers: UUID) -> Gathering:
    """Make a meeting in the room and online that needs everybody, with these helpers."""
    names = {ADA: "Ada", BEN: "Ben", CLEO: "Cleo", DOV: "Dov"}
    return Gathering(
        UUID(int=100 + number),
        slot,
        frozenset({Way.ROOM, Way.ONLINE}),
        needed_roles(["greeter", "remote_buddy", "on_call"], needs_second=True),
        {MeetingRole(role): Helper(id_, names[id_]) for role, id_ in helpers.items()},
    )


def concerns(
    here: Gathering, *others: Gathering, staff: tuple[Colleague, ...] = COLLEAGUES
) -> set[str]:
    """Name what is to be looked at."""
    return {each.concern.value for each in worries(here, others, staff)}


def test_a_meeting_always_needs_a_lead_and_what_its_kind_names() -> None:
    assert {LEAD} == needed_roles([], needs_second=False)
    assert {LEAD, SECOND, GREETER} == needed_roles(["greeter"], needs_second=True)


def test_parts_stand_in_order_and_gaps_are_what_is_needed_and_nobody_has() -> None:
    here = gathering(lead=ADA, greeter=CLEO)

    assert [LEAD, SECOND, BUDDY, GREETER, ON_CALL] == [part.role for part in here.parts]
    assert (SECOND, BUDDY, ON_CALL) == here.gaps


def test_a_role_that_is_taken_but_not_needed_is_shown_and_is_no_gap() -> None:
    here = replace(gathering(lead=ADA, greeter=CLEO), needed=frozenset({LEAD}))

    assert [(LEAD, True), (GREETER, False)] == [(each.role, each.is_needed) for each in here.parts]
    assert () == here.gaps


def test_only_who_may_host_is_a_candidate_for_hosting() -> None:
    found = candidates(gathering(lead=ADA), SECOND, (), COLLEAGUES)

    assert ["Ben"] == [each.colleague.name for each in found]


def test_those_who_can_come_first_and_those_who_cannot_last() -> None:
    staff = (
        Colleague(
            ADA, "Ada", replace(IN_LONDON, away=(Away(date(2027, 1, 14), date(2027, 1, 14)),))
        ),
        Colleague(BEN, "Ben", IN_LONDON),
        Colleague(CLEO, "Cleo", replace(IN_LONDON, weekly=(THURSDAY,))),
    )

    found = candidates(gathering(), GREETER, (), staff)

    assert [("Cleo", Can.YES), ("Ben", Can.NOT_SAID), ("Ada", Can.NO)] == [
        (each.colleague.name, each.can) for each in found
    ]
    assert [True, True, False] == [each.is_free for each in found]


def test_nobody_is_a_candidate_for_what_they_have_or_what_cannot_be_done_beside_it() -> None:
    here = gathering(lead=ADA, remote_buddy=CLEO)

    assert {"Ada", "Ben"} == {
        each.colleague.name for each in candidates(here, GREETER, (), COLLEAGUES)
    }
    assert {"Ben"} == {each.colleague.name for each in candidates(here, LEAD, (), COLLEAGUES)}


def test_buddy_and_greeter_cannot_be_one_person() -> None:
    assert "two-roles" in concerns(gathering(remote_buddy=CLEO, greeter=CLEO))
    assert "two-roles" not in concerns(gathering(remote_buddy=CLEO, greeter=BEN, on_call=CLEO))


def test_two_meetings_at_once_are_noticed_unless_somebody_is_only_on_call() -> None:
    later = Slot(SLOT.starts_at + timedelta(hours=1), SLOT.ends_at + timedelta(hours=1))
    after = Slot(SLOT.ends_at, SLOT.ends_at + timedelta(hours=1))

    assert "two-meetings" in concerns(gathering(lead=ADA), gathering(2, later, greeter=ADA))
    assert "two-meetings" not in concerns(gathering(lead=ADA), gathering(2, after, greeter=ADA))
    assert "two-meetings" not in concerns(gathering(lead=ADA), gathering(2, later, on_call=ADA))
    assert "two-meetings" not in concerns(gathering(on_call=ADA), gathering(2, later, lead=ADA))


def test_who_is_busy_elsewhere_is_shown_as_such() -> None:
    (ben,) = candidates(gathering(lead=ADA), SECOND, (gathering(2, lead=BEN),), COLLEAGUES)

    assert (True, False) == (ben.is_busy, ben.is_free)


def test_who_said_they_cannot_is_noticed_where_they_have_a_part() -> None:
    monday = replace(IN_LONDON, weekly=(WeeklyTime(0, 0, 1440),))
    staff = (*COLLEAGUES[:2], Colleague(CLEO, "Cleo", monday))

    assert "cannot" in concerns(gathering(greeter=CLEO), staff=staff)
    assert "cannot" not in concerns(gathering(greeter=DOV), staff=staff)


@pytest.mark.parametrize(
    ("in_room", "concern"),
    [
        ((True, True), None),
        ((True, False), Concern.ONE_ROOM_HOST),
        ((False, False), Concern.NO_ROOM_HOST),
    ],
)
def test_one_room_host_left_is_an_alarm(
    in_room: tuple[bool, bool], concern: Concern | None
) -> None:
    staff = tuple(
        replace(each, hosts_in_room=there)
        for each, there in zip(COLLEAGUES[:2], in_room, strict=True)
    )

    found = concerns(gathering(lead=ADA), staff=staff) & {"one-room-host", "no-room-host"}

    assert ({concern.value} if concern else set()) == found


def test_no_room_host_is_needed_where_nobody_comes_in_person() -> None:
    online = replace(gathering(lead=ADA), ways=frozenset({Way.ONLINE, Way.PHONE}))

    assert set() == concerns(online, staff=COLLEAGUES[:1])


@pytest.mark.parametrize("told", [(7, 0, 10), (0, 10, 10), (0, 0, 1441), (-1, 0, 10)])
def test_a_time_of_the_week_is_a_time(told: tuple[int, int, int]) -> None:
    with pytest.raises(BrokenValue):
        WeeklyTime(*told)


def test_days_away_end_after_they_begin() -> None:
    with pytest.raises(BrokenValue):
        Away(date(2027, 1, 14), date(2027, 1, 13))
