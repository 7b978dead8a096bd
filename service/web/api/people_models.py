"""People as programs see and give them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from scheduling.ways import Way
from service.actions.people import PersonDetails
from service.storage.people import Channel, Person
from service.web.api.fields import (
    Change,
    Given,
    Id,
    Line,
    Lines,
    Listing,
    Name,
    Value,
    Whole,
    each_once,
)

Language = Annotated[
    str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=40, examples=["en"])
]
PrintSize = Annotated[Whole, Field(json_schema_extra={"enum": [16, 18, 20, 24, 28]})]
Channels = Annotated[
    list[Channel],
    Field(
        max_length=len(Channel),
        description="How to reach them, best first.",
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(each_once),
]


class PeopleListing(Listing):
    """Which people."""

    q: Annotated[
        Line, Field(description="Part of a chosen name, or how an e-mail or number begins.")
    ] = ""


class NewPerson(Given):
    """A person to add."""

    chosen_name: Name
    reference: Annotated[Line, Field(description="Your own short name for them.")] = ""
    channels: Channels = Field(default_factory=list)
    email: Line = ""
    phone: Line = ""
    address: Lines = ""
    through_name: Line = ""
    through_contact: Line = ""
    language: Language = "en"
    print_size: PrintSize = 16
    usual_way: Way | None = None
    coordinator_id: Id | None = None


class ChangePerson(Change):
    """What changes about a person."""

    chosen_name: Name = ""
    reference: Line = ""
    channels: Channels = Field(default_factory=list)
    email: Line = ""
    phone: Line = ""
    address: Lines = ""
    through_name: Line = ""
    through_contact: Line = ""
    language: Language = ""
    print_size: PrintSize = 16
    usual_way: Way | None = None
    coordinator_id: Id | None = None


class OnePerson(Value):
    """A person. How to reach them is null where only a human may: please ask the coordinator."""

    id: UUID
    chosen_name: str
    reference: str
    channels: list[Channel] | None
    email: str | None
    phone: str | None
    address: str | None
    through_name: str | None
    through_contact: str | None
    language: str
    print_size: int
    usual_way: Way | None
    coordinator_id: UUID | None
    created_at: datetime


class People(Value):
    """A page of people, by name."""

    items: list[OnePerson]
    next: str | None


REACH = ("channels", "email", "phone", "address", "through_name", "through_contact")


def shown(person: Person, details: PersonDetails, *, by_hand: bool) -> OnePerson:
    """Give a person as programs see them; `by_hand` hides how to reach them."""
    reach = {name: None if by_hand else getattr(details, name) for name in REACH}
    return OnePerson(
        id=person.id,
        chosen_name=details.chosen_name,
        reference=details.reference,
        language=details.language,
        print_size=details.print_size,
        usual_way=details.usual_way,
        coordinator_id=details.coordinator_id,
        created_at=person.created_at,
        **reach,
    )
