"""Whom a session is for: search by chosen name, groups, everyone; later, adding and taking off."""

from collections.abc import Sequence

from aiohttp import web

from scheduling.meeting import MeetingState
from service.actions.inviting import (
    Outcome,
    choose_people,
    drop_person,
    foresee_inviting,
    foresee_removing,
    invite_more,
    remove_person,
)
from service.actions.permissions import Permission, require
from service.actions.publishing import ask_about_list
from service.actions.seeing import may_see_names, may_see_who_waits
from service.errors import NotFound
from service.storage.invitations import people_to_invite, some_invitations
from service.storage.meetings import Meeting, meeting_row
from service.storage.people import Group, groups_with_counts
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.issuing import issuer_of
from service.web.pages.meetings.forms import PeopleForm, PersonForm
from service.web.pages.meetings.paging import Paging
from service.web.pages.meetings.parts import STEPS
from service.web.pages.meetings.words import ANSWER_WORDS, WAY_WORDS, people, told_lines
from service.web.pages.people.naming import named, second_names
from service.web.reading import read_form, read_id, read_query

SHOWN = 40
FOUND = 20


async def show(request: web.Request) -> web.Response:
    """Show who is chosen or invited so far, and ways to add more."""
    db, actor = request[DB], request[ACTOR]
    meeting = await _their_meeting(request)
    words = read_query(request, PeopleForm).q
    paging = Paging.of(request, SHOWN)
    listed = await some_invitations(
        db,
        actor,
        meeting.id,
        skip=paging.skip,
        limit=SHOWN + 1,
        waiting_too=may_see_who_waits(actor),
    )
    found = await people_to_invite(db, actor, meeting.id, words, limit=FOUND) if words else []
    seconds = second_names([*found, *(each.person for each in listed)])
    return await page(
        request,
        "meetings/people.html",
        title="Whom do you want to invite?" if _is_draft(meeting) else "People invited",
        meeting=meeting,
        is_draft=_is_draft(meeting),
        listed=listed[:SHOWN],
        paging=paging.links(has_more=len(listed) > SHOWN),
        q=words,
        found=[{"value": str(each.id), "word": named(each, seconds)} for each in found],
        seconds=seconds,
        found_more=len(found) == FOUND,
        groups=group_options(await groups_with_counts(db, actor)),
        answer_words=ANSWER_WORDS,
        way_words=WAY_WORDS,
        base=people_path(meeting),
        then="check" if request.query.get("then") == "check" else "",
        step=5,
        steps=STEPS,
    )


async def add(request: web.Request) -> web.Response:
    """Put people on the list: of a draft at once, of a published session after a look at what is sent."""
    meeting = await _their_meeting(request)
    form = await read_form(request, PeopleForm)
    if _is_draft(meeting):
        count = await choose_people(
            request[DB],
            request[ACTOR],
            issuer_of(request),
            meeting.id,
            form.choice,
            now=request[NOW],
        )
        return see_other(_here(request, meeting), done="people-chosen" if count else "nobody-new")
    if not form.agreed:
        return await _ask_before_inviting(request, meeting, form)
    outcome = await invite_more(
        request[DB], request[ACTOR], issuer_of(request), meeting.id, form.choice, now=request[NOW]
    )
    is_done = outcome is Outcome.DONE
    return see_other(people_path(meeting), done="people-invited" if is_done else "ask-first")


async def _ask_before_inviting(
    request: web.Request, meeting: Meeting, form: PeopleForm
) -> web.Response:
    chosen, forecast = await foresee_inviting(
        request[DB], request[ACTOR], meeting.id, form.choice, now=request[NOW]
    )
    if not chosen:
        return see_other(people_path(meeting), done="nobody-new")
    return await page(
        request,
        "meetings/invite_more.html",
        title=f"Invite {people(len(chosen))}?",
        meeting=meeting,
        chosen=chosen[:SHOWN],
        others=max(0, len(chosen) - SHOWN),
        told=told_lines(forecast),
        form_values=form,
        base=people_path(meeting),
    )


async def remove(request: web.Request) -> web.Response:
    """Take a person off: from a draft at once, from a published session after a look at what is sent."""
    meeting = await _their_meeting(request)
    form = await read_form(request, PersonForm)
    if not _is_draft(meeting):
        return see_other(f"{people_path(meeting)}/{form.invitation}/remove")
    await drop_person(request[DB], request[ACTOR], form.invitation, now=request[NOW])
    return see_other(_here(request, meeting), done="person-dropped")


async def ask_to_remove(request: web.Request) -> web.Response:
    """Say how a person would be told that they are taken off."""
    invitation, forecast = await foresee_removing(
        request[DB], request[ACTOR], read_id(request, "invitation"), now=request[NOW]
    )
    if invitation.meeting_id != read_id(request):
        raise NotFound
    return await page(
        request,
        "meetings/remove.html",
        title=f"Take {invitation.person.chosen_name} off the list?",
        meeting=invitation.meeting,
        invitation=invitation,
        told=told_lines(forecast),
        base=people_path(invitation.meeting),
    )


async def take_off(request: web.Request) -> web.Response:
    """Take a person off a published session and tell them."""
    meeting = await _their_meeting(request)
    await remove_person(
        request[DB], request[ACTOR], read_id(request, "invitation"), now=request[NOW]
    )
    return see_other(people_path(meeting), done="person-removed")


async def go_on(request: web.Request) -> web.Response:
    """Add who is ticked and go on to the next page; a coordinator is asked early if anybody must be."""
    meeting = await _their_meeting(request)
    form = await read_form(request, PeopleForm)
    db, actor, issuer = request[DB], request[ACTOR], issuer_of(request)
    await choose_people(db, actor, issuer, meeting.id, form.choice, now=request[NOW])
    await ask_about_list(db, actor, meeting.id, now=request[NOW])
    following = "check" if request.query.get("then") == "check" else "words"
    return see_other(f"/sessions/{meeting.id}/plan/{following}")


def people_path(meeting: Meeting) -> str:
    """Give the address of the list of people: a step of the plan, or a page of the session."""
    return f"/sessions/{meeting.id}/{'plan/people' if _is_draft(meeting) else 'people'}"


def _here(request: web.Request, meeting: Meeting) -> str:
    """Give the address of the list again, still knowing whether one came from the last page."""
    return people_path(meeting) + ("?then=check" if request.query.get("then") == "check" else "")


async def _their_meeting(request: web.Request) -> Meeting:
    """Give the meeting, if this person may plan it and see names on its list."""
    actor = request[ACTOR]
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await meeting_row(request[DB], actor, read_id(request))
    is_step = request.path.startswith(f"/sessions/{meeting.id}/plan/")
    if (is_step and not _is_draft(meeting)) or not may_see_names(actor, meeting, request[NOW]):
        raise NotFound
    return meeting


def _is_draft(meeting: Meeting) -> bool:
    return meeting.state is MeetingState.DRAFT


def group_options(groups: Sequence[tuple[Group, int]]) -> list[dict[str, str]]:
    """Give the groups that have members as boxes to tick, each with its size."""
    return [
        {"value": str(group.id), "word": f"{group.name} ({people(count)})"}
        for group, count in groups
        if count
    ]
