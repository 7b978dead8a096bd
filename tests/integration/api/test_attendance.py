"""Who took part, and how people get in, as programs see it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scheduling.online import Ability, ServerKind
from scheduling.ways import Way
from service.actor import system_actor
from service.identifiers import new_id
from service.storage.attendance import CameBy, put_down, put_down_others
from service.storage.meetings import Meeting
from service.storage.planned import PhoneJoining
from service.storage.servers import DialInNumber
from tests.integration.api.programs import Scene
from tests.people import actor_for

NUMBER = "+441632960140"


async def note(scene: Scene, came: Mapping[Way, int]) -> str:
    """Let Cleo come by phone, as events tell, Dov not, as Ada noted, and others besides."""
    house = scene.house
    async with scene.making() as make:
        dov = await make.invitation(house.meeting, house.other)
        system, ada = (
            system_actor(house.organisation.id),
            actor_for(house.organisation.id, house.lead),
        )
        cleo = CameBy(house.invitation.id, Way.PHONE)
        await put_down(make.db, system, house.meeting.id, [cleo], now=make.now)
        away = CameBy(dov.id, Way.ONLINE, was_there=False)
        await put_down(make.db, ada, house.meeting.id, [away], now=make.now)
        await put_down_others(make.db, system, house.meeting.id, dict(came))
        return str(dov.id)


def by_way(counts: list[dict[str, Any]]) -> dict[str, int | None]:
    """Give the counts of an answer by way."""
    return {each["way"]: each["people"] for each in counts}


async def test_who_took_part_is_counted_by_way_and_named_by_invitation(scene: Scene) -> None:
    dov = await note(scene, {Way.PHONE: 2, Way.ONLINE: 0})

    answer = await scene.program.get(f"/meetings/{scene.house.meeting.id}/attendance")

    assert 200 == answer.status
    assert {"phone": 3, "online": 0} == by_way(answer.json["came"])
    assert {"phone": 2, "online": 0} == by_way(answer.json["others"])
    assert answer.json["is_settled"] is False
    assert [
        (str(scene.house.invitation.id), True, "phone", False),
        (dov, False, "online", True),
    ] == [
        (each["invitation_id"], each["was_there"], each["way"], each["is_noted"])
        for each in answer.json["people"]
    ]


async def test_single_people_and_small_numbers_are_for_tokens_that_may_see_invitations(
    scene: Scene,
) -> None:
    await note(scene, {Way.ONLINE: 5, Way.PHONE: 3})
    counts_only = await scene.with_scopes("meetings:read")
    path = f"/meetings/{scene.house.meeting.id}/attendance"

    answer = await counts_only.get(path)

    assert (200, None) == (answer.status, answer.json["people"])
    assert {"phone": None, "online": 5} == by_way(answer.json["came"])
    assert {"phone": None, "online": 5} == by_way(answer.json["others"])
    assert 403 == (await (await scene.with_scopes("people:read")).get(path)).status
    assert 404 == (await (await scene.of_another_house()).get(path)).status


async def test_before_anything_is_known_there_is_nothing(scene: Scene) -> None:
    answer = await scene.program.get(f"/meetings/{scene.house.draft.id}/attendance")

    assert {0} == set(by_way(answer.json["came"]).values())
    assert ([], False) == (answer.json["people"], answer.json["is_settled"])


async def test_a_meeting_says_what_people_dial_and_never_a_pin(scene: Scene) -> None:
    house = scene.house
    async with scene.making() as make:
        server = await make.server(
            kind=ServerKind.HS256, url="https://meet.example.org", abilities=[Ability.DIAL_IN.value]
        )
        number = DialInNumber(id=new_id(), server_id=server.id, number=NUMBER)
        make.db.add(number)
        organisation = await make.db.merge(house.organisation)
        organisation.server_id = server.id
        dialled = await make.meeting(
            organisation,
            house.kind,
            hosts=[house.lead],
            starts_in=timedelta(days=3),
            offers={Way.PHONE: 4},
            phone_joining=PhoneJoining.DIAL,
            room_pin="905118246",
        )
        await make.invitation(dialled, house.guest, dial_pin="730118246")

    one = await scene.program.get(f"/meetings/{dialled.id}")
    listed = (await scene.program.get("/meetings")).json["items"]
    ringing = await scene.program.get(f"/meetings/{house.meeting.id}")

    assert ([NUMBER], False) == (one.json["dial_in_numbers"], one.json["has_room"])
    assert [[NUMBER]] == [
        each["dial_in_numbers"] for each in listed if each["id"] == str(dialled.id)
    ]
    assert ringing.json["has_room"] is True
    told = one.text + (await scene.program.get(f"/meetings/{dialled.id}/invitations")).text
    assert not [
        secret for secret in ("905118246", "730118246", dialled.room_name) if secret in told
    ]


async def test_a_line_of_somebody_elses_is_told_as_it_was_typed(scene: Scene) -> None:
    async with scene.making() as make:
        meeting = await make.db.get_one(Meeting, scene.house.meeting.id)
        meeting.phone_joining = PhoneJoining.DIAL
        meeting.dial_number = "01632 960177"

    answer = await scene.program.get(f"/meetings/{scene.house.meeting.id}")

    assert ["01632 960177"] == answer.json["dial_in_numbers"]
