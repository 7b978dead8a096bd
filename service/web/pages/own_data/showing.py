"""All that is kept of a person, as a file for programs and as a page for people."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from accessibility.money import pounds
from scheduling.time import clock_words, date_words, long_date
from service.actions.own_data import OwnData
from service.web.words import say

#: What says what a row is about.
FIRST: Final = ("what", "session", "starts_at", "thing", "words")


class Wanted(StrEnum):
    """How somebody wants it."""

    FILE = "file"
    PAGE = "page"


def file_of(data: OwnData) -> web.Response:
    """Give it as a JSON file, with a name that says nothing."""
    content = {
        "made_at": data.made_at.isoformat(),
        "left_out": say("own-data.left-out"),
        "person": data.person,
        **data.parts,
    }
    text = json.dumps(content, default=_plain, ensure_ascii=False, indent=2)
    return web.Response(
        text=text,
        content_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="my-details.json"',
            "Cache-Control": "no-store",
        },
    )


def facts_of(data: OwnData, zone: str) -> Mapping[str, Any]:
    """Give it for the page: a heading for each part, and the facts of each row."""
    parts = {"person": [data.person], **data.parts}
    return {
        "made": f"{long_date(data.made_at, zone)}, {clock_words(data.made_at, zone)}",
        "sections": [
            {
                "title": say(f"own-data.part.{code}"),
                "rows": [_facts(row, zone) for row in rows],
            }
            for code, rows in parts.items()
        ],
    }


def _facts(row: Mapping[str, Any], zone: str) -> Sequence[Mapping[str, Any]]:
    """Give a row as terms and values, what it is about first; codes stand only in the file."""
    hidden = {"code"} if "what" in row else set()
    first = [name for name in FIRST if name in row]
    return [
        {"term": say(f"own-data.field.{name}"), "value": _words(name, row[name], zone)}
        for name in (*first, *(name for name in row if name not in FIRST))
        if name not in hidden
    ]


def _words(name: str, value: Any, zone: str) -> str | list[str]:
    """Put one value in words."""
    if isinstance(value, Mapping):
        return [str(each) for each in value.values()]
    if isinstance(value, list):
        return [str(each).replace("_", " ") for each in value]
    if isinstance(value, date | bool):
        return _day(value, zone) if isinstance(value, date) else _claim(value)
    return _figure(name, value)


def _day(value: date, zone: str) -> str:
    if isinstance(value, datetime):
        return f"{long_date(value, zone)}, {clock_words(value, zone)}"
    return date_words(value)


def _claim(is_so: bool) -> str:
    return say("own-data.yes" if is_so else "own-data.no")


def _figure(name: str, value: Any) -> str:
    if name.endswith("_pence"):
        return pounds(value)
    if name.endswith("_tenths"):
        return f"{value / 10:g}"
    return value.replace("_", " ") if isinstance(value, StrEnum) else str(value)


def _plain(value: object) -> str:
    """Give what JSON has no form for as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
