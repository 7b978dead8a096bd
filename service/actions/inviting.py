"""Whom a meeting is for: choosing people for a draft, adding to and taking off a published list."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from scheduling.notices import Notice, NoticeKind
from scheduling.ways import Way
from service.actions.foreseeing import Forecast, foresee, foresee_people
from service.actions.keeping_apart import is_unchecked
from service.actions.offering import offer_free_places
from service.actions.permissions import Permission, require
from service.actions.pins import give_pins
from service.actions.seats import give_up_seats
from service.actions.telling import tell
from service.actor import Actor
from service.errors import NotFound, Refused
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.guests import lock_invitation
from service.storage.invitations import (
    Choice,
    Invitation,
    invitation_by_id,
    invitations_of,
    people_chosen,
)
from service.storage.meetings import (
    Meeting,
    lock_offers,
    meeting_by_id,
    read_again,
)
from service.storage.people import Person


class Outcome(StrEnum):
    """Whether it was done, or waits until a coordinator has looked at something first."""

    DONE = "done"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Issuer:
    """What invitations are made with: the keys of their links, and the domain of their UIDs."""

    keys: Keys = field(repr=False)
    domain: str

    @classmethod
    def of(cls, keys: Keys, contact_email: str, public_url: str) -> Self:
        """Make the issuer of an organisation: its mail's domain, or else our address's, ends its UIDs."""
        mail_domain = contact_email.rpartition("@")[2].strip().lower()
        return cls(keys, mail_domain or urlsplit(public_url).hostname or "localhost")

    def invitation(self, meeting: Meeting, person: Person, *, now: datetime) -> Invitation:
        """Make an unanswered invitation, by the person's usual way if it is offered."""
        columns = self.columns(meeting.id, person, ways_of(meeting), now=now)
        return Invitation(person=person, **columns)

    def columns(
        self, meeting_id: UUID, person: Person, offered: Collection[Way], *, now: datetime
    ) -> dict[str, object]:
        """Give an unanswered invitation as the values of its columns, for adding many at once."""
        id_ = new_id()
        link = self.keys.link_for("invitation", id_, 1)
        return {
            "id": id_,
            "organisation_id": person.organisation_id,
            "meeting_id": meeting_id,
            "person_id": person.id,
            "uid": f"{meeting_id}.{secrets.token_hex(12)}@{self.domain}",
            "sequence": 0,
            "stamp": now,
            "created_at": now,
            "link_hash": self.keys.hashed("invitation", link),
            "link_generation": 1,
            "answer": Answer.UNANSWERED,
            "supporters": 0,
            "way": first_way(person, offered),
        }


def ways_of(meeting: Meeting) -> frozenset[Way]:
    """Name the ways a meeting offers."""
    return frozenset(offer.way for offer in meeting.offers)


def first_way(person: Person, offered: Collection[Way]) -> Way | None:
    """Give the way a person's first invitation is written for: their usual one, or none yet."""
    return person.usual_way if person.usual_way in offered else None


async def choose_people(
    db: Db, actor: Actor, issuer: Issuer, meeting_id: UUID, choice: Choice, *, now: datetime
) -> int:
    """Put people on the list of a draft; gives how many were new. Nobody is told."""
    require(actor, Permission.CHOOSE_PEOPLE)
    await lock_offers(db, actor, meeting_id)
    await read_again(db, await meeting_by_id(db, actor, meeting_id))
    meeting = await _draft(db, actor, meeting_id)
    chosen = await people_chosen(db, actor, meeting_id, choice)
    db.add_all(issuer.invitation(meeting, person, now=now) for person in chosen)
    if chosen:
        record(db, actor, "meeting.people-chosen", meeting, now=now, people=len(chosen))
    await db.flush()
    return len(chosen)


async def drop_person(db: Db, actor: Actor, invitation_id: UUID, *, now: datetime) -> UUID:
    """Take a person off the list of a draft again; gives the meeting's id. Nobody is told."""
    require(actor, Permission.CHOOSE_PEOPLE)
    invitation = await invitation_by_id(db, actor, invitation_id)
    await _lock(db, actor, invitation)
    if invitation.meeting.state is not MeetingState.DRAFT:
        raise Refused("not-a-draft")
    record(db, actor, "meeting.person-dropped", invitation, now=now)
    await db.delete(invitation)
    return invitation.meeting_id


async def foresee_inviting(
    db: Db, actor: Actor, meeting_id: UUID, choice: Choice, *, now: datetime
) -> tuple[Sequence[Person], Forecast]:
    """Say who would be added to a published meeting, and how they would be told."""
    require(actor, Permission.PLAN_MEETINGS)
    meeting = await _published(db, actor, meeting_id, now)
    chosen = await people_chosen(db, actor, meeting_id, choice)
    return chosen, await foresee_people(db, meeting, chosen, now=now)


