"""Whose needs a page is about, and by which door it was opened: the person's own link, or the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from accessibility.consent import ConsentChannel
from accessibility.disclosure import Field, Reader
from scheduling.meeting import MeetingState
from scheduling.time import long_date
from service.actions.needs import coordinator_as
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.needs import Need, needs_of
from service.storage.people import Person, person_by_id
from service.vocabulary import vocabulary
from service.web.context import ACTOR, DB, INVITATION
from service.web.reading import read_id

#: What a page calls the coordinator where nobody is assigned.
SOMEBODY: Final = "the coordinator"


@dataclass(frozen=True, slots=True)
class Whose:
    """One person, the address of their pages, and how those pages look."""

    person: Person
    base: str
    layout: str
    channel: ConsentChannel
    invitation: Invitation | None = None

    @property
    def is_own(self) -> bool:
        """Tell whether the person is reading this themselves."""
        return self.invitation is not None

    @property
    def own_invitation(self) -> Invitation:
        """Give the invitation the person came by; raises NotFound at the desk."""
        if self.invitation is None:
            raise NotFound
        return self.invitation

    @property
    def facts(self) -> Mapping[str, Any]:
        """Give what every template of these pages reads."""
        return {
            "whose": self,
            "layout": self.layout,
            "name": self.person.chosen_name,
            "print_size": self.person.print_size if self.is_own else None,
        }


async def guest_whose(request: web.Request) -> Whose:
    """Give the guest behind the link."""
    invitation = request[INVITATION]
    return Whose(
        person=invitation.person,
        base=f"/i/{request.match_info['link']}/help",
        layout="participant.html",
        channel=ConsentChannel.WEB,
        invitation=invitation,
    )


async def desk_whose(request: web.Request) -> Whose:
    """Give the person whom somebody at the desk writes for; raises NotFound."""
    person = await person_by_id(request[DB], request[ACTOR], read_id(request))
    return Whose(person, f"/people/{person.id}/needs", "staff.html", ConsentChannel.PHONE)


async def coordinator_name(db: Db, actor: Actor, person: Person) -> str:
    """Name who looks after the person."""
    if person.coordinator_id is None:
        return SOMEBODY
    try:
        return (await person_by_id(db, actor, person.coordinator_id)).chosen_name
    except NotFound:
        return SOMEBODY


async def shown_needs(db: Db, actor: Actor, whose: Whose) -> Sequence[Need]:
    """Give the needs this reader may see: all of them, but for cover those that keep somebody safe."""
    needs = await needs_of(db, actor, whose.person.id)
    if whose.is_own or coordinator_as(actor, whose.person) is Reader.COORDINATOR:
        return needs
    return [need for need in needs if not vocabulary().term(need.code).is_restricted]


def fields_of(needs: Sequence[Need]) -> Sequence[Field]:
    """Name what a page with these needs shows of a person."""
    is_safe = any(vocabulary().term(need.code).is_restricted for need in needs)
    return [Field.ACTION_LINES, *([Field.SAFE_CONTACT] if is_safe else [])]


def is_coming_up(invitation: Invitation, now: datetime) -> bool:
    """Tell whether there is still a session to get ready for."""
    meeting = invitation.meeting
    return (
        invitation.removed_at is None
        and meeting.state is MeetingState.PUBLISHED
        and meeting.ends_at is not None
        and now <= meeting.ends_at
    )


def day_words(invitation: Invitation) -> str:
    """Give the day of the session in words."""
    meeting = invitation.meeting
    return long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else ""
