"""What a guest's own page must know of the waiting lists and of how its person may be contacted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.ways import Way, WayOffer
from service.actor import Actor
from service.storage.apart import KeptApart
from service.storage.base import Db
from service.storage.holds import is_resting, waits_for_offer
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting, Offer
from service.storage.needs import Need
from service.storage.people import Person, visible_people

#: So many people may share one address or number; more than that is not a household.
SHARING = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """For which ways others wait before this guest, and whether only a human may contact them.

    `is_kept_apart`: there is somebody they must not meet, at this meeting or not.
    """

    awaited_ways: frozenset[Way] = frozenset()
    is_safe_contact: bool = False
    is_kept_apart: bool = False


async def standing_of(db: Db, actor: Actor, invitation: Invitation) -> Standing:
    """Tell how a guest stands, in one query; nothing about the others but that they wait."""
    where = {
        "organisation_id": actor.organisation_id,
        "meeting_id": invitation.meeting_id,
        "person_id": invitation.person_id,
    }
    query = _standing(invitation.answer is Answer.WAITING)
    rows = (await db.execute(query, where | _place_in_line(invitation))).all()
    return Standing(
        frozenset(way for way, is_awaited, _, _ in rows if is_awaited),
        any(is_safe_contact for _, _, is_safe_contact, _ in rows),
        any(is_kept_apart for *_, is_kept_apart in rows),
    )


@cache
def _standing(is_waiting: bool) -> Select[Way, bool, bool, bool]:
    """Make the statement, once for who waits and once for who does not: it is asked for every page."""
    waits = (
        select(Invitation.id)
        .where(Invitation.meeting_id == Offer.meeting_id, Invitation.way == Offer.way)
        .where(*_waits_before(is_waiting))
    )
    is_safe = select(Need.id).where(
        Need.organisation_id == bindparam("organisation_id"),
        Need.person_id == bindparam("person_id"),
        Need.code == SAFE_CONTACT,
        Need.ended_at.is_(None),
    )
    is_apart = select(KeptApart.id).where(
        KeptApart.organisation_id == bindparam("organisation_id"),
        or_(
            KeptApart.first_id == bindparam("person_id"),
            KeptApart.second_id == bindparam("person_id"),
        ),
        KeptApart.ended_at.is_(None),
    )
    return select(Offer.way, waits.exists(), is_safe.exists(), is_apart.exists()).where(
        Offer.organisation_id == bindparam("organisation_id"),
        Offer.meeting_id == bindparam("meeting_id"),
    )


async def before_in_line(db: Db, invitation: Invitation) -> int:
    """How many others have waited longer for a place by the same way."""
    query = select(func.count()).where(
        Invitation.meeting_id == invitation.meeting_id,
        Invitation.way == invitation.way,
        Invitation.answer == Answer.WAITING,
        Invitation.removed_at.is_(None),
        Invitation.waiting_since < invitation.waiting_since,
    )
    return await db.scalar(query) or 0


async def lock_invitation(db: Db, invitation: Invitation) -> None:
    """Read a person's answer anew and keep others from changing it until this transaction ends.

    Without it one person pressing twice at the same time takes two seats on PostgreSQL.
    """
    await db.refresh(
        invitation,
        [
            *("answer", "way", "supporters", "supporter_name", "asked_again", "waiting_since"),
            *("sequence", "stamp", "removed_at", "link_generation", "link_hash"),
        ],
        with_for_update=True,
    )


async def offer_now(db: Db, meeting_id: UUID, way: Way) -> WayOffer | None:
    """How many places a meeting has by this way and how many are taken or kept; None if not offered."""
    query = select(Offer.places, Offer.taken).where(
        Offer.meeting_id == meeting_id, Offer.way == way
    )
    row = (await db.execute(query)).first()
    return None if row is None else WayOffer(way, row[0], row[1])


async def invitations_by_ids(db: Db, ids: Collection[UUID]) -> dict[UUID, Invitation]:
    """Give these invitations with their persons, by id, as they are now."""
    query = select(Invitation).where(Invitation.id.in_(ids)).options(joinedload(Invitation.person))
    query = query.execution_options(populate_existing=True)
    return {each.id: each for each in await db.scalars(query)}


async def coming_of(
    db: Db, actor: Actor, people: Sequence[UUID], now: datetime
) -> Sequence[Invitation]:
    """Invitations of these people to published meetings that are not over, with meeting, by time."""
    query = (
        select(Invitation)
        .join(Meeting)
        .where(Invitation.organisation_id == actor.organisation_id)
        .where(Invitation.person_id.in_(people), Invitation.removed_at.is_(None))
        .where(Meeting.state == MeetingState.PUBLISHED, Meeting.ends_at >= now)
        .options(joinedload(Invitation.meeting))
    )
    return (await db.scalars(query.order_by(Meeting.starts_at, Invitation.id))).all()


async def people_reached_by(
    db: Db, actor: Actor, *, email_key: str, phone_key: str
) -> Sequence[Person]:
    """People with this address or this number; a household may share one. Locked, to be told once."""
    by_email = (Person.email_key == email_key) & (Person.email_key != "")
    by_phone = (Person.phone_key == phone_key) & (Person.phone_key != "")
    query = visible_people(actor).where(or_(by_email, by_phone))
    return (await db.scalars(query.order_by(Person.id).limit(SHARING).with_for_update())).all()


def _place_in_line(invitation: Invitation) -> dict[str, object]:
    """Give the values that `_waits_before` compares with."""
    own = {"own_id": invitation.id, "own_way": invitation.way}
    return own | {"own_waiting_since": invitation.waiting_since}


def _waits_before(is_waiting: bool) -> tuple[ColumnElement[bool], ...]:
    """Others whose turn comes first; for one who waits there too, only who has waited longer.

    Not those who are offered a place already, nor those who let one go that is still there.
    """
    conditions = (*waits_for_offer(), ~is_resting(), Invitation.id != bindparam("own_id"))
    if not is_waiting:
        return conditions
    other_way = Invitation.way != bindparam("own_way")
    has_waited_longer = Invitation.waiting_since < bindparam("own_waiting_since")
    return (*conditions, or_(other_way, has_waited_longer))
