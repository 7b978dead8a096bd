"""People from a file: what is shown is what is done; what is exported comes back unchanged."""

import re
from html import unescape

import pytest
from aiohttp import ClientResponse, FormData

from service.actions.csv_people import read_sheet
from service.actions.importing import export_people, import_people, plan_import
from service.actor import Role
from service.errors import NotAllowed, Refused
from service.parts import Parts
from service.storage.people import Person
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import Desk, open_desk, person_named, row, rows, written_down
from tests.people import NOW, actor_for

SHEET = """\
name;reference;reach;email;phone;address;print_size;usual_way
Terry;T1;email;terry@example.org;;;;online
Joan;;call letter;;01632 960102;"3 Kiln Street
Burslem";20;phone
Ewa;;pigeon;;;;;
;;;;;;;
"Ann";;call;;;;;
"""
SIGNS = tuple("=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}\t")
FORMULAS = (
    *("=1+1", "+Ada", "-Ben", "@sum"),
    "\N{FULLWIDTH EQUALS SIGN}2",
    "\N{FULLWIDTH PLUS SIGN}2",
    "\N{FULLWIDTH HYPHEN-MINUS}2",
    "\N{FULLWIDTH COMMERCIAL AT}2",
)


@pytest.fixture
async def desk(making: Making) -> Desk:
    """Give the desk."""
    return await open_desk(making)


