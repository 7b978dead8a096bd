"""Numbers are grouped for the ear, names keep their direction."""

import pytest

from service.outbound.numbers import isolated, names_words, phone_words, pin_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+441632960123", "01632 960 123"),
        ("01632960123", "01632 960 123"),
        ("07700900123", "07700 900 123"),
        ("02079460123", "020 7946 0123"),
        ("01134960123", "0113 496 0123"),
        ("01214960123", "0121 496 0123"),
        ("08081570123", "0808 157 0123"),
        ("03069990123", "0306 999 0123"),
        ("01632 960123", "01632 960 123"),
        ("+353 20 912 3456", "+353 20 912 3456"),
        ("+353209123456", "+353209123456"),
        ("ask for Ben", "ask for Ben"),
        ("", ""),
    ],
)
def test_a_phone_number_is_grouped_as_it_is_said(number: str, words: str) -> None:
    assert words == phone_words(number)


@pytest.mark.parametrize(
    ("pin", "words"),
    [("123456", "123 456"), ("1234", "1234"), ("1234567", "123 4567"), ("12", "12"), ("", "")],
)
def test_a_pin_is_grouped_in_threes(pin: str, words: str) -> None:
    assert words == pin_words(pin)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), ""),
        (("Ada",), "Ada"),
        (("Ada", "Ben"), "Ada and Ben"),
        (("Ada", "Ben", "Cleo"), "Ada, Ben and Cleo"),
    ],
)
def test_names_are_listed_as_people_do(names: tuple[str, ...], words: str) -> None:
    assert words == names_words(names)


def test_only_a_name_from_right_to_left_is_set_apart() -> None:
    assert isolated("Zoë") == "Zoë"
    assert isolated("نور") == "\u2068نور\u2069"
