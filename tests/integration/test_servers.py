"""Keeping Jitsi servers: who may, what is refused, who uses them, and what becomes of a broken one."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import update

from scheduling.online import Ability, ForeignRooms, KeyUse, ServerKind
from service.actions.opened_servers import Servers
from service.actions.server_numbers import NewNumber, add_number, remove_number, tell_first
from service.actions.servers import (
    JAAS_URL,
    USUAL,
    ServerAddress,
    ServerDetails,
    add_server,
    bring_server_back,
    change_address,
    change_details,
    give_server,
    retire_server,
)
from service.actions.staffing import (
    Newcomer,
    change_roles,
    disable_staff,
    invite_staff,
    make_operator,
)
from service.actor import Role, system_actor
from service.errors import Invalid, NotAllowed, NotFound, Refused
from service.parts import Parts
from service.storage.servers import JitsiServer, ServerKey, server_of_house
from service.storage.staff import staff_member_by_id
from tests.integration.conftest import Making
from tests.integration.server_scene import APP_ID, Keepers, keepers
from tests.people import actor_for

SELF_HOSTED = (ServerKind.HS256, ServerKind.RS256)


@pytest.fixture
async def scene(making: Making, parts: Parts, now: datetime) -> Keepers:
    """Make two houses and who works there."""
    return await keepers(making, parts, now)


def details(*abilities: Ability, **given: str) -> ServerDetails:
    """Give details that are usual but for what is said."""
    values = {
        "app_id": USUAL.app_id,
        "audience": USUAL.audience,
        "muc_domain": USUAL.muc_domain,
    } | given
    return ServerDetails(**values, abilities=abilities, foreign_rooms=ForeignRooms.LET_BE)


@pytest.mark.parametrize("kind", SELF_HOSTED)
async def test_a_new_server_has_what_docker_expects_and_is_written_down(
    kind: ServerKind, scene: Keepers
) -> None:
    added = await scene.add(kind, "Meet.Kiln.org.uk/")

    found = await scene.read(added)
    assert ("our-rooms", "https://meet.kiln.org.uk") == (found.slug, found.url)
    assert ("manyways", "*", "muc.meet.jitsi") == (found.app_id, found.subject, found.muc_domain)
    assert ["server.added"] == await scene.audit()


async def test_a_server_at_8x8_is_known_by_its_app_id(scene: Keepers) -> None:
    found = await scene.read(await scene.add(ServerKind.JAAS))

    assert (JAAS_URL, APP_ID, APP_ID) == (found.url, found.app_id, found.subject)
    assert ("jitsi", f"conference.{APP_ID}.8x8.vc") == (found.audience, found.muc_domain)


async def test_servers_of_the_same_name_are_told_apart_in_addresses(scene: Keepers) -> None:
    slugs = [(await scene.add(ServerKind.PLAIN)).slug for _ in range(3)]

    assert ["our-rooms", "our-rooms-2", "our-rooms-3"] == slugs


async def test_no_server_takes_the_address_of_a_page(scene: Keepers) -> None:
    async with scene.parts.database.writing() as db:
        address = ServerAddress("New", "https://meet.kiln.org.uk")
        added = await add_server(db, scene.operator, ServerKind.PLAIN, address, now=scene.now)

    assert "new-2" == added.slug


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "needed"),
        ("http://meet.kiln.org.uk", "not-a-server"),
        ("ftp://meet.kiln.org.uk", "not-a-server"),
        ("javascript:alert(1)", "not-a-server"),
        ("https://ada@meet.kiln.org.uk", "not-a-server"),
        ("https://meet.kiln.org.uk\\@evil.example", "not-a-server"),
        ("https://meet.kiln.org.uk?next=//evil.example", "not-a-server"),
        ("https://meet.kiln.org.uk#evil", "not-a-server"),
        ("//evil.example", "not-a-server"),
        ("https://meet.kiln.org.uk:99999", "not-a-server"),
        ("https://méet.kiln.org.uk", "not-a-server"),
        (f"https://meet.kiln.org.uk/{'a' * 300}", "too-long"),
    ],
)
async def test_an_address_that_could_lead_elsewhere_is_refused(
    url: str, code: str, scene: Keepers
) -> None:
    with pytest.raises(Invalid) as refused:
        await scene.add(ServerKind.PLAIN, url)

    assert {"url": code} == refused.value.fields
    assert [] == await scene.audit()


@pytest.mark.parametrize("kind", SELF_HOSTED)
async def test_the_public_server_takes_no_tokens(kind: ServerKind, scene: Keepers) -> None:
    with pytest.raises(Invalid, match="takes-no-tokens"):
        await scene.add(kind, "https://meet.jit.si")

    assert "https://meet.jit.si" == (await scene.add(ServerKind.PLAIN, "meet.jit.si")).url


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8443"])
async def test_a_server_on_this_machine_may_do_without_https(url: str, scene: Keepers) -> None:
    assert url == (await scene.add(ServerKind.HS256, url)).url


@pytest.mark.parametrize(
    ("kind", "abilities", "code"),
    [
        (ServerKind.PLAIN, [Ability.EVENTS], "not-possible-there"),
        (ServerKind.PLAIN, [Ability.DIAL_IN], "not-possible-there"),
        (ServerKind.JAAS, [Ability.RESERVATIONS], "not-possible-there"),
        (ServerKind.HS256, [Ability.LOBBY], "needs-reservations"),
        (ServerKind.RS256, [Ability.EVENTS, Ability.PASSCODE], "needs-reservations"),
    ],
)
async def test_what_a_kind_cannot_do_is_refused(
    kind: ServerKind, abilities: list[Ability], code: str, scene: Keepers
) -> None:
    server = await scene.add(kind)

    with pytest.raises(Invalid) as refused:
        async with scene.parts.database.writing() as db:
            wanted = details(*abilities)
            await change_details(db, scene.operator, server.slug, wanted, now=scene.now)

    assert {"abilities": code} == refused.value.fields


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("app_id", 'a"b', "not-a-plain-word"),
        ("audience", "one,two", "not-a-plain-word"),
        ("audience", "a\nJWT_ALLOW_EMPTY=1", "not-a-plain-word"),
        ("muc_domain", 'muc.meet" }', "not-a-domain"),
        ("muc_domain", "muc", "not-a-domain"),
    ],
)
async def test_nothing_typed_can_slip_into_the_settings_of_jitsi(
    field: str, typed: str, code: str, scene: Keepers
) -> None:
    server = await scene.add(ServerKind.HS256)

    with pytest.raises(Invalid) as refused:
        async with scene.parts.database.writing() as db:
            wanted = details(**{field: typed})
            await change_details(db, scene.operator, server.slug, wanted, now=scene.now)

    assert {field: code} == refused.value.fields


async def test_every_change_raises_the_version_and_is_written_down_once(scene: Keepers) -> None:
    server = await scene.add(ServerKind.HS256)
    db_of, actor, slug, now = scene.parts.database, scene.operator, server.slug, scene.now
    address = ServerAddress("Rooms", "https://rooms.kiln.org.uk")
    number = NewNumber("01632 960140", "GB")

    async with db_of.writing() as db:
        await change_address(db, actor, slug, address, now=now)
        await change_address(db, actor, slug, address, now=now)
        await change_details(db, actor, slug, details(Ability.DIAL_IN), now=now)
        added = await add_number(db, actor, slug, number, now=now)
        await tell_first(db, actor, slug, added.id, now=now)
        await remove_number(db, actor, slug, added.id, now=now)
        await retire_server(db, actor, slug, now=now)
        await retire_server(db, actor, slug, now=now)
        await bring_server_back(db, actor, slug, now=now)

    found = await scene.read(server)
    assert [
        "server.added",
        "server.changed",
        "server.changed",
        "server.number-added",
        "server.numbers-ordered",
        "server.number-removed",
        "server.retired",
        "server.brought-back",
    ] == await scene.audit()
    assert len(await scene.audit()) == found.version
    assert ("our-rooms", "https://rooms.kiln.org.uk") == (found.slug, found.url)


async def test_the_app_id_stays_when_the_name_changes(scene: Keepers) -> None:
    server = await scene.add(ServerKind.JAAS)

    async with scene.parts.database.writing() as db:
        other = ServerAddress("Rooms", app_id=APP_ID.replace("0", "f"))
        await change_address(db, scene.operator, server.slug, other, now=scene.now)

    found = await scene.read(server)
    assert ("Rooms", APP_ID) == (found.name, found.app_id)


@pytest.mark.parametrize(
    ("number", "country", "problem"),
    [
        ("", "GB", {"number": "needed"}),
        ("01632 960140", "UK", {"country": "not-a-country"}),
        ("01632 960140", "", {"country": "not-a-country"}),
        ("ring me", "GB", {"number": "not-a-phone"}),
        ("123", "GB", {"number": "not-a-phone"}),
        ("01632 960140 ext 3", "GB", {"number": "not-a-phone"}),
        ("+49 30 901820", "GB", {"country": "number-of-another-country"}),
    ],
)
async def test_a_number_must_be_one_of_its_country(
    number: str, country: str, problem: dict[str, str], scene: Keepers
) -> None:
    server = await scene.add(ServerKind.HS256)

    with pytest.raises(Invalid) as refused:
        async with scene.parts.database.writing() as db:
            wanted = NewNumber(number, country)
            await add_number(db, scene.operator, server.slug, wanted, now=scene.now)

    assert problem == refused.value.fields


async def test_numbers_are_told_in_the_order_that_was_chosen(scene: Keepers) -> None:
    server = await scene.add(ServerKind.HS256)
    db_of, actor, slug = scene.parts.database, scene.operator, server.slug
    async with db_of.writing() as db:
        added = [
            await add_number(
                db,
                actor,
                slug,
                NewNumber(number, "GB", is_toll_free=number.startswith("0808")),
                now=scene.now,
            )
            for number in ("01632 960140", "0808 157 0192", "01632 960142")
        ]

    async with db_of.writing() as db:
        await tell_first(db, actor, slug, added[-1].id, now=scene.now)
    with pytest.raises(Refused, match="number-is-there"):
        async with db_of.writing() as db:
            again = NewNumber("+44 1632 960140", "GB")
            await add_number(db, actor, slug, again, now=scene.now)

    found = (await scene.read(server)).numbers
    assert ["+441632960142", "+441632960140", "+448081570192"] == [each.number for each in found]
    assert [False, False, True] == [each.is_toll_free for each in found]


async def test_an_organisation_that_is_given_a_server_finds_a_line_that_names_nobody(
    scene: Keepers,
) -> None:
    server = await scene.add(ServerKind.HS256)
    both = [scene.house.id, scene.elsewhere.id]

    async with scene.parts.database.writing() as db:
        await give_server(db, scene.operator, server.slug, both, now=scene.now)
        await give_server(db, scene.operator, server.slug, both, now=scene.now)

    assert ["organisation.rooms-moved"] == await scene.audit(scene.elsewhere)
    assert ["organisation.rooms-moved", "server.added", "server.given"] == sorted(
        await scene.audit()
    )
    async with scene.parts.database.reading() as db:
        found = await server_of_house(db, actor_for(scene.elsewhere.id, scene.dov, Role.ADMIN))
    assert found is not None
    assert server.id == found.id


async def test_a_server_that_is_used_is_not_retired_and_a_retired_one_not_given(
    scene: Keepers,
) -> None:
    used, spare = await scene.add(ServerKind.HS256), await scene.add(ServerKind.PLAIN)
    actor, now = scene.operator, scene.now
    async with scene.parts.database.writing() as db:
        await give_server(db, actor, used.slug, [scene.house.id], now=now)
        await retire_server(db, actor, spare.slug, now=now)

    with pytest.raises(Refused, match="server-in-use"):
        async with scene.parts.database.writing() as db:
            await retire_server(db, actor, used.slug, now=now)
    with pytest.raises(Refused, match="server-is-retired"):
        async with scene.parts.database.writing() as db:
            await give_server(db, actor, spare.slug, [scene.house.id], now=now)


async def test_an_organisation_that_does_not_exist_cannot_be_given_a_server(
    scene: Keepers,
) -> None:
    server = await scene.add(ServerKind.PLAIN)

    for nobody in ([], [scene.ada.id]):
        with pytest.raises(Invalid):
            async with scene.parts.database.writing() as db:
                await give_server(db, scene.operator, server.slug, nobody, now=scene.now)


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.OPERATOR])
async def test_only_an_operator_keeps_servers(role: Role, scene: Keepers) -> None:
    server = await scene.add(ServerKind.PLAIN)
    actor = actor_for(scene.house.id, scene.ben, role)

    with pytest.raises(NotAllowed):
        async with scene.parts.database.writing() as db:
            await retire_server(db, actor, server.slug, now=scene.now)


async def test_a_server_nobody_knows_is_not_found(scene: Keepers) -> None:
    with pytest.raises(NotFound):
        async with scene.parts.database.writing() as db:
            await retire_server(db, scene.operator, "none-such", now=scene.now)


# --- operators ---


async def roles_of(scene: Keepers, person_id: UUID) -> set[Role]:
    """Read somebody's roles."""
    async with scene.parts.database.reading() as db:
        member = await staff_member_by_id(db, system_actor(scene.house.id), person_id)
        return {held.role for held in member.roles}


