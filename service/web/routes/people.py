"""People, groups, import and export."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
