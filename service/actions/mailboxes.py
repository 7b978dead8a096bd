"""Which mailboxes are read: the installation's, and those that organisations have of their own."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag

from service.actions.permissions import Permission, require
from service.actor import Actor, Role
from service.config import Settings
from service.errors import Invalid
from service.inbound.mailbox import BadMailbox, Mailbox, mailbox
from service.keys import Keys
from service.storage.audit import record
from service.storage.base import Db
from service.storage.organisations import Organisation, all_organisations, organisation_by_id
from service.storage.tasks import Task, TaskKind, task_was_raised

log = structlog.get_logger("mail")

#: What the task about a mailbox that cannot be read is about.
TROUBLE: Final = "mailbox"


@dataclass(frozen=True, slots=True)
class MailboxInUse:
    """A mailbox, and whose it is (None: the installation's). `tls_context` trusts others than usual."""

    mailbox: Mailbox
    house: UUID | None = None
    tls_context: ssl.SSLContext | None = field(default=None, repr=False)


def mailboxes_in_use(
    houses: Sequence[Organisation], settings: Settings, keys: Keys
) -> Sequence[MailboxInUse]:
    """Give every mailbox there is to read; one whose address cannot be used is logged and left out."""
    common = _readable(settings.mailbox_url, None) if settings.mailbox_url else None
    own = ((house.id, mailbox_of(house, keys)) for house in houses)
    in_use = [MailboxInUse(found, house) for house, found in own if found is not None]
    return [MailboxInUse(common), *in_use] if common is not None else in_use


def mailbox_of(house: Organisation, keys: Keys) -> Mailbox | None:
    """Open an organisation's own mailbox address; None if it has none, or none that can be used."""
    if house.mailbox_sealed is None:
        return None
    try:
        return _readable(
            keys.open_setting(mailbox_binding(house.id), house.mailbox_sealed), house.id
        )
    except (KeyError, ValueError, InvalidTag) as error:
        log.error("mailbox-unusable", house=str(house.id), kind=type(error).__name__)
        return None


async def set_mailbox(db: Db, actor: Actor, keys: Keys, url: str, *, now: datetime) -> None:
    """Seal the address of the organisation's own mailbox; raises Invalid, which never repeats it."""
    require(actor, Permission.SET_UP)
    try:
        mailbox(url)
    except BadMailbox as error:
        raise Invalid({"mailbox": "not-a-mailbox"}) from error
    house = await organisation_by_id(db, actor.organisation_id)
    house.mailbox_sealed = keys.seal_setting(mailbox_binding(house.id), url)
    record(db, actor, "organisation.mailbox-set", house, now=now)


async def clear_mailbox(db: Db, actor: Actor, *, now: datetime) -> None:
    """Forget the organisation's own mailbox; answers come to the installation's."""
    require(actor, Permission.SET_UP)
    house = await organisation_by_id(db, actor.organisation_id)
    if house.mailbox_sealed is not None:
        house.mailbox_sealed = None
        record(db, actor, "organisation.mailbox-cleared", house, now=now)


async def tell_of_trouble(db: Db, house: UUID | None, why: str, *, now: datetime) -> None:
    """Raise a task for the admins, once a day, while a mailbox cannot be read: theirs, or everybody's."""
    houses = [house] if house is not None else [each.id for each in await all_organisations(db)]
    for each in houses:
        once = f"{TROUBLE}|{each}|{now:%Y-%m-%d}"
        if not await task_was_raised(db, once):
            db.add(
                Task(
                    organisation_id=each,
                    kind=TaskKind.READ_MAIL,
                    about=TROUBLE,
                    once=once,
                    for_role=Role.ADMIN,
                    words=why,
                    due_at=now,
                    created_at=now,
                )
            )


def _readable(url: str, house: UUID | None) -> Mailbox | None:
    try:
        return mailbox(url)
    except BadMailbox:
        log.error("mailbox-unusable", house=str(house), kind="address")
        return None


def mailbox_binding(house: UUID) -> str:
    """Name what an organisation's sealed mailbox address is bound to."""
    return f"mailbox|{house}"
