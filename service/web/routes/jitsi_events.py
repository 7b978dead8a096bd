"""Where Jitsi servers tell what happens in their rooms, and JaaS asks how one is to be."""

from service.web.entry import MACHINE, Route
from service.web.jitsi import events

TOLD = "/jitsi/{server}/events/{whose:room|occupant}/{what:created|destroyed|joined|left}"

ROUTES: tuple[Route, ...] = (
    Route("POST", TOLD, events.from_prosody, MACHINE, "jitsi-event"),
    Route("POST", "/jitsi/{server}/events", events.from_anybody, MACHINE, "own-events"),
    Route("POST", "/jaas/{server}", events.from_jaas, MACHINE, "jaas-event"),
    Route("POST", "/jaas/{server}/settings", events.settings, MACHINE, "jaas-settings"),
)
