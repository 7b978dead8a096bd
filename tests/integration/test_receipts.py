"""Receipts: taken with care, sealed, opened only by coordinators, and written down."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from service.actions.money.receipt_files import LARGEST_RECEIPT
from service.actions.money.receipts import HandedIn, add_receipt, open_receipt
from service.actions.needs import CannotOpen
from service.parts import Parts
from service.storage.claims import Claim, Receipt
from service.storage.needs import SealedWords
from service.web.pages.money.fields import LARGEST_FORM
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.money_scene import Scene, lay_out, send_file
from tests.photos import HEIC, PDF, PHOTO, PLACE, jpeg, png


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> AsyncIterator[Scene]:
    """Give the scene."""
    yield await lay_out(making, parts, clock)


async def test_a_photo_comes_with_what_is_asked_for(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser, page = await open_browser(), f"{scene.claims}/ask/travel"
    number = "01a1f9aa-0000-7000-8000-000000000001"
    fields = {"number": number, "fares": "4.20", "pay_by": "before"}

    response = await send_file(browser, page, PHOTO, on=page, **fields)

    assert 303 == response.status
    (receipt,) = await scene.rows(Receipt)
    assert ("image/jpeg", (await scene.claim()).id) == (receipt.media_type, receipt.claim_id)
    await browser.get(scene.claims)
    assert "One receipt is with it." in browser.page


async def test_a_wrong_file_keeps_what_was_typed_and_asks_for_nothing(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser, page = await open_browser(), f"{scene.claims}/ask/travel"
    number = "01a1f9aa-0000-7000-8000-000000000002"
    fields = {"number": number, "fares": "4.20", "pay_by": "before", "words": "Bus 98"}

    response = await send_file(browser, page, b"<svg/>", on=page, **fields)

    assert 422 == response.status
    assert all(words in browser.page for words in ("We cannot read this.", "4.20", "Bus 98"))
    assert [] == [*await scene.rows(Claim), *await scene.rows(Receipt)]


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (png(), "ticket.png", 303),
        (PDF, "ticket.pdf", 303),
        (HEIC, "IMG_0001.HEIC", 303),
        (PHOTO, "../../../../etc/passwd", 303),
        (PHOTO, "C:\\Windows\\system32\\a.exe", 303),
        (PHOTO, 'a".html; x=y', 303),
        (b"", "empty.jpg", 422),
        (b"GIF89a" + bytes(40), "ticket.jpg", 422),
        (b"<html><script>alert(1)</script>", "ticket.jpg", 422),
        (b"#!/bin/sh\n", "ticket.pdf", 422),
        (PHOTO[:-4], "cut.jpg", 422),
        (PDF + bytes(LARGEST_RECEIPT - len(PDF) + 1), "big.pdf", 422),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
async def test_a_file_is_taken_for_what_it_is_and_its_name_is_not_looked_at(
    scene: Scene, open_browser: OpenBrowser, content: bytes, name: str, status: int
) -> None:
    claim_id, browser = await scene.asks(), await open_browser()

    response = await send_file(
        browser, f"{scene.claims}/{claim_id}/receipt", content, on=scene.claims, name=name
    )

    assert status == response.status
    assert (status == 303) == len(await scene.rows(Receipt))


async def test_a_body_longer_than_any_photo_is_turned_away_unread(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, browser = await scene.asks(), await open_browser()
    too_long = PDF + bytes(LARGEST_FORM)

    path = f"{scene.claims}/{claim_id}/receipt"
    response = await send_file(browser, path, too_long, on=scene.claims)

    assert 413 == response.status
    # Other pages stay at the usual limit.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = BytesIO(b"answer=" + b"x" * 3_000_000)
    other = await browser.client.post(f"{scene.link}/answer", data=body, headers=form)
    assert 413 == other.status


def files_with(folder: Path, mark: bytes) -> list[Path]:
    """Find the files in which these bytes stand."""
    return [path for path in folder.rglob("*") if path.is_file() and mark in path.read_bytes()]


async def test_a_receipt_is_sealed_and_nothing_of_it_lies_about(
    scene: Scene, open_browser: OpenBrowser, home: Path
) -> None:
    claim_id, browser = await scene.asks(), await open_browser()
    mark = b"Forty bytes that stand nowhere else at all"

    await send_file(
        browser, f"{scene.claims}/{claim_id}/receipt", PDF + mark, on=scene.claims, name="x"
    )

    (receipt,) = await scene.rows(Receipt)
    assert mark not in receipt.sealed
    assert [] == await asyncio.to_thread(files_with, home, mark)


async def test_a_coordinator_opens_it_as_a_file_and_that_is_written_down(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    claim_id, own, ben = await scene.asks(), await open_browser(), await open_browser(scene.ben)
    await send_file(
        own,
        f"{scene.claims}/{claim_id}/receipt",
        PHOTO,
        on=scene.claims,
        name='"; filename="run.html',
    )
    (receipt,) = await scene.rows(Receipt)
    page = f"/claims/{claim_id}"
    await ben.get(page)
    assert "Open receipt 1 (JPG, 1 kB)" in ben.page

    response = await ben.client.post(
        f"{page}/receipts/{receipt.id}", data={"csrf": ben.token}, headers=ben.headers
    )

    content = await response.read()
    assert (200, "image/jpeg") == (response.status, response.content_type)
    assert jpeg()[-30:] == content[-30:]
    assert PLACE not in content
    name = f'attachment; filename="receipt-{receipt.id.hex[-6:]}.jpg"'
    assert name == response.headers["Content-Disposition"]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "nosniff" == response.headers["X-Content-Type-Options"]
    assert "no-store" == response.headers["Cache-Control"]
    assert "receipt.opened" in await scene.audit()


async def test_nobody_else_opens_a_receipt(scene: Scene, open_browser: OpenBrowser) -> None:
    claim_id, own = await scene.asks(), await open_browser()
    await send_file(own, f"{scene.claims}/{claim_id}/receipt", PHOTO, on=scene.claims)
    (receipt,) = await scene.rows(Receipt)
    path = f"/claims/{claim_id}/receipts/{receipt.id}"

    for who, status in ((scene.ada, 403), (scene.cleo, 403), (scene.dov, 404), (None, 303)):
        browser = await open_browser(who)
        await browser.get("/sessions" if who else "/sign-in")
        assert status == (await browser.post(path)).status
        assert 405 == (await browser.get(path)).status
    other = await scene.asks()
    ben = await open_browser(scene.ben)
    wrong = await ben.post(f"/claims/{other}/receipts/{receipt.id}", on="/claims")
    assert 404 == wrong.status
    assert "receipt.opened" not in await scene.audit()


async def test_a_receipt_opens_nowhere_else(scene: Scene) -> None:
    claim_id = await scene.asks()
    sealer, now = scene.parts.sealer, scene.clock.now()
    async with scene.doing() as db:
        for content in (PHOTO, PDF):
            handed_in = HandedIn(claim_id, scene.eve.id, content)
            await add_receipt(db, scene.guest, sealer, handed_in, now=now)
    first, second = await scene.rows(Receipt)
    async with scene.doing() as db:
        moved = update(Receipt).where(Receipt.id == first.id)
        await db.execute(moved.values(sealed=second.sealed))

    with pytest.raises(CannotOpen):
        async with scene.doing() as db:
            await open_receipt(db, scene.desk, sealer, claim_id, first.id, now=now)


async def test_without_the_persons_key_nothing_opens(scene: Scene) -> None:
    claim_id = await scene.asks()
    sealer, now = scene.parts.sealer, scene.clock.now()
    async with scene.doing() as db:
        handed_in = HandedIn(claim_id, scene.eve.id, PDF)
        receipt = await add_receipt(db, scene.guest, sealer, handed_in, now=now)
    (words,) = await scene.rows(SealedWords)
    assert ("receipts", receipt.id) == (words.of_table, words.of_row)
    async with scene.doing() as db:
        await db.delete(await db.get_one(SealedWords, words.id))

    with pytest.raises(CannotOpen):
        async with scene.doing() as db:
            await open_receipt(db, scene.desk, sealer, claim_id, receipt.id, now=now)


async def test_there_is_room_for_five_receipts(scene: Scene, open_browser: OpenBrowser) -> None:
    claim_id, browser = await scene.asks(), await open_browser()
    path = f"{scene.claims}/{claim_id}/receipt"

    came = [(await send_file(browser, path, PDF, on=scene.claims)).status for _ in range(6)]

    assert [303] * 5 + [422] == came
    assert 5 == len(await scene.rows(Receipt))
