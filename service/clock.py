"""The one place that knows what time it is. Everything else is handed `now`.

A demonstration may be moved to another time by a clock file, for all its processes at once: the
file holds one ISO instant, and time moves on from there, counted from when the file was written.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.errors import ServiceError


class ClockError(ServiceError):
    """The clock cannot say what time it is."""

    code = "clock"


class ClockRefused(ClockError):
    """A clock file was named for a database that is not a demonstration."""

    code = "clock-refused"

    def __init__(self) -> None:
        super().__init__("MANYWAYS_CLOCK_FILE is for demonstrations only; unset it")


class BadClockFile(ClockError):
    """The clock file does not hold one instant with its zone."""

    code = "clock-file"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} must hold one instant such as 2027-01-12T09:00:00+00:00")
        self.path = path


class Clock:
    """Tell the time: the true one, or a demonstration's."""

    def __init__(self, path: Path | None = None, *, is_demonstration: bool = False) -> None:
        """Follow the clock file at `path`; refuse it outside a demonstration."""
        if path is not None and not is_demonstration:
            raise ClockRefused
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Give the present instant, aware and in UTC."""
        true = datetime.now(UTC)
        return true if self._path is None else true + self._moved_by(self._path)

    def _moved_by(self, path: Path) -> timedelta:
        """Give how far the file moves time; nothing while there is no file."""
        try:
            state = path.stat()
        except FileNotFoundError:
            return timedelta()
        mark = (state.st_ino, state.st_mtime_ns)
        if mark != self._seen:
            written = datetime.fromtimestamp(state.st_mtime, UTC)
            self._ahead, self._seen = read_instant(path) - written, mark
        return self._ahead


def read_instant(path: Path) -> datetime:
    """Read the instant in a clock file; raise BadClockFile if it holds anything else."""
    try:
        instant = datetime.fromisoformat(path.read_text("utf-8").strip())
    except ValueError as error:
        raise BadClockFile(path) from error
    if instant.tzinfo is None:
        raise BadClockFile(path)
    return instant.astimezone(UTC)


def set_clock_file(path: Path, at: datetime) -> None:
    """Make it `at` now for every process that follows the file, in one step."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(at.astimezone(UTC).isoformat(), "utf-8")
    draft.replace(path)
