"""Who is on the list of a series: queries for the people who plan it, and for the guests themselves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload

from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Db
from service.storage.invitations import WHOLE_INVITATION, Choice, Invitation, people_meant
from service.storage.meetings import Meeting
from service.storage.people import Person, visible_people
from service.storage.series import Series, SeriesGuest, is_coming, visible_series


async def guests_of_series(db: Db, actor: Actor, series_id: UUID) -> Sequence[SeriesGuest]:
    """Everybody on the list of a series the actor may see, by name, with the person."""
    query = _guests(actor, series_id).join(Person, SeriesGuest.person_id == Person.id)
    query = query.options(joinedload(SeriesGuest.person)).order_by(Person.name_key, Person.id)
    return (await db.scalars(query)).all()


async def guest_counts(
    db: Db, actor: Actor, series_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, int]]:
    """For each of several series: how many are on its list, and how many of them come each time."""
    every_time = func.count().filter(SeriesGuest.is_every_time.is_(True))
    query = (
        select(SeriesGuest.series_id, func.count(), every_time)
        .where(SeriesGuest.organisation_id == actor.organisation_id)
        .where(SeriesGuest.series_id.in_(series_ids), SeriesGuest.left_at.is_(None))
        .group_by(SeriesGuest.series_id)
    )
    return {id_: (count, each_time) for id_, count, each_time in await db.execute(query)}


async def guest_of_series(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, *, locked: bool = False
) -> SeriesGuest:
    """Give one person's place on the list, for staff who may see the series; raises NotFound."""
    query = _guests(actor, series_id).where(SeriesGuest.person_id == person_id)
    return await _one_guest(db, query, locked=locked)


async def own_place(db: Db, actor: Actor, series_id: UUID, *, locked: bool = False) -> SeriesGuest:
    """Give a guest's own place on the list of a series; raises NotFound unless they are on it."""
    query = select(SeriesGuest).where(
        SeriesGuest.organisation_id == actor.organisation_id,
        SeriesGuest.series_id == series_id,
        SeriesGuest.person_id == actor.person_id,
        SeriesGuest.left_at.is_(None),
    )
    return await _one_guest(db, query, locked=locked)


async def lock_series(db: Db, series_id: UUID) -> None:
    """Let nobody make more dates of a series until this transaction ends, so that all there are are seen."""
    await db.execute(select(Series.id).where(Series.id == series_id).with_for_update())


async def my_series(db: Db, actor: Actor, series_id: UUID) -> tuple[Series, SeriesGuest]:
    """Give a series to a guest who is on its list, and their place on it; raises NotFound."""
    guest = await own_place(db, actor, series_id)
    query = select(Series).where(Series.organisation_id == actor.organisation_id)
    query = query.where(Series.id == series_id).options(joinedload(Series.kind))
    return (await db.scalars(query)).one(), guest


async def coming_of_guest(
    db: Db, actor: Actor, series_id: UUID, person_id: UUID, now: datetime
) -> Sequence[Invitation]:
    """One person's invitations to the dates of a series that are to come, earliest first, whole."""
    query = (
        select(Invitation)
        .join(Meeting, Invitation.meeting_id == Meeting.id)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.person_id == person_id, Invitation.removed_at.is_(None))
        .where(Meeting.series_id == series_id, *is_coming(now))
        .options(*WHOLE_INVITATION)
        .order_by(Meeting.starts_at, Invitation.id)
    )
    return (await db.scalars(query)).all()


async def people_to_add(
    db: Db, actor: Actor, series_id: UUID, words: str, *, limit: int = 20
) -> Sequence[Person]:
    """People neither on the list nor hosting whose chosen name contains the words."""
    found = visible_people(actor).where(*_is_new(series_id))
    found = found.where(Person.name_key.contains(words.casefold(), autoescape=True))
    return (await db.scalars(found.order_by(Person.name_key, Person.id).limit(limit))).all()


async def guests_chosen(db: Db, actor: Actor, series_id: UUID, choice: Choice) -> Sequence[Person]:
    """Everybody of the organisation whom a choice means, by name, but hosts and those on the list."""
    query = visible_people(actor).where(people_meant(actor, choice), *_is_new(series_id))
    return (await db.scalars(query.order_by(Person.name_key, Person.id))).all()


async def _one_guest(db: Db, query: Select[SeriesGuest], *, locked: bool) -> SeriesGuest:
    query = query.options(joinedload(SeriesGuest.person))
    if locked:
        query = query.with_for_update(of=SeriesGuest).execution_options(populate_existing=True)
    guest = await db.scalar(query)
    if guest is None:
        raise NotFound
    return guest


def _guests(actor: Actor, series_id: UUID) -> Select[SeriesGuest]:
    return select(SeriesGuest).where(
        SeriesGuest.organisation_id == actor.organisation_id,
        SeriesGuest.series_id == series_id,
        SeriesGuest.series_id.in_(visible_series(actor).with_only_columns(Series.id)),
        SeriesGuest.left_at.is_(None),
    )


def _is_new(series_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """People who are neither on the list of a series nor run it."""
    is_listed = select(SeriesGuest.id).where(
        SeriesGuest.series_id == series_id,
        SeriesGuest.person_id == Person.id,
        SeriesGuest.left_at.is_(None),
    )
    hosts = or_(Series.lead_id == Person.id, Series.second_id == Person.id)
    is_host = select(Series.id).where(Series.id == series_id, hosts)
    return (~is_listed.exists(), ~is_host.exists())


async def guests_of_many(
    db: Db, actor: Actor, series_ids: Sequence[UUID]
) -> dict[UUID, list[SeriesGuest]]:
    """For each of several series, who is invited to its new dates: with the person, who has not left."""
    query = (
        select(SeriesGuest)
        .join(Person, SeriesGuest.person_id == Person.id)
        .where(SeriesGuest.organisation_id == actor.organisation_id)
        .where(SeriesGuest.series_id.in_(series_ids), SeriesGuest.left_at.is_(None))
        .where(Person.left_at.is_(None))
        .options(contains_eager(SeriesGuest.person))
        .order_by(SeriesGuest.id)
    )
    found: dict[UUID, list[SeriesGuest]] = {id_: [] for id_ in series_ids}
    for guest in await db.scalars(query):
        found[guest.series_id].append(guest)
    return found


async def leave_series(db: Db, person_id: UUID, now: datetime) -> None:
    """Take a person who has left off the list of every series."""
    there = update(SeriesGuest).where(
        SeriesGuest.person_id == person_id, SeriesGuest.left_at.is_(None)
    )
    await db.execute(there.values(left_at=now, is_every_time=False))
