"""People (friends of an organisation), how to reach them, and groups of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.ways import Way
from service.actor import Actor
from service.errors import NotFound
from service.storage.base import Base, Db, OfOrganisation
from service.storage.types import JsonValue


class Channel(StrEnum):
    """A way to reach a person."""

    EMAIL = "email"
    TEXT = "text"
    CALL = "call"
    LETTER = "letter"
    THROUGH = "through"


PRINT_SIZES = (16, 18, 20, 24, 28)


class Person(OfOrganisation, Base):
    """One person. `chosen_name` is what they want to be called and all that others ever see.

    `channels` lists Channel values, best first. `reference` is the organisation's own short name for
    them, used by imports. `email_key` and `phone_key` are normalised forms to find people by.
    `reminders` are the minutes before a meeting at which they want to hear (None: the usual times).
    `erased_at` is when all that said who they were was removed; the row stays to be counted.
    Nothing is mailed to an address once `email_stopped_at` is set, until it is put right.
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference"),
        Index(None, "organisation_id", "name_key"),
        Index(None, "organisation_id", "email_key"),
        Index(None, "organisation_id", "phone_key"),
        CheckConstraint("print_size IN (16, 18, 20, 24, 28)", name="print_size"),
    )

    reference: Mapped[str | None]
    chosen_name: Mapped[str]
    name_key: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(default=list)
    email: Mapped[str] = mapped_column(default="")
    email_key: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    phone_key: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    through_name: Mapped[str] = mapped_column(default="")
    through_contact: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    print_size: Mapped[int] = mapped_column(default=16)
    usual_way: Mapped[Way | None]
    join_choices: Mapped[list[str]] = mapped_column(default=list)
    coordinator_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reminders: Mapped[list[int] | None] = mapped_column(JsonValue)
    email_stopped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def first_channel(self) -> Channel | None:
        """The channel to try first, if any was given."""
        return Channel(self.channels[0]) if self.channels else None


class Group(OfOrganisation, Base):
    """A named set of people who are often invited together."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str]
    members: Mapped[list[Person]] = relationship(
        secondary="group_members", lazy="raise", order_by=Person.name_key
    )


class GroupMember(Base):
    """That a person belongs to a group."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


def visible_people(actor: Actor) -> Select[Person]:
    """Select the people of the actor's organisation who have not left."""
    return select(Person).where(
        Person.organisation_id == actor.organisation_id, Person.left_at.is_(None)
    )


async def person_by_id(db: Db, actor: Actor, person_id: UUID) -> Person:
    """Give one person of the actor's organisation; raises NotFound."""
    person = await db.scalar(visible_people(actor).where(Person.id == person_id))
    if person is None:
        raise NotFound
    return person


async def lock_person(db: Db, person_id: UUID) -> None:
    """Let nobody else record anything for this person until the end of this transaction.

    Rows may still point at the person meanwhile: the key itself is not locked.
    """
    query = select(Person.id).where(Person.id == person_id)
    await db.execute(query.with_for_update(key_share=True))


async def search_people(
    db: Db, actor: Actor, words: str, *, after: tuple[str, UUID] | None = None, limit: int = 40
) -> Sequence[Person]:
    """People whose chosen name contains the words, or whose e-mail or number begins so, by name.

    `after` is the (name_key, id) of the last one seen; one more than `limit` tells that there are more.
    """
    query = visible_people(actor)
    if words:
        key = words.casefold()
        digits = phone_digits(words)
        finds = [
            Person.name_key.contains(key, autoescape=True),
            Person.email_key.startswith(key, autoescape=True),
        ]
        if digits:
            finds.append(Person.phone_key.startswith(digits, autoescape=True))
        query = query.where(or_(*finds))
    if after is not None:
        query = query.where(
            or_(Person.name_key > after[0], (Person.name_key == after[0]) & (Person.id > after[1]))
        )
    return (await db.scalars(query.order_by(Person.name_key, Person.id).limit(limit))).all()


