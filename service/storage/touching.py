"""Feeds grow a version in the very transaction that changes what they may show; nobody has to remember it.

A session that writes notes whom its changes may concern: what is flushed, and set-based statements too.
Just before it commits, the feeds of those people are touched, once, in the order of their ids and after
every other lock, so that two transactions never wait for each other. Plain textual SQL is not seen, so
there is none that changes these tables.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Delete,
    Insert,
    Select,
    Update,
    event,
    inspect,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from service.storage.feeds import Feed
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageState
from service.storage.organisations import Organisation
from service.storage.watching import MANY, WATCHES, Row, Touched, Watch

#: A mail that goes on its way changes no feed; one that fails or is tried again may.
ON_THE_WAY = frozenset({MessageState.SENDING, MessageState.SENT})


class UnwatchedChange(RuntimeError):
    """A statement changes what feeds show in a form of which nobody can tell whom it concerns."""


class TouchingSession(Session):
    """A session that touches feeds when it commits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.touched = Touched()


def _look_who_was_invited(session: TouchingSession, _context: object, _objects: object) -> None:
    """See who is invited to meetings about to be deleted: the database takes their invitations along."""
    gone = [each.id for each in session.deleted if isinstance(each, Meeting)]
    if gone:
        session.touched.people.update(_invited_to(session, Meeting.id.in_(gone)))


def _note_flushed(session: TouchingSession, _context: UOWTransaction) -> None:
    """Note what is written by this flush; a row that changed counts as it was and as it is."""
    for row in (*session.new, *session.deleted):
        if watch := WATCHES.get(getattr(row, "__tablename__", "")):
            session.touched.note(watch, _values_of(watch, row))
    for row in session.dirty:
        watch = WATCHES.get(getattr(row, "__tablename__", ""))
        if watch is None:
            continue
        before = inspect(row).committed_state
        if not before.keys() <= watch.ignores:
            now = _values_of(watch, row)
            session.touched.note(watch, now)
            session.touched.note(
                watch, now | {key: before[key] for key in now.keys() & before.keys()}
            )


def _values_of(watch: Watch, row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in watch.reads}


def _note_executed(state: ORMExecuteState) -> None:
    """Note whom a set-based statement concerns, before it is run."""
    statement, session = state.statement, state.session
    if state.is_select or not isinstance(session, TouchingSession):
        return
    if not isinstance(statement, Update | Delete | Insert):
        return
    watch = WATCHES.get(getattr(statement.table, "name", ""))
    if watch is None:
        return
    if isinstance(statement, Insert):
        rows: Iterable[Row] = _inserted(watch, statement, state.parameters)
    elif isinstance(statement, Update) and _is_harmless(watch, statement, state.parameters):
        return
    else:
        rows = _concerned(session, watch, statement, state.parameters)
    for row in rows:
        session.touched.note(watch, row)


def _is_harmless(watch: Watch, statement: Update, parameters: Any) -> bool:
    values = {getattr(key, "key", key): value for key, value in (statement._values or {}).items()}
    given = parameters if isinstance(parameters, list | tuple) else [parameters or {}]
    columns = values.keys() or {name for each in given for name in each}
    if watch.table is Message and getattr(values.get("state"), "value", None) in ON_THE_WAY:
        columns -= {"state"}
    return columns <= watch.ignores


def _inserted(watch: Watch, statement: Insert, parameters: Any) -> Iterator[Row]:
    """Give the rows an INSERT brings; raises UnwatchedChange for one that takes them from a SELECT."""
    if statement.select is not None:
        raise UnwatchedChange(watch.table.__tablename__)
    values = {getattr(key, "key", key): value for key, value in (statement._values or {}).items()}
    alone = {str(key): getattr(value, "value", value) for key, value in values.items()}
    several = [dict(row) for rows in statement._multi_values for row in rows]
    given = several or (parameters if isinstance(parameters, list | tuple) else [parameters or {}])
    for row in given:
        named = {str(getattr(key, "key", key)): value for key, value in row.items()}
        yield dict[str, Any].fromkeys(watch.reads) | alone | named


