"""Who may come in, and what is refused before anything is done."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from service.storage.audit import AuditLine
from service.storage.people import Person
from service.storage.staff import ApiToken
from service.web.api.bodies import LARGEST_BODY, parse_body
from service.web.api.examples import EXAMPLES
from service.web.routes.api import ENDPOINTS
from tests.integration.api.programs import (
    ALL,
    NO_ID,
    Scene,
    body_for,
    make_token,
)

READING = [each for each in ENDPOINTS if each.method == "GET"]
OF_ONE = [each for each in ENDPOINTS if "{" in each.path]


async def test_without_a_good_token_nobody_comes_in(scene: Scene) -> None:
    async with scene.making() as make:
        revoked = await make_token(make, scene.house.organisation, *ALL)
        found = await make.db.scalar(
            select(ApiToken).where(ApiToken.token_hash == make.keys.hashed("token", revoked))
        )
        assert found is not None
        found.revoked_at = make.now

    for token in ("", "mw_nobody", revoked):
        program = replace(scene.program, token=token)
        for endpoint in ENDPOINTS:
            answer = await program.send(
                endpoint.method, scene.house.path(endpoint.path), body_for(endpoint)
            )
            assert 401 == answer.status, endpoint.name
            assert "application/problem+json" == answer.content_type
            assert "Bearer" == answer.headers["WWW-Authenticate"]


async def test_a_token_opens_nothing_but_its_scopes(scene: Scene) -> None:
    for scope in ALL:
        program = await scene.with_scopes(*(each for each in ALL if each != scope))
        for endpoint in ENDPOINTS:
            if endpoint.scope == scope:
                answer = await program.send(
                    endpoint.method, scene.house.path(endpoint.path), body_for(endpoint)
                )
                assert (403, "not-allowed") == (answer.status, answer.code), endpoint.name


async def test_another_organisations_things_are_not_found(scene: Scene) -> None:
    program = await scene.of_another_house()
    before = await scene.count(AuditLine)

    for endpoint in OF_ONE:
        answer = await program.send(
            endpoint.method, scene.house.path(endpoint.path), body_for(endpoint)
        )
        assert (404, "not-found") == (answer.status, answer.code), endpoint.name

    assert before == await scene.count(AuditLine)


async def test_lists_hold_nothing_of_another_organisation(scene: Scene) -> None:
    program = await scene.of_another_house()

    for endpoint in READING:
        if "{" not in endpoint.path:
            assert [] == (await program.get(endpoint.path)).json["items"], endpoint.name


async def test_what_is_nowhere_is_not_found(scene: Scene) -> None:
    for endpoint in OF_ONE:
        for id_ in (NO_ID, "nonsense", "1"):
            path = re.sub("{.+}", id_, endpoint.path)
            answer = await scene.program.send(endpoint.method, path, body_for(endpoint))
            assert (404, "not-found") == (answer.status, answer.code), endpoint.name


async def test_no_answer_sets_a_cookie_or_opens_the_api_to_other_sites(scene: Scene) -> None:
    for path in ("/people", "/nowhere", "/openapi.json"):
        answer = await scene.program.send_bytes("GET", path, None, {"Origin": "https://a.example"})
        assert "Set-Cookie" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert "no-store" == answer.headers["Cache-Control"]


async def test_a_cookie_is_no_token(scene: Scene) -> None:
    program = replace(scene.program, token="")
    headers = {"Cookie": f"manyways={scene.house.token}"}

    answer = await program.send_bytes("GET", "/people", None, headers)

    assert 401 == answer.status


UNREADABLE: list[tuple[Any, ...]] = [
    (415, "unsupported-media-type", "text/plain", b"{}"),
    (415, "unsupported-media-type", "application/x-www-form-urlencoded", b"chosen_name=Ada"),
    (415, "unsupported-media-type", "multipart/form-data; boundary=x", b"--x--"),
    (400, "not-json", "application/json", b""),
    (400, "not-json", "application/json", b"{"),
    (400, "not-json", "application/json", b"\xff"),
    (400, "not-json", "application/json", b'{"chosen_name": NaN}'),
    (400, "not-json", "application/json", b'{"chosen_name": "\\ud800"}'),
    (400, "name-given-twice", "application/json", b'{"chosen_name":"a","chosen_name":"b"}'),
    (400, "too-deep", "application/json", b"[" * 100_000),
    (413, "too-large", "application/json", b" " * (LARGEST_BODY + 1)),
    (422, "invalid", "application/json", b"[]"),
    (422, "invalid", "application/json", b"null"),
]


async def test_a_body_that_cannot_be_read_is_a_problem(scene: Scene) -> None:
    for status, code, content_type, body in UNREADABLE:
        headers = {"Content-Type": content_type}

        answer = await scene.program.send_bytes("POST", "/people", body, headers)

        assert (status, code) == (answer.status, answer.code)
        assert "application/problem+json" == answer.content_type


async def test_a_body_without_end_is_cut_off(scene: Scene) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 16_384

    response = await scene.program.client.post(
        "/api/v1/people",
        data=endless(),
        headers={
            "Authorization": f"Bearer {scene.house.token}",
            "Content-Type": "application/json",
        },
    )

    assert 413 == response.status


BAD_PEOPLE: list[tuple[Any, ...]] = [
    ({}, {"chosen_name": "needed"}),
    ({"chosen_name": " \u202e "}, {"chosen_name": "needed"}),
    ({"chosen_name": "x" * 201}, {"chosen_name": "too-long"}),
    ({"chosen_name": 7, "name": "Ada"}, {"chosen_name": "not-a-text", "name": "unknown-field"}),
    ({"chosen_name": "E", "email": "at home"}, {"email": "not-an-email"}),
    ({"chosen_name": "E", "channels": ["call"]}, {"phone": "needed-for-call"}),
    ({"chosen_name": "E", "channels": ["owl"]}, {"channels.0": "not-a-choice"}),
    ({"chosen_name": "E", "print_size": 17}, {"print_size": "not-a-choice"}),
    ({"chosen_name": "E", "print_size": True}, {"print_size": "not-a-number"}),
    ({"chosen_name": "E", "coordinator_id": NO_ID}, {"coordinator_id": "not-a-choice"}),
]


async def test_bad_fields_are_named_and_nothing_is_kept(scene: Scene) -> None:
    for body, fields in BAD_PEOPLE:
        before = await scene.count(Person)

        answer = await scene.program.post("/people", body)

        assert (422, "invalid", fields) == (answer.status, answer.code, answer.fields)
        assert before == await scene.count(Person)


BAD_QUERIES: list[tuple[Any, ...]] = [
    ("limit=0", 422, "invalid"),
    ("limit=101", 422, "invalid"),
    ("limit=%2B5", 422, "invalid"),
    ("limit=5_0", 422, "invalid"),
    ("limit=5&limit=6", 422, "invalid"),
    ("unheard=of", 422, "invalid"),
    ("cursor=nonsense", 400, "bad-cursor"),
    ("cursor=WyJhIl0", 400, "bad-cursor"),
    ("cursor=%00", 400, "bad-cursor"),
]


async def test_a_bad_query_is_a_problem(scene: Scene) -> None:
    for query, status, code in BAD_QUERIES:
        answer = await scene.program.send("GET", f"/places?{query}")

        assert (status, code) == (answer.status, answer.code)


async def test_a_wrong_method_is_told_the_right_ones(scene: Scene) -> None:
    answer = await scene.program.send("DELETE", "/people")

    assert (405, "method-not-allowed") == (answer.status, answer.code)
    assert "GET,HEAD,POST" == answer.headers["Allow"]


def test_every_example_can_be_read() -> None:
    for model, example in EXAMPLES.items():
        assert parse_body(json.dumps(example).encode(), model).model_fields_set == set(example)


async def test_the_description_names_every_endpoint_and_needs_no_token(scene: Scene) -> None:
    answer = await replace(scene.program, token="").get("/openapi.json")
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in answer.json["paths"].items()
        for method in methods
    }

    assert (200, "application/json", "3.1.0") == (
        answer.status,
        answer.content_type,
        answer.json["openapi"],
    )
    assert {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} == described
