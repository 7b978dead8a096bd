"""The filter that every typed text passes."""

import pytest

from scheduling.text import clean, without_controls

UNTOUCHED = [
    "O’Brien",
    "O'Brien",
    "نور",
    "नूर",
    "👩🏽‍🦽 Mags",
    "Łukasz & Zoë",
    "=x ?",
    "1 < 2",
    "x" * 200,
]


@pytest.mark.parametrize("name", UNTOUCHED)
def test_names_of_all_scripts_stay_as_they_are(name: str) -> None:
    assert name == clean(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada \t", "Ada"),
        ("Ada\r\nBcc: evil@example.org", "Ada Bcc: evil@example.org"),
        ("a\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a b c d e f g h"),
        ("\n\n a \n\n b \n", "a b"),
        ("a\tb", "a b"),
        ("A\x00d\x07a\x1b[31m\x7f\x9b", "Ada[31m"),
        ("\u202eadA\u202c \u2066x\u2069\u200e\u200f\u061c", "adA x"),
        ("\ufeffAda\ud800", "Ada"),
        ("Zoe\u0308", "Zoë"),
        ("e\x00\u0301", "é"),
        (
            "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.example?=",
            "= ?utf-8?q?x=0D=0ABcc=3A_evil=40e.example?=",
        ),
        ("=\x00?utf-8", "= ?utf-8"),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_what_is_not_writing_is_taken_out(typed: str, kept: str) -> None:
    assert kept == clean(typed)


def test_lines_are_kept_if_wanted() -> None:
    assert "Bring a coat\n\nand =\n?" == clean(" Bring a coat \r\n\r\n and =\n? \n", lines=True)


def test_a_file_gets_no_controls_and_keeps_everything_else() -> None:
    assert " a b =? Zoe\u0308 " == without_controls(" a\rb\x00 =?\tZoe\u0308 ")
    assert "a\nb" == without_controls("a\r\nb\x0b", lines=True).rstrip("\n")