@pytest.fixture
async def ben(desk: Desk, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(desk.ben)


async def upload(browser: Browser, content: bytes) -> ClientResponse:
    """Choose a file and send it."""
    await browser.get("/people/import")
    form = FormData()
    form.add_field("csrf", browser.token)
    form.add_field("file", content, filename="people.csv", content_type="text/csv")
    response = await browser.client.post(
        "/people/import", data=form, headers=browser.headers, allow_redirects=False
    )
    browser.page = await response.text()
    return response


async def confirm(browser: Browser) -> ClientResponse:
    """Press the button below what would change."""
    found = {name: _hidden(browser.page, name) for name in ("packed", "fingerprint")}
    return await browser.post("/people/import/apply", **found)


def _hidden(page: str, name: str) -> str:
    match = re.search(f'name="{name}" value="([^"]*)"', page)
    assert match is not None, name
    return unescape(match[1])


async def test_what_is_shown_is_exactly_what_is_done(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry")
    before = len(await rows(parts, Person))

    shown = await upload(ben, SHEET.encode("utf-8-sig"))
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", ben.page))
    untouched = len(await rows(parts, Person))
    done = await confirm(ben)

    joan, terry = await person_named(parts, "Joan"), await row(parts, Person, terry.id)
    assert (200, 303, before, before + 1) == (
        shown.status,
        done.status,
        untouched,
        len(await rows(parts, Person)),
    )
    assert "Usual way: empty becomes online" in words
    assert "Reference: empty becomes T1" in words
    assert "This is not one of the words we know." in words
    assert "To ring them we need a phone number." in words
    assert ("T1", "online") == (terry.reference, terry.usual_way)
    assert ("3 Kiln Street\nBurslem", 20) == (joan.address, joan.print_size)
    assert "people.imported" in await written_down(parts)


async def test_refused_rows_name_the_line_they_begin_in(
    ben: Browser, desk: Desk, parts: Parts
) -> None:
    async with parts.database.reading() as db:
        plan = await plan_import(db, desk.actor, SHEET)

    assert [(5, "reach"), (7, "phone")] == [
        (refused.line, next(iter(refused.problems))) for refused in plan.refused
    ]


async def test_if_people_changed_meanwhile_nothing_is_imported_and_the_new_plan_is_shown(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        await make.person(desk.organisation, "Terry")
    await upload(ben, b"name,email,phone\nTerry,terry@example.org,01632 960117\n")
    async with making() as make:
        await make.person(desk.organisation, "Somebody else")
        terry = await make.db.get_one(Person, (await person_named(parts, "Terry")).id)
        terry.phone, terry.phone_key = "01632 960118", "+441632960118"

    response = await confirm(ben)

    assert 422 == response.status
    assert "Somebody changed the list of people just now" in ben.page
    assert "01632 960118" in ben.page
    assert "01632 960118" == (await person_named(parts, "Terry")).phone
    again = await confirm(ben)
    assert 303 == again.status
    assert "01632 960117" == (await person_named(parts, "Terry")).phone


async def test_what_was_exported_comes_back_unchanged_and_no_cell_is_a_formula(
    desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        for name in (*FORMULAS, "علي", "O'Brien", "'quoted", "Zoë 🎈", "a,b;c", 'say "hi"'):
            nobody = {"email": "", "email_key": "", "channels": ["call"]}
            number = {"phone": "+44 1632 960102", "phone_key": "+441632960102"}
            await make.person(desk.organisation, name, **nobody | number, address="=1\n@b")

    async with parts.database.writing() as db:
        text = await export_people(db, desk.actor, now=NOW)
    async with parts.database.reading() as db:
        plan = await plan_import(db, desk.actor, text)

    cells = re.findall(r'"((?:[^"]|"")*)"', text)
    assert text.startswith("\ufeff")
    assert [] == [cell for cell in cells if cell.lstrip()[:1] in SIGNS]
    assert ((), (), ()) == (plan.new, plan.changed, plan.refused)
    assert len(await rows(parts, Person)) - 1 == len(plan.unchanged)
    assert "people.exported" in await written_down(parts)


async def test_the_file_of_all_people_is_given_as_an_attachment(
    ben: Browser, desk: Desk, parts: Parts
) -> None:
    await ben.get("/people")
    response = await ben.post("/people/export")

    assert "attachment" in response.headers["Content-Disposition"]
    assert "text/csv" == response.content_type
    assert {"Ada", "Ben", "Cleo"} == {each.cells["name"] for each in read_sheet(ben.page).rows}


async def test_rows_find_the_person_by_reference_or_by_contact_and_name(
    desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        ann = await make.person(desk.organisation, "Ann", reference="A1")
        joan = await make.person(desk.organisation, "Joan", email="home@example.org")
        bert = await make.person(desk.organisation, "Bert", email="home@example.org")
    text = (
        "reference,name,email\n"
        "A1,Annie,ann@example.org\n"
        ",Joan,HOME@example.org\n"
        ",Bert,home@example.org\n"
        ",Carl,home@example.org\n"
    )

    async with parts.database.reading() as db:
        plan = await plan_import(db, desk.actor, text)

    assert [ann.id, joan.id] == [planned.person_id for planned in plan.changed]
    assert [bert.id] == [planned.person_id for planned in plan.unchanged]
    assert ["Carl"] == [planned.details.chosen_name for planned in plan.new]


async def test_who_cannot_be_told_apart_is_refused_never_guessed(
    desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        for _ in range(2):
            shared = {"phone": "01632 960102", "phone_key": "+441632960102"}
            await make.person(desk.organisation, "Joan", email="", email_key="", **shared)
        left = await make.person(desk.organisation, "Old", reference="R9", left_at=make.now)
    text = (
        "reference,name,phone\n"
        ",Joan,01632 960102\n"
        "R9,Somebody,\n"
        ",New,01632 960103\n"
        ",New,01632 960103\n"
    )

    async with parts.database.reading() as db:
        plan = await plan_import(db, desk.actor, text)

    assert left.reference == "R9"
    assert ["more-than-one", "taken", "twice"] == [
        next(iter(refused.problems.values())) for refused in plan.refused
    ]
    assert 1 == len(plan.new)


async def test_the_address_staff_sign_in_with_cannot_be_imported(desk: Desk, parts: Parts) -> None:
    text = f"id,name,email\n{desk.ada.id},Ada,mine@example.org\n{desk.dov.id},Dov,x@example.org\n"

    async with parts.database.reading() as db:
        plan = await plan_import(db, desk.actor, text)

    assert ["staff-email", "unknown-id"] == [
        next(iter(refused.problems.values())) for refused in plan.refused
    ]


async def test_nasty_cells_are_cleaned_or_refused(desk: Desk, parts: Parts) -> None:
    names = ["\x07Bell", "Line\u2028break", "x" * 201, "علي", "🎈", "\u202eTurned", "=?utf-8?q?x?="]
    text = "name\n" + "".join(f'"{name}"\n' for name in names)

    async with parts.database.writing() as db:
        plan = await plan_import(db, desk.actor, text)
        await import_people(db, desk.actor, text, plan.fingerprint, now=NOW)

    kept = {person.chosen_name for person in await rows(parts, Person)}
    assert {"Bell", "Line break", "علي", "🎈", "Turned", "= ?utf-8?q?x?="} <= kept
    assert ["too-long"] == [refused.problems["chosen_name"] for refused in plan.refused]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Please choose a file"),
        ("name\nZo\u00eb".encode("cp1252"), "CSV UTF-8"),
        (b"mail\nada@example.org\n", "one of them must be"),
        (b'name\n"' + b"a" * 140_000, "Perhaps a quotation mark is missing"),
    ],
)
async def test_a_file_that_cannot_be_read_says_what_to_do(
    content: bytes, words: str, ben: Browser
) -> None:
    response = await upload(ben, content)

    assert 422 == response.status
    assert words in ben.page


async def test_rows_may_be_pasted_and_are_kept_if_they_cannot_be_read(ben: Browser) -> None:
    pasted = await ben.post("/people/import", on="/people/import", text="name\nTerry\n")
    assert 200 == pasted.status
    assert "Import 1 person" in ben.page

    wrong = await ben.post("/people/import", on="/people/import", text="nome\nTerry\n")
    assert 422 == wrong.status
    assert "nome" in ben.page


async def test_importing_is_for_coordinators_and_stays_in_the_house(
    desk: Desk, open_browser: OpenBrowser, parts: Parts
) -> None:
    ada, dov = await open_browser(desk.ada), await open_browser(desk.dov)
    await ada.get("/today")
    refused = await ada.post("/people/import/apply", packed="", fingerprint="")
    await dov.get("/people")
    await dov.post("/people/export")

    assert 403 == refused.status
    assert "Ben" not in dov.page
    async with parts.database.reading() as db:
        with pytest.raises(NotAllowed):
            await plan_import(
                db, actor_for(desk.organisation.id, desk.ada, Role.FACILITATOR), "name\nTerry\n"
            )


async def test_another_fingerprint_imports_nothing(desk: Desk, parts: Parts) -> None:
    async with parts.database.writing() as db:
        with pytest.raises(Refused, match="import-changed"):
            await import_people(db, desk.actor, "name\nTerry\n", "0" * 64, now=NOW)
