"""The calendars of the demonstration: a guest's phone and a facilitator's, each with an address of its own."""

from service.actions.feeds import FeedWish, make_feed
from service.actor import Role
from service.demonstration.playing import invitation_to
from service.demonstration.scenes import demonstration
from service.demonstration.stage import Stage
from service.storage.feeds import FeedKind
from service.storage.meetings import Meeting

#: Whose phone it is; they are invited to the session.
WHOSE, NAME = "terry", "My phone"


async def hand_out_calendars(stage: Stage, meeting: Meeting) -> None:
    """Give a guest and a facilitator a feed each."""
    guest = stage.as_guest(await invitation_to(stage, meeting, WHOSE))
    host = next(each.id for each in demonstration().people if Role.FACILITATOR in each.roles)
    for actor, kind in ((guest, FeedKind.OWN), (stage.as_staff(host), FeedKind.HOSTING)):
        await make_feed(stage.db, actor, stage.keys, kind, FeedWish(NAME), now=stage.now)
