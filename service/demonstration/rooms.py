"""The rooms of the demonstration: servers, who is in just now, who came yesterday, and people on the phone."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from scheduling.online import Ability, KeyUse
from scheduling.room_events import EventKind, RoomEvent
from service.actions.attendance import Notes, note_who_came
from service.actions.joining import guest_id, host_id
from service.actions.phone_tables import add_table
from service.actions.ringing import choose_ringers
from service.actions.server_keys import fresh_key, keep_key
from service.actions.server_numbers import NewNumber, add_number
from service.actions.servers import (
    USUAL,
    ServerAddress,
    ServerDetails,
    add_server,
    change_details,
    give_server,
)
from service.actions.settling import ask_who_came, settle_attendance
from service.demonstration.playing import invitation_to
from service.demonstration.scene_parts import RoomServer
from service.demonstration.scenes import InRoom, Scene, demonstration
from service.demonstration.stage import Stage
from service.storage.meetings import Meeting
from service.storage.organisations import Organisation
from service.storage.room_events import StoredEvent, facts_of

#: All but the passcode: it is asked of everybody, and on a token's server nobody needs one.
SWITCHED_ON = frozenset(Ability) - {Ability.PASSCODE}
MINUTE = timedelta(minutes=1)


async def build_servers(stage: Stage, *, now: datetime) -> None:
    """Add the Jitsi servers, with keys made for this demonstration, and give them to their organisations."""
    for each in demonstration().servers:
        address = ServerAddress(each.name, each.url, each.app_id)
        server = await add_server(stage.db, stage.system, each.kind, address, now=now)
        if each.kind.is_ours:
            await _join(stage, server.slug, each, now=now)
        if houses := [stage.houses[slug].id for slug in each.houses]:
            await give_server(stage.db, stage.system, server.slug, houses, now=now)
    await stage.db.flush()


async def open_rooms(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Let people come and go, and note who came; then work out who took part in what is over."""
    for scene in demonstration().sessions:
        meeting = meetings[scene.id]
        if scene.in_room:
            await _come_and_go(stage, meeting, scene)
        if scene.noted:
            await _note(stage, meeting, scene)
        await _see_to_phones(stage, meeting, scene)
    await settle_attendance(stage.db, stage.system, now=stage.now)
    await ask_who_came(stage.db, stage.system, now=stage.now)


async def _join(stage: Stage, slug: str, server: RoomServer, *, now: datetime) -> None:
    db, actor = stage.db, stage.system
    details = ServerDetails(
        USUAL.app_id, USUAL.audience, USUAL.muc_domain, SWITCHED_ON, USUAL.foreign_rooms
    )
    await change_details(db, actor, slug, details, now=now)
    for use in (KeyUse.SIGNING, KeyUse.INBOUND):
        await keep_key(db, actor, stage.keys, slug, await fresh_key(server.kind, use), now=now)
    for number in server.numbers:
        await add_number(db, actor, slug, NewNumber(number, "GB"), now=now)


async def _come_and_go(stage: Stage, meeting: Meeting, scene: Scene) -> None:
    """Keep what the server tells: minutes count from now, or from the start of what is over."""
    since = stage.now if scene.day is None else meeting.starts_at or stage.now
    house = await stage.db.get_one(Organisation, meeting.organisation_id)
    for number, stay in enumerate(scene.in_room):
        person = await _person(stage, meeting, stay)
        for event in _events(meeting, number, stay, person=person, since=since):
            stage.db.add(
                StoredEvent(
                    key=event.key,
                    server_id=house.server_id,
                    room=event.room,
                    kind=event.kind,
                    at=event.at,
                    received_at=event.at,
                    facts=facts_of(event),
                )
            )
    await stage.db.flush()


async def _person(stage: Stage, meeting: Meeting, stay: InRoom) -> str:
    """Give what a token calls them; nothing for who came without one."""
    if not stay.who:
        return ""
    if stay.is_host:
        return host_id(stage.people[stay.who].id)
    return guest_id((await invitation_to(stage, meeting, stay.who)).id)


def _events(
    meeting: Meeting, number: int, stay: InRoom, *, person: str, since: datetime
) -> Iterator[RoomEvent]:
    times = ((EventKind.JOINED, stay.since), (EventKind.LEFT, stay.until))
    for kind, minute in times:
        if minute is not None:
            yield RoomEvent(
                key=f"demonstration:{meeting.id.hex}:{number}:{kind}",
                kind=kind,
                room=meeting.room_name,
                at=since + minute * MINUTE,
                occupant=f"{number}-of-{meeting.id.hex}",
                person=person,
                name="" if person else "A neighbour",
                is_moderator=stay.is_host,
            )


async def _see_to_phones(stage: Stage, meeting: Meeting, scene: Scene) -> None:
    """Set up the tables for people on the phone, and say who rings whom."""
    db, coordinator = stage.db, stage.coordinator
    for table in scene.tables:
        host = stage.people[table.host].id
        await add_table(db, coordinator, meeting.id, table.title, host, now=stage.now)
    if scene.rings:
        choices = {
            (await invitation_to(stage, meeting, each.who)).id: stage.people[each.by].id
            for each in scene.rings
        }
        await choose_ringers(db, coordinator, meeting.id, choices, now=stage.now)


async def _note(stage: Stage, meeting: Meeting, scene: Scene) -> None:
    """Let the host note who came by phone, and who did not come."""
    people = {(await invitation_to(stage, meeting, each.who)).id: each.way for each in scene.noted}
    ends_at = meeting.ends_at or stage.now
    await note_who_came(
        stage.db, stage.as_staff(scene.lead), meeting.id, Notes(people), now=ends_at
    )
