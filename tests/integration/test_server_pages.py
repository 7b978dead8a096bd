"""The pages of Jitsi servers: the guided way, what is shown once, trying one, and who may not look."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from scheduling.online import Ability, KeyUse, ServerKind
from service.actions.server_keys import pasted_key, webhook_secret
from service.actions.servers import (
    USUAL,
    ServerDetails,
    change_details,
    give_server,
)
from service.actor import Role
from service.parts import Parts
from service.rooms.lines import NOT_SHOWN
from service.storage.audit import AuditLine
from service.storage.servers import JitsiServer, ServerKey, all_servers
from service.web.context import SERVERS
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.server_scene import APP_ID, WHSEC, Keepers, keepers, private_pem

ALL = "/set-up/servers"
#: A page or form for each way in, with {s} for the server.
GETS = (
    ALL,
    f"{ALL}/new",
    f"{ALL}/new/hs256",
    *(
        f"{ALL}/{{s}}{rest}"
        for rest in (
            "",
            "/address",
            "/details",
            "/houses",
            "/lines",
            "/keys",
            "/keys/jaas",
            "/keys/webhook",
            "/numbers",
            "/try",
        )
    ),
)
POSTS = (
    f"{ALL}/new",
    f"{ALL}/new/plain",
    *(
        f"{ALL}/{{s}}{rest}"
        for rest in (
            "/address",
            "/details",
            "/houses",
            "/retire",
            "/bring-back",
            "/keys/make",
            "/keys/use",
            "/keys/jaas",
            "/keys/webhook",
            "/numbers",
            "/try",
        )
    ),
)


@pytest.fixture
async def scene(making: Making, parts: Parts, now: datetime) -> Keepers:
    """Make two houses and who works there."""
    return await keepers(making, parts, now)


@pytest.fixture
async def ada(scene: Keepers, open_browser: OpenBrowser) -> Browser:
    """Open the operator's browser."""
    return await open_browser(scene.ada)


async def servers_now(scene: Keepers) -> list[JitsiServer]:
    """Read all servers."""
    async with scene.parts.database.reading() as db:
        return list(await all_servers(db))


def shown_text(page: str) -> str:
    """Give what stands in the lines to copy, as a person would paste it."""
    return unescape("\n".join(re.findall(r'<code class="break">(.*?)</code>', page, re.DOTALL)))


# --- the guided way ---


async def test_a_server_of_our_own_is_added_step_by_step(scene: Keepers, ada: Browser) -> None:
    await ada.get("/set-up")
    assert f'href="{ALL}"' in ada.page

    chosen = await ada.post(f"{ALL}/new", on=f"{ALL}/new", kind="hs256")
    assert f"{ALL}/new/hs256" == chosen.headers["Location"]
    added = await ada.post(
        f"{ALL}/new/hs256", on=f"{ALL}/new/hs256", name="Kiln rooms", url="meet.kiln.org.uk"
    )
    details = f"{ALL}/kiln-rooms/details?new=yes"
    assert f"{details}&done=server-added" == added.headers["Location"]
    await ada.get(details)
    assert "Step 3 of 5" in ada.page
    kept = await ada.post(
        details,
        abilities=["events", "reservations", "lobby", "dial_in"],
        foreign_rooms="refuse",
        app_id="manyways",
        audience="manyways",
        muc_domain="muc.meet.jitsi",
    )
    keys = f"{ALL}/kiln-rooms/keys?new=yes"
    assert keys == kept.headers["Location"]
    await ada.get(keys)
    made = await ada.post(f"{ALL}/kiln-rooms/keys/make?new=yes")

    assert 200 == made.status
    assert "Copy it now" in ada.page
    lines = shown_text(ada.page)
    for line in (
        "PUBLIC_URL=https://meet.kiln.org.uk",
        "JWT_APP_ID=manyways",
        "XMPP_MUC_MODULES=token_affiliation,token_lobby_bypass",
        "XMPP_MODULES=reservations,persistent_lobby",
        "JICOFO_ENABLE_AUTH=0",
        "DIALIN_NUMBERS_URL=http://localhost:8080/phone/numbers",
        'Component "esync.meet.jitsi" "event_sync_component"',
        '    api_prefix = "http://localhost:8080/jitsi/kiln-rooms"',
    ):
        assert line in lines.splitlines(), line
    secret = re.search(r"JWT_APP_SECRET=([\w-]{80,})\n", lines)
    bearer = re.search(
        r'reservations_api_headers = \{ \["Authorization"\] = "Bearer ([\w-]+)"', lines
    )
    assert secret is not None
    assert bearer is not None
    assert NOT_SHOWN not in lines
    assert f"{ALL}/kiln-rooms/try?new=yes" in ada.page
    for path in (f"{ALL}/kiln-rooms{rest}" for rest in ("", "/keys", "/lines", "/details")):
        await ada.get(path)
        assert secret.group(1) not in ada.page
        assert bearer.group(1) not in ada.page
    await ada.get(f"{ALL}/kiln-rooms/lines")
    assert f"JWT_APP_SECRET={NOT_SHOWN}" in ada.page


