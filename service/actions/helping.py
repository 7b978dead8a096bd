"""What would help a person: recorded by themselves or for them, changed, taken back, ended in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accessibility.consent import ConsentChannel, Purpose
from accessibility.contact import KEEP_APART, SAFE_CONTACT
from accessibility.needs import Need as ToldNeed
from accessibility.requests import Party, RequestState, is_open
from service.actions.consenting import SAFETY, agreed, kept_until, take_back_consent
from service.actions.keeping_safe import look_who_comes, stop_automatic_messages
from service.actions.needs import Sealer, forget_details, seal_details, sealed_names
from service.actions.permissions import require_for
from service.actions.requests import (
    COMING,
    Move,
    day_of,
    move,
    requests_for,
    settle_tasks,
)
from service.actor import Actor, Door
from service.errors import Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.needs import (
    Need,
    consents_of,
    consents_of_people,
    need_by_id,
    needs_due_for_review,
    needs_of,
)
from service.storage.people import lock_person
from service.storage.requests import coming_invitations, requests_of_need
from service.storage.service_times import times_here
from service.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Told:
    """All that somebody told us in one go: what would help, and what of the known they saw.

    A known need that is not among `needs` was taken off. Sealed details left blank stay as they are.
    """

    person_id: UUID
    needs: Sequence[ToldNeed]
    known: frozenset[str] = frozenset()
    channel: ConsentChannel = ConsentChannel.WEB


async def record_needs(db: Db, actor: Actor, sealer: Sealer, told: Told, *, now: datetime) -> None:
    """Record what would help, and make the requests that follow for coming meetings.

    Without leave to keep it, it holds up to the day of the session it was told for, and is ended after.
    Raises Refused where there is neither leave nor a coming session.
    """
    require_for(actor, told.person_id)
    coming = await coming_invitations(db, actor, told.person_id, now, lock=True)
    await lock_person(db, told.person_id)
    until = await _review_on(db, actor, told.person_id, coming, now)
    stored = {need.code: need for need in await needs_of(db, actor, told.person_id)}
    for code in sorted(told.known & stored.keys() - {need.code for need in told.needs}):
        await _end(db, actor, sealer, stored[code], now=now)
    for need in told.needs:
        await _keep(db, actor, sealer, stored.get(need.code), need, (told, until, now))
    await db.flush()
    await _set_off(db, actor, told, stored, now=now)
    for invitation in coming:
        if invitation.answer in COMING:
            await requests_for(db, actor, invitation, now=now)


async def take_back_need(
    db: Db, actor: Actor, sealer: Sealer, need_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """End one need of a person: it is hidden at once, its own words are gone, its requests withdrawn."""
    require_for(actor, person_id)
    await _end(db, actor, sealer, await need_by_id(db, actor, need_id, person_id), now=now)


async def take_back_leave(
    db: Db, actor: Actor, sealer: Sealer, purpose: Purpose, person_id: UUID, *, now: datetime
) -> None:
    """Take back a consent; without leave to keep, everything but what keeps the person safe is ended."""
    require_for(actor, person_id)
    was_given = await take_back_consent(db, actor, person_id, purpose, now=now)
    if not was_given or purpose is not Purpose.KEEP:
        return
    for need in await needs_of(db, actor, person_id):
        if need.code not in SAFETY:
            await _end(db, actor, sealer, need, now=now)


async def end_needs_of_past_sessions(db: Db, actor: Actor, sealer: Sealer, *, now: datetime) -> int:
    """End what was told for one session only, after its day; for the worker. Counts what it ended."""
    due = await needs_due_for_review(db, actor, now.date())
    people = list({need.person_id for need in due})
    consents = await consents_of_people(db, actor.organisation_id, people)
    ended = [
        need
        for need in due
        if need.code not in SAFETY
        and Purpose.KEEP not in agreed(consents.get(need.person_id, []), now)
    ]
    for need in ended:
        await forget_details(db, sealer, need)
        need.ended_at = now
        record(db, actor, "need.ended", need, now=now, code=need.code)
    return len(ended)


async def _review_on(
    db: Db, actor: Actor, person_id: UUID, coming: Sequence[Invitation], now: datetime
) -> date:
    """Give the day up to which what is told holds; what is kept, no longer than their leave to keep it."""
    leave_until = kept_until(await consents_of(db, actor, person_id), now)
    if leave_until is not None:
        return min((await times_here(db, actor)).kept_until(now), leave_until).date()
    own = [each for each in coming if each.id == actor.invitation_id]
    chosen = own or ([] if actor.door is Door.GUEST else coming[-1:])
    if not chosen:
        raise Refused("nothing-to-keep-it-for")
    return day_of(chosen[0].meeting).date()


async def _keep(
    db: Db,
    actor: Actor,
    sealer: Sealer,
    stored: Need | None,
    told: ToldNeed,
    how: tuple[Told, date, datetime],
) -> None:
    """Store one need, new or changed: words of the person sealed, the rest as it is."""
    whole, until, now = how
    sealed = sealed_names(vocabulary().term(told.code))
    details = {name: said for name, said in told.params.items() if name not in sealed}
    words = {name: said for name, said in told.params.items() if name in sealed}
    before = (stored.strength, stored.details) if stored else None
    need = stored or Need(
        id=new_id(),
        organisation_id=actor.organisation_id,
        person_id=whole.person_id,
        code=told.code,
        created_at=now,
        has_words=False,
    )
    need.strength, need.details, need.review_on = told.strength, details, until
    if stored is None:
        db.add(need)
        await db.flush()
    await seal_details(db, sealer, need, words)
    if before == (told.strength, details) and not words:
        return
    need.channel = whole.channel.value
    need.entered_by = None if actor.door is Door.GUEST else actor.person_id
    what = "need.changed" if stored else "need.recorded"
    record(db, actor, what, need, now=now, code=need.code, channel=whole.channel, until=until)
    await _carry_over(db, actor, need)


async def _carry_over(db: Db, actor: Actor, need: Need) -> None:
    """Bring open requests to what the person says now."""
    for request in await requests_of_need(db, actor, need.id):
        if is_open(request.state):
            request.strength, request.details = need.strength, dict(need.details)


async def _end(db: Db, actor: Actor, sealer: Sealer, need: Need, *, now: datetime) -> None:
    await forget_details(db, sealer, need)
    need.ended_at = now
    record(db, actor, "need.taken_back", need, now=now, code=need.code)
    by = Party.PERSON if actor.door is Door.GUEST else Party.HELPER
    for request in await requests_of_need(db, actor, need.id):
        if is_open(request.state):
            move(db, actor, request, Move(RequestState.WITHDRAWN, by), now=now)
            await settle_tasks(db, request)


async def _set_off(
    db: Db, actor: Actor, told: Told, stored: Mapping[str, Need], *, now: datetime
) -> None:
    """Do at once what the two needs that keep people safe ask for."""
    fresh = {need.code for need in told.needs} - stored.keys()
    if SAFE_CONTACT in fresh:
        await stop_automatic_messages(db, actor, told.person_id, now=now)
    if KEEP_APART in fresh:
        await look_who_comes(db, actor, told.person_id, now=now)
