"""Where Prosody asks whether a room may open: `reservations_api_prefix` is the first part of these."""

from service.web.entry import MACHINE, Route
from service.web.jitsi import reservations

ROUTES: tuple[Route, ...] = (
    Route("POST", "/jitsi/{server}/conference", reservations.ask, MACHINE, "jitsi-conference"),
    Route("GET", "/jitsi/{server}/conference/{id}", reservations.look, MACHINE, "jitsi-booking"),
    Route("DELETE", "/jitsi/{server}/conference/{id}", reservations.ended, MACHINE, "jitsi-ended"),
)
