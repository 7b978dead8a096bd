"""Pages for everybody."""

from service.web.guards import EVERYONE, Route
from service.web.pages import public

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", public.front, EVERYONE, "front"),
    Route("GET", "/away", public.away, EVERYONE, "away"),
    Route("GET", "/about/{text}", public.about_installation, EVERYONE, "about-installation"),
    Route("GET", "/about/{slug}/{text}", public.about, EVERYONE, "about"),
)
