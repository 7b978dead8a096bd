"""One task by itself: what is to be done, whom to reach and how, what to say."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from accessibility.contact import KEEP_APART, NEUTRAL, SAFE_CONTACT
from accessibility.disclosure import Field
from accessibility.dues import DueKind
from scheduling.time import on_wall
from scheduling.ways import EASE, Way
from service.actions.facts import Personal, facts_of, page_url
from service.actions.money.tasks import CASH
from service.actions.permissions import Permission, may
from service.actions.scripts import call_script, short_text
from service.actions.tasks import is_too_late
from service.outbound.facts import InvitationFacts, PhoneFacts
from service.outbound.offers import limit_words
from service.storage.holds import Hold, hold_of_task
from service.storage.incoming import IncomingMail, ToRead, mail_of_task
from service.storage.invitations import Invitation
from service.storage.messages import MessageKind
from service.storage.needs import Need, needs_of
from service.storage.series import Series, series_by_id
from service.storage.tasks import Task, TaskKind, TaskState, ToDo, invitation_of_task, task_to_do
from service.web.answers import page
from service.web.context import ACTOR, DB, HOUSE, KEYS, NOW, SETTINGS
from service.web.looking import note_shown
from service.web.pages.people.choices import way_options
from service.web.pages.series.words import name_of
from service.web.pages.tasks.booking_words import BOOKING_TITLES
from service.web.pages.tasks.lists import CALL_ME
from service.web.pages.tasks.words import (
    about_words,
    due,
    has_letter,
    session_words,
    title_of,
    tries_words,
)
from service.web.reading import read_id
from service.web.words import say

#: What the person may answer there and then.
ASKS = frozenset(
    {
        MessageKind.INVITATION.value,
        MessageKind.UPDATE.value,
        MessageKind.REMINDER.value,
        MessageKind.NUDGE.value,
    }
)
SPOKEN = frozenset(
    {
        TaskKind.RING,
        TaskKind.THROUGH,
        TaskKind.SAFE_CONTACT,
        TaskKind.NO_WAY_LEFT,
        TaskKind.AFTER_SESSION,
    }
)
#: Tasks about a mail that came in.
MAILS = frozenset({TaskKind.READ_MAIL, TaskKind.ANSWER_BY_MAIL})
REQUEST = "request_"
#: What is about the list of a series, which is then the task's subject.
SERIES = "series"
#: What is about colleagues and their parts, not about anybody's invitation.
ROTA = frozenset({MessageKind.ROTA_ASK.value, MessageKind.ROTA_NEWS.value})


async def task_page(request: web.Request) -> web.Response:
    """Show one task."""
    facts = await task_facts(request)
    _note_shown(request, facts)
    return await page(request, "tasks/task.html", **facts)


async def task_facts(request: web.Request) -> dict[str, Any]:
    """Gather what the page of one task shows: four queries beside those of every page."""
    db, actor = request[DB], request[ACTOR]
    to_do = await task_to_do(db, actor, read_id(request))
    task = to_do.task
    came_in = await mail_of_task(db, actor, task) if task.kind in MAILS else ToRead()
    invitation, needs = None, [came_in.safe] if came_in.safe else list[Need]()
    sees_people = may(actor, Permission.KEEP_PEOPLE)
    if sees_people and task.person_id is not None:
        if task.about not in ROTA:
            invitation = await invitation_of_task(db, actor, task)
        if task.kind not in MAILS:
            needs = list(await needs_of(db, actor, task.person_id))
    hold = await hold_of_task(db, task)
    series = await _its_series(request, task)
    return (
        _head(request, task)
        | {"series": series, "series_name": name_of(series) if series else ""}
        | _contact(request, task, needs)
        | {"sees_people": sees_people, "said": to_do.said}
        | _words(request, to_do, invitation, needs, hold)
        | _mail(came_in.mail, invitation)
    )


def _note_shown(request: web.Request, facts: Mapping[str, Any]) -> None:
    """Say what the page shows of the person to reach, if there is one."""
    if facts["person"] is None or not facts["sees_people"] or facts["is_hidden"]:
        return
    safe = [Field.SAFE_CONTACT] if facts["safe"] or facts["apart_from"] else []
    note_shown(request, Field.CONTACT, *safe, person_id=facts["person"].id)


async def _its_series(request: web.Request, task: Task) -> Series | None:
    """Give the series whose list is to be looked at, if that is what a task is about."""
    if task.kind is not TaskKind.KEEP_APART or task.about != SERIES or task.subject_id is None:
        return None
    return await series_by_id(request[DB], request[ACTOR], task.subject_id)


def _head(request: web.Request, task: Task) -> dict[str, Any]:
    zone = request[HOUSE].zone
    return {
        "title": title_of(task),
        "task": task,
        "is_open": task.state is TaskState.OPEN,
        "is_over": is_too_late(task, request[NOW]),
        "due": due(task.due_at, request[NOW], zone),
        "session": session_words(task),
        "has_letter": has_letter(task),
        "about": about_words(task),
        "tries": tries_words(task.tries),
        "today": on_wall(request[NOW], zone).local.date().isoformat(),
        "rota_href": _rota_href(task),
        "ring_href": f"/sessions/{task.meeting_id}/ring-round"
        if task.kind is TaskKind.ROOM_TROUBLE
        else "",
        "after_href": f"/after/{task.subject_id}" if task.about == MessageKind.FEEDBACK_ASK else "",
        "review_href": f"/people/{task.person_id}/needs"
        if task.about in (*ASKS, DueKind.REVIEW)
        else "",
        "changes_href": f"/set-up/changes?by={task.subject_id}"
        if task.kind is TaskKind.MANY_READ and may(request[ACTOR], Permission.SET_UP)
        else "",
        "booking_href": f"/arrangements/{task.subject_id}"
        if task.about in BOOKING_TITLES and may(request[ACTOR], Permission.ARRANGE)
        else "",
        "claim_href": _claim_href(task),
        "kit_href": f"/kit/{task.subject_id}" if task.kind is TaskKind.KIT else "",
        "request_href": f"/requests/{task.subject_id}" if _is_of_request(task) else "",
    }


def _claim_href(task: Task) -> str:
    """Give the page on which money is seen to: one claim, or the envelopes of a door."""
    if task.about == CASH:
        return f"/sessions/{task.meeting_id}/cash"
    is_of_claim = task.kind is TaskKind.PAY or task.about == MessageKind.CLAIM_ANSWER
    return f"/claims/{task.subject_id}" if is_of_claim else ""


def _is_of_request(task: Task) -> bool:
    """Tell whether a request is the task's subject; a receipt is about all that was asked for at once."""
    return task.about.startswith(REQUEST) and task.about != MessageKind.REQUEST_RECEIPT


