"""What a person agrees we may do with what they tell us: given purpose by purpose, taken back as easily."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accessibility.consent import (
    WORDINGS,
    ConsentChannel,
    ConsentRecord,
    Purpose,
    allows,
    give,
)
from accessibility.contact import KEEP_APART, SAFE_CONTACT
from service.actions.permissions import require_for
from service.actor import Actor, Door
from service.storage.audit import record
from service.storage.base import Db
from service.storage.needs import Consent, consents_of

#: So long before it ends, leave can be given anew.
RENEW_AHEAD: Final = timedelta(weeks=8)
#: Needs that hold until the person takes back the need itself: they keep somebody safe.
SAFETY: Final = frozenset({SAFE_CONTACT, KEEP_APART})


def records_of(consents: Iterable[Consent]) -> Sequence[ConsentRecord]:
    """Give stored consents as the values that the rules work on."""
    return [
        ConsentRecord(
            purpose=consent.purpose,
            given_at=consent.given_at,
            channel=ConsentChannel(consent.channel),
            wording_version=consent.wording_version,
            wording_hash=consent.wording_hash,
            taken_by=str(consent.taken_by or ""),
            withdrawn_at=consent.withdrawn_at,
        )
        for consent in consents
    ]


def agreed(consents: Iterable[Consent], now: datetime) -> frozenset[Purpose]:
    """List the purposes that a person agrees to now."""
    records = records_of(consents)
    return frozenset(purpose for purpose in Purpose if allows(records, purpose, now))


def kept_until(consents: Iterable[Consent], now: datetime) -> datetime | None:
    """Give until when a person lets us keep what they told us; None without their leave."""
    kept = [consent for consent in consents if consent.purpose is Purpose.KEEP]
    if Purpose.KEEP not in agreed(kept, now):
        return None
    return max(consent.expires_at for consent in kept if consent.withdrawn_at is None)


def lasting(consents: Iterable[Consent], now: datetime) -> frozenset[Purpose]:
    """List the purposes that need not be agreed to anew yet: they still hold in some weeks."""
    return agreed(consents, now + RENEW_AHEAD)


async def keeps_needs(db: Db, actor: Actor, person_id: UUID, now: datetime) -> bool:
    """Tell whether the person lets us keep what they told us beyond one session."""
    return Purpose.KEEP in agreed(await consents_of(db, actor, person_id), now)


async def give_consents(
    db: Db,
    actor: Actor,
    person_id: UUID,
    purposes: Collection[Purpose],
    *,
    channel: ConsentChannel,
    now: datetime,
) -> None:
    """Write down what the person agreed to, under the words in use now; what holds for a while is left alone.

    The person agrees themselves, or says so to somebody who may answer for people.
    """
    require_for(actor, person_id)
    holding = lasting(await consents_of(db, actor, person_id), now)
    helper = None if actor.door is Door.GUEST else actor.person_id
    for purpose in sorted(set(purposes) - holding):
        given = give(purpose, at=now, channel=channel, taken_by=str(helper or ""))
        consent = Consent(
            organisation_id=actor.organisation_id,
            person_id=person_id,
            purpose=purpose,
            wording_version=given.wording_version,
            wording_hash=given.wording_hash,
            given_at=now,
            expires_at=given.expires_at,
            taken_by=helper,
            channel=channel.value,
        )
        db.add(consent)
        await db.flush()
        version = WORDINGS[purpose].version
        record(db, actor, "consent.given", consent, now=now, purpose=purpose.value, wording=version)


async def take_back_consent(
    db: Db, actor: Actor, person_id: UUID, purpose: Purpose, *, now: datetime
) -> bool:
    """Take a consent back, at once and for all records of it; tells whether there was one."""
    mine = [
        consent
        for consent in await consents_of(db, actor, person_id)
        if consent.purpose is purpose and consent.withdrawn_at is None
    ]
    for consent in mine:
        consent.withdrawn_at = now
        record(db, actor, "consent.withdrawn", consent, now=now, purpose=purpose.value)
    await db.flush()
    return bool(mine)
