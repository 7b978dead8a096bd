"""Everything that is kept of one person, table by table: what they are given when they ask for it.

What stands here is given to the person, so no other person's name is among it, and nothing about whom they
must not meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select

from service.actor import Actor
from service.storage.attendance import Attendance
from service.storage.audit import AuditLine
from service.storage.base import Base, Db
from service.storage.claims import Claim, Receipt
from service.storage.feedback import Feedback
from service.storage.feeds import Feed
from service.storage.incoming import Bounce, IncomingMail
from service.storage.invitations import Invitation
from service.storage.kit import KitItem, Loan
from service.storage.meetings import Meeting
from service.storage.messages import Message
from service.storage.needs import AccessRequest, Consent, Need, RequestStep
from service.storage.people import Group, GroupMember, Person
from service.storage.rota import Availability, Duty
from service.storage.series import Series, SeriesGuest
from service.storage.staff import SignIn, StaffMember, StaffRole
from service.storage.tasks import Task, TaskKind

#: Tasks that say, or let one guess, whom somebody must not meet, that there is a note, or who was looked into.
NOT_TOLD: Final = (
    *(TaskKind.KEEP_APART, TaskKind.SAFEGUARDING, TaskKind.OWN_DATA),
    TaskKind.MANY_READ,
)
#: The same for the audit.
UNTOLD_LINES: Final = ("apart.%", "safeguarding.%", "kept-apart.%")


@dataclass(frozen=True, slots=True)
class Part:
    """One table's rows about a person: which columns are given, and which tables lead there.

    `beside` are the columns of other tables that say what a row is about, by the name they are given.
    """

    code: str
    table: type[Base]
    fields: tuple[str, ...]
    through: tuple[type[Base], ...] = ()
    beside: tuple[tuple[str, Any], ...] = ()

    def query(self, actor: Actor, person_id: UUID) -> Select[*tuple[Any, ...]]:
        """Select the rows of this part about a person, with their ids, the earliest first."""
        columns = self.table.__table__.c
        names = {"row": columns.id} if "id" in columns else {}
        names |= {field: columns[field] for field in self.fields} | dict(self.beside)
        query = select(*(column.label(name) for name, column in names.items()))
        query = query.select_from(self.table)
        for table in self.through:
            query = query.join(table)
        owner = next(each for each in (self.table, *self.through) if _names_person(each))
        query = query.where(owner.__table__.c.person_id == person_id)
        if "organisation_id" in columns:
            query = query.where(columns.organisation_id == actor.organisation_id)
        return query.order_by(*self.table.__table__.primary_key)


_SESSION = (("session", Meeting.neutral_title), ("starts_at", Meeting.starts_at))
PERSON: Final = (
    *("chosen_name", "reference", "channels", "email", "phone", "address", "through_name"),
    *("through_contact", "language", "print_size", "usual_way", "join_choices", "reminders"),
    *("email_stopped_at", "created_at", "left_at"),
)
NEEDS: Final = Part(
    "needs",
    Need,
    ("code", "strength", "details", "created_at", "review_on", "ended_at", "channel"),
)
FEEDBACK: Final = Part("feedback", Feedback, ("answer", "channel", "at"), (Meeting,), _SESSION)
PARTS: Final[Sequence[Part]] = (
    NEEDS,
    Part(
        "consents",
        Consent,
        ("purpose", "wording_version", "given_at", "expires_at", "channel", "withdrawn_at"),
    ),
    Part(
        "invitations",
        Invitation,
        ("answer", "way", "supporters", "created_at", "answered_at", "waiting_since", "removed_at"),
        (Meeting,),
        _SESSION,
    ),
    Part(
        "series",
        SeriesGuest,
        ("is_every_time", "way", "supporters", "added_at", "joined_at", "left_at"),
        (Series,),
        (("session", Series.neutral_title),),
    ),
    Part("attendance", Attendance, ("way", "was_there"), (Invitation, Meeting), _SESSION),
    Part(
        "requests",
        AccessRequest,
        ("code", "strength", "details", "state", "answer_words", "created_at"),
        (Meeting,),
        _SESSION,
    ),
    Part(
        "steps",
        RequestStep,
        ("from_state", "to_state", "at"),
        (AccessRequest,),
        (("code", AccessRequest.code),),
    ),
    FEEDBACK,
    Part(
        "claims",
        Claim,
        (
            *("kind", "state", "pay_by", "asked_pence", "agreed_pence", "hours_tenths"),
            *("miles_tenths", "children", "channel", "words", "reason", "created_at", "paid_at"),
        ),
        (Meeting,),
        _SESSION,
    ),
    Part("receipts", Receipt, ("media_type", "bytes_count", "created_at"), (Claim,)),
    Part(
        "loans",
        Loan,
        ("lent_at", "due_on", "with_charger", "with_guide", "returned_at"),
        (KitItem,),
        (("thing", KitItem.name),),
    ),
    Part("groups", GroupMember, (), (Group,), (("group", Group.name),)),
    Part("messages", Message, ("kind", "channel", "state", "created_at", "sent_at")),
    Part("mails", IncomingMail, ("kind", "subject", "words", "received_at")),
    Part("bounces", Bounce, ("email_key", "status", "at")),
    Part("feeds", Feed, ("name", "kind", "created_at", "revoked_at")),
    Part("tasks", Task, ("kind", "about", "words", "state", "outcome", "created_at", "done_at")),
    Part("duties", Duty, ("role", "created_at"), (Meeting,), _SESSION),
    Part(
        "availability",
        Availability,
        ("is_away", "weekday", "from_minute", "until_minute", "first_on", "last_on"),
    ),
    Part("roles", StaffRole, ("role",), (StaffMember,)),
    Part("sign_ins", SignIn, ("created_at", "expires_at")),
)


async def rows_of(db: Db, actor: Actor, part: Part, person_id: UUID) -> Sequence[dict[str, Any]]:
    """Give a part's rows about a person, each by the names of its columns and, as "row", its id."""
    query = part.query(actor, person_id)
    if part.table is Task:
        query = query.where(Task.kind.not_in(NOT_TOLD))
    return [row._asdict() for row in await db.execute(query)]


async def lines_about(db: Db, actor: Actor, person_id: UUID) -> Sequence[dict[str, Any]]:
    """Give what the audit says of a person: what was done and when, without who did it."""
    query = select(AuditLine.at, AuditLine.what, AuditLine.door).where(
        AuditLine.organisation_id == actor.organisation_id, AuditLine.person_id == person_id
    )
    for which in UNTOLD_LINES:
        query = query.where(AuditLine.what.not_like(which))
    return [row._asdict() for row in await db.execute(query.order_by(AuditLine.id))]


async def sealed_rows(db: Db, table: type[Base], ids: Sequence[UUID]) -> Sequence[Any]:
    """Give these rows whole, for the sealer to open."""
    return (await db.scalars(select(table).where(table.__table__.c.id.in_(ids)))).all()


def _names_person(table: type[Base]) -> bool:
    return "person_id" in table.__table__.c and table is not Person
