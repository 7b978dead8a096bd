"""What invitations are made with, taken from a request."""

from aiohttp import web

from service.actions.inviting import Issuer
from service.web.context import HOUSE, KEYS, SETTINGS


def issuer_of(request: web.Request) -> Issuer:
    """Give the issuer for the organisation of this request."""
    public_url = request.app[SETTINGS].public_url
    return Issuer.of(request.app[KEYS], request[HOUSE].contact_email, public_url)
