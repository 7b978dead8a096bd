"""Everything that can happen to a feed, one small edit at a time, in rows and in whole statements."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, insert, select, update

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.time import on_wall
from scheduling.ways import Way
from service.identifiers import new_id
from service.storage.base import Base
from service.storage.feeds import Feed
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.messages import Message, MessageState
from service.storage.needs import Need
from service.storage.planned import PhoneJoining
from tests.integration.feed_scene import OFFERS, FeedScene
from tests.people import LONDON, Make


@dataclass(slots=True)
class Editor:
    """Edits the scene, by chance now as rows and now as statements."""

    make: Make
    scene: FeedScene
    chance: Random

    async def change(self, row: Base, **values: Any) -> None:
        """Change one row that has an identifier, either way."""
        table: Any = type(row)
        if self.chance.random() < 0.5:
            found = await self.make.db.get(table, row.id)  # type: ignore[attr-defined]
            for name, value in values.items():
                if found is not None:
                    setattr(found, name, value)
        else:
            mine = update(table).where(table.id == row.id)  # type: ignore[attr-defined]
            await self.make.db.execute(mine.values(**values))

    @property
    def meeting(self) -> Meeting:
        """Give some meeting."""
        return self.chance.choice(self.scene.meetings)

    @property
    def invitation(self) -> Invitation:
        """Give some invitation of the guest."""
        return self.chance.choice(self.scene.invitations)


Edit = Callable[[Editor], Awaitable[None]]


async def answer(edit: Editor) -> None:
    way = edit.chance.choice([*Way, None])
    await edit.change(edit.invitation, answer=edit.chance.choice(list(Answer)), way=way)


async def ask_again(edit: Editor) -> None:
    await edit.change(edit.invitation, asked_again=edit.chance.random() < 0.5)


async def move(edit: Editor) -> None:
    meeting = edit.meeting
    starts_at = edit.make.now + timedelta(hours=edit.chance.randrange(-24 * 40, 24 * 400))
    await edit.change(
        meeting,
        starts_at=starts_at,
        starts_local=on_wall(starts_at, LONDON).local,
        ends_at=starts_at + timedelta(minutes=meeting.minutes),
    )
    newer = update(Invitation).where(Invitation.meeting_id == meeting.id)
    await edit.make.db.execute(newer.values(sequence=Invitation.sequence + 1, what_changed="time"))


async def cancel(edit: Editor) -> None:
    at = edit.make.now - timedelta(days=edit.chance.randrange(40))
    values = {"state": MeetingState.CANCELLED, "cancelled_at": at, "cancel_message": "Flood."}
    await edit.change(edit.meeting, **values)


async def bring_back(edit: Editor) -> None:
    await edit.change(edit.meeting, state=MeetingState.PUBLISHED, cancelled_at=None)


async def take_off(edit: Editor) -> None:
    await edit.change(edit.invitation, removed_at=edit.make.now)


async def put_back(edit: Editor) -> None:
    await edit.change(edit.invitation, removed_at=None)


async def rename_place(edit: Editor) -> None:
    await edit.change(edit.scene.place, name=f"Hall {edit.chance.randrange(9)}")


async def rename_host(edit: Editor) -> None:
    await edit.change(edit.scene.ada, chosen_name=f"Ada {edit.chance.randrange(9)}")


async def change_hosts(edit: Editor) -> None:
    some = [edit.scene.ada.id, edit.scene.ben.id, None]
    await edit.change(edit.meeting, second_id=edit.chance.choice(some))


async def change_words(edit: Editor) -> None:
    chance = edit.chance
    words: Mapping[str, Any] = {
        "neutral_title": f"Session {chance.randrange(9)}",
        "real_title": f"Circle {chance.randrange(9)}",
        "is_open": chance.random() < 0.5,
        "help_phone": f"01632 96010{chance.randrange(9)}",
        "dial_number": f"01632 96020{chance.randrange(9)}",
        "dial_pin": str(chance.randrange(1000, 9999)),
        "phone_joining": chance.choice(list(PhoneJoining)),
        "is_held": chance.random() < 0.5,
        "is_public": chance.random() < 0.5,
    }
    name = chance.choice(list(words))
    await edit.change(edit.meeting, **{name: words[name]})


async def change_ways(edit: Editor) -> None:
    meeting, way = edit.meeting, edit.chance.choice(list(OFFERS))
    mine = Offer.meeting_id == meeting.id, Offer.way == way
    offer = await edit.make.db.scalar(select(Offer).where(*mine))
    if offer is None:
        ids = {"organisation_id": meeting.organisation_id, "meeting_id": meeting.id}
        row = ids | {"id": new_id(), "way": way, "taken": 0}
        await edit.make.db.execute(insert(Offer), [row])
    elif edit.chance.random() < 0.5:
        await edit.make.db.execute(delete(Offer).where(*mine))
    else:
        await edit.make.db.delete(offer)


async def move_house(edit: Editor) -> None:
    values = {"contact_phone": f"01632 96030{edit.chance.randrange(9)}", "is_public": True}
    await edit.change(edit.scene.house, **values)


async def grow_need(edit: Editor) -> None:
    code = edit.chance.choice(["SAF-NEUTRAL", "SAF-CONTACT"])
    await edit.make.db.execute(update(Need).values(ended_at=edit.make.now))
    if edit.chance.random() < 0.5:
        await edit.make.need(edit.scene.gil, code)


async def mail(edit: Editor) -> None:
    of = edit.invitation
    known = await edit.make.db.scalar(select(Message).where(Message.subject_id == of.id))
    state = edit.chance.choice(list(MessageState))
    if known is None:
        await edit.make.message(of, state=state)
    elif not (state is MessageState.SENT and known.state is MessageState.FAILED):
        await edit.change(known, state=state)


async def stop_mail(edit: Editor) -> None:
    await edit.change(edit.scene.gil, email_stopped_at=edit.chance.choice([edit.make.now, None]))


async def renew_link(edit: Editor) -> None:
    await edit.change(edit.invitation, link_generation=edit.chance.randrange(1, 9))


async def give_pin(edit: Editor) -> None:
    pin = str(edit.chance.randrange(10**8, 10**9))
    await edit.change(edit.invitation, dial_pin=edit.chance.choice([pin, None]))


async def choose(edit: Editor) -> None:
    feed = (await edit.make.db.scalars(select(Feed).limit(1))).one()
    feed.is_neutral, feed.version = edit.chance.random() < 0.5, feed.version + 1
    feed.leaves_out_mailed = edit.chance.random() < 0.5


async def one_more(edit: Editor) -> None:
    scene = edit.scene
    away = timedelta(days=edit.chance.randrange(300))
    meeting = await edit.make.meeting(
        scene.house, scene.kind, hosts=[scene.ada], starts_in=away, offers=OFFERS
    )
    scene.meetings.append(meeting)
    scene.invitations.append(await edit.make.invitation(meeting, scene.gil))


async def throw_away(edit: Editor) -> None:
    if len(edit.scene.meetings) < 3:
        return
    meeting = edit.scene.meetings.pop()
    edit.scene.invitations.pop()
    if edit.chance.random() < 0.5:
        await edit.make.db.execute(delete(Message).where(Message.meeting_id == meeting.id))
        await edit.make.db.execute(delete(Meeting).where(Meeting.id == meeting.id))
        return
    found = await edit.make.db.scalar(select(Invitation).where(Invitation.meeting_id == meeting.id))
    if found is not None:
        await edit.make.db.delete(found)


#: What may change what a guest's feed shows.
EDITS: tuple[Edit, ...] = (
    *(answer, answer, ask_again, move, move, cancel, bring_back, take_off, put_back),
    *(rename_place, rename_host, change_hosts, change_words, change_words, change_ways),
    *(move_house, grow_need, mail, stop_mail, renew_link, give_pin, choose, one_more, throw_away),
)


async def others_answer(edit: Editor) -> None:
    """Let somebody else be invited, and answer."""
    other = await edit.make.person(edit.scene.house, "Hal")
    invitation = await edit.make.invitation(edit.meeting, other)
    await edit.change(invitation, answer=Answer.YES, way=Way.ONLINE)


async def change_limits(edit: Editor) -> None:
    """Change how many places there are, and how many are taken."""
    await edit.make.db.execute(update(Offer).values(places=20, seats=20, taken=3))


async def change_print(edit: Editor) -> None:
    """Change what letters look like."""
    await edit.change(edit.scene.gil, print_size=edit.chance.choice([16, 18, 20]))


async def rename_kind(edit: Editor) -> None:
    """Rename the kind, which no calendar tells."""
    await edit.change(edit.scene.kind, name=f"Kind {edit.chance.randrange(9)}")


async def come_along(edit: Editor) -> None:
    """Bring somebody, who stands in no calendar."""
    await edit.change(edit.invitation, supporters=1, supporter_name="Ira")


async def send(edit: Editor) -> None:
    """Let the worker take mails on their way, and send them."""
    waits = Message.state.in_([MessageState.WAITING, MessageState.SENDING])
    await edit.make.db.execute(update(Message).where(waits).values(state=MessageState.SENT))


#: What concerns no feed of the guest's.
UNRELATED: tuple[Edit, ...] = (
    others_answer,
    change_limits,
    change_print,
    rename_kind,
    come_along,
    send,
)
