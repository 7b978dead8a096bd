"""Meetings, for programs."""

from dataclasses import replace
from typing import Any

from scheduling.meeting import MeetingState
from service.actions.announcing import News, announce
from service.actions.cancelling import cancel_meeting
from service.actions.changing import Agreed, change_meeting
from service.actions.drafting import change_kind, save_draft, start_draft, throw_away
from service.actions.plans import details_of
from service.actions.publishing import publish_meeting
from service.errors import Conflict
from service.storage.listing import Span, meetings_listed
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.phone_lines import line_of
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import Nothing
from service.web.api.meeting_models import (
    AtVersion,
    Cancelling,
    ChangeMeeting,
    Meetings,
    MeetingsListing,
    NewAnnouncement,
    NewMeeting,
    OneAnnouncement,
    OneMeeting,
    Publishing,
    shown,
)

#: Actions name the fields of forms.
NAMES = {
    "date": "starts_local",
    "time": "starts_local",
    "way": "offers",
    "limit_room": "offers",
    "limit_online": "offers",
    "limit_phone": "offers",
    "limit_outdoors": "offers",
}


async def list_meetings(call: Call[MeetingsListing, Nothing]) -> Meetings:
    """Give a page of meetings."""
    query = call.query
    found = await meetings_listed(
        call.db,
        call.actor,
        Span(query.limit, after_id(call)),
        state=query.state,
        starts_from=query.starts_from,
        starts_before=query.starts_before,
    )
    line = await line_of(call.db, call.actor.organisation_id)
    return Meetings(
        **listed(call, found, lambda each: shown(each, line), lambda each: (str(each.id),))
    )


async def get_meeting(call: Call[Nothing, Nothing]) -> OneMeeting:
    """Give one meeting."""
    return await _shown(call, await _loaded(call))


async def create_meeting(call: Call[Nothing, NewMeeting]) -> OneMeeting:
    """Begin a draft of a kind, and plan what is given."""
    begun = await start_draft(call.db, call.actor, call.body.kind_id, now=call.now)
    meeting = await meeting_by_id(call.db, call.actor, begun.id)
    details = replace(details_of(meeting), **call.body.parts())
    await save_draft(call.db, call.actor, meeting.id, details, now=call.now)
    return await _shown(call, meeting)


async def change(call: Call[Nothing, ChangeMeeting]) -> OneMeeting:
    """Change what is given of a draft, or of a published meeting, whose guests are then told."""
    meeting = await _at_version(call, call.body.version)
    if "kind_id" in call.body.model_fields_set:
        await change_kind(call.db, call.actor, meeting.id, call.body.kind_id, now=call.now)
    details = replace(details_of(meeting), **call.body.parts())
    if meeting.state is MeetingState.DRAFT:
        await save_draft(call.db, call.actor, meeting.id, details, now=call.now)
    else:
        agreed = Agreed(call.body.version, call.body.left_without)
        await change_meeting(call.db, call.actor, meeting.id, details, agreed, now=call.now)
    return await _shown(call, meeting)


async def delete_draft(call: Call[Nothing, Nothing]) -> Nothing:
    """Throw a draft away."""
    await throw_away(call.db, call.actor, call.id(), now=call.now)
    return Nothing()


async def publish(call: Call[Nothing, AtVersion]) -> Publishing:
    """Publish a draft and tell everybody invited."""
    meeting = await _at_version(call, call.body.version)
    outcome = await publish_meeting(call.db, call.actor, meeting.id, now=call.now)
    return Publishing(outcome=outcome, meeting=await _shown(call, meeting))


async def cancel(call: Call[Nothing, Cancelling]) -> OneMeeting:
    """Cancel a published meeting and tell everybody invited."""
    words, version = call.body.message, call.body.version
    meeting = await cancel_meeting(
        call.db, call.actor, call.id(), words, version=version, now=call.now
    )
    return await _shown(call, meeting)


async def create_announcement(call: Call[Nothing, NewAnnouncement]) -> OneAnnouncement:
    """Send words to those who are coming."""
    news = News(call.body.audience, call.body.words)
    return OneAnnouncement.model_validate(
        await announce(call.db, call.actor, call.id(), news, now=call.now)
    )


async def _shown(call: Call[Any, Any], meeting: Meeting) -> OneMeeting:
    return shown(meeting, await line_of(call.db, call.actor.organisation_id))


async def _loaded(call: Call[Any, Any]) -> Meeting:
    return await meeting_by_id(call.db, call.actor, call.id())


async def _at_version(call: Call[Any, Any], version: int) -> Meeting:
    """Give the meeting if it is still as the program saw it; raises Conflict."""
    meeting = await _loaded(call)
    if meeting.version != version:
        raise Conflict
    return meeting


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/meetings",
        name="meetings",
        tag="meetings",
        scope="meetings:read",
        summary="List meetings, drafts too",
        call=list_meetings,
        query=MeetingsListing,
        body=Nothing,
        answer=Meetings,
    ),
    Endpoint(
        method="POST",
        path="/meetings",
        name="create-meeting",
        tag="meetings",
        scope="meetings:write",
        summary="Begin a meeting as a draft",
        call=create_meeting,
        query=Nothing,
        body=NewMeeting,
        answer=OneMeeting,
        creates=True,
        collection="/meetings",
        refuses=True,
        renames=NAMES,
    ),
    Endpoint(
        method="GET",
        path="/meetings/{meeting_id}",
        name="meeting",
        tag="meetings",
        scope="meetings:read",
        summary="Get a meeting",
        call=get_meeting,
        query=Nothing,
        body=Nothing,
        answer=OneMeeting,
    ),
    Endpoint(
        method="PATCH",
        path="/meetings/{meeting_id}",
        name="change-meeting",
        tag="meetings",
        scope="meetings:write",
        summary="Change a meeting; if it is published, guests who see the change are told",
        call=change,
        query=Nothing,
        body=ChangeMeeting,
        answer=OneMeeting,
        refuses=True,
        renames=NAMES,
    ),
    Endpoint(
        method="DELETE",
        path="/meetings/{meeting_id}",
        name="delete-draft",
        tag="meetings",
        scope="meetings:write",
        summary="Throw a draft away",
        call=delete_draft,
        query=Nothing,
        body=Nothing,
        answer=Nothing,
        refuses=True,
    ),
    Endpoint(
        method="POST",
        path="/meetings/{meeting_id}/publish",
        name="publish-meeting",
        tag="meetings",
        scope="meetings:write",
        summary="Publish a draft and tell everybody invited",
        call=publish,
        query=Nothing,
        body=AtVersion,
        answer=Publishing,
        refuses=True,
        renames=NAMES,
    ),
    Endpoint(
        method="POST",
        path="/meetings/{meeting_id}/cancel",
        name="cancel-meeting",
        tag="meetings",
        scope="meetings:write",
        summary="Cancel a published meeting and tell everybody invited",
        call=cancel,
        query=Nothing,
        body=Cancelling,
        answer=OneMeeting,
        refuses=True,
    ),
    Endpoint(
        method="POST",
        path="/meetings/{meeting_id}/announcements",
        name="create-announcement",
        tag="meetings",
        scope="meetings:write",
        summary="Send words to those who are coming",
        call=create_announcement,
        query=Nothing,
        body=NewAnnouncement,
        answer=OneAnnouncement,
        creates=True,
        refuses=True,
    ),
)
