"""Addresses of servers as settings name them: checked, and shown without what is secret in them."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

MOST_PORTS = 65536


def split_url(url: str) -> SplitResult:
    """Split an address; a bad port or bracket is a plain ValueError without the address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(
            "is not an address; is each / @ : in its password written as %..?"
        ) from None
    return parts


def server_url(url: str, schemes: Collection[str]) -> str:
    """Give the address of a server if it is one of these kinds; raises ValueError."""
    parts = split_url(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"must begin with one of {', '.join(schemes)} and name a host")
    return url


def listening_place(place: str) -> str:
    """Give where to listen if it is host:port or unix:/path; raises ValueError."""
    host, colon, port = place.rpartition(":")
    if re.fullmatch(r"unix:/.+", place):
        return place
    if not (host and colon and port.isdecimal() and 0 < int(port) < MOST_PORTS):
        raise ValueError("must be host:port or unix:/path")
    return place


def without_secrets(text: str) -> str:
    """Write an address for people, without its name, password or query."""
    if "://" not in text:
        return text
    return re.sub(r"\?.*", "?…", re.sub(r"://[^/?#]*@", "://…@", text))
