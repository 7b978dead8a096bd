"""Kinds of meeting: what a new session of each kind begins with."""

from dataclasses import replace
from typing import Annotated, Any

from aiohttp import web

from scheduling.dates import USUAL_LEVELS, DateKind, Level
from scheduling.roles import DUTIES, MeetingRole
from scheduling.ways import EASE, Way
from service.actions.kinds import KindDetails, add_kind, change_kind, details_of, retire_kind
from service.errors import Invalid
from service.outbound.rota import ROLE_LINES, ROLE_WORDS
from service.storage.kinds import Kind, kind_by_id, kinds_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.date_words import KIND_WORDS, LEVEL_WORDS
from service.web.pages.people.choices import WAY_WORDS, way_options
from service.web.reading import EmptyIsNone, Form, Line, Lines, read_form, read_id, typed

MaybeNumber = Annotated[int | None, EmptyIsNone]
EMPTY = KindDetails(code="", name="", ways={Way.ONLINE: None, Way.PHONE: None})


class KindForm(Form):
    """The form about a kind. A limit counts only for a way that is ticked."""

    code: Line = ""
    name: Line = ""
    neutral_title: Line = ""
    minutes: int = 60
    ways: tuple[Way, ...] = ()
    limit_room: MaybeNumber = None
    limit_online: MaybeNumber = None
    limit_phone: MaybeNumber = None
    limit_outdoors: MaybeNumber = None
    needs_second: Line = ""
    roles: tuple[MeetingRole, ...] = ()
    is_open: Line = ""
    ground_rules: Lines = ""
    running_order: Lines = ""
    is_public: Line = ""

    def details(self) -> KindDetails:
        """Give what was typed as what is kept of a kind."""
        limits = {
            Way.ROOM: self.limit_room,
            Way.ONLINE: self.limit_online,
            Way.PHONE: self.limit_phone,
            Way.OUTDOORS: self.limit_outdoors,
        }
        return KindDetails(
            code=self.code.casefold(),
            name=self.name,
            neutral_title=self.neutral_title,
            minutes=self.minutes,
            ways={way: limits[way] for way in EASE if way in self.ways},
            needs_second=self.needs_second == "yes",
            roles=frozenset(self.roles),
            is_open=self.is_open == "yes",
            ground_rules=self.ground_rules,
            running_order=self.running_order,
            is_public=self.is_public == "yes",
        )


class Retiring(Form):
    """Whether a kind is to be taken out of use or brought back."""

    retired: Line = ""


async def kind_list(request: web.Request) -> web.Response:
    """List the kinds, those out of use too."""
    kinds = await kinds_of(request[DB], request[ACTOR], retired_too=True)
    rows = [{"kind": kind, "ways": _ways(kind)} for kind in kinds]
    return await page(request, "kinds/list.html", title="Kinds of session", rows=rows)


async def new_kind(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await page(request, "kinds/edit.html", **_new_facts())


async def add(request: web.Request) -> web.Response:
    """Add a kind."""
    try:
        details = await _read_details(request)
        await add_kind(request[DB], request[ACTOR], details, now=request[NOW])
    except Invalid as problem:
        return await again(
            request, "kinds/edit.html", problem, await typed(request), **_new_facts()
        )
    return see_other("/kinds", done="kind-added")


async def edit_kind(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    kind = await kind_by_id(request[DB], request[ACTOR], read_id(request))
    return await page(request, "kinds/edit.html", **_edit_facts(kind))


async def change(request: web.Request) -> web.Response:
    """Change what new sessions of this kind begin with."""
    kind = await kind_by_id(request[DB], request[ACTOR], read_id(request))
    shown = _edit_facts(kind)
    try:
        details = await _read_details(request)
        await change_kind(request[DB], request[ACTOR], kind.id, details, now=request[NOW])
    except Invalid as problem:
        return await again(request, "kinds/edit.html", problem, await typed(request), **shown)
    return see_other("/kinds", done="kind-changed")


async def retire(request: web.Request) -> web.Response:
    """Take a kind out of use, or bring it back."""
    form = await read_form(request, Retiring)
    is_retired = form.retired == "yes"
    await retire_kind(
        request[DB], request[ACTOR], read_id(request), is_retired=is_retired, now=request[NOW]
    )
    return see_other("/kinds", done="kind-retired" if is_retired else "kind-revived")


async def _read_details(request: web.Request) -> KindDetails:
    """Read the form with the levels of dates; raises Invalid."""
    details = (await read_form(request, KindForm)).details()
    given = await request.post()
    levels = {}
    for each in DateKind:
        if level := given.get(f"level_{each}", ""):
            if level not in set(Level):
                raise Invalid({f"level_{each}": "not-a-choice"})
            levels[each] = Level(str(level))
    return replace(details, date_levels=levels)


def _level_fields(details: KindDetails) -> list[dict[str, Any]]:
    """Give a choice for each kind of date: as usual, or one of the levels."""
    return [
        {
            "name": f"level_{each}",
            "word": KIND_WORDS[each],
            "value": details.date_levels.get(each, ""),
            "options": [
                {"value": "", "word": f"As usual: {LEVEL_WORDS[usual].lower()}"},
                *({"value": level.value, "word": LEVEL_WORDS[level]} for level in Level),
            ],
        }
        for each, usual in USUAL_LEVELS.items()
    ]


def _ways(kind: Kind) -> list[str]:
    """Say which ways a kind usually offers, with the limit of each."""
    limits = {Way(way): limit for way, limit in kind.ways.items()}
    return [
        WAY_WORDS[way] if limits[way] is None else f"{WAY_WORDS[way]}: {limits[way]}"
        for way in EASE
        if way in limits
    ]


def _new_facts() -> dict[str, Any]:
    return _facts(EMPTY) | {"title": "Add a kind of session", "action": "/kinds/new", "kind": None}


def _edit_facts(kind: Kind) -> dict[str, Any]:
    return _facts(details_of(kind)) | {
        "title": f"Change {kind.name}",
        "action": f"/kinds/{kind.id}/edit",
        "kind": {"id": kind.id, "is_retired": kind.is_retired},
    }


def _facts(details: KindDetails) -> dict[str, Any]:
    return {
        "details": details,
        "ways": way_options(),
        "levels": _level_fields(details),
        "picked": [way.value for way in details.ways],
        "role_options": [
            {"value": role.value, "word": ROLE_WORDS[role], "hint": ROLE_LINES[role]}
            for role in DUTIES
        ],
        "picked_roles": [role.value for role in details.roles],
        "limits": [
            {"name": f"limit_{way}", "word": WAY_WORDS[way], "value": details.ways.get(way)}
            for way in EASE
        ],
    }
