"""The shape of the house: who imports whom, and that nothing points outside the repository."""

import re
import subprocess
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).parent.parent
# Written in two halves, so that this file does not find itself.
OUTSIDE = [
    r"(?:files\.python" + r"hosted|pypi)\.org",
    r"--(?:extra-)?(?:index|find)" + r"-(?:url|links)[ =]\S",
    r"/(?:ro" + r"ot|ho" + r"me/\w+|Us" + r"ers/\w+)/",
    r"/(?:wo" + r"rk|opt/wh" + r"eels|tmp/(?:plan|bash_jobs))\b",
]


def test_imports_keep_to_the_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert cli.EXIT_STATUS_SUCCESS == cli.lint_imports(no_cache=True)


@pytest.mark.parametrize("pattern", OUTSIDE)
def test_no_file_names_a_registry_or_a_place_on_one_machine(pattern: str) -> None:
    found = [
        f"{path}:{number}"
        for path in tracked_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if re.search(pattern, line)
    ]

    assert [] == found


def tracked_files() -> list[Path]:
    """List the files git keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name]


def text_of(path: Path) -> str:
    """Read a file as text; nothing for one that is binary or deleted but not yet committed."""
    whole = ROOT / path
    content = whole.read_bytes() if whole.is_file() else b""
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")
