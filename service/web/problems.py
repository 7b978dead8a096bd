"""Errors for programs: problem documents (RFC 9457)."""

import json

from aiohttp import web

from service.errors import Invalid, Refused, ServiceError

TITLES = {
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


def problem_answer(status: int, code: str, error: ServiceError | None) -> web.Response:
    """Give a problem document: `type` is stable, `fields` says what is wrong with each."""
    document: dict[str, object] = {
        "type": f"urn:manyways:problem:{error.reason if isinstance(error, Refused) else code}",
        "title": TITLES.get(status, "The request failed"),
        "status": status,
    }
    if isinstance(error, Invalid):
        document["fields"] = error.fields
    response = web.Response(
        text=json.dumps(document), status=status, content_type="application/problem+json"
    )
    if status == web.HTTPUnauthorized.status_code:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
