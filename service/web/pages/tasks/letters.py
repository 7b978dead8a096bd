"""The letter of one task, to be printed at the person's size: an address sheet and the letter."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from aiohttp import web

from accessibility.disclosure import Field
from service.actions.facts import facts_of, page_url, personal_of
from service.errors import NotFound
from service.outbound.facts import InvitationFacts
from service.outbound.paper import (
    PaperLetter,
    paper_cancelled,
    paper_ill_notice,
    paper_invitation,
    paper_message,
    paper_place_offered,
    paper_receipt,
    paper_update,
)
from service.storage.holds import hold_of_task
from service.storage.messages import MessageKind
from service.storage.tasks import ToDo, invitation_of_task, task_to_do
from service.web.answers import page
from service.web.context import ACTOR, DB, HOUSE, KEYS, SETTINGS
from service.web.looking import note_shown
from service.web.pages.tasks.words import has_letter
from service.web.reading import read_id

#: What is put on paper, by what the task is about; anything else is an invitation.
LETTERS: Mapping[str, Callable[[InvitationFacts, int], PaperLetter]] = {
    MessageKind.CANCEL: paper_cancelled,
    MessageKind.UPDATE: paper_update,
    MessageKind.PLACE_OFFERED: paper_place_offered,
    MessageKind.REQUEST_RECEIPT: paper_receipt,
}


async def letter(request: web.Request) -> web.Response:
    """Show the letter as it is printed."""
    db, actor = request[DB], request[ACTOR]
    to_do = await task_to_do(db, actor, read_id(request))
    invitation = await invitation_of_task(db, actor, to_do.task)
    if not has_letter(to_do.task) or invitation is None:
        raise NotFound
    url = page_url(invitation, request.app[KEYS], request.app[SETTINGS].public_url)
    personal = await personal_of(db, invitation)
    hold = await hold_of_task(db, to_do.task)
    facts = facts_of(invitation, request[HOUSE], personal, page_url=url)
    facts = replace(facts, kept_until=hold.expires_at if hold else None)
    made = _letter(facts, to_do, invitation.person.print_size)
    fields = (Field.CONTACT, Field.ATTENDANCE)
    note_shown(request, *fields, person_id=invitation.person_id)
    return await page(
        request,
        "tasks/letter.html",
        title=made.title,
        letter=made,
        task=to_do.task,
        person=invitation.person,
        print_size=made.print_size,
    )


def _letter(facts: InvitationFacts, to_do: ToDo, print_size: int) -> PaperLetter:
    if to_do.said:
        return paper_message(facts, to_do.said, print_size)
    if to_do.task.about == MessageKind.ILL_NOTICE:
        is_over = facts.session.slot.starts_at <= to_do.task.created_at
        return paper_ill_notice(facts, print_size, is_over=is_over)
    return LETTERS.get(to_do.task.about, paper_invitation)(facts, print_size)
