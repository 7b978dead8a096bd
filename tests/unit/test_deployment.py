"""The container files: they set only settings that exist, and name the version of what they use."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.config import PREFIX, Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile"])
def test_every_variable_is_a_setting(file: str) -> None:
    used = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", (ROOT / file).read_text("utf-8")))

    assert used
    assert used <= KNOWN | {f"{name}_FILE" for name in KNOWN}


def test_there_is_a_service_a_worker_a_database_and_a_mail_catcher() -> None:
    assert {"service", "worker", "database", "mail"} <= set(SERVICES)


def test_all_that_stays_up_has_a_health_check() -> None:
    lasting = [name for name, one in SERVICES.items() if one["restart"] != "no"]

    assert [] == [name for name in lasting if "healthcheck" not in SERVICES[name]]


def test_every_image_names_its_version() -> None:
    images = [one["image"] for one in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert [] == [name for name in images if not re.search(r":v?\d+\.\d+", name)]


def test_no_password_stands_in_the_compose_file() -> None:
    settings = [str(one.get("environment", {})) for one in SERVICES.values()]

    assert not re.search(r"://[^/'@]+@|PASSWORD'", " ".join(settings))
