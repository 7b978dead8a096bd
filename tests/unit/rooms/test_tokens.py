"""Tokens: what every one of them says, and what none may ever say, held against recordings of real servers."""

import hashlib
import json
import re
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from scheduling.online import Ability, ServerKind
from scheduling.text import BIDI_CONTROLS
from service.rooms.names import BadRoom
from service.rooms.server import PublicKey, Server, SigningKey
from service.rooms.tokens import (
    LEEWAY,
    VALID_AFTER,
    VALID_BEFORE,
    Entrant,
    claims_for,
    token_for,
    with_private_key,
    with_shared_secret,
)
from tests.people import NOW
from tests.prosody_tokens import Prosody

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jitsi"
SECRET = b"a secret of at least thirty-two bytes"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ROOM, ENDS_AT = "room-4f1c", NOW + timedelta(hours=2)
ADA = Entrant("h0197", "Ada", is_host=True)
CLEO = Entrant("0198", "Cleo")

HS256 = Server(
    UUID(int=1),
    "meet",
    1,
    ServerKind.HS256,
    "https://meet.example.org",
    app_id="hub",
    audience="jitsi",
    muc_domain="muc.meet.example.org",
    signing=SigningKey("key-1", SECRET),
)
RS256 = replace(HS256, kind=ServerKind.RS256, signing=SigningKey("key-2", PRIVATE))
JAAS = replace(
    RS256,
    kind=ServerKind.JAAS,
    url="https://8x8.vc",
    app_id="vpaas-magic-cookie-1f",
    signing=SigningKey("7d3c", PRIVATE),
)
#: The settings each recording was made with.
SETTINGS = {
    "jwt_matrix": Prosody(SECRET),
    "audience.jwt_matrix": Prosody(SECRET, audiences=("jitsi",)),
    "domain_verification.jwt_matrix": Prosody(SECRET, checks_domain=True),
}
#: Seen in a recording, but not because of the token: nobody may open that room.
NOT_THE_TOKEN = "room-does-not-exist"


def signed(
    claims: dict[str, Any], *, secret: bytes = SECRET, alg: str = "HS256", typ: str = "JWT"
) -> str:
    """Sign claims as somebody might who is less careful than we are."""
    return jwt.encode(claims, secret, alg, headers={"typ": typ})


def good() -> dict[str, Any]:
    """Give the claims of a token of ours."""
    return claims_for(HS256, ROOM, CLEO, ends_at=ENDS_AT, now=NOW)


def but(**changed: Any) -> Callable[[], str]:
    """Make a token that says something else."""
    return lambda: signed({**good(), **changed})


def without(name: str) -> Callable[[], str]:
    """Make a token that leaves a claim out."""
    return lambda: signed({key: value for key, value in good().items() if key != name})


#: Every kind of token that was tried on a real server.
TRIED: dict[str, Callable[[], str]] = {
    "good": but(),
    "room in upper case": but(room=ROOM.upper()),
    "wildcard room": but(room="*"),
    "other room": but(room="another"),
    "no room claim": without("room"),
    "no sub": without("sub"),
    "sub is *": but(sub="*"),
    "sub is another host": but(sub="evil.example"),
    "no aud": without("aud"),
    "aud is a list": but(aud=["jitsi"]),
    "aud is anything": but(aud="anything"),
    "no iss": without("iss"),
    "other iss": but(iss="another"),
    "expired": but(exp=int(NOW.timestamp()) - 5),
    "no exp": without("exp"),
    "exp as text": but(exp=str(int(ENDS_AT.timestamp()))),
    "exp as float": but(exp=ENDS_AT.timestamp() + 0.5),
    "nbf in the future": but(nbf=int(NOW.timestamp()) + 60),
    "wrong secret": lambda: signed(good(), secret=SECRET[::-1]),
    "header without typ": lambda: signed(good(), typ=""),
    "HS512": lambda: signed(good(), secret=SECRET * 2, alg="HS512"),
    "room pattern": but(room="room-.*", context={"room": {"regex": True}}),
    "garbage": lambda: "garbage",
    "no token": str,
}


