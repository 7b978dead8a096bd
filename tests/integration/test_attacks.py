"""Attacks at the door: forged forms and cookies, links that lead astray, secrets in logs (E16, E22, E23)."""

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from service.actor import Role
from service.parts import Parts
from service.storage.people import Person
from service.storage.staff import SignIn, SignInRequest
from service.web.cookies import BROWSER, SIGN_IN
from tests.integration.conftest import Making, OpenBrowser, TestClock

ASTRAY = (
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil"),
    *(
        "/%2f/evil.example/..//x",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=1",
        "user@evil.example",
    ),
    *("/.//evil.example", "", " //evil.example", "http:evil.example", "/\u2028/evil", "?//evil"),
)


@pytest.fixture
async def ada(making: Making) -> Person:
    """Make somebody who may sign in."""
    async with making() as make:
        return await make.staff(await make.organisation(), "Ada", *Role)


async def newest_link(parts: Parts) -> str:
    """Give the path of the link that was mailed last."""
    async with parts.database.reading() as db:
        request = await db.scalar(select(SignInRequest).order_by(SignInRequest.id.desc()).limit(1))
    assert request is not None
    return f"/sign-in/{parts.keys.sign_in_secret(request.id)}"


async def test_signing_in_leads_to_this_site_only(
    ada: Person, parts: Parts, open_browser: OpenBrowser, clock: TestClock
) -> None:
    for target in ASTRAY:
        clock.at = clock.at.replace(year=clock.at.year + 1)
        browser = await open_browser()
        await browser.post("/sign-in", on="/sign-in", email=ada.email, next=target)

        response = await browser.post(await newest_link(parts), on=await newest_link(parts))

        where = response.headers["Location"]
        assert where.startswith("/"), target
        assert not where.startswith(("//", "/\\")), target
        assert str(response.url.join(response.url.with_path("/"))).startswith("http://127.0.0.1")
        assert response.url.join(type(response.url)(where)).host == "127.0.0.1", target
        assert "a" not in response.cookies, target


async def test_a_cookie_from_before_signing_in_opens_nothing_after(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser, thief = await open_browser(), await open_browser()
    browser.client.session.cookie_jar.update_cookies(
        {SIGN_IN: "planted"}, browser.client.make_url("/")
    )
    secrets = ["planted"]

    for _ in range(2):
        await browser.client.post("/sign-out", data={"csrf": browser.token})
        await browser.get("/sign-in")
        await browser.post("/sign-in", email=ada.email)
        signed_in = await browser.post(await newest_link(parts), on=await newest_link(parts))
        cookie = signed_in.cookies[SIGN_IN]
        assert (True, "Lax", "/") == (cookie["httponly"], cookie["samesite"], cookie["path"])
        secrets.append(cookie.value)

    statuses = []
    for secret in secrets:
        thief.headers["Cookie"] = f"{SIGN_IN}={secret}"
        statuses.append((await thief.get("/sessions")).status)
    assert [303, 303, 200] == statuses


async def test_a_form_made_for_somebody_else_is_refused(
    ada: Person, making: Making, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        dov = await make.staff(await make.organisation("Elsewhere"), "Dov", *Role)
    mine, theirs, nobody = await open_browser(ada), await open_browser(dov), await open_browser()
    for browser in (mine, theirs):
        await browser.get("/people/new")
    await nobody.get("/sign-in")

    for token in (theirs.token, nobody.token, "", "0" * 32, mine.token[:-1], f"{mine.token}\x00"):
        honest, mine.token = mine.token, token
        assert 403 == (await mine.post("/people/new", chosen_name="Eve")).status
        mine.token = honest

    async with parts.database.reading() as db:
        assert 0 == await db.scalar(select(func.count()).where(Person.chosen_name == "Eve"))


async def test_signing_somebody_in_from_another_site_is_refused(
    ada: Person, parts: Parts, open_browser: OpenBrowser
) -> None:
    attacker, victim = await open_browser(), await open_browser()
    await attacker.post("/sign-in", on="/sign-in", email=ada.email)
    link = await newest_link(parts)
    await attacker.get(link)

    response = await victim.client.post(
        link,
        data={"csrf": attacker.token, "confirm": "yes"},
        headers={"Cookie": f"{BROWSER}=planted"},
        allow_redirects=False,
    )

    assert 403 == response.status
    async with parts.database.reading() as db:
        assert 0 == await db.scalar(select(func.count()).select_from(SignIn))


async def test_what_the_address_says_was_done_is_never_repeated(
    ada: Person, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(ada)

    for code in ("<script>zqx</script>", "zqx", "../zqx", "x" * 3000, "%00", "__class__"):
        await browser.get(f"/sessions?done={code}")
        assert "zqx" not in browser.page
        assert "__class__" not in browser.page


async def test_no_log_line_holds_a_link_a_code_an_address_or_a_cookie(
    ada: Person, parts: Parts, open_browser: OpenBrowser, capfd: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logs:
        browser = await open_browser()
        await browser.post("/sign-in", on="/sign-in", email=ada.email)
        link = await newest_link(parts)
        await browser.post("/sign-in/code", code="000001")
        await browser.get("/sign-in/zqxsecret")
        await browser.get("/i/zqxsecret?q=zqxsecret")
        await browser.get("/zqxsecret")
        signed_in = await browser.post(link, on=link)

    written = repr(logs) + "".join(capfd.readouterr())
    secrets = (link.rpartition("/")[2], ada.email, "000001", "zqxsecret")
    assert len(logs) > len(secrets)
    assert [] == [secret for secret in secrets if secret in written]
    assert signed_in.cookies[SIGN_IN].value not in written
