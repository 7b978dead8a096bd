"""Three dialects of room events, each read from samples of the real thing, become the same values."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from scheduling.room_events import EventKind, RoomEvent, Visit
from service.rooms.bodies import BadBody, Facts, read_object
from service.rooms.events import Told, Unknown
from service.rooms.jaas_events import is_question, read_jaas, room_asked_about
from service.rooms.prosody_events import read_prosody

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jitsi"
SERVER = UUID("0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f")
OTHER = UUID("0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e10")
OURS = "0192f0c0a1b27c3d8e4f5a6b7c8d9e0f"
AT = datetime(2026, 11, 20, 6, 12, 35, tzinfo=UTC)
SECONDS = 1795155155
ADA = "00000000-0000-4000-8000-000000000001@meet.test/resource1234"


def from_prosody(body: object, told_at: str = "room/created") -> Told:
    """Read one event of event_sync."""
    return read_prosody(read_object(json.dumps(body).encode()), SERVER, told_at)


def from_jaas(body: object, server_id: UUID = SERVER) -> Told:
    """Read one event of JaaS."""
    return read_jaas(read_object(json.dumps(body).encode()), server_id)


def recordings() -> list[tuple[str, str, str]]:
    """Give every event that a real Prosody was heard to tell: scenario, end of the path, body."""
    found = []
    for path in sorted(FIXTURES.glob("*.json")):
        for request in json.loads(path.read_text("utf-8")).get("requests", ()):
            _, is_event, told_at = request["path"].partition("/events/")
            if is_event:
                found.append((path.stem, told_at, request["body"]))
    return found


def recorded(scenario: str, told_at: str) -> dict[str, Any]:
    """Give the first body of this kind that was told in a scenario."""
    bodies = [body for name, at, body in recordings() if (name, at) == (scenario, told_at)]
    found: dict[str, Any] = json.loads(bodies[0])
    return found


def samples() -> list[dict[str, Any]]:
    """Give one sample of each type of JaaS webhook."""
    found: list[dict[str, Any]] = json.loads((FIXTURES / "jaas-events.json").read_text("utf-8"))[
        "events"
    ]
    return found


def sample(event_type: str, **data: object) -> dict[str, Any]:
    """Give the first sample of a type, with some of its data changed."""
    found = next(each for each in samples() if each["eventType"] == event_type)
    return found | {"data": found["data"] | data}


class TestProsody:
    """What event_sync tells."""

    def test_a_room_is_made(self) -> None:
        told = from_prosody(recorded("lifecycle", "room/created"))

        assert isinstance(told, RoomEvent)
        assert (EventKind.CREATED, "ok-lifecycle", AT) == (told.kind, told.room, told.at)
        assert "20261120T061235Z" == told.run

    def test_somebody_comes_and_goes(self) -> None:
        came = from_prosody(recorded("lifecycle", "occupant/joined"))
        went = from_prosody(recorded("lifecycle", "occupant/left"))

        assert isinstance(came, RoomEvent)
        assert isinstance(went, RoomEvent)
        assert (EventKind.JOINED, EventKind.LEFT) == (came.kind, went.kind)
        assert {ADA} == {came.occupant, went.occupant}
        assert ("member-17", "Ada Example", AT) == (came.person, came.name, came.at)
        assert came.key != went.key

    def test_an_ended_room_tells_who_was_ever_in(self) -> None:
        told = from_prosody(recorded("lifecycle", "room/destroyed"))

        assert isinstance(told, RoomEvent)
        left_at = datetime(2026, 11, 20, 6, 12, 36, tzinfo=UTC)
        assert (Visit(ADA, AT, left_at, "member-17", "Ada Example"),) == told.visits
        assert ("20261120T061235Z", left_at) == (told.run, told.at)

    def test_who_came_without_a_token_has_no_name(self) -> None:
        told = from_prosody(recorded("guests.guest_events", "occupant/joined"))

        assert isinstance(told, RoomEvent)
        assert ("", "") == (told.person, told.name)
        assert told.occupant.endswith("@guest.meet.test/resource1234")

    def test_the_tenant_is_no_part_of_the_name(self) -> None:
        told = from_prosody(recorded("tenant", "room/created"))

        assert isinstance(told, RoomEvent)
        assert "ok-tenant" == told.room

    def test_a_moderator_is_told_by_affiliation(self) -> None:
        member = recorded("user_info.lifecycle", "occupant/joined")
        owner = member | {"occupant": member["occupant"] | {"affiliation": "owner"}}

        assert [False, True] == [
            isinstance(told, RoomEvent) and told.is_moderator
            for told in map(from_prosody, (member, owner))
        ]

    def test_a_break_out_room_is_marked_and_stands_apart(self) -> None:
        main = recorded("lifecycle", "occupant/joined")
        breakout = main | {"is_breakout": True, "breakout_room_id": "b1@breakout.meet.test"}

        told = [from_prosody(each) for each in (main, breakout, main | {"is_breakout": "true"})]

        assert ["", "b1", "breakout"] == [
            each.breakout for each in told if isinstance(each, RoomEvent)
        ]
        assert 3 == len({each.key for each in told if isinstance(each, RoomEvent)})

    def test_the_address_tells_what_a_body_does_not(self) -> None:
        body = recorded("lifecycle", "occupant/left")
        del body["event_name"]

        told = from_prosody(body, "occupant/left")

        assert isinstance(told, RoomEvent)
        assert EventKind.LEFT is told.kind
        assert Unknown("muc-occupant-destroyed") == from_prosody(body, "occupant/destroyed")

    def test_an_ended_room_nobody_was_in_may_list_them_as_an_object(self) -> None:
        body = recorded("lifecycle", "room/destroyed") | {"all_occupants": {}}

        told = from_prosody(body)

        assert isinstance(told, RoomEvent)
        assert () == told.visits

    def test_the_same_event_told_again_has_the_same_key(self) -> None:
        repeated = [body for name, _, body in recordings() if name == "event_retry"]

        told = [from_prosody(json.loads(body)) for body in repeated]

        assert len(set(repeated)) == len({each.key for each in told if isinstance(each, RoomEvent)})
        assert len(repeated) > len(set(repeated))

    @pytest.mark.parametrize(("scenario", "told_at", "body"), recordings())
    def test_everything_recorded_is_read(self, scenario: str, told_at: str, body: str) -> None:
        told = from_prosody(json.loads(body), told_at)

        assert isinstance(told, RoomEvent), scenario
        assert told.key.startswith(SERVER.hex)
        assert told.room == told.room.lower()
        assert "@example.org" not in repr(told)


class TestJaas:
    """What JaaS tells."""

    def test_somebody_comes(self) -> None:
        told = from_jaas(sample("PARTICIPANT_JOINED"))

        assert (
            RoomEvent(
                key=f"{SERVER.hex}:00000000-0000-4000-8000-000000000004",
                kind=EventKind.JOINED,
                room="tea-and-talk",
                at=datetime(2026, 11, 20, 6, 0, 4, tzinfo=UTC),
                run="00000000-0000-4000-8000-0000000000aa",
                occupant="00000001-0000-4000-8000-000000000000@8x8.vc",
                person="member-1",
                name="Person 1",
                is_moderator=True,
            )
            == told
        )

    def test_our_own_people_have_no_name_here(self) -> None:
        told = [from_jaas(sample("PARTICIPANT_JOINED", id=each)) for each in (OURS, f"h{OURS}")]

        assert [(OURS, ""), (f"h{OURS}", "")] == [
            (each.person, each.name) for each in told if isinstance(each, RoomEvent)
        ]

    @pytest.mark.parametrize(
        ("nick", "number"),
        [
            ("442079460000 (+442079460000)", "+442079460000"),
            ("02079460000", "02079460000"),
            ("Anonymous", ""),
            ("", ""),
        ],
    )
    def test_a_caller_is_known_by_number_alone(self, nick: str, number: str) -> None:
        told = from_jaas(sample("DIAL_IN_STARTED", nick=nick))

        assert isinstance(told, RoomEvent)
        assert (EventKind.DIALLED_IN, number, "") == (told.kind, told.phone, told.name)

    def test_hanging_up_ends_what_dialling_in_began(self) -> None:
        began, ended = (from_jaas(sample(f"DIAL_IN_{each}")) for each in ("STARTED", "ENDED"))

        assert isinstance(began, RoomEvent)
        assert isinstance(ended, RoomEvent)
        assert EventKind.HUNG_UP is ended.kind
        assert began.occupant == ended.occupant

    def test_a_hall_that_dials_in_has_a_name(self) -> None:
        told = from_jaas(sample("SIP_CALL_IN_STARTED"))

        assert isinstance(told, RoomEvent)
        assert ("Village hall", "") == (told.name, told.phone)

    def test_a_break_out_room_is_marked(self) -> None:
        breakouts = [
            told.breakout
            for each in samples()
            if each["eventType"] in ("PARTICIPANT_JOINED", "PARTICIPANT_LEFT")
            and isinstance(told := from_jaas(each), RoomEvent)
        ]

        assert ["", "", "", *2 * ["00000000-0000-4000-8000-0000000000bb"]] == breakouts

    @pytest.mark.parametrize("body", samples(), ids=lambda each: str(each["eventType"]))
    def test_every_type_is_taken(self, body: dict[str, Any]) -> None:
        told = from_jaas(body)

        if isinstance(told, RoomEvent):
            assert "tea-and-talk" == told.room
        else:
            assert Unknown(body["eventType"]) == told
        assert "@example.org" not in repr(told)

    def test_a_type_nobody_has_heard_of_needs_nothing_else(self) -> None:
        assert Unknown("HOLOGRAM_STARTED") == from_jaas({"eventType": "HOLOGRAM_STARTED"})

    def test_odd_shapes_are_read_all_the_same(self) -> None:
        straight = sample("PARTICIPANT_JOINED")
        odd = straight | {"data": [straight["data"] | {"moderator": True}], "new": {"a": [1]}}
        odd["timestamp"] = str(odd["timestamp"])
        for field in ("appId", "customerId"):
            del odd[field]

        assert from_jaas(straight) == from_jaas(odd)

    def test_of_a_field_that_comes_twice_the_last_counts(self) -> None:
        body = json.dumps(sample("ROOM_CREATED")).replace(
            '{"eventType"', '{"appId":"a","eventType"', 1
        )
        twice = body.replace('"fqn"', '"fqn":"x/other","fqn"', 1)

        assert from_jaas(sample("ROOM_CREATED")) == read_jaas(read_object(twice.encode()), SERVER)

    def test_a_key_of_one_server_is_not_one_of_another(self) -> None:
        told = [from_jaas(sample("ROOM_CREATED"), each) for each in (SERVER, OTHER)]

        assert 2 == len({each.key for each in told if isinstance(each, RoomEvent)})

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"idempotencyKey": None}, "idempotencyKey: missing"),
            ({"idempotencyKey": {}}, "idempotencyKey: not a text"),
            ({"timestamp": None}, "timestamp: missing"),
            ({"timestamp": True}, "timestamp: not a time"),
            ({"timestamp": 1e400}, "timestamp: not a time"),
            ({"timestamp": float("nan")}, "timestamp: not a time"),
            ({"timestamp": -1795154404000}, "timestamp: not a time"),
            ({"timestamp": 10**400}, "timestamp: not a time"),
            ({"fqn": ""}, "fqn: missing"),
            ({"eventType": None}, "eventType: missing"),
            ({"data": "text"}, "data: not an object"),
            ({"data": [{}, {}]}, "data: not an object"),
            ({"data": None}, "data.participantJid: missing"),
            ({"data": {"participantJid": "a", "id": []}}, "data.id: not a text"),
        ],
    )
    def test_what_cannot_be_understood_is_named(
        self, change: dict[str, object], words: str
    ) -> None:
        with pytest.raises(BadBody) as refused:
            from_jaas(sample("PARTICIPANT_JOINED") | change)

        assert words == str(refused.value)

    def test_a_question_is_told_from_an_event(self) -> None:
        question = Facts({"fqn": "vpaas-magic-cookie-1/Tea-And-Talk"})

        assert is_question(question)
        assert "tea-and-talk" == room_asked_about(question)
        assert not is_question(Facts(samples()[0]))
