"""Put the web service together from its parts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from service.clock import Clock
from service.config import Settings
from service.keys import Keys, load_keys
from service.storage.database import Database
from service.storage.organisations import installation_fact
from service.storage.schema import check_version
from service.storage.sealed import Sealer
from service.web.context import (
    CLOCK,
    DATABASE,
    IS_DEMO,
    KEYS,
    LIMITS,
    SEALER,
    SETTINGS,
    TEMPLATES,
    Limits,
)
from service.web.guards import Route, guarded
from service.web.health import add_health
from service.web.middlewares import errors, headers, same_site
from service.web.rendering import make_templates
from service.web.routes import ROUTES
from service.web.statics import Statics

#: The largest body any route takes: a CSV file of a few thousand people.
LARGEST_BODY = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """What the web service and the worker are made of."""

    settings: Settings
    database: Database
    keys: Keys
    sealer: Sealer
    clock: Clock
    is_demo: bool


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncGenerator[Parts]:
    """Open database, keys and clock; refuse a schema that is out of date or keys of another installation."""
    database = Database(settings.database_url, pool_size=settings.database_pool)
    sealer = None
    try:
        async with database.reading() as db:
            await check_version(db)
            is_demo = await installation_fact(db, "is_demo") == "yes"
        keys = load_keys(settings.keys_folder)
        sealer = Sealer(Database(settings.keys_database_url, pool_size=2), keys.ring)
        await sealer.prepare()
        clock = Clock(settings.clock_file, is_demonstration=is_demo)
        yield Parts(settings, database, keys, sealer, clock, is_demo)
    finally:
        await database.close()
        if sealer is not None:
            await sealer.close()


def make_app(parts: Parts) -> web.Application:
    """Make the application; whoever runs it opened the parts and closes them."""
    app = web.Application(middlewares=[headers, errors, same_site], client_max_size=LARGEST_BODY)
    statics = Statics()
    app[SETTINGS] = parts.settings
    app[DATABASE] = parts.database
    app[KEYS] = parts.keys
    app[SEALER] = parts.sealer
    app[CLOCK] = parts.clock
    app[IS_DEMO] = parts.is_demo
    app[LIMITS] = Limits()
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