async def test_a_server_with_a_pair_of_keys_is_told_where_to_fetch_ours(
    scene: Keepers, ada: Browser
) -> None:
    server = await scene.add(ServerKind.RS256)
    page = f"{ALL}/{server.slug}/keys"

    await ada.post(f"{page}/make", on=page)

    lines = shown_text(ada.page)
    assert "JWT_ASAP_KEYSERVER=http://localhost:8080/jitsi/our-rooms/keys" in lines
    assert "JWT_APP_SECRET" not in lines
    assert "PRIVATE" not in ada.page
    assert {KeyUse.SIGNING, KeyUse.INBOUND} == {key.use for key in (await scene.read(server)).keys}


async def test_rooms_at_8x8_are_added_with_a_key_made_there(scene: Keepers, ada: Browser) -> None:
    new = f"{ALL}/new/jaas"
    await ada.post(new, on=new, name="8x8", app_id=APP_ID.upper())
    page, pem = f"{ALL}/8x8/keys", private_pem()

    await ada.post(f"{page}/make", on=page)
    asked = shown_text(ada.page)
    kept = await ada.post(f"{page}/jaas", on=f"{page}/jaas", key_id="4f1a2b", pem=pem)
    hook = await ada.post(f"{page}/webhook", on=f"{page}/webhook", secret=WHSEC)

    assert "http://localhost:8080/jaas/8x8\n" in asked
    assert "http://localhost:8080/jaas/8x8/settings?secret=" in asked
    assert re.search(r"Authorization: Bearer [\w-]{80,}", asked)
    assert (303, 303) == (kept.status, hook.status)
    stored = (await servers_now(scene))[0].keys
    assert {KeyUse.SIGNING, KeyUse.INBOUND, KeyUse.WEBHOOK} == {key.use for key in stored}


