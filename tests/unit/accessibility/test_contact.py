"""The two needs that keep somebody safe are found whatever else was asked for."""

from accessibility.contact import apart_from, must_be_kept_apart, must_not_send_automatically
from accessibility.needs import Need, Strength

LOOP = Need("COM-LOOP", Strength.MUST)
SAFE = Need("SAF-CONTACT", Strength.PREFER, {"channels": "call"})
APART = Need("SAF-APART", Strength.MUST, {"other_person": "Dov"})


def test_a_safe_contact_rule_stops_automatic_messages_however_strong() -> None:
    assert must_not_send_automatically([LOOP, SAFE])
    assert not must_not_send_automatically([LOOP, APART])
    assert not must_not_send_automatically([])


def test_everyone_a_person_must_not_meet_is_listed() -> None:
    second = Need("SAF-APART", Strength.PREFER, {"other_person": "Ben"})

    assert {"Dov", "Ben"} == apart_from([APART, LOOP, second])
    assert frozenset() == apart_from([LOOP, SAFE])


def test_a_keep_apart_need_without_a_name_still_needs_a_human() -> None:
    unnamed = Need("SAF-APART", Strength.MUST)

    assert frozenset() == apart_from([unnamed])
    assert must_be_kept_apart([unnamed])
    assert not must_be_kept_apart([LOOP, SAFE])
