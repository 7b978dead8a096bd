"""Sums of money as people type them, and as they are written for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.money import MOST_PENCE, NotMoney, pounds, read_pounds


@pytest.mark.parametrize(
    ("words", "pence"),
    [
        ("4.20", 420),
        ("£4.20", 420),
        (" £ 4.2 ", 420),
        ("12", 1200),
        ("1,200", 120_000),
        ("0", 0),
        (".5", 50),
    ],
)
def test_pounds_are_read_as_people_type_them(words: str, pence: int) -> None:
    assert pence == read_pounds(words)


@pytest.mark.parametrize(
    "words",
    ["", "four", "-1", "4.205", "nan", "inf", "1e999999999", "4.2.0", "1000001", "£", "4€"],
)
def test_what_is_no_sum_is_refused(words: str) -> None:
    with pytest.raises(NotMoney):
        read_pounds(words)


@given(pence=st.integers(0, MOST_PENCE))
def test_what_is_written_is_read_again(pence: int) -> None:
    assert pence == read_pounds(pounds(pence))


def test_whole_pounds_are_written_without_pence() -> None:
    assert ("£4", "£4.05", "£1,200") == (pounds(400), pounds(405), pounds(120_000))
