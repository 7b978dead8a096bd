"""Access requests and what to do for people: the person's own pages, the desk, the queue, the sheet."""

from service.actions.permissions import Permission
from service.web.entry import GUEST, Route, staff
from service.web.pages.helping import desk, looked, own
from service.web.pages.requests import one, queue, sheet, steps, words

HELP = "/i/{link}/help"
NEEDS = "/people/{id}/needs"
REQUEST = "/requests/{id}"

SEES = staff(Permission.SEE_REQUESTS)
ARRANGES = staff(Permission.ARRANGE)
DECIDES = staff(Permission.DECIDE_CANNOT)
ANSWERS_FOR = staff(Permission.ANSWER_FOR)

ROUTES: tuple[Route, ...] = (
    Route("GET", HELP, own.overview, GUEST, "help"),
    Route("GET", f"{HELP}/consent", own.consent_page, GUEST, "help-consent"),
    Route("POST", f"{HELP}/consent", own.agree, GUEST, "help-agree"),
    Route("POST", f"{HELP}/consent/back", own.take_back_agreement, GUEST, "help-agree-back"),
    Route("GET", f"{HELP}/tell", own.tell_page, GUEST, "help-tell"),
    Route("POST", f"{HELP}/tell", own.tell, GUEST, "help-told"),
    Route("POST", f"{HELP}/needs/{{need}}/back", own.take_back, GUEST, "help-need-back"),
    Route("POST", f"{HELP}/requests/{{request}}/answer", own.answer, GUEST, "help-answer"),
    Route("GET", f"{HELP}/looked", looked.own, GUEST, "help-looked"),
    Route("GET", "/people/{id}/looked", looked.desk, ANSWERS_FOR, "looked"),
    Route("GET", NEEDS, desk.overview, ANSWERS_FOR, "needs"),
    Route("POST", f"{NEEDS}/consent", desk.agree, ANSWERS_FOR, "needs-agree"),
    Route(
        "POST", f"{NEEDS}/consent/back", desk.take_back_agreement, ANSWERS_FOR, "needs-agree-back"
    ),
    Route("GET", f"{NEEDS}/tell", desk.tell_page, ANSWERS_FOR, "needs-tell"),
    Route("POST", f"{NEEDS}/tell", desk.tell, ANSWERS_FOR, "needs-told"),
    Route("POST", f"{NEEDS}/{{need}}/back", desk.take_back, ANSWERS_FOR, "needs-back"),
    Route("GET", f"{NEEDS}/{{need}}/words", words.ask, ARRANGES, "words"),
    Route("POST", f"{NEEDS}/{{need}}/words", words.show, ARRANGES, "words-open"),
    Route("GET", "/requests", queue.queue, SEES, "requests"),
    Route("GET", REQUEST, one.show, SEES, "request"),
    Route("POST", f"{REQUEST}/take-on", steps.take_on, ARRANGES, "request-take-on"),
    Route("POST", f"{REQUEST}/next-step", steps.set_next_step, ARRANGES, "request-next-step"),
    Route("POST", f"{REQUEST}/arranged", steps.set_arranged, ARRANGES, "request-arranged"),
    Route("POST", f"{REQUEST}/alternative", steps.offer, ARRANGES, "request-alternative"),
    Route("POST", f"{REQUEST}/pass", steps.pass_on, ARRANGES, "request-to-director"),
    Route("POST", f"{REQUEST}/cannot", steps.cannot, DECIDES, "request-cannot"),
    Route("POST", f"{REQUEST}/give-back", steps.give_back, DECIDES, "request-give-back"),
    Route("POST", f"{REQUEST}/cost", steps.note_cost, ARRANGES, "request-cost"),
    Route("POST", f"{REQUEST}/leave", steps.leave_booking, ARRANGES, "request-leave"),
    Route("POST", f"{REQUEST}/review", steps.review, ARRANGES, "request-review"),
    Route("POST", f"{REQUEST}/answer", steps.answer, ANSWERS_FOR, "request-answer"),
    Route(
        "GET",
        "/sessions/{id}/help",
        sheet.sheet,
        staff(Permission.SEE_ACTION_LINES),
        "session-help",
    ),
    Route(
        "POST",
        "/sessions/{id}/help",
        sheet.write,
        staff(Permission.SEE_ACTION_LINES),
        "session-help-tick",
    ),
)
