"""Links into Jitsi rooms: built from what is configured, and from nothing else."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest

from scheduling.online import JoinChoice, ServerKind
from service.rooms.jitsi import BadRoom, origin_of, origin_of_rooms, room_link, way_in
from service.rooms.server import Server, SigningKey
from service.rooms.tokens import Entrant
from tests.people import NOW

ROOM = "room-4f1c"
ADA = Entrant("1", "Ada")
ENDS_AT = NOW + timedelta(hours=2)


def plain(url: str = "https://meet.example.org") -> Server:
    """Give a server without tokens."""
    return Server(UUID(int=1), "meet", 1, ServerKind.PLAIN, url)


SIGNING = SigningKey("key-1", b"a secret of at least thirty-two bytes")
HS256 = replace(plain(), kind=ServerKind.HS256, app_id="hub", signing=SIGNING)


def hints_of(link: str) -> dict[str, object]:
    """Read the hints back the way Jitsi does: decoded, then parsed as JSON."""
    pairs = (pair.partition("=") for pair in urlsplit(link).fragment.split("&"))
    return {key: json.loads(unquote(value)) for key, _, value in pairs}


def test_the_link_is_the_server_and_the_room() -> None:
    link = room_link(plain("https://meet.example.org/"), ROOM)

    assert "https://meet.example.org/room-4f1c" == link.partition("#")[0]


def test_a_server_may_be_at_a_path() -> None:
    link = room_link(plain("https://meet.example.org/hub"), ROOM)

    assert "https://meet.example.org/hub/room-4f1c" == link.partition("#")[0]


def test_rooms_at_jaas_are_below_the_id_of_the_application() -> None:
    server = replace(
        HS256, kind=ServerKind.JAAS, url="https://8x8.vc", app_id="vpaas-magic-cookie-1f"
    )

    link = room_link(server, ROOM)

    assert "https://8x8.vc/vpaas-magic-cookie-1f/room-4f1c" == link.partition("#")[0]


def test_a_server_with_tokens_gets_one_before_the_hints() -> None:
    link = way_in(HS256, ROOM, ADA, ends_at=ENDS_AT, now=NOW)

    assert 2 == parse_qs(urlsplit(link).query)["jwt"][0].count(".")
    assert "userInfo.displayName" not in link
    assert hints_of(link)


def test_a_server_without_tokens_gets_the_name() -> None:
    link = way_in(plain(), ROOM, ADA, ends_at=ENDS_AT, now=NOW)

    assert "jwt" not in link
    assert "Ada" == hints_of(link)["userInfo.displayName"]


def test_camera_and_microphone_begin_off_and_no_app_is_pressed_on_anybody() -> None:
    hints = hints_of(room_link(plain(), ROOM))

    assert hints["config.startWithVideoMuted"] is True
    assert hints["config.startWithAudioMuted"] is True
    assert hints["config.disableDeepLinking"] is True
    assert hints["config.deeplinking.disabled"] is True
    assert "config.prejoinConfig.enabled" not in hints


@pytest.mark.parametrize(
    ("choice", "keys"),
    [
        (JoinChoice.SOUND_ONLY, {"config.startLowBandwidthMode", "config.startAudioOnly"}),
        (JoinChoice.CAMERA_OFF, {"config.toolbarButtons"}),
        (JoinChoice.SILENT, {"config.startSilent"}),
    ],
)
def test_a_choice_adds_its_hints_and_takes_none_away(choice: JoinChoice, keys: set[str]) -> None:
    usual = hints_of(room_link(plain(), ROOM))

    chosen = hints_of(room_link(plain(), ROOM, choices=[choice]))

    assert keys == chosen.keys() - usual.keys()
    assert usual.items() <= chosen.items()


def test_with_the_camera_off_there_is_no_button_for_it() -> None:
    buttons = hints_of(room_link(plain(), ROOM, choices=[JoinChoice.CAMERA_OFF]))

    assert "microphone" in str(buttons["config.toolbarButtons"])
    assert "camera" not in str(buttons["config.toolbarButtons"])


@pytest.mark.parametrize("name", ["Ada", "نورة", 'Zoe "Z" O\'Brien & co', "a=b&c#d%20", "👩🏽‍🦽"])
def test_a_name_is_filled_in_whatever_it_is_made_of(name: str) -> None:
    link = room_link(plain(), ROOM, name=name)

    assert name == hints_of(link)["userInfo.displayName"]
    assert "meet.example.org" == urlsplit(link).hostname


BAD_ADDRESSES = [
    "",
    "meet.example.org",
    "http://meet.example.org",
    "javascript:alert(1)",
    "//meet.example.org",
    "\\\\meet.example.org",
    "https://",
    "https://ada:secret@meet.example.org",
    "https://meet.example.org@evil.example",
    "https://meet.example.org\\@evil.example",
    "https://evil.example\\.meet.example.org",
    "https://meet.example.org?next=/",
    "https://meet.example.org#config",
    "https://meet.example.org#",
    "https://meet.example.org?",
    "https://@meet.example.org",
    "https://meet.example.org/a b",
    "https://meet.example.org/%2f",
    "https://meet.example.org/\r\nSet-Cookie: a=b",
    "https://meet.example.org; script-src *",
    "https://meet.example.org:port",
    "https://[::1",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_a_server_that_is_not_a_plain_safe_address_is_refused(address: str) -> None:
    with pytest.raises(BadRoom):
        room_link(plain(address), ROOM)
    with pytest.raises(BadRoom):
        origin_of_rooms(plain(address))


BAD_ROOMS = [
    *("", "Room", "room name", "../admin", "room/../x", "räum", "room#x", "-room", "a" * 121),
    *("*", "room?x=1", "room%2fx", "//evil.example", "\\\\evil.example", "room@evil", ".*"),
    *("room\n", "room\r\nx: y", "room;x", "room&jwt=x"),
]


@pytest.mark.parametrize("room", BAD_ROOMS)
def test_a_room_with_any_other_letter_is_refused(room: str) -> None:
    with pytest.raises(BadRoom):
        room_link(plain(), room)
    with pytest.raises(BadRoom):
        way_in(HS256, room, ADA, ends_at=ENDS_AT, now=NOW)


@pytest.mark.parametrize(
    "server",
    [
        replace(HS256, is_retired=True),
        replace(plain(), is_retired=True),
        replace(HS256, signing=None),
        replace(HS256, app_id=""),
        replace(HS256, kind=ServerKind.JAAS, app_id="evil.example/x"),
        None,
    ],
)
def test_nobody_is_led_to_a_server_that_is_not_ready(server: Server | None) -> None:
    with pytest.raises(BadRoom):
        origin_of_rooms(server)


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_this_very_machine_may_be_reached_without_https(address: str) -> None:
    assert room_link(plain(address), ROOM).startswith(f"{address}/room-4f1c#")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://meet.example.org/hub", "https://meet.example.org"),
        ("https://Meet.Example.org:8443", "https://meet.example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_origin_is_what_a_page_may_lead_to(address: str, origin: str) -> None:
    assert origin == origin_of(address)
    assert origin == origin_of_rooms(plain(address))
