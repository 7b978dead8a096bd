"""Round a session: the question afterwards, what is different this time, the form on paper, the times."""

from service.actions.permissions import Permission
from service.web.entry import GUEST, Route, staff
from service.web.pages.after import desk, own
from service.web.pages.helping import desk as needs_desk
from service.web.pages.helping import paper, this_time
from service.web.pages.set_up import times

AFTER = "/after/{id}"

ANSWERS_FOR = staff(Permission.ANSWER_FOR)
ADMIN = staff(Permission.SET_UP)
ARRANGES = staff(Permission.ARRANGE)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/i/{link}/after", own.show, GUEST, "after-own"),
    Route("POST", "/i/{link}/after", own.answer, GUEST, "after-said"),
    Route("GET", "/i/{link}/help/this-time", this_time.show, GUEST, "help-this-time"),
    Route("POST", "/i/{link}/help/this-time", this_time.same, GUEST, "help-this-time-same"),
    Route("POST", "/people/{id}/needs/same", needs_desk.same, ANSWERS_FOR, "needs-same"),
    Route("GET", "/people/{id}/needs/paper", paper.form, ANSWERS_FOR, "needs-paper"),
    Route("GET", AFTER, desk.show, ANSWERS_FOR, "after"),
    Route("POST", AFTER, desk.write_down, ANSWERS_FOR, "after-written"),
    Route("GET", "/set-up/times", times.show, ADMIN, "service_times"),
    Route("POST", "/set-up/times", times.change, ADMIN, "service_times_change"),
    Route("GET", f"{AFTER}/words", desk.ask_why, ARRANGES, "after-words"),
    Route("POST", f"{AFTER}/words", desk.open_words, ARRANGES, "after-words-open"),
)
