"""A series as tests begin with one: Ada's circle, with Ben beside her and some guests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from scheduling.recurrence import Rule
from scheduling.series import EditScope
from service.actions.changing import Agreed
from service.actions.inviting import Issuer
from service.actions.series.drafting import save_series, start_series_draft
from service.actions.series.editing import save_edit
from service.actions.series.guests import choose_guests
from service.actions.series.starting import start_series
from service.actions.series.template import Template, template_of
from service.actions.series.working_out import Edit
from service.actor import Actor, Role
from service.parts import Parts
from service.storage.base import Db
from service.storage.invitations import Choice, Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import Place
from service.storage.series import Series, series_by_id
from tests.people import NOW, Make, actor_for

SECOND_THURSDAY = Rule.of("FREQ=MONTHLY;BYDAY=2TH")
WEEKLY_THURSDAY = Rule.of("FREQ=WEEKLY;BYDAY=TH")
#: The second Thursday after the tests' now, Tuesday 12 January 2027.
FIRST = datetime.fromisoformat("2027-01-14T13:00")


@dataclass(frozen=True, slots=True)
class Circle:
    """A series with the people round it."""

    house: Organisation
    ada: Person
    ben: Person
    place: Place
    guests: Sequence[Person]
    series_id: UUID
    parts: Parts

    @property
    def facilitator(self) -> Actor:
        """Act as Ada, who leads it."""
        return actor_for(self.house.id, self.ada, Role.FACILITATOR)

    @property
    def coordinator(self) -> Actor:
        """Act as Ben, who coordinates."""
        return actor_for(self.house.id, self.ben, Role.COORDINATOR)

    @property
    def issuer(self) -> Issuer:
        """Give what its invitations are made with."""
        return Issuer.of(self.parts.keys, self.house.contact_email, self.parts.settings.public_url)


async def begun(
    make: Make,
    parts: Parts,
    *,
    rule: Rule = SECOND_THURSDAY,
    first: datetime = FIRST,
    guests: int = 2,
    **given: Any,
) -> Circle:
    """Make a draft of a series that could start; `given` are parts of its template."""
    house = await make.organisation()
    ada = await make.staff(house, "Ada", Role.FACILITATOR)
    ben = await make.staff(house, "Ben", Role.COORDINATOR, Role.FACILITATOR)
    kind, place = await make.kind(house), await make.place(house)
    people = [await make.person(house, f"Guest {number}") for number in range(guests)]
    actor = actor_for(house.id, ada, Role.FACILITATOR)
    series = await start_series_draft(make.db, actor, kind.id, now=make.now)
    template = template_of(series)
    details = replace(template.details, starts_local=first, place_id=place.id, second_id=ben.id)
    wanted = replace(template, details=details, rule=rule, **given)
    await save_series(make.db, actor, series.id, wanted, now=make.now)
    chosen = Choice(people=frozenset(person.id for person in people))
    await choose_guests(make.db, actor, series.id, chosen, now=make.now)
    return Circle(house, ada, ben, place, people, series.id, parts)


async def started(make: Make, parts: Parts, **given: Any) -> Circle:
    """Make a series that runs."""
    circle = await begun(make, parts, **given)
    await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=make.now)
    return circle


async def dates_of(db: Db, series_id: UUID) -> Sequence[Meeting]:
    """Read the dates of a series as they are kept, by start."""
    query = select(Meeting).where(Meeting.series_id == series_id).order_by(Meeting.starts_at)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def invitations_to(db: Db, meeting_ids: Sequence[UUID]) -> Sequence[Invitation]:
    """Read the invitations to these dates as they are kept."""
    query = select(Invitation).where(Invitation.meeting_id.in_(meeting_ids)).order_by(Invitation.id)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def all_sent(db: Db) -> None:
    """Let everything that waits have left the house."""
    waiting = update(Message).where(Message.state == MessageState.WAITING)
    await db.execute(waiting.values(state=MessageState.SENT))


async def edited(
    db: Db,
    circle: Circle,
    *,
    scope: EditScope = EditScope.ALL,
    on: datetime | None = None,
    now: datetime = NOW,
    agreed: int = 0,
    **given: Any,
) -> Series:
    """Edit the series; `given` are parts of the details, or of the template."""
    edit = await edit_of(db, circle, scope=scope, on=on, **given)
    series = await series_by_id(db, circle.facilitator, circle.series_id)
    return await save_edit(
        db, circle.facilitator, circle.issuer, edit, Agreed(series.version, agreed), now=now
    )


async def edit_of(
    db: Db,
    circle: Circle,
    *,
    scope: EditScope = EditScope.ALL,
    on: datetime | None = None,
    **given: Any,
) -> Edit:
    """Give the series' template with some parts changed, as an edit."""
    template = template_of(await series_by_id(db, circle.facilitator, circle.series_id))
    names = set(Template.__dataclass_fields__)
    own = {name: value for name, value in given.items() if name in names}
    details = {name: value for name, value in given.items() if name not in names}
    wanted = replace(template, details=replace(template.details, **details), **own)
    return Edit(series_id=circle.series_id, scope=scope, on=on, template=wanted)


def at(local: datetime, hour: int) -> datetime:
    """Give the same day at another hour."""
    return local.replace(hour=hour)
