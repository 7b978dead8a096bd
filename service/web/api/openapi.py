"""The description of the API (OpenAPI 3.1), made from the same endpoints and models that do the work."""

import json
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.actions.permissions import SCOPES
from service.web import problems
from service.web.api import bodies
from service.web.api.endpoints import BASE, AnyEndpoint
from service.web.api.examples import EXAMPLES
from service.web.api.repeating import HEADER, PATTERN

REF = "#/components/schemas/{model}"
#: A key to make creation repeatable, described as a parameter.
KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Makes it safe to send the same request again, for a day.",
    "schema": {"type": "string", "pattern": PATTERN},
}
ABOUT = """\
Plan meetings, keep people, places and kinds, invite, and follow answers and messages.

Send a token as `Authorization: Bearer ...`; each token has scopes, and each operation names the one
it needs. Lists come in pages: pass `next` as `cursor`. Errors are problem documents (RFC 9457).
"""
TAGS = {
    "people": "Friends of the organisation and how to reach them.",
    "places": "Where people can meet, and what is known about it.",
    "kinds": "Kinds of session: what a new one begins with.",
    "meetings": "Sessions: drafted, published, changed, cancelled.",
    "invitations": "Who is invited, and what they answered.",
    "messages": "What was sent, and how that went.",
}


def description_handler(endpoints: Sequence[AnyEndpoint]) -> Handler:
    """Make the handler that gives the description; it is written once, when first asked for."""

    @cache
    def description() -> str:
        return json.dumps(describe(endpoints), ensure_ascii=False)

    async def describe_api(_request: web.Request) -> web.Response:
        """Give the description of the API."""
        return web.json_response(text=description())

    return describe_api


def describe(endpoints: Sequence[AnyEndpoint]) -> dict[str, Any]:
    """Make the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(BASE + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Manyways", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(endpoints),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"Scopes: {', '.join(SCOPES)}.",
                }
            },
            "responses": {_problem_name(status): _problem(status) for status in problems.TITLES},
        },
    }


def _operation(endpoint: AnyEndpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "description": f"Needs the scope `{endpoint.scope}`.",
        "parameters": [*_path(endpoint), *_query(endpoint.query)],
        "responses": {str(int(endpoint.status)): _success(endpoint)}
        | {
            str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"}
            for status in sorted(_refusals(endpoint))
        },
    }
    if endpoint.creates:
        operation["parameters"].append(KEY_PARAMETER)
    if endpoint.takes_body:
        content: dict[str, Any] = {"schema": _ref(endpoint.body)}
        if endpoint.body in EXAMPLES:
            content["examples"] = {"example": {"value": EXAMPLES[endpoint.body]}}
        operation["requestBody"] = {"required": True, "content": {bodies.MEDIA_TYPE: content}}
    return operation


def _path(endpoint: AnyEndpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=REF)
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": described.pop("description", described.get("title", name)),
            "schema": _given_or_not(described),
        }
        for name, described in schema.get("properties", {}).items()
    ]


def _given_or_not(described: dict[str, Any]) -> dict[str, Any]:
    """Describe the value of a parameter that is given: nothing in an address can be null."""
    kinds = [kind for kind in described.pop("anyOf", []) if kind != {"type": "null"}]
    if described.get("default") in (None, ""):
        described.pop("default", None)
    return described | (kinds[0] if kinds else {})


def _success(endpoint: AnyEndpoint) -> dict[str, Any]:
    if endpoint.status is HTTPStatus.NO_CONTENT:
        return {"description": "Done."}
    answer: dict[str, Any] = {
        "description": "Created." if endpoint.creates else "Here it is.",
        "content": {bodies.MEDIA_TYPE: {"schema": _ref(endpoint.answer)}},
    }
    if endpoint.collection:
        answer["headers"] = {
            "Location": {
                "required": True,
                "description": "The address of the new thing.",
                "schema": {"type": "string"},
            }
        }
    return answer


def _refusals(endpoint: AnyEndpoint) -> set[int]:
    found = {400, 401, 403, 422, 429, 503}
    if "{" in endpoint.path or endpoint.creates:
        found.add(404)
    if endpoint.refuses:
        found.add(409)
    if endpoint.method != "GET":
        found |= {413, 415}
    return found


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": problems.TITLES[status],
        "content": {problems.MEDIA_TYPE: {"schema": _ref(problems.Problem)}},
    }


def _schemas(endpoints: Sequence[AnyEndpoint]) -> dict[str, Any]:
    models: list[tuple[type[BaseModel], Literal["validation", "serialization"]]]
    models = [(problems.Problem, "serialization")]
    for endpoint in endpoints:
        models += [(endpoint.query, "validation"), (endpoint.answer, "serialization")]
        models += [(endpoint.body, "validation")]
    _, schema = models_json_schema(list(dict.fromkeys(models)), ref_template=REF)
    found: dict[str, Any] = schema["$defs"]
    queries = {endpoint.query.__name__ for endpoint in endpoints}
    return {name: one for name, one in found.items() if name not in queries}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}
