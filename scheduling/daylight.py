"""When the sun rises and sets at a spot on a day, by `astral`."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from astral import Observer
from astral.sun import elevation, noon, sunrise, sunset

from scheduling.time import in_utc, zone_named

#: The height of the sun's middle when its upper edge touches the horizon, air included (astral's own).
HORIZON = -0.833


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
