"""The tests' own eyes: what axe and the page watcher see, and that they can see anything at all."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Browser

from tests.chromium import NARROW, Pages, Screen, axe_violations

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'"
)
GOOD = """<!doctype html><html lang="en"><head><title>Good</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Come in</h1><p><a href="/">Home</a></p></main></body></html>"""
BAD = """<!doctype html><html><head><title>Bad</title><link rel="stylesheet" href="/small.css"></head>
<body><main><h1>Keep out</h1><img src="/none.png">
<button>a</button><button>b</button></main></body></html>"""
STYLE = "button { width: 10px; height: 10px; padding: 0; margin: 0; border: 0; font-size: 5px }"
OUTSIDE = GOOD.replace("</main>", '<script src="https://outside.invalid/x.js"></script></main>')
INLINE = GOOD.replace("</main>", "<script>document.title = 'changed'</script></main>")


async def show(request: web.Request) -> web.Response:
    """Answer with one of the pages, under a strict policy."""
    body = {"good": GOOD, "bad": BAD, "outside": OUTSIDE, "inline": INLINE}[
        request.match_info["name"]
    ]
    return web.Response(
        text=body, content_type="text/html", headers={"Content-Security-Policy": STRICT}
    )


async def style(_request: web.Request) -> web.Response:
    """Make the buttons of the bad page too small to hit."""
    return web.Response(text=STYLE, content_type="text/css")


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[str]:
    """Serve the pages."""
    app = web.Application()
    app.add_routes([web.get("/small.css", style), web.get("/{name}", show)])
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_axe_finds_nothing_on_a_good_page(site: str, pages: Pages, has_scripts: bool) -> None:
    page = await pages.open(Screen(has_scripts=has_scripts), base_url=site)

    await page.goto("/good")

    assert [] == await axe_violations(page)


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_axe_finds_what_is_bad(site: str, pages: Pages, has_scripts: bool) -> None:
    page = await pages.open(Screen(has_scripts=has_scripts), base_url=site)

    await page.goto("/bad")

    rules = {line.partition(":")[0] for line in await axe_violations(page)}
    assert {"html-has-lang", "image-alt", "target-size"} <= rules


async def test_a_page_that_asks_an_outside_host_is_complained_of(
    site: str, browser: Browser
) -> None:
    pages = Pages(browser)
    page = await pages.open(base_url=site)

    await page.goto("/inline")
    await page.goto("/outside")
    await pages.close()

    assert any("outside.invalid" in line for line in pages.complaints)
    assert any("inline" in line for line in pages.complaints)


async def test_a_screen_is_as_wide_and_dark_as_asked(site: str, pages: Pages) -> None:
    narrow = await pages.open(NARROW, base_url=site)
    dark = await pages.open(Screen(is_dark=True), base_url=site)

    await narrow.goto("/good")
    await dark.goto("/good")

    assert 320 == await narrow.evaluate("innerWidth")
    assert await dark.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