async def test_a_plain_server_needs_nothing_more_than_its_address(
    scene: Keepers, ada: Browser
) -> None:
    await ada.get(f"{ALL}/new")
    assert "Google, GitHub or Facebook" in ada.page
    assert "cannot keep anybody out" in ada.page

    new = f"{ALL}/new/plain"
    added = await ada.post(new, on=new, name="Public", url="https://meet.jit.si")

    assert f"{ALL}/public/try?new=yes&done=server-added" == added.headers["Location"]
    await ada.get(f"{ALL}/public/try?new=yes")
    assert "Step 3 of 3" in ada.page
    assert 404 == (await ada.get(f"{ALL}/public/details")).status


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        (f"{ALL}/new", {}, "Please choose one."),
        (f"{ALL}/new", {"kind": "nonsense"}, "Please"),
        (f"{ALL}/new/hs256", {"name": "<b>", "url": "http://x.example"}, "begins with https://"),
        (f"{ALL}/new/jaas", {"name": "<b>", "app_id": "mine"}, "vpaas-magic-cookie-"),
        (f"{ALL}/our-rooms/address", {"name": "", "url": "a b"}, "begins with https://"),
        (f"{ALL}/our-rooms/details", {"abilities": ["lobby"]}, "asks us before a room opens"),
        (f"{ALL}/our-rooms/details", {"abilities": ["fly"]}, "Please"),
        (f"{ALL}/our-rooms/houses", {}, "tick at least one"),
        (f"{ALL}/our-rooms/houses", {"houses": ["nonsense"]}, "Please"),
        (f"{ALL}/our-rooms/numbers", {"number": "1", "country": "GB"}, "Please"),
        (f"{ALL}/our-rooms/numbers", {"number": "01632 960140", "country": "UK"}, "not UK"),
    ],
)
async def test_what_cannot_be_used_is_shown_again_and_changes_nothing(
    path: str, fields: dict[str, object], words: str, scene: Keepers, ada: Browser
) -> None:
    server = await scene.add(ServerKind.HS256)

    response = await ada.post(path, on=path, **fields)

    assert 422 == response.status
    assert words in unescape(ada.page)
    assert "<b>" not in re.sub(r"<b>[^<]+</b>", "", ada.page)
    assert ["server.added"] == await scene.audit()
    assert server.version == (await scene.read(server)).version


@pytest.mark.parametrize("page", ["jaas", "webhook"])
async def test_a_secret_that_was_refused_is_not_shown_again(
    page: str, scene: Keepers, ada: Browser
) -> None:
    server = await scene.add(ServerKind.JAAS)
    path, typed = f"{ALL}/{server.slug}/keys/{page}", "whsec-almost-a-secret"

    response = await ada.post(path, on=path, key_id="4f1a2b", pem=typed, secret=typed)

    assert 422 == response.status
    assert typed not in ada.page
    assert page != "jaas" or 'value="4f1a2b"' in ada.page
    assert "Nothing was kept" in ada.page


async def test_a_renewed_secret_is_shown_alone_and_waits(scene: Keepers, ada: Browser) -> None:
    server = await scene.add(ServerKind.HS256)
    page = f"{ALL}/{server.slug}/keys"
    await ada.post(f"{page}/make", on=page)

    await ada.post(f"{page}/make", on=page, use="signing")
    lines = shown_text(ada.page)
    await ada.get(page)
    waiting = ada.page
    used = await ada.post(f"{page}/use")
    await ada.get(page)

    assert re.search(r"JWT_APP_SECRET=[\w-]{80,}", lines)
    assert "JWT_APP_ID" not in lines
    assert "Bearer" not in lines
    assert "A new secret is waiting" in waiting
    assert 303 == used.status
    assert "A new secret is waiting" not in ada.page
    assert "An older one" in ada.page


async def test_after_a_new_pair_of_keys_nothing_is_to_do_at_jitsi(
    scene: Keepers, ada: Browser
) -> None:
    server = await scene.add(ServerKind.RS256)
    page = f"{ALL}/{server.slug}/keys"
    await ada.post(f"{page}/make", on=page)

    await ada.post(f"{page}/make", on=page, use="signing")

    assert "Nothing. The server fetches our new public key by itself." in ada.page
    assert "JWT_" not in ada.page
    assert "THE-SECRET-YOU-WERE-SHOWN" not in ada.page


async def test_a_renewed_bearer_is_shown_where_it_belongs(scene: Keepers, ada: Browser) -> None:
    server = await scene.add(ServerKind.HS256)
    page = f"{ALL}/{server.slug}/keys"
    await ada.post(f"{page}/make", on=page)

    await ada.post(f"{page}/make", on=page, use="inbound")

    lines = shown_text(ada.page)
    assert 2 == len(set(re.findall(r"Bearer ([\w-]+)", lines)) | {"one more"})
    assert "JWT_APP_SECRET" not in lines


