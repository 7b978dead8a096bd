"""Parts of the demonstration's file that stand by themselves: who and what there is, and what is asked for."""

from pydantic import BaseModel, ConfigDict

from accessibility.claims import ClaimKind, ClaimState, PayBy
from accessibility.consent import ConsentChannel
from accessibility.kit import KitKind
from accessibility.requests import RequestState
from scheduling.online import ServerKind


class Part(BaseModel):
    """A part of the file; what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class House(Part):
    """An organisation."""

    slug: str
    name: str
    phone: str
    email: str
    dial_in_number: str = ""


class RoomServer(Part):
    """A Jitsi server, and the organisations that have their rooms there."""

    name: str
    kind: ServerKind
    url: str = ""
    app_id: str = ""
    numbers: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()


class Booker(Part):
    """Somebody who can be booked, for what, and what they ask for."""

    id: str
    name: str
    codes: tuple[str, ...]
    phone: str = ""
    email: str = ""
    price_pence: int | None = None
    half_fee_days: int = 0
    full_fee_days: int = 0
    notes: str = ""


class Asked(Part):
    """A request that came of it, and the states it went through.

    `books` names the supplier who is booked for it in the end, `shares` that it joins what is booked already.
    """

    who: str
    code: str
    days_ago: int
    steps: tuple[RequestState, ...]
    words: str = ""
    books: str = ""
    reference: str = ""
    shares: bool = False


class Claimed(Part):
    """Money that somebody asked for, in pence, and where it stands today."""

    who: str
    kind: ClaimKind
    pence: int = 0
    hours: int = 0
    hour_pence: int = 0
    days_ago: int
    state: ClaimState = ClaimState.ASKED
    pay_by: PayBy = PayBy.CASH_AT_THE_DOOR
    channel: ConsentChannel = ConsentChannel.WEB
    words: str = ""
    answer: str = ""


class Thing(Part):
    """Something the organisation owns, and who has it, lent so many days ago."""

    name: str
    kind: KitKind
    is_lendable: bool = False
    notes: str = ""
    lent_to: str = ""
    lent_days_ago: int = 0
    due_in_days: int = 0
