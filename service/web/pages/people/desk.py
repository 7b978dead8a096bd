"""At the desk: an answer entered for somebody who rang, wrote or came by."""

from typing import Annotated, Any

from aiohttp import web

from accessibility.disclosure import Field
from scheduling.answers import Answer
from scheduling.time import clock_words, long_date
from scheduling.waiting import until_words
from scheduling.ways import EASE, Way
from service.actions.after_session import is_over_for
from service.actions.answering import Reply
from service.actions.desk import How, enter_answer
from service.errors import Invalid, NotFound, Refused
from service.outbound.numbers import phone_words, pin_words
from service.storage.contacts import safe_contact_among
from service.storage.holds import open_hold
from service.storage.invitations import Invitation, invitation_by_id
from service.storage.meetings import Offer
from service.storage.planned import PhoneJoining
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.people.choices import WAY_WORDS, answer_words
from service.web.pages.people.reminding import reminders_in_brief
from service.web.reading import EmptyIsNone, Form, Line, read_form, read_id, typed


class DeskForm(Form):
    """What somebody answered, and how that came here."""

    answer: Answer
    way: Annotated[Way | None, EmptyIsNone] = None
    supporters: int = 0
    supporter_name: Line = ""
    how: How = How.PHONE

    def reply(self) -> Reply:
        """Give what was typed as a reply."""
        return Reply(self.answer, self.way, self.supporters, self.supporter_name)


async def ask(request: web.Request) -> web.Response:
    """Show the form with the answer as it stands."""
    invitation = await _invitation(request)
    note_shown(request, Field.ATTENDANCE, person_id=invitation.person_id)
    return await page(request, "people/desk.html", **await _facts(request, invitation))


async def enter(request: web.Request) -> web.Response:
    """Enter the answer and go to the person's page."""
    invitation = await _invitation(request)
    facts = await _facts(request, invitation)
    try:
        form = await read_form(request, DeskForm)
        came_to = await enter_answer(
            request[DB],
            request[ACTOR],
            invitation.id,
            form.reply(),
            form.how,
            now=request[NOW],
        )
    except (Invalid, Refused) as problem:
        return await again(request, "people/desk.html", problem, await typed(request), **facts)
    return see_other(f"/people/{invitation.person_id}", done=f"answered-{came_to}")


async def _invitation(request: web.Request) -> Invitation:
    invitation = await invitation_by_id(request[DB], request[ACTOR], read_id(request))
    if invitation.removed_at is not None or invitation.meeting.starts_at is None:
        raise NotFound
    return invitation


async def _facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    meeting, person = invitation.meeting, invitation.person
    safe = await safe_contact_among(request[DB], request[ACTOR], [person.id])
    starts_at = meeting.starts_at or request[NOW]
    waits = invitation.answer is Answer.WAITING
    hold = await open_hold(request[DB], invitation) if waits else None
    return {
        "title": f"What did {person.chosen_name} answer?",
        "invitation": {
            "id": invitation.id,
            "answer": invitation.answer.value,
            "way": invitation.way.value if invitation.way else "",
            "supporters": invitation.supporters,
            "supporter_name": invitation.supporter_name,
        },
        "person": person,
        "each_time_href": f"/series/{meeting.series_id}/people/{person.id}"
        if meeting.series_id
        else "",
        "is_safe": bool(safe),
        "after_href": f"/after/{invitation.id}" if is_over_for(invitation, request[NOW]) else "",
        "session": f"{meeting.neutral_title}, {long_date(starts_at, meeting.zone)}, "
        f"{clock_words(starts_at, meeting.zone)}",
        "dial": _dialling(invitation),
        "state": answer_words(invitation.answer, invitation.way),
        "reminders": reminders_in_brief(person),
        "kept_until": until_words(hold.expires_at, meeting.zone) if hold else "",
        "ways": _ways(invitation),
    }


def _dialling(invitation: Invitation) -> dict[str, str] | None:
    """Give the number to dial and the person's own PIN, to be said on the phone; None if we ring them."""
    meeting = invitation.meeting
    offers_phone = any(offer.way is Way.PHONE for offer in meeting.offers)
    if not offers_phone or meeting.phone_joining is PhoneJoining.RING or not meeting.dial_number:
        return None
    pin = invitation.dial_pin or meeting.dial_pin
    return {"number": phone_words(meeting.dial_number), "pin": pin_words(pin)}


def _ways(invitation: Invitation) -> list[dict[str, str]]:
    """Give the ways offered with the places left, the easiest first."""
    offers = {offer.way: offer for offer in invitation.meeting.offers}
    found = []
    for way in EASE:
        if way in offers:
            line = _places_left(offers[way])
            found.append(
                {"value": way.value, "word": WAY_WORDS[way], "icon": way.value, "line": line}
            )
    return found


def _places_left(offer: Offer) -> str:
    if offer.places is None:
        return "No limit"
    left = max(0, offer.places - offer.taken)
    return "Full: waiting list" if left == 0 else f"{left} place{'' if left == 1 else 's'} left"