async def test_numbers_are_added_put_first_and_taken_off(scene: Keepers, ada: Browser) -> None:
    server = await scene.add(ServerKind.HS256)
    page = f"{ALL}/{server.slug}/numbers"
    for number in ("01632 960140", "01632 960141"):
        await ada.post(page, on=page, number=number, country="gb")
    last = (await scene.read(server)).numbers[-1]

    await ada.post(f"{page}/{last.id}/first", on=page)
    first = (await scene.read(server)).numbers[0]
    await ada.post(f"{page}/{first.id}/remove", on=page)

    assert last.id == first.id
    assert ["+441632960140"] == [each.number for each in (await scene.read(server)).numbers]
    assert 404 == (await ada.post(f"{page}/{last.id}/remove", on=page)).status
    assert 404 == (await ada.post(f"{page}/nonsense/first", on=page)).status


async def test_organisations_get_their_rooms_and_a_used_server_is_not_retired(
    scene: Keepers, ada: Browser
) -> None:
    server = await scene.add(ServerKind.HS256)
    page = f"{ALL}/{server.slug}"
    await ada.get(f"{page}/houses")
    assert 2 == ada.page.count(" checked")

    given = await ada.post(f"{page}/houses", houses=[scene.house.id, scene.elsewhere.id])
    refused = await ada.post(f"{page}/retire", on=page)

    assert (303, 422) == (given.status, refused.status)
    assert "Give them another server first." in ada.page
    await ada.get(f"{page}/houses")
    assert "Every organisation here is on it" in ada.page


async def test_a_server_is_retired_and_brought_back(scene: Keepers, ada: Browser) -> None:
    server = await scene.add(ServerKind.PLAIN)
    page = f"{ALL}/{server.slug}"

    await ada.post(f"{page}/retire", on=page)
    assert (await scene.read(server)).is_retired
    await ada.get(ALL)
    assert "Retired" in ada.page
    await ada.post(f"{page}/bring-back", on=page)

    assert not (await scene.read(server)).is_retired


async def test_a_broken_server_says_so_on_its_page_and_in_the_list(
    scene: Keepers, ada: Browser, server: TestServer
) -> None:
    row = await scene.add(ServerKind.HS256)
    await scene.key(row)
    async with scene.parts.database.writing() as db:
        await db.execute(update(ServerKey).values(secret_sealed=b"1|00|00"))
    await server.app[SERVERS].refresh()

    for path in (ALL, f"{ALL}/{row.slug}", f"{ALL}/{row.slug}/try"):
        assert 200 == (await ada.get(path)).status
        assert "annot be" in ada.page


# --- who may ---


@pytest.mark.parametrize("who", ["ben", "dov", "nobody"])
async def test_nobody_but_an_operator_sees_or_changes_servers(
    who: str, scene: Keepers, open_browser: OpenBrowser
) -> None:
    server = await scene.add(ServerKind.HS256)
    person = {"ben": scene.ben, "dov": scene.dov, "nobody": None}[who]
    browser = await open_browser(person)
    refused = 303 if person is None else 403

    for path in GETS:
        assert refused == (await browser.get(path.format(s=server.slug))).status, path
    token = "/set-up" if person else "/sign-in"
    for path in POSTS:
        response = await browser.post(path.format(s=server.slug), on=token, kind="plain", name="x")
        assert refused == response.status, path
        assert person or "/sign-in" in response.headers["Location"]

    assert ["server.added"] == await scene.audit()
    if person is not None:
        await browser.get("/set-up")
        assert ALL not in browser.page


@pytest.mark.parametrize("path", [path for path in GETS if "{s}" in path])
async def test_a_server_that_is_not_there_is_not_found(path: str, ada: Browser) -> None:
    assert 404 == (await ada.get(path.format(s="none-such"))).status


