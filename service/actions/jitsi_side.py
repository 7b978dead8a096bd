"""What to put on the Jitsi side of one server as it is kept; a query, which changes nothing."""

from collections.abc import Mapping

from scheduling.online import Ability, KeyUse
from service.rooms.lines import JitsiSide
from service.storage.servers import JitsiServer


def side_of(server: JitsiServer, our_url: str, secrets: Mapping[KeyUse, str]) -> JitsiSide:
    """Give what the lines are made of, with the secrets that may be shown this once."""
    return JitsiSide(
        kind=server.kind,
        slug=server.slug,
        url=server.url,
        app_id=server.app_id,
        audience=server.audience,
        muc_domain=server.muc_domain,
        abilities=frozenset(Ability(each) for each in server.abilities),
        our_url=our_url,
        secrets=secrets,
    )
