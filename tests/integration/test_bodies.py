"""Big and odd requests: refused early, with a page or a problem document, and never our fault (E27, E28)."""

import asyncio
import gzip
import io
import time
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from service.actions.permissions import SCOPES
from service.actor import Role
from service.storage.staff import ApiToken
from tests.integration.conftest import Browser, Making, OpenBrowser

TEN_MEGABYTES = 10 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"
#: What may be answered to a request that is not usable.
REFUSED = frozenset({400, 401, 403, 404, 405, 413, 414, 415, 422, 431})
POSTED = (
    "/people/new",
    "/sign-in",
    "/api/v1/people",
)
ODD_TYPES = (
    "text/plain",
    "application/json",
    "application/xml",
    "nonsense",
    f"{FORM}; charset=nonsense",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=rot13",
    f"{FORM}; charset=idna",
    "\xff",
)
ODD_PARTS = (
    "",
    "Content-Disposition: form-data\r\n\r\nx",
    'Content-Disposition: form-data; name="csrf"\r\nContent-Transfer-Encoding: x\r\n\r\nx',
    'Content-Disposition: form-data; name="csrf"\r\nContent-Encoding: gzip\r\n\r\nx',
    'Content-Disposition: form-data; name="csrf"\r\nContent-Type: text/plain; charset=x\r\n\r\nx',
    'Content-Disposition: form-data; name="_charset_"\r\n\r\nnonsense',
    "Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nx\r\n--y--",
    "Content-Disposition: attachment; filename*=nonsense''x\r\n\r\nx",
    "no header at all",
    "X: " + "x" * 20_000 + "\r\n\r\nx",
)
ODD_TEXTS = (
    b"csrf=\xff\xfe&chosen_name=\xff",
    b"csrf=%ff%fe&chosen_name=%ff%00%ed%a0%80",
    b"csrf=%00&chosen_name=%00",
    b"csrf",
    b"&&&&==;;",
    b"\x00" * 100,
    b"%",
)
ODD_WORDS = (
    b"%00",
    b"%ff%fe",
    b"%ed%a0%80",
    b"%f0%9f%98%80",
    b"%0d%0aX-Evil:1",
    b"a" * 5000,
    b"%",
    b"%zz",
)
ODD_NUMBERS = (
    "-1",
    "0",
    "99999999999999999999",
    "1e9",
    "٣",
    "NaN",
    "9" * 5000,
    "",
)
ODD_JSON = (
    b"[" * 100_000,
    b'{"a":' * 40_000,
    b'{"chosen_name": "\\ud800"}',
    b'{"chosen_name": "\\u0000"}',
    b'{"chosen_name": ' + b"9" * 5000 + b"}",
    b'{"print_size": ' + b"9" * 5000 + b"}",
    b'{"print_size": 1e999}',
    b'{"print_size": NaN}',
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"null",
    b"",
    b'{"chosen_name": {"$ne": 1}}',
)
BAD_HEADS = (
    ("Content-Length: 5", "Transfer-Encoding: chunked"),
    ("Content-Length: 5", "Content-Length: 6"),
    ("Content-Length: -1",),
    ("Content-Length: 1e3",),
    ("Transfer-Encoding: nonsense",),
    ("Transfer-Encoding: chunked, chunked",),
    ("X-Long: " + "x" * 100_000,),
    ("Cookie: " + "; ".join(f"c{number}=1" for number in range(20_000)),),
    ("Bad Header: 1",),
    (" folded: 1",),
)
ODD_HEADERS = (
    "Origin: http://[",
    "Origin: http://[::1",
    "Origin: \xff",
    "Origin: //",
    "Origin: http://localhost:80:80",
    "Sec-Fetch-Site: \xff",
    "X-Forwarded-For: " + "1.2.3.4," * 500,
    "X-Forwarded-For: \xff",
    "Cookie: \xff=\xff; manyways-browser=\xff; manyways-sign-in=\xff",
    "Cookie: manyways-browser=" + "x" * 4000,
    'Cookie: manyways-sign-in="\\377\\000"; manyways-next="\\015\\012Set-Cookie: a=1"',
    "Authorization: Bearer \xff",
    "Authorization: Bearer",
    "Authorization: Basic x",
    "Accept-Encoding: gzip;q=nonsense",
    "If-Modified-Since: nonsense",
    "Range: bytes=9999999999-",
    "Expect: nonsense",
    "Accept-Language: \xff",
)
OTHER_METHODS = (
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PUT",
    "DELETE",
    "PATCH",
    "QUERY",
)


