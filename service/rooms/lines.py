"""What to put on the Jitsi side so that it is joined to us: lines for its settings, and whole files.

The names are those of docker-jitsi-meet (August 2026) and of event_sync in jitsi-contrib/prosody-plugins.
Values have been checked where they were typed: none holds a quote, a comma or a line break.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduling.online import Ability, KeyUse, ServerKind

#: Stands where a secret belongs that is not shown a second time.
NOT_SHOWN = "THE-SECRET-YOU-WERE-SHOWN"
#: The most people a server lets into one room if no booking says otherwise.
MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines, and where they go: `code` names what they are for, `file` the file, "" for a web page."""

    code: str
    file: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JitsiSide:
    """What the lines are made of: the server, our own address, and the secrets that may be shown now."""

    kind: ServerKind
    slug: str
    url: str
    app_id: str
    audience: str
    muc_domain: str
    abilities: frozenset[Ability]
    our_url: str
    secrets: Mapping[KeyUse, str] = field(default_factory=dict, repr=False)

    @property
    def asks_at(self) -> str:
        """Give the address that a Prosody asks and tells us at."""
        return f"{self.our_url}/jitsi/{self.slug}"

    @property
    def xmpp_domain(self) -> str:
        """Give the domain the rooms' domain belongs to: meet.jitsi for muc.meet.jitsi."""
        return self.muc_domain.partition(".")[2]

    def secret(self, use: KeyUse) -> str:
        """Give a secret that may be shown, or what stands for it."""
        return self.secrets.get(use, NOT_SHOWN)


def blocks(side: JitsiSide) -> tuple[Block, ...]:
    """Give everything to put on the Jitsi side; nothing for a plain server."""
    if side.kind is ServerKind.PLAIN:
        return ()
    if side.kind is ServerKind.JAAS:
        return (Block("jaas", "", "\n".join(_at_8x8(side))),)
    found = [Block("settings", ".env", "\n".join(_settings(side)))]
    if Ability.EVENTS in side.abilities:
        folder = "prosody/config/conf.d"
        found.append(Block("events", f"{folder}/manyways.cfg.lua", _events_file(side)))
        plugin = "prosody/prosody-plugins-custom/mod_event_sync_component.lua"
        found.append(Block("plugin", plugin, PLUGIN))
    return tuple(found)


def lines_with(found: tuple[Block, ...], secret: str) -> tuple[Block, ...]:
    """Keep only the lines that hold a secret: what must be changed when it is renewed."""
    kept = (
        Block(each.code, each.file, "\n".join(line for line in _lines(each) if secret in line))
        for each in found
    )
    return tuple(each for each in kept if each.text)


#: Jitsi's image keeps the module in a folder of another name, where Prosody does not look for it.
PLUGIN = 'assert(loadfile("/prosody-plugins-contrib/event_sync/mod_event_sync_component.lua", "t", _ENV))();'


def _lines(block: Block) -> list[str]:
    return block.text.splitlines()


def _settings(side: JitsiSide) -> list[str]:
    lobby = Ability.LOBBY in side.abilities
    found = [
        f"PUBLIC_URL={side.url}",
        "ENABLE_AUTH=1",
        "ENABLE_GUESTS=0",
        "AUTH_TYPE=jwt",
        f"JWT_APP_ID={side.app_id}",
        *_signing(side),
        f"JWT_ACCEPTED_ISSUERS={side.app_id}",
        f"JWT_ACCEPTED_AUDIENCES={side.audience}",
        "JWT_ALLOW_EMPTY=0",
        "XMPP_MUC_MODULES=token_affiliation" + (",token_lobby_bypass" if lobby else ""),
        "ENABLE_AUTO_OWNER=0",
        "JICOFO_ENABLE_AUTH=0",
        "WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=1",
    ]
    if Ability.RESERVATIONS in side.abilities:
        found += _reservations(side)
    if Ability.MAX_OCCUPANTS in side.abilities:
        found.append(f"MAX_PARTICIPANTS={MOST_PEOPLE}")
    if Ability.DIAL_IN in side.abilities:
        found.append(f"DIALIN_NUMBERS_URL={side.our_url}/phone/numbers")
        found.append(f"CONFCODE_URL={side.our_url}/phone/mapper")
    return found


def _signing(side: JitsiSide) -> list[str]:
    if side.kind is ServerKind.RS256:
        return ["JWT_SIGN_TYPE=RS256", f"JWT_ASAP_KEYSERVER={side.asks_at}/keys"]
    return ["JWT_SIGN_TYPE=HS256", f"JWT_APP_SECRET={side.secret(KeyUse.SIGNING)}"]


def _reservations(side: JitsiSide) -> list[str]:
    """Name the module by hand: the switch for it would leave a guest domain unguarded."""
    switches = {
        Ability.MAX_OCCUPANTS: "reservations_enable_max_occupants",
        Ability.LOBBY: "reservations_enable_lobby_support",
        Ability.PASSCODE: "reservations_enable_password_support",
    }
    bearer = f'{{ ["Authorization"] = "Bearer {side.secret(KeyUse.INBOUND)}" }}'
    options = [
        f'reservations_api_prefix = "{side.asks_at}"',
        f"reservations_api_headers = {bearer}",
        *(f"{name} = true" for ability, name in switches.items() if ability in side.abilities),
    ]
    lobby = ",persistent_lobby" if Ability.LOBBY in side.abilities else ""
    return [f"XMPP_MODULES=reservations{lobby}", f"XMPP_CONFIGURATION={','.join(options)}"]


def _events_file(side: JitsiSide) -> str:
    return f"""\
Component "esync.{side.xmpp_domain}" "event_sync_component"
    muc_component = "{side.muc_domain}"
    breakout_component = "breakout.{side.xmpp_domain}"
    api_prefix = "{side.asks_at}"
    api_headers = {{ ["Authorization"] = "Bearer {side.secret(KeyUse.INBOUND)}" }}
"""


def _at_8x8(side: JitsiSide) -> list[str]:
    """Give what its console asks for; whether its question about a room brings the header is not published."""
    asked, secret = f"{side.our_url}/jaas/{side.slug}", side.secret(KeyUse.INBOUND)
    return [
        f"Webhook endpoint: {asked}",
        f"Settings endpoint (SETTINGS_PROVISIONING): {asked}/settings?secret={secret}",
        f"Authorization: Bearer {secret}",
    ]
