"""Meetings: planning, changing, cancelling, and what is said to the people invited."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages.meetings import (
    announcing,
    attendance,
    changing,
    costs,
    ending,
    impact,
    inviting,
    listing,
    opening_room,
    planning,
    publishing,
    room,
    room_live,
    showing,
)
from service.web.pages.series import editing

SEE = staff(Permission.SEE_MEETINGS)
PLAN = staff(Permission.PLAN_MEETINGS)
COSTS = staff(Permission.SEE_COST_CARD)
CHOOSE = staff(Permission.CHOOSE_PEOPLE)
LOOK_AFTER = staff(Permission.LOOK_AFTER_ROOM)
HOST = staff(Permission.TAKE_PART)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions", listing.coming, SEE, "sessions"),
    Route("GET", "/sessions/earlier", listing.earlier, SEE, "sessions-earlier"),
    Route("GET", "/sessions/new", planning.new, PLAN, "session-new"),
    Route("POST", "/sessions/new", planning.begin, PLAN, "session-begin"),
    Route("GET", "/sessions/{id}", showing.show, SEE, "session"),
    Route("GET", "/sessions/{id}/plan/kind", planning.show_kind, PLAN, "plan-kind"),
    Route("POST", "/sessions/{id}/plan/kind", planning.save_kind, PLAN, "plan-kind-save"),
    Route("GET", "/sessions/{id}/plan/people", inviting.show, CHOOSE, "plan-people"),
    Route("POST", "/sessions/{id}/plan/people", inviting.go_on, CHOOSE, "plan-people-on"),
    Route("POST", "/sessions/{id}/plan/people/add", inviting.add, CHOOSE, "plan-people-add"),
    Route(
        "POST", "/sessions/{id}/plan/people/remove", inviting.remove, CHOOSE, "plan-people-remove"
    ),
    Route("GET", "/sessions/{id}/plan/check", publishing.check, PLAN, "plan-check"),
    Route("POST", "/sessions/{id}/publish", publishing.publish, PLAN, "session-publish"),
    Route("GET", "/sessions/{id}/plan/{part}", planning.show_part, PLAN, "plan-part"),
    Route("POST", "/sessions/{id}/plan/{part}", planning.save_part, PLAN, "plan-part-save"),
    Route("GET", "/sessions/{id}/change/{part}", changing.show, PLAN, "session-change"),
    Route("POST", "/sessions/{id}/change/{part}", editing.save_date, PLAN, "session-change-save"),
    Route("GET", "/sessions/{id}/impact", impact.show, PLAN, "session-impact"),
    Route("GET", "/sessions/{id}/costs", costs.show, COSTS, "session-costs"),
    Route("GET", "/sessions/{id}/people", inviting.show, CHOOSE, "session-people"),
    Route("POST", "/sessions/{id}/people/add", inviting.add, CHOOSE, "session-people-add"),
    Route("POST", "/sessions/{id}/people/remove", inviting.remove, CHOOSE, "session-people-remove"),
    Route(
        "GET",
        "/sessions/{id}/people/{invitation}/remove",
        inviting.ask_to_remove,
        CHOOSE,
        "session-person-off",
    ),
    Route(
        "POST",
        "/sessions/{id}/people/{invitation}/remove",
        inviting.take_off,
        CHOOSE,
        "session-person-off-do",
    ),
    Route("GET", "/sessions/{id}/room", room.show, LOOK_AFTER, "session-room"),
    Route("GET", "/sessions/{id}/room/live", room_live.live, LOOK_AFTER, "room-live", waits=True),
    Route("POST", "/sessions/{id}/room/wait", room.wait, LOOK_AFTER, "room-wait"),
    Route("POST", "/sessions/{id}/room/number", room.number, LOOK_AFTER, "room-number"),
    Route("GET", "/sessions/{id}/attendance", attendance.show, LOOK_AFTER, "attendance"),
    Route("POST", "/sessions/{id}/attendance", attendance.save, LOOK_AFTER, "attendance-save"),
    Route("POST", "/sessions/{id}/room/open", opening_room.press, HOST, "open-room"),
    Route("GET", "/sessions/{id}/message", announcing.write, PLAN, "session-message"),
    Route("POST", "/sessions/{id}/message", announcing.send, PLAN, "session-message-send"),
    Route("GET", "/sessions/{id}/cancel", ending.ask_to_cancel, PLAN, "session-cancel"),
    Route("POST", "/sessions/{id}/cancel", ending.cancel, PLAN, "session-cancel-do"),
    Route("POST", "/sessions/{id}/copy", ending.copy, PLAN, "session-copy"),
    Route("GET", "/sessions/{id}/throw-away", ending.ask_to_throw_away, PLAN, "draft-throw-away"),
    Route("POST", "/sessions/{id}/throw-away", ending.throw, PLAN, "draft-throw-away-do"),
)
