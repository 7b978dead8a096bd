"""What the demonstration holds: one example of each sort of thing, to make addresses of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from accessibility.consent import Purpose
from scheduling.answers import Answer
from scheduling.online import SideRoomUse
from scheduling.series import SeriesState
from scheduling.waiting import HoldState
from scheduling.ways import Way
from service.actions.stopping import stop_url
from service.actor import Role, system_actor
from service.demonstration.links import DemoLinks
from service.identifiers import new_id
from service.keys import Keys
from service.storage.arrangements import Arrangement
from service.storage.askings import Asking
from service.storage.base import Base, Db
from service.storage.claims import Claim
from service.storage.feedback import Feedback, TookPart
from service.storage.feeds import Feed, FeedKind
from service.storage.holds import Hold
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.lending import things_of
from service.storage.meetings import Meeting, Offer
from service.storage.messages import MessageKind
from service.storage.needs import AccessRequest, Consent, Need
from service.storage.organisations import Organisation
from service.storage.own_terms import AccessBudget
from service.storage.people import Group, Person
from service.storage.places import Place
from service.storage.safeguarding import SafeguardingNote
from service.storage.series import Series, SeriesGuest
from service.storage.side_rooms import SideRoom
from service.storage.staff import SignInRequest, StaffMember
from service.storage.step_ins import StepIn, StepInAsked
from service.storage.suppliers import Supplier
from service.storage.tasks import Task, TaskKind, TaskState


@dataclass(frozen=True, slots=True)
class Known:
    """What the demonstration holds that addresses are made of: identifiers by what they show."""

    slug: str
    standing_link: str
    guests: dict[str, str]
    waiting: dict[str, UUID]
    meetings: dict[str, UUID]
    invited: UUID | None
    people: dict[str, UUID]
    tasks: dict[str, UUID]
    requests: dict[str, UUID]
    needs: Sequence[tuple[UUID, UUID]]
    staff: Sequence[UUID]
    suppliers: Sequence[UUID]
    arrangements: Sequence[UUID]
    budgets: Sequence[UUID]
    booked: UUID | None
    places: Sequence[UUID]
    kinds: Sequence[UUID]
    groups: Sequence[UUID]
    letters: Sequence[str]
    ask_links: Sequence[str]
    parts: Sequence[str]
    stop_link: str
    public: UUID | None
    asking: UUID | None
    note: UUID | None
    feed: str
    feed_pages: Sequence[str]
    series: dict[str, UUID]
    series_guests: Sequence[UUID]
    with_tables: UUID | None
    over: UUID | None
    carried: Sequence[str]
    coming: UUID
    claims: dict[str, UUID]
    claimed: str
    with_cash: UUID | None
    kit: dict[str, UUID]
    offer_task: UUID = field(default_factory=new_id)
    held_task: UUID = field(default_factory=new_id)


async def known_in(
    db: Db, keys: Keys, links: DemoLinks, *, letters: Sequence[str], now: datetime
) -> Known:
    """Look up one example of each sort in a database the demonstration was laid out in."""
    house = await db.scalar(
        select(Organisation)
        .join(SignInRequest, SignInRequest.organisation_id == Organisation.id)
        .where(SignInRequest.is_standing.is_(True))
    )
    assert house is not None
    # In a fixed order: PostgreSQL gives rows as they lie, and other examples would be found each time.
    query = select(Invitation).where(Invitation.organisation_id == house.id).order_by(Invitation.id)
    claims = await _claims(db, house.id)
    people_and_meetings = joinedload(Invitation.person), joinedload(Invitation.meeting)
    invitations = (await db.scalars(query.options(*people_and_meetings))).all()
    meetings = await _meetings(db, house.id, now)
    # Those to the next session last, so that some of them are an example of nothing else.
    invitations = sorted(invitations, key=lambda each: each.meeting_id == meetings.get("later"))
    to_later = (each.id for each in invitations if each.meeting_id == meetings.get("later"))
    members = select(StaffMember.person_id).where(StaffMember.organisation_id == house.id)
    return Known(
        slug=house.slug,
        standing_link=urlsplit(links.staff[Role.ADMIN.value]).path,
        guests=_guests(invitations, keys, now),
        waiting=_to_wait(invitations, keys, meetings["later"], now),
        meetings=meetings,
        invited=next(to_later, None),
        people=await _people(db, house.id),
        tasks=await _tasks(db, house.id),
        requests=await _requests(db, house.id),
        needs=await _needs(db, house.id),
        over=_over(invitations, now),
        carried=await _carried(db, keys, invitations, now),
        staff=list(await db.scalars(members)),
        suppliers=await _ids(db, Supplier, house.id),
        arrangements=await _ids(db, Arrangement, house.id),
        budgets=await _ids(db, AccessBudget, house.id),
        booked=await db.scalar(
            select(AccessRequest.id).where(AccessRequest.arrangement_id.is_not(None)).limit(1)
        ),
        places=await _ids(db, Place, house.id),
        kinds=await _ids(db, Kind, house.id),
        groups=await _ids(db, Group, house.id),
        letters=letters,
        ask_links=await _ask_links(db, keys, house.id),
        parts=await _parts(db, house.id),
        stop_link=urlsplit(stop_url(keys, invitations[0].person_id, "")).path,
        public=await db.scalar(
            select(Meeting.id).where(Meeting.organisation_id == house.id, Meeting.is_public)
        ),
        asking=await db.scalar(select(Asking.id).where(Asking.organisation_id == house.id)),
        note=await db.scalar(
            select(SafeguardingNote.id).where(SafeguardingNote.organisation_id == house.id)
        ),
        **await _feeds(db, keys, invitations),
        series={each.state.value: each.id for each in await _series(db, house.id)},
        series_guests=await _series_guests(db, house.id),
        coming=next(
            each.id
            for each in invitations
            if each.answer is Answer.YES and when(each.meeting, now) == "later"
        ),
        claims={each.state.value: each.id for each in claims},
        claimed=_claimed(claims, invitations, keys),
        with_cash=next((each.meeting_id for each in claims if each.agreed_pence), None),
        kit=await _kit(db, house.id, now),
        with_tables=await db.scalar(
            select(SideRoom.meeting_id).where(
                SideRoom.organisation_id == house.id, SideRoom.use == SideRoomUse.TABLE
            )
        ),
    )


async def _feeds(db: Db, keys: Keys, invitations: Sequence[Invitation]) -> dict[str, Any]:
    """Give the address of a guest's feed, and the pages about it: the guest's own, and a host's."""
    feeds = {each.kind: each for each in await db.scalars(select(Feed).order_by(Feed.id.desc()))}
    own, hosting = feeds[FeedKind.OWN], feeds[FeedKind.HOSTING]
    by = next(
        each
        for each in invitations
        if each.person_id == own.person_id and each.meeting.published_at
    )
    link = keys.link_for("invitation", by.id, by.link_generation)
    pages = (f"/i/{link}/calendar/{own.id}", f"/sessions/calendar/{hosting.id}")
    return {"feed": f"/feeds/{keys.feed_secret(own.id, 1)}.ics", "feed_pages": pages}