def recorded(name: str) -> dict[str, Any]:
    """Read what clients of a real server saw."""
    seen: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    answers: dict[str, Any] = seen["client_sees"]
    return answers


@pytest.mark.parametrize("name", SETTINGS)
def test_the_oracle_takes_and_refuses_what_a_real_server_did(name: str) -> None:
    seen = recorded(name)

    says = {what: SETTINGS[name].refusal(made(), ROOM, NOW) for what, made in TRIED.items()}

    assert seen.keys() == TRIED.keys()
    for what, answer in seen.items():
        if NOT_THE_TOKEN in answer.get("extra", ()):
            continue
        refusal = says[what]
        assert answer["ok"] == (refusal is None), what
        if not answer["ok"]:
            assert answer["text"].startswith(str(refusal)), what


def shapes(token: str, server: Server, room: str) -> set[str]:
    """Name every shape of the matrix that a token has and that is none of a good one."""
    head, claims = jwt.get_unverified_header(token), unverified(token)
    found = {
        "room in upper case": claims.get("room") != str(claims.get("room")).lower(),
        "wildcard room": "*" in str(claims.get("room")),
        "other room": claims.get("room") != room,
        "room pattern": "room" in claims["context"],
        "sub is *": claims.get("sub") == "*",
        "aud is a list": not isinstance(claims.get("aud"), str),
        "aud is anything": claims.get("aud") not in ("jitsi", server.audience),
        "other iss": claims.get("iss") not in ("chat", server.app_id),
        "exp as text": isinstance(claims.get("exp"), str),
        "exp as float": isinstance(claims.get("exp"), float),
        "nbf in the future": claims.get("nbf", 0) > NOW.timestamp(),
        "expired": claims.get("exp", 0) <= NOW.timestamp(),
        "header without typ": head.get("typ") != "JWT",
        "HS512": head.get("alg") not in ("HS256", "RS256"),
    }
    missing = {f"no {name}" for name in ("room", "sub", "aud", "iss", "exp") if name not in claims}
    return {name for name, has in found.items() if has} | missing


