"""From the bytes of a request to a model: JSON only, strict, and every problem named by its place."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from service.errors import Invalid
from service.web import reading
from service.web.problems import Unreadable

MEDIA_TYPE = "application/json"
LARGEST_BODY = 256 * 1024

M = TypeVar("M", bound=BaseModel)

#: pydantic's error types that have a code of their own; all others are "not-usable".
CODES: Mapping[str, str] = reading.CODES | {
    "string_type": "not-a-text",
    "string_pattern_mismatch": "not-usable",
    "int_type": "not-a-number",
    "bool_type": "not-true-or-false",
    "list_type": "not-a-list",
    "model_type": "not-an-object",
    "literal_error": "not-a-choice",
    "extra_forbidden": "unknown-field",
    "too_long": "too-many",
    "too_short": "needed",
    "uuid_type": "not-an-id",
    "uuid_parsing": "not-an-id",
    "missing": "needed",
}


def check_body(request: web.Request) -> None:
    """Refuse what is not JSON by its own account, or too large."""
    if request.content_type != MEDIA_TYPE:
        raise web.HTTPUnsupportedMediaType
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length)


async def read_body(request: web.Request, model: type[M]) -> M:
    """Read the body into the model; raises Unreadable or Invalid."""
    check_body(request)
    body = await request.read()
    if len(body) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, len(body))
    return parse_body(body, model)


def parse_body(body: bytes, model: type[M]) -> M:
    """Make the model from JSON text; raises Unreadable or Invalid.

    The text is read twice: the standard library sees keys given twice and numbers that are none,
    pydantic then checks types as strictly as the description promises.
    """
    _refuse_odd_json(body)
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise _problem(error) from error


def parse_query(query: MultiMapping[str], model: type[M]) -> M:
    """Make the model from the address's query; a name given twice or not known is refused."""
    twice = {name: "given-twice" for name in query if len(query.getall(name)) > 1}
    if twice:
        raise Invalid(twice)
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        raise _problem(error) from error


def _refuse_odd_json(body: bytes) -> None:
    try:
        json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_name_twice, parse_constant=_no_number
        )
    except RecursionError as error:
        raise Unreadable("too-deep") from error
    except ValueError as error:
        raise Unreadable("not-json") from error


def _no_name_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("name-given-twice")
    return found


def _no_number(_word: str) -> NoReturn:
    raise Unreadable("not-json")


def _problem(error: ValidationError) -> Unreadable | Invalid:
    found: dict[str, str] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "json_invalid":
            return Unreadable("not-json")
        field = ".".join(str(part) for part in item["loc"]) or "body"
        code = CODES.get(item["type"], "not-usable")
        if item["type"] == "value_error":
            code = str(item["ctx"]["error"])
        found.setdefault(field, code)
    return Invalid(found)
