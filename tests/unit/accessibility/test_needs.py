"""A need takes the details its term asks for and no others, and shows them to no log."""

from datetime import date

import pytest

from accessibility.needs import (
    OWN_WORDS_LIMIT,
    Fault,
    InvalidNeed,
    Need,
    Strength,
    is_too_long,
    read_need,
)
from accessibility.vocabulary import UnknownTerm, Vocabulary


@pytest.mark.parametrize("size", ["16", "18", "20", "24", "28"])
def test_print_comes_in_five_sizes(vocabulary: Vocabulary, size: str) -> None:
    need = read_need(vocabulary, "INF-LARGE", Strength.MUST, {"size_pt": size})

    assert {"size_pt": size} == dict(need.params)


@pytest.mark.parametrize(
    ("code", "name", "answer", "fault"),
    [
        ("INF-LARGE", "size_pt", "17", Fault.NOT_A_CHOICE),
        ("INF-LARGE", "font", "Arial", Fault.NOT_ASKED),
        ("CON-EMAIL", "size_pt", "16", Fault.NOT_ASKED),
        ("CON-EMAIL", "size_pt", "", Fault.NOT_ASKED),
        ("NEU-BREAKS", "minutes_between", "soon", Fault.NOT_A_NUMBER),
        ("NEU-BREAKS", "minutes_between", "-5", Fault.NOT_A_NUMBER),
        ("NEU-BREAKS", "minutes_between", "٣٠", Fault.NOT_A_NUMBER),
        ("NEU-BREAKS", "minutes_between", "4", Fault.OUT_OF_RANGE),
        ("NEU-BREAKS", "minutes_between", "61", Fault.OUT_OF_RANGE),
        ("CON-THIRD", "permission_until", "2027-02-30", Fault.NOT_A_DATE),
        ("CON-THIRD", "permission_until", "20270201", Fault.NOT_A_DATE),
        ("OTH-OTHER", "own_words", "x" * 301, Fault.TOO_LONG),
    ],
)
def test_a_detail_that_is_no_answer_is_refused_without_repeating_it(
    vocabulary: Vocabulary, code: str, name: str, answer: str, fault: Fault
) -> None:
    with pytest.raises(InvalidNeed) as refused:
        read_need(vocabulary, code, Strength.PREFER, {name: answer})

    assert (name, fault) == (refused.value.name, refused.value.fault)
    assert f"{code} {name}: {fault}" == str(refused.value)


@pytest.mark.parametrize(
    ("code", "name", "answer"),
    [
        ("NEU-BREAKS", "minutes_between", "5"),
        ("NEU-BREAKS", "minutes_between", "60"),
        ("CON-THIRD", "permission_until", date(2027, 2, 1).isoformat()),
        ("OTH-OTHER", "own_words", "ß" * 300),
        ("SAF-APART", "other_person", "Dov"),
    ],
)
def test_a_detail_at_the_edge_is_kept(
    vocabulary: Vocabulary, code: str, name: str, answer: str
) -> None:
    assert answer == read_need(vocabulary, code, Strength.MUST, {name: answer}).params[name]


def test_details_left_blank_are_left_out(vocabulary: Vocabulary) -> None:
    typed = {"size_pt": "  ", "paper_colour": " cream "}

    need = read_need(vocabulary, "INF-LARGE", Strength.MUST, typed)

    assert {"paper_colour": "cream"} == dict(need.params)


def test_a_need_without_details_is_a_need(vocabulary: Vocabulary) -> None:
    assert Need("COM-LOOP", Strength.MUST) == read_need(vocabulary, "COM-LOOP", Strength.MUST)


def test_a_need_outside_the_vocabulary_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(UnknownTerm):
        read_need(vocabulary, "COM-MAGIC", Strength.MUST)


def test_details_do_not_show_in_a_log() -> None:
    need = Need("OTH-OTHER", Strength.MUST, {"own_words": "a quiet corner"})

    assert "quiet" not in repr(need)


def test_a_need_does_not_change_with_what_was_handed_in() -> None:
    typed = {"own_words": "a quiet corner"}
    need = Need("OTH-OTHER", Strength.MUST, typed)

    typed["own_words"] = "nothing"

    assert "a quiet corner" == need.params["own_words"]
    assert 1 == len({need, Need("OTH-OTHER", Strength.MUST, {"own_words": "a quiet corner"})})


def test_own_words_end_at_300_characters() -> None:
    assert not is_too_long("é" * OWN_WORDS_LIMIT)
    assert is_too_long("é" * (OWN_WORDS_LIMIT + 1))
