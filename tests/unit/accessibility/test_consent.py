"""A consent holds for its own purpose, for a year, until it is taken back; the last act counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accessibility.consent import (
    WORDINGS,
    BrokenConsent,
    ConsentChannel,
    ConsentRecord,
    Purpose,
    Wording,
    allows,
    give,
)

GIVEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def given(purpose: Purpose = Purpose.KEEP, at: datetime = GIVEN) -> ConsentRecord:
    """Agree to a purpose on the web."""
    return give(purpose, at=at, channel=ConsentChannel.WEB)


def test_nothing_is_allowed_before_anybody_agreed() -> None:
    assert not any(allows([], purpose, GIVEN) for purpose in Purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_consent_holds_for_its_own_purpose_only(purpose: Purpose) -> None:
    records = [given(purpose)]

    assert {purpose} == {other for other in Purpose if allows(records, other, GIVEN)}


def test_a_consent_ends_after_twelve_months() -> None:
    end = datetime(2027, 11, 20, 9, 30, tzinfo=UTC)

    assert allows([given()], Purpose.KEEP, end - timedelta(microseconds=1))
    assert not allows([given()], Purpose.KEEP, end)


def test_a_consent_of_29_february_ends_on_the_28th() -> None:
    record = given(at=datetime(2028, 2, 29, 9, tzinfo=UTC))

    assert datetime(2029, 2, 28, 9, tzinfo=UTC) == record.expires_at


def test_a_consent_does_not_hold_before_it_is_given() -> None:
    assert not allows([given()], Purpose.KEEP, GIVEN - DAY)


def test_taking_back_works_at_once() -> None:
    record = replace(given(), withdrawn_at=GIVEN + DAY)

    assert allows([record], Purpose.KEEP, GIVEN + DAY - timedelta(seconds=1))
    assert not allows([record], Purpose.KEEP, GIVEN + DAY)


def test_taking_back_one_record_takes_back_every_earlier_one() -> None:
    records = [given(), replace(given(at=GIVEN + DAY), withdrawn_at=GIVEN + 2 * DAY)]

    assert not allows(records, Purpose.KEEP, GIVEN + 3 * DAY)


def test_agreeing_again_after_taking_back_holds() -> None:
    records = [replace(given(), withdrawn_at=GIVEN + DAY), given(at=GIVEN + 2 * DAY)]

    assert allows(records, Purpose.KEEP, GIVEN + 3 * DAY)


def test_taking_back_one_purpose_leaves_the_others() -> None:
    records = [replace(given(), withdrawn_at=GIVEN + DAY), given(Purpose.COUNTS)]

    assert allows(records, Purpose.COUNTS, GIVEN + 2 * DAY)


def test_a_record_says_who_took_it_and_under_which_words() -> None:
    record = give(Purpose.COUNTS, at=GIVEN, channel=ConsentChannel.PHONE, taken_by="Cleo")
    words = WORDINGS[Purpose.COUNTS]

    assert ("Cleo", ConsentChannel.PHONE) == (record.taken_by, record.channel)
    assert (words.version, words.hash) == (record.wording_version, record.wording_hash)


def test_every_purpose_has_its_own_words() -> None:
    assert set(Purpose) == set(WORDINGS)
    assert len(Purpose) == len({wording.hash for wording in WORDINGS.values()})
    assert all(purpose is wording.purpose for purpose, wording in WORDINGS.items())


def test_words_in_use_are_never_changed_without_a_new_version() -> None:
    known = {purpose: (wording.version, wording.hash[:12]) for purpose, wording in WORDINGS.items()}

    assert {
        Purpose.KEEP: ("2026-11-20", "41396e382837"),
        Purpose.SHARE_ACTIONS: ("2026-11-20", "78c335cb5194"),
        Purpose.SHARE_SUPPLIER: ("2026-11-20", "88650d8bdd4b"),
        Purpose.COUNTS: ("2026-11-20", "b74ce383bfc5"),
    } == known


def test_other_words_have_another_fingerprint() -> None:
    wording = WORDINGS[Purpose.KEEP]

    assert wording.hash == Wording(Purpose.KEEP, wording.version, wording.text).hash
    assert wording.hash != replace(wording, text=wording.text + " ").hash


@pytest.mark.parametrize(
    ("given_at", "withdrawn_at"),
    [
        (GIVEN.replace(tzinfo=None), None),
        (GIVEN, (GIVEN + DAY).replace(tzinfo=None)),
        (GIVEN, GIVEN - DAY),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(
    given_at: datetime, withdrawn_at: datetime | None
) -> None:
    with pytest.raises(BrokenConsent):
        replace(given(), given_at=given_at, withdrawn_at=withdrawn_at)
