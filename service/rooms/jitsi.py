"""The plain link into a Jitsi room: the server as configured, the room's name, and hints in the fragment.

Hints make joining calmer; people can change them, so they protect nothing (Jitsi research, section f:
`configWhitelist.ts`, `parseURLParams.ts`). Tokens are not made here.
"""

import json
import re
from urllib.parse import quote, urlsplit

from service.errors import ServiceError

ROOM_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")
HERE = frozenset({"localhost", "127.0.0.1", "::1"})

#: Begin without camera and microphone, on a page that shows both and asks nothing else; stay in the
#: browser on phones. "deeplinking.disabled" is what newer servers call "disableDeepLinking".
CALM: dict[str, bool] = {
    "config.startWithVideoMuted": True,
    "config.startWithAudioMuted": True,
    "config.prejoinConfig.hideExtraJoinButtons": True,
    "config.disableDeepLinking": True,
    "config.deeplinking.disabled": True,
}


class BadRoom(ServiceError):
    """The address of the Jitsi server or the name of the room cannot be used."""

    code = "bad-room"


def room_link(jitsi_url: str, room_name: str, *, display_name: str = "") -> str:
    """Give the link into a room, with the name people know the person by filled in.

    Raises BadRoom unless the server is reached by https (or is this machine) and the name of the
    room is made of a-z, 0-9 and "-" alone: Jitsi folds and encodes everything else.
    """
    server = jitsi_url.strip().rstrip("/")
    origin_of(server)
    if not ROOM_NAME.fullmatch(room_name):
        raise BadRoom
    hints: dict[str, object] = dict(CALM)
    if display_name:
        hints["userInfo.displayName"] = display_name
    fragment = "&".join(f"{key}={_encoded(value)}" for key, value in hints.items())
    return f"{server}/{room_name}#{fragment}"


def origin_of(jitsi_url: str) -> str:
    """Give scheme, host and port of the server; raises BadRoom for an address that cannot be one."""
    try:
        parts = urlsplit(jitsi_url.strip())
        port = parts.port
    except ValueError as error:
        raise BadRoom from error
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in HERE)
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if not (is_safe and is_plain and re.fullmatch(r"[a-z0-9.:-]+", host)):
        raise BadRoom
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", parts.path):
        raise BadRoom
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _encoded(value: object) -> str:
    """Write a value as JSON, percent-encoded; anything that is not JSON would be dropped in silence."""
    return quote(json.dumps(value, ensure_ascii=False), safe="")
