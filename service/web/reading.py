"""Reading what a browser sent: forms into typed values, or a list of what is wrong with them."""

import asyncio
import datetime
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_origin
from uuid import UUID

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from multidict import MultiMapping
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    NaiveDatetime,
    ValidationError,
)

from scheduling.text import clean
from scheduling.time import FIRST_YEAR
from service.errors import Invalid, NotFound

#: Nobody needs longer to send a form; who does is cut off before any transaction begins.
BODY_SECONDS = 20

#: Kinds of body that forms send.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

#: Nobody means a year beyond this one; the years between it and the last that clocks know are room to count.
LAST_TYPED_YEAR = 2199

M = TypeVar("M", bound="Form")
D = TypeVar("D", datetime.date, datetime.datetime)

#: pydantic's error types that have a sentence of their own; all others are "not-usable".
CODES = {
    "missing": "needed",
    "string_too_short": "needed",
    "string_too_long": "too-long",
    "too_short": "needed",
    "too_long": "too-long",
    "int_parsing": "not-a-number",
    "float_parsing": "not-a-number",
    "finite_number": "not-a-number",
    "greater_than_equal": "too-small",
    "less_than_equal": "too-big",
    "date_from_datetime_parsing": "not-a-date",
    "date_parsing": "not-a-date",
    "datetime_parsing": "not-a-date",
    "datetime_from_date_parsing": "not-a-date",
    "time_parsing": "not-a-time",
    "enum": "not-a-choice",
    "uuid_parsing": "not-a-choice",
}


def _one_line(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _many_lines(value: object) -> object:
    return clean(value, lines=True) if isinstance(value, str) else value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _in_a_year_one_can_mean(value: D) -> D:
    if not FIRST_YEAR <= value.year <= LAST_TYPED_YEAR:
        raise ValueError("not-a-date")
    return value


#: A day, and a day with a time on the wall clock, in a year that somebody can mean.
Day = Annotated[datetime.date, AfterValidator(_in_a_year_one_can_mean)]
WallTime = Annotated[NaiveDatetime, AfterValidator(_in_a_year_one_can_mean)]
#: A text of one line, through the boundary filter.
Line = Annotated[str, BeforeValidator(_one_line)]
#: A text of several lines, through the boundary filter.
Lines = Annotated[str, BeforeValidator(_many_lines)]
#: Put before an optional type: an empty box means None.
EmptyIsNone = BeforeValidator(_none_if_empty)


class Form(BaseModel):
    """A form's fields. A list-typed field takes every value of its name; the others the last one."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=4000)


async def take_body(request: web.Request) -> None:
    """Read the body into the request, within limits, before a transaction is begun.

    Raises HTTPBadRequest for bytes that are not what they are said to be.
    """
    async with asyncio.timeout(BODY_SECONDS):
        if request.content_type not in FORMS:
            await request.read()
            return
        try:
            await request.post()
        except (ValueError, LookupError, RuntimeError, AssertionError, BadHttpMessage) as error:
            raise web.HTTPBadRequest from error


async def typed(request: web.Request) -> dict[str, Any]:
    """Give what was typed, as it was, to show it again: lists where a name came several times."""
    return shown_again(await request.post())


def shown_again(form: MultiMapping[Any]) -> dict[str, Any]:
    """Give a form's values by name: one value as text, several as a list. The token is left out."""
    return {
        name: (values[0] if len(values) == 1 else values)
        for name in form
        if name != "csrf" and (values := form.getall(name))
    }


async def read_form(request: web.Request, model: type[M]) -> M:
    """Read the posted form into the model; raises Invalid with a code per field."""
    return parse(await request.post(), model)


def read_id(request: web.Request, name: str = "id") -> UUID:
    """Read an identifier from the path; raises NotFound for what cannot be one."""
    try:
        return UUID(request.match_info[name])
    except ValueError as error:
        raise NotFound from error


def read_query(request: web.Request, model: type[M]) -> M:
    """Read the address's query into the model; raises Invalid."""
    return parse(request.query, model)


def parse(form: MultiMapping[Any], model: type[M]) -> M:
    """Make the model from a form's values; raises Invalid."""
    raw: dict[str, object] = {}
    for name, info in model.model_fields.items():
        if name in form:
            is_list = get_origin(info.annotation) in (list, tuple, frozenset, set)
            raw[name] = form.getall(name) if is_list else form.getall(name)[-1]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise Invalid(field_codes(error)) from error


def field_codes(error: ValidationError) -> Mapping[str, str]:
    """Give the first code for each field that is wrong; our own validators raise ValueError(code)."""
    found: dict[str, str] = {}
    for item in error.errors():
        field = str(item["loc"][0]) if item["loc"] else "form"
        code = CODES.get(item["type"], "not-usable")
        if item["type"] == "value_error":
            code = str(item["ctx"]["error"])
        found.setdefault(field, code)
    return found
