"""A participant's own pages, opened by the link of an invitation."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
