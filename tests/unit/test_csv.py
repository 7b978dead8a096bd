"""CSV of people: what is written is read back, whatever people are called, and nothing becomes a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.actions.csv_people import (
    COLUMNS,
    LARGEST_FILE,
    MOST_ROWS,
    BadSheet,
    decode,
    original_cell,
    read_sheet,
    safe_cell,
    write_sheet,
)

FORMULAS = (
    "=1+1",
    "+44 1632 960101",
    "-2",
    "@sum(a1)",
    "\tname",
    "\rname",
    "\nname",
    "=cmd",
    "+1",
    "-1",
    "@x",
    " =1+1",
    "'=1+1",
    "''@x",
    '=HYPERLINK("http://example.org";"press")',
)
#: Cells as people type them: anything a file in UTF-8 can hold.
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_would_run_is_written_as_text_and_comes_back_as_it_was(cell: str) -> None:
    written = safe_cell(cell)

    assert written.startswith("'")
    assert cell == original_cell(written)


def test_without_the_apostrophe_the_formula_would_stand_in_the_file() -> None:
    out = io.StringIO()
    csv.writer(out).writerow(["=1+1"])

    assert "=1+1\r\n" == out.getvalue()
    assert '"\'=1+1"' in write_sheet([{"name": "=1+1"}])


@pytest.mark.parametrize("cell", ["O'Brien", "'tis", "Ada", "", "'", "12 - 14 Saggar Row", "a=b"])
def test_a_cell_that_would_not_run_stays_as_it_is(cell: str) -> None:
    assert cell == safe_cell(cell) == original_cell(cell)


@given(CELLS)
def test_any_cell_comes_back_as_it_was(cell: str) -> None:
    assert cell == original_cell(safe_cell(cell))


@given(st.lists(st.fixed_dictionaries({"name": CELLS.filter(str.strip), "address": CELLS})))
def test_any_table_comes_back_as_it_was(rows: list[dict[str, str]]) -> None:
    found = read_sheet(decode(write_sheet(rows).encode()))

    assert rows == [
        {"name": row.cells["name"], "address": row.cells["address"]} for row in found.rows
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_sheets_of_every_common_make_are_read(delimiter: str, ending: str, mark: str) -> None:
    lines = [["Name", "E-mail", "Notes"], ["Zoë", "zoe@example.org", "likes tea"]]
    text = mark + "".join(delimiter.join(line) + ending for line in lines)

    sheet = read_sheet(decode(text.encode()))

    assert {"name": "Zoë", "email": "zoe@example.org"} == dict(sheet.rows[0].cells)
    assert ("Notes",) == sheet.unknown


def test_a_row_knows_the_line_it_begins_in() -> None:
    text = 'name,address\nAda,"1 Kiln Street\nBurslem"\n\nBen,2 Kiln Street\n'

    rows = read_sheet(text).rows

    assert [2, 5] == [row.line for row in rows]
    assert "1 Kiln Street\nBurslem" == rows[0].cells["address"]


def test_a_row_with_too_many_cells_or_an_endless_one_says_so() -> None:
    rows = read_sheet(f"name,phone\nAda,1,2\nBen,{'9' * 5000}\nCleo\n").rows

    assert ["too-many-cells", "cell-too-long", ""] == [row.problem for row in rows]
    assert {"name": "Cleo", "phone": ""} == dict(rows[2].cells)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-sheet"),
        ("\n\n", "empty-sheet"),
        ("e-mail\nada@example.org\n", "no-name-column"),
        ("name,mail,email\nAda,a,b\n", "column-twice"),
        ("name\n" + "Ada\n" * (MOST_ROWS + 1), "too-many-rows"),
        ('name\n"' + "a" * 200_000, "not-a-table"),
    ],
)
def test_what_is_not_a_table_of_people_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(BadSheet) as refused:
        read_sheet(text)

    assert code == refused.value.reason


def test_a_file_in_another_encoding_or_too_big_is_refused() -> None:
    with pytest.raises(BadSheet, match="not-utf8"):
        decode("name\nZoë\n".encode("cp1252"))
    with pytest.raises(BadSheet, match="file-too-big"):
        decode(b"a" * (LARGEST_FILE + 1))


def test_every_column_is_written_in_its_place() -> None:
    heading = write_sheet([]).removeprefix("\ufeff").splitlines()[0]

    assert ",".join(f'"{column}"' for column in COLUMNS) == heading
