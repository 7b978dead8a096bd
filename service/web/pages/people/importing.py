"""People from a file and into a file: choose it, look at what would change, then do exactly that."""

import asyncio
import base64
import binascii
import zlib
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from accessibility.disclosure import Field
from service.actions.csv_people import LARGEST_FILE, BadSheet, decode
from service.actions.import_plan import ImportPlan, Planned, RefusedRow
from service.actions.importing import export_people, import_people, plan_import
from service.errors import Invalid, Refused
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.people.choices import CHANNEL_WORDS
from service.web.reading import Form, Line, read_form
from service.web.words import all_words, say

#: How columns are called on the page that shows what would change.
COLUMN_WORDS = {
    "reference": "Reference",
    "name": "Name",
    "reach": "Ways to reach them",
    "email": "E-mail",
    "phone": "Phone",
    "address": "Address",
    "through_name": "Through someone",
    "through_contact": "How to reach that person",
    "language": "Language",
    "print_size": "Print size",
    "usual_way": "Usual way",
}
#: Fields of a person that a column of another name fills.
COLUMN_OF = {"chosen_name": "name", "channels": "reach"}


class Confirmation(Form):
    """That what was shown shall be done."""

    fingerprint: Line = ""


async def choose_file(request: web.Request) -> web.Response:
    """Ask for the file."""
    return await page(request, "people/import.html", title="Import people")


async def look_through(request: web.Request) -> web.Response:
    """Show exactly what the file would change; nothing is changed."""
    pasted = str((await request.post()).get("text", ""))
    try:
        text = await _sheet_text(request)
        plan = await plan_import(request[DB], request[ACTOR], text)
        note_shown(request, Field.CONTACT, count=len(plan.changed))
    except (Invalid, Refused) as problem:
        facts = {"title": "Import people"}
        return await again(request, "people/import.html", problem, {"text": pasted}, **facts)
    return await page(request, "people/import_plan.html", **_plan_facts(plan, text))


async def do_import(request: web.Request) -> web.Response:
    """Do what was shown, or show anew what would change if people changed meanwhile."""
    text = _unpacked(str((await request.post()).get("packed", "")))
    asked = await read_form(request, Confirmation)
    try:
        await import_people(request[DB], request[ACTOR], text, asked.fingerprint, now=request[NOW])
    except BadSheet:
        raise
    except Refused as problem:
        plan = await plan_import(request[DB], request[ACTOR], text)
        facts = _plan_facts(plan, text)
        return await again(request, "people/import_plan.html", problem, {}, **facts)
    return see_other("/people", done="people-imported")


async def export(request: web.Request) -> web.Response:
    """Give all people as a file for spreadsheets."""
    text = await export_people(request[DB], request[ACTOR], now=request[NOW])
    name = f"people-{request[NOW].date().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


async def _sheet_text(request: web.Request) -> str:
    """Give the text of the file, or what was pasted; raises BadSheet or Invalid."""
    form = await request.post()
    file, pasted = form.get("file"), str(form.get("text", ""))
    content = b""
    if isinstance(file, FileField):
        content = await asyncio.to_thread(file.file.read, LARGEST_FILE + 1)
    if not content and not pasted.strip():
        raise Invalid({"file": "no-file"})
    return decode(content or pasted.encode("utf-8", "replace"))


def _plan_facts(plan: ImportPlan, text: str) -> dict[str, Any]:
    count = len(plan.new) + len(plan.changed)
    return {
        "title": "What this file would change",
        "plan": plan,
        "count": count,
        "new": [_new_row(planned) for planned in plan.new],
        "changed": [_changed_row(planned) for planned in plan.changed],
        "refused": [_refused_row(row) for row in plan.refused],
        "packed": _packed(text),
    }


def _new_row(planned: Planned) -> dict[str, object]:
    details = planned.details
    kept = [details.email, details.phone, details.address.replace("\n", ", ")]
    reach = ", then ".join(CHANNEL_WORDS[channel] for channel in details.channels)
    return {
        "line": planned.line,
        "name": details.chosen_name,
        "kept": [words for words in kept if words],
        "reach": reach,
    }


def _changed_row(planned: Planned) -> dict[str, object]:
    return {
        "line": planned.line,
        "name": planned.details.chosen_name,
        "differences": [
            {"column": COLUMN_WORDS[each.column], "old": each.old, "new": each.new}
            for each in planned.differences
        ],
    }


def _refused_row(row: RefusedRow) -> dict[str, object]:
    words = all_words()
    reasons = [
        words.get(f"import.{code}") or words.get(f"{column}.{code}") or say(code)
        for column, code in row.problems.items()
    ]
    columns = [
        COLUMN_WORDS.get(COLUMN_OF.get(column, column), "The row") for column in row.problems
    ]
    pairs = zip(columns, reasons, strict=True)
    return {
        "line": row.line,
        "name": row.name,
        "reasons": [f"{column}: {reason}" for column, reason in pairs],
    }


def _packed(text: str) -> str:
    """Pack the file into the form, so that what was looked at is what is imported."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 6)).decode()


def _unpacked(packed: str) -> str:
    """Unpack the file, never more than a file may hold; raises BadSheet."""
    try:
        raw = base64.urlsafe_b64decode(packed.encode())
        content = zlib.decompressobj().decompress(raw, LARGEST_FILE + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise BadSheet("empty-sheet") from error
    return decode(content)
