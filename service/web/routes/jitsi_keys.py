"""Where Jitsi servers fetch the public halves of our keys."""

from service.web.entry import MACHINE, Route
from service.web.jitsi import keys

ROUTES: tuple[Route, ...] = (
    Route("GET", "/jitsi/{server}/keys/jwks.json", keys.jwks, MACHINE, "jitsi-jwks"),
    Route("GET", "/jitsi/{server}/keys/{digest}.pem", keys.pem, MACHINE, "jitsi-key"),
)
