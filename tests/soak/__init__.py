"""What runs for minutes, by `make soak`: looks for mails that break the reader of replies."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Where a mail is kept that broke the reader.
FOUND = ROOT / "test-output" / "soak"
SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