def _guests(invitations: Iterable[Invitation], keys: Keys, now: datetime) -> dict[str, str]:
    """Give one link for each sort of page: by the session, the answer, the way and the language."""
    found: dict[str, str] = {}
    for each in invitations:
        if each.meeting.published_at is None:
            continue
        marks = [when(each.meeting, now), each.answer.value]
        marks += [each.way.value] if each.way else []
        marks += [each.person.language] if each.person.language != "en" else []
        marks += ["removed"] if each.removed_at else []
        marks += ["series"] if each.meeting.series_id else []
        link = keys.link_for("invitation", each.id, each.link_generation)
        found.setdefault(" ".join(marks), f"/i/{link}")
    return found


def when(meeting: Meeting, now: datetime) -> str:
    """Name where a session stands: its state, or for a published one how far off it is."""
    if meeting.state.value != "published" or meeting.starts_at is None or meeting.ends_at is None:
        return meeting.state.value
    if meeting.ends_at < now:
        return "past"
    return "soon" if meeting.starts_at < now + timedelta(hours=1) else "later"


async def _meetings(db: Db, house: UUID, now: datetime) -> dict[str, UUID]:
    query = select(Meeting).where(Meeting.organisation_id == house).order_by(Meeting.starts_at)
    found: dict[str, UUID] = {}
    for each in await db.scalars(query):
        found.setdefault(when(each, now), each.id)
    return found


async def _people(db: Db, house: UUID) -> dict[str, UUID]:
    query = select(Person).where(Person.organisation_id == house, Person.left_at.is_(None))
    found: dict[str, UUID] = {}
    for each in await db.scalars(query.order_by(Person.name_key)):
        found.setdefault(each.channels[0] if each.channels else "unreachable", each.id)
    return found


