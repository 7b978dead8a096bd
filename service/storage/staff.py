"""Staff: people who may sign in, their roles, their sign-ins, and tokens for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from service.actor import Actor, Role
from service.errors import NotFound
from service.storage.base import Base, Db, HasId, OfOrganisation
from service.storage.organisations import Organisation
from service.storage.people import Person


class StaffMember(Base):
    """That a person may sign in. Disabling keeps the row, so that history keeps its names."""

    __tablename__ = "staff"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    disabled_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise")
    roles: Mapped[list["StaffRole"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class StaffRole(Base):
    """One role of one staff member."""

    __tablename__ = "staff_roles"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff.person_id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(primary_key=True)


class SignInRequest(OfOrganisation, Base):
    """Somebody asked to sign in. The link and the code open once, for ten minutes, five tries for the code.

    `is_standing` marks a demonstration's link, which works again and again (from localhost only).
    """

    __tablename__ = "sign_in_requests"
    __table_args__ = (CheckConstraint("tries <= 5", name="tries"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    browser_hash: Mapped[str] = mapped_column(default="", index=True)
    link_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    is_standing: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(OfOrganisation, Base):
    """A browser that is signed in. Only a keyed hash of the cookie's secret is stored."""

    __tablename__ = "sign_ins"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(OfOrganisation, Base):
    """A program's key: a keyed hash, what it may do, who made it, and whether it was revoked."""

    __tablename__ = "api_tokens"

    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(HasId, Base):
    """What a program was answered for a key, so that the same request repeated gets the same answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("token_id", "key"), Index(None, "created_at"))

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_tokens.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


async def staff_of(db: Db, actor: Actor, *, disabled_too: bool = True) -> Sequence[StaffMember]:
    """The organisation's staff by name, with person and roles."""
    query = (
        select(StaffMember).join(Person).where(StaffMember.organisation_id == actor.organisation_id)
    )
    if not disabled_too:
        query = query.where(StaffMember.disabled_at.is_(None))
    query = query.options(joinedload(StaffMember.person), selectinload(StaffMember.roles))
    return (await db.scalars(query.order_by(Person.name_key))).all()


async def staff_member_by_id(db: Db, actor: Actor, person_id: UUID) -> StaffMember:
    """Give one staff member with person and roles; raises NotFound."""
    query = select(StaffMember).where(
        StaffMember.organisation_id == actor.organisation_id, StaffMember.person_id == person_id
    )
    query = query.options(joinedload(StaffMember.person), selectinload(StaffMember.roles))
    member = await db.scalar(query)
    if member is None:
        raise NotFound
    return member


async def staff_member_of(db: Db, person_id: UUID) -> StaffMember | None:
    """The staff row of a person, if there is one."""
    return await db.get(StaffMember, person_id)


async def staff_with_role(db: Db, organisation_id: UUID, *roles: Role) -> Sequence[Person]:
    """People of the organisation who hold one of the roles and may sign in, by name."""
    holders = select(StaffRole.person_id).where(StaffRole.role.in_(roles))
    query = (
        select(Person)
        .join(StaffMember, StaffMember.person_id == Person.id)
        .where(StaffMember.organisation_id == organisation_id, StaffMember.disabled_at.is_(None))
        .where(Person.id.in_(holders))
        .order_by(Person.name_key, Person.id)
    )
    return (await db.scalars(query)).all()


async def active_staff_ids(db: Db, organisation_id: UUID) -> frozenset[UUID]:
    """Who of the organisation may sign in."""
    query = select(StaffMember.person_id).where(
        StaffMember.organisation_id == organisation_id, StaffMember.disabled_at.is_(None)
    )
    return frozenset((await db.scalars(query)).all())