async def test_an_operator_who_is_nothing_else_finds_the_servers(
    scene: Keepers, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        eve = await make.staff(scene.house, "Eve", Role.OPERATOR)
    browser = await open_browser(eve)

    await browser.get("/set-up")

    assert ALL in browser.page
    assert "/set-up/staff" not in browser.page
    assert 200 == (await browser.get(ALL)).status


async def test_an_admin_sees_what_rooms_can_do_and_cost_and_nothing_of_others(
    scene: Keepers, open_browser: OpenBrowser
) -> None:
    mine, other = await scene.add(ServerKind.HS256), await scene.add(ServerKind.PLAIN)
    async with scene.parts.database.writing() as db:
        await give_server(db, scene.operator, mine.slug, [scene.house.id], now=scene.now)
        await give_server(db, scene.operator, other.slug, [scene.elsewhere.id], now=scene.now)
    ben, dov = await open_browser(scene.ben), await open_browser(scene.dov)

    await ben.get("/set-up/rooms")
    await dov.get("/set-up/rooms")

    assert "About £8 a month (£5.60 to £20)" in ben.page
    assert "Only people who are invited come in" in ben.page
    assert "People cannot ring in" in ben.page
    assert "Elsewhere" not in ben.page
    assert "Whoever runs this installation chooses" in ben.page
    assert "Anybody who has the link can come in too." in dov.page
    assert "Tick who came" in dov.page
    assert "Nothing to us" in dov.page


async def test_an_organisation_without_rooms_is_told_what_to_do(
    scene: Keepers, ada: Browser, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(scene.ben)

    await ben.get("/set-up/rooms")
    await ada.get("/set-up/rooms")

    assert "nobody can join online" in ben.page
    assert f'href="{ALL}"' in ada.page


async def test_the_organisations_page_says_where_rooms_are_set_up(ada: Browser) -> None:
    await ada.get("/set-up/organisation")

    assert 'href="/set-up/rooms"' in ada.page


async def test_no_staff_page_offers_the_role_of_operator(
    scene: Keepers, open_browser: OpenBrowser
) -> None:
    ben = await open_browser(scene.ben)

    for path in ("/set-up/staff/new", f"/set-up/staff/{scene.ben.id}"):
        await ben.get(path)
        assert 'value="operator"' not in ben.page
        response = await ben.post(
            path, name="Eve", email="eve@kiln.org.uk", roles=["admin", "operator"]
        )
        assert 422 == response.status
        assert "can make somebody an operator" in ben.page
    await ben.get(f"/set-up/staff/{scene.ada.id}")
    assert "They are also an <b>operator</b>" in ben.page


# --- try it ---


class Jitsi:
    """A Jitsi server as far as we look at it, with a clock and pages that a test may break."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.status = 200
        self.config = "var config = {}; config.hosts.muc = 'muc.' + subdomain + 'meet.jitsi';"
        self.leads_to = ""
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Answer like a Jitsi server's web part."""
        self.asked.append(request.path)
        headers = {"Date": format_datetime(self.now + self.ahead, usegmt=True)}
        if self.leads_to:
            return web.Response(status=302, headers=headers | {"Location": self.leads_to})
        if request.path.endswith("/config.js"):
            return web.Response(status=self.status, text=self.config, headers=headers)
        kind = "text/html"
        return web.Response(status=self.status, text="<html>", content_type=kind, headers=headers)

    now: datetime


@pytest.fixture
async def jitsi(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]], now: datetime
) -> AsyncIterator[tuple[Jitsi, str]]:
    """Run one on this machine."""
    fake = Jitsi()
    fake.now = now
    app = web.Application()
    app.router.add_get("/{path:.*}", fake.answer)
    running = await aiohttp_server(app)
    yield fake, f"http://127.0.0.1:{running.port}"


