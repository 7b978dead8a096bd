"""The guides name only what there is: commands, addresses, files, variables; and their examples work."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from scheduling.room_events import EventKind, RoomEvent
from service.cli import app
from service.rooms.bodies import read_object
from service.rooms.events import read_own
from service.web.routes import ROUTES
from tests.compose import ROOT, TEXT

DOCS = ROOT / "docs"
GUIDES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


#: Commands that have commands of their own.
PARTS = {
    str(group.name): {each.name for each in group.typer_instance.registered_commands}
    for group in app.registered_groups
    if group.typer_instance is not None
}


def text_of(guide: Path) -> str:
    """Read a guide."""
    return guide.read_text("utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_command_in_a_guide_is_one(guide: Path) -> None:
    known = {each.name for each in app.registered_commands} | PARTS.keys()
    named = re.findall(r"(?:`|bin/|service )manyways ([a-z][a-z-]*)(?: ([a-z]+))?", text_of(guide))

    assert [] == [name for name, _ in named if name not in known]
    assert [] == [name for name, part in named if part and part not in PARTS.get(name, {part})]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_file_a_guide_leads_to_is_there(guide: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", text_of(guide))

    assert [] == [each for each in targets if not (guide.parent / each).exists()]


def test_every_address_for_machines_in_the_guides_is_answered() -> None:
    patterns = [re.sub(r"\\{.+?\\}", "[^/]+", re.escape(route.path)) for route in ROUTES]
    named = set(
        re.findall(r"`(?:[A-Z]+ )?(/(?:jitsi|jaas|phone)/[^`?…]+)[`?]", text_of(DOCS / "jitsi.md"))
    )
    asked = [re.sub(r"{sha256 of kid}|{id}", "abc", each) for each in named]

    assert 6 <= len(asked)
    assert [] == [each for each in asked if not any(re.fullmatch(one, each) for one in patterns)]


def test_the_example_of_our_own_dialect_is_understood() -> None:
    example = re.search(r'^{"event": .+}$', text_of(DOCS / "jitsi.md"), re.MULTILINE)

    assert example
    (event,) = read_own(read_object(example[0].encode()), UUID(int=1))
    assert isinstance(event, RoomEvent)
    assert EventKind.JOINED is event.kind


def test_what_the_walk_writes_into_env_is_asked_for() -> None:
    blocks = re.findall(r"```\n(.*?)```", text_of(DOCS / "running.md"), re.DOTALL)
    written = {name for each in blocks for name in re.findall(r"^([A-Z_]+)=", each, re.MULTILINE)}

    assert {"MANYWAYS_PUBLIC_URL", "MEET_URL", "SERVER_IP", "COMPOSE_PROFILES"} <= written
    assert written - {"COMPOSE_PROFILES"} <= set(re.findall(r"\${(\w+):-", TEXT))
