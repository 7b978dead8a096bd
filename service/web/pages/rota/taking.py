"""The page behind the link that asks a colleague to take a part: it opens nothing else, and signs nobody in."""

from typing import Any

from aiohttp import web

from service.actions.rota.answering import Standing, say_no, standing_of, take
from service.outbound.rota import ROLE_LINES, ROLE_WORDS
from service.storage.step_ins import StepInAsked
from service.web.answers import page, see_other
from service.web.colleagues import ASK_LINK
from service.web.context import ACTOR, ASKED, DB, NOW
from service.web.pages.meetings.words import WAY_WORDS, hosts_of, when_of
from service.web.reading import Form, Line, read_form
from service.web.words import say

YES, NO = "yes", "no"
#: Standings in which the part can still be taken.
ANSWERABLE = frozenset({Standing.OPEN, Standing.SAID_NO})


class AnswerForm(Form):
    """Whether they can."""

    answer: Line = ""


async def show(request: web.Request) -> web.Response:
    """Show what somebody is asked, and how it stands."""
    asked = request[ASKED]
    standing = await standing_of(request[DB], asked, request[NOW])
    return await page(request, "rota/take.html", **_facts(asked, standing))


async def answer(request: web.Request) -> web.Response:
    """Take the part, or say that it cannot be; the page says what came of it."""
    form, asked = await read_form(request, AnswerForm), request[ASKED]
    if form.answer in (YES, NO):
        answered = take if form.answer == YES else say_no
        await answered(request[DB], request[ACTOR], asked, now=request[NOW])
    return see_other(f"/rota/take/{request.match_info[ASK_LINK]}")


def _facts(asked: StepInAsked, standing: Standing) -> dict[str, Any]:
    question, meeting = asked.step_in, asked.step_in.meeting
    return {
        "title": say(f"step-in.{standing}.title"),
        "words": say(f"step-in.{standing}"),
        "standing": standing,
        "tone": "leaf" if standing is Standing.YOURS else "honey",
        "can_answer": standing in ANSWERABLE,
        "has_said_no": standing is Standing.SAID_NO,
        "rows": [
            {"term": "Your part", "value": [ROLE_WORDS[question.role], ROLE_LINES[question.role]]},
            {"term": "Session", "value": meeting.neutral_title},
            {"term": "When", "value": when_of(meeting)},
            {"term": "Ways to join", "value": _ways(asked)},
            {"term": "Hosts", "value": " and ".join(hosts_of(meeting)) or "Nobody yet"},
        ],
    }


def _ways(asked: StepInAsked) -> list[str]:
    meeting = asked.step_in.meeting
    offered = {offer.way for offer in meeting.offers}
    lines = [words for way, words in WAY_WORDS.items() if way in offered]
    places = [place.name for place in (meeting.place, meeting.outdoor_place) if place is not None]
    return [*lines, *places]
