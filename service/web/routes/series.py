"""Series: making them, their pages, changing and ending them, and coming each time."""

from service.actions.permissions import Permission
from service.web.entry import GUEST, Route, staff
from service.web.pages.series import (
    dates,
    desk,
    each_time,
    editing,
    ending,
    listing,
    people,
    planning,
    showing,
    starting,
)

SEE = staff(Permission.SEE_MEETINGS)
PLAN = staff(Permission.PLAN_MEETINGS)
CHOOSE = staff(Permission.CHOOSE_PEOPLE)
ANSWER = staff(Permission.ANSWER_FOR)
PLANNED = "/series/{id}/plan"
LIST, GUEST_OF = "/series/{id}/people", "/series/{id}/people/{person}"
EACH_TIME = "/i/{link}/each-time"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/series", listing.show, SEE, "series-list"),
    Route("GET", "/series/new", planning.new, PLAN, "series-new"),
    Route("POST", "/series/new", planning.begin, PLAN, "series-begin"),
    Route("GET", "/series/{id}", showing.show, SEE, "series"),
    Route("GET", f"{PLANNED}/kind", planning.show_kind, PLAN, "series-kind"),
    Route("POST", f"{PLANNED}/kind", planning.save_kind, PLAN, "series-kind-save"),
    Route("GET", f"{PLANNED}/else", planning.explain_else, PLAN, "series-two"),
    Route("GET", f"{PLANNED}/dates", dates.show, PLAN, "series-dates"),
    Route("POST", f"{PLANNED}/dates", dates.save, PLAN, "series-dates-save"),
    Route("POST", f"{PLANNED}/dates/decide", dates.decide, PLAN, "series-date-decide"),
    Route("GET", f"{PLANNED}/dates/move", dates.ask_where, PLAN, "series-date-where"),
    Route("POST", f"{PLANNED}/dates/move", dates.move, PLAN, "series-date-move"),
    Route("GET", f"{PLANNED}/people", people.show, CHOOSE, "series-plan-people"),
    Route("POST", f"{PLANNED}/people", people.go_on, CHOOSE, "series-plan-people-on"),
    Route("POST", f"{PLANNED}/people/add", people.add, CHOOSE, "series-plan-people-add"),
    Route("POST", f"{PLANNED}/people/remove", people.remove, CHOOSE, "series-plan-people-off"),
    Route("GET", f"{PLANNED}/check", starting.check, PLAN, "series-check"),
    Route("POST", "/series/{id}/start", starting.start, PLAN, "series-start"),
    Route("GET", f"{PLANNED}/{{part}}", planning.show_part, PLAN, "series-part"),
    Route("POST", f"{PLANNED}/{{part}}", planning.save_part, PLAN, "series-part-save"),
    Route("POST", "/series/{id}/copy", planning.copy, PLAN, "series-copy"),
    Route("GET", "/series/{id}/throw-away", planning.ask_to_throw_away, PLAN, "series-throw-away"),
    Route("POST", "/series/{id}/throw-away", planning.throw_away, PLAN, "series-throw-away-do"),
    Route("GET", "/series/{id}/change/{part}", editing.show_part, PLAN, "series-change"),
    Route("POST", "/series/{id}/change/{part}", editing.save_part, PLAN, "series-change-save"),
    Route("GET", "/series/{id}/end", ending.ask, PLAN, "series-end"),
    Route("POST", "/series/{id}/end", ending.end, PLAN, "series-end-do"),
    Route("GET", LIST, people.show, CHOOSE, "series-people"),
    Route("POST", f"{LIST}/add", people.add, CHOOSE, "series-people-add"),
    Route("GET", GUEST_OF, desk.ask, ANSWER, "series-desk"),
    Route("POST", GUEST_OF, desk.enter, ANSWER, "series-desk-enter"),
    Route("POST", f"{GUEST_OF}/stop", desk.stop, ANSWER, "series-desk-stop"),
    Route("GET", f"{GUEST_OF}/remove", people.ask_to_take_off, CHOOSE, "series-person-off"),
    Route("POST", f"{GUEST_OF}/remove", people.take_off, CHOOSE, "series-person-off-do"),
    Route("GET", EACH_TIME, each_time.show, GUEST, "each-time"),
    Route("POST", EACH_TIME, each_time.join, GUEST, "each-time-join"),
    Route("POST", f"{EACH_TIME}/stop", each_time.stop, GUEST, "each-time-stop"),
)
