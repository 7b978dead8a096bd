"""Errors for programs: problem documents (RFC 9457), as a model, so that they can be described as well."""

from collections.abc import Mapping
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from service.errors import Invalid, Refused, ServiceError
from service.web.words import all_words

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "A valid token is needed",
    403: "The token may not do this",
    404: "There is no such thing",
    405: "This address does not take that method",
    409: "A rule says no",
    413: "The request is too large",
    415: "This kind of content is not taken",
    422: "Some fields cannot be used",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "The service is busy",
}
#: Stable codes for what the web server refuses before any of our own code is asked.
CODES: Mapping[int, str] = {
    400: "unreadable",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}


class Unreadable(ServiceError):
    """The request cannot be read at all; `code` says why."""

    code = "unreadable"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Problem(BaseModel):
    """What went wrong, for programs to act on and people to read (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:manyways:problem:invalid",
                    "title": TITLES[422],
                    "status": 422,
                    "code": "invalid",
                    "fields": {"chosen_name": "needed"},
                }
            ]
        }
    )

    type: Annotated[str, Field(description="A stable name; ends in `code`.")]
    title: Annotated[str, Field(description="The kind of problem in words.")]
    status: Annotated[int, Field(description="The HTTP status, once more.", ge=400, le=599)]
    code: Annotated[str, Field(description="The stable code of what exactly went wrong.")]
    detail: Annotated[str | None, Field(description="What to do, in words for people.")] = None
    fields: Annotated[
        dict[str, str] | None, Field(description="For each field that cannot be used, a code.")
    ] = None


def problem_answer(status: int, code: str, error: ServiceError | None) -> web.Response:
    """Give a problem document: the code is stable, `fields` says what is wrong with each."""
    problem = _problem(status, code, error)
    response = web.Response(
        text=problem.model_dump_json(exclude_none=True), status=status, content_type=MEDIA_TYPE
    )
    if status == web.HTTPUnauthorized.status_code:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _problem(status: int, code: str, error: ServiceError | None) -> Problem:
    if isinstance(error, Refused):
        code = error.reason
    elif code.startswith("http-"):
        code = CODES.get(status, "failed")
    return Problem(
        type=f"urn:manyways:problem:{code}",
        title=TITLES.get(status, "The request failed"),
        status=status,
        code=code,
        detail=_detail(error),
        fields=_fields(error),
    )


def _detail(error: ServiceError | None) -> str | None:
    if not isinstance(error, Refused):
        return None
    sentence = all_words().get(error.reason)
    return sentence.format_map(error.facts) if sentence is not None else None


def _fields(error: ServiceError | None) -> dict[str, str] | None:
    if isinstance(error, Invalid):
        return error.fields
    if isinstance(error, Refused) and "field" in error.facts:
        return {str(error.facts["field"]): error.reason}
    return None
