"""docker-compose.yml as the tests read it, and the secrets that `make secrets` makes for it."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "files"
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
JITSI = ("web", "prosody", "jicofo", "jvb", "jigasi")


def made_in(folder: Path) -> Path:
    """Make the secrets in a copy of what the compose file needs; give their folder."""
    for name in ("Makefile", "docker-compose.yml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(FILES, folder / "docs" / "files")
    make_secrets(folder)
    return folder / "secrets"


def make_secrets(folder: Path) -> None:
    """Run `make secrets` there."""
    subprocess.run(["make", "--silent", "secrets"], cwd=folder, check=True, timeout=30)


def env_files(name: str) -> list[str]:
    """Name the files a container gets variables from."""
    files = SERVICES[name].get("env_file", [])
    return [files] if isinstance(files, str) else files


def given_by_files(name: str, made: Path) -> dict[str, str]:
    """Give the variables a container gets from the files that `make secrets` made."""
    text = "".join((made.parent / file).read_text("utf-8") for file in env_files(name))
    return dict(line.split("=", 1) for line in text.splitlines())


def lua(name: str) -> str:
    """Give a Lua file of ours without its comments."""
    return re.sub(r"--.*", "", (FILES / name).read_text("utf-8"))
