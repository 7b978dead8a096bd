"""The API for programs."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
