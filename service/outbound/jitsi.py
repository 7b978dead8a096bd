"""Asking a Jitsi server over the web whether it is there: a few bytes, quickly, and no other host."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
)

#: How long each question may take.
ASK_SECONDS: Final = 5.0
#: More than this of an answer is not read.
MOST_BYTES: Final = 256 * 1024


class Silence(StrEnum):
    """Why there was no answer."""

    NO_ANSWER = "no-answer"
    TIMED_OUT = "timed-out"
    BAD_CERTIFICATE = "bad-certificate"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a server said: its status and clock, and the beginning of its answer. Or why it said nothing."""

    status: int = 0
    said_at: datetime | None = None
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    silence: Silence | None = None


@asynccontextmanager
async def asking() -> AsyncGenerator[ClientSession]:
    """Give what `ask` asks with: no cookies, no proxies, and a limit on every wait."""
    async with ClientSession(timeout=ClientTimeout(total=ASK_SECONDS)) as session:
        yield session


async def ask(session: ClientSession, url: str) -> Heard:
    """Ask for one page; where it sends us to another, we do not follow."""
    try:
        async with session.get(url, allow_redirects=False) as answer:
            return Heard(
                status=answer.status,
                said_at=_date(answer.headers.get("Date", "")),
                content_type=answer.content_type,
                body=await _beginning(answer),
            )
    except (ClientConnectorCertificateError, ClientSSLError):
        return Heard(silence=Silence.BAD_CERTIFICATE)
    except TimeoutError:
        return Heard(silence=Silence.TIMED_OUT)
    except (ClientError, OSError, ValueError):
        return Heard(silence=Silence.NO_ANSWER)


async def _beginning(answer: ClientResponse) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_chunked(16 * 1024):
        found += chunk
        if len(found) >= MOST_BYTES:
            break
    return bytes(found[:MOST_BYTES])


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
