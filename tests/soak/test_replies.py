"""Ten minutes of coverage-guided fuzzing of the reader of mails (reliability E29)."""

import os
import subprocess
import sys

import pytest

from tests.soak import FOUND, SECONDS


@pytest.mark.soak
def test_no_mail_breaks_the_reader() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.replies"],
        env={**os.environ, "SOAK_SECONDS": str(SECONDS)},
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
        check=False,
    )

    assert 0 == done.returncode, f"see {FOUND}: {done.stderr[-2000:]}"
