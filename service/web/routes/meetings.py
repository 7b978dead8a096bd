"""Meetings: planning, changing, cancelling, and what is said to the people invited."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
