"""Put the web service together from its parts."""

from aiohttp import web

from service.actions.opened_servers import Servers
from service.actions.rooms_known import RoomsKnown
from service.parts import Parts
from service.web.context import (
    AUDIT,
    CLOCK,
    DATABASE,
    EVENTS,
    HOT,
    IS_DEMO,
    KEYS,
    LIMITS,
    ROOMS_KNOWN,
    SEALER,
    SERVERS,
    SETTINGS,
    TEMPLATES,
    Limits,
)
from service.web.entry import Route
from service.web.guards import guarded
from service.web.health import add_health
from service.web.jitsi.unknown_events import UNKNOWN_EVENTS, UnknownEvents
from service.web.lines import LINES, Lines, write_the_rest
from service.web.live import LIVE, Live
from service.web.middlewares import SAFETY, errors, headers, safety_headers, same_site
from service.web.patience import HEARD, hear
from service.web.rendering import make_templates
from service.web.routes import ROUTES
from service.web.shelf import SHELF, Shelf
from service.web.statics import all_statics

#: The largest body any route takes: a CSV file of a few thousand people.
LARGEST_BODY = 2 * 1024 * 1024


def make_app(parts: Parts, *, log_every: float = 0) -> web.Application:
    """Make the application; whoever runs it opened the parts and closes them.

    Log lines are collected for `log_every` seconds and written together; each at once if it is 0.
    """
    app = web.Application(
        middlewares=[hear, headers, errors, same_site], client_max_size=LARGEST_BODY
    )
    statics = all_statics()
    app[SETTINGS] = parts.settings
    app[SAFETY] = safety_headers(parts.settings)
    app[DATABASE] = parts.database
    app[HOT] = parts.hot
    app[SERVERS] = Servers(parts.database, parts.keys)
    app[EVENTS] = parts.events
    app[AUDIT] = parts.audit
    app[UNKNOWN_EVENTS] = UnknownEvents()
    app[ROOMS_KNOWN] = RoomsKnown(parts.database, parts.hot, parts.clock)
    app[SHELF] = Shelf()
    app[KEYS] = parts.keys
    app[SEALER] = parts.sealer
    app[CLOCK] = parts.clock
    app[IS_DEMO] = parts.is_demo
    app[LIMITS] = Limits()
    app[HEARD] = set()
    app[LINES] = Lines(every_seconds=log_every)
    app.on_cleanup.append(write_the_rest)
    app[LIVE] = Live()
    app.on_shutdown.append(app[LIVE].close)
    app[TEMPLATES] = make_templates(statics.url)
    app.router.add_get("/static/{mark}/{name}", statics.serve, name="static")
    add_health(app)
    for route in ROUTES:
        _add(app, route)
    return app


def _add(app: web.Application, route: Route) -> None:
    """Add a route; what can be read can also be asked for its head alone."""
    if route.method == "GET":
        app.router.add_get(route.path, guarded(route), name=route.name)
    else:
        app.router.add_route(route.method, route.path, guarded(route), name=route.name)