@pytest.mark.parametrize("is_operator", [False, True])
async def test_no_page_makes_an_operator(is_operator: bool, scene: Keepers) -> None:
    ben = actor_for(scene.house.id, scene.ben, Role.ADMIN)
    actor = scene.operator if is_operator else ben
    eve = Newcomer("Eve", "eve@kiln.org.uk", {Role.OPERATOR})

    with pytest.raises(Refused, match="operator-by-command"):
        async with scene.parts.database.writing() as db:
            await change_roles(db, actor, scene.ben.id, {Role.ADMIN, Role.OPERATOR}, now=scene.now)
    with pytest.raises(Refused, match="operator-by-command"):
        async with scene.parts.database.writing() as db:
            await invite_staff(db, actor, eve, now=scene.now)
    with pytest.raises((Refused, NotAllowed)):
        async with scene.parts.database.writing() as db:
            await make_operator(db, actor, scene.ben.id, now=scene.now)

    assert {Role.ADMIN} == await roles_of(scene, scene.ben.id)


async def test_an_admin_changes_other_roles_of_an_operator_and_takes_nothing_away(
    scene: Keepers,
) -> None:
    ben = actor_for(scene.house.id, scene.ben, Role.ADMIN)

    async with scene.parts.database.writing() as db:
        await change_roles(db, ben, scene.ada.id, {Role.COORDINATOR}, now=scene.now)

    assert {Role.COORDINATOR, Role.OPERATOR} == await roles_of(scene, scene.ada.id)


