"""Invitations and replies, for programs. The link of an invitation is its guest's alone and never given."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way
from service.actions.answering import MOST_SUPPORTERS, Reply, answer
from service.actions.inviting import (
    Outcome,
    choose_people,
    drop_person,
    invite_more,
    remove_person,
)
from service.actions.seeing import may_see_who_waits
from service.errors import Invalid, NotFound
from service.storage.invitations import Choice, Invitation, invitation_by_id
from service.storage.listing import Span, invitations_listed
from service.storage.meetings import meeting_by_id
from service.storage.people import people_by_ids
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import Given, Id, Ids, Line, Listing, Nothing, Value, Whole
from service.web.issuing import issuer_of


class InvitationsListing(Listing):
    """Which invitations."""

    person_id: Annotated[Id | None, Field(description="Only this person's.")] = None


class NewInvitations(Given):
    """Whom to invite: people by id, or everyone who is not on the staff. Who is invited already stays so."""

    people: Ids = Field(default_factory=list)
    everyone: bool = False


class Inviting(Value):
    """What came of it: `waits` if a coordinator must look at the list first; then nobody was added."""

    outcome: Outcome


class NewReply(Given):
    """What somebody answers. Without `way`, theirs stays as it was; the only one offered need not be named."""

    answer: Literal[Answer.YES, Answer.MAYBE, Answer.NO, Answer.WAITING]
    way: Way | None = None
    supporters: Annotated[
        Whole | None, Field(ge=0, le=MOST_SUPPORTERS, description="Who comes along.")
    ] = None
    supporter_name: Line | None = None


class OneInvitation(Value):
    """One person invited to one meeting, and their answer."""

    id: UUID
    meeting_id: UUID
    person_id: UUID
    chosen_name: str
    answer: Answer
    way: Way | None
    supporters: int
    asked_again: Annotated[
        bool, Field(description="Time or place changed after the answer; they were asked anew.")
    ]
    created_at: datetime
    answered_at: datetime | None
    waiting_since: datetime | None
    removed_at: datetime | None


class Invitations(Value):
    """A page of invitations, in the order they were made."""

    items: list[OneInvitation]
    next: str | None


async def list_invitations(call: Call[InvitationsListing, Nothing]) -> Invitations:
    """Give a page of those invited; who waits for a place only to a program that may know people."""
    meeting = await meeting_by_id(call.db, call.actor, call.id())
    span = Span(call.query.limit, after_id(call))
    found = await invitations_listed(
        call.db,
        call.actor,
        meeting.id,
        span,
        person_id=call.query.person_id,
        waiting_too=may_see_who_waits(call.actor),
    )
    return Invitations(**listed(call, found, _shown, lambda each: (str(each.id),)))


async def create_invitations(call: Call[Nothing, NewInvitations]) -> Inviting:
    """Put people on the list of a draft, or invite them to a published meeting at once."""
    db, actor, body = call.db, call.actor, call.body
    meeting = await meeting_by_id(db, actor, call.id())
    if len(await people_by_ids(db, actor, body.people)) < len(body.people):
        raise Invalid({"people": "not-a-choice"})
    choice = Choice(people=frozenset(body.people), everyone=body.everyone)
    issuer = issuer_of(call.request)
    if meeting.state is not MeetingState.DRAFT:
        return Inviting(
            outcome=await invite_more(db, actor, issuer, meeting.id, choice, now=call.now)
        )
    await choose_people(db, actor, issuer, meeting.id, choice, now=call.now)
    return Inviting(outcome=Outcome.DONE)


async def get_invitation(call: Call[Nothing, Nothing]) -> OneInvitation:
    """Give one invitation, also of somebody who was taken off the list; who waits, as in the list."""
    invitation = await invitation_by_id(call.db, call.actor, call.id())
    if invitation.answer is Answer.WAITING and not may_see_who_waits(call.actor):
        raise NotFound
    return _shown(invitation)


async def delete_invitation(call: Call[Nothing, Nothing]) -> Nothing:
    """Take somebody off the list; of a published meeting they are told."""
    invitation = await invitation_by_id(call.db, call.actor, call.id())
    is_draft = invitation.meeting.state is MeetingState.DRAFT
    take_off = drop_person if is_draft else remove_person
    await take_off(call.db, call.actor, invitation.id, now=call.now)
    return Nothing()


async def reply(call: Call[Nothing, NewReply]) -> OneInvitation:
    """Enter an answer for somebody."""
    invitation = await invitation_by_id(call.db, call.actor, call.id())
    body = call.body
    given = Reply(Answer(body.answer), body.way, body.supporters, body.supporter_name)
    await answer(call.db, call.actor, invitation, given, now=call.now)
    return _shown(invitation)


def _shown(invitation: Invitation) -> OneInvitation:
    own = OneInvitation.model_fields.keys() - {"chosen_name"}
    facts = {name: getattr(invitation, name) for name in own}
    return OneInvitation(chosen_name=invitation.person.chosen_name, **facts)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/meetings/{meeting_id}/invitations",
        name="invitations",
        tag="invitations",
        scope="invitations:read",
        summary="List who is invited to a meeting, with their answers",
        call=list_invitations,
        query=InvitationsListing,
        body=Nothing,
        answer=Invitations,
    ),
    Endpoint(
        method="POST",
        path="/meetings/{meeting_id}/invitations",
        name="create-invitations",
        tag="invitations",
        scope="invitations:write",
        summary="Invite people; if the meeting is published they are told",
        call=create_invitations,
        query=Nothing,
        body=NewInvitations,
        answer=Inviting,
        creates=True,
        refuses=True,
    ),
    Endpoint(
        method="GET",
        path="/invitations/{invitation_id}",
        name="invitation",
        tag="invitations",
        scope="invitations:read",
        summary="Get an invitation and its answer",
        call=get_invitation,
        query=Nothing,
        body=Nothing,
        answer=OneInvitation,
    ),
    Endpoint(
        method="DELETE",
        path="/invitations/{invitation_id}",
        name="delete-invitation",
        tag="invitations",
        scope="invitations:write",
        summary="Take a person off the list; if the meeting is published they are told",
        call=delete_invitation,
        query=Nothing,
        body=Nothing,
        answer=Nothing,
        refuses=True,
    ),
    Endpoint(
        method="PUT",
        path="/invitations/{invitation_id}/reply",
        name="reply",
        tag="invitations",
        scope="invitations:write",
        summary="Enter somebody's answer",
        call=reply,
        query=Nothing,
        body=NewReply,
        answer=OneInvitation,
        refuses=True,
    ),
)