async def _tasks(db: Db, house: UUID) -> dict[str, UUID]:
    seen = (Role.COORDINATOR, Role.FACILITATOR)
    query = select(Task).where(
        Task.organisation_id == house, Task.state == TaskState.OPEN, Task.for_role.in_(seen)
    )
    return {each.kind.value: each.id for each in await db.scalars(query)}


async def _requests(db: Db, house: UUID) -> dict[str, UUID]:
    query = select(AccessRequest).where(AccessRequest.organisation_id == house)
    return {each.state.value: each.id for each in await db.scalars(query)}


async def _needs(db: Db, house: UUID) -> list[tuple[UUID, UUID]]:
    """Give person and need, those first who said something in their own words to their coordinator."""
    query = (
        select(Need).join(Need.person).where(Need.organisation_id == house, Need.ended_at.is_(None))
    )
    query = query.order_by(Person.coordinator_id.is_(None), Need.has_words.desc(), Need.id)
    return [(each.person_id, each.id) for each in await db.scalars(query)]


def _over(invitations: Iterable[Invitation], now: datetime) -> UUID | None:
    """Give the invitation of somebody who said yes to a session that is over."""
    return next(
        (
            each.id
            for each in invitations
            if when(each.meeting, now) == "past" and each.answer is Answer.YES
        ),
        None,
    )


async def _carried(
    db: Db, keys: Keys, invitations: Iterable[Invitation], now: datetime
) -> Sequence[str]:
    """Give the link of somebody who told us before what helps them, and lets us keep it."""
    query = (
        select(Need.person_id)
        .join(Consent, Consent.person_id == Need.person_id)
        .where(Need.ended_at.is_(None), Consent.purpose == Purpose.KEEP)
        .where(Consent.withdrawn_at.is_(None), Consent.expires_at > now)
    )
    people = set(await db.scalars(query))
    return [
        f"/i/{keys.link_for('invitation', each.id, each.link_generation)}"
        for each in invitations
        if each.person_id in people
        and when(each.meeting, now) in ("later", "soon")
        and each.removed_at is None
    ][:1]


async def _claims(db: Db, house: UUID) -> Sequence[Claim]:
    """Give what people asked for, those last that are still to be paid."""
    query = select(Claim).where(Claim.organisation_id == house)
    return (await db.scalars(query.order_by(Claim.paid_at.is_(None), Claim.id))).all()


def _claimed(claims: Sequence[Claim], invitations: Iterable[Invitation], keys: Keys) -> str:
    """Give the page of somebody who asked for money."""
    whose = {(each.meeting_id, each.person_id) for each in claims[-1:]}
    own = next(each for each in invitations if (each.meeting_id, each.person_id) in whose)
    return f"/i/{keys.link_for('invitation', own.id, own.link_generation)}"


async def _kit(db: Db, house: UUID, now: datetime) -> dict[str, UUID]:
    """Give one thing for each place where things are."""
    things = await things_of(db, system_actor(house))
    return {
        thing.state(now.date()).value: thing.item.id for thing in things if thing.item.is_lendable
    }


async def _series(db: Db, house: UUID) -> Sequence[Series]:
    """Give the series, newest first: a dictionary by state then keeps the oldest of each."""
    query = select(Series).where(Series.organisation_id == house).order_by(Series.id.desc())
    return (await db.scalars(query)).all()


async def _series_guests(db: Db, house: UUID) -> Sequence[UUID]:
    """Give people on the list of the oldest running series, those first who come each time."""
    running = select(Series.id).where(
        Series.organisation_id == house, Series.state == SeriesState.RUNNING
    )
    oldest = running.order_by(Series.id).limit(1).scalar_subquery()
    query = select(SeriesGuest).where(SeriesGuest.series_id == oldest)
    query = query.order_by(SeriesGuest.is_every_time.desc(), SeriesGuest.id)
    return [each.person_id for each in await db.scalars(query)]


async def _ids(db: Db, table: type[Base], house: UUID) -> Sequence[UUID]:
    columns = table.__table__.c
    query = select(columns.id).where(columns.organisation_id == house).order_by(columns.id).limit(3)
    return list(await db.scalars(query))


