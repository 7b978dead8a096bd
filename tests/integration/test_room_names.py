"""One quick look says which room a name is: a meeting's own, a table for the phone, or one to practise in."""

from datetime import timedelta

import pytest

from scheduling.meeting import MeetingState
from scheduling.online import SideRoomUse
from scheduling.time import Slot
from scheduling.ways import Way
from service.errors import Busy
from service.identifiers import new_id
from service.parts import Parts
from service.storage.hot import BROKEN, Query, Row
from service.storage.rooms import RoomRow, RoomUse, find_room
from service.storage.side_rooms import SideRoom
from tests.integration.conftest import Making


async def test_a_meetings_own_room_is_found_with_what_decides_who_may_be_in_it(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        house = await make.organisation()
        ada = await make.staff(house, "Ada")
        meeting = await make.meeting(
            house,
            await make.kind(house),
            hosts=[ada],
            offers={Way.ONLINE: 12, Way.PHONE: 4, Way.ROOM: 20},
            waits_in_lobby=True,
            room_pin="123456789",
            passcode="482913",
        )

    found = await find_room(parts.hot, meeting.room_name)

    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    assert found == RoomRow(
        use=RoomUse.MEETING,
        id=meeting.id,
        organisation_id=house.id,
        server_id=house.server_id,
        server_version=1,
        meeting_id=meeting.id,
        state=MeetingState.PUBLISHED,
        is_held=False,
        slot=Slot(meeting.starts_at, meeting.ends_at),
        closes_at=None,
        waits_in_lobby=True,
        pin="123456789",
        passcode="482913",
        invitation_id=None,
        is_removed=False,
        host_id=None,
        zone="Europe/London",
        help_phone="01632 960101",
        is_online=True,
        is_dialled=False,
        online_places=12,
        seats=36,
    )


async def test_a_way_without_a_limit_leaves_the_room_without_one(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        house = await make.organisation()
        kind = await make.kind(house)
        meeting = await make.meeting(
            house, kind, hosts=[], offers={Way.ONLINE: None, Way.ROOM: 5}, help_phone=""
        )
        indoors = await make.meeting(house, kind, hosts=[], offers={Way.ROOM: 5})

    found = await find_room(parts.hot, meeting.room_name)
    other = await find_room(parts.hot, indoors.room_name)

    assert found is not None
    assert other is not None
    assert (None, None, True) == (found.seats, found.online_places, found.is_online)
    assert (5, None, False) == (other.seats, other.online_places, other.is_online)
    assert house.contact_phone == found.help_phone


async def test_a_table_has_the_times_of_its_meeting_and_a_practice_room_its_own(
    parts: Parts, making: Making
) -> None:
    async with making() as make:
        house = await make.organisation(server_id=None)
        ada = await make.staff(house, "Ada")
        meeting = await make.meeting(house, await make.kind(house), hosts=[ada])
        invitation = await make.invitation(
            meeting, await make.person(house, "Ben"), removed_at=make.now
        )
        table = SideRoom(
            organisation_id=house.id,
            name="table-of-four",
            use=SideRoomUse.TABLE,
            meeting_id=meeting.id,
            host_id=ada.id,
            pin="987654321",
            created_at=make.now,
        )
        practice = SideRoom(
            organisation_id=house.id,
            name="practice-of-ben",
            use=SideRoomUse.PRACTICE,
            invitation_id=invitation.id,
            closes_at=make.now + timedelta(hours=1),
            created_at=make.now,
        )
        make.db.add_all([table, practice])

    at_table = await find_room(parts.hot, "table-of-four")
    practising = await find_room(parts.hot, "practice-of-ben")

    assert at_table is not None
    assert practising is not None
    assert (RoomUse.TABLE, table.id, meeting.id) == (at_table.use, at_table.id, at_table.meeting_id)
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    assert Slot(meeting.starts_at, meeting.ends_at) == at_table.slot
    assert (ada.id, "987654321") == (at_table.host_id, at_table.pin)
    assert (None, 0) == (at_table.server_id, at_table.server_version)
    assert (RoomUse.PRACTICE, None, None) == (practising.use, practising.state, practising.slot)
    assert practice.closes_at == practising.closes_at
    assert (invitation.id, True) == (practising.invitation_id, practising.is_removed)
    assert ("Europe/London", house.contact_phone) == (practising.zone, practising.help_phone)


@pytest.mark.parametrize(
    "name", ["", "nowhere", "Nowhere", "a\0b", "café", "[kiln]room", "../a", "x" * 10_000]
)
async def test_names_that_are_not_ours_are_nobodys(parts: Parts, name: str) -> None:
    assert await find_room(parts.hot, name) is None


class Away:
    """A database that cannot be reached."""

    async def row(self, _query: Query, _key: str) -> Row | None:
        """Fail as the driver does."""
        raise BROKEN[0]


async def test_a_database_that_is_away_is_told_from_a_room_that_is_not() -> None:
    with pytest.raises(Busy):
        await find_room(Away(), f"room-{new_id().hex}")
