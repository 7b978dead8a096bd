"""Somebody asks to join: who it is, whether we may know them, and one press to invite them."""

from typing import Annotated, Any
from uuid import UUID

from aiohttp import web

from accessibility.disclosure import Field
from scheduling.time import Slot, span_words
from service.actions.asking import add_and_invite, invite_known, settle_asking
from service.actions.contact_details import normal_email, normal_phone
from service.actions.inviting import Issuer, Outcome
from service.errors import Invalid, Refused
from service.storage.askings import Asking, asking_by_id
from service.storage.people import people_sharing
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, HOUSE, KEYS, NOW, SETTINGS
from service.web.looking import note_shown
from service.web.pages.people.choices import WAY_WORDS
from service.web.reading import EmptyIsNone, Form, read_form, read_id

PAGE = "tasks/asking.html"


class InviteForm(Form):
    """Who is invited: somebody we know already, or nobody of those, and so somebody new."""

    person_id: Annotated[UUID | None, EmptyIsNone] = None


async def show(request: web.Request) -> web.Response:
    """Show who asks, and what can be done."""
    asking = await asking_by_id(request[DB], request[ACTOR], read_id(request))
    note_shown(request, Field.CONTACT, count=1)
    return await page(request, PAGE, **await _facts(request, asking))


async def invite(request: web.Request) -> web.Response:
    """Add them if they are new, and invite them."""
    db, actor, id_ = request[DB], request[ACTOR], read_id(request)
    facts = await _facts(request, await asking_by_id(db, actor, id_))
    try:
        chosen = (await read_form(request, InviteForm)).person_id
        issuer = _issuer(request)
        if chosen is None:
            outcome = await add_and_invite(db, actor, issuer, id_, now=request[NOW])
        else:
            outcome = await invite_known(db, actor, issuer, id_, chosen, now=request[NOW])
    except (Invalid, Refused) as problem:
        return await again(request, PAGE, problem, {}, **facts)
    waits = outcome is Outcome.WAITS
    return see_other("/today", done="asking-waits" if waits else "asking-invited")


async def settle(request: web.Request) -> web.Response:
    """Write down that they were answered another way."""
    await settle_asking(request[DB], request[ACTOR], read_id(request), now=request[NOW])
    return see_other("/today", done="task-done")


def _issuer(request: web.Request) -> Issuer:
    settings, house = request.app[SETTINGS], request[HOUSE]
    return Issuer.of(request.app[KEYS], house.contact_email, settings.public_url)


async def _facts(request: web.Request, asking: Asking) -> dict[str, Any]:
    meeting = asking.meeting
    email, phone = normal_email(asking.email), normal_phone(asking.phone)
    when = ""
    if meeting.starts_at is not None and meeting.ends_at is not None:
        when = span_words(Slot(meeting.starts_at, meeting.ends_at), meeting.zone)
    return {
        "title": f"{asking.name} asks to join",
        "asking": asking,
        "session": f"{meeting.neutral_title}, {when}",
        "way": WAY_WORDS[asking.way] if asking.way else "Not said",
        "known": await people_sharing(
            request[DB], request[ACTOR], email_key=email, phone_key=phone
        ),
    }
