"""The few static files, kept in memory and served under their hash, so that browsers may keep them for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes, type and hash."""

    content: bytes
    content_type: str
    mark: str


class Statics:
    """All static files by name."""

    def __init__(self) -> None:
        self._files = {path.name: _read(path) for path in FOLDER.iterdir() if path.is_file()}

    def url(self, name: str) -> str:
        """Give a file's address; raises KeyError for a file that is not there."""
        return f"/static/{self._files[name].mark}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with the file; an old hash gives today's file, kept for a short time only."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        is_current = request.match_info["mark"] == file.mark
        return web.Response(
            body=file.content,
            content_type=file.content_type,
            charset="utf-8",
            headers={"Cache-Control": FOR_EVER if is_current else "no-cache"},
        )


@cache
def all_statics() -> Statics:
    """Read the files once for the whole process."""
    return Statics()


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(content, kind, hashlib.sha256(content).hexdigest()[:12])
