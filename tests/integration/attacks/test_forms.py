"""Every field of every form is given what no honest browser sends: never our fault, never run, never logged.

The forms are those of the demonstration's pages. Each is sent once for each kind of attack, all of
its fields at a time, and once for each field with what breaks single fields (E17, E18, E22, E28).
"""

import re
from collections.abc import Mapping, Sequence

from structlog.testing import capture_logs

from tests.integration.attacks.ground import Form, Ground
from tests.visits import Visit

MARK = "zqx"
XSS = f"<script>{MARK}</script>\"'><img src=x onerror={MARK}>{{{{7*7}}}}${{7*7}}"
#: Where an answer may lead: our own pages, and the house's own Jitsi.
OURS = re.compile(r"/(?![/\\])|https://meet\.example\.org/[a-z0-9-]+[?#]")
ENDINGS = (
    *("/new-link", "/roles", "/cancel", "/left", "/throw-away", "/publish", "/remove", "/close"),
    *("/retire", "/revoke"),
)
LAST = 2
LEAST_CHANGING, LEAST_FORMS = 12, 50
#: Notes of the machinery: nothing that anybody knows or is told.
UNAUDITED = {"installation_facts", "sign_in_requests", "messages"}
#: Counters by which calendar programs learn that there may be news.
COUNTERS = ("feeds.version", "organisations.public_version")
WHOLE: Mapping[str, str] = {
    "script": XSS,
    "javascript": f"javascript:{MARK}",
    "header": f"{MARK}\r\nBcc: evil@example.org\r\n\r\nbody =?utf-8?q?x=0D=0ABcc=3A_e=40e.example?=",
    "nothing": "\x00\x01\x1b[31m\u202e\U0001f600",
    "long": MARK * 2000,
    "huge": "9" * 40,
    "minus": "-1",
    "not a number": "NaN",
    "sql": "' OR 1=1; DROP TABLE people; -- %_\\",
    "list": "[]",
    "empty": "",
}
SINGLE = ("9" * 25, "9999-12-31", "\x00")


async def test_no_field_of_any_form_breaks_anything_runs_or_is_logged(ground: Ground) -> None:
    forms = sorted(await ground.forms(), key=lambda form: weight(form.action))
    troubles: list[str] = []

    with capture_logs() as logs:
        for form in forms:
            for what, typed in WHOLE.items():
                instead = {name: typed for name in form.names if name not in form.id_fields}
                troubles += await trouble(ground, form, what, instead)
            for name in set(form.names) - set(form.id_fields):
                for typed in SINGLE:
                    troubles += await trouble(ground, form, f"{name}={typed[:20]}", {name: typed})
        found = [(visit.path, await looks(ground, visit)) for _, visit in ground.looks()]

    assert LEAST_FORMS < sum(not weight(form.action) for form in forms)
    assert [] == troubles
    assert [] == [path for path, is_live in found if is_live]
    assert MARK not in repr(logs)


def weight(action: str) -> int:
    """Tell how much comes to an end by this: nothing, one thing, or everything one browser can do."""
    if action.endswith(("/sign-out", "/sign-out-everywhere", "/stop")):
        return LAST
    return 1 if action.endswith(ENDINGS) else 0


async def test_every_form_that_changes_anything_leaves_a_line_in_the_audit(ground: Ground) -> None:
    silent, changing = [], 0

    for form in sorted(await ground.forms(), key=lambda form: weight(form.action)):
        before = await ground.rows(but=COUNTERS)
        await trouble(ground, form, "as it is", {"words": "Words", "message": "Words"})
        after = await ground.rows(but=COUNTERS)
        is_silent = lines(before) == lines(after)
        # That somebody looked, as at a form shown again, is no change.
        unasked = UNAUDITED | {"audit"} if is_silent else UNAUDITED
        changed = {name for name in before if before[name] != after[name]} - unasked
        changing += bool(changed)
        if changed and is_silent:
            silent.append((form.action, changed))

    assert [] == silent
    assert changing > LEAST_CHANGING


def lines(rows: Mapping[str, Sequence[str]]) -> int:
    """Count the lines of the audit that say what was done, not who looked."""
    looks = ("'person.read'", "'people.read'")
    return len([line for line in rows["audit"] if not any(look in line for look in looks)])


async def trouble(ground: Ground, form: Form, what: str, instead: dict[str, str]) -> list[str]:
    """Send a form; gives what is wrong with the answer, if anything."""
    browser = ground.browsers[form.visit.who]
    response = await browser.client.post(
        form.action, data=form.sent(**instead), allow_redirects=False, headers=browser.headers
    )
    page = await response.text(errors="replace")
    where = response.headers.get("Location", "/")
    wrong = []
    if where.startswith("/sign-in") and weight(form.action) < LAST:
        wrong.append(f"{form.action} {what}: nobody is signed in any more")
    if response.status >= 500:
        wrong.append(f"{form.action} {what}: {response.status}")
    if is_live(page):
        wrong.append(f"{form.action} {what}: shown as markup")
    if not OURS.match(where) or MARK in where:
        wrong.append(f"{form.action} {what}: leads to {where}")
    return wrong


async def looks(ground: Ground, visit: Visit) -> bool:
    """Look at a page; tells whether something typed runs there."""
    browser = ground.browsers[visit.who]
    await browser.get(visit.path)
    return is_live(browser.page)


def is_live(page: str) -> bool:
    """Tell whether a mark stands where browsers would run it or follow it."""
    patterns = (f"<script>{MARK}", f"<img[^>]*{MARK}", f'(href|src|action)="javascript:{MARK}')
    return any(re.search(pattern, page) for pattern in patterns)


def test_what_would_run_is_recognised() -> None:
    assert is_live(f"<p>{XSS}</p>")
    assert is_live(f'<a href="javascript:{MARK}">')
    assert not is_live(f"&lt;script&gt;{MARK}")
