"""The description held against the running service by schemathesis, on both databases.

It makes up requests from the description, good ones and bad ones, alone and in sequences, and must find
nothing that the description does not promise. It runs as a program of its own, over a socket.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp.test_utils import TestServer
from sqlalchemy import select

from service.storage.audit import AuditLine
from service.storage.base import OfOrganisation
from service.web.routes.api import ENDPOINTS
from tests.integration.api.programs import House, make_house
from tests.integration.conftest import Making

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ignored_auth",
)
#: What is done: on SQLite all of it, on PostgreSQL, where the same code answers, a smaller number.
AMOUNT = {
    "sqlite": ("--phases=examples,coverage,fuzzing,stateful", "--max-examples=12"),
    "postgresql": ("--phases=fuzzing,stateful", "--max-examples=4"),
}
#: What must have been done by then, or nothing but refusals would have been looked at.
DONE = {"person.added", "place.added", "kind.added", "meeting.begun"}
LIMIT_SECONDS = 600


async def test_the_service_keeps_every_promise_of_its_description(
    database_kind: str, server: TestServer, making: Making, tmp_path: Path
) -> None:
    async with making() as make:
        house = await make_house(make)
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(settings_for(house))
    url = str(server.make_url("/api/v1/openapi.json"))

    status, said = await run_schemathesis(settings, url, *AMOUNT[database_kind])

    assert 0 == status, said
    assert f"Tested: {len(ENDPOINTS)}" in said, said
    async with making() as make:
        assert set(await make.db.scalars(select(AuditLine.what))) >= DONE


def settings_for(house: House) -> str:
    """Write the settings: mostly real things where things are named, nothing random, nothing kept."""
    known: dict[str, Sequence[OfOrganisation]] = {
        "person": (house.guest, house.other),
        "host": (house.lead, house.second),
        "place": (house.place,),
        "kind": (house.kind,),
        "meeting": (house.draft, house.meeting),
        "invitation": (house.invitation,),
        "message": (house.message,),
        "series": (house.series,),
    }
    named = {f"path.{name}_id": name for name in known if name != "host"} | {
        "body.kind_id": "kind",
        "body.place_id": "place",
        "body.lead_id": "host",
        "body.second_id": "host",
        "body.people[*]": "person",
        "query.person_id": "person",
    }
    lines = [
        "generation.deterministic = true",
        'generation.database = "none"',
        "warnings = false",
        'phases.coverage.unexpected-methods = ["DELETE", "PUT", "TRACE"]',
        f'auth.openapi.token.bearer = "{house.token}"',
    ]
    for name, things in known.items():
        lines.append(f"dictionaries.{name}.values = {[str(each.id) for each in things]}")
    for where, name in named.items():
        lines.append(f'parameters."{where}" = {{dictionary = "{name}", probability = 0.8}}')
    return "\n".join(lines)


async def run_schemathesis(settings: Path, url: str, *arguments: str) -> tuple[int, str]:
    """Run it to its end; gives its exit status and what it said."""
    command = (
        *("-m", "schemathesis.cli", "--config-file", str(settings), "run", url, "--no-color"),
        *(f"--checks={','.join(CHECKS)}", "--suppress-health-check=all", *arguments),
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=settings.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, said.decode()
