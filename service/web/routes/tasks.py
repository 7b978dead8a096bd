"""Today's tasks, calls and letters."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
