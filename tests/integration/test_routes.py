"""What holds for every route: who is turned away, that forms are ours, that looking changes nothing."""

import re

import pytest

from service.actions.permissions import ROLES_THAT_MAY, Permission
from service.actor import Role
from service.web.entry import Entry, Route
from service.web.middlewares import FOR_ALL_SITES
from service.web.routes import ROUTES
from tests.integration.conftest import Browser, Making, OpenBrowser

NO_ID = "00000000-0000-7000-8000-000000000000"
STAFF_ROUTES = [route for route in ROUTES if route.guard.entry is Entry.STAFF]
CHANGING = [route for route in ROUTES if route.changes and route.guard.entry is not Entry.PROGRAM]


@pytest.fixture
async def ada(making: Making, open_browser: OpenBrowser) -> Browser:
    """Give the browser of Ada, who has every role."""
    async with making() as make:
        ada = await make.staff(await make.organisation(), "Ada", *Role)
    return await open_browser(ada)


def path_of(route: Route) -> str:
    """Give an address for the route, with things that are nowhere."""
    return re.sub(r"\{[^}]+\}", NO_ID, route.path)


def test_route_names_and_addresses_are_unique() -> None:
    names = [route.name for route in ROUTES]
    addresses = [(route.method, route.path) for route in ROUTES]

    assert len(set(names)) == len(names)
    assert len(set(addresses)) == len(addresses)


def test_every_permission_is_held_by_somebody() -> None:
    unheld = {permission for permission, roles in ROLES_THAT_MAY.items() if not roles}

    assert {Permission.OWN_INVITATION} == unheld


def test_only_reading_routes_use_get() -> None:
    methods = {route.method for route in ROUTES if not route.path.startswith(FOR_ALL_SITES)}

    assert {"GET", "POST", "PATCH", "DELETE", "PUT"} >= methods


async def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(open_browser: OpenBrowser) -> None:
    browser = await open_browser()

    for route in STAFF_ROUTES:
        if route.method == "GET":
            response = await browser.get(path_of(route))
            assert 303 == response.status, route
            assert response.headers["Location"].startswith("/sign-in"), route


async def test_who_lacks_the_permission_is_told_kindly(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        house = await make.organisation()
        lead = await make.staff(house, "Sam", Role.SAFEGUARDING)
    browser = await open_browser(lead)

    for route in STAFF_ROUTES:
        permission = route.guard.permission
        if route.method != "GET" or permission is None:
            continue
        if Role.SAFEGUARDING in ROLES_THAT_MAY[permission]:
            continue
        response = await browser.get(path_of(route))
        assert 403 == response.status, route
        assert "This page is for someone else here" in browser.page, route


async def test_things_that_are_not_there_are_not_found(ada: Browser) -> None:
    for route in STAFF_ROUTES:
        if route.method == "GET" and "{" in route.path:
            response = await ada.get(path_of(route))
            assert 404 == response.status, route


async def test_a_form_without_our_token_changes_nothing(ada: Browser) -> None:
    for route in CHANGING:
        if route.guard.entry is Entry.STAFF:
            response = await ada.post(path_of(route))
            assert 403 == response.status, route


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_a_post_made_by_another_site_is_refused(
    headers: dict[str, str], ada: Browser
) -> None:
    ada.headers |= headers

    for route in CHANGING:
        # Asked by pages of other sites, and by nobody in particular: see test_phone.py.
        if not route.path.startswith(FOR_ALL_SITES):
            response = await ada.post(path_of(route))
            assert 403 == response.status, route


async def test_files_are_taken_only_where_a_route_says_so(ada: Browser) -> None:
    ada.headers["Content-Type"] = "multipart/form-data"

    for route in CHANGING:
        if route.guard.entry is Entry.STAFF:
            response = await ada.client.post(
                path_of(route), data=b"x" * 100, headers=ada.headers, allow_redirects=False
            )
            assert 415 == response.status, route
