"""Names of rooms, which are random and made of a-z, 0-9 and "-" alone: Jitsi folds and encodes all else."""

import re

from service.errors import ServiceError

ROOM_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")


class BadRoom(ServiceError):
    """People cannot be led there: a server that is not ready, or a room that cannot be named."""

    code = "bad-room"


def exact(room: str) -> str:
    """Give the name of one room as it is; raises BadRoom for anything that could mean another one."""
    if not ROOM_NAME.fullmatch(room):
        raise BadRoom
    return room
