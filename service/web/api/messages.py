"""What was sent about meetings, for programs: the state of each message, never its words."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from service.storage.listing import Span, message_about_meeting, messages_listed
from service.storage.meetings import meeting_by_id
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.people import Channel
from service.web.api.endpoints import Call, Endpoint, after_id, listed
from service.web.api.fields import Listing, Nothing, Value


class OneMessage(Value):
    """One message to one person by one channel, and where it is on its way out."""

    id: UUID
    meeting_id: UUID
    person_id: UUID
    kind: MessageKind
    version: Annotated[int, Field(description="The SEQUENCE of the invitation it is about.")]
    channel: Channel
    state: MessageState
    tries: int
    trouble: Annotated[
        str | None,
        Field(
            description="What the mail server said. It may name an address, so it is given to "
            "tokens with people:read only, and null to others."
        ),
    ]
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


class Messages(Value):
    """A page of messages, in the order they were queued."""

    items: list[OneMessage]
    next: str | None


async def list_messages(call: Call[Listing, Nothing]) -> Messages:
    """Give a page of the messages about a meeting."""
    meeting = await meeting_by_id(call.db, call.actor, call.id())
    span = Span(call.query.limit, after_id(call))
    found = await messages_listed(call.db, call.actor, meeting.id, span)
    return Messages(
        **listed(
            call, found, lambda message: _shown(call, message), lambda message: (str(message.id),)
        )
    )


async def get_message(call: Call[Nothing, Nothing]) -> OneMessage:
    """Give one message about a meeting."""
    return _shown(call, await message_about_meeting(call.db, call.actor, call.id()))


def _shown(call: Call[Any, Nothing], message: Message) -> OneMessage:
    own = OneMessage.model_fields.keys() - {"trouble"}
    facts = {name: getattr(message, name) for name in own}
    sees_addresses = "people:read" in (call.actor.scopes or ())
    return OneMessage(trouble=message.trouble if sees_addresses else None, **facts)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/meetings/{meeting_id}/messages",
        name="messages",
        tag="messages",
        scope="messages:read",
        summary="List the messages about a meeting and their state",
        call=list_messages,
        query=Listing,
        body=Nothing,
        answer=Messages,
    ),
    Endpoint(
        method="GET",
        path="/messages/{message_id}",
        name="message",
        tag="messages",
        scope="messages:read",
        summary="Get a message and its state",
        call=get_message,
        query=Nothing,
        body=Nothing,
        answer=OneMessage,
    ),
)
