"""Who is told what, held against a plain reading of the rules."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from scheduling.answers import Answer
from scheduling.meeting import MeetingState, Plan
from scheduling.notices import Guest, NoticeKind, between, seen_by
from scheduling.versions import Version
from tests.property.scheduling.strategies import guest_lists, instants, plans

PUBLISHED = plans(st.just(MeetingState.PUBLISHED))
ANY = plans(st.sampled_from(MeetingState))


@given(ANY, ANY, guest_lists(), guest_lists())
def test_each_guest_is_told_once_at_most(
    old: Plan, new: Plan, before: list[Guest], after: list[Guest]
) -> None:
    told = [notice.guest_id for notice in between(old, new, before=before, after=after)]

    assert len(told) == len(set(told))
    assert set(told) <= {guest.id for guest in (*before, *after)}


@given(ANY, guest_lists())
def test_no_change_is_no_news(plan: Plan, guests: list[Guest]) -> None:
    assert () == between(plan, plan, before=guests, after=guests)


@given(PUBLISHED, PUBLISHED, guest_lists())
def test_a_guest_hears_exactly_if_what_they_see_changed(
    old: Plan, new: Plan, guests: list[Guest]
) -> None:
    notices = between(old, new, before=guests, after=guests)

    told = {notice.guest_id for notice in notices}
    assert {guest.id for guest in guests if would_be_told(old, new, guest)} == told
    assert all(notice.changes and notice.kind is NoticeKind.UPDATE for notice in notices)


@given(PUBLISHED, PUBLISHED, guest_lists())
def test_a_change_and_its_undoing_tell_the_same_guests_who_may_come(
    old: Plan, new: Plan, guests: list[Guest]
) -> None:
    coming = [replace(guest, answer=Answer.YES) for guest in guests]

    there = between(old, new, before=coming, after=coming)
    back = between(new, old, before=coming, after=coming)

    assert [notice.guest_id for notice in there] == [notice.guest_id for notice in back]


@given(PUBLISHED, guest_lists(), guest_lists())
def test_coming_and_going_is_told_to_those_who_come_and_go(
    plan: Plan, before: list[Guest], after: list[Guest]
) -> None:
    known, wanted = {guest.id for guest in before}, {guest.id for guest in after}

    notices = between(plan, plan, before=before, after=after)

    assert wanted - known == {n.guest_id for n in notices if n.kind is NoticeKind.INVITE}
    assert known - wanted == {n.guest_id for n in notices if n.kind is NoticeKind.CANCEL}


@given(st.lists(st.tuples(PUBLISHED, instants()), min_size=1), guest_lists())
def test_the_version_of_each_guest_only_grows(
    steps: list[tuple[Plan, datetime]], guests: list[Guest]
) -> None:
    old, first_now = steps[0]
    histories = {guest.id: [Version.first(first_now)] for guest in guests}

    for new, now in steps[1:]:
        for notice in between(old, new, before=guests, after=guests):
            history = histories[notice.guest_id]
            history.append(history[-1].next(now))
        old = new

    for history in histories.values():
        assert [*range(len(history))] == [version.sequence for version in history]
        stamps = [version.stamp for version in history]
        assert sorted(set(stamps)) == stamps


def would_be_told(old: Plan, new: Plan, guest: Guest) -> bool:
    """Say by the plain rule whether a guest hears of a change of plan."""
    if guest.answer is Answer.NO:
        moved = (old.start, old.minutes) != (new.start, new.minutes)
        return moved or bool(new.ways - old.ways)
    return seen_by(old, guest.way) != seen_by(new, guest.way)
