"""The public page itself, one session on it, and asking to join: without an account."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from scheduling.ways import EASE, Way
from service.actions.asking import Asked, ask_to_join
from service.actions.feeds_showing import start_of_day
from service.actions.public_page import PublicSession, public_session
from service.actor import system_actor
from service.errors import Invalid, NotFound, Refused
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.public import public_meeting, public_meetings, public_organisation
from service.web.answers import again, page, see_other
from service.web.context import DB, HOUSE, LIMITS, NOW, SETTINGS, house_of
from service.web.pages.people.choices import way_options
from service.web.pages.public_page.formats import as_events
from service.web.pages.public_page.words import row_of
from service.web.proxies import address_of
from service.web.reading import EmptyIsNone, Form, Line, Lines, read_form, read_id, typed

#: So many sessions the page shows, and so many of them are marked up: it stays small on an old phone.
ON_PAGE, MARKED_UP = 30, 10
PAGE, ONE = "public_page/sessions.html", "public_page/session.html"


class AskForm(Form):
    """What somebody leaves who asks to join. `website` is a trap: nobody sees it, only programs fill it in."""

    name: Annotated[Line, Field(max_length=200)] = ""
    phone: Annotated[Line, Field(max_length=200)] = ""
    email: Annotated[Line, Field(max_length=200)] = ""
    way: Annotated[Way | None, EmptyIsNone] = None
    words: Annotated[Lines, Field(max_length=1000)] = ""
    website: Line = ""

    def asked(self) -> Asked:
        """Give what was typed as what is kept."""
        return Asked(self.name, self.phone, self.email, self.way, self.words)


async def sessions(request: web.Request) -> web.Response:
    """List what everybody may see."""
    house = await _find_house(request)
    found = await public_meetings(request[DB], house.id, start_of_day(request[NOW]))
    shown, base = [public_session(each) for each in found[:ON_PAGE]], f"/o/{house.slug}"
    return await page(
        request,
        PAGE,
        title="Come and join us",
        paragraphs=[each for each in house.public_words.split("\n") if each.strip()],
        rows=[row_of(each, base) for each in shown],
        events=_events(request, house, shown[:MARKED_UP]),
        base=base,
        calendar=address_of_house(request, house),
    )


async def session(request: web.Request) -> web.Response:
    """Show one session, how to ring us, and the form to ask to join."""
    house, meeting = await _find(request)
    return await page(request, ONE, **_facts(request, house, meeting))


async def ask(request: web.Request) -> web.Response:
    """Keep what somebody asked; the answer is the same for everybody, whether we know them or not."""
    house, meeting = await _find(request)
    facts = _facts(request, house, meeting)
    try:
        form = await read_form(request, AskForm)
        if not form.website:
            _count(request, house)
            actor = system_actor(house.id)
            await ask_to_join(request[DB], actor, meeting, form.asked(), now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, ONE, problem, await typed(request), **facts)
    return see_other(f"/o/{house.slug}", done="asked-to-join")


def address_of_house(request: web.Request, house: Organisation) -> str:
    """Give the address of an organisation's public page, as others write it."""
    return f"{request.app[SETTINGS].public_url.rstrip('/')}/o/{house.slug}"


async def _find_house(request: web.Request) -> Organisation:
    """Find the organisation in the address; raises NotFound if there is none, or it shows nothing."""
    house = await public_organisation(request[DB], request.match_info["slug"])
    request[HOUSE] = house_of(house)
    return house


async def _find(request: web.Request) -> tuple[Organisation, Meeting]:
    house, id_ = await _find_house(request), read_id(request)
    meeting = await public_meeting(request[DB], house.id, id_, start_of_day(request[NOW]))
    if meeting.ends_at is None or meeting.ends_at <= request[NOW]:
        raise NotFound
    return house, meeting


def _facts(request: web.Request, house: Organisation, meeting: Meeting) -> dict[str, Any]:
    shown, base = public_session(meeting), f"/o/{house.slug}"
    ways = [way for way in EASE if way in shown.ways]
    return {
        "title": shown.title,
        "session": row_of(shown, base),
        "phone": meeting.help_phone or house.contact_phone,
        "ways": [*way_options(ways), {"value": "", "word": "I don’t know yet"}],
        "events": _events(request, house, [shown]),
        "base": base,
        "action": f"{base}/sessions/{shown.id}/ask",
    }


def _events(request: web.Request, house: Organisation, shown: list[PublicSession]) -> Any:
    return as_events(house.name, address_of_house(request, house), shown)


def _count(request: web.Request, house: Organisation) -> None:
    """Let nobody ask again and again; raises TooManyAttempts."""
    limits, key = request.app[LIMITS].by_target, f"ask|{house.id}|{address_of(request)}"
    limits.check(key, request[NOW])
    limits.failed(key, request[NOW])
