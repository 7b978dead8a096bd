"""Things the organisation owns and lends, or brings to a session so that people can take part."""

from enum import StrEnum


class KitKind(StrEnum):
    """Say what a thing is."""

    TABLET = "tablet"
    PHONE = "phone"
    SIM = "sim"
    LOOP = "loop"
    AIR_FILTER = "air_filter"
    CO2_METER = "co2_meter"
    SPEAKERPHONE = "speakerphone"
    RAMP = "ramp"
    OTHER = "other"
