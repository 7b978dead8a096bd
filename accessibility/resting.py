"""What a term rests on where it must be arranged: something about the place, or a thing to bring.

The terms and ways that are not here are as the vocabulary says. Sources: access.md 1.2 (what the system
does, met when), 4 and 7 (kit). Money, contact, pace, care and people to book rest on neither place
nor kit: they are arranged by somebody, in time, or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accessibility.place_words import PlaceWord
from scheduling.ways import IN_PERSON_WAYS, Way


class Equipment(StrEnum):
    """A thing the organisation can offer. Values are those of `kit.KitKind` where it is kit.

    CAPTIONS: the organisation has approved who makes captions by computer. Masks are no matter here:
    they are bought for each session, and never make the difference.
    """

    LOOP = "loop"
    AIR_FILTER = "air_filter"
    CO2_METER = "co2_meter"
    RAMP = "ramp"
    TABLET = "tablet"
    SIM = "sim"
    CAPTIONS = "captions"


@dataclass(frozen=True, slots=True)
class Rest:
    """One thing that a term rests on, in some ways of joining.

    With any of `words` known to be so there is nothing to arrange, nor is there with any of `settled_by`
    at hand. If all of them are known not to be so, somebody must bring one of `mended_by` (or the place
    has one of `mended_at`); with none of these it cannot be, unless it is not `is_needed`.
    """

    words: frozenset[PlaceWord] = frozenset()
    mended_at: frozenset[PlaceWord] = frozenset()
    mended_by: frozenset[Equipment] = frozenset()
    settled_by: frozenset[Equipment] = frozenset()
    is_needed: bool = True
    ways: frozenset[Way] = IN_PERSON_WAYS


RESTS: Final[Mapping[str, tuple[Rest, ...]]] = {
    # A tested loop, "else adds the portable loop to the kit list".
    "COM-LOOP": (Rest(frozenset({PlaceWord.LOOP}), mended_by=frozenset({Equipment.LOOP})),),
    # Only checked places; a step with a ramp on request will do once somebody asked for the ramp.
    "MOB-STEPFREE": (
        Rest(
            frozenset({PlaceWord.STEP_FREE}),
            mended_at=frozenset({PlaceWord.RAMP}),
            mended_by=frozenset({Equipment.RAMP}),
        ),
    ),
    "MOB-TOILET": (Rest(frozenset({PlaceWord.ACCESSIBLE_TOILET})),),
    # Either will do: "park or be dropped off close by".
    "MOB-PARKING": (Rest(frozenset({PlaceWord.PARKING, PlaceWord.DROP_OFF})),),
    "NEU-SENSORY": (Rest(frozenset({PlaceWord.QUIET_SPACE})),),
    # A filter does not show on a CO2 meter, so it does not stand in for fresh air.
    "AIR-VENT": (
        Rest(frozenset({PlaceWord.FRESH_AIR})),
        Rest(frozenset({PlaceWord.CO2_METER}), mended_by=frozenset({Equipment.CO2_METER})),
    ),
    "AIR-HEPA": (Rest(frozenset({PlaceWord.FILTER}), mended_by=frozenset({Equipment.AIR_FILTER})),),
    # A second space helps; without it those who come along sit with everybody.
    "CAR-BRING": (Rest(frozenset({PlaceWord.SECOND_SPACE}), is_needed=False),),
    # Data or a device must come from somewhere. By phone we ring, or lend one: plain arranging.
    "DIG-KIT": (
        Rest(
            mended_by=frozenset({Equipment.TABLET, Equipment.SIM}),
            ways=frozenset({Way.ONLINE}),
        ),
    ),
    # Without a provider that was approved: shown how to use captions on the person's own device.
    "COM-CAPAUTO": (
        Rest(
            settled_by=frozenset({Equipment.CAPTIONS}),
            is_needed=False,
            ways=frozenset({Way.ONLINE}),
        ),
    ),
}
"""What terms rest on, by code; a term that rests on several things needs them all."""