async def tried(browser: Browser, slug: str) -> dict[str, str]:
    """Press the button; gives what is said of each thing."""
    page = f"{ALL}/{slug}/try"
    response = await browser.post(page, on=page)
    assert 200 == response.status
    found = re.findall(
        r'<span class="flag (leaf|honey)">[^<]*</span> ([^<]+)</dt><dd>([^<]*)</dd>', browser.page
    )
    return {unescape(word): f"{tone} {unescape(line)}" for tone, word, line in found}


async def test_trying_says_what_works_and_what_to_do(
    jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser
) -> None:
    fake, url = jitsi
    server = await scene.add(ServerKind.HS256, url)
    await scene.key(server)

    found = await tried(ada, server.slug)

    assert "leaf It answers." == found["We can reach it"]
    assert found["Its clock is right"].startswith("leaf")
    assert found["The page of a room opens"].startswith("leaf")
    assert found["It is a Jitsi server of this name"].startswith("leaf")
    assert found["We can make passes for people"].startswith("leaf")
    assert "Make one under Keys" in found["It can prove to us who it is"]
    assert "Not since this service was started" in found["It has asked us about a room"]
    assert "things to do" in ada.page
    assert {"/", "/manyways-tries-this", "/config.js"} == set(fake.asked)


async def test_looking_at_the_page_asks_nobody(
    jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser
) -> None:
    fake, url = jitsi
    server = await scene.add(ServerKind.PLAIN, url)

    await ada.get(f"{ALL}/{server.slug}/try")

    assert [] == fake.asked


@pytest.mark.parametrize(
    ("seconds", "tone"), [(-61, "honey"), (-59, "leaf"), (59, "leaf"), (61, "honey")]
)
async def test_a_clock_that_is_off_by_more_than_a_minute_is_noticed(
    seconds: int, tone: str, jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser
) -> None:
    fake, url = jitsi
    fake.ahead = timedelta(seconds=seconds)
    server = await scene.add(ServerKind.PLAIN, url)

    found = await tried(ada, server.slug)

    assert found["Its clock is right"].startswith(tone)
    assert tone == "leaf" or "by 61 seconds" in found["Its clock is right"]


async def test_trying_follows_nobody_elsewhere(
    jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser, server: TestServer
) -> None:
    fake, url = jitsi
    fake.leads_to = f"{url}/somewhere-else"
    row = await scene.add(ServerKind.HS256, url)

    found = await tried(ada, row.slug)

    assert "/somewhere-else" not in fake.asked
    assert found["The page of a room opens"].startswith("honey")


async def test_troubles_of_the_server_are_told_apart(
    jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser, unused_tcp_port: int
) -> None:
    fake, url = jitsi
    away = await scene.add(ServerKind.PLAIN, f"http://127.0.0.1:{unused_tcp_port}")
    here = await scene.add(ServerKind.HS256, url)
    assert "Nothing answers" in (await tried(ada, away.slug))["We can reach it"]

    fake.config = "config of another house"
    other = await tried(ada, here.slug)
    fake.status = 503
    broken = await tried(ada, here.slug)

    assert "muc.meet.jitsi" in other["It is a Jitsi server of this name"]
    assert "(503)" in broken["We can reach it"]


async def test_when_a_server_last_asked_is_told(
    jitsi: tuple[Jitsi, str], scene: Keepers, ada: Browser, server: TestServer, clock: TestClock
) -> None:
    row = await scene.add(ServerKind.RS256, jitsi[1])
    for ability in (Ability.RESERVATIONS, Ability.EVENTS):
        server.app[SERVERS].heard(row.id, ability, scene.now)

    found = await tried(ada, row.slug)

    assert "leaf Last at 9am on Tuesday 12 January 2027." == found["It has asked us about a room"]
    assert found["It has told us who came"].startswith("leaf Last at")


# --- secrets ---


