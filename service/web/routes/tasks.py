"""Today's tasks, calls and letters."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages.tasks import askings, doing, letters, lists, mails, one

DO = staff(Permission.DO_TASKS)
PEOPLE = staff(Permission.KEEP_PEOPLE)
ANSWER = staff(Permission.ANSWER_FOR)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/askings/{id}", askings.show, PEOPLE, "asking"),
    Route("POST", "/askings/{id}/invite", askings.invite, PEOPLE, "asking-invite"),
    Route("POST", "/askings/{id}/settle", askings.settle, PEOPLE, "asking-settle"),
    Route("GET", "/today", lists.today, DO, "today"),
    Route("GET", "/calls", lists.calls, PEOPLE, "calls"),
    Route("GET", "/letters", lists.letters, PEOPLE, "letters"),
    Route("GET", "/letters/{id}", letters.letter, PEOPLE, "letter"),
    Route("GET", "/tasks/{id}", one.task_page, DO, "task"),
    Route("POST", "/tasks/{id}/done", doing.done, DO, "task-done"),
    Route("POST", "/tasks/{id}/not-reached", doing.not_reached, DO, "task-tomorrow"),
    Route("POST", "/tasks/{id}/let-go", doing.too_late, DO, "task-let-go"),
    Route("POST", "/tasks/{id}/wrong-number", doing.number_is_wrong, PEOPLE, "task-wrong-number"),
    Route("POST", "/tasks/{id}/answer", doing.answered, ANSWER, "task-answer"),
    Route("POST", "/tasks/{id}/posted", doing.posted, PEOPLE, "task-posted"),
    Route("POST", "/tasks/{id}/send-again", doing.mail_again, DO, "task-send-again"),
    Route("POST", "/tasks/{id}/place", doing.place, ANSWER, "task-place"),
    Route("POST", "/tasks/{id}/mail-answer", mails.mail_answered, ANSWER, "task-mail-answer"),
    Route("POST", "/tasks/{id}/address-works", mails.address_is_right, PEOPLE, "task-address"),
    Route("POST", "/tasks/{id}/links", doing.read_out, ANSWER, "task-links"),
)