def _rota_href(task: Task) -> str:
    """Give the page on which a part is given to somebody, where that is what a task is about."""
    if task.kind is TaskKind.ROTA_GAP:
        return f"/sessions/{task.meeting_id}/rota/{task.about}"
    return f"/sessions/{task.meeting_id}/rota" if task.about in ROTA else ""


def _contact(request: web.Request, task: Task, needs: list[Need]) -> dict[str, Any]:
    """Give the person to reach; nothing of how, if only their own coordinator may know."""
    safe = next((need for need in needs if need.code == SAFE_CONTACT), None)
    person = task.person
    others = person is not None and person.coordinator_id not in (None, request[ACTOR].person_id)
    times = [need.details.get("times", "") for need in needs if need.code == CALL_ME]
    return {
        "person": person,
        "safe": safe,
        "is_hidden": safe is not None and others,
        "times": next(filter(None, times), ""),
        "is_own": not others,
        "apart_from": [need.details.get("other_person", "") for need in needs if _is_apart(need)],
    }


def _is_apart(need: Need) -> bool:
    return need.code == KEEP_APART and bool(need.details.get("other_person"))


def _words(
    request: web.Request,
    to_do: ToDo,
    invitation: Invitation | None,
    needs: list[Need],
    hold: Hold | None,
) -> dict[str, Any]:
    """Give what to say, if this is about a session with a time, and what the person may answer."""
    nothing: dict[str, Any] = {"script": (), "short_text": "", "ways": [], "invitation": invitation}
    nothing["kept_until"] = ""
    if invitation is None or invitation.meeting.starts_at is None:
        return nothing
    task = to_do.task
    personal = Personal(is_neutral=any(need.code == NEUTRAL for need in needs))
    url = page_url(invitation, request.app[KEYS], request.app[SETTINGS].public_url)
    facts = facts_of(invitation, request[HOUSE], personal, page_url=url)
    facts = replace(facts, kept_until=hold.expires_at if hold else None)
    if any(need.code == SAFE_CONTACT for need in needs):
        facts = _without_numbers(facts)
    about = MessageKind.ANNOUNCEMENT.value if to_do.said else task.about
    script = call_script(facts, about, caller=request[ACTOR].name, words=to_do.said)
    if needs and task.about in ASKS:
        script = (*script, say("this-time.spoken"))
    return nothing | {
        "script": script if task.kind in SPOKEN else (),
        "short_text": short_text(
            facts, about, words=to_do.said, has_link=task.kind is TaskKind.TEXT
        ),
        "ways": way_options(_offered(invitation)) if task.about in ASKS else [],
        "kept_until": limit_words(facts) if hold else "",
    }


def _without_numbers(facts: InvitationFacts) -> InvitationFacts:
    """Leave number and PIN out of what is said in the safe way; they stand at the desk, if one is asked."""
    phone = PhoneFacts(rings_you=facts.session.phone.rings_you)
    return replace(facts, session=replace(facts.session, phone=phone))


def _mail(mail: IncomingMail | None, invitation: Invitation | None) -> dict[str, Any]:
    """Give the mail a task is about, the ways its writer may come by, and the likely one."""
    if mail is None or invitation is None:
        return {"mail": mail, "mail_ways": [], "likely_way": ""}
    offered = _offered(invitation)
    likely = (invitation.way, invitation.person.usual_way)
    return {
        "mail": mail,
        "mail_ways": way_options(offered) if len(offered) > 1 else [],
        "likely_way": next((way.value for way in likely if way in offered), ""),
    }


def _offered(invitation: Invitation) -> list[Way]:
    offered = {offer.way for offer in invitation.meeting.offers}
    return [way for way in EASE if way in offered]
