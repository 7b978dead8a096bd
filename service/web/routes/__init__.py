"""All routes, each with its guard, in one list made of a list for each kind of visitor."""

from service.web.entry import Route
from service.web.routes import (
    access,
    api,
    feeds,
    guest,
    jitsi_events,
    jitsi_keys,
    jitsi_phone,
    jitsi_reservations,
    meetings,
    people,
    phone,
    public,
    rota,
    series,
    servers,
    setting_up,
    signing_in,
    tasks,
)

ROUTES: tuple[Route, ...] = (
    *public.ROUTES,
    *signing_in.ROUTES,
    *guest.ROUTES,
    *jitsi_events.ROUTES,
    *jitsi_keys.ROUTES,
    *jitsi_phone.ROUTES,
    *jitsi_reservations.ROUTES,
    *feeds.ROUTES,
    *meetings.ROUTES,
    *series.ROUTES,
    *people.ROUTES,
    *phone.ROUTES,
    *rota.ROUTES,
    *tasks.ROUTES,
    *access.ROUTES,
    *setting_up.ROUTES,
    *servers.ROUTES,
    *api.ROUTES,
)
