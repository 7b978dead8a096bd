"""When the sun rises and sets at a spot on a day, by `astral`."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from astral import Observer
from astral.sun import elevation, noon, sunrise, sunset

from scheduling.time import in_utc, zone_named

#: The height of the sun's middle when its upper edge touches the horizon, air included (astral's own).
HORIZON = -0.833
#: Where the name of a zone stands in its table, after the coordinates of its main town (ISO 6709).
NAME_COLUMN = 2
COORDINATES = re.compile(r"([+-]\d{4}(?:\d\d)?)([+-]\d{5}(?:\d\d)?)")
#: A longitude has three digits of degrees, a latitude two: so long are the two forms of it, with the sign.
LONGITUDES = (6, 8)


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot on the earth, in degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Daylight:
    """From when until when the sun is up on one day; neither where it does not rise or set that day."""

    rises_at: datetime | None
    sets_at: datetime | None
    is_up_at_noon: bool


@lru_cache(maxsize=8192)
def daylight(spot: Spot, day: date, zone: str) -> Daylight:
    """Give the daylight of a day of the zone's own calendar; near the poles it may last or be missing."""
    observer, tzinfo = Observer(spot.latitude, spot.longitude), zone_named(zone)
    try:
        rises = sunrise(observer, day, tzinfo=tzinfo)
        sets = sunset(observer, day, tzinfo=tzinfo)
    except ValueError:
        is_up = elevation(observer, noon(observer, day, tzinfo=tzinfo)) > HORIZON
        return Daylight(None, None, is_up_at_noon=is_up)
    return Daylight(in_utc(rises), in_utc(sets), is_up_at_noon=True)


def spot_in(table: str, zone: str) -> Spot | None:
    """Find a zone's main town in the text of tzdata's `zone1970.tab`: "GB, +513030-0000731, Europe/London"."""
    for line in table.splitlines():
        columns = line.split("\t")
        if len(columns) > NAME_COLUMN and columns[NAME_COLUMN] == zone:
            found = COORDINATES.fullmatch(columns[NAME_COLUMN - 1])
            return Spot(*map(_degrees, found.groups())) if found else None
    return None


def _degrees(text: str) -> float:
    """Read degrees, minutes and perhaps seconds, as ISO 6709 writes them: "-0000731" is
    7 minutes and 31 seconds west."""
    whole, rest = (3, text[4:]) if len(text) in LONGITUDES else (2, text[3:])
    minutes, seconds = int(rest[:2]), int(rest[2:] or 0)
    size = int(text[1 : whole + 1]) + minutes / 60 + seconds / 3600
    return -size if text[0] == "-" else size
