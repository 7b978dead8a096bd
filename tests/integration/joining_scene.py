"""A session whose room is on a server with tokens, and who presses "Join now"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt

from scheduling.answers import Answer
from scheduling.online import ServerKind
from scheduling.ways import Way
from service.actions.answering import Reply
from service.storage.organisations import Organisation
from tests.integration.conftest import Browser, Making
from tests.integration.scenes import Scene
from tests.jitsi_servers import SECRET, a_server_with_keys

YES_ONLINE = Reply(Answer.YES, Way.ONLINE)
JITSI = "https://meet.example.org"


@dataclass(frozen=True, slots=True)
class WayIn:
    """Where a press led to, read as Jitsi reads it."""

    status: int
    location: str

    @property
    def host(self) -> str:
        """Give scheme and host."""
        parts = urlsplit(self.location)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def room(self) -> str:
        """Give the room's name."""
        return urlsplit(self.location).path.removeprefix("/")

    @property
    def token(self) -> str:
        """Give the token; nothing if there is none."""
        return parse_qs(urlsplit(self.location).query).get("jwt", [""])[0]

    @property
    def hints(self) -> str:
        """Give the hints as words."""
        return unquote(urlsplit(self.location).fragment)

    def claims(self, now: datetime) -> dict[str, Any]:
        """Check the token as a server does whose clock is right, and give what it says."""
        claims: dict[str, Any] = jwt.decode(
            self.token,
            SECRET,
            ["HS256"],
            audience="jitsi",
            options={"verify_exp": False, "verify_nbf": False},
        )
        assert claims["nbf"] <= now.timestamp() < claims["exp"]
        return claims


async def move_to_tokens(making: Making, scene: Scene, **given: Any) -> None:
    """Let the organisation's rooms be on a server that takes tokens (HS256)."""
    async with making() as make:
        server = await a_server_with_keys(make, ServerKind.HS256, **given)
        house = await make.db.get_one(Organisation, scene.organisation.id)
        house.server_id = server.id


async def press_join(browser: Browser, link: str, **fields: object) -> WayIn:
    """Look at one's page, and press."""
    response = await browser.post(f"{link}/join", on=link, **fields)
    return WayIn(response.status, response.headers.get("Location", ""))


def opens(scene: Scene) -> datetime:
    """Give from when people may join."""
    assert scene.meeting.starts_at is not None
    return scene.meeting.starts_at - timedelta(minutes=20)


def closes(scene: Scene) -> datetime:
    """Give until when people may join."""
    assert scene.meeting.ends_at is not None
    return scene.meeting.ends_at + timedelta(minutes=30)
