"""Online rooms as values: kinds of Jitsi server, what one can do, and what a room is for."""

from enum import StrEnum
from typing import assert_never


class ServerKind(StrEnum):
    """How a Jitsi server is joined to us. The values are what the database keeps."""

    PLAIN = "plain"
    HS256 = "hs256"
    RS256 = "rs256"
    JAAS = "jaas"

    @property
    def takes_tokens(self) -> bool:
        """Say whether people come in with a token of ours."""
        return self is not ServerKind.PLAIN

    @property
    def is_ours(self) -> bool:
        """Say whether somebody here runs it, so that it can be joined to our own addresses."""
        return self in (ServerKind.HS256, ServerKind.RS256)

    @property
    def abilities(self) -> "frozenset[Ability]":
        """Give everything that can be switched on at a server of this kind."""
        match self:
            case ServerKind.PLAIN:
                return frozenset()
            case ServerKind.HS256 | ServerKind.RS256:
                return frozenset(Ability)
            case ServerKind.JAAS:
                return frozenset(Ability) - {Ability.RESERVATIONS}
            case _:
                assert_never(self)


class Ability(StrEnum):
    """What is switched on at a server beside its rooms."""

    EVENTS = "events"
    RESERVATIONS = "reservations"
    LOBBY = "lobby"
    PASSCODE = "passcode"
    MAX_OCCUPANTS = "max_occupants"
    DIAL_IN = "dial_in"


class ForeignRooms(StrEnum):
    """What to say when a server asks about a room that is not ours."""

    REFUSE = "refuse"
    LET_BE = "let_be"


class KeyUse(StrEnum):
    """What a secret shared with a server is for: tokens, requests from Prosody, webhooks of JaaS."""

    SIGNING = "signing"
    INBOUND = "inbound"
    WEBHOOK = "webhook"


class SideRoomUse(StrEnum):
    """What a room beside the meeting's own is for."""

    TABLE = "table"
    PRACTICE = "practice"


class JoinChoice(StrEnum):
    """How somebody likes to come in; kept for the next time."""

    SOUND_ONLY = "sound_only"
    CAMERA_OFF = "camera_off"
    SILENT = "silent"
