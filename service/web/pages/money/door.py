"""Whose money a page is about, and by which door it was opened: the person's own link, or the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from accessibility.consent import ConsentChannel
from scheduling.time import long_date
from scheduling.ways import Way
from service.actions.money.asking import may_ask
from service.errors import NotFound
from service.storage.invitations import Invitation, invitation_by_id
from service.storage.organisations import organisation_by_id
from service.web.context import ACTOR, DB, NOW
from service.web.pages.guest.opening import open_invitation
from service.web.pages.guest.words import title_of
from service.web.reading import read_id
from service.working_days import HouseDay, house_day

#: Ways by which people meet, and somebody can stand at a door.
IN_PERSON = frozenset({Way.ROOM, Way.OUTDOORS})


@dataclass(frozen=True, slots=True)
class MoneyDoor:
    """One person and one session, the address of their pages about money, and how those look."""

    invitation: Invitation
    base: str
    back: str
    layout: str
    channel: ConsentChannel

    @property
    def is_own(self) -> bool:
        """Tell whether the person is reading this themselves."""
        return self.channel is ConsentChannel.WEB

    @property
    def meets_in_person(self) -> bool:
        """Tell whether the person may be handed something at a door."""
        ways = {offer.way for offer in self.invitation.meeting.offers}
        return bool(IN_PERSON & ({self.invitation.way} if self.invitation.way else ways))

    def facts(self, request: web.Request) -> Mapping[str, Any]:
        """Give what every template of these pages reads."""
        meeting, person = self.invitation.meeting, self.invitation.person
        day = long_date(meeting.starts_at, meeting.zone) if meeting.starts_at else ""
        title = title_of(meeting) if self.is_own else meeting.neutral_title
        return {
            "door": self,
            "layout": self.layout,
            "name": person.chosen_name,
            "session": f"{title}, {day}",
            "may_ask": may_ask(self.invitation, request[NOW]),
            "print_size": person.print_size if self.is_own else None,
            "tab_title": meeting.neutral_title,
        }


async def guest_door(request: web.Request) -> MoneyDoor:
    """Give the guest behind the link."""
    base = f"/i/{request.match_info['link']}"
    return MoneyDoor(
        invitation=open_invitation(request),
        base=f"{base}/money",
        back=base,
        layout="participant.html",
        channel=ConsentChannel.WEB,
    )


async def desk_door(request: web.Request) -> MoneyDoor:
    """Give the person whom somebody at the desk writes for; raises NotFound."""
    invitation = await invitation_by_id(request[DB], request[ACTOR], read_id(request))
    if invitation.removed_at is not None or invitation.meeting.starts_at is None:
        raise NotFound
    return MoneyDoor(
        invitation=invitation,
        base=f"/desk/{invitation.id}/money",
        back=f"/people/{invitation.person_id}",
        layout="staff.html",
        channel=ConsentChannel.PHONE,
    )


async def house_day_of(request: web.Request) -> HouseDay:
    """Give the day it is at the organisation."""
    house = await organisation_by_id(request[DB], request[ACTOR].organisation_id)
    return house_day(house.zone, house.region, request[NOW])
