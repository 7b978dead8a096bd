"""Mails of many programs, each read as it stands in the file beside it, which was read by a person."""

import pytest

from service.inbound.reading import read_mail
from tests.golden_replies import FOLDER, as_read, expected


def test_every_mail_has_its_file_and_every_file_its_mail() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.eml")) == sorted(expected())


@pytest.mark.parametrize("name", sorted(expected()))
def test_a_golden_mail_is_read_as_it_stands_beside_it(name: str) -> None:
    wanted = {key: value for key, value in expected()[name].items() if key != "outcome"}

    assert wanted == as_read(read_mail((FOLDER / f"{name}.eml").read_bytes()))


@pytest.mark.parametrize("name", ["outlook-classic-accepted", "google-accepted", "apple-accepted"])
def test_line_ends_do_not_matter(name: str) -> None:
    raw = (FOLDER / f"{name}.eml").read_bytes()
    wanted = as_read(read_mail(raw))

    assert wanted == as_read(read_mail(raw.replace(b"\r\n", b"\n")))


@pytest.mark.parametrize("name", sorted(expected()))
def test_a_mail_cut_anywhere_is_still_a_value(name: str) -> None:
    raw = (FOLDER / f"{name}.eml").read_bytes()
    for length in range(0, len(raw), max(1, len(raw) // 60)):
        cut = read_mail(raw[:length], is_cut=True)
        for event in as_read(cut).get("event", ()):
            # What is left of a name is never taken for the whole of it.
            assert event["uid"].endswith("@kiln.example.org")
