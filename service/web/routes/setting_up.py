"""Setting up: places, kinds, the organisation, staff and tokens, the post tray."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
