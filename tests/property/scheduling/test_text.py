"""What holds of every text that passed the filter."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from scheduling.text import clean, without_controls
from tests.property.scheduling.strategies import words


@given(words(), st.booleans())
def test_clean_text_holds_no_control_and_no_header_code(text: str, lines: bool) -> None:
    kept = clean(text, lines=lines)

    assert not {unicodedata.category(char) for char in kept.replace("\n", "")} & {"Cc", "Cs", "Zl"}
    assert not {unicodedata.bidirectional(char) for char in kept} & {"LRE", "RLO", "LRI", "PDI"}
    assert "=?" not in kept
    assert lines or "\n" not in kept
    assert unicodedata.is_normalized("NFC", kept)


@given(words(), st.booleans())
def test_cleaning_what_is_clean_changes_nothing(text: str, lines: bool) -> None:
    kept = clean(text, lines=lines)

    assert kept == clean(kept, lines=lines)


@given(words())
def test_clean_text_passes_the_second_filter_untouched(text: str) -> None:
    assert clean(text) == without_controls(clean(text))


@given(words(), st.booleans())
def test_clean_text_can_always_be_written_down(text: str, lines: bool) -> None:
    assert clean(text, lines=lines).encode("utf-8").decode("utf-8") == clean(text, lines=lines)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"])))
def test_letters_and_digits_are_only_composed(text: str) -> None:
    assert unicodedata.normalize("NFC", text) == clean(text)
