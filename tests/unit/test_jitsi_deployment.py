"""Jitsi in the compose file: what it is told, what it asks us, and that both sides share their secrets."""

import re
import tomllib
from collections.abc import Iterable
from inspect import signature
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scheduling.online import ServerKind
from service.actions.servers import USUAL
from service.cli.joining_jitsi import SWITCHED_ON, join
from service.rooms.lines import JitsiSide, blocks
from service.web.routes import ROUTES
from tests.compose import JITSI, ROOT, SERVICES, TEXT, given_by_files, lua, made_in

#: What the makers of Jitsi's containers document; see the file.
DOCUMENTED = {
    name: set(words.split())
    for name, words in tomllib.loads(
        (ROOT / "tests/fixtures/docker_jitsi_meet.toml").read_text("utf-8")
    ).items()
}
#: Read by our own Lua, in Prosody's environment.
OURS = {"ROOMS_BEARER"}
HERE = "manyways.meet.jitsi"


def test_the_parts_of_jitsi_are_one_release() -> None:
    assert 1 == len({SERVICES[name]["image"].partition(":")[2] for name in JITSI})


@pytest.mark.parametrize("name", JITSI)
def test_jitsi_is_told_only_what_it_listens_to(name: str, made: Path) -> None:
    told = set(SERVICES[name]["environment"]) | set(given_by_files(name, made))

    assert told <= DOCUMENTED[name] | (OURS if name == "prosody" else set())


def test_prosody_loads_modules_of_its_image_with_their_own_options() -> None:
    told = SERVICES["prosody"]["environment"]
    modules = f"{told['XMPP_MODULES']},{told['XMPP_MUC_MODULES']}".split(",")

    assert set(modules) <= DOCUMENTED["modules"]
    assert _options(told["XMPP_CONFIGURATION"]) <= DOCUMENTED["reservations"]
    assert _options(lua("events.cfg.lua")) <= DOCUMENTED["event_sync"]


def test_no_value_of_prosodys_configuration_has_a_comma() -> None:
    """Its image splits the variable at commas and writes each part on a line of its own."""
    parts = SERVICES["prosody"]["environment"]["XMPP_CONFIGURATION"].split(",")

    assert [1] * len(parts) == [len(_options(part)) for part in parts]
    assert all(part.count("{") == part.count("}") for part in parts)


def test_only_a_token_makes_a_moderator() -> None:
    prosody, jicofo = SERVICES["prosody"]["environment"], SERVICES["jicofo"]["environment"]

    assert "token_affiliation" in prosody["XMPP_MUC_MODULES"].split(",")
    assert (0, 0) == (jicofo["ENABLE_AUTO_OWNER"], jicofo["JICOFO_ENABLE_AUTH"])
    assert 1 == prosody["WAIT_FOR_HOST_DISABLE_AUTO_OWNERS"]


def test_nobody_comes_in_without_a_token_and_no_room_opens_unasked() -> None:
    prosody = SERVICES["prosody"]["environment"]

    assert {0} == {SERVICES[name]["environment"].get("ENABLE_GUESTS", 0) for name in JITSI}
    assert (1, "jwt", 0) == tuple(
        prosody[name] for name in ("ENABLE_AUTH", "AUTH_TYPE", "JWT_ALLOW_EMPTY")
    )
    # By XMPP_MODULES a guest domain would be asked about too; by the image's own switch it would not.
    assert "reservations" in prosody["XMPP_MODULES"].split(",")
    assert "PROSODY_RESERVATION_ENABLED" not in prosody
    assert 0 < prosody["MAX_PARTICIPANTS"]


def test_prosody_reaches_the_service_by_a_name_with_a_dot() -> None:
    prefixes = {*_addresses("reservations_api_prefix"), *_addresses("api_prefix")}

    assert HERE in SERVICES["service"]["networks"]["meet.jitsi"]["aliases"]
    assert {f"http://{HERE}:8080/jitsi/meet"} == prefixes
    assert "." in HERE


