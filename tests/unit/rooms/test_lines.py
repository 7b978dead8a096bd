"""What is put on the Jitsi side: a line for each thing, secrets only where given, nothing split wrongly."""

import re
from itertools import combinations

import pytest

from scheduling.online import Ability, KeyUse, ServerKind
from service.rooms.lines import NOT_SHOWN, Block, JitsiSide, blocks, lines_with

SECRETS = {KeyUse.SIGNING: "signing-secret", KeyUse.INBOUND: "inbound-secret"}
SUBSETS = [frozenset(some) for size in range(7) for some in combinations(Ability, size)]


def side(
    kind: ServerKind, abilities: frozenset[Ability], secrets: dict[KeyUse, str] | None = None
) -> JitsiSide:
    """Give a server with what is usual for docker-jitsi-meet."""
    return JitsiSide(
        kind=kind,
        slug="meet",
        url="https://meet.kiln.org.uk",
        app_id="manyways",
        audience="manyways",
        muc_domain="muc.meet.jitsi",
        abilities=abilities,
        our_url="https://sessions.kiln.org.uk",
        secrets=secrets or {},
    )


def settings(all_blocks: tuple[Block, ...]) -> dict[str, str]:
    """Read the lines of settings as docker does; a name that stands twice is an error."""
    text = next(each.text for each in all_blocks if each.code == "settings")
    found = dict(line.split("=", 1) for line in text.splitlines())
    assert len(found) == len(text.splitlines())
    assert all(re.fullmatch("[A-Z_]+", name) for name in found)
    return found


@pytest.mark.parametrize("kind", [ServerKind.HS256, ServerKind.RS256])
@pytest.mark.parametrize("abilities", SUBSETS, ids=lambda some: "+".join(sorted(some)) or "none")
def test_each_ability_brings_its_lines_and_no_other(
    kind: ServerKind, abilities: frozenset[Ability]
) -> None:
    found = blocks(side(kind, abilities, SECRETS))
    lines = settings(found)

    has_lobby = Ability.LOBBY in abilities
    assert has_lobby == ("token_lobby_bypass" in lines["XMPP_MUC_MODULES"])
    assert (Ability.RESERVATIONS in abilities) == ("XMPP_CONFIGURATION" in lines)
    assert (Ability.MAX_OCCUPANTS in abilities) == ("MAX_PARTICIPANTS" in lines)
    assert (Ability.DIAL_IN in abilities) == ("CONFCODE_URL" in lines)
    assert (Ability.EVENTS in abilities) == ("events" in {each.code for each in found})
    assert (kind is ServerKind.HS256) == ("JWT_APP_SECRET" in lines)
    assert (kind is ServerKind.RS256) == ("JWT_ASAP_KEYSERVER" in lines)
    assert ("token_affiliation", "0", "0") == (
        lines["XMPP_MUC_MODULES"].split(",")[0],
        lines["ENABLE_AUTO_OWNER"],
        lines["JICOFO_ENABLE_AUTH"],
    )


@pytest.mark.parametrize("abilities", [each for each in SUBSETS if Ability.RESERVATIONS in each])
def test_options_survive_being_split_at_commas(abilities: frozenset[Ability]) -> None:
    lines = settings(blocks(side(ServerKind.HS256, abilities, SECRETS)))

    options = dict(each.split(" = ", 1) for each in lines["XMPP_CONFIGURATION"].split(","))

    assert '"https://sessions.kiln.org.uk/jitsi/meet"' == options["reservations_api_prefix"]
    bearer = '{ ["Authorization"] = "Bearer inbound-secret" }'
    assert bearer == options["reservations_api_headers"]
    assert (Ability.LOBBY in abilities) == ("reservations_enable_lobby_support" in options)
    assert (Ability.PASSCODE in abilities) == ("reservations_enable_password_support" in options)


@pytest.mark.parametrize("kind", list(ServerKind))
def test_a_secret_stands_only_where_it_was_given(kind: ServerKind) -> None:
    shown = "\n".join(each.text for each in blocks(side(kind, frozenset(Ability), SECRETS)))
    hidden = "\n".join(each.text for each in blocks(side(kind, frozenset(Ability))))

    assert NOT_SHOWN not in shown
    assert "-secret" not in hidden
    assert (kind is ServerKind.HS256) == ("signing-secret" in shown)
    assert kind.takes_tokens == ("inbound-secret" in shown)
    assert "-secret" not in repr(side(kind, frozenset(Ability), SECRETS))
    assert "-secret" not in repr(blocks(side(kind, frozenset(Ability), SECRETS)))


def test_a_renewal_shows_the_changed_lines_alone() -> None:
    found = blocks(side(ServerKind.HS256, frozenset(Ability), SECRETS))

    assert ["JWT_APP_SECRET=signing-secret"] == [
        each.text for each in lines_with(found, "signing-secret")
    ]
    assert ["settings", "events"] == [each.code for each in lines_with(found, "inbound-secret")]


def test_a_debian_server_has_its_rooms_elsewhere() -> None:
    made = JitsiSide(
        kind=ServerKind.HS256,
        slug="meet",
        url="https://meet.kiln.org.uk",
        app_id="manyways",
        audience="manyways",
        muc_domain="conference.meet.kiln.org.uk",
        abilities=frozenset({Ability.EVENTS}),
        our_url="https://sessions.kiln.org.uk",
    )

    events = next(each.text for each in blocks(made) if each.code == "events")

    assert 'Component "esync.meet.kiln.org.uk"' in events
    assert 'muc_component = "conference.meet.kiln.org.uk"' in events


def test_a_plain_server_needs_nothing() -> None:
    assert () == blocks(side(ServerKind.PLAIN, frozenset()))
