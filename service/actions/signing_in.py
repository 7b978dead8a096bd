"""Signing in without passwords: a link and a code by mail, each good once; and signing out.

The database holds keyed hashes only; link and code are derived from the request's id, so that the
worker can write them into the mail. Who may sign in is decided when the link is used, not when it is
asked for.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from service.actions.contact_details import normal_email
from service.actor import Actor, Door
from service.errors import NotFound, Refused
from service.identifiers import new_id
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db, changed_rows
from service.storage.messages import Message, MessageKind
from service.storage.organisations import InstallationFact
from service.storage.people import Channel, Person
from service.storage.staff import (
    SignIn,
    SignInRequest,
    StaffMember,
    active_staff_by_email,
    requests_of_browser,
    sign_in_request_by_link,
)

#: How long a link and its code can be used.
GOOD_FOR = timedelta(minutes=10)
#: How long a browser stays signed in.
STAYS_FOR = timedelta(days=14)
#: How often a code may be typed before it is dead.
CODE_TRIES = 5
#: A demonstration's links outlive any demonstration.
STANDING_FOR = timedelta(days=3650)


async def ask_to_sign_in(db: Db, keys: Keys, email: str, browser: str, *, now: datetime) -> None:
    """Queue a mail with a link and a code for each organisation this address may sign in to.

    For an address nobody has, as much is written, so that neither the answer nor its time tells
    whether an address is known. Raises Invalid for what is no address.
    """
    people = await active_staff_by_email(db, normal_email(email))
    for person in people:
        request = make_request(keys, person, now=now, browser=browser)
        db.add_all([request, _letter_about(request)])
    if not people:
        await _write_as_much(db, now)
    await db.flush()


def make_request(
    keys: Keys,
    person: Person,
    *,
    now: datetime,
    browser: str = "",
    good_for: timedelta = GOOD_FOR,
    is_standing: bool = False,
) -> SignInRequest:
    """Make a request, not stored yet, whose link `keys.sign_in_secret` gives."""
    request_id = new_id()
    return SignInRequest(
        id=request_id,
        organisation_id=person.organisation_id,
        person_id=person.id,
        browser_hash=keys.hashed("browser", browser) if browser else "",
        link_hash=keys.hashed("sign-in-link", keys.sign_in_secret(request_id)),
        code_hash=keys.hashed(f"sign-in-code|{request_id}", keys.sign_in_code(request_id)),
        is_standing=is_standing,
        created_at=now,
        expires_at=now + good_for,
    )


async def request_by_link(db: Db, keys: Keys, link: str) -> SignInRequest | None:
    """Give the request a link was made for, used and expired ones too."""
    return await sign_in_request_by_link(db, keys.hashed("sign-in-link", link))


def is_usable(request: SignInRequest, now: datetime) -> bool:
    """Tell whether the request's link still opens."""
    return request.expires_at > now and (request.is_standing or request.used_at is None)


def is_from_here(keys: Keys, request: SignInRequest, browser: str) -> bool:
    """Tell whether this browser asked; a request that no browser asked for belongs to any."""
    return not request.browser_hash or request.browser_hash == keys.hashed("browser", browser)


async def sign_in_by_link(
    db: Db, keys: Keys, request: SignInRequest, *, now: datetime, old_secret: str = ""
) -> str:
    """Use the request up and sign the browser in; gives the cookie's new secret.

    `old_secret` is what the browser had before; it dies. Raises Refused for a link that was used,
    is too old or was overtaken by somebody's disabling.
    """
    person = await _person_who_may(db, request)
    if person is None or not await _use_up(db, request, now):
        raise Refused("link-used-up")
    return await _signed_in(db, keys, person, now=now, old_secret=old_secret)


async def sign_in_by_code(
    db: Db, keys: Keys, browser: str, code: str, *, now: datetime, old_secret: str = ""
) -> str | None:
    """Sign in the browser that asked, by its code; None for a wrong one, which counts as a try."""
    requests = await requests_of_browser(db, keys.hashed("browser", browser), now)
    digits = "".join(character for character in code if character.isdigit())
    if not requests:
        await _write_as_much(db, now)
    alive = [request for request in requests if await _count_try(db, request)]
    for request in alive:
        if secrets.compare_digest(
            request.code_hash, keys.hashed(f"sign-in-code|{request.id}", digits)
        ):
            return await sign_in_by_link(db, keys, request, now=now, old_secret=old_secret)
    return None


