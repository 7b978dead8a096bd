"""What everybody meets first: health, the three texts, error pages, headers."""

from aiohttp.test_utils import TestServer

from tests.integration.conftest import Making, OpenBrowser


async def test_the_service_says_that_it_is_alive_and_ready(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    assert 200 == (await browser.get("/healthz")).status
    assert 200 == (await browser.get("/readyz")).status


async def test_an_organisations_texts_carry_its_name_and_number(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        await make.organisation("Kiln Street Hub")
    browser = await open_browser()

    response = await browser.get("/about/kiln-street-hub/privacy")

    assert 200 == response.status
    assert "Ring Kiln Street Hub on 01632 960101" in browser.page


async def test_a_page_that_is_not_there_says_what_to_do(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    response = await browser.get("/nowhere")

    assert 404 == response.status
    assert "Please check the address." in browser.page


async def test_every_answer_carries_the_safety_headers(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    for path in ("/about/privacy", "/nowhere", "/healthz"):
        response = await browser.get(path)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "nosniff" == response.headers["X-Content-Type-Options"]
        assert "no-store" == response.headers["Cache-Control"]


async def test_an_unknown_link_is_not_found_and_soon_limited(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    statuses = [(await browser.get(f"/about/none-{number}/privacy")).status for number in range(3)]

    assert [404, 404, 404] == statuses


async def test_the_style_sheet_may_be_kept_for_ever(
    server: TestServer, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await browser.get("/about/privacy")
    path = browser.page.split('rel="stylesheet" href="')[1].split('"')[0]

    response = await browser.get(path)

    assert 200 == response.status
    assert "immutable" in response.headers["Cache-Control"]


async def test_pages_and_styles_are_sent_gzipped_to_whoever_takes_that(
    open_browser: OpenBrowser,
) -> None:
    browser = await open_browser()
    await browser.get("/about/privacy")
    style = browser.page.split('rel="stylesheet" href="')[1].split('"')[0]

    for path in ("/about/privacy", style):
        squeezed = await browser.client.get(path, headers={"Accept-Encoding": "br, gzip"})
        plain = await browser.client.get(path, headers={"Accept-Encoding": "identity"})

        assert "gzip" == squeezed.headers["Content-Encoding"]
        assert "Content-Encoding" not in plain.headers
        assert await squeezed.text() == await plain.text()
        assert int(squeezed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
