"""What an endpoint is: one value from which both its route and its description are made."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from service.actor import Actor
from service.errors import Invalid, Refused
from service.keys import Keys
from service.storage.base import Db
from service.web.api.bodies import parse_query, read_body
from service.web.api.cursors import make_cursor, read_cursor
from service.web.api.fields import Listing, Nothing
from service.web.api.repeating import repeated
from service.web.context import ACTOR, DB, KEYS, NOW
from service.web.entry import Route, program
from service.web.reading import read_id

BASE = "/api/v1"

Q = TypeVar("Q", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """One request of a program, read and checked."""

    request: web.Request
    query: Q
    body: B

    @property
    def db(self) -> Db:
        """Give the database session."""
        return self.request[DB]

    @property
    def actor(self) -> Actor:
        """Give the program as an actor."""
        return self.request[ACTOR]

    @property
    def now(self) -> datetime:
        """Give the time of the request."""
        return self.request[NOW]

    @property
    def keys(self) -> Keys:
        """Give the installation's keys."""
        return self.request.app[KEYS]

    def id(self) -> UUID:
        """Give the identifier in the path (there is at most one); raises NotFound."""
        (name,) = self.request.match_info
        return read_id(self.request, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[Q, B, A]):
    """One method of one address.

    `call` does the work. `creates` makes it answer 201 and take an Idempotency-Key; `collection` is
    where the new thing will be found by its `id`. `refuses` tells that a rule may say no (409).
    `renames` gives the API's names for fields that actions know by those of forms.
    """

    method: str
    path: str
    name: str
    tag: str
    scope: str
    summary: str
    call: Callable[[Call[Q, B]], Awaitable[A]]
    query: type[Q]
    body: type[B]
    answer: type[A]
    creates: bool = False
    collection: str = ""
    refuses: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> HTTPStatus:
        """Give the status of a request that went well."""
        if self.creates:
            return HTTPStatus.CREATED
        return HTTPStatus.NO_CONTENT if self.answer is Nothing else HTTPStatus.OK

    @property
    def takes_body(self) -> bool:
        """Tell whether a body is read."""
        return self.body is not Nothing

    def route(self) -> Route:
        """Make the route, guarded by the scope."""
        guard = program(self.scope)
        return Route(self.method, BASE + self.path, self.handle, guard, f"api-{self.name}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Read, call, answer."""
        query = parse_query(request.query, self.query)
        body = await read_body(request, self.body) if self.takes_body else self.body()
        if not self.creates:
            return self._answered(await self._called(Call(request, query, body)))
        repeat = await repeated(request)
        if repeat is not None and repeat.answer is not None:
            return self._created(repeat.answer)
        content = (await self._called(Call(request, query, body))).model_dump(mode="json")
        if repeat is not None:
            repeat.keep(int(self.status), content)
        return self._created(content)

    async def _called(self, call: Call[Q, B]) -> A:
        """Do the work, naming fields as the API does."""
        try:
            return await self.call(call)
        except Invalid as error:
            raise Invalid(
                {self._renamed(name): code for name, code in error.fields.items()}
            ) from error
        except Refused as error:
            if "field" not in error.facts:
                raise
            facts = dict(error.facts) | {"field": self._renamed(str(error.facts["field"]))}
            raise Refused(error.reason, **facts) from error

    def _renamed(self, name: str) -> str:
        return self.renames.get(name, name)

    def _answered(self, answer: A) -> web.Response:
        if self.status is HTTPStatus.NO_CONTENT:
            return web.Response(status=self.status)
        return web.json_response(text=answer.model_dump_json(), status=self.status)

    def _created(self, content: Mapping[str, Any]) -> web.Response:
        response = web.json_response(content, status=self.status)
        if self.collection:
            response.headers["Location"] = f"{BASE}{self.collection}/{content['id']}"
        return response


#: An endpoint in a list of different ones.
AnyEndpoint = Endpoint[Any, Any, Any]


def listed(
    call: Call[Any, Nothing],
    rows: Sequence[R],
    show: Callable[[R], A],
    key: Callable[[R], Sequence[str]],
) -> dict[str, Any]:
    """Give one page of a list: `rows` hold one more than was asked for if there are more."""
    listing: Listing = call.query
    shown = rows[: listing.limit]
    goes_on = len(rows) > listing.limit
    return {
        "items": [show(row) for row in shown],
        "next": make_cursor(call.keys, _list_name(call), key(shown[-1])) if goes_on else None,
    }


def after(call: Call[Any, Nothing]) -> list[str] | None:
    """Give the sort key that the page begins after; None for the first page."""
    listing: Listing = call.query
    return read_cursor(call.keys, _list_name(call), listing.cursor) if listing.cursor else None


def after_id(call: Call[Any, Nothing]) -> UUID | None:
    """Give the identifier that the page begins after, in a list kept in the order of making."""
    key = after(call)
    return UUID(key[0]) if key else None


def _list_name(call: Call[Any, Nothing]) -> str:
    return str(call.request.match_info.route.name)
