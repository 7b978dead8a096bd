"""The yearly rule of a time zone, and a digest of its data, read from the files that Python itself uses."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH

from scheduling.ical.zones import posix_rule
from scheduling.time import UnknownZone, zone_named


@lru_cache(maxsize=64)
def zone_rule(zone: str) -> str:
    """Give the POSIX rule of a zone, for `SessionFacts`; raise UnknownZone.

    The zone is looked up by its name first, so that only names of zones ever become paths.
    """
    return posix_rule(_zone_file(zone))


@lru_cache(maxsize=64)
def zone_digest(zone: str) -> str:
    """Give a digest of all that is known of a zone: another one, if anything is different."""
    return hashlib.sha256(_zone_file(zone)).hexdigest()[:16]


def _zone_file(zone: str) -> bytes:
    name = zone_named(zone).key
    for folder in (*map(Path, TZPATH), files("tzdata") / "zoneinfo"):
        found = folder.joinpath(*name.split("/"))
        if found.is_file():
            return found.read_bytes()
    raise UnknownZone(zone)