async def test_an_admin_cannot_stop_an_operator_and_the_last_one_stays(scene: Keepers) -> None:
    ben = actor_for(scene.house.id, scene.ben, Role.ADMIN)
    system = system_actor(scene.house.id)

    with pytest.raises(Refused, match="operator-stays"):
        async with scene.parts.database.writing() as db:
            await disable_staff(db, ben, scene.ada.id, None, now=scene.now)
    with pytest.raises(Refused, match="last-operator"):
        async with scene.parts.database.writing() as db:
            await disable_staff(db, scene.operator, scene.ada.id, None, now=scene.now)
    async with scene.parts.database.writing() as db:
        await make_operator(db, system, scene.ben.id, now=scene.now)
        await disable_staff(db, scene.operator, scene.ada.id, None, now=scene.now)

    assert {Role.ADMIN, Role.OPERATOR} == await roles_of(scene, scene.ben.id)


# --- memory ---


async def test_a_server_that_cannot_be_opened_holds_up_no_other(
    scene: Keepers, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, good = await scene.add(ServerKind.HS256), await scene.add(ServerKind.HS256)
    for server in (broken, good):
        await scene.key(server)
    async with scene.parts.database.writing() as db:
        spoilt = update(ServerKey).where(ServerKey.server_id == broken.id)
        await db.execute(spoilt.values(secret_sealed=b"1|00|00"))
    servers = Servers(scene.parts.database, scene.parts.keys)

    for _ in range(3):
        await servers.refresh()

    assert servers.named(broken.slug) is None
    assert servers.named(good.slug) is not None
    assert (True, False) == (servers.is_broken(broken.id), servers.is_broken(good.id))
    assert await servers.with_id(broken.id, broken.version) is None
    logged = capsys.readouterr()
    assert 1 == (logged.out + logged.err).count("server-not-opened")
    assert str(broken.id) in logged.out + logged.err


@pytest.mark.parametrize("kind", SELF_HOSTED)
async def test_a_broken_server_comes_back_when_its_secrets_are_made_anew(
    kind: ServerKind, scene: Keepers
) -> None:
    server = await scene.add(kind)
    await scene.key(server)
    await scene.key(server, KeyUse.INBOUND)
    servers = Servers(scene.parts.database, scene.parts.keys)
    async with scene.parts.database.writing() as db:
        await db.execute(update(ServerKey).values(secret_sealed=b"nonsense"))
        await db.execute(update(JitsiServer).values(version=JitsiServer.version + 1))
    await servers.refresh()
    assert servers.is_broken(server.id)

    await scene.key(server)
    await servers.refresh()

    found = servers.named(server.slug)
    assert found is not None
    assert found.signing is not None
    assert not servers.is_broken(server.id)
