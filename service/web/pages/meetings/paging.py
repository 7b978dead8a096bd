"""Long lists, a page at a time, by how many lines were shown before."""

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Links:
    """Where the pages before and after this one are; empty if there is none."""

    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list one is: so many lines were skipped, so many stand on a page."""

    skip: int
    size: int
    path: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: web.Request, size: int) -> "Paging":
        """Read from `?from=40`; nonsense means the beginning."""
        typed = request.query.get("from", "")
        skip = (
            int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len(str(MOST)) else 0
        )
        kept = tuple((name, request.query[name]) for name in ("q", "then") if name in request.query)
        return cls(skip, size, request.path, kept)

    def links(self, *, has_more: bool) -> Links:
        """Give the addresses of the pages before and after."""
        before = self._at(max(0, self.skip - self.size)) if self.skip else ""
        return Links(before, self._at(self.skip + self.size) if has_more else "")

    def _at(self, skip: int) -> str:
        return f"{self.path}?{urlencode((*self.query, ('from', str(skip))))}"
