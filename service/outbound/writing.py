"""A letter before it is plain text, HTML or paper: greeting, opening, sections, farewell.

The plain text is the master, made here; the others repeat it line for line. What a letter says is
decided elsewhere.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

WIDTH = 70
INDENT = "  "


class LineKind(StrEnum):
    """How a line stands on the page."""

    PLAIN = "plain"
    STRONG = "strong"
    ITEM = "item"
    FIGURE = "figure"
    PHONE = "phone"
    LINK = "link"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a letter; `url` is set for a link or a button, whose text is its label."""

    text: str
    kind: LineKind = LineKind.PLAIN
    url: str = field(default="", repr=False)

    @property
    def dialled(self) -> str:
        """Give a number as a phone dials it."""
        return "".join(mark for mark in self.text if mark.isdigit() or mark == "+")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a letter under its heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """A whole letter. The opening is cut into paragraphs; what is empty is left out."""

    subject: str
    greeting: str
    opening: tuple[tuple[Line, ...], ...]
    sections: tuple[Section, ...]
    farewell: tuple[str, ...]

    @property
    def filled(self) -> tuple[Section, ...]:
        """Give the sections that have something to say."""
        return tuple(section for section in self.sections if section.lines)


def paragraphs(text: str) -> tuple[tuple[Line, ...], ...]:
    """Make paragraphs of a text that people typed: a blank line begins a new one."""
    return tuple(plain(part) for part in text.split("\n\n") if part.strip())


def plain(text: str) -> tuple[Line, ...]:
    """Make lines of a text that may have several."""
    return tuple(Line(line) for line in text.split("\n") if line)


def items(texts: Iterable[str]) -> tuple[Line, ...]:
    """Make the lines of a list."""
    return tuple(Line(text, LineKind.ITEM) for text in texts)


def plain_text(writing: Writing) -> str:
    """Write the letter as plain text: headings at the edge, what they hold set in.

    Lines are wrapped; a link stands alone on its line and is never broken. Headings are neither in
    capitals nor underlined: a screen reader would spell the ones and read out the others.
    """
    blocks = [writing.greeting, *(_block(part, "") for part in writing.opening)]
    blocks += [f"{part.heading}\n{_block(part.lines, INDENT)}" for part in writing.filled]
    blocks.append("\n".join(writing.farewell))
    return "\n\n".join(block for block in blocks if block) + "\n"


def html_text(writing: Writing) -> str:
    """Write the same letter as a small HTML page: no pictures, no other host, no script."""
    return _TEMPLATES.get_template("letter.html").render(letter=writing)


def paper_text(writing: Writing) -> str:
    """Write the same letter as a piece of a page to be printed, without any style of its own."""
    return _TEMPLATES.get_template("paper.html").render(letter=writing)


def _block(lines: tuple[Line, ...], indent: str) -> str:
    return "\n".join(written for line in lines for written in _written(line, indent))


def _written(line: Line, indent: str) -> Iterator[str]:
    """Write one line of a letter as one or more lines of text."""
    match line.kind:
        case LineKind.ITEM:
            yield from _wrapped(line.text, f"{indent}- ", f"{indent}  ")
        case LineKind.FIGURE | LineKind.PHONE:
            yield f"{indent}{INDENT}{line.text}"
        case LineKind.LINK | LineKind.BUTTON:
            yield from _wrapped(f"{line.text}:", indent, indent)
            yield f"{indent}{line.url}"
        case LineKind.PLAIN | LineKind.STRONG:
            yield from _wrapped(line.text, indent, indent)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _runs(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    """Cut lines into runs, so that the items of one list stand in one list."""
    runs = groupby(lines, lambda line: line.kind is LineKind.ITEM)
    return [tuple(run) for _, run in runs]


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
_TEMPLATES.globals["Kind"] = LineKind
_TEMPLATES.filters["runs"] = _runs
