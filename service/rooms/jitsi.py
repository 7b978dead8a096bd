"""Links into Jitsi rooms: the server as configured, the room's name, a token where one is needed, and hints.

Hints in the fragment make joining calmer; people can change them, so they protect nothing (Jitsi research,
section f: `configWhitelist.ts`, `parseURLParams.ts`). Nothing of a link comes from who asks for it.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from scheduling.online import JoinChoice, ServerKind
from service.rooms.names import BadRoom, exact
from service.rooms.server import Server
from service.rooms.tokens import Entrant, token_for

__all__ = ["BadRoom", "check_ready", "origin_of", "origin_of_rooms", "room_link", "way_in"]

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
Hints = Mapping[str, object]

#: Begin without camera and microphone, on a page that shows both and asks nothing else; stay in the
#: browser on phones. "deeplinking.disabled" is what newer servers call "disableDeepLinking".
CALM: Hints = {
    "config.startWithVideoMuted": True,
    "config.startWithAudioMuted": True,
    "config.prejoinConfig.hideExtraJoinButtons": True,
    "config.disableDeepLinking": True,
    "config.deeplinking.disabled": True,
}

#: Every button but the camera's, so that nobody presses it by mistake.
WITHOUT_CAMERA = (
    *("microphone", "chat", "reactions", "raisehand", "participants-pane", "tileview"),
    *("closedcaptions", "desktop", "fullscreen", "settings", "videoquality", "profile", "help"),
    *("hangup",),
)

#: What each choice adds. Low bandwidth was renamed in July 2026; each version knows its own name alone.
CHOSEN: Mapping[JoinChoice, Hints] = {
    JoinChoice.SOUND_ONLY: {"config.startLowBandwidthMode": True, "config.startAudioOnly": True},
    JoinChoice.CAMERA_OFF: {"config.toolbarButtons": WITHOUT_CAMERA},
    JoinChoice.SILENT: {"config.startSilent": True},
}


def way_in(
    server: Server,
    room: str,
    who: Entrant,
    *,
    ends_at: datetime,
    now: datetime,
    choices: Collection[JoinChoice] = (),
) -> str:
    """Give the link that lets this person into this room, with a token made now if the server takes them.

    Raises BadRoom if nobody can be led there.
    """
    check_ready(server)
    token = ""
    if server.kind.takes_tokens:
        token = token_for(server, room, who, ends_at=ends_at, now=now)
    return room_link(server, room, token=token, choices=choices, name=who.name)


def room_link(
    server: Server,
    room: str,
    *,
    token: str = "",
    choices: Collection[JoinChoice] = (),
    name: str = "",
) -> str:
    """Give the link into a room; the name people know somebody by is filled in if no token says it.

    Raises BadRoom unless the server is reached by https (or is this machine) and the room's name is exact.
    """
    link = f"{_rooms_at(server.url, _tenant(server))}/{exact(room)}"
    hints = _hints(frozenset(choices))
    if token:
        return f"{link}?jwt={token}#{hints}"
    if name:
        return f"{link}#{hints}&userInfo.displayName={_encoded(name)}"
    return f"{link}#{hints}"


def origin_of_rooms(server: Server | None) -> str:
    """Give scheme, host and port of where people can be led to; raises BadRoom if that is nowhere."""
    if server is None:
        raise BadRoom
    check_ready(server)
    _rooms_at(server.url, _tenant(server))
    return origin_of(server.url)


def check_ready(server: Server) -> None:
    """Raise BadRoom for a server that opens no rooms, or that we cannot write tokens for."""
    if server.is_retired or (server.kind.takes_tokens and not (server.signing and server.app_id)):
        raise BadRoom


def origin_of(jitsi_url: str) -> str:
    """Give scheme, host and port of the server; raises BadRoom for an address that cannot be one."""
    try:
        parts = urlsplit(jitsi_url.strip())
        port = parts.port
    except ValueError as error:
        raise BadRoom from error
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in HERE)
    # A "?" or "#" with nothing behind it would still cut the room off.
    is_plain = not (set("?#@") & set(jitsi_url))
    if not (is_safe and is_plain and re.fullmatch(r"[a-z0-9.:-]+", host)):
        raise BadRoom
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", parts.path):
        raise BadRoom
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


@lru_cache(maxsize=256)
def _rooms_at(jitsi_url: str, tenant: str) -> str:
    """Give the address that rooms of a server are below, checked."""
    origin_of(jitsi_url)
    if not re.fullmatch(r"[A-Za-z0-9_-]*", tenant):
        raise BadRoom
    base = jitsi_url.strip().rstrip("/")
    return f"{base}/{tenant}" if tenant else base


def _tenant(server: Server) -> str:
    return server.app_id if server.kind is ServerKind.JAAS else ""


@lru_cache(maxsize=64)
def _hints(choices: frozenset[JoinChoice]) -> str:
    """Write the hints for a set of choices, in the order of the choices."""
    hints = dict(CALM)
    for choice in JoinChoice:
        if choice in choices:
            hints |= CHOSEN[choice]
    return "&".join(f"{key}={_encoded(value)}" for key, value in hints.items())


def _encoded(value: object) -> str:
    """Write a value as JSON, percent-encoded; anything that is not JSON would be dropped in silence."""
    return quote(json.dumps(value, ensure_ascii=False, separators=(",", ":")), safe="")