async def sign_out(db: Db, keys: Keys, actor: Actor, secret: str, *, now: datetime) -> None:
    """End the sign-in this browser holds."""
    await db.execute(delete(SignIn).where(SignIn.secret_hash == keys.hashed("sign-in", secret)))
    record(db, actor, "staff.signed-out", None, now=now)


async def sign_out_everywhere(db: Db, actor: Actor, *, now: datetime) -> None:
    """End every sign-in of the actor, and every link not used yet."""
    if actor.person_id is None:
        raise NotFound
    await end_sign_ins(db, actor, actor.person_id, now=now)
    record(db, actor, "staff.signed-out-everywhere", None, now=now)


async def end_sign_ins(db: Db, actor: Actor, person_id: object, *, now: datetime) -> None:
    """End a person's sign-ins and use up what they asked for; standing links stay."""
    own = SignIn.organisation_id == actor.organisation_id
    await db.execute(delete(SignIn).where(own, SignIn.person_id == person_id))
    open_requests = update(SignInRequest).where(
        SignInRequest.organisation_id == actor.organisation_id,
        SignInRequest.person_id == person_id,
        SignInRequest.used_at.is_(None),
        SignInRequest.is_standing.is_(False),
    )
    await db.execute(open_requests.values(used_at=now))


async def _write_as_much(db: Db, now: datetime) -> None:
    """Write one row, as for an address that is known, so that the time of an answer tells nothing."""
    await db.merge(InstallationFact(name="unknown_sign_in", value=now.isoformat()))


def _letter_about(request: SignInRequest) -> Message:
    return Message(
        organisation_id=request.organisation_id,
        kind=MessageKind.SIGN_IN,
        person_id=request.person_id,
        subject_id=request.id,
        channel=Channel.EMAIL,
        due_at=request.created_at,
        created_at=request.created_at,
    )


async def _person_who_may(db: Db, request: SignInRequest) -> Person | None:
    query = (
        select(Person)
        .join(StaffMember, StaffMember.person_id == Person.id)
        .where(Person.id == request.person_id, Person.left_at.is_(None))
        .where(StaffMember.disabled_at.is_(None))
    )
    return await db.scalar(query)


async def _use_up(db: Db, request: SignInRequest, now: datetime) -> bool:
    """Claim the request: of several at once exactly one gets it (experiment E24)."""
    claim = update(SignInRequest).where(
        SignInRequest.id == request.id, SignInRequest.expires_at > now
    )
    if not request.is_standing:
        claim = claim.where(SignInRequest.used_at.is_(None))
    claim = claim.values(used_at=now).execution_options(synchronize_session=False)
    return await changed_rows(db, claim) == 1


async def _count_try(db: Db, request: SignInRequest) -> bool:
    """Count one try of the code; False once there were too many."""
    count = update(SignInRequest).where(
        SignInRequest.id == request.id, SignInRequest.tries < CODE_TRIES
    )
    count = count.values(tries=SignInRequest.tries + 1)
    return await changed_rows(db, count.execution_options(synchronize_session=False)) == 1


async def _signed_in(db: Db, keys: Keys, person: Person, *, now: datetime, old_secret: str) -> str:
    """Begin a sign-in under a new secret; the browser's old one is of no more use (E23)."""
    is_old = SignIn.secret_hash == keys.hashed("sign-in", old_secret)
    is_over = (SignIn.person_id == person.id) & (SignIn.expires_at <= now)
    await db.execute(delete(SignIn).where(is_old | is_over))
    secret = secrets.token_urlsafe(32)
    db.add(
        SignIn(
            organisation_id=person.organisation_id,
            person_id=person.id,
            secret_hash=keys.hashed("sign-in", secret),
            created_at=now,
            expires_at=now + STAYS_FOR,
        )
    )
    actor = Actor(person.organisation_id, Door.STAFF, person.id, person.chosen_name)
    record(db, actor, "staff.signed-in", None, now=now)
    return secret