@pytest.fixture
async def browser(making: Making, open_browser: OpenBrowser) -> Browser:
    """Open a browser of somebody with every role, who has a form in hand."""
    async with making() as make:
        person = await make.staff(await make.organisation(), "Ada", *Role)
    browser = await open_browser(person)
    await browser.get("/people/new")
    return browser


@pytest.fixture
async def token(making: Making) -> str:
    """Make a program's token with all scopes."""
    async with making() as make:
        house = await make.organisation("Programs")
        make.db.add(
            ApiToken(
                organisation_id=house.id,
                name="Program",
                token_hash=make.keys.hashed("token", "program-token"),
                scopes=sorted(SCOPES),
                created_at=make.now,
            )
        )
    return "program-token"


async def raw(server: TestServer, *parts: bytes) -> tuple[int, int]:
    """Send bytes as they are; gives the answer's status (0: cut off) and how many bytes were taken."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    sent = 0
    try:
        for part in parts:
            writer.write(part)
            sent += len(part)
            await writer.drain()
        head = await asyncio.wait_for(reader.readline(), 15)
    except ConnectionError:
        head = b""
    finally:
        writer.close()
    return (int(head.split()[1]) if head else 0), sent


def request(method: str, path: bytes, *headers: str, body: bytes = b"") -> bytes:
    """Put a request together that no client would send."""
    lines = [method.encode() + b" " + path + b" HTTP/1.1", b"Host: localhost"]
    lines += [header.encode("latin-1") for header in headers]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


async def slices(body: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    """Give a body in slices, so that its length is not known beforehand."""
    for at in range(0, len(body), size):
        yield body[at : at + size]


async def test_ten_megabytes_are_refused_by_their_length_and_in_chunks(
    browser: Browser, token: str
) -> None:
    for path in POSTED:
        content_type = "application/json" if path.startswith("/api") else FORM
        headers = browser.headers | {
            "Content-Type": content_type,
            "Authorization": f"Bearer {token}",
        }

        for data in (io.BytesIO(b"a" * TEN_MEGABYTES), slices(b"a" * TEN_MEGABYTES)):
            status = await status_or_cut(browser, path, data=data, headers=headers)
            assert status in (0, 413)


async def test_a_gzip_bomb_is_not_blown_up(browser: Browser) -> None:
    bomb = gzip.compress(b"a" * (5 * TEN_MEGABYTES))
    headers = browser.headers | {"Content-Type": FORM, "Content-Encoding": "gzip"}

    tracemalloc.start()
    status = await status_or_cut(browser, "/people/new", data=bomb, headers=headers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert status in (0, 400, 413, 415)
    assert peak < 20 * 1024 * 1024


async def test_a_body_that_only_says_it_is_packed_is_refused(browser: Browser) -> None:
    for coding in ("gzip", "deflate", "br", "zstd"):
        headers = browser.headers | {"Content-Type": FORM, "Content-Encoding": coding}
        status = await status_or_cut(browser, "/people/new", data=b"not packed", headers=headers)
        assert status in REFUSED | {0}, coding


async def status_or_cut(browser: Browser, path: str, **given: Any) -> int:
    """Post, and give the status, or 0 if the connection was cut off."""
    try:
        response = await browser.client.post(path, allow_redirects=False, **given)
    except (aiohttp.ClientConnectionError, OSError):
        return 0
    return response.status


async def test_a_form_of_a_hundred_thousand_fields_is_quickly_refused(browser: Browser) -> None:
    body = "&".join(f"f{number}=1" for number in range(100_000)).encode()
    headers = browser.headers | {"Content-Type": FORM}

    begun = time.process_time()
    status = await status_or_cut(browser, "/people/new", data=body, headers=headers)

    assert status in (400, 413)
    assert time.process_time() - begun < 1


async def test_multipart_without_a_boundary_is_not_read(browser: Browser) -> None:
    for content_type in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/mixed; boundary=x",
        "multipart/form-data; x=boundary=y",
    ):
        headers = browser.headers | {"Content-Type": content_type}
        for path in ("/people/new", "/people/import"):
            status = await status_or_cut(browser, path, data=b"x" * 1000, headers=headers)
            assert status in REFUSED, (path, content_type)


async def test_other_kinds_of_body_are_refused_everywhere(browser: Browser, token: str) -> None:
    for content_type in ODD_TYPES:
        for path in ("/people/new", "/sign-in", "/sign-in/code", "/people/import"):
            headers = browser.headers | {"Content-Type": content_type}
            body = f"csrf={browser.token}&chosen_name=Eve&email=e@example.org&code=1".encode()
            assert await status_or_cut(browser, path, data=body, headers=headers) in REFUSED, path


async def test_odd_parts_of_a_file_are_refused(browser: Browser) -> None:
    for part in ODD_PARTS:
        token = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{browser.token}\r\n'
        headers = browser.headers | {"Content-Type": "multipart/form-data; boundary=x"}

        for body in (
            f"{token}--x\r\n{part}\r\n--x--\r\n",
            f"{token}--x\r\n{part}",
            f"--x\r\n{part}",
        ):
            status = await status_or_cut(
                browser, "/people/import", data=body.encode(), headers=headers
            )
            assert status in REFUSED, body


async def test_bytes_that_are_no_text_are_refused(browser: Browser) -> None:
    for body in ODD_TEXTS:
        headers = browser.headers | {"Content-Type": FORM}

        for path in ("/people/new", "/sign-in", "/sign-in/code", "/link-again/kiln-street-hub"):
            assert await status_or_cut(browser, path, data=body, headers=headers) in REFUSED, path


async def test_any_bytes_in_an_address_get_a_page(server: TestServer, browser: Browser) -> None:
    for words in ODD_WORDS:
        cookie = f"Cookie: {browser.headers['Cookie']}"

        for template in ADDRESSES:
            path = template.encode().replace(b"*", words)
            status, _ = await raw(server, request("GET", path, cookie))
            assert status < 500, path
            assert status, path


#: Addresses in which a star stands for what somebody typed.
ADDRESSES = (
    "/*",
    "/i/*",
    "/i/*/details",
    "/i/23456789abcd/waiting/*",
    "/about/*",
    "/about/*/privacy",
    "/about/kiln-street-hub/*",
    "/link-again/*",
    "/sign-in/*",
    "/sign-in?next=/*",
    "/people?q=*",
    "/people?after=*",
    "/people?page=*",
    "/people/*",
    "/groups/*",
    "/sessions/*",
    "/sessions/*/plan/*",
    "/sessions/earlier?page=*",
    "/set-up/texts/*",
    "/set-up/changes?before=*",
    "/requests?show=*",
    "/requests?state=*",
    "/post-tray/*",
    "/post-tray/*/looks",
    "/static/*/*",
    "/static/x/..%2f*",
    "/today?done=*",
    "/api/v1/people?q=*",
    "/api/v1/*",
)


async def test_any_number_in_an_address_gets_a_page(
    server: TestServer, browser: Browser, token: str
) -> None:
    for numbers in ODD_NUMBERS:
        cookie = f"Cookie: {browser.headers['Cookie']}"
        bearer = f"Authorization: Bearer {token}"
        number = quote(numbers).encode()

        for path in (
            b"/people?page=*", b"/people?skip=*", b"/sessions?page=*", b"/sessions/earlier?page=*",
            b"/set-up/changes?page=*", b"/requests?page=*", b"/api/v1/people?limit=*",
            b"/api/v1/people?cursor=*", b"/api/v1/meetings?starts_from=*",
        ):  # fmt: skip
            status, _ = await raw(
                server, request("GET", path.replace(b"*", number), cookie, bearer)
            )
            assert 0 < status < 500, path


async def test_surrogates_and_raw_bytes_in_the_request_line_are_refused(
    server: TestServer, browser: Browser
) -> None:
    cookie = f"Cookie: {browser.headers['Cookie']}"

    for path in (b"/\xff\xfe", b"/people?q=\xff", b"/i/\x80", b"/people/\xc3", b"*", b"http://x/"):
        for method in ("GET", "POST"):
            status, _ = await raw(server, request(method, path, cookie))
            assert 0 < status < 500, (method, path)
    status, _ = await raw(server, request("GET", b"/a\x00b"))
    assert 400 == status


async def test_signed_out_with_odd_bytes_leads_to_the_sign_in_page_or_a_refusal(
    server: TestServer,
) -> None:
    for path in (b"/people/\xff", b"/people/%ff", b"/people/%0d%0a", b"/people/%ed%a0%80"):
        status, _ = await raw(server, request("GET", path))
        assert 0 < status < 500, path


async def test_odd_json_is_a_problem_document(browser: Browser, token: str) -> None:
    for body in ODD_JSON:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

        response = await browser.client.post("/api/v1/people", data=body, headers=headers)

        assert response.status in (400, 422)
        assert "application/problem+json" == response.content_type
        assert (await response.json())["status"] == response.status


async def test_bad_heads_are_refused(server: TestServer) -> None:
    for headers in BAD_HEADS:
        content = (f"Content-Type: {FORM}", *headers)

        status, _ = await raw(server, request("POST", b"/sign-in", *content, body=b"a=1\r\n\r\n"))

        assert status in (0, 400, 403, 413, 431)


async def test_odd_headers_are_never_our_fault(server: TestServer) -> None:
    for header in ODD_HEADERS:
        for method, path in (
            ("GET", b"/sign-in"), ("POST", b"/sign-in"), ("POST", b"/sign-in/code"),
            ("GET", b"/people"), ("GET", b"/api/v1/people"), ("GET", b"/healthz"), ("GET", b"/"),
            ("POST", b"/i/23456789abcd/answer"),
        ):  # fmt: skip
            length = "Content-Length: 0"
            status, _ = await raw(server, request(method, path, header, length))
            assert 0 < status < 500, (method, path)


async def test_other_methods_are_refused_and_change_nothing(
    server: TestServer, browser: Browser
) -> None:
    for method in OTHER_METHODS:
        cookie = f"Cookie: {browser.headers['Cookie']}"

        for path in (b"/", b"/sign-in", b"/people", b"/people/new", b"/healthz", b"/nowhere"):
            status, _ = await raw(server, request(method, path, cookie, "Content-Length: 0"))
            expected = (200, 303, 404) if method == "HEAD" else (400, 403, 404, 405)
            assert status in expected, path


async def test_an_override_of_the_method_is_not_heard(browser: Browser) -> None:
    headers = browser.headers | {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE"}

    response = await browser.client.get("/people/new?_method=POST", headers=headers)

    assert 200 == response.status


async def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read(
    server: TestServer,
) -> None:
    head = request("POST", b"/sign-in", f"Content-Type: {FORM}", f"Content-Length: {TEN_MEGABYTES}")

    status, _ = await raw(server, head, b"a")

    assert 413 == status
