"""The phone line of an organisation: what its Jitsi server offers to those who dial in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from scheduling.online import Ability, ServerKind
from service.storage.base import Db
from service.storage.organisations import Organisation
from service.storage.servers import DialInNumber, JitsiServer


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A server that people can dial in to: its numbers, the one to be told first.

    At one of our own everybody gets a PIN from us. 8x8 makes one PIN for a room, and we ask for it.
    """

    kind: ServerKind
    numbers: tuple[str, ...] = ()

    @property
    def makes_pins(self) -> bool:
        """Say whether the PINs are ours: one for the meeting and one for everybody in it."""
        return self.kind.is_ours

    @property
    def first_number(self) -> str:
        """Give the number to be told first; "" while none is known."""
        return self.numbers[0] if self.numbers else ""

    def carries(self, number: str, pin: str) -> bool:
        """Say whether what was typed leaves number and PIN to this line; else it is somebody else's.

        A PIN that was typed belongs to another line, and so does a number that is none of these.
        """
        if pin.strip():
            return False
        return not number.strip() or self.has(number)

    def has(self, number: str) -> bool:
        """Say whether this is one of its numbers, however it was written."""
        return _digits(number) in {_digits(each) for each in self.numbers}


async def line_of(db: Db, organisation_id: UUID) -> PhoneLine | None:
    """Give the line of an organisation's server, None if nobody can dial in there; one query."""
    query = (
        select(JitsiServer.kind, JitsiServer.abilities, JitsiServer.is_retired, DialInNumber.number)
        .join(Organisation, Organisation.server_id == JitsiServer.id)
        .outerjoin(DialInNumber, DialInNumber.server_id == JitsiServer.id)
        .where(Organisation.id == organisation_id)
        .order_by(DialInNumber.rank, DialInNumber.id)
    )
    rows = (await db.execute(query)).all()
    if not rows:
        return None
    kind, abilities, is_retired, _ = rows[0]
    numbers = tuple(number for *_, number in rows if number)
    takes_calls = Ability.DIAL_IN.value in abilities and not is_retired
    if not takes_calls or kind is ServerKind.PLAIN or (kind.is_ours and not numbers):
        return None
    return PhoneLine(kind, numbers)


def _digits(number: str) -> str:
    digits = "".join(mark for mark in number if mark.isdigit() or mark == "+")
    return "0" + digits[3:] if digits.startswith("+44") else digits
