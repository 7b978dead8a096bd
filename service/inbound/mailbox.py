"""Which mailbox answers come to, read from one address such as `imaps://name:word@host/INBOX`.

Connections are made elsewhere. The words of an error never repeat the address: it holds a password.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit


class Security(StrEnum):
    """How the way to the server is kept from listeners."""

    TLS = "tls"
    STARTTLS = "starttls"
    OFF = "off"


DEFAULT_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.OFF: 143}
_SECURITY = {
    "imaps": Security.TLS,
    "imap": Security.STARTTLS,
    "imap+starttls": Security.STARTTLS,
}


class BadMailbox(Exception):
    """The address of the mailbox cannot be used. `reason` says why, in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder on a mail server and how to sign in there; neither name nor password is ever shown."""

    host: str
    port: int
    security: Security
    username: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


def mailbox(url: str) -> Mailbox:
    """Read `imaps://`, `imap+starttls://` or `imap://` (also STARTTLS); raise BadMailbox.

    Name, password and folder are percent-encoded. `?tls=off` switches encryption off, knowingly, and
    only for a server on this machine: mailboxes always have a password (ASVS 12.3.1).
    """
    parts = _split(url)
    security = _security(parts)
    return Mailbox(
        host=parts.hostname or "",
        port=parts.port or DEFAULT_PORTS[security],
        security=security,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def _split(url: str) -> SplitResult:
    """Cut the address up and refuse what is no mailbox."""
    try:
        parts = urlsplit(url.strip())
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise BadMailbox("it is not an address of a mailbox") from error
    if parts.scheme not in _SECURITY:
        raise BadMailbox("it must begin with imaps://, imap+starttls:// or imap://")
    if not is_whole or parts.fragment:
        raise BadMailbox("after the sign-in it must be a host, a port and a folder only")
    if not parts.username or not parts.password:
        raise BadMailbox("it needs a name and a password")
    return parts


def _security(parts: SplitResult) -> Security:
    """Say how to protect the way there; refuse an open one to another machine."""
    match parse_qs(parts.query, keep_blank_values=True):
        case found if not found:
            return _SECURITY[parts.scheme]
        case {"tls": ["off"], **others} if not others and parts.scheme == "imap":
            if not _is_here(parts.hostname or ""):
                raise BadMailbox("tls=off is for a server on this machine")
            return Security.OFF
    raise BadMailbox("the only extra it may have is ?tls=off, with imap://")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
