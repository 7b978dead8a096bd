"""Feeds kept in memory: under their version, no more than allowed; and what "not modified" goes by."""

from datetime import date

import pytest

from service.web.pages.feeds.serving import is_known
from service.web.shelf import Mark, Shelf, Written

TODAY = date(2027, 1, 12)
ETAG = '"0123456789abcdef"'


def mark(feed: str, version: int = 1) -> Mark:
    """Mark a feed of today."""
    return Mark(feed, version, TODAY)


def test_what_is_kept_is_found_under_its_version_alone() -> None:
    shelf, written = Shelf(), Written.of(b"text")

    shelf.put(mark("ada"), written)

    assert written is shelf.take(mark("ada"))
    assert shelf.take(mark("ada", version=2)) is None
    assert shelf.take(Mark("ada", 1, date(2027, 1, 13))) is None


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    shelf = Shelf(most_bytes=10)
    for name in ("ada", "ben"):
        shelf.put(mark(name), Written.of(b"12345"))
    shelf.take(mark("ada"))
    shelf.put(mark("ada"), Written.of(b"54321"))

    shelf.put(mark("cleo"), Written.of(b"12345"))

    assert shelf.take(mark("ben")) is None
    assert shelf.take(mark("ada")) is not None and shelf.take(mark("cleo")) is not None


def test_a_feed_larger_than_the_shelf_is_not_kept() -> None:
    shelf = Shelf(most_bytes=10)

    shelf.put(mark("ada"), Written.of(b"x" * 11))

    assert shelf.take(mark("ada")) is None


def test_the_same_bytes_have_the_same_name_and_others_another() -> None:
    assert Written.of(b"one").etag == Written.of(b"one").etag != Written.of(b"two").etag


@pytest.mark.parametrize("given", [ETAG, f"W/{ETAG}", f'"other", W/{ETAG}', "*", f" {ETAG} "])
def test_a_program_that_has_these_bytes_is_known(given: str) -> None:
    assert is_known(given, ETAG)


@pytest.mark.parametrize("given", ["", '"other"', ETAG.strip('"'), '"*"', ETAG.upper()])
def test_any_other_program_is_not(given: str) -> None:
    assert not is_known(given, ETAG)
