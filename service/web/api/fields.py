"""The kinds of value that requests and answers are made of, as strict as their description says."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from scheduling.text import clean
from scheduling.ways import Way

T = TypeVar("T")

LARGEST_NUMBER = 10_000
DEFAULT_LIMIT, LARGEST_LIMIT = 50, 100

_WALL = r"^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"
_ID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _one_line(text: str) -> str:
    return clean(text)


def _many_lines(text: str) -> str:
    return clean(text, lines=True)


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("needed")
    return text


def _whole(value: object) -> object:
    """Take 2.0 for 2, as JSON Schema does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,6}", value):
        raise ValueError("not-a-number")
    return value


def _yes_no(value: object) -> object:
    """Take the two words of JSON only; a default is a bool already."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("not-true-or-false")
    return value


def _id(value: object) -> object:
    return _made(value, _ID, UUID, "not-an-id")


def _day(value: object) -> object:
    return _made(value, _DATE, date.fromisoformat, "not-a-date")


def _wall_clock(value: object) -> object:
    return _made(value, re.compile(_WALL), datetime.fromisoformat, "not-a-time")


def _instant(value: object) -> object:
    return _made(value, _INSTANT, datetime.fromisoformat, "not-a-time")


def _made(value: object, form: re.Pattern[str], make: Callable[[str], object], code: str) -> object:
    """Make a value from text of exactly this form; what is no text is left to the type's own check."""
    if not isinstance(value, str):
        return value
    if not form.fullmatch(value):
        raise ValueError(code)
    try:
        return make(value)
    except ValueError as error:
        raise ValueError(code) from error


def each_once(values: list[T]) -> list[T]:
    """Refuse a list with anything in it twice."""
    if len(set(values)) < len(values):
        raise ValueError("given-twice")
    return values


def _wall_text(value: datetime) -> str:
    return value.isoformat(timespec="minutes")


#: Texts pass the boundary filter. Their length is counted as they were sent.
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Name = Annotated[
    str,
    Field(min_length=1, max_length=200),
    AfterValidator(_one_line),
    AfterValidator(_not_empty),
]
ShortName = Annotated[
    str,
    Field(min_length=1, max_length=120),
    AfterValidator(_one_line),
    AfterValidator(_not_empty),
]
Lines = Annotated[str, Field(max_length=1000), AfterValidator(_many_lines)]
LongLines = Annotated[str, Field(max_length=2000), AfterValidator(_many_lines)]
VeryLongLines = Annotated[str, Field(max_length=4000), AfterValidator(_many_lines)]

Count = Annotated[int, Field(ge=1, le=LARGEST_NUMBER), BeforeValidator(_whole)]
Minutes = Annotated[int, Field(ge=5, le=24 * 60), BeforeValidator(_whole)]
Version = Annotated[
    int,
    Field(ge=1, le=2**31 - 1, description="The version you read; another one is a conflict."),
    BeforeValidator(_whole),
]
Whole = Annotated[int, BeforeValidator(_whole)]
#: A yes or no in an address's query.
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Id = Annotated[UUID, BeforeValidator(_id)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
WallClock = Annotated[
    datetime,
    BeforeValidator(_wall_clock),
    PlainSerializer(_wall_text),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _WALL,
            "description": "A time as a clock on the wall shows it, in the meeting's zone.",
        }
    ),
]


class Value(BaseModel):
    """What an answer is made of."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Given(BaseModel):
    """What a request is made of: no name that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _without_defaults(schema: dict[str, Any]) -> None:
    for described in schema.get("properties", {}).values():
        described.pop("default", None)


class Change(Given):
    """A change: what is not given stays as it is. Defaults are never used, so none are described."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    def given(self) -> dict[str, Any]:
        """Give what was given, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Nothing(Given):
    """No query or no body is taken, or none is given back."""


class Listing(Given):
    """Which part of a list."""

    limit: Annotated[
        int,
        Field(ge=1, le=LARGEST_LIMIT, description="How many at most."),
        BeforeValidator(_digits),
    ] = DEFAULT_LIMIT
    cursor: Annotated[
        str,
        Field(
            min_length=1,
            description="`next` of the page before.",
            json_schema_extra={"pattern": "^[A-Za-z0-9_-]+$"},
        ),
    ] = ""


class OfferedWay(Given):
    """A way of joining and how many may come by it; no limit if `places` is null."""

    way: Way
    places: Count | None = None


def each_way_once(offers: Sequence[OfferedWay]) -> Sequence[OfferedWay]:
    """Refuse a way that is offered twice."""
    if len({offer.way for offer in offers}) < len(offers):
        raise ValueError("given-twice")
    return offers


Offers = Annotated[list[OfferedWay], Field(max_length=len(Way)), AfterValidator(each_way_once)]
Ids = Annotated[
    list[Id],
    Field(max_length=1000, json_schema_extra={"uniqueItems": True}),
    AfterValidator(each_once),
]
