"""A reader of calendar files that shares nothing with the library that wrote them.

It knows only what RFC 5545 says of lines: fold, name, parameters, value, and the escapes of text.
"""

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^";:,]*)')
_ESCAPES = {"n": "\n", "N": "\n"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, unfolded: its name, its parameters, and its value as it stands."""

    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """Read the value as text."""
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), self.value)


def physical_lines(ics: bytes) -> list[bytes]:
    """Split at CRLF; refuse any other line end and a file that does not end with one."""
    lines = ics.split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    return lines


def read(ics: bytes) -> list[Line]:
    """Read every line of a file."""
    unfolded: list[bytes] = []
    for line in physical_lines(ics):
        if line.startswith(b" "):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    return [_line(line.decode("utf-8")) for line in unfolded]


def inside(lines: list[Line], component: str) -> list[Line]:
    """Take the lines of the one component of that name, without its begin and end."""
    marks = [line.value == component for line in lines if line.name in {"BEGIN", "END"}]
    assert marks.count(True) == 2
    first = lines.index(Line("BEGIN", {}, component))
    return lines[first + 1 : lines.index(Line("END", {}, component))]


def one(lines: list[Line], name: str) -> Line:
    """Take the one line of that name."""
    (found,) = [line for line in lines if line.name == name]
    return found


def _line(text: str) -> Line:
    found = re.match(r"[A-Z0-9-]+", text)
    assert found, text
    position, params = found.end(), {}
    while parameter := _PARAMETER.match(text, position):
        params[parameter[1]] = parameter[2].strip('"')
        position = parameter.end()
    assert text[position] == ":", text
    return Line(found[0], params, text[position + 1 :])
