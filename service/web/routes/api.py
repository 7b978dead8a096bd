"""The API for programs: every endpoint, and the description made from the same list."""

from service.web.api import (
    attendance,
    invitations,
    kinds,
    meetings,
    messages,
    people,
    places,
    series,
)
from service.web.api.endpoints import BASE, AnyEndpoint
from service.web.api.openapi import description_handler
from service.web.entry import EVERYONE, Route

ENDPOINTS: tuple[AnyEndpoint, ...] = (
    *people.ENDPOINTS,
    *places.ENDPOINTS,
    *kinds.ENDPOINTS,
    *meetings.ENDPOINTS,
    *attendance.ENDPOINTS,
    *series.ENDPOINTS,
    *invitations.ENDPOINTS,
    *messages.ENDPOINTS,
)

ROUTES: tuple[Route, ...] = (
    *(endpoint.route() for endpoint in ENDPOINTS),
    Route("GET", f"{BASE}/openapi.json", description_handler(ENDPOINTS), EVERYONE, "api-openapi"),
)
