"""What every guest page begins with: whose invitation it is, and whether it is still open."""

from enum import StrEnum

from aiohttp import web

from scheduling.joining import JoinPhase, JoinTime, may_join
from scheduling.meeting import MeetingState
from scheduling.time import Slot
from service.errors import NotFound
from service.storage.invitations import Invitation
from service.web.context import INVITATION, NOW


class Door(StrEnum):
    """How much of an invitation its page shows."""

    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    DRAFT = "draft"


def own_invitation(request: web.Request) -> Invitation:
    """Give the invitation of the link, whole, as the guard found it."""
    return request[INVITATION]


def open_invitation(request: web.Request) -> Invitation:
    """Give the invitation of the link while its person may do more than read; raises NotFound."""
    invitation = own_invitation(request)
    if door_of(request, invitation) in (Door.REMOVED, Door.DRAFT):
        raise NotFound
    return invitation


def door_of(request: web.Request, invitation: Invitation) -> Door:
    """Tell how much of the invitation may be shown now."""
    meeting = invitation.meeting
    if invitation.removed_at is not None or invitation.person.left_at is not None:
        return Door.REMOVED
    if meeting.state is MeetingState.CANCELLED:
        return Door.CANCELLED
    if meeting.state is MeetingState.DRAFT or meeting.starts_at is None or meeting.ends_at is None:
        return Door.DRAFT
    return Door.OVER if join_time(request, invitation).phase is JoinPhase.OVER else Door.OPEN


def join_time(request: web.Request, invitation: Invitation) -> JoinTime:
    """Tell whether the person may join now, and from when until when."""
    return may_join(slot_of(invitation), request[NOW])


def slot_of(invitation: Invitation) -> Slot:
    """Give the time of the meeting; raises NotFound for one that has none yet."""
    meeting = invitation.meeting
    if meeting.starts_at is None or meeting.ends_at is None:
        raise NotFound
    return Slot(meeting.starts_at, meeting.ends_at)


def path_of(request: web.Request, *more: str) -> str:
    """Give the path of the person's page, or of one below it, by the link they came with."""
    return "/".join((f"/i/{request.match_info['link']}", *more))
