"""For whoever watches the service: is it alive, and can it serve?"""

from aiohttp import web

from service.errors import ServiceError
from service.storage.schema import check_version
from service.web.context import DATABASE


async def alive(_request: web.Request) -> web.Response:
    """Say that the process answers."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """Say whether the database answers and has the schema this program needs."""
    try:
        async with request.app[DATABASE].reading() as db:
            await check_version(db)
    except (ServiceError, TimeoutError, OSError) as error:
        code = error.code if isinstance(error, ServiceError) else "database"
        return web.json_response({"status": "not ready", "why": code}, status=503)
    return web.json_response({"status": "ready"})


def add_health(app: web.Application) -> None:
    """Add the two addresses; they take no part in sign-in or transactions."""
    app.router.add_get("/healthz", alive, name="healthz")
    app.router.add_get("/readyz", ready, name="readyz")
