"""Drafts of series: begun with a kind, filled in part by part, copied, or thrown away."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from scheduling.series import SeriesState
from service.actions.permissions import Permission, require
from service.actions.planning import possible_hosts
from service.actions.series.template import Template, apply_template, checked_template
from service.actor import Actor
from service.errors import Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.kinds import kind_by_id
from service.storage.organisations import organisation_by_id
from service.storage.planned import PhoneJoining
from service.storage.series import Series, SeriesGuest, claim_series, series_by_id
from service.storage.series_guests import guests_of_series

WEEKS_AHEAD = 6
#: What a second series like this one takes over.
COPIED = (
    *("zone", "minutes", "neutral_title", "real_title", "about", "lead", "second", "place"),
    *("outdoor_place", "no_remote_reason", "help_phone", "phone_joining", "dial_number"),
    "weeks_ahead",
)


async def start_series_draft(db: Db, actor: Actor, kind_id: UUID, *, now: datetime) -> Series:
    """Begin a series of a kind, with the kind's defaults."""
    require(actor, Permission.PLAN_MEETINGS)
    kind = await kind_by_id(db, actor, kind_id)
    organisation = await organisation_by_id(db, actor.organisation_id)
    hosts = {person.id: person for person in await possible_hosts(db, actor)}
    series = Series(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=kind,
        state=SeriesState.DRAFT,
        version=1,
        zone=organisation.zone,
        minutes=kind.minutes,
        neutral_title=kind.neutral_title,
        is_open=kind.is_open,
        is_public=kind.is_public,
        lead=hosts.get(actor.person_id) if actor.person_id else None,
        help_phone=organisation.contact_phone,
        phone_joining=PhoneJoining.RING,
        dial_number=organisation.dial_in_number,
        limits=dict(kind.ways),
        weeks_ahead=WEEKS_AHEAD,
        created_by=actor.person_id,
        created_at=now,
    )
    db.add(series)
    await db.flush()
    record(db, actor, "series.begun", series, now=now, kind=kind.code)
    return series


async def change_series_kind(
    db: Db, actor: Actor, series_id: UUID, kind_id: UUID, *, now: datetime
) -> Series:
    """Make a draft one of another kind: length, ways and neutral title become that kind's."""
    series = await draft_of_series(db, actor, series_id)
    kind = await kind_by_id(db, actor, kind_id)
    if kind.id == series.kind_id:
        return series
    if series.neutral_title in ("", series.kind.neutral_title):
        series.neutral_title = kind.neutral_title
    series.kind, series.is_open, series.is_public = kind, kind.is_open, kind.is_public
    series.minutes, series.limits = kind.minutes, dict(kind.ways)
    record(db, actor, "series.kind-chosen", series, now=now, kind=kind.code)
    await db.flush()
    return series


async def save_series(
    db: Db, actor: Actor, series_id: UUID, template: Template, *, now: datetime
) -> Series:
    """Keep what was planned so far; nobody is told. The first date is put on the rule.

    Raises Invalid or Refused for what can never be, Conflict if somebody saves it at this very moment.
    """
    series = await draft_of_series(db, actor, series_id)
    template, around = await checked_template(db, actor, series, template, now=now)
    changed = apply_template(series, template, around)
    if changed:
        await claim_series(db, series, series.version)
        record(db, actor, "series.planned", series, now=now, fields=" ".join(changed))
    await db.flush()
    return series


async def copy_series(db: Db, actor: Actor, series_id: UUID, *, now: datetime) -> Series:
    """Begin a draft with the details and the people of another series, without its rule and first date."""
    require(actor, Permission.PLAN_MEETINGS)
    old = await series_by_id(db, actor, series_id)
    copy = Series(
        id=new_id(),
        organisation_id=old.organisation_id,
        kind=old.kind,
        state=SeriesState.DRAFT,
        version=1,
        is_open=old.kind.is_open,
        is_public=old.kind.is_public,
        limits=dict(old.limits),
        date_rules=dict(old.date_rules),
        created_by=actor.person_id,
        created_at=now,
        **{name: getattr(old, name) for name in COPIED},
    )
    db.add(copy)
    await db.flush()
    guests = await guests_of_series(db, actor, old.id)
    db.add_all(listed(copy, each.person_id, now) for each in guests if each.person.left_at is None)
    await db.flush()
    record(db, actor, "series.copied", copy, now=now, from_series=old.id)
    return copy


async def throw_away_series(db: Db, actor: Actor, series_id: UUID, *, now: datetime) -> None:
    """Delete a draft with all that hangs on it. Nobody was told of it, so nobody is told."""
    series = await draft_of_series(db, actor, series_id)
    record(db, actor, "series.thrown-away", series, now=now)
    await db.execute(delete(Series).where(Series.id == series.id))


async def draft_of_series(db: Db, actor: Actor, series_id: UUID) -> Series:
    """Give a draft to somebody who may plan it; raises NotFound, or Refused once it has begun."""
    require(actor, Permission.PLAN_MEETINGS)
    series = await series_by_id(db, actor, series_id)
    if series.state is not SeriesState.DRAFT:
        raise Refused("not-a-draft")
    return series


def listed(series: Series, person_id: UUID, now: datetime) -> SeriesGuest:
    """Make somebody's place on the list of a series."""
    return SeriesGuest(
        organisation_id=series.organisation_id,
        series_id=series.id,
        person_id=person_id,
        added_at=now,
    )
