"""The address a request came from; what a proxy says of it counts only if we trust the proxy."""

from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

from service.web.context import SETTINGS


def address_of(request: web.Request) -> str:
    """Give the caller's address: the last one in X-Forwarded-For that is not a trusted proxy's."""
    address = request.remote or ""
    trusted = request.app[SETTINGS].trusted_proxies
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while chain and any(_is_in(address, network) for network in trusted):
        address = chain.pop()
    return address


def is_local(request: web.Request) -> bool:
    """Tell whether the request came from this very machine, not through a proxy."""
    try:
        return (
            ip_address(request.remote or "").is_loopback
            and "X-Forwarded-For" not in request.headers
        )
    except ValueError:
        return False


def _is_in(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False
