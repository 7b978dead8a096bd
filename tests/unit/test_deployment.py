"""The container files: they set only what exists, and open no more than people need."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.config import PREFIX, Settings
from tests.compose import (
    COMPOSE,
    FILES,
    JITSI,
    ROOT,
    SERVICES,
    TEXT,
    env_files,
    made_in,
    make_secrets,
)

KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
#: Said by a person in .env, and each with something that works without.
ASKED = {"MANYWAYS_PUBLIC_URL", "MEET_URL", "SERVER_IP", "DIAL_IN_NUMBER"}


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile"])
def test_every_variable_is_a_setting(file: str) -> None:
    used = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", (ROOT / file).read_text("utf-8")))

    assert used
    assert used <= KNOWN | {f"{name}_FILE" for name in KNOWN}


def test_there_is_a_service_a_worker_a_database_and_a_mail_catcher() -> None:
    plain = {name for name, one in SERVICES.items() if "profiles" not in one}

    assert plain == {"migrate", "service", "worker", "database", "mail"}


def test_rooms_phone_and_https_come_only_when_asked_for() -> None:
    profiles = {name: one.get("profiles") for name, one in SERVICES.items()}

    assert [["jitsi"]] * 4 == [profiles[name] for name in ("web", "prosody", "jicofo", "jvb")]
    assert ["phone"] == profiles["jigasi"]
    assert ["https"] == profiles["caddy"]


def test_all_that_stays_up_has_a_health_check() -> None:
    lasting = [name for name, one in SERVICES.items() if one["restart"] != "no"]

    assert [] == [name for name in lasting if "healthcheck" not in SERVICES[name]]


def test_every_image_names_its_version() -> None:
    images = [one["image"] for one in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert [] == [name for name in images if not re.search(r":(v?\d+\.\d+|stable-\d+)", name)]


def test_no_password_stands_in_the_compose_file() -> None:
    settings = [str(one.get("environment", {})) for one in SERVICES.values()]

    assert not re.search(r"://[^/'@]+@|(PASSWORD|SECRET|BEARER)'", " ".join(settings))


def test_secrets_are_long_and_stay_as_they_are(made: Path) -> None:
    before = {each.name: each.read_text("utf-8") for each in made.iterdir()}

    make_secrets(made.parent)

    assert before == {each.name: each.read_text("utf-8") for each in made.iterdir()}
    assert {64} == {
        len(value) for name, value in before.items() if "." not in name and "_url" not in name
    }
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_every_secret_that_is_handed_out_is_made(made: Path) -> None:
    files = {f"secrets/{each.name}" for each in made.iterdir()}
    handed = {each["file"] for each in COMPOSE["secrets"].values()}
    handed |= {file for name in JITSI for file in env_files(name)}

    assert handed <= files


def test_only_what_people_need_is_open_to_the_world() -> None:
    open_ports = {
        name: [port for port in one.get("ports", []) if not port.startswith("127.0.0.1:")]
        for name, one in SERVICES.items()
    }

    assert {name: ports for name, ports in open_ports.items() if ports} == {
        "caddy": ["80:80", "443:443", "443:443/udp"],
        "jvb": ["10000:10000/udp"],
        "jigasi": ["20000-20050:20000-20050/udp"],
    }


def test_only_the_web_server_in_front_is_believed_about_who_asks() -> None:
    address = SERVICES["caddy"]["networks"]["front"]["ipv4_address"]

    assert f"{address}/32" == SERVICES["service"]["environment"]["MANYWAYS_TRUSTED_PROXIES"]


def test_the_web_server_in_front_leads_to_services_that_are_there() -> None:
    caddy = (FILES / "Caddyfile").read_text("utf-8")
    targets = dict(re.findall(r"reverse_proxy (\S+):(\d+)", caddy))

    assert {"service": "8080", "web": "8000"} == targets
    assert set(re.findall(r"{\$(\w+)}", caddy)) == set(SERVICES["caddy"]["environment"])
    assert all("front" in SERVICES[name]["networks"] for name in targets)
    assert 1 == SERVICES["web"]["environment"]["DISABLE_HTTPS"]


def test_files_that_are_mounted_are_there() -> None:
    mounted = re.findall(r"- \./(\S+?):", TEXT)

    assert mounted
    assert [] == [file for file in mounted if not (ROOT / file).is_file()]


def test_what_is_asked_of_a_person_has_something_that_works_without() -> None:
    asked = set(re.findall(r"\${(\w+):-[^}]*}", TEXT))

    assert set(re.findall(r"\${(\w+)", TEXT)) == asked
    assert asked == ASKED


def test_docker_reads_the_file_as_we_do(made: Path) -> None:
    """Docker itself reads it wherever its compose plug-in works; where not, our own reading stands."""
    read = _read_by_docker(made.parent) or _read_by_us()

    assert set(SERVICES) == set(read)
    assert "http://localhost:8080/phone/mapper" == read["web"]["environment"]["CONFCODE_URL"]
    assert read["prosody"]["environment"]["XMPP_CONFIGURATION"].startswith(
        "reservations_api_prefix"
    )


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Make the secrets; give their folder."""
    return made_in(tmp_path)


def _read_by_docker(folder: Path) -> dict[str, Any]:
    """Let Docker read the file; nothing where it, or its compose plug-in, is not there."""
    if shutil.which("docker") is None:
        return {}
    compose = ["docker", "compose"]
    asked = subprocess.run([*compose, "version"], capture_output=True, check=False, timeout=30)
    if asked.returncode:
        return {}
    profiles = [f"--profile={name}" for name in ("jitsi", "phone", "https")]
    done = subprocess.run(
        [*compose, *profiles, "config", "--format=json"],
        cwd=folder,
        capture_output=True,
        check=True,
        timeout=180,
    )
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def _read_by_us() -> dict[str, Any]:
    """Put in what stands for variables that nobody set, and read the file as YAML."""
    found: dict[str, Any] = yaml.safe_load(re.sub(r"\${\w+:-([^}]*)}", r"\1", TEXT))["services"]
    return found
