"""The rules of the house that no linter knows: who asks first, who writes it down, how long things are."""

import ast

from service.actions.permissions import SCOPES, Permission
from service.web.entry import Entry
from service.web.routes import ROUTES
from tests.reading_code import (
    ACTIONS,
    Function,
    Name,
    actions,
    called_name,
    calls_in,
    found,
    functions,
    modules,
    path_of,
    reached_from,
)

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
ASKING = frozenset({"require", "require_for"})
#: What changes rows, besides giving a value to something's attribute.
CHANGING_METHODS = frozenset({"add", "add_all", "delete"})
CHANGING_CALLS = frozenset(
    {"changed_rows", "delete", "insert", "overtake_tasks", "queue_mail", "update"}
)

#: Called by the outside without asking for a permission first, and why.
ASKS_NOBODY = {
    "begin_the_day": "time does it, with the system as the actor",
    "coordinators": "a list of colleagues, for everybody who is signed in",
    "notice_late_kit": "time does it, with the system as the actor",
    "meetings_of_host": "a query; what the actor may see begins it",
    "possible_hosts": "a list of colleagues, for everybody who is signed in",
    "sign_out": "everybody may leave",
    "sign_out_everywhere": "everybody may leave",
}


def test_an_action_asks_for_the_permission_before_anything_else() -> None:
    assert set(ASKS_NOBODY) == {name[1] for name in actions() if not asks_first(name)}


def test_an_action_that_changes_something_writes_it_down() -> None:
    silent = {
        name[1]
        for name in actions()
        if any(map(changes, reached_from(name))) and not any(map(records, reached_from(name)))
    }

    assert set() == silent


def test_every_guard_of_programs_and_staff_says_for_what() -> None:
    unsaid = {
        route.guard.entry
        for route in ROUTES
        if route.guard.permission is None and route.guard.scope is None
    }

    by_themselves = {Entry.FEED, Entry.MACHINE}
    assert {Entry.EVERYONE, Entry.STAFF, Entry.DEMONSTRATION} | by_themselves == unsaid


def test_every_permission_opens_something() -> None:
    guarding = {route.guard.permission for route in ROUTES}
    scopes = {route.guard.scope for route in ROUTES} - {None}
    for_programs = {each for scope, opens in SCOPES.items() if scope in scopes for each in opens}
    asked_for = {
        Permission[node.attr]
        for tree in modules().values()
        for call in calls_in(tree)
        if called_name(call) in {"may", "require"}
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute) and node.attr in Permission.__members__
    }

    assert set(Permission) == (guarding | for_programs | asked_for) - {None}


def test_a_module_holds_one_idea() -> None:
    long = {
        module: lines
        for module in modules()
        if (lines := len(path_of(module).read_text("utf-8").splitlines())) > LONGEST_MODULE
    }

    assert {} == long


def test_a_function_fits_on_a_page() -> None:
    long = {
        (module, node.name)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    }

    assert set() == long


def asks_first(name: Name, above: frozenset[Name] = frozenset()) -> bool:
    """Tell whether the first call that gets `db` or `actor` asks, by itself or by what it calls first."""
    function = functions(ACTIONS).get(name)
    if function is None or name in above:
        return False
    for call in calls_in(function):
        given = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
        if given & {"db", "actor"}:
            asks = called_name(call) in ASKING
            return asks or asks_first(found(name[0], called_name(call)), above | {name})
    return False


def changes(function: ast.AST) -> bool:
    """Tell whether a function adds or deletes rows, or gives a value to something's attribute."""
    return any(_is_change(node) for node in ast.walk(function))


def _is_change(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="db"), attr=method)):
            return method in CHANGING_METHODS
        case ast.Call(func=ast.Name(id=called)):
            return called in CHANGING_CALLS
        case ast.Attribute(ctx=ast.Store(), value=ast.Name(id=thing)):
            return thing != "self"
        case _:
            return False


def records(function: ast.AST) -> bool:
    """Tell whether a function writes a line of the audit."""
    return any(called_name(call) == "record" for call in calls_in(function))
