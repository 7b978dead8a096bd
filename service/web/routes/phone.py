"""Joining by phone: who rings whom, and tables for those on the phone."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages.meetings import phone_tables, ringing

LOOK_AFTER = staff(Permission.LOOK_AFTER_ROOM)
PLAN = staff(Permission.PLAN_MEETINGS)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/{id}/ring-round", ringing.show, LOOK_AFTER, "ring-round"),
    Route("POST", "/sessions/{id}/ring-round", ringing.save, LOOK_AFTER, "ring-round-save"),
    Route("GET", "/sessions/{id}/tables", phone_tables.show, LOOK_AFTER, "phone-tables"),
    Route("POST", "/sessions/{id}/tables/add", phone_tables.add, PLAN, "table-add"),
    Route("POST", "/sessions/{id}/tables/seats", phone_tables.seat, PLAN, "table-seats"),
    Route(
        "POST", "/sessions/{id}/tables/{table}/remove", phone_tables.remove, PLAN, "table-remove"
    ),
    Route(
        "POST",
        "/sessions/{id}/tables/{table}/open",
        phone_tables.open_one,
        LOOK_AFTER,
        "table-open",
    ),
)
