"""Setting up an organisation: what it is called, how it is reached, its mail server and its texts."""

import asyncio
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol

from scheduling.bank_holidays import ENGLAND, is_region
from scheduling.time import UnknownZone, zone_named
from service.actions.carrying import mail_server_binding
from service.actions.contact_details import normal_email, normal_phone
from service.actions.dating import date_requests
from service.actions.permissions import Permission, require
from service.actor import Actor
from service.errors import Invalid, NotFound
from service.keys import Keys
from service.outbound.mail_server import BadMailServer, mail_server
from service.storage.audit import record
from service.storage.base import Db
from service.storage.messages import MessageKind, queue_mail
from service.storage.organisations import Organisation, organisation_by_id
from service.texts import Text


class Normal(Protocol):
    """Bring what was typed into a field to its normal form; raises Invalid."""

    def __call__(self, text: str, *, field: str) -> str:
        """Give the normal form."""


NORMAL_FORMS: dict[str, Normal] = {
    "contact_phone": normal_phone,
    "contact_email": normal_email,
    "dial_in_number": normal_phone,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseDetails:
    """What an admin may change about the organisation. Texts have passed the boundary filter."""

    name: str
    contact_phone: str
    contact_email: str
    zone: str
    dial_in_number: str
    region: str = ENGLAND
    latitude: float | None = None
    longitude: float | None = None

    def problems(self) -> dict[str, str]:
        """Give the code of what is wrong, by field."""
        found = {
            field: "needed"
            for field in ("name", "contact_phone", "contact_email")
            if not getattr(self, field)
        }
        for field, normal in NORMAL_FORMS.items():
            try:
                normal(getattr(self, field), field=field)
            except Invalid as error:
                found |= error.fields
        if not _is_zone(self.zone):
            found["zone"] = "not-a-zone"
        return found | self._where_problems()

    def _where_problems(self) -> dict[str, str]:
        found = {}
        if self.region and not is_region(self.region):
            found["region"] = "not-a-region"
        for name, most in (("latitude", 90), ("longitude", 180)):
            degrees = getattr(self, name)
            if degrees is not None and not -most <= degrees <= most:
                found[name] = "not-degrees"
        if (self.latitude is None) is not (self.longitude is None):
            found["latitude" if self.latitude is None else "longitude"] = "both-or-none"
        return found


def details_of(organisation: Organisation) -> HouseDetails:
    """Give what is kept of an organisation as a value."""
    return HouseDetails(
        **{each.name: getattr(organisation, each.name) for each in fields(HouseDetails)}
    )


async def change_organisation(
    db: Db, actor: Actor, details: HouseDetails, *, now: datetime
) -> None:
    """Change the organisation; raises Invalid."""
    require(actor, Permission.SET_UP)
    # The first question about a country reads the whole library of holidays.
    await asyncio.to_thread(is_region, details.region)
    if problems := details.problems():
        raise Invalid(problems)
    organisation = await organisation_by_id(db, actor.organisation_id)
    was = details_of(organisation)
    names = [each.name for each in fields(HouseDetails)]
    changed = [name for name in names if getattr(was, name) != getattr(details, name)]
    for name in changed:
        setattr(organisation, name, getattr(details, name))
    if "region" in changed:
        await date_requests(db, actor, now=now, all_of_them=True)
    if changed:
        record(db, actor, "organisation.changed", organisation, now=now, fields=" ".join(changed))


async def set_mail_server(db: Db, actor: Actor, keys: Keys, url: str, *, now: datetime) -> None:
    """Seal the address of the organisation's own mail server; raises Invalid, which never repeats it."""
    require(actor, Permission.SET_UP)
    try:
        mail_server(url)
    except BadMailServer as error:
        raise Invalid({"mail_server": "not-a-mail-server"}) from error
    organisation = await organisation_by_id(db, actor.organisation_id)
    bound_to = mail_server_binding(organisation.id)
    organisation.mail_server_sealed = keys.seal_setting(bound_to, url)
    record(db, actor, "organisation.mail-server-set", organisation, now=now)


async def clear_mail_server(db: Db, actor: Actor, *, now: datetime) -> None:
    """Forget the organisation's own mail server; mail goes by the installation's."""
    require(actor, Permission.SET_UP)
    organisation = await organisation_by_id(db, actor.organisation_id)
    if organisation.mail_server_sealed is not None:
        organisation.mail_server_sealed = None
        record(db, actor, "organisation.mail-server-cleared", organisation, now=now)


async def send_test_letter(db: Db, actor: Actor, *, now: datetime) -> None:
    """Queue the letter that new staff get, to the actor, the way all mail of the organisation goes."""
    require(actor, Permission.SET_UP)
    if actor.person_id is None:
        raise NotFound
    me, welcome = actor.person_id, MessageKind.STAFF_WELCOME
    await queue_mail(db, actor.organisation_id, welcome, me, subject_id=me, now=now)
    record(db, actor, "organisation.mail-tried", None, now=now)


async def write_text(db: Db, actor: Actor, text: Text, words: str, *, now: datetime) -> None:
    """Put the organisation's own words in the place of one of the usual texts; raises Invalid."""
    require(actor, Permission.SET_UP)
    if not words:
        raise Invalid({"words": "needed"})
    organisation = await organisation_by_id(db, actor.organisation_id)
    organisation.texts = organisation.texts | {text.value: words}
    record(db, actor, "organisation.text-written", organisation, now=now, text=text)


async def use_usual_text(db: Db, actor: Actor, text: Text, *, now: datetime) -> None:
    """Go back to the usual text."""
    require(actor, Permission.SET_UP)
    organisation = await organisation_by_id(db, actor.organisation_id)
    kept = {name: words for name, words in organisation.texts.items() if name != text}
    if kept != organisation.texts:
        organisation.texts = kept
        record(db, actor, "organisation.text-reset", organisation, now=now, text=text)


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except UnknownZone:
        return False
    return True
