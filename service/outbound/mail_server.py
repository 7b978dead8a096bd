"""Which mail server to hand letters to, read from one address such as `smtps://name:word@host`.

Connections are made elsewhere. The words of an error never repeat the address: it holds a password.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from service.outbound.channel import OutboundError


class Security(StrEnum):
    """How the way to the server is kept from listeners."""

    TLS = "tls"
    STARTTLS = "starttls"
    OFF = "off"


DEFAULT_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.OFF: 25}
_SECURITY = {
    "smtps": Security.TLS,
    "smtp": Security.STARTTLS,
    "smtp+starttls": Security.STARTTLS,
}


class BadMailServer(OutboundError):
    """The address of the mail server cannot be used. `reason` says why, in plain words."""

    code = "bad-mail-server"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and how to sign in there; neither name nor password is ever shown."""

    host: str
    port: int
    security: Security
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def mail_server(url: str) -> MailServer:
    """Read `smtps://`, `smtp+starttls://` or `smtp://` (also STARTTLS); raise BadMailServer.

    Name and password are percent-encoded. `?tls=off` switches encryption off, knowingly, and only
    for a server on this machine or a plain catcher beside it (a name without a dot), and without a
    password (ASVS 12.3.1).
    """
    parts = _split(url)
    security = _security(parts)
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or DEFAULT_PORTS[security],
        security=security,
        username=_decoded(parts.username),
        password=_decoded(parts.password),
    )


def _split(url: str) -> SplitResult:
    """Cut the address up and refuse what is no server, or half a sign-in."""
    try:
        parts = urlsplit(url.strip())
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise BadMailServer("it is not an address of a server") from error
    if parts.scheme not in _SECURITY:
        raise BadMailServer("it must begin with smtps://, smtp+starttls:// or smtp://")
    if not is_whole or parts.path not in ("", "/") or parts.fragment:
        raise BadMailServer("after the sign-in it must be a host and a port only")
    if bool(parts.username) != bool(parts.password):
        raise BadMailServer("it needs a name and a password, or neither")
    return parts


def _security(parts: SplitResult) -> Security:
    """Say how to protect the way there; refuse an open one where it could be listened to."""
    match parse_qs(parts.query, keep_blank_values=True):
        case found if not found:
            return _SECURITY[parts.scheme]
        case {"tls": ["off"], **others} if not others and parts.scheme == "smtp":
            if parts.username or not _is_near(parts.hostname or ""):
                raise BadMailServer("tls=off is for a catcher nearby, without a password")
            return Security.OFF
    raise BadMailServer("the only extra it may have is ?tls=off, with smtp://")


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return "." not in host


def _decoded(text: str | None) -> str | None:
    return unquote(text) if text else None