def test_what_jitsi_asks_for_are_addresses_of_ours() -> None:
    (prefix,) = {urlsplit(each).path for each in _addresses("reservations_api_prefix")}
    events = ("room/created", "room/destroyed", "occupant/joined", "occupant/left")
    web = SERVICES["web"]["environment"]
    keys = re.search(rf"http://{HERE}:8080(/\S+/keys)", TEXT)

    assert keys
    assert [] == _unknown("POST", [f"{prefix}/conference"])
    assert [] == _unknown("GET", [f"{prefix}/conference/abc"])
    assert [] == _unknown("DELETE", [f"{prefix}/conference/abc"])
    assert [] == _unknown("POST", [f"{prefix}/events/{each}" for each in events])
    assert [] == _unknown("GET", [f"{keys[1]}/{'0' * 64}.pem"])
    assert [] == _unknown(
        "GET", [_path(web[name]) for name in ("DIALIN_NUMBERS_URL", "CONFCODE_URL")]
    )


def test_the_guided_page_says_the_same() -> None:
    """What `docker-compose.yml` tells Jitsi is what the page tells whoever runs another server."""
    side = JitsiSide(
        kind=ServerKind.HS256,
        slug="meet",
        url="https://meet.example.org",
        app_id=USUAL.app_id,
        audience=USUAL.audience,
        muc_domain=USUAL.muc_domain,
        abilities=SWITCHED_ON,
        our_url=f"http://{HERE}:8080",
    )
    settings, events, plugin = (each.text for each in blocks(side))
    shown = dict(line.split("=", 1) for line in settings.splitlines())
    told = {key: value for name in JITSI for key, value in SERVICES[name]["environment"].items()}
    differ = {"PUBLIC_URL", "JWT_APP_SECRET", "MAX_PARTICIPANTS", "XMPP_CONFIGURATION"}

    assert {key: str(told[key]) for key in shown.keys() - differ} == {
        key: shown[key] for key in shown.keys() - differ
    }
    assert _options(shown["XMPP_CONFIGURATION"]) == _options(told["XMPP_CONFIGURATION"])
    assert _options(events) <= _options(lua("events.cfg.lua"))
    assert plugin == lua("mod_event_sync_component.lua").strip()


def test_the_service_is_told_of_the_server_by_a_command_that_exists() -> None:
    command = SERVICES["join"]["command"]
    known = {f"--{name}" for name in signature(join).parameters}

    assert ["manyways", "jitsi", "join", "meet"] == command[:4]
    assert {option.partition("=")[0] for option in command[4:]} <= known


def test_jitsi_and_the_service_share_their_secrets(made: Path) -> None:
    told = given_by_files("prosody", made)

    assert (made / "jitsi_tokens").read_text("utf-8") == told["JWT_APP_SECRET"]
    assert (made / "jitsi_bearer").read_text("utf-8") == told["ROOMS_BEARER"]
    for name in ("jicofo", "jvb", "jigasi"):
        given = given_by_files(name, made)
        shared = {key for key in given if not key.startswith("JIGASI_SIP_")}
        assert 1 == len(shared)
        assert {told[key] for key in shared} == {given[key] for key in shared}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Make the secrets; give their folder."""
    return made_in(tmp_path)


def _options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\]\w])(\w+) = ", text))


def _addresses(option: str) -> set[str]:
    text = SERVICES["prosody"]["environment"]["XMPP_CONFIGURATION"] + lua("events.cfg.lua")
    return set(re.findall(rf'\b{option} = "([^"]+)"', text))


def _path(url: str) -> str:
    """Give the path of an address whose beginning is a variable."""
    return urlsplit(re.sub(r"^\${\w+:-([^}]*)}", r"\1", url)).path


def _unknown(method: str, paths: Iterable[str]) -> list[str]:
    """List the paths that no route of ours answers."""
    patterns = [
        re.sub(r"\\{\w+(:.*?)?\\}", "[^/]+", re.escape(route.path))
        for route in ROUTES
        if route.method == method
    ]
    return [path for path in paths if not any(re.fullmatch(each, path) for each in patterns)]
