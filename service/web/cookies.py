"""Our cookies: staff's sign-in, a plain mark of the browser that forms are bound to, where to go next."""

from aiohttp import web

from service.config import Settings
from service.web.context import SETTINGS

SIGN_IN = "manyways-sign-in"
BROWSER = "manyways-browser"
NEXT = "manyways-next"


def name_of(settings: Settings, cookie: str) -> str:
    """Give the cookie's full name: with `__Host-` behind https, which pins it to this host."""
    return f"__Host-{cookie}" if settings.is_secure else cookie


def cookie_of(request: web.Request, cookie: str) -> str:
    """Give the cookie's value, or nothing."""
    return request.cookies.get(name_of(request.app[SETTINGS], cookie), "")


def give_cookie(
    request: web.Request,
    response: web.StreamResponse,
    cookie: str,
    value: str,
    *,
    seconds: int | None = None,
) -> None:
    """Set a cookie that scripts cannot read and other sites do not send."""
    settings = request.app[SETTINGS]
    response.set_cookie(
        name_of(settings, cookie),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.is_secure,
    )


def take_cookie(request: web.Request, response: web.StreamResponse, cookie: str) -> None:
    """Remove a cookie."""
    settings = request.app[SETTINGS]
    response.del_cookie(
        name_of(settings, cookie),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.is_secure,
    )
