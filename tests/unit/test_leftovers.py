"""What nobody uses is not kept: functions, sentences, classes of the stylesheet and macros of templates."""

import ast
import re
from functools import cache

from service.web.rendering import FOLDER
from service.web.statics import FOLDER as STATIC
from service.web.words import all_words
from tests.reading_code import PACKAGES, ROOT, functions, modules

#: Called by no code of ours, and why they stay.
FOR_TESTS = {
    "set_clock_file": "moves the clock of a demonstration from outside",
}


def test_every_public_function_is_called() -> None:
    called = {
        name for tree in modules().values() for node in ast.walk(tree) for name in _names(node)
    }
    on_pages = {
        name
        for said in re.findall(r"\{[{%].*?[%}]\}", _pages(), flags=re.DOTALL)
        for name in re.findall(r"\w+", re.sub(r'"[^"]*"', "", said))
    }
    idle = {
        name
        for package in PACKAGES
        for (_, name) in functions(package)
        if name not in called and name not in on_pages
    }

    assert {*FOR_TESTS} == idle


def test_every_sentence_can_be_said() -> None:
    assert [] == [code for code in all_words() if not _can_be_made(code)]


def test_every_class_of_the_stylesheet_stands_on_a_page() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (STATIC / "manyways.css").read_text("utf-8"), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "", sheet)))

    assert set() == classes - set(re.findall(r"[\w-]+", _pages() + _code()))


def test_every_macro_is_called() -> None:
    pages = _pages()
    macros = re.findall(r"macro (\w+)\(", pages)

    assert [] == [name for name in macros if len(re.findall(rf"\b{name}\(", pages)) == 1]


def _can_be_made(code: str) -> bool:
    """Tell whether a code stands in the program, or is put together there from parts that do."""
    if code in _texts() or code.replace("-", "_") in _texts():
        return True
    return any(
        all(map(_can_be_made, match.groups()))
        for pattern in _patterns()
        if (match := pattern.fullmatch(code))
    )


@cache
def _texts() -> frozenset[str]:
    """Gather every text and name that may be (part of) a code: in code, on pages and in the vocabulary."""
    named = (ROOT / "accessibility" / "vocabulary.toml").read_text("utf-8") + _pages()
    texts = {
        node.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    fields = {
        node.target.id
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return frozenset(texts | fields | set(re.findall(r"[\"']([\w.-]+)[\"']", named)))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Gather the f-strings that can make a code, each with a group for every part filled in."""
    found = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)"
                    for part in node.values
                ]
                # A part of its own, so that what is left to look for gets shorter.
                if len(parts) > 1 and any(isinstance(part, ast.Constant) for part in node.values):
                    found.add("".join(parts))
    return tuple(map(re.compile, sorted(found)))


def _names(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
            return {name}
        case _:
            return set()


@cache
def _pages() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.html")))


@cache
def _code() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(FOLDER.parent.rglob("*.py")))
