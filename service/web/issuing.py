"""What invitations are made with, taken from a request: the keys, and the domain of the UIDs."""

from urllib.parse import urlsplit

from aiohttp import web

from service.actions.inviting import Issuer
from service.web.context import HOUSE, KEYS, SETTINGS


def issuer_of(request: web.Request) -> Issuer:
    """Give the issuer for the organisation of this request: its mail's domain, or else our address's."""
    mail_domain = request[HOUSE].contact_email.rpartition("@")[2].strip().lower()
    domain = mail_domain or urlsplit(request.app[SETTINGS].public_url).hostname or "localhost"
    return Issuer(request.app[KEYS], domain)
