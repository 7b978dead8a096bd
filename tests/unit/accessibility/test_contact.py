"""The two needs that keep somebody safe are found whatever else was asked for."""

from accessibility.contact import must_be_kept_apart, must_not_send_automatically


def test_a_safe_contact_rule_stops_automatic_messages() -> None:
    assert must_not_send_automatically(["COM-LOOP", "SAF-CONTACT"])
    assert not must_not_send_automatically(["COM-LOOP", "SAF-APART"])
    assert not must_not_send_automatically([])


def test_a_keep_apart_need_needs_a_human() -> None:
    assert must_be_kept_apart(["COM-LOOP", "SAF-APART"])
    assert not must_be_kept_apart(["COM-LOOP", "SAF-CONTACT"])
