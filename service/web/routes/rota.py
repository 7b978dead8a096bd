"""The rota: who does what, when colleagues can, and the links by which they take a part."""

from service.actions.permissions import Permission
from service.web.entry import COLLEAGUE, Route, staff
from service.web.pages.rota import listing, parts, taking, times

SEE = staff(Permission.SEE_ROTA)
TAKE = staff(Permission.TAKE_PART)
KEEP = staff(Permission.KEEP_ROTA)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/rota", listing.show, SEE, "rota"),
    Route("GET", "/rota/take/{ask_link}", taking.show, COLLEAGUE, "rota-take"),
    Route("POST", "/rota/take/{ask_link}", taking.answer, COLLEAGUE, "rota-take-answer"),
    Route("GET", "/rota/times", times.everybody, KEEP, "rota-colleagues"),
    Route("GET", "/rota/times/{id}", times.show, SEE, "rota-times"),
    Route("POST", "/rota/times/{id}/weekly", times.weekly, SEE, "rota-times-weekly"),
    Route("POST", "/rota/times/{id}/away", times.away, SEE, "rota-times-away"),
    Route("POST", "/rota/times/{id}/remove", times.remove, SEE, "rota-times-remove"),
    Route("GET", "/sessions/{id}/rota", parts.session, SEE, "session-rota"),
    Route("GET", "/sessions/{id}/rota/{role}", parts.part, SEE, "session-part"),
    Route("POST", "/sessions/{id}/rota/{role}/give", parts.give, KEEP, "session-part-give"),
    Route("POST", "/sessions/{id}/rota/{role}/free", parts.remove, KEEP, "session-part-free"),
    Route("POST", "/sessions/{id}/rota/{role}/take", parts.take, TAKE, "session-part-take"),
    Route("POST", "/sessions/{id}/rota/{role}/ask", parts.ask, TAKE, "session-part-ask"),
    Route(
        "POST", "/sessions/{id}/rota/{role}/ask-end", parts.ask_no_longer, TAKE, "session-part-end"
    ),
    Route("POST", "/sessions/{id}/rota/{role}/no", parts.said_no, KEEP, "session-part-no"),
)