async def full_scene(scene: Keepers) -> tuple[list[JitsiServer], list[str]]:
    """Make a server of each kind with every sort of key; gives them, and every secret there is."""
    plain, hs256, rs256, jaas = [await scene.add(kind) for kind in ServerKind]
    keys = [await scene.key(each, use) for each in (hs256, rs256) for use in OURS for _ in "12"]
    keys.append(await scene.key(jaas, KeyUse.INBOUND))
    for fresh in (await pasted_key(APP_ID, "4f1a2b", private_pem()), webhook_secret(WHSEC)):
        await scene.keep(jaas, fresh)
        keys.append(fresh)
    usual = ServerDetails(
        USUAL.app_id, USUAL.audience, USUAL.muc_domain, frozenset(Ability), USUAL.foreign_rooms
    )
    async with scene.parts.database.writing() as db:
        await change_details(db, scene.operator, hs256.slug, usual, now=scene.now)
    bodies = [each.secret for each in keys if "PRIVATE" not in each.secret]
    pems = [line for each in keys if "PRIVATE" in each.secret for line in each.secret.split()[3:-3]]
    return [plain, hs256, rs256, jaas], [*bodies, *pems, "PRIVATE KEY"]


OURS = (KeyUse.SIGNING, KeyUse.INBOUND)


def leaks(secrets: list[str], said: str) -> list[str]:
    """Give the first letters of every secret that was said, but for hints about what a key looks like."""
    plain = unescape(said).replace("-----BEGIN PRIVATE KEY-----", "")
    return [each[:12] for each in secrets if each in plain]


async def test_no_secret_is_in_a_page_a_log_an_error_the_audit_or_the_command(
    scene: Keepers,
    ada: Browser,
    server: TestServer,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows, secrets = await full_scene(scene)
    servers = server.app[SERVERS]
    await servers.refresh()
    said = [repr(each) + str(each) for each in servers.all()]
    said += [repr(servers), repr(rows), repr([await scene.read(each) for each in rows])]

    for row in rows:
        for path in GETS:
            await ada.get(path.format(s=row.slug))
            said.append(ada.page)
        for path in (f"{ALL}/{row.slug}/keys/jaas", f"{ALL}/{row.slug}/keys/webhook"):
            await ada.post(path, on=f"{ALL}/{row.slug}", pem=secrets[0], secret=secrets[0])
            said.append(ada.page)
        for rest in ("jwks.json", *(f"{'0' * 64}.pem" for _ in "1")):
            await ada.get(f"/jitsi/{row.slug}/keys/{rest}")
            said.append(ada.page)
    for path in ("/set-up/rooms", "/set-up/changes", f"{ALL}/none-such"):
        await ada.get(path)
        said.append(ada.page)
    async with scene.parts.database.reading() as db:
        said += [f"{line.what} {line.facts}" for line in await db.scalars(select(AuditLine))]
    printed = capsys.readouterr()
    said += [printed.out, printed.err]

    assert [] == leaks(secrets, "\n".join(said))
    # The control: the same search finds them where they are meant to be.
    opened = [each.inbound[0].value.decode() for each in servers.all() if each.inbound]
    assert 3 == len(set(leaks(secrets, "\n".join(opened))))


async def test_what_was_shown_once_is_in_no_later_answer(scene: Keepers, ada: Browser) -> None:
    server = await scene.add(ServerKind.HS256)
    page = f"{ALL}/{server.slug}/keys"
    await ada.post(f"{page}/make", on=page)
    found = set(re.findall(r"[\w-]{80,}", shown_text(ada.page)))
    assert 2 == len(found)

    said = []
    for path in GETS:
        await ada.get(path.format(s=server.slug))
        said.append(ada.page)
    again = await ada.post(f"{page}/make", on=page)
    said.append(ada.page)

    assert 422 == again.status
    assert [] == leaks(sorted(found), "\n".join(said))
