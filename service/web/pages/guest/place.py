"""A place that is kept for somebody who waits: take it, leave it, or stay on the list for another."""

from dataclasses import dataclass

from aiohttp import web

from scheduling.answers import Answer
from scheduling.waiting import HoldState, until_words
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.tasks import Choice
from service.actions.waiting import let_pass
from service.errors import Refused
from service.storage.guests import before_in_line
from service.storage.holds import Hold, latest_hold, open_hold
from service.storage.invitations import Invitation
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.guest.opening import Door, door_of, own_invitation, path_of
from service.web.pages.guest.words import by_words, stated_briefly
from service.web.reading import Form, read_form
from service.web.words import say


@dataclass(frozen=True, slots=True)
class Kept:
    """A place that is kept for somebody, in words."""

    way: Way
    words: str
    line: str


class PlaceForm(Form):
    """The button that was pressed."""

    place: Choice


async def kept_for(request: web.Request, invitation: Invitation) -> Kept | None:
    """Say which place is kept until when; None if none is. Only who waits costs a query."""
    if invitation.answer is not Answer.WAITING:
        return None
    hold = await open_hold(request[DB], invitation)
    if hold is None:
        return None
    facts = {
        "by": by_words(hold.way),
        "until": until_words(hold.expires_at, invitation.meeting.zone),
    }
    for_all = "guest.kept.all" if hold.seats > 1 else "guest.kept"
    return Kept(hold.way, say(for_all, facts), say("guest.kept.until", facts))


async def decide(request: web.Request) -> web.Response:
    """Take the place, leave it or let it go to the next; who comes too late learns what happened."""
    form, invitation = await read_form(request, PlaceForm), own_invitation(request)
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    if form.place is Choice.STAYS:
        was_kept = await let_pass(db, actor, invitation, now=now)
        return see_other(path_of(request) if was_kept else path_of(request, "place"))
    takes_it = form.place is Choice.TAKES_IT
    reply = Reply(Answer.YES, invitation.way) if takes_it else Reply(Answer.NO)
    try:
        await answer(db, actor, invitation, reply, now=now)
    except Refused as refusal:
        if refusal.reason != "way-full":
            raise
        return see_other(path_of(request, "place"))
    return see_other(path_of(request))


async def show(request: web.Request) -> web.Response:
    """Say what became of the place that was kept for this person last, and where they are now."""
    invitation = own_invitation(request)
    hold = await latest_hold(request[DB], invitation)
    if hold is None or hold.state is HoldState.OFFERED:
        return see_other(path_of(request))
    if door_of(request, invitation) is not Door.OPEN:
        return see_other(path_of(request))
    return await page(
        request,
        "guest/place.html",
        title=say("guest.place.title"),
        tab_title=invitation.meeting.neutral_title,
        base=path_of(request),
        happened=_happened(hold, invitation),
        stated=stated_briefly(invitation),
        turn=await _turn(request, invitation),
        print_size=invitation.person.print_size,
    )


def _happened(hold: Hold, invitation: Invitation) -> str:
    until = until_words(hold.expires_at, invitation.meeting.zone)
    return say(f"guest.place.{hold.state}", {"until": until, "by": by_words(hold.way)})


async def _turn(request: web.Request, invitation: Invitation) -> str:
    """Say how many are before this person on the list, if they are on it."""
    if invitation.answer is not Answer.WAITING or invitation.way is None:
        return ""
    before = await before_in_line(request[DB], invitation)
    match before:
        case 0:
            return say("guest.turn.next")
        case 1:
            return say("guest.turn.one")
        case _:
            return say("guest.turn.some", {"before": before})
