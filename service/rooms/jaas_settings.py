"""What JaaS is told of a room it asks about (8x8's `webhooks-payload`, SETTINGS_PROVISIONING). No I/O.

There is no way to refuse. A room that may not open now waits for a moderator, and nobody gets a
moderator's token before the time; that is as far as JaaS can shut it.
"""

from collections.abc import Mapping
from typing import Final

from service.rooms.reservations import Booking, Refusal

#: Nobody comes in until a moderator is there.
SHUT: Final[Mapping[str, object]] = {"lobbyEnabled": True, "lobbyType": "WAIT_FOR_MODERATOR"}
#: What JaaS takes for maxOccupants.
LEAST, MOST = 2, 500


def settings_of(decision: Booking | Refusal) -> dict[str, object]:
    """Say how a room is to be: its lobby, passcode (digits alone) and limit, as far as they were decided."""
    if isinstance(decision, Refusal):
        return dict(SHUT)
    settings: dict[str, object] = {"lobbyEnabled": decision.has_lobby}
    if decision.has_lobby:
        settings["lobbyType"] = "WAIT_FOR_APPROVAL"
    if decision.passcode.isascii() and decision.passcode.isdecimal():
        settings["passcode"] = decision.passcode
    if decision.max_occupants is not None:
        settings["maxOccupants"] = min(max(decision.max_occupants, LEAST), MOST)
    return settings
