"""The yearly rule of a time zone, read from the zone files that Python itself uses."""

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
    name = zone_named(zone).key
    for folder in (*map(Path, TZPATH), files("tzdata") / "zoneinfo"):
        found = folder.joinpath(*name.split("/"))
        if found.is_file():
            return posix_rule(found.read_bytes())
    raise UnknownZone(zone)