def unverified(token: str) -> dict[str, Any]:
    """Read what a token says."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


#: Those that a server takes from whoever bears them, although they are dangerous or wrong.
DANGEROUS = (
    *("room in upper case", "wildcard room", "sub is *", "aud is a list", "no exp", "exp as float"),
    *("room pattern", "aud is anything"),
)


@pytest.mark.parametrize("what", DANGEROUS)
def test_a_dangerous_shape_is_recognised(what: str) -> None:
    assert {name.removesuffix(" claim") for name in (what,)} <= shapes(TRIED[what](), HS256, ROOM)


ROOMS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)
NAMES = st.text(max_size=120)
IDS = st.text(string.hexdigits.lower(), min_size=1, max_size=33)
ENTRANTS = st.builds(Entrant, IDS, NAMES, is_host=st.booleans())
MINUTES = st.integers(min_value=-30, max_value=24 * 60)
ABILITIES = st.frozensets(st.sampled_from(Ability))


@given(ROOMS, ENTRANTS, MINUTES, ABILITIES)
def test_every_token_for_a_server_of_ours_is_taken_and_has_no_bad_shape(
    room: str, who: Entrant, minutes: int, abilities: frozenset[Ability]
) -> None:
    server = replace(HS256, abilities=abilities)

    token = token_for(server, room, who, ends_at=NOW + timedelta(minutes=minutes), now=NOW)

    assert [None] * 3 == [each.refusal(token, room, NOW) for each in SETTINGS.values()]
    assert set() == shapes(token, server, room)
    assert_texts(unverified(token)["context"]["user"])


@given(ROOMS, ENTRANTS, MINUTES, st.binary(min_size=32, max_size=80))
def test_a_token_with_a_shared_secret_is_what_pyjwt_would_write(
    room: str, who: Entrant, minutes: int, secret: bytes
) -> None:
    claims = claims_for(HS256, room, who, ends_at=NOW + timedelta(minutes=minutes), now=NOW)

    assert jwt.encode(claims, secret, "HS256") == with_shared_secret(claims, secret)


@given(ROOMS, ENTRANTS, MINUTES, st.text(string.printable, max_size=40))
def test_a_token_with_a_key_of_two_halves_is_what_pyjwt_would_write(
    room: str, who: Entrant, minutes: int, kid: str
) -> None:
    claims = claims_for(JAAS, room, who, ends_at=NOW + timedelta(minutes=minutes), now=NOW)

    theirs = jwt.encode(claims, PRIVATE, "RS256", headers={"kid": kid})

    assert theirs == with_private_key(claims, PRIVATE, kid=kid)


@given(ROOMS, ENTRANTS, MINUTES, st.sampled_from([RS256, JAAS]))
def test_every_token_with_a_key_of_two_halves_verifies_and_names_its_key(
    room: str, who: Entrant, minutes: int, server: Server
) -> None:
    token = token_for(server, room, who, ends_at=NOW + timedelta(minutes=minutes), now=NOW)

    claims = jwt.decode(
        token,
        PRIVATE.public_key(),
        ["RS256"],
        audience="jitsi",
        options={"verify_exp": False, "verify_nbf": False},
    )
    kid = jwt.get_unverified_header(token)["kid"]
    assert ("vpaas-magic-cookie-1f/7d3c" if server is JAAS else "key-2") == kid
    assert set() == shapes(token, server, room)
    assert_texts(claims["context"]["user"])


def assert_texts(user: dict[str, Any]) -> None:
    """Hold that a person is named in texts alone, and not by an address."""
    assert all(type(value) is str for key, value in user.items() if key != "lobby_bypass")
    assert user.get("lobby_bypass", True) is True
    assert user.keys() <= {"id", "name", "moderator", "affiliation", "lobby_bypass"}


def test_a_token_says_who_where_and_until_when() -> None:
    assert {
        "iss": "hub",
        "aud": "jitsi",
        "sub": "meet.example.org",
        "room": ROOM,
        "nbf": int(NOW.timestamp()) - 90,
        "exp": int(ENDS_AT.timestamp()) + 3600,
        "context": {
            "user": {"id": "0198", "name": "Cleo", "moderator": "false", "affiliation": "member"}
        },
    } == good()


def test_hosts_and_nobody_else_are_owners() -> None:
    host = claims_for(HS256, ROOM, ADA, ends_at=ENDS_AT, now=NOW)["context"]

    assert {
        "user": {"id": "h0197", "name": "Ada", "moderator": "true", "affiliation": "owner"}
    } == host


def test_hosts_go_past_the_lobby_where_there_is_one() -> None:
    server = replace(HS256, abilities=frozenset({Ability.LOBBY}))

    bypass = [
        "lobby_bypass" in str(claims_for(server, ROOM, who, ends_at=ENDS_AT, now=NOW))
        for who in (ADA, CLEO)
    ]

    assert [True, False] == bypass


def test_jaas_gets_its_own_claims() -> None:
    claims = unverified(token_for(JAAS, ROOM, ADA, ends_at=ENDS_AT, now=NOW))

    assert ("chat", "jitsi", "vpaas-magic-cookie-1f") == (
        claims["iss"],
        claims["aud"],
        claims["sub"],
    )
    assert {"id": "h0197", "name": "Ada", "moderator": "true"} == claims["context"]["user"]
    features = claims["context"]["features"]
    told_away = {"recording", "livestreaming", "transcription", "outbound-call", "file-upload"}
    assert dict.fromkeys(told_away, False) == {name: features[name] for name in told_away}


@pytest.mark.parametrize(
    ("server", "subject"),
    [
        (replace(HS256, subject="hub-tenant"), "hub-tenant"),
        (replace(HS256, subject="*", muc_domain="muc.meet.jitsi"), "meet.jitsi"),
        (replace(HS256, muc_domain="muc.meet.jitsi"), "meet.jitsi"),
        (replace(HS256, muc_domain=""), "meet.example.org"),
    ],
)
def test_the_subject_is_the_servers_own_and_never_any(server: Server, subject: str) -> None:
    assert subject == claims_for(server, ROOM, CLEO, ends_at=ENDS_AT, now=NOW)["sub"]


def test_without_an_audience_the_application_is_it() -> None:
    server = replace(HS256, audience="")

    assert "hub" == claims_for(server, ROOM, CLEO, ends_at=ENDS_AT, now=NOW)["aud"]


def test_the_key_that_signs_is_the_one_that_is_served() -> None:
    kid = jwt.get_unverified_header(token_for(RS256, ROOM, CLEO, ends_at=ENDS_AT, now=NOW))["kid"]

    assert f"{hashlib.sha256(kid.encode()).hexdigest()}.pem" == PublicKey("key-2", "pem").file


@pytest.mark.parametrize("room", ["*", ".*", "Room", "a/b", "", "a\n"])
def test_no_token_is_for_any_other_room_than_one(room: str) -> None:
    with pytest.raises(BadRoom):
        token_for(HS256, room, CLEO, ends_at=ENDS_AT, now=NOW)


@pytest.mark.parametrize(
    "server", [replace(HS256, kind=ServerKind.PLAIN), replace(HS256, signing=None)]
)
def test_nothing_is_signed_without_a_key(server: Server) -> None:
    with pytest.raises(BadRoom):
        token_for(server, ROOM, CLEO, ends_at=ENDS_AT, now=NOW)


#: E18: names as nobody should have them.
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Ada\u202eneB",
    "Ada\u2066\u2069\u200f",
    "Ada\x00\x1b[31m\x07",
    "Ada\r\nX-Admin: yes",
    "Ada\u2028\u2029",
    "{{7*7}}${7*7}",
    "null",
    '","moderator":"true","x":"',
    "\ud800",
    "Z" + "\u0300" * 500,
    "نورة",
)


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_name_is_text_in_a_token_and_nothing_else(name: str) -> None:
    token = token_for(HS256, ROOM, Entrant("1", name), ends_at=ENDS_AT, now=NOW)

    user = unverified(token)["context"]["user"]
    assert {"id": "1", "name": user["name"], "moderator": "false", "affiliation": "member"} == user
    assert not re.search(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{BIDI_CONTROLS}]", user["name"])
    assert len(user["name"]) <= 100
    assert re.fullmatch(r"[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+", token)


#: E9: how far a server's clock may be off, and what becomes of a token of now and of one an hour old.
def taken(
    seconds: float, *, made_at: datetime = NOW, valid_before: timedelta | None = None
) -> bool:
    """Tell whether a server whose clock is off by so much takes a token that was made at this time."""
    claims = claims_for(HS256, ROOM, CLEO, ends_at=ENDS_AT, now=made_at)
    if valid_before is not None:
        claims["nbf"] = int((made_at - valid_before).timestamp())
    server = Prosody(SECRET, clock_is_off_by=timedelta(seconds=seconds))
    return server.refusal(signed(claims), ROOM, NOW) is None


def test_a_clock_within_the_leeway_we_announce_takes_every_token() -> None:
    leeway = LEEWAY.total_seconds()

    assert leeway < VALID_BEFORE.total_seconds()
    assert all(taken(off) for off in (-leeway, -1, 0, 1, leeway, 300))


def test_a_clock_five_minutes_behind_refuses_and_says_why() -> None:
    server = Prosody(SECRET, clock_is_off_by=timedelta(minutes=-5))

    assert not taken(-300)
    assert "Not acceptable by nbf" == server.refusal(signed(good()), ROOM, NOW)


def test_our_own_clock_may_be_five_minutes_behind() -> None:
    assert taken(0, made_at=NOW - timedelta(minutes=5))


def test_a_token_lets_in_again_until_an_hour_after_the_end_and_no_longer() -> None:
    last = (ENDS_AT + VALID_AFTER - NOW).total_seconds()

    assert taken(last - 1)
    assert not taken(last)


def test_control_without_going_back_the_leeway_is_not_kept() -> None:
    assert not taken(-LEEWAY.total_seconds(), valid_before=timedelta())
