"""Send a message to everyone coming: write it, see how many it reaches and how, send it."""

from typing import Any

from aiohttp import web

from scheduling.meeting import MeetingState
from service.actions.announcing import Audience, News, announce, foresee_announcement
from service.errors import Invalid, NotFound, Refused
from service.storage.meetings import Meeting, meeting_by_id
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.forms import MessageForm
from service.web.pages.meetings.words import name_of, people, told_lines, when_of
from service.web.reading import read_form, read_id, typed

WRITE_PAGE = "meetings/message.html"
AUDIENCE_WORDS = {
    Audience.COMING: "Everyone who is coming",
    Audience.MAYBE: "Everyone who is coming, or said maybe",
    Audience.WAITING: "Everyone who is coming, said maybe, or waits for a place",
}


async def write(request: web.Request) -> web.Response:
    """Ask for the words, and for whom they are."""
    return await page(request, WRITE_PAGE, **await _facts(request))


async def send(request: web.Request) -> web.Response:
    """Show how many a message would reach; send it once that was agreed to."""
    facts = await _facts(request)
    try:
        form = await read_form(request, MessageForm)
        if form.agreed:
            await _announce(request, form)
            return see_other(f"/sessions/{read_id(request)}", done="message-sent")
        forecast = await foresee_announcement(
            request[DB], request[ACTOR], read_id(request), form.audience, now=request[NOW]
        )
        if not forecast.total:
            raise Refused("nobody-to-tell", field="audience")
    except (Invalid, Refused) as problem:
        return await again(request, WRITE_PAGE, problem, await typed(request), **facts)
    if form.back:
        return await page(request, WRITE_PAGE, values=await typed(request), **facts)
    facts |= {"title": f"Send this to {people(forecast.total)}?", "told": told_lines(forecast)}
    return await page(request, "meetings/confirm_message.html", message=form, **facts)


async def _announce(request: web.Request, form: MessageForm) -> None:
    news = News(form.audience, form.words, form.once)
    await announce(request[DB], request[ACTOR], read_id(request), news, now=request[NOW])


async def _facts(request: web.Request) -> dict[str, Any]:
    meeting: Meeting = await meeting_by_id(request[DB], request[ACTOR], read_id(request))
    if meeting.state is not MeetingState.PUBLISHED:
        raise NotFound
    return {
        "title": "Send a message",
        "meeting": meeting,
        "name": name_of(meeting),
        "when": when_of(meeting),
        "audiences": [
            {"value": each.value, "word": words} for each, words in AUDIENCE_WORDS.items()
        ],
        "audience_words": AUDIENCE_WORDS,
    }
