"""Adding a request for somebody who rang: find the person, and go on to where needs are written down."""

from aiohttp import web

from service.storage.people import search_people
from service.web.answers import page
from service.web.context import ACTOR, DB
from service.web.pages.people.naming import second_names
from service.web.pages.requests.rows import reached_by
from service.web.reading import Form, Line, read_query
from service.web.words import say

MOST = 20


class Search(Form):
    """Whom somebody looks for."""

    q: Line = ""


async def find_person(request: web.Request) -> web.Response:
    """Ask whom it is for; those that fit are listed once something was typed."""
    asked = read_query(request, Search)
    found = await search_people(request[DB], request[ACTOR], asked.q, limit=MOST) if asked.q else []
    seconds = second_names(found)
    return await page(
        request,
        "arrangements/add.html",
        title=say("requests.add"),
        q=asked.q,
        people=[
            {
                "id": each.id,
                "name": each.chosen_name,
                "line": seconds.get(each.id) or reached_by(each),
            }
            for each in found
        ],
    )
