"""Signing in and out."""

from service.web.guards import Route

ROUTES: tuple[Route, ...] = ()
