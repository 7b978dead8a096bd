"""What is arranged: suppliers, bookings, the money for access, numbers for directors."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages.arranging import adding, arrangement, booking, money, suppliers

SUPPLIER = "/suppliers/{id}"
ARRANGEMENT = "/arrangements/{id}"

KEEPS_SUPPLIERS = staff(Permission.KEEP_SUPPLIERS)
ARRANGES = staff(Permission.ARRANGE)
ANSWERS_FOR = staff(Permission.ANSWER_FOR)
KEEPS_BUDGET = staff(Permission.KEEP_BUDGET)

#: These stand before the routes of `access`, whose "/requests/{id}" would take them.
ROUTES: tuple[Route, ...] = (
    Route("GET", "/requests/add", adding.find_person, ANSWERS_FOR, "request-add"),
    Route("GET", "/requests/numbers", money.numbers, KEEPS_BUDGET, "request-numbers"),
    Route("GET", "/requests/{id}/book", booking.book_page, ARRANGES, "request-book"),
    Route("POST", "/requests/{id}/book", booking.book_it, ARRANGES, "request-booked"),
    Route("POST", "/requests/{id}/join", booking.join_it, ARRANGES, "request-joined"),
    Route("GET", ARRANGEMENT, arrangement.arrangement_page, ARRANGES, "arrangement"),
    Route("POST", f"{ARRANGEMENT}/booked", arrangement.confirm_it, ARRANGES, "arrangement-booked"),
    Route("POST", f"{ARRANGEMENT}/off", arrangement.call_it_off, ARRANGES, "arrangement-off"),
    Route("POST", f"{ARRANGEMENT}/keep", arrangement.keep_it, ARRANGES, "arrangement-kept"),
    Route("POST", f"{ARRANGEMENT}/done", arrangement.finish_it, ARRANGES, "arrangement-done"),
    Route("POST", f"{ARRANGEMENT}/cost", arrangement.note_cost, ARRANGES, "arrangement-cost"),
    Route("GET", "/suppliers", suppliers.supplier_list, KEEPS_SUPPLIERS, "suppliers"),
    Route("GET", "/suppliers/new", suppliers.new_supplier, KEEPS_SUPPLIERS, "supplier-new"),
    Route("POST", "/suppliers/new", suppliers.add, KEEPS_SUPPLIERS, "supplier-added"),
    Route("GET", SUPPLIER, suppliers.supplier_page, KEEPS_SUPPLIERS, "supplier"),
    Route("GET", f"{SUPPLIER}/edit", suppliers.edit_supplier, KEEPS_SUPPLIERS, "supplier-edit"),
    Route("POST", f"{SUPPLIER}/edit", suppliers.change, KEEPS_SUPPLIERS, "supplier-changed"),
    Route("POST", f"{SUPPLIER}/retire", suppliers.retire, KEEPS_SUPPLIERS, "supplier-retired"),
    Route("GET", "/access-budget", money.budget_page, KEEPS_BUDGET, "budget"),
    Route("POST", "/access-budget", money.add_budget, KEEPS_BUDGET, "budget-added"),
    Route("GET", "/access-budget/{id}", money.edit_budget, KEEPS_BUDGET, "budget-edit"),
    Route("POST", "/access-budget/{id}", money.change_budget, KEEPS_BUDGET, "budget-changed"),
)
