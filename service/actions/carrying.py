"""Which channel carries an organisation's mail: its own server, the installation's, or the post tray."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from service.config import Settings
from service.keys import Keys
from service.outbound.channel import Outgoing, Unreachable
from service.outbound.mail_server import BadMailServer, mail_server
from service.outbound.pace import Pace
from service.outbound.smtp import Limits, SmtpChannel
from service.outbound.tray import PostTray
from service.storage.organisations import Organisation


class Carrier(Protocol):
    """A channel that can also be tried and closed."""

    async def send(self, outgoing: Outgoing) -> None:
        """Carry one message; raises TemporaryFailure or PermanentFailure."""

    async def check(self) -> None:
        """Try whether it can carry anything at all; raises Unreachable."""

    async def close(self) -> None:
        """Let go of what is kept open."""


@dataclass(slots=True)
class Carriers:
    """Keeps one channel for each mail server in use."""

    settings: Settings
    keys: Keys
    _kept: dict[str, Carrier] = field(default_factory=dict)
    _paces: dict[int, Pace] = field(default_factory=dict)

    def for_organisation(self, organisation: Organisation) -> Carrier:
        """Give the channel for an organisation's mail."""
        if organisation.mail_server_sealed is None:
            return self.of_installation()
        try:
            bound_to = mail_server_binding(organisation.id)
            return self._smtp(self.keys.open_setting(bound_to, organisation.mail_server_sealed))
        except (KeyError, ValueError, InvalidTag, BadMailServer) as error:
            raise Unreachable("mail-server-unusable") from error

    def of_installation(self) -> Carrier:
        """Give the channel of the installation: its mail server, or the post tray if there is none."""
        if self.settings.smtp_url is not None:
            return self._smtp(self.settings.smtp_url)
        return self._kept.setdefault("tray", PostTray(self.settings.post_folder))

    def pace_of(self, carrier: Carrier) -> Pace:
        """Give how fast one mail server may be sent to; each has its own count."""
        if id(carrier) not in self._paces:
            self._paces[id(carrier)] = Pace(self.settings.mails_per_minute)
        return self._paces[id(carrier)]

    async def close(self) -> None:
        """Close every channel."""
        kept, self._kept = self._kept, {}
        self._paces.clear()
        for carrier in kept.values():
            await carrier.close()

    def _smtp(self, url: str) -> Carrier:
        if url not in self._kept:
            limits = Limits(connections=self.settings.smtp_connections)
            self._kept[url] = SmtpChannel(mail_server(url), limits=limits)
        return self._kept[url]


def mail_server_binding(organisation_id: UUID) -> str:
    """Name what an organisation's sealed mail server address is bound to."""
    return f"mail-server|{organisation_id}"
