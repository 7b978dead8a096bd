"""Keys shared with Jitsi servers: renewed while they are used, gone when their time is over, never shown."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import jwt
import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import update

from scheduling.joining import HOST_ROOM_BEFORE
from scheduling.meeting import LONGEST_MINUTES
from scheduling.online import KeyUse, ServerKind
from service.actions.opened_servers import Servers
from service.actions.server_keys import (
    OVERLAP,
    SECRET_BYTES,
    FreshKey,
    drop_ended_keys,
    fresh_key,
    pasted_key,
    use_waiting_key,
    webhook_secret,
)
from service.actor import system_actor
from service.errors import Invalid, Refused
from service.keeping_time import keep_time
from service.parts import Parts
from service.rooms.server import PublicKey, Server
from service.rooms.tokens import VALID_AFTER
from service.storage.servers import JitsiServer, ServerKey
from service.web.context import SERVERS
from tests.integration.conftest import Making, TestClock
from tests.integration.server_scene import APP_ID, WHSEC, Keepers, keepers, private_pem

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def scene(making: Making, parts: Parts, now: datetime) -> Keepers:
    """Make two houses and who works there."""
    return await keepers(making, parts, now)


@pytest.fixture(scope="module")
def pem() -> str:
    """Make one private key for all tests here: it takes a while."""
    return private_pem()


async def memory(scene: Keepers, server: JitsiServer) -> Server:
    """Open the server as every process does."""
    servers = Servers(scene.parts.database, scene.parts.keys)
    await servers.refresh()
    found = servers.named(server.slug)
    assert found is not None
    return found


def test_what_an_older_key_has_signed_runs_out_before_the_key_does() -> None:
    longest = HOST_ROOM_BEFORE + timedelta(minutes=LONGEST_MINUTES) + VALID_AFTER

    assert longest <= OVERLAP < longest + timedelta(hours=1)


async def test_a_shared_secret_is_long_enough_and_new_each_time() -> None:
    made = [await fresh_key(ServerKind.HS256, KeyUse.SIGNING) for _ in range(20)]

    assert 20 == len({each.secret for each in made})
    assert all(len(each.secret) >= SECRET_BYTES for each in made)
    assert all(each.secret not in repr(each) for each in made)


async def test_an_rsa_key_is_2048_bits_and_its_halves_belong_together() -> None:
    made = await fresh_key(ServerKind.RS256, KeyUse.SIGNING)

    private = load_pem_private_key(made.secret.encode(), password=None)
    assert isinstance(private, RSAPrivateKey)
    assert 2048 == private.key_size
    token = jwt.encode({"room": "one"}, private, algorithm="RS256")
    assert {"room": "one"} == jwt.decode(token, made.public_pem, algorithms=["RS256"])


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        (ServerKind.PLAIN, KeyUse.SIGNING),
        (ServerKind.PLAIN, KeyUse.INBOUND),
        (ServerKind.JAAS, KeyUse.SIGNING),
        (ServerKind.JAAS, KeyUse.WEBHOOK),
        (ServerKind.HS256, KeyUse.WEBHOOK),
    ],
)
async def test_what_is_not_ours_to_make_is_not_made(kind: ServerKind, use: KeyUse) -> None:
    with pytest.raises(Refused, match="key-not-made-here"):
        await fresh_key(kind, use)


@pytest.mark.parametrize("key_id", ["4f1a2b", f"{APP_ID}/4f1a2b", f"  {APP_ID}/4f1a2b "])
async def test_a_key_of_8x8_is_named_as_tokens_name_it(key_id: str, pem: str) -> None:
    found = await pasted_key(APP_ID, key_id, f"\r\n{pem}\r\n")

    assert f"{APP_ID}/4f1a2b" == found.name
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize(
    ("key_id", "fields"),
    [
        ("", {"key_id": "not-a-key-id"}),
        (APP_ID, {"key_id": "not-a-key-id"}),
        ("a b", {"key_id": "not-a-key-id"}),
        (f"{APP_ID.replace('0', 'f')}/4f1a2b", {"key_id": "key-of-another"}),
    ],
)
async def test_a_key_of_8x8_needs_its_own_name(
    key_id: str, fields: dict[str, str], pem: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await pasted_key(APP_ID, key_id, pem)

    assert fields == refused.value.fields


async def test_what_is_no_private_rsa_key_is_refused_and_not_repeated(pem: str) -> None:
    small, public = (
        private_pem(1024),
        (await fresh_key(ServerKind.RS256, KeyUse.SIGNING)).public_pem,
    )

    for typed in ("", "secret words", public, small, pem[: len(pem) // 2], pem.replace("A", "B")):
        with pytest.raises(Invalid) as refused:
            await pasted_key(APP_ID, "4f1a2b", typed)
        assert {"pem": "not-a-private-key"} == refused.value.fields
        assert "secret words" not in str(refused.value)


@pytest.mark.parametrize("typed", ["", "whsec_", "whsec_short", "secret", f"{WHSEC} {WHSEC}"])
def test_what_is_no_webhook_secret_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="secret: not-a-webhook-secret"):
        webhook_secret(typed)


async def test_secrets_are_sealed_and_bound_to_their_server(scene: Keepers) -> None:
    server, other = await scene.add(ServerKind.HS256), await scene.add(ServerKind.HS256)
    made = await scene.key(server, KeyUse.INBOUND)

    stored = (await scene.read(server)).keys[0]
    assert made.secret.encode() not in stored.secret_sealed
    assert [made.secret.encode()] == [each.value for each in (await memory(scene, server)).inbound]
    async with scene.parts.database.writing() as db:
        moved = update(ServerKey).where(ServerKey.id == stored.id)
        await db.execute(moved.values(server_id=other.id))
    servers = Servers(scene.parts.database, scene.parts.keys)
    await servers.refresh()
    assert servers.is_broken(other.id)


async def test_a_renewed_shared_secret_waits_until_it_is_there(scene: Keepers) -> None:
    server = await scene.add(ServerKind.HS256)
    first = await scene.key(server)
    lost, second = await scene.key(server), await scene.key(server)

    before = await memory(scene, server)
    async with scene.parts.database.writing() as db:
        await use_waiting_key(db, scene.operator, server.slug, now=scene.now)
    after = await memory(scene, server)

    assert before.signing is not None
    assert after.signing is not None
    assert (first.secret.encode(), second.secret.encode()) == (
        before.signing.secret,
        after.signing.secret,
    )
    assert lost.name not in {key.name for key in (await scene.read(server)).keys}
    with pytest.raises(Refused, match="no-key-waits"):
        async with scene.parts.database.writing() as db:
            await use_waiting_key(db, scene.operator, server.slug, now=scene.now)


async def test_a_renewed_webhook_secret_takes_the_place_of_others_unless_it_stands_beside_them(
    scene: Keepers,
) -> None:
    server = await scene.add(ServerKind.JAAS)
    await scene.keep(server, webhook_secret(f"{WHSEC}-1"))
    await scene.keep(server, webhook_secret(f"{WHSEC}-2", beside=True))
    assert [None, None] == [key.ends_at for key in (await scene.read(server)).keys]

    await scene.keep(server, webhook_secret(f"{WHSEC}-3"))

    ends = [key.ends_at for key in (await scene.read(server)).keys]
    assert [scene.now + OVERLAP, scene.now + OVERLAP, None] == ends


async def test_the_same_key_of_8x8_is_not_kept_twice(scene: Keepers, pem: str) -> None:
    server = await scene.add(ServerKind.JAAS)
    key = await pasted_key(APP_ID, "4f1a2b", pem)
    await scene.keep(server, key)

    with pytest.raises(Refused, match="key-is-there"):
        await scene.keep(server, key)


async def test_a_key_is_kept_only_where_it_belongs(scene: Keepers, pem: str) -> None:
    shared, jaas = await scene.add(ServerKind.HS256), await scene.add(ServerKind.JAAS)
    other = APP_ID.replace("0", "f")

    with pytest.raises(Refused, match="key-not-made-here"):
        await scene.keep(shared, webhook_secret(WHSEC))
    with pytest.raises(Refused, match="key-of-another"):
        await scene.keep(jaas, await pasted_key(other, "4f1a2b", pem))


async def test_ended_keys_are_dropped_by_time_itself_and_once(
    scene: Keepers, parts: Parts, clock: TestClock
) -> None:
    server = await scene.add(ServerKind.RS256)
    await scene.key(server)
    kept = await scene.key(server)
    clock.move(OVERLAP - MINUTE)
    await keep_time(parts)
    assert 2 == len((await scene.read(server)).keys)

    clock.move(MINUTE)
    await keep_time(parts)
    await keep_time(parts)

    found = await scene.read(server)
    assert [kept.name] == [key.name for key in found.keys]
    assert 1 == (await scene.audit()).count("server.keys-dropped")
    assert "server.keys-dropped" not in await scene.audit(scene.elsewhere)
    assert 4 == found.version


async def test_only_one_organisations_round_drops_keys(scene: Keepers) -> None:
    server = await scene.add(ServerKind.HS256)
    for _ in range(2):
        await scene.key(server, KeyUse.INBOUND)
    later = scene.now + OVERLAP

    async with scene.parts.database.writing() as db:
        elsewhere = await drop_ended_keys(db, system_actor(scene.elsewhere.id), now=later)
        house = await drop_ended_keys(db, system_actor(scene.house.id), now=later)

    assert (0, 1) == (elsewhere, house)


# --- what is served ---


def file_of(key: FreshKey) -> str:
    """Name the file Prosody asks for, in the plainest way."""
    return f"{hashlib.sha256(key.name.encode()).hexdigest()}.pem"


async def test_prosody_finds_every_good_key_by_the_hash_of_its_name(
    scene: Keepers, server: TestServer, clock: TestClock
) -> None:
    row = await scene.add(ServerKind.RS256)
    old, new = await scene.key(row), await scene.key(row)
    base = server.make_url(f"/jitsi/{row.slug}/keys/")

    async with ClientSession() as prosody:
        for key in (old, new):
            async with prosody.get(base.joinpath(file_of(key))) as answer:
                assert 200 == answer.status
                assert key.public_pem == await answer.text()
                mark = {"If-None-Match": answer.headers["ETag"]}
                assert "public, max-age=60" == answer.headers["Cache-Control"]
            async with prosody.get(base.joinpath(file_of(key)), headers=mark) as answer:
                assert (304, b"") == (answer.status, await answer.read())
        async with prosody.get(base.joinpath("jwks.json")) as answer:
            found = await answer.json()
        clock.move(OVERLAP)
        async with prosody.get(base.joinpath(file_of(old))) as answer:
            assert 404 == answer.status
        async with prosody.get(base.joinpath(file_of(new))) as answer:
            assert 200 == answer.status

    assert [old.name, new.name] == [each["kid"] for each in found["keys"]]
    for key, each in zip((old, new), found["keys"], strict=True):
        assert {"kty", "use", "alg", "kid", "n", "e"} == set(each)
        token = jwt.encode({"room": "one"}, key.secret, algorithm="RS256")
        assert {"room": "one"} == jwt.decode(token, jwt.PyJWK(each), algorithms=["RS256"])


@pytest.mark.parametrize(
    "path",
    [
        "/jitsi/none-such/keys/jwks.json",
        f"/jitsi/none-such/keys/{'0' * 64}.pem",
        f"/jitsi/our-rooms/keys/{'0' * 64}.pem",
        "/jitsi/our-rooms/keys/..%2F..%2Flink.pem",
    ],
)
async def test_what_is_not_there_is_told_in_plain_text(
    path: str, scene: Keepers, server: TestServer
) -> None:
    await scene.key(await scene.add(ServerKind.RS256))

    async with ClientSession() as prosody, prosody.get(server.make_url(path)) as answer:
        assert (404, "text/plain") == (answer.status, answer.content_type)


@pytest.mark.parametrize("kind", [ServerKind.HS256, ServerKind.JAAS, ServerKind.PLAIN])
async def test_servers_without_public_keys_serve_none(
    kind: ServerKind, scene: Keepers, server: TestServer, pem: str
) -> None:
    row = await scene.add(kind)
    if kind is not ServerKind.PLAIN:
        await scene.key(row, KeyUse.INBOUND)
    if kind is ServerKind.JAAS:
        await scene.keep(row, await pasted_key(APP_ID, "4f1a2b", pem))
    if kind is ServerKind.HS256:
        await scene.key(row)
    paths = [PublicKey(key.name, "").file for key in (await scene.read(row)).keys]

    async with ClientSession() as prosody:
        for path in ("jwks.json", *paths):
            async with prosody.get(server.make_url(f"/jitsi/{row.slug}/keys/{path}")) as answer:
                assert 404 == answer.status


@pytest.mark.parametrize("what", ["private", "both", "secret"])
async def test_nothing_but_a_public_key_is_ever_served(
    what: str, scene: Keepers, server: TestServer
) -> None:
    """Whatever went wrong before: a row that holds a secret where a public key should be serves nothing."""
    row = await scene.add(ServerKind.RS256)
    made = await scene.key(row)
    wrong = {
        "private": made.secret,
        "both": f"{made.secret}{made.public_pem}",
        "secret": "a shared secret of thirty-two bytes or more",
    }
    async with scene.parts.database.writing() as db:
        await db.execute(update(ServerKey).values(public_pem=wrong[what]))
        await db.execute(update(JitsiServer).values(version=JitsiServer.version + 1))
    await server.app[SERVERS].refresh()

    async with ClientSession() as prosody:
        for path in ("jwks.json", file_of(made)):
            async with prosody.get(server.make_url(f"/jitsi/{row.slug}/keys/{path}")) as answer:
                said = await answer.text()
            assert "PRIVATE" not in said
            assert "shared secret" not in said
            assert '"d"' not in said


async def test_strangers_who_guess_keys_do_not_keep_the_database_busy(
    scene: Keepers, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await scene.add(ServerKind.RS256)
    servers = server.app[SERVERS]
    await servers.refresh()
    readings = 0
    read = servers.refresh

    async def counted() -> None:
        nonlocal readings
        readings += 1
        await read()

    monkeypatch.setattr(servers, "refresh", counted)

    async with ClientSession() as stranger:

        async def guess(number: int) -> int:
            path = f"/jitsi/{row.slug}/keys/{number:064x}.pem"
            async with stranger.get(server.make_url(path)) as answer:
                return answer.status

        assert {404} == set(await asyncio.gather(*(guess(number) for number in range(60))))
    assert 1 <= readings <= 10


# --- E25: renewing while requests run ---


class Jitsi:
    """A server that checks our tokens with the keys it fetches from us, and asks us with its secret."""

    def __init__(self, session: ClientSession, ours: TestServer, slug: str) -> None:
        self._session, self._ours, self._slug = session, ours, slug
        self._kept: dict[str, str] = {}

    async def lets_in(self, token: str) -> bool:
        """Fetch the key a token names, as mod_auth_token does, keep it, and check the signature."""
        kid = jwt.get_unverified_header(token)["kid"]
        if kid not in self._kept:
            file = f"{hashlib.sha256(kid.encode()).hexdigest()}.pem"
            url = self._ours.make_url(f"/jitsi/{self._slug}/keys/{file}")
            async with self._session.get(url) as answer:
                if answer.status != 200:
                    return False
                self._kept[kid] = await answer.text()
        try:
            jwt.decode(token, self._kept[kid], algorithms=["RS256"])
        except jwt.InvalidTokenError:
            return False
        return True

    async def is_heard(self, secret: str) -> bool:
        """Ask about a booking with the secret; 401 is the answer to a wrong one."""
        url = self._ours.make_url(f"/jitsi/{self._slug}/conference/none")
        headers = {"Authorization": f"Bearer {secret}"}
        async with self._session.get(url, headers=headers) as answer:
            return answer.status != 401

    def forget(self) -> None:
        """Start again: what was kept is fetched anew."""
        self._kept.clear()


async def run_while(honest: Callable[[], Awaitable[bool]], change: Awaitable[object]) -> list[bool]:
    """Ask over and over, eight at a time, and make the change when each has asked some times."""
    found: list[bool] = []
    warm, changed = asyncio.Event(), asyncio.Event()

    async def keep_asking() -> None:
        after = 0
        while after < 5:
            found.append(await honest())
            after += changed.is_set()
            if len(found) >= 40:
                warm.set()
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(keep_asking())
        await warm.wait()
        await change
        changed.set()
    return found


async def token_now(servers: Servers, row: JitsiServer) -> str:
    """Sign a token with the newest key, as another process that made the key knows it already."""
    found = servers.named(row.slug)
    assert found is not None
    assert found.signing is not None
    return jwt.encode(
        {"room": "one"},
        found.signing.secret,
        algorithm="RS256",
        headers={"kid": found.signing.name},
    )


async def test_e25_a_key_is_renewed_while_people_come_in_and_nobody_is_turned_away(
    scene: Keepers, server: TestServer, clock: TestClock
) -> None:
    row = await scene.add(ServerKind.RS256)
    await scene.key(row)
    elsewhere = Servers(scene.parts.database, scene.parts.keys)
    await elsewhere.refresh()
    old = await token_now(elsewhere, row)

    async def renew() -> None:
        await scene.key(row)
        await elsewhere.refresh()

    async with ClientSession() as session:
        jitsi = Jitsi(session, server, row.slug)

        async def honest() -> bool:
            return await jitsi.lets_in(await token_now(elsewhere, row)) and await jitsi.lets_in(old)

        found = await run_while(honest, renew())
        new = await token_now(elsewhere, row)
        jitsi.forget()
        during = [await jitsi.lets_in(old), await jitsi.lets_in(new)]
        clock.move(OVERLAP)
        jitsi.forget()
        after = [await jitsi.lets_in(old), await jitsi.lets_in(new)]

    assert old != new
    assert 0 == found.count(False)
    assert ([True, True], [False, True]) == (during, after)


async def test_e25_control_without_an_overlap_people_are_turned_away(
    scene: Keepers, server: TestServer
) -> None:
    row = await scene.add(ServerKind.RS256)
    await scene.key(row)
    elsewhere = Servers(scene.parts.database, scene.parts.keys)
    await elsewhere.refresh()
    old = await token_now(elsewhere, row)

    async def replace() -> None:
        await scene.key(row)
        async with scene.parts.database.writing() as db:
            older = update(ServerKey).where(ServerKey.ends_at.is_not(None))
            await db.execute(older.values(ends_at=scene.now))
            await db.execute(update(JitsiServer).values(version=JitsiServer.version + 1))
        await server.app[SERVERS].refresh()

    async with ClientSession() as session:

        async def honest() -> bool:
            return await Jitsi(session, server, row.slug).lets_in(old)

        found = await run_while(honest, replace())

    assert 0 < found.count(False)


async def test_e25_a_secret_is_renewed_while_the_server_asks_and_it_is_always_heard(
    scene: Keepers, server: TestServer, clock: TestClock
) -> None:
    row = await scene.add(ServerKind.HS256)
    old = await scene.key(row, KeyUse.INBOUND)
    await server.app[SERVERS].refresh()
    new = await fresh_key(row.kind, KeyUse.INBOUND)

    async def renew() -> None:
        await scene.keep(row, new)
        await server.app[SERVERS].refresh()

    async with ClientSession() as session:
        jitsi = Jitsi(session, server, row.slug)
        found = await run_while(lambda: jitsi.is_heard(old.secret), renew())
        during = [await jitsi.is_heard(each.secret) for each in (old, new)]
        wrong = await jitsi.is_heard("another secret")
        clock.move(OVERLAP)
        after = [await jitsi.is_heard(each.secret) for each in (old, new)]

    assert 0 == found.count(False)
    assert ([True, True], False, [False, True]) == (during, wrong, after)


async def test_e25_webhook_secrets_overlap_too(scene: Keepers) -> None:
    row = await scene.add(ServerKind.JAAS)
    await scene.keep(row, webhook_secret(f"{WHSEC}-old"))
    await scene.keep(row, webhook_secret(f"{WHSEC}-new"))
    message = b"1700000000.{}"
    signed = {
        name: hmac.digest(f"{WHSEC}-{name}".encode(), message, "sha256") for name in ("old", "new")
    }

    found = await memory(scene, row)

    def accepted(at: datetime) -> set[str]:
        good = {
            hmac.digest(each.value, message, "sha256") for each in found.webhook if each.is_good(at)
        }
        return {name for name, signature in signed.items() if signature in good}

    assert {"old", "new"} == accepted(scene.now + OVERLAP - MINUTE)
    assert {"new"} == accepted(scene.now + OVERLAP)
