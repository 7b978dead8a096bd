"""The numbers people dial to get into a server's rooms: their country, and the order they are told in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import phonenumbers

from service.actions.permissions import Permission, require
from service.actions.servers import server_changed
from service.actor import Actor
from service.errors import Invalid, NotFound, Refused
from service.identifiers import new_id
from service.storage.base import Db
from service.storage.servers import DialInNumber, JitsiServer, server_to_change

#: Nobody reads more numbers than these.
MOST_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A number as it was typed, and its country in the two letters of ISO 3166 (GB, not UK)."""

    number: str
    country: str
    is_toll_free: bool = False

    def normal(self) -> str:
        """Give the number as +441632960140; raises Invalid unless it can be one of that country."""
        if not self.number:
            raise Invalid({"number": "needed"})
        if self.country not in phonenumbers.SUPPORTED_REGIONS:
            raise Invalid({"country": "not-a-country"})
        try:
            found = phonenumbers.parse(self.number, self.country)
        except phonenumbers.NumberParseException as error:
            raise Invalid({"number": "not-a-phone"}) from error
        if not phonenumbers.is_possible_number(found) or found.extension:
            raise Invalid({"number": "not-a-phone"})
        if found.country_code != phonenumbers.country_code_for_region(self.country):
            raise Invalid({"country": "number-of-another-country"})
        return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


async def add_number(
    db: Db, actor: Actor, slug: str, wanted: NewNumber, *, now: datetime
) -> DialInNumber:
    """Add a number, told last; raises Invalid, NotFound, Refused."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    number = wanted.normal()
    if number in {each.number for each in server.numbers}:
        raise Refused("number-is-there", field="number")
    if len(server.numbers) >= MOST_NUMBERS:
        raise Refused("too-many-numbers", field="number")
    added = DialInNumber(
        id=new_id(),
        server_id=server.id,
        number=number,
        country=wanted.country,
        is_toll_free=wanted.is_toll_free,
        rank=max((each.rank for each in server.numbers), default=-1) + 1,
    )
    server.numbers.append(added)
    server_changed(db, actor, server, "server.number-added", now=now)
    return added


async def remove_number(db: Db, actor: Actor, slug: str, number_id: UUID, *, now: datetime) -> None:
    """Take a number off the list; raises NotFound."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    server.numbers.remove(_one_of(server, number_id))
    server_changed(db, actor, server, "server.number-removed", now=now)


async def tell_first(db: Db, actor: Actor, slug: str, number_id: UUID, *, now: datetime) -> None:
    """Let a number be told before all others; raises NotFound."""
    require(actor, Permission.KEEP_SERVERS)
    server = await server_to_change(db, slug)
    first = _one_of(server, number_id)
    others = [each for each in server.numbers if each is not first]
    for rank, each in enumerate((first, *others)):
        each.rank = rank
    server_changed(db, actor, server, "server.numbers-ordered", now=now)


def _one_of(server: JitsiServer, number_id: UUID) -> DialInNumber:
    found = next((each for each in server.numbers if each.id == number_id), None)
    if found is None:
        raise NotFound
    return found
