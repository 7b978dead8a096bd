"""Links into Jitsi rooms: built from what is configured, and from nothing else."""

import json
from urllib.parse import unquote, urlsplit

import pytest

from service.rooms.jitsi import BadRoom, origin_of, room_link


def hints_of(link: str) -> dict[str, object]:
    """Read the hints back the way Jitsi does: decoded, then parsed as JSON."""
    pairs = (pair.partition("=") for pair in urlsplit(link).fragment.split("&"))
    return {key: json.loads(unquote(value)) for key, _, value in pairs}


def test_the_link_is_the_server_and_the_room() -> None:
    link = room_link("https://meet.example.org/", "room-4f1c")

    assert "https://meet.example.org/room-4f1c" == link.partition("#")[0]


def test_a_server_may_be_at_a_path() -> None:
    link = room_link("https://meet.example.org/hub", "room-4f1c")

    assert "https://meet.example.org/hub/room-4f1c" == link.partition("#")[0]


def test_camera_and_microphone_begin_off_and_no_app_is_pressed_on_anybody() -> None:
    hints = hints_of(room_link("https://meet.example.org", "room-4f1c"))

    assert hints["config.startWithVideoMuted"] is True
    assert hints["config.startWithAudioMuted"] is True
    assert hints["config.disableDeepLinking"] is True
    assert hints["config.deeplinking.disabled"] is True
    assert "config.prejoinConfig.enabled" not in hints


@pytest.mark.parametrize("name", ["Ada", "نورة", 'Zoe "Z" O\'Brien & co', "a=b&c#d%20", "👩🏽‍🦽"])
def test_a_name_is_filled_in_whatever_it_is_made_of(name: str) -> None:
    link = room_link("https://meet.example.org", "room-4f1c", display_name=name)

    assert name == hints_of(link)["userInfo.displayName"]
    assert "meet.example.org" == urlsplit(link).hostname


@pytest.mark.parametrize(
    "server",
    [
        "",
        "meet.example.org",
        "http://meet.example.org",
        "javascript:alert(1)",
        "//meet.example.org",
        "https://",
        "https://ada:secret@meet.example.org",
        "https://meet.example.org?next=/",
        "https://meet.example.org#config",
        "https://meet.example.org/a b",
        "https://meet.example.org/\r\nSet-Cookie: a=b",
        "https://meet.example.org; script-src *",
        "https://meet.example.org:port",
        "https://[::1",
    ],
)
def test_a_server_that_is_not_a_plain_safe_address_is_refused(server: str) -> None:
    with pytest.raises(BadRoom):
        room_link(server, "room-4f1c")


@pytest.mark.parametrize(
    "room", ["", "Room", "room name", "../admin", "room/../x", "räum", "room#x", "-room", "a" * 121]
)
def test_a_room_with_any_other_letter_is_refused(room: str) -> None:
    with pytest.raises(BadRoom):
        room_link("https://meet.example.org", room)


@pytest.mark.parametrize("server", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_this_very_machine_may_be_reached_without_https(server: str) -> None:
    assert room_link(server, "room-4f1c").startswith(f"{server}/room-4f1c#")


@pytest.mark.parametrize(
    ("server", "origin"),
    [
        ("https://meet.example.org/hub", "https://meet.example.org"),
        ("https://Meet.Example.org:8443", "https://meet.example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_origin_is_what_a_page_may_lead_to(server: str, origin: str) -> None:
    assert origin == origin_of(server)
