"""Asking in time for what helps people at dates of a series, also at dates nobody has been told of yet.

An answer for every date asks for nothing at dates that are held, or the queue would fill for more than a
year. What takes long is asked for here as its time comes, the rest when guests are told of the date.
"""

from datetime import datetime

from service.actions.permissions import Permission, require
from service.actions.requests import (
    TO_ARRANGE,
    is_time_for,
    longest_time,
    must_be_arranged,
    requests_for,
)
from service.actor import Actor
from service.storage.base import Db
from service.storage.requests import locked_invitations, needing_requests
from service.vocabulary import vocabulary


async def ask_ahead(db: Db, actor: Actor, *, now: datetime) -> int:
    """Make the requests for dates of series whose time has come; counts them.

    Two processes may do so at once: an answer that one of them looks at is left to it.
    """
    require(actor, Permission.PLAN_MEETINGS)
    terms = {each.code: each for each in vocabulary().terms if TO_ARRANGE & set(each.ways.values())}
    found = await needing_requests(db, actor, terms.keys(), now + longest_time(), now)
    due = {
        invitation.id
        for invitation, meeting, code in found
        if is_time_for(terms[code], meeting, now)
        and must_be_arranged(
            terms[code], [invitation.way] if invitation.way else [*terms[code].ways]
        )
    }
    if not due:
        return 0
    made = 0
    for invitation in await locked_invitations(db, due):
        made += len(await requests_for(db, actor, invitation, now=now))
    return made
