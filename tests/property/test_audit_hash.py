"""The chain of the audit: whatever is done to a line, to the links or to what was signed is found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.storage.audit_hash import (
    LATE,
    Broken,
    Line,
    Link,
    Point,
    Signed,
    Trouble,
    after,
    beginning,
    canonical,
    follow,
    signed_words,
)

HOUSE, OTHER = UUID(int=1), UUID(int=2)
FIRST = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)

texts = st.text(max_size=8)
ids = st.uuids() | st.none()
facts = st.dictionaries(texts, texts, max_size=3)
rests = st.tuples(texts, ids, texts, texts, ids, ids, facts)


@st.composite
def some_lines(draw: st.DrawFn) -> list[Line]:
    """Make lines a minute apart, each with an id of its own."""
    many = draw(st.lists(rests, min_size=1, max_size=12))
    return [
        (UUID(int=100 + at), HOUSE, FIRST + timedelta(minutes=at), *rest)
        for at, rest in enumerate(many)
    ]


def chained(lines: Sequence[Line], house: UUID = HOUSE) -> list[Link]:
    """Link lines as it should be."""
    point, links = beginning(house), []
    for line in lines:
        point = after(point, line)
        links.append(Link(point.number, point.hash, line))
    return links


def trouble_of(links: Sequence[Link], signed: dict[int, Signed] | None = None) -> Trouble | None:
    """Follow the links from the beginning; give what is wrong."""
    try:
        follow(beginning(HOUSE), links, signed or {})
    except Broken as broken:
        return broken.trouble
    return None


@given(some_lines())
def test_control_what_nobody_touched_holds(lines: list[Line]) -> None:
    links = chained(lines)
    head = links[-1]

    end = follow(beginning(HOUSE), links, {head.number: Signed(head.number, head.hash, FIRST)})

    assert Point(len(lines), head.hash, FIRST + timedelta(minutes=len(lines) - 1)) == end


@given(some_lines(), st.data())
def test_following_in_pieces_comes_to_the_same(lines: list[Line], data: st.DataObject) -> None:
    links = chained(lines)
    cut = data.draw(st.integers(0, len(links)))

    end = follow(follow(beginning(HOUSE), links[:cut], {}), links[cut:], {})

    assert follow(beginning(HOUSE), links, {}) == end


@given(some_lines(), st.data())
def test_a_line_with_any_value_changed_is_found(lines: list[Line], data: st.DataObject) -> None:
    links = chained(lines)
    at = data.draw(st.integers(0, len(links) - 1))
    column = data.draw(st.integers(0, len(lines[at]) - 1))
    other = data.draw(texts | ids | facts | st.just(FIRST + timedelta(days=9)))
    assume(canonical([other]) != canonical([lines[at][column]]))

    changed = (*lines[at][:column], other, *lines[at][column + 1 :])
    links[at] = replace(links[at], line=changed)

    assert Trouble.CHANGED is trouble_of(links)


@given(some_lines(), st.data())
def test_a_line_that_was_removed_is_found(lines: list[Line], data: st.DataObject) -> None:
    links = chained(lines)
    at = data.draw(st.integers(0, len(links) - 1))

    without_line = [*links[:at], replace(links[at], line=None), *links[at + 1 :]]
    without_link = [*links[:at], *links[at + 1 :]]

    assert Trouble.REMOVED is trouble_of(without_line)
    if at < len(links) - 1:
        assert Trouble.GAP is trouble_of(without_link)


@given(some_lines(), rests, st.data())
def test_a_line_put_in_between_is_found(
    lines: list[Line], rest: tuple[object, ...], data: st.DataObject
) -> None:
    links = chained(lines)
    at = data.draw(st.integers(0, len(links) - 1))
    false = (UUID(int=9), HOUSE, FIRST, *rest)

    point = after(Point(at, links[at - 1].hash if at else beginning(HOUSE).hash), false)
    later = [replace(each, number=each.number + 1) for each in links[at:]]
    put_in = [*links[:at], Link(point.number, point.hash, false), *later]

    assert Trouble.CHANGED is trouble_of(put_in)


@given(some_lines(), st.data())
def test_two_lines_that_changed_places_are_found(lines: list[Line], data: st.DataObject) -> None:
    assume(len(lines) > 1)
    links = chained(lines)
    one, two = data.draw(
        st.lists(st.integers(0, len(links) - 1), min_size=2, max_size=2, unique=True)
    )

    first, second = links[one], links[two]
    links[one] = replace(first, line=second.line)
    links[two] = replace(second, line=first.line)

    assert Trouble.CHANGED is trouble_of(links)


@given(some_lines(), st.data())
def test_a_chain_made_anew_is_found_where_it_was_signed(
    lines: list[Line], data: st.DataObject
) -> None:
    links = chained(lines)
    head = data.draw(st.integers(1, len(links)))
    signed = {head: Signed(head, links[head - 1].hash, FIRST)}
    at = data.draw(st.integers(0, head - 1))

    changed = [*lines[:at], (*lines[at][:5], "somebody else", *lines[at][6:]), *lines[at + 1 :]]
    assume(changed != lines)

    assert Trouble.MADE_ANEW is trouble_of(chained(changed), signed)
    assert trouble_of(chained(changed)) is None


@given(some_lines())
def test_a_line_dated_long_before_what_was_signed_ahead_of_it_is_found(lines: list[Line]) -> None:
    head = len(lines)
    signed = {head: Signed(head, chained(lines)[-1].hash, FIRST + timedelta(hours=1))}
    late = (UUID(int=9), HOUSE, signed[head].at - LATE, *lines[0][3:])
    too_late = (UUID(int=9), HOUSE, signed[head].at - LATE - timedelta(seconds=1), *lines[0][3:])

    assert trouble_of(chained([*lines, late]), signed) is None
    assert Trouble.BACKDATED is trouble_of(chained([*lines, too_late]), signed)


def test_where_the_clock_was_turned_back_dates_say_nothing() -> None:
    line = (UUID(int=9), HOUSE, FIRST, "x")
    old = (UUID(int=8), HOUSE, FIRST - timedelta(days=99), "x")
    links = chained([line, old])
    signed = {1: Signed(1, links[0].hash, FIRST)}

    assert 2 == follow(beginning(HOUSE), links, signed, is_dated=False).number
    with pytest.raises(Broken):
        follow(beginning(HOUSE), links, signed)


@given(some_lines())
def test_a_chain_of_another_organisation_does_not_fit(lines: list[Line]) -> None:
    assert Trouble.CHANGED is trouble_of(chained(lines, OTHER))


@given(st.lists(texts, min_size=2, max_size=2), st.lists(texts, min_size=2, max_size=2))
def test_no_two_lines_are_written_the_same(one: list[str], two: list[str]) -> None:
    assert (one == two) == (canonical(one) == canonical(two))


def test_every_part_of_a_checkpoint_is_signed() -> None:
    point, day = Point(3, b"x"), timedelta(days=1)
    whole = signed_words(HOUSE, point, FIRST, FIRST)

    others = {
        signed_words(OTHER, point, FIRST, FIRST),
        signed_words(HOUSE, replace(point, number=4), FIRST, FIRST),
        signed_words(HOUSE, replace(point, hash=b"y"), FIRST, FIRST),
        signed_words(HOUSE, point, FIRST + day, FIRST),
        signed_words(HOUSE, point, FIRST, FIRST + day),
        signed_words(HOUSE, point, FIRST, None),
    }

    assert 6 == len(others - {whole})
