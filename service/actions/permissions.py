"""Who may do what, as one table that can be read aloud."""

from enum import StrEnum
from uuid import UUID

from service.actor import Actor, Door, Role
from service.errors import NotAllowed, NotFound


class Permission(StrEnum):
    """One thing somebody may be allowed to do."""

    SEE_MEETINGS = "see meetings"
    PLAN_MEETINGS = "plan, change and cancel meetings"
    SEE_COST_CARD = "see what it costs to leave nobody out of a meeting, as a whole"
    CHOOSE_PEOPLE = "search people by chosen name, to invite them"
    KEEP_PEOPLE = "see and change people and how to reach them"
    MOVE_PEOPLE = "import and export people"
    KEEP_GROUPS = "keep groups"
    KEEP_PLACES = "keep places"
    KEEP_KINDS = "keep kinds of meeting"
    KEEP_DATES = "keep dates to keep in mind"
    ANSWER_FOR = "enter an answer or a need for somebody"
    DO_TASKS = "see and finish tasks"
    SEE_REQUESTS = "see access requests"
    ARRANGE = "arrange access requests and open own words with a reason"
    KEEP_SUPPLIERS = "keep suppliers, and what they ask for"
    DECIDE_CANNOT = "decide that something cannot be done"
    KEEP_BUDGET = "set money aside for access, and see what it is spent on"
    SEE_ACTION_LINES = "see what to do for people in one's own meetings"
    SEE_MESSAGES = "see what was sent and what failed"
    SEE_SET_UP = "see what there is to set up"
    SET_UP = "set up the organisation, its staff and its tokens"
    KEEP_SERVERS = "keep the Jitsi servers of the installation, for every organisation"
    SEE_ROTA = "see the rota, and say when one can help"
    TAKE_PART = "take a part in a meeting, or offer one's own to colleagues"
    KEEP_ROTA = "give out parts in meetings, and keep when colleagues can"
    LOOK_AFTER_ROOM = "see who is in a meeting one looks after, and note who came"
    KEEP_CLAIMS = "decide about money people ask for, and pay it"
    SEE_CASH_LIST = "see who is handed money at the door of a meeting, and tick it"
    KEEP_KIT = "keep what the organisation owns, and lend it"
    TELL_OF_ILLNESS = "tell people, with no names, that somebody was ill"
    WRITE_SAFEGUARDING = "write a note for the safeguarding lead"
    SEE_KEPT = "see how long what is held is kept, and what goes when"
    READ_SAFEGUARDING = "read and close notes for the safeguarding lead"
    OWN_INVITATION = "see and answer one's own invitation"


F, C, D, S, A = Role.FACILITATOR, Role.COORDINATOR, Role.DIRECTOR, Role.SAFEGUARDING, Role.ADMIN
OPERATORS = frozenset({Role.OPERATOR})

ROLES_THAT_MAY: dict[Permission, frozenset[Role]] = {
    Permission.SEE_MEETINGS: frozenset({F, C, D, S, A}),
    Permission.PLAN_MEETINGS: frozenset({F, C}),
    Permission.SEE_COST_CARD: frozenset({F, C, D}),
    Permission.CHOOSE_PEOPLE: frozenset({F, C}),
    Permission.KEEP_PEOPLE: frozenset({C}),
    Permission.MOVE_PEOPLE: frozenset({C}),
    Permission.KEEP_GROUPS: frozenset({C}),
    Permission.KEEP_PLACES: frozenset({C, A}),
    Permission.KEEP_KINDS: frozenset({C, A}),
    Permission.KEEP_DATES: frozenset({C, A}),
    Permission.ANSWER_FOR: frozenset({C}),
    Permission.DO_TASKS: frozenset({F, C, D, A}),
    Permission.SEE_REQUESTS: frozenset({C, D}),
    Permission.ARRANGE: frozenset({C}),
    Permission.KEEP_SUPPLIERS: frozenset({C}),
    Permission.DECIDE_CANNOT: frozenset({D}),
    Permission.KEEP_BUDGET: frozenset({D}),
    Permission.SEE_ACTION_LINES: frozenset({F}),
    Permission.SEE_MESSAGES: frozenset({C, A}),
    Permission.SEE_SET_UP: frozenset({C, A}) | OPERATORS,
    Permission.SET_UP: frozenset({A}),
    Permission.KEEP_SERVERS: OPERATORS,
    Permission.SEE_ROTA: frozenset({F, C, D, S, A}),
    Permission.TAKE_PART: frozenset({F, C, D, S, A}),
    Permission.KEEP_ROTA: frozenset({C}),
    Permission.LOOK_AFTER_ROOM: frozenset({F, C}),
    Permission.KEEP_CLAIMS: frozenset({C}),
    Permission.SEE_CASH_LIST: frozenset({F, C}),
    Permission.KEEP_KIT: frozenset({C}),
    Permission.TELL_OF_ILLNESS: frozenset({F, C}),
    Permission.WRITE_SAFEGUARDING: frozenset({F, C, S}),
    Permission.SEE_KEPT: frozenset({A, D}),
    Permission.READ_SAFEGUARDING: frozenset({S}),
    Permission.OWN_INVITATION: frozenset(),
}

#: What a link of one's own may open. Whose thing it is, the actions look at.
OF_LINKS = frozenset({Permission.OWN_INVITATION, Permission.TAKE_PART})

#: What a program's token may be made for. Reading and writing are asked for apart.
SCOPES: dict[str, frozenset[Permission]] = {
    "people:read": frozenset({Permission.KEEP_PEOPLE}),
    "people:write": frozenset({Permission.KEEP_PEOPLE}),
    "places:read": frozenset({Permission.KEEP_PLACES}),
    "places:write": frozenset({Permission.KEEP_PLACES}),
    "kinds:read": frozenset({Permission.KEEP_KINDS}),
    "kinds:write": frozenset({Permission.KEEP_KINDS}),
    "meetings:read": frozenset({Permission.SEE_MEETINGS}),
    "meetings:write": frozenset(
        {Permission.SEE_MEETINGS, Permission.PLAN_MEETINGS, Permission.CHOOSE_PEOPLE}
    ),
    "invitations:read": frozenset({Permission.SEE_MEETINGS}),
    "invitations:write": frozenset(
        {
            Permission.SEE_MEETINGS,
            Permission.PLAN_MEETINGS,
            Permission.CHOOSE_PEOPLE,
            Permission.ANSWER_FOR,
        }
    ),
    "messages:read": frozenset({Permission.SEE_MESSAGES}),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Tell whether the actor may do this."""
    match actor.door:
        case Door.SYSTEM:
            return True
        case Door.GUEST:
            return permission in OF_LINKS
        case Door.PROGRAM:
            return any(permission in SCOPES[scope] for scope in actor.scopes or ())
        case Door.STAFF:
            return not actor.roles.isdisjoint(ROLES_THAT_MAY[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor may do this. Every action begins with it."""
    if not may(actor, permission):
        raise NotAllowed


def require_for(actor: Actor, person_id: UUID) -> None:
    """Raise unless this is the person's own matter, or the actor writes down what they said.

    NotFound for another guest's things, NotAllowed for staff who may not answer for people.
    """
    if actor.door is not Door.GUEST:
        require(actor, Permission.ANSWER_FOR)
        return
    require(actor, Permission.OWN_INVITATION)
    if actor.person_id != person_id:
        raise NotFound
