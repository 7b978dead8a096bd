"""People as CSV: text from any spreadsheet into rows, rows into text no spreadsheet runs. Pure.

Reads UTF-8 with or without a byte order mark; commas, semicolons or tabs; any line ends. What it
writes, it reads back as it was, formulas too (reliability E19). Whom a row is about is not decided here.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from service.errors import Refused

LARGEST_FILE = 2_000_000
MOST_ROWS = 5_000
LONGEST_CELL = 4_000
DELIMITERS = ",;\t"

#: The columns, in the order they are written.
COLUMNS = (
    "reference",
    "name",
    "reach",
    "email",
    "phone",
    "address",
    "through_name",
    "through_contact",
    "language",
    "print_size",
    "usual_way",
    "id",
)
#: What else people call them in the sheets they have.
ALSO_CALLED: Mapping[str, str] = {
    "ref": "reference",
    "chosen_name": "name",
    "full_name": "name",
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "telephone": "phone",
    "tel": "phone",
    "mobile": "phone",
    "phone_number": "phone",
    "channels": "reach",
    "ways_to_reach": "reach",
    "postal_address": "address",
    "way": "usual_way",
}
_STARTS_FORMULA = frozenset("=+-@\t\r\n\N{MINUS SIGN}")


class BadSheet(Refused):
    """The text is not a table of people; `reason` is the code of why, `line` the line it is about."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason, field="file", line=line)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins in, and its cells by column; columns that are not there are left out.

    `problem` is the code of why the row cannot be read, if it cannot.
    """

    line: int
    cells: Mapping[str, str] = field(repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read: its rows, and headings nobody here knows (they are passed over)."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()


def decode(content: bytes) -> str:
    """Give the text of a file; raises BadSheet if it is too big or not UTF-8."""
    if len(content) > LARGEST_FILE:
        raise BadSheet("file-too-big")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSheet("not-utf8") from error


def read_sheet(text: str) -> Sheet:
    """Read a table with a heading row; raises BadSheet if there is none, or too many rows."""
    lines = _lines(text.removeprefix("\ufeff"))
    if not lines:
        raise BadSheet("empty-sheet")
    _, heading = lines[0]
    columns = [_column(cell) for cell in heading]
    known = [column for column in columns if column in COLUMNS]
    if "name" not in known:
        raise BadSheet("no-name-column", 1)
    if len(set(known)) != len(known):
        raise BadSheet("column-twice", 1)
    if len(lines) - 1 > MOST_ROWS:
        raise BadSheet("too-many-rows", MOST_ROWS)
    rows = tuple(_row(line, cells, columns) for line, cells in lines[1:])
    pairs = zip(heading, columns, strict=True)
    return Sheet(rows, tuple(cell for cell, column in pairs if cell and column not in COLUMNS))


def write_sheet(rows: Iterable[Mapping[str, str]]) -> str:
    """Write rows as CSV for spreadsheets: a byte order mark, every cell quoted, no cell a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([[safe_cell(row.get(column, "")) for column in COLUMNS] for row in rows])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; also before one that stands there already."""
    return f"'{text}" if _would_run(text.lstrip("'")) else text


def original_cell(text: str) -> str:
    """Take the apostrophe off again."""
    return text[1:] if text.startswith("'") and _would_run(text.lstrip("'")) else text


def _would_run(text: str) -> bool:
    """Say whether a cell begins, perhaps after spaces, with a sign that makes it a formula.

    Full-width and small forms count as the signs they stand for.
    """
    sign = text[:1] if text[:1] in _STARTS_FORMULA else text.lstrip()[:1]
    return unicodedata.normalize("NFKC", sign) in _STARTS_FORMULA


def _lines(text: str) -> list[tuple[int, Sequence[str]]]:
    """Cut the text into rows with the number of the line each begins in; empty rows are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    found: list[tuple[int, Sequence[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadSheet("not-a-table", begins) from error
    return found


def _delimiter(text: str) -> str:
    """Choose what parts the cells of the heading into most columns we know."""
    heading = next((line for line in re.split("\r\n|\r|\n", text) if line.strip()), "")

    def known(delimiter: str) -> int:
        cells = next(csv.reader([heading], delimiter=delimiter), [])
        return sum(_column(cell) in COLUMNS for cell in cells)

    return max(DELIMITERS, key=known)


def _column(heading: str) -> str:
    plain = re.sub(r"[^a-z]+", "_", heading.casefold()).strip("_")
    return ALSO_CALLED.get(plain, plain)


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    problem = ""
    if any(cell.strip() for cell in cells[len(columns) :]):
        problem = "too-many-cells"
    elif any(len(cell) > LONGEST_CELL for cell in cells):
        problem = "cell-too-long"
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    pairs = zip(columns, padded, strict=False)
    known = {column: original_cell(cell) for column, cell in pairs if column in COLUMNS}
    return Row(line, known, problem)
