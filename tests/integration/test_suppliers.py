"""Suppliers: added, changed, taken off the list; who may do so, and what is refused."""

from typing import Any

import pytest

from accessibility.bookings import ArrangementState
from service.parts import Parts
from service.storage.suppliers import Supplier
from tests.integration.booking_scene import BOOKED, Bookings, lay_out_bookings
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock

CAPTIONS: dict[str, Any] = {
    "name": "Fast Captions",
    "codes": ["PRO-STTR", "PRO-NOTE"],
    "phone": "01632 960151",
    "email": "",
    "price": "£200",
    "half_fee_days": "5",
    "full_fee_days": "2",
    "notes": "Ask for Jo.",
}


@pytest.fixture
async def bookings(making: Making, parts: Parts, clock: TestClock) -> Bookings:
    """Lay out the scene with a supplier."""
    return await lay_out_bookings(making, parts, clock)


@pytest.fixture
async def ben(bookings: Bookings, open_browser: OpenBrowser) -> Browser:
    """Open the coordinator's browser, at the suppliers."""
    browser = await open_browser(bookings.scene.ben)
    await browser.get("/suppliers")
    return browser


async def named(bookings: Bookings, name: str) -> Supplier:
    """Give the supplier of that name."""
    return next(each for each in await bookings.scene.rows(Supplier) if each.name == name)


async def test_a_supplier_is_added_changed_and_taken_off_the_list(
    bookings: Bookings, ben: Browser
) -> None:
    added = await ben.post("/suppliers/new", **CAPTIONS)
    supplier = await named(bookings, "Fast Captions")
    path = f"/suppliers/{supplier.id}"
    assert (303, f"{path}?done=supplier-added") == (added.status, added.headers["Location"])
    assert (20000, 5, 2) == (supplier.price_pence, supplier.half_fee_days, supplier.full_fee_days)
    await ben.get(path)
    for words in ("01632 960 151", "£200", "Half the fee within 5 days, all of it within 2"):
        assert words in ben.page, words

    await ben.get(f"{path}/edit")
    for typed in ("Fast Captions", 'value="200"', 'value="5"', "Ask for Jo."):
        assert typed in ben.page, typed
    changed = await ben.post(f"{path}/edit", **CAPTIONS | {"name": "Slow Captions", "price": ""})
    retired = await ben.post(f"{path}/retire", retired="yes")

    assert (303, 303) == (changed.status, retired.status)
    supplier = await named(bookings, "Slow Captions")
    assert (None, True) == (supplier.price_pence, supplier.is_retired)
    await ben.get("/suppliers")
    assert "Off the list" in ben.page
    await ben.get(f"{await bookings.path(bookings.scene.eve)}/book")
    assert "Slow Captions" not in ben.page
    await ben.post(f"{path}/retire", retired="no")
    assert not (await named(bookings, "Slow Captions")).is_retired


async def test_days_left_empty_are_those_that_interpreters_usually_ask_for(
    bookings: Bookings, ben: Browser
) -> None:
    empty = {"half_fee_days": "", "full_fee_days": ""}
    await ben.post("/suppliers/new", **CAPTIONS | empty | {"codes": ["PRO-BSL"]})
    signs = await named(bookings, "Fast Captions")
    await ben.post(
        "/suppliers/new", **CAPTIONS | empty | {"name": "Taxis", "codes": ["MOB-TRANSPORT"]}
    )
    taxis = await named(bookings, "Taxis")
    never = {"half_fee_days": "0", "full_fee_days": "0", "name": "Kind Signs"}
    await ben.post("/suppliers/new", **CAPTIONS | never | {"codes": ["PRO-BSL"]})
    kind = await named(bookings, "Kind Signs")

    found = [(each.half_fee_days, each.full_fee_days) for each in (signs, taxis, kind)]
    assert [(14, 7), (0, 0), (0, 0)] == found


async def test_what_a_supplier_did_here_is_listed(bookings: Bookings, ben: Browser) -> None:
    path = await bookings.path(bookings.scene.eve)
    await ben.get(f"/suppliers/{bookings.signs.id}")
    assert "Each session you book them for will stand here." in ben.page
    await ben.post(f"{path}/book", **BOOKED | {"by": bookings.by_signs})
    booking = await bookings.booking()

    await ben.get(f"/suppliers/{bookings.signs.id}")

    assert ArrangementState.BOOKED is booking.state
    assert f'href="/arrangements/{booking.id}"' in ben.page
    assert "Tuesday session" in ben.page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Please"),
        ({"name": "Potteries Signs"}, "Please"),
        ({"codes": []}, "Please choose what they help with."),
        ({"codes": ["SAF-APART"]}, "Please choose"),
        ({"phone": "", "email": ""}, "Please write down a phone number or an e-mail address."),
        ({"phone": "not a number"}, "number"),
        ({"email": "not an address"}, "mail"),
        ({"price": "dear"}, "Please type what they usually ask for"),
        ({"half_fee_days": "2", "full_fee_days": "5"}, "cannot be due before half of it"),
        ({"half_fee_days": "-1"}, "Please"),
        ({"full_fee_days": "365"}, "Please"),
    ],
)
async def test_a_supplier_that_cannot_be_keeps_what_was_typed(
    fields: dict[str, Any], sentence: str, bookings: Bookings, ben: Browser
) -> None:
    response = await ben.post("/suppliers/new", **CAPTIONS | fields)

    assert 422 == response.status
    assert sentence in ben.page
    assert "Ask for Jo." in ben.page
    assert 1 == len(await bookings.scene.rows(Supplier))


async def test_only_coordinators_of_the_organisation_keep_suppliers(
    bookings: Bookings, open_browser: OpenBrowser
) -> None:
    path = f"/suppliers/{bookings.signs.id}"
    pages, presses = (path, f"{path}/edit"), (f"{path}/edit", f"{path}/retire")

    for person, expected in (
        (bookings.scene.ada, 403),
        (bookings.scene.cleo, 403),
        (None, 303),
        (bookings.scene.dov, 404),
    ):
        browser = await open_browser(person)
        await browser.get("/sessions")
        for page in pages:
            assert expected == (await browser.get(page)).status, page
        for press in presses:
            assert (await browser.post(press, **CAPTIONS)).status in {expected, 403}, press
    assert "Potteries Signs" == (await named(bookings, "Potteries Signs")).name