async def active_staff_by_email(db: Db, email_key: str) -> Sequence[Person]:
    """Everybody, in any organisation, who may sign in with this address (normalised)."""
    query = (
        select(Person)
        .join(StaffMember, StaffMember.person_id == Person.id)
        .where(
            Person.email_key == email_key,
            StaffMember.disabled_at.is_(None),
            Person.left_at.is_(None),
        )
        .order_by(Person.organisation_id)
    )
    return (await db.scalars(query)).all()


async def lock_admins(db: Db, organisation_id: UUID) -> frozenset[UUID]:
    """Who is an admin and may sign in. The rows stay locked, so that two cannot go at once."""
    query = (
        select(StaffRole.person_id)
        .join(StaffMember, StaffMember.person_id == StaffRole.person_id)
        .where(StaffMember.organisation_id == organisation_id, StaffMember.disabled_at.is_(None))
        .where(StaffRole.role == Role.ADMIN)
        .order_by(StaffRole.person_id)
    )
    return frozenset(await db.scalars(query.with_for_update()))


async def lock_operators(db: Db) -> frozenset[UUID]:
    """Who, in any organisation, is an operator and may sign in; the rows stay locked like those of admins."""
    query = (
        select(StaffRole.person_id)
        .join(StaffMember, StaffMember.person_id == StaffRole.person_id)
        .where(StaffMember.disabled_at.is_(None), StaffRole.role == Role.OPERATOR)
        .order_by(StaffRole.person_id)
    )
    return frozenset(await db.scalars(query.with_for_update()))


async def tokens_of(db: Db, actor: Actor) -> Sequence[ApiToken]:
    """The organisation's tokens, those in use first, then by name."""
    query = select(ApiToken).where(ApiToken.organisation_id == actor.organisation_id)
    order = (ApiToken.revoked_at.is_not(None), ApiToken.name, ApiToken.id)
    return (await db.scalars(query.order_by(*order))).all()


async def token_by_id(db: Db, actor: Actor, token_id: UUID) -> ApiToken:
    """Give one token; raises NotFound."""
    query = select(ApiToken).where(
        ApiToken.organisation_id == actor.organisation_id, ApiToken.id == token_id
    )
    token = await db.scalar(query)
    if token is None:
        raise NotFound
    return token


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in on a browser, with what pages need of them."""

    sign_in_id: UUID
    person: Person
    roles: frozenset[Role]
    organisation: Organisation


async def signed_in(db: Db, secret_hash: str, now: datetime) -> SignedIn | None:
    """Find who a sign-in cookie belongs to: not expired, not disabled, not left."""
    query = (
        select(SignIn.id, Person, StaffMember, Organisation)
        .join(Person, Person.id == SignIn.person_id)
        .join(StaffMember, StaffMember.person_id == Person.id)
        .join(Organisation, Organisation.id == SignIn.organisation_id)
        .where(SignIn.secret_hash == secret_hash, SignIn.expires_at > now)
        .where(StaffMember.disabled_at.is_(None), Person.left_at.is_(None))
        .options(joinedload(StaffMember.roles))
    )
    row = (await db.execute(query)).unique().first()
    if row is None:
        return None
    sign_in_id, person, member, organisation = row
    return SignedIn(sign_in_id, person, frozenset(role.role for role in member.roles), organisation)


async def sign_in_request_by_link(db: Db, link_hash: str) -> SignInRequest | None:
    """The request to sign in whose link has this hash, whatever became of it."""
    return await db.scalar(select(SignInRequest).where(SignInRequest.link_hash == link_hash))


async def requests_of_browser(db: Db, browser_hash: str, now: datetime) -> Sequence[SignInRequest]:
    """What a browser asked for and can still use, newest first."""
    query = select(SignInRequest).where(
        SignInRequest.browser_hash == browser_hash,
        SignInRequest.used_at.is_(None),
        SignInRequest.expires_at > now,
    )
    return (await db.scalars(query.order_by(SignInRequest.id.desc()))).all()


async def program_with_token(db: Db, token_hash: str) -> ApiToken | None:
    """The token with this hash, unless it was revoked."""
    query = select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
    return await db.scalar(query)
