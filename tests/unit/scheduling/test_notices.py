"""Who must be told what when a meeting or its guests change: a table of cases."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from scheduling.answers import Answer
from scheduling.errors import BrokenValue
from scheduling.meeting import DialIn, Host, Place, Plan
from scheduling.notices import (
    Change,
    Guest,
    Notice,
    NoticeKind,
    between,
    seen_by,
    without_way,
)
from scheduling.ways import EASE, Way, WayOffer
from tests.unit.scheduling.examples import (
    ADA,
    BEN,
    CANCELLED,
    CLEO,
    DOV,
    DRAFT,
    HALL,
    PUBLISHED,
    SHELTER,
    at,
    guest,
)

NAYSAYER = UUID(int=99)
YES, MAYBE, NO = Answer.YES, Answer.MAYBE, Answer.NO
EVERYBODY = [
    guest(Way.ROOM, id_=ADA),
    guest(Way.ONLINE, MAYBE, id_=BEN),
    guest(Way.PHONE, Answer.WAITING, id_=CLEO),
    guest(None, Answer.UNANSWERED, id_=DOV),
]
WITHOUT_ROOM = tuple(offer for offer in PUBLISHED.offers if offer.way is not Way.ROOM)
WITHOUT_PHONE = tuple(offer for offer in PUBLISHED.offers if offer.way is not Way.PHONE)

TIME: Mapping[str, Any] = {"start": at("2027-01-14T14:00")}
LONGER: Mapping[str, Any] = {"minutes": 150}
HALL_MOVED: Mapping[str, Any] = {"room_place": Place("Longton library")}
SHELTER_MOVED: Mapping[str, Any] = {"outdoor_place": Place("The towpath")}
PIN: Mapping[str, Any] = {"dial_in": DialIn("01632 960200", "9999")}
WE_RING: Mapping[str, Any] = {"dial_in": None}
NEUTRAL: Mapping[str, Any] = {"neutral_title": "Our session"}
REAL: Mapping[str, Any] = {"real_title": "Another name"}
OPENED: Mapping[str, Any] = {"is_open": True}
NOTE: Mapping[str, Any] = {"note": "Bring a coat"}
HELP: Mapping[str, Any] = {"help_phone": "01632 960101"}
HOST: Mapping[str, Any] = {"second": Host(DOV, "Dov")}
LIMIT: Mapping[str, Any] = {"offers": (WayOffer(Way.ROOM, 5), *WITHOUT_ROOM)}
NO_ROOM: Mapping[str, Any] = {"offers": WITHOUT_ROOM}
NO_PHONE: Mapping[str, Any] = {"offers": WITHOUT_PHONE}

PLAN_CASES: list[tuple[Mapping[str, Any], Way | None, Answer, set[Change]]] = [
    ({}, Way.ROOM, YES, set()),
    (TIME, Way.ROOM, YES, {Change.TIME}),
    (TIME, None, Answer.UNANSWERED, {Change.TIME}),
    (LONGER, Way.PHONE, MAYBE, {Change.TIME}),
    (HALL_MOVED, Way.ROOM, YES, {Change.PLACE}),
    (HALL_MOVED, None, MAYBE, {Change.PLACE}),
    (HALL_MOVED, Way.ONLINE, YES, set()),
    (HALL_MOVED, Way.OUTDOORS, YES, set()),
    (SHELTER_MOVED, Way.OUTDOORS, YES, {Change.PLACE}),
    (SHELTER_MOVED, Way.ROOM, YES, set()),
    (PIN, Way.PHONE, YES, {Change.PHONE}),
    (PIN, Way.ONLINE, YES, set()),
    (PIN, None, Answer.UNANSWERED, {Change.PHONE}),
    (WE_RING, Way.PHONE, YES, {Change.PHONE}),
    (NEUTRAL, Way.ROOM, YES, {Change.TITLE}),
    (REAL, Way.ROOM, YES, set()),
    (OPENED, Way.ROOM, YES, {Change.TITLE}),
    (NOTE, Way.PHONE, Answer.WAITING, {Change.NOTE}),
    (HELP, Way.ONLINE, YES, {Change.HELP_PHONE}),
    (HOST, Way.ONLINE, YES, {Change.HOSTS}),
    (LIMIT, Way.ROOM, YES, set()),
    ({"no_remote_reason": "-", "needs_second": False}, Way.ROOM, YES, set()),
    ({**TIME, **HALL_MOVED, **NOTE}, Way.ROOM, YES, {Change.TIME, Change.PLACE, Change.NOTE}),
    (NO_ROOM, Way.ROOM, YES, {Change.WAY_LOST}),
    ({**NO_ROOM, **TIME}, Way.ROOM, YES, {Change.WAY_LOST, Change.TIME}),
    (NO_ROOM, Way.ONLINE, YES, set()),
    (NO_ROOM, None, Answer.UNANSWERED, {Change.WAYS}),
    (NO_PHONE, None, Answer.UNANSWERED, {Change.WAYS}),
    (TIME, Way.ROOM, NO, {Change.TIME}),
    (LONGER, None, NO, {Change.TIME}),
    ({**HALL_MOVED, **NOTE, **NEUTRAL, **HELP}, Way.ROOM, NO, set()),
    (NO_ROOM, Way.ROOM, NO, set()),
]


@pytest.mark.parametrize(("change", "way", "answer", "expected"), PLAN_CASES)
def test_a_change_of_plan_is_told_to_those_who_can_see_it(
    change: Mapping[str, Any], way: Way | None, answer: Answer, expected: set[Change]
) -> None:
    notices = told(PUBLISHED, replace(PUBLISHED, **change), guest(way, answer))

    assert updates(expected) == notices


#: By each change, who sees it: by their way, None for those who have chosen none yet.
EVERY_WAY = frozenset({*Way, None})
SEEN_BY: list[tuple[Mapping[str, Any], Change | None, frozenset[Way | None]]] = [
    (TIME, Change.TIME, EVERY_WAY),
    (LONGER, Change.TIME, EVERY_WAY),
    (HALL_MOVED, Change.PLACE, frozenset({Way.ROOM, None})),
    (SHELTER_MOVED, Change.PLACE, frozenset({Way.OUTDOORS, None})),
    (PIN, Change.PHONE, frozenset({Way.PHONE, None})),
    (WE_RING, Change.PHONE, frozenset({Way.PHONE, None})),
    (NEUTRAL, Change.TITLE, EVERY_WAY),
    (NOTE, Change.NOTE, EVERY_WAY),
    (HELP, Change.HELP_PHONE, EVERY_WAY),
    (HOST, Change.HOSTS, EVERY_WAY),
    (REAL, None, frozenset()),
    (LIMIT, None, frozenset()),
    ({}, None, frozenset()),
]


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("way", [*Way, None])
@pytest.mark.parametrize(("change", "news", "seen_by"), SEEN_BY)
def test_the_whole_table_who_sees_it_is_told_once_and_nobody_else(
    change: Mapping[str, Any],
    news: Change | None,
    seen_by: frozenset[Way | None],
    way: Way | None,
    answer: Answer,
) -> None:
    is_told = way in seen_by and (answer is not NO or news is Change.TIME)

    notices = told(PUBLISHED, replace(PUBLISHED, **change), guest(way, answer))

    assert updates({news} if is_told and news else set()) == notices


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("way", [*Way, None])
def test_a_second_change_is_told_as_the_difference_to_what_was_told_last(
    way: Way | None, answer: Answer
) -> None:
    one, guests = replace(PUBLISHED, **TIME), [guest(way, answer)]
    two = replace(one, **TIME, minutes=150)

    assert [NoticeKind.UPDATE] == [
        each.kind for each in between(one, two, before=guests, after=guests)
    ]
    assert () == between(two, two, before=guests, after=guests)


@pytest.mark.parametrize(
    ("answer", "way", "expected"),
    [
        (YES, Way.ONLINE, set()),
        (Answer.UNANSWERED, None, {Change.WAYS}),
        (NO, Way.ONLINE, {Change.WAYS}),
        (NO, None, {Change.WAYS}),
    ],
)
def test_a_new_way_is_told_to_those_who_chose_none_or_said_no(
    answer: Answer, way: Way | None, expected: set[Change]
) -> None:
    notices = told(replace(PUBLISHED, **NO_PHONE), PUBLISHED, guest(way, answer))

    assert expected == {change for notice in notices for change in notice.changes}


def test_a_way_replaced_by_another_calls_back_those_who_said_no() -> None:
    old = replace(PUBLISHED, offers=(WayOffer(Way.ROOM, 12),))
    new = replace(PUBLISHED, offers=(WayOffer(Way.ONLINE, 12),))

    notices = told(old, new, guest(Way.ROOM, NO))

    assert (Notice(CLEO, NoticeKind.UPDATE, frozenset({Change.WAYS}), asks_again=True),) == notices


def test_a_guest_whose_way_was_lost_before_sees_every_way() -> None:
    old = replace(PUBLISHED, **NO_ROOM)

    assert updates({Change.PHONE}) == told(old, replace(old, **PIN), guest(Way.ROOM))


def test_a_place_found_later_is_told() -> None:
    nowhere = replace(PUBLISHED, room_place=None)

    assert updates({Change.PLACE}) == told(nowhere, PUBLISHED, guest(Way.ROOM))


def test_publishing_invites_everybody_in_order() -> None:
    notices = between(DRAFT, PUBLISHED, before=[], after=EVERYBODY)

    assert [(each.id, NoticeKind.INVITE) for each in EVERYBODY] == kinds(notices)


def test_a_draft_is_told_to_nobody() -> None:
    assert () == between(DRAFT, replace(DRAFT, **TIME), before=[], after=EVERYBODY)


def test_cancelling_is_told_to_everybody_once_also_to_those_who_said_no() -> None:
    guests = [*EVERYBODY[:3], guest(None, NO, id_=DOV)]

    notices = between(PUBLISHED, CANCELLED, before=guests, after=guests)

    assert [(each.id, NoticeKind.CANCEL) for each in guests] == kinds(notices)


def test_cancelling_is_not_told_to_those_who_were_never_invited() -> None:
    notices = between(PUBLISHED, CANCELLED, before=EVERYBODY[:1], after=EVERYBODY)

    assert [(ADA, NoticeKind.CANCEL)] == kinds(notices)


@pytest.mark.parametrize("plan", [CANCELLED, DRAFT])
def test_after_the_end_and_before_the_beginning_there_is_silence(plan: Plan) -> None:
    assert () == between(plan, replace(plan, **TIME), before=EVERYBODY, after=EVERYBODY[1:])
    assert () == between(DRAFT, CANCELLED, before=EVERYBODY, after=EVERYBODY)


def test_an_added_guest_is_invited_and_nobody_else_hears_of_it() -> None:
    notices = between(PUBLISHED, PUBLISHED, before=EVERYBODY[:3], after=EVERYBODY)

    assert [(DOV, NoticeKind.INVITE)] == kinds(notices)


def test_a_removed_guest_is_told_and_nobody_else_hears_of_it() -> None:
    notices = between(PUBLISHED, PUBLISHED, before=EVERYBODY, after=EVERYBODY[1:])

    assert [(ADA, NoticeKind.CANCEL)] == kinds(notices)


def test_a_change_with_guests_coming_and_going_tells_each_one_thing() -> None:
    new = replace(PUBLISHED, **TIME)

    notices = between(PUBLISHED, new, before=EVERYBODY[:3], after=EVERYBODY[1:])

    assert [
        (BEN, NoticeKind.UPDATE),
        (CLEO, NoticeKind.UPDATE),
        (DOV, NoticeKind.INVITE),
        (ADA, NoticeKind.CANCEL),
    ] == kinds(notices)


def test_a_way_switched_by_one_person_updates_that_person_alone() -> None:
    after = [replace(EVERYBODY[0], way=Way.PHONE), *EVERYBODY[1:]]

    notices = between(PUBLISHED, PUBLISHED, before=EVERYBODY, after=after)

    assert (Notice(ADA, NoticeKind.UPDATE, frozenset({Change.OWN_WAY})),) == notices


def test_choosing_the_only_way_there_is_shows_nothing_new() -> None:
    plan = replace(PUBLISHED, offers=(WayOffer(Way.ONLINE, 12),))

    notices = between(plan, plan, before=[guest(None, MAYBE)], after=[guest(Way.ONLINE, YES)])

    assert () == notices


@pytest.mark.parametrize("answer", [YES, MAYBE, NO])
def test_an_answer_alone_is_no_news_to_the_one_who_gave_it(answer: Answer) -> None:
    before, after = guest(Way.ROOM, Answer.UNANSWERED), guest(Way.ROOM, answer)

    assert () == between(PUBLISHED, PUBLISHED, before=[before], after=[after])


def test_a_place_that_came_free_is_told() -> None:
    before, after = guest(Way.ROOM, Answer.WAITING), guest(Way.ROOM, YES)

    notices = between(PUBLISHED, PUBLISHED, before=[before], after=[after])

    assert updates({Change.PLACE_FREE}) == notices


def test_saying_no_is_not_answered_with_another_way() -> None:
    before, after = guest(Way.ROOM, YES), guest(None, NO)

    assert () == between(PUBLISHED, PUBLISHED, before=[before], after=[after])


def test_the_same_guest_twice_is_refused() -> None:
    with pytest.raises(BrokenValue):
        between(PUBLISHED, PUBLISHED, before=EVERYBODY, after=[guest(), guest()])


def test_a_guest_sees_what_their_way_needs_and_no_more() -> None:
    room, phone = seen_by(PUBLISHED, Way.ROOM), seen_by(PUBLISHED, Way.PHONE)

    assert ((Way.ROOM, HALL),) == room.places
    assert room.dial_in is None
    assert PUBLISHED.dial_in == phone.dial_in
    assert () == phone.places
    assert () == seen_by(PUBLISHED, Way.ONLINE).places


def test_who_chose_no_way_sees_them_all_in_order_of_ease() -> None:
    seen = seen_by(PUBLISHED, None)

    assert EASE == seen.ways
    assert ((Way.ROOM, HALL), (Way.OUTDOORS, SHELTER)) == seen.places
    assert PUBLISHED.dial_in == seen.dial_in


def test_a_plan_without_ways_can_still_be_looked_at() -> None:
    assert () == seen_by(replace(PUBLISHED, offers=()), Way.ROOM).ways


def test_those_left_without_a_way_are_found_before_saving() -> None:
    guests = [*EVERYBODY, guest(Way.ROOM, NO, id_=NAYSAYER)]

    assert (EVERYBODY[0],) == without_way(replace(PUBLISHED, **NO_ROOM), guests)
    assert () == without_way(PUBLISHED, guests)


def told(old: Plan, new: Plan, one: Guest) -> tuple[Notice, ...]:
    """Compare two plans for one guest who does nothing."""
    return between(old, new, before=[one], after=[one])


def updates(changes: set[Change]) -> tuple[Notice, ...]:
    """Make the notice to Cleo that tells these changes; none for none."""
    asks_again = bool(changes & {Change.TIME, Change.PLACE, Change.WAY_LOST})
    update = Notice(CLEO, NoticeKind.UPDATE, frozenset(changes), asks_again=asks_again)
    return (update,) if changes else ()


def kinds(notices: tuple[Notice, ...]) -> list[tuple[UUID, NoticeKind]]:
    """List who gets what."""
    return [(notice.guest_id, notice.kind) for notice in notices]
