"""Access requests and what to do for people."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