def phone_digits(words: str) -> str:
    """Keep what can begin a stored number: digits, and +44 for a leading 0."""
    digits = "".join(character for character in words if character.isdigit())
    return f"+44{digits[1:]}" if digits.startswith("0") else digits and f"+{digits}"


async def people_by_ids(db: Db, actor: Actor, ids: Sequence[UUID]) -> Sequence[Person]:
    """People of the actor's organisation among the ids, by name."""
    query = visible_people(actor).where(Person.id.in_(ids)).order_by(Person.name_key)
    return (await db.scalars(query)).all()


async def groups_with_counts(db: Db, actor: Actor) -> Sequence[tuple[Group, int]]:
    """The organisation's groups by name, each with how many people it has."""
    query = (
        select(Group, func.count(GroupMember.person_id))
        .outerjoin(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.organisation_id == actor.organisation_id)
        .group_by(Group.id)
        .order_by(Group.name)
    )
    return [(group, count) for group, count in await db.execute(query)]


async def people_sharing(
    db: Db, actor: Actor, *, email_key: str, phone_key: str, but: UUID | None = None
) -> Sequence[Person]:
    """Other people with the same mailbox or number, by name: a hint, for two may share either."""
    shared = [
        column == key
        for column, key in ((Person.email_key, email_key), (Person.phone_key, phone_key))
        if key
    ]
    if not shared:
        return ()
    query = visible_people(actor).where(or_(*shared)).order_by(Person.name_key, Person.id)
    if but is not None:
        query = query.where(Person.id != but)
    return (await db.scalars(query.limit(10))).all()


async def all_people(db: Db, actor: Actor, *, is_locked: bool = False) -> Sequence[Person]:
    """Everybody who has not left, by name; locked until the transaction ends if they will be changed."""
    query = visible_people(actor).order_by(Person.name_key, Person.id)
    return (await db.scalars(query.with_for_update() if is_locked else query)).all()


async def reference_is_taken(
    db: Db, actor: Actor, reference: str, *, but: UUID | None = None
) -> bool:
    """Tell whether somebody else, also somebody who left, has this reference."""
    query = select(Person.id).where(
        Person.organisation_id == actor.organisation_id, Person.reference == reference
    )
    if but is not None:
        query = query.where(Person.id != but)
    return await db.scalar(query.limit(1)) is not None


async def gone_references(db: Db, actor: Actor) -> frozenset[str]:
    """References of people who left; they are not given again."""
    query = select(Person.reference).where(
        Person.organisation_id == actor.organisation_id, Person.left_at.is_not(None)
    )
    return frozenset(reference for reference in await db.scalars(query) if reference)


async def group_by_id(db: Db, actor: Actor, group_id: UUID) -> Group:
    """Give one group; raises NotFound."""
    query = select(Group).where(
        Group.organisation_id == actor.organisation_id, Group.id == group_id
    )
    group = await db.scalar(query)
    if group is None:
        raise NotFound
    return group


async def members_of(db: Db, actor: Actor, group_id: UUID) -> Sequence[Person]:
    """The people in one group who have not left, by name."""
    query = visible_people(actor).join(GroupMember, GroupMember.person_id == Person.id)
    query = query.where(GroupMember.group_id == group_id).order_by(Person.name_key, Person.id)
    return (await db.scalars(query)).all()


async def groups_of_person(db: Db, actor: Actor, person_id: UUID) -> Sequence[Group]:
    """The groups one person belongs to, by name."""
    query = (
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.organisation_id == actor.organisation_id, GroupMember.person_id == person_id)
    )
    return (await db.scalars(query.order_by(Group.name))).all()


async def people_with_email(db: Db, actor: Actor, email_key: str) -> Sequence[Person]:
    """People of the actor's organisation who share this address (normalised), by name."""
    query = visible_people(actor).where(Person.email_key == email_key, Person.email_key != "")
    return (await db.scalars(query.order_by(Person.name_key, Person.id))).all()
