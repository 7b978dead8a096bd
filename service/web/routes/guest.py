"""A participant's own pages, opened by the link of an invitation, and the way back to a lost link."""

from service.web.entry import EVERYONE, GUEST, JOIN, STOPPING, Route
from service.web.pages.guest import (
    answering,
    calendar_file,
    details,
    invitation,
    joining,
    link_again,
    not_now,
    place,
    practising,
    stopping,
)

ROUTES: tuple[Route, ...] = (
    # First, as addresses are tried one after the other, and this is pressed by all at once.
    Route("POST", "/i/{link}/join", joining.join, JOIN, "join"),
    Route("GET", "/i/{link}", invitation.show, GUEST, "invitation"),
    Route("POST", "/i/{link}/answer", answering.press, GUEST, "answer"),
    Route("GET", "/i/{link}/waiting/{way}", answering.ask_to_wait, GUEST, "waiting"),
    Route("GET", "/i/{link}/place", place.show, GUEST, "kept-place"),
    Route("POST", "/i/{link}/place", place.decide, GUEST, "decide-place"),
    Route("GET", "/i/{link}/company", answering.ask_company, GUEST, "company"),
    Route("POST", "/i/{link}/company", answering.bring_company, GUEST, "bring-company"),
    Route("GET", "/i/{link}/join", not_now.show, GUEST, "cannot-join-now"),
    Route("GET", "/i/{link}/practice", practising.show, GUEST, "practice"),
    Route("POST", "/i/{link}/practice", practising.press, GUEST, "begin-practice"),
    Route("GET", "/i/{link}/calendar.ics", calendar_file.calendar, GUEST, "calendar-file"),
    Route("GET", "/i/{link}/details", details.show, GUEST, "own-details"),
    Route("POST", "/i/{link}/details", details.change, GUEST, "change-own-details"),
    Route("POST", "/i/{link}/new-link", details.new_link, GUEST, "new-link"),
    Route("GET", "/stop/{link}", stopping.show, STOPPING, "stop-reminders"),
    Route(
        "POST",
        "/stop/{link}",
        stopping.press,
        STOPPING,
        "press-stop-reminders",
        takes_file=True,
    ),
    Route("GET", "/link-again/{slug}", link_again.show, EVERYONE, "link-again"),
    Route("POST", "/link-again/{slug}", link_again.ask, EVERYONE, "ask-link-again"),
)
