"""What cannot be tested on a machine is never passed over in silence."""

import os
import subprocess
import sys

import pytest

ONE = "tests/browser/test_chromium.py::test_a_screen_is_as_wide_and_dark_as_asked"
OTHER = "tests/unit/test_clock.py::test_time_is_aware_and_true_without_a_file"


def run_without_chromium(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run two tests, one of which needs the Chromium that is not there."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, ONE, OTHER],
        env={**os.environ, "MANYWAYS_TEST_CHROMIUM": "/none", **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_missing_chromium_fails_and_names_the_package() -> None:
    done = run_without_chromium(ALLOW_PARTIAL="")

    assert pytest.ExitCode.TESTS_FAILED == done.returncode
    assert "install the package chromium" in done.stdout
    assert "1 passed, 1 error" in done.stdout.splitlines()[-1]


def test_a_partial_run_lists_what_was_left_out() -> None:
    done = run_without_chromium(ALLOW_PARTIAL="1")

    assert pytest.ExitCode.OK == done.returncode
    assert "left out" in done.stdout
    assert ONE in done.stdout.splitlines()
    assert "1 passed, 1 deselected" in done.stdout.splitlines()[-1]


def test_workers_list_what_was_left_out_too() -> None:
    done = run_without_chromium("--numprocesses=2", ALLOW_PARTIAL="1")

    assert pytest.ExitCode.OK == done.returncode
    assert 1 == done.stdout.splitlines().count(ONE)
    assert "1 passed" in done.stdout.splitlines()[-1]