async def _ask_links(db: Db, keys: Keys, house: UUID) -> list[str]:
    """Give the links of colleagues who were asked to take a part: settled questions, and an open one."""
    query = select(StepInAsked.id).where(StepInAsked.organisation_id == house)
    asked = await db.scalars(query.order_by(StepInAsked.id))
    return [f"/rota/take/{keys.link_for('step-in', each, 1)}" for each in asked]


async def _parts(db: Db, house: UUID) -> list[str]:
    """Give the pages of parts: one that nobody has, those colleagues were asked about, and a host's."""
    query = select(StepIn).where(StepIn.organisation_id == house).order_by(StepIn.id)
    asked = [(each.meeting_id, each.role.value) for each in await db.scalars(query)]
    gap = select(Task).where(Task.organisation_id == house, Task.kind == TaskKind.ROTA_GAP)
    gaps = [(each.meeting_id, each.about) for each in await db.scalars(gap)]
    hosts = [(meeting_id, "lead") for meeting_id, _ in asked[:1]]
    return [f"/sessions/{meeting_id}/rota/{role}" for meeting_id, role in (*gaps, *asked, *hosts)]


def _to_wait(
    invitations: Sequence[Invitation], keys: Keys, later: UUID, now: datetime
) -> dict[str, UUID]:
    """Give two guests of the next session, by link, whose pages nobody else is an example of."""
    examples = set(_guests(invitations, keys, now).values())
    found: dict[str, UUID] = {}
    for each in invitations:
        link = f"/i/{keys.link_for('invitation', each.id, each.link_generation)}"
        is_spare = each.answer is not Answer.YES and each.removed_at is None
        if each.meeting_id == later and is_spare and link not in examples:
            found[link] = each.id
    return dict(list(found.items())[:2])


async def fill_the_room(db: Db, known: Known) -> None:
    """Make the room of the next session full: a place is kept for one who waits, one let theirs go.

    Somebody else has said how a session was that is over.
    """
    await _say_how_it_was(db, known)
    await _hold_back(db, known)
    full = update(Offer).where(Offer.meeting_id == known.meetings["later"], Offer.way == Way.ROOM)
    await db.execute(full.values(taken=Offer.places, seats=Offer.places))
    states = (HoldState.OFFERED, HoldState.EXPIRED)
    for id_, state in zip(known.waiting.values(), states, strict=True):
        own = await db.get_one(Invitation, id_, options=[joinedload(Invitation.meeting)])
        since, until = own.created_at, own.meeting.starts_at
        assert until is not None
        own.answer, own.way, own.waiting_since = Answer.WAITING, Way.ROOM, since
        hold_id = new_id()
        db.add(
            Hold(
                id=hold_id,
                organisation_id=own.organisation_id,
                meeting_id=own.meeting_id,
                invitation_id=own.id,
                way=Way.ROOM,
                seats=1,
                state=state,
                waited_since=since,
                offered_at=since,
                expires_at=until - timedelta(days=1),
                ended_at=None if state is HoldState.OFFERED else since,
            )
        )
        if state is HoldState.OFFERED:
            db.add(_offer_task(known, own, hold_id, until - timedelta(days=1)))


async def _hold_back(db: Db, known: Known) -> None:
    assert known.over is not None
    own = await db.get_one(Invitation, known.over)
    task = Task(id=known.held_task, organisation_id=own.organisation_id, kind=TaskKind.OWN_DATA)
    task.about, task.once, task.for_role = "notes", f"own_data|{task.id}", Role.SAFEGUARDING
    task.due_at = task.created_at = own.created_at
    db.add(task)


async def _say_how_it_was(db: Db, known: Known) -> None:
    assert known.over is not None
    own = await db.get_one(Invitation, known.over)
    db.add(
        Feedback(
            organisation_id=own.organisation_id,
            invitation_id=own.id,
            meeting_id=own.meeting_id,
            person_id=own.person_id,
            answer=TookPart.PARTLY,
            channel="phone",
            has_words=True,
            at=own.created_at,
        )
    )


def _offer_task(known: Known, own: Invitation, hold_id: UUID, due_at: datetime) -> Task:
    return Task(
        id=known.offer_task,
        organisation_id=own.organisation_id,
        kind=TaskKind.RING,
        about=MessageKind.PLACE_OFFERED,
        once=f"place_offered|{hold_id}",
        person_id=own.person_id,
        meeting_id=own.meeting_id,
        subject_id=hold_id,
        due_at=due_at,
        created_at=own.created_at,
    )
