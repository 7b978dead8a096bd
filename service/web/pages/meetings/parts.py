"""The pages of a plan: for each part its form, its template, and what its page shows to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from scheduling.dates import blocks
from scheduling.time import zone_words
from scheduling.ways import EASE, Way
from service.actions.looking_at_dates import findings_of
from service.actions.planning import Part, possible_hosts
from service.actions.plans import details_of
from service.errors import NotFound
from service.outbound.numbers import phone_words
from service.storage.kinds import Kind
from service.storage.meetings import Meeting
from service.storage.people import Person
from service.storage.phone_lines import PhoneLine, line_of
from service.storage.places import Place, places_of
from service.storage.series import Series
from service.web.context import ACTOR, DB
from service.web.pages.meetings.date_words import date_lines
from service.web.pages.meetings.forms import (
    HostsForm,
    PartForm,
    TimeForm,
    WaysForm,
    WordsForm,
    shown_details,
)
from service.web.pages.meetings.words import WAY_WORDS, length_words

STEPS = 7
WAY_LINES = {
    Way.ROOM: "People come to a room. It needs a place.",
    Way.ONLINE: "People join from a phone, tablet or computer.",
    Way.PHONE: "Any phone will do. No internet needed.",
    Way.OUTDOORS: "People meet in the open air. It needs a place.",
}


@dataclass(frozen=True, slots=True)
class PartPage:
    """One page that asks for one part of a plan and keeps it."""

    part: Part
    number: int
    title: str
    template: str
    form: type[PartForm]


PAGES = {
    page.part: page
    for page in (
        PartPage(Part.TIME, 2, "When is it?", "meetings/time.html", TimeForm),
        PartPage(Part.WAYS, 3, "How can people join?", "meetings/ways.html", WaysForm),
        PartPage(Part.HOSTS, 4, "Who hosts it?", "meetings/hosts.html", HostsForm),
        PartPage(Part.WORDS, 6, "What is it called?", "meetings/words.html", WordsForm),
    )
}
#: The order of the pages of a plan, by what stands in their addresses.
CHECK = "check"
ORDER = (*map(str, Part), CHECK)


def part_page(request: web.Request) -> PartPage:
    """Find the page for the part named in the address; raises NotFound."""
    try:
        return PAGES[Part(request.match_info["part"])]
    except (ValueError, KeyError) as error:
        raise NotFound from error


async def facts_of(request: web.Request, meeting: Meeting, here: PartPage) -> dict[str, Any]:
    """Give what the page of one part shows: the values as they stand, and what there is to choose."""
    return {
        "title": here.title,
        "meeting": meeting,
        "step": here.number,
        "steps": STEPS,
        "given": shown_details(details_of(meeting)),
        **await choices_for(request, meeting, here.part),
        **await _date_facts(request, meeting, here.part),
    }


async def _date_facts(request: web.Request, meeting: Meeting, part: Part) -> Mapping[str, Any]:
    """Give what the day falls on, and the other start that was pressed, for the page that asks when."""
    if part is not Part.TIME:
        return {}
    found = await findings_of(request[DB], request[ACTOR], meeting)
    facts = {"dates": date_lines(found), "asks_yes": bool(blocks(found))}
    try:
        start = datetime.fromisoformat(request.query.get("at", ""))
    except ValueError:
        return facts
    details = replace(details_of(meeting), starts_local=start)
    return {"dates": [], "asks_yes": False, "given": shown_details(details)}


async def choices_for(
    request: web.Request, meeting: Meeting | Series, part: Part
) -> Mapping[str, Any]:
    """Give what the page of one part offers to choose from, of a session or of a series."""
    db, actor = request[DB], request[ACTOR]
    match part:
        case Part.TIME:
            usual = length_words(meeting.kind.minutes)
            return {"zone_line": zone_words(meeting.zone), "usual_length": usual}
        case Part.WAYS:
            places = await places_of(db, actor)
            line = await line_of(db, actor.organisation_id)
            return {
                "way_options": way_options(),
                "line": _line_facts(meeting, line) if line else None,
                **_place_options(places, meeting),
            }
        case Part.HOSTS:
            return {"hosts": _host_options(await possible_hosts(db, actor), meeting)}
        case _:
            return {}


def _line_facts(meeting: Meeting | Series, line: PhoneLine) -> Mapping[str, object]:
    """Give what the page tells of the organisation's own line: nobody is asked for what it gives."""
    is_kept = isinstance(meeting, Meeting) and meeting.room_pin is not None
    is_ours = is_kept or line.carries(meeting.dial_number, getattr(meeting, "dial_pin", ""))
    return {
        "number": phone_words(line.first_number),
        "makes_pins": line.makes_pins,
        "is_ours": is_ours,
    }


def way_options() -> list[dict[str, str]]:
    """Give the four ways as large choices."""
    return [
        {"value": way.value, "word": WAY_WORDS[way], "icon": way.value, "line": WAY_LINES[way]}
        for way in EASE
    ]


def kind_options(kinds: Sequence[Kind]) -> list[dict[str, str]]:
    """Give the kinds as large choices, each with its length and ways."""
    return [{"value": str(kind.id), "word": kind.name, "line": _kind_line(kind)} for kind in kinds]


def _kind_line(kind: Kind) -> str:
    ways = [WAY_WORDS[way].lower() for way in EASE if way in kind.ways]
    return ", ".join([length_words(kind.minutes), *ways])


def _place_options(places: Sequence[Place], meeting: Meeting | Series) -> Mapping[str, Any]:
    """Give the places that have a room, and those that have somewhere outdoors."""
    rooms = [each for each in places if each.room_limit is not None or not each.outdoor_limit]
    gardens = [each for each in places if each.outdoor_limit is not None or not each.room_limit]
    return {
        "rooms": _options([(p.id, _held(p.name, p.room_limit)) for p in rooms], meeting.place),
        "gardens": _options(
            [(p.id, _held(p.name, p.outdoor_limit)) for p in gardens], meeting.outdoor_place
        ),
    }


def _held(name: str, limit: int | None) -> str:
    return name if limit is None else f"{name} (holds {limit})"


def _options(found: list[tuple[UUID, str]], now_is: Place | None) -> list[dict[str, str]]:
    if now_is is not None and now_is.id not in dict(found):
        found = [*found, (now_is.id, now_is.name)]
    words = [{"value": str(id_), "word": word} for id_, word in found]
    return [{"value": "", "word": "Choose a place"}, *words]


def _host_options(hosts: Sequence[Person], meeting: Meeting | Series) -> list[dict[str, str]]:
    now_are = [host for host in (meeting.lead, meeting.second) if host is not None]
    by_id = {host.id: host.chosen_name for host in (*hosts, *now_are)}
    return [{"value": str(id_), "word": name} for id_, name in by_id.items()]
