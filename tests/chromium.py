"""A real Chromium for tests: found on the machine, driven by Playwright in the tests' own loop.

The pytest plugin of Playwright is not used: its fixtures keep a loop of their own running, which
does not go with pytest-asyncio (microsoft/playwright-pytest, issues 167 and 240).

`python -m tests.chromium` prints the program's path, or what is missing.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

PROGRAM_VARIABLE = "MANYWAYS_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOME_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1"}
OUTPUT_FOLDER = Path("test-output")

AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    # Off by default in axe, and the only rule that looks at what is new in WCAG 2.2.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
LET_GO = "how => document.querySelectorAll('.leave').forEach(e => { e.style.position = how })"
# Where a page's scripts are off its timers are too, and axe would wait for ever. In axe's own world
# what is put off for a moment is done at once, and long waits (they are time-outs) never end.
TIMERS = """globalThis.setTimeout = (act, wait, ...given) => {
  if (!wait || wait < 50) Promise.resolve().then(() => act(...given));
  return 0;
};
"""


def find_chromium() -> str | None:
    """Give the path of a Chromium: the one named by the environment, or the first on the PATH."""
    if named := os.environ.get(PROGRAM_VARIABLE):
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def missing_chromium() -> str | None:
    """Say what to do when there is no Chromium; nothing when there is one."""
    if find_chromium():
        return None
    return (
        "Chromium: install the package chromium (apt-get install chromium),"
        f" or name the program in {PROGRAM_VARIABLE}"
    )


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Start Chromium and close it at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=list(FLAGS)
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Screen:
    """Describe the device a person sits at."""

    width: int = 1280
    height: int = 800
    is_dark: bool = False
    has_scripts: bool = True
    forced_colours: bool = False


PHONE = Screen(width=360, height=740)
NARROW = Screen(width=320, height=640)


@dataclass(slots=True)
class Pages:
    """Open pages, each in a context of its own (no shared cookies), and watch what they do."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def open(self, screen: Screen | None = None, *, base_url: str | None = None) -> Page:
        """Open an empty page on the screen described; addresses may be relative to `base_url`."""
        screen = screen or Screen()
        context = await self.browser.new_context(
            base_url=base_url,
            viewport={"width": screen.width, "height": screen.height},
            java_script_enabled=screen.has_scripts,
            color_scheme="dark" if screen.is_dark else "light",
            forced_colors="active" if screen.forced_colours else "none",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(30_000)
        page = await context.new_page()
        page.on("request", lambda request: self._watch_request(request.url))
        page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))
        page.on("console", lambda message: self._watch_console(message.text))
        return page

    async def close(self) -> None:
        """Close every page that is open."""
        for context in self.browser.contexts:
            await context.close()

    def _watch_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HOME_HOSTS:
            self.complaints.append(f"asked an outside host: {url}")

    def _watch_console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)


async def axe_violations(page: Page) -> list[str]:
    """List what axe finds against WCAG 2.2 A and AA: the rule, what it says, and where.

    axe runs in a world of its own beside the page, so that the page's own strict
    Content-Security-Policy stays in force and stays tested.
    """
    devtools = await page.context.new_cdp_session(page)
    try:
        async with asyncio.timeout(60):
            results = await _run_axe(devtools.send)
    finally:
        await devtools.detach()
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


async def _run_axe(send: Any) -> dict[str, Any]:
    tree = await send("Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    world = await send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
    answer: dict[str, Any] = {}
    for expression in (_axe_script(), f"axe.run(document, {json.dumps(AXE_OPTIONS)})"):
        answer = await send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"axe failed: {answer['exceptionDetails']}")
    results: dict[str, Any] = answer["result"]["value"]
    return results


@cache
def _axe_script() -> str:
    """Read axe from the package that ships it; its value is of no use, so it is made void."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        raise RuntimeError("install the package axe-playwright-python")
    return f"{TIMERS}{Path(package.origin).with_name('axe.min.js').read_text('utf-8')}\n;void 0"


async def keep_screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page in test-output/, for people to look at.

    What stays at the edge of the window would lie across the middle of the picture; it is let go.
    """
    await page.evaluate(LET_GO, "static")
    await page.screenshot(path=OUTPUT_FOLDER / f"{name}.png", full_page=True)
    await page.evaluate(LET_GO, "")


if __name__ == "__main__":
    found = find_chromium()
    sys.stdout.write(f"{found or missing_chromium()}\n")
    sys.exit(0 if found else 1)
