"""Signatures of JaaS: the cases that reproduce the vendor's own example, and what lies at their edges."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.rooms.server import Secret
from service.rooms.signatures import is_signed

FIXTURE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "jitsi" / "jaas-signature.json").read_text("utf-8")
)
BODY = FIXTURE["body"].encode()
GOOD = next(case["header"] for case in FIXTURE["cases"] if case["name"] == "good")
SIGNED_AT = datetime.fromtimestamp(1795154404, UTC)
SECRET = Secret(FIXTURE["secret"].encode())
OLD = Secret(b"whsec_old", SIGNED_AT + timedelta(hours=1))


def signed(secret: Secret, at: str = "1795154404") -> str:
    """Sign the body with another secret, or at another time."""
    made = hmac.new(secret.value, f"{at}.".encode() + BODY, hashlib.sha256).digest()
    return f"t={at},v1={base64.b64encode(made).decode()}"


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=lambda case: str(case["name"]))
def test_signatures_are_checked_as_jaas_makes_them(case: dict[str, Any]) -> None:
    now = datetime.fromtimestamp(case["valid_at"], UTC)

    assert case["expect"] is is_signed(case["header"], BODY, [SECRET], now)


@pytest.mark.parametrize(
    ("seconds", "is_good"), [(300, True), (300.001, False), (-300, True), (-300.001, False)]
)
def test_five_minutes_are_five_minutes(seconds: float, is_good: bool) -> None:
    assert is_good is is_signed(GOOD, BODY, [SECRET], SIGNED_AT + timedelta(seconds=seconds))


def test_old_and_new_secrets_are_good_until_the_old_one_ends() -> None:
    secrets = [SECRET, OLD]

    assert is_signed(signed(OLD), BODY, secrets, SIGNED_AT)
    assert is_signed(GOOD, BODY, secrets, SIGNED_AT)
    ended = signed(OLD, str(1795154404 + 3600))
    assert not is_signed(ended, BODY, secrets, SIGNED_AT + timedelta(hours=1))


def test_another_body_is_not_signed() -> None:
    assert not is_signed(GOOD, BODY.replace(b"Person 1", b"Person 2"), [SECRET], SIGNED_AT)
    assert not is_signed(GOOD, BODY + b" ", [SECRET], SIGNED_AT)


def test_without_secrets_nothing_is_signed() -> None:
    empty = Secret(b"")

    assert not is_signed(GOOD, BODY, [], SIGNED_AT)
    assert not is_signed(signed(empty), BODY, [empty], SIGNED_AT)


@pytest.mark.parametrize(
    "header",
    [
        ",,,",
        "t=,v1=",
        "t",
        "=",
        GOOD.replace("t=", "t= "),
        GOOD.replace("t=", "t=+"),
        GOOD.replace("1795154404", "1_795_154_404"),
        GOOD.replace("1795154404", "9" * 400),
        GOOD.replace("1795154404", "١٧٩٥١٥٤٤٠٤"),
        GOOD.replace("1795154404", "nan"),
        GOOD.replace("v1=", "v1=\udcff"),
        GOOD.replace("t=1795154404", "t=1795154404,t=1"),
        f"t=1795154404,{'v1=AAAA,' * 8}{GOOD.partition(',')[2]}",
    ],
)
def test_odd_headers_are_no_signatures(header: str) -> None:
    assert not is_signed(header, BODY, [SECRET], SIGNED_AT)


def test_spaces_after_commas_do_no_harm() -> None:
    assert is_signed(GOOD.replace(",", ", "), BODY, [SECRET], SIGNED_AT)
