"""Pages for everybody."""

from service.web.entry import EVERYONE, FEED, Route
from service.web.pages import public
from service.web.pages.public_page import programs, showing

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", public.front, EVERYONE, "front"),
    Route("GET", "/away", public.away, EVERYONE, "away"),
    Route("GET", "/about/{text}", public.about_installation, EVERYONE, "about-installation"),
    Route("GET", "/about/{slug}/{text}", public.about, EVERYONE, "about"),
    Route("GET", "/o/{slug}/sessions.json", programs.sessions_json, FEED, "public-json"),
    Route("GET", "/o/{slug}/sessions.rss", programs.sessions_rss, FEED, "public-rss"),
    Route("GET", "/o/{slug}", showing.sessions, EVERYONE, "public-sessions"),
    Route("GET", "/o/{slug}/sessions/{id}", showing.session, EVERYONE, "public-session"),
    Route("POST", "/o/{slug}/sessions/{id}/ask", showing.ask, EVERYONE, "public-ask"),
)
