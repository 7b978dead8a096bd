"""What travels with the application and with each request, under typed keys."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aiohttp import web
from jinja2 import Environment

from service.actions.needs import Sealer
from service.actions.opened_servers import Servers
from service.actions.rooms_known import RoomsKnown
from service.actor import Actor
from service.clock import Clock
from service.config import Settings
from service.keys import Keys
from service.storage.audit_keeper import AuditKeeper
from service.storage.base import Db
from service.storage.database import Database
from service.storage.event_keeper import EventKeeper
from service.storage.hot import Hot
from service.storage.invitations import Invitation
from service.storage.organisations import Organisation
from service.storage.step_ins import StepInAsked
from service.web.attempts import Attempts


@dataclass(frozen=True, slots=True)
class House:
    """The organisation as pages show it: plain values, which outlive the transaction."""

    id: UUID
    slug: str
    name: str
    contact_phone: str
    contact_email: str
    zone: str
    server_id: UUID | None
    dial_in_number: str


@dataclass(slots=True)
class Limits:
    """Counters against guessing, in memory: per address, and per link or person."""

    by_address: Attempts = field(default_factory=lambda: Attempts(20, seconds=60))
    by_target: Attempts = field(default_factory=lambda: Attempts(5, seconds=600))
    #: Wrong PINs: of one caller, where the voice menu says who calls, and of all from one address. One
    #: person cannot type so many that the others who come through the same menu are kept out.
    pins_by_caller: Attempts = field(default_factory=lambda: Attempts(5, seconds=600))
    pins_by_address: Attempts = field(default_factory=lambda: Attempts(100, seconds=600))


SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
HOT = web.AppKey("hot", Hot)
SERVERS = web.AppKey("servers", Servers)
#: Keeps what Jitsi servers tell, durably; live pages watch their rooms here.
EVENTS = web.AppKey("events", EventKeeper)
#: Keeps lines of the audit for pages that change nothing.
AUDIT = web.AppKey("audit", AuditKeeper)
#: Rooms that open soon, for when the database takes too long.
ROOMS_KNOWN = web.AppKey("rooms_known", RoomsKnown)
KEYS = web.AppKey("keys", Keys)
CLOCK = web.AppKey("clock", Clock)
SEALER = web.AppKey("sealer", Sealer)
TEMPLATES = web.AppKey("templates", Environment)
LIMITS = web.AppKey("limits", Limits)
IS_DEMO = web.AppKey("is_demo", bool)

DB = web.RequestKey("db", Db)
ACTOR = web.RequestKey("actor", Actor)
HOUSE = web.RequestKey("house", House)
#: The row `HOUSE` was taken from, of who is signed in; kept so that nothing reads it a second time.
ORGANISATION = web.RequestKey("organisation", Organisation)
NOW = web.RequestKey("now", datetime)
FORM_TOKEN = web.RequestKey("form_token", str)
#: What this browser's forms are bound to: a sign-in, a link, or the browser itself.
BOUND_TO = web.RequestKey("bound_to", str)
#: The invitation a guest's link opened, with its person and whole meeting.
INVITATION = web.RequestKey("invitation", Invitation)
#: Who was asked to take a part, as the link they came with says, with the question and its meeting.
ASKED = web.RequestKey("asked", StepInAsked)
#: Set by a page whose form may lead to another site: the room's server, as it is configured.
LEADS_TO = web.RequestKey("leads_to", str)
#: Set by a page whose script listens to news of ours.
LISTENS = web.RequestKey("listens", bool)
#: Which token a program came with.
API_TOKEN = web.RequestKey("api_token", UUID)


def house_of(organisation: Organisation) -> House:
    """Take from the organisation's row what pages need."""
    return House(
        id=organisation.id,
        slug=organisation.slug,
        name=organisation.name,
        contact_phone=organisation.contact_phone,
        contact_email=organisation.contact_email,
        zone=organisation.zone,
        server_id=organisation.server_id,
        dial_in_number=organisation.dial_in_number,
    )