async def invite_more(
    db: Db, actor: Actor, issuer: Issuer, meeting_id: UUID, choice: Choice, *, now: datetime
) -> Outcome:
    """Add people to a published meeting and tell them.

    WAITS if a coordinator must look at the longer list first: a task says so, and nobody is added.
    """
    require(actor, Permission.PLAN_MEETINGS)
    await lock_offers(db, actor, meeting_id)
    await read_again(db, await meeting_by_id(db, actor, meeting_id))
    meeting = await _published(db, actor, meeting_id, now)
    chosen = await people_chosen(db, actor, meeting_id, choice)
    there = await invitations_of(db, actor, meeting_id, removed_too=True)
    staying = [each.person for each in there if each.removed_at is None]
    if chosen and await is_unchecked(db, meeting, staying, adding=chosen, now=now):
        return Outcome.WAITS
    before = {each.person_id: each for each in there}
    added = [ask_anew(before[p.id], ways_of(meeting)) for p in chosen if p.id in before]
    fresh = [issuer.invitation(meeting, p, now=now) for p in chosen if p.id not in before]
    db.add_all(fresh)
    await db.flush()
    added += fresh
    await give_pins(db, actor.organisation_id, [meeting.id])
    await tell(db, meeting, added, [Notice(each.id, NoticeKind.INVITE) for each in added], now=now)
    for each in added:
        record(db, actor, "invitation.added", each, now=now)
    return Outcome.DONE


def ask_anew(invitation: Invitation, offered: Collection[Way]) -> Invitation:
    """Put somebody back who was taken off before: the same thread of mail, and nothing of the old answer."""
    invitation.removed_at = None
    invitation.answer, invitation.asked_again = Answer.UNANSWERED, False
    invitation.answered_at = invitation.answered_by = None
    invitation.supporters, invitation.supporter_name = 0, ""
    invitation.is_standing = False
    invitation.way = first_way(invitation.person, offered)
    return invitation


async def foresee_removing(
    db: Db, actor: Actor, invitation_id: UUID, *, now: datetime
) -> tuple[Invitation, Forecast]:
    """Say how somebody would be told that they are taken off the list."""
    require(actor, Permission.PLAN_MEETINGS)
    invitation = await _on_the_list(db, actor, invitation_id)
    notices = [Notice(invitation.id, NoticeKind.CANCEL)]
    return invitation, await foresee(db, invitation.meeting, [invitation], notices, now=now)


async def remove_person(db: Db, actor: Actor, invitation_id: UUID, *, now: datetime) -> Invitation:
    """Take a person off a published meeting: they are told, and their place is free again."""
    require(actor, Permission.PLAN_MEETINGS)
    invitation = await _on_the_list(db, actor, invitation_id)
    meeting = invitation.meeting
    await _lock(db, actor, invitation)
    refuse_unless_coming(meeting, now)
    await give_up_seats(db, invitation, now=now)
    invitation.removed_at = now
    invitation.answer, invitation.waiting_since = Answer.UNANSWERED, None
    invitation.dial_pin = None
    await db.flush()
    await offer_free_places(db, meeting, ways_of(meeting), now=now)
    await tell(db, meeting, [invitation], [Notice(invitation.id, NoticeKind.CANCEL)], now=now)
    record(db, actor, "invitation.removed", invitation, now=now)
    return invitation


def held_seats(invitations: Iterable[Invitation]) -> dict[Way, int]:
    """Count the seats people hold by each way, with who comes along."""
    held: dict[Way, int] = {}
    for each in invitations:
        if each.removed_at is None and each.answer.holds_place and each.way is not None:
            held[each.way] = held.get(each.way, 0) + each.seats
    return held


async def _draft(db: Db, actor: Actor, meeting_id: UUID) -> Meeting:
    meeting = await meeting_by_id(db, actor, meeting_id)
    if meeting.state is not MeetingState.DRAFT:
        raise Refused("not-a-draft")
    return meeting


async def _published(db: Db, actor: Actor, meeting_id: UUID, now: datetime) -> Meeting:
    meeting = await meeting_by_id(db, actor, meeting_id)
    refuse_unless_coming(meeting, now)
    return meeting


def refuse_unless_coming(meeting: Meeting, now: datetime) -> None:
    """Raise Refused unless the meeting is published and not over."""
    if meeting.state is MeetingState.DRAFT:
        raise Refused("still-a-draft")
    if meeting.state is MeetingState.CANCELLED:
        raise Refused("is-cancelled")
    if meeting.ends_at is not None and meeting.ends_at <= now:
        raise Refused("is-over")


async def _lock(db: Db, actor: Actor, invitation: Invitation) -> None:
    """Let nobody answer, publish or cancel until the end; raises NotFound for who was taken off meanwhile."""
    await lock_offers(db, actor, invitation.meeting_id)
    await lock_invitation(db, invitation)
    await read_again(db, invitation.meeting)
    if invitation.removed_at is not None:
        raise NotFound


async def _on_the_list(db: Db, actor: Actor, invitation_id: UUID) -> Invitation:
    invitation = await invitation_by_id(db, actor, invitation_id)
    if invitation.removed_at is not None:
        raise NotFound
    return invitation