def _concerned(
    session: TouchingSession, watch: Watch, statement: Update | Delete, parameters: Any
) -> Iterator[Row]:
    """Ask for the rows a statement is about to change, by its own condition."""
    columns = watch.table.__table__.c
    query: Select[*tuple[Any, ...]] = select(*(columns[name] for name in watch.reads))
    if statement.whereclause is not None:
        query = query.where(statement.whereclause)
        found = session.execute(query, parameters if isinstance(parameters, dict) else None)
    elif isinstance(parameters, list | tuple):
        found = session.execute(query.where(columns.id.in_([each["id"] for each in parameters])))
    else:
        found = session.execute(query)
    rows = [row._asdict() for row in found]
    if isinstance(statement, Delete) and watch.table is Meeting:
        gone = Meeting.id.in_([row["id"] for row in rows])
        session.touched.people.update(_invited_to(session, gone))
    yield from rows


def _invited_to(session: Session, which: ColumnElement[bool]) -> Iterable[UUID]:
    query = select(Invitation.person_id).join(Meeting, Meeting.id == Invitation.meeting_id)
    return session.scalars(query.where(which))


def _touch(session: TouchingSession) -> None:
    """Touch the feeds of everybody concerned, as the last thing before the commit."""
    if session.in_nested_transaction():
        return
    session.flush()
    touched, session.touched = session.touched, Touched()
    if not touched.organisations:
        return
    if touched.is_wide:
        touched.houses |= touched.organisations
    else:
        _look_up(session, touched)
    _touch_public(session, touched)
    _touch_feeds(session, touched)


def _look_up(session: Session, touched: Touched) -> None:
    """Find who is invited to the meetings concerned, who hosts them, and whether they are public."""
    concerned = [
        column.in_(ids)
        for column, ids in (
            (Meeting.id, touched.meetings),
            (Meeting.place_id, touched.places),
            (Meeting.outdoor_place_id, touched.places),
            (Meeting.lead_id, touched.hosts),
            (Meeting.second_id, touched.hosts),
        )
        if ids
    ]
    if not concerned:
        return
    of = Meeting.organisation_id.in_(touched.organisations), or_(*concerned)
    guests = select(literal("person"), Invitation.person_id).join(Meeting).where(*of)
    hosts = (
        select(literal("person"), column).where(*of)
        for column in (Meeting.lead_id, Meeting.second_id, Meeting.created_by)
    )
    public = select(literal("public"), Meeting.organisation_id).where(*of, Meeting.is_public)
    found: CompoundSelect[str, UUID | None] = union(guests, *hosts, public)
    for what, id_ in session.execute(found):
        (touched.people if what == "person" else touched.public).add(id_)


def _touch_public(session: Session, touched: Touched) -> None:
    if touched.public:
        show = Organisation.id.in_(touched.public), Organisation.is_public.is_(True)
        grown = update(Organisation).where(*show)
        grown = grown.values(public_version=Organisation.public_version + 1)
        session.execute(grown, execution_options={"synchronize_session": False})


def _touch_feeds(session: Session, touched: Touched) -> None:
    """Lock the feeds in the order of their ids, and raise their versions."""
    whose: list[ColumnElement[bool]] = []
    if touched.houses:
        whose.append(Feed.organisation_id.in_(touched.houses))
    people = touched.people - {None}
    if people and len(people) <= MANY:
        whose.append(Feed.organisation_id.in_(touched.organisations) & Feed.person_id.in_(people))
    elif people:
        whose.append(Feed.organisation_id.in_(touched.organisations))
    if not whose:
        return
    mine = select(Feed.id).where(or_(*whose), Feed.revoked_at.is_(None)).order_by(Feed.id)
    ids = session.scalars(mine.with_for_update()).all()
    if ids:
        grown = update(Feed).where(Feed.id.in_(ids)).values(version=Feed.version + 1)
        session.execute(grown, execution_options={"synchronize_session": False})


event.listen(TouchingSession, "before_flush", _look_who_was_invited)
event.listen(TouchingSession, "after_flush", _note_flushed)
event.listen(TouchingSession, "do_orm_execute", _note_executed)
event.listen(TouchingSession, "before_commit", _touch)
