"""Whatever the code can say has a sentence: refusals, what was done, field errors, errors of every kind."""

import ast
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import service
from service.errors import ServiceError
from service.web.middlewares import status_of
from service.web.words import all_words

ROOT = Path(service.__file__).parent
#: Errors of the program itself: nobody should ever meet them, and a page says it is our fault.
OUR_FAULT = {
    "BadClockFile",
    "BadRoom",
    "BadSettings",
    "ClockError",
    "ClockRefused",
    "NotTheGuest",
}

#: Said by the command, or logged by a job, when there is nobody to show a page to.
BEFORE_SERVING = {"Broken", "NoRing", "NotEmpty", "SchemaOutOfDate", "WrongKeys"}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Find every call of this name in the service, with where it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def texts_in(node: ast.AST) -> set[str]:
    """Give every constant text in an expression."""
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def subclasses(kind: type[ServiceError]) -> Iterator[type[ServiceError]]:
    """Give every kind of error below this one."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_refusal_has_a_sentence() -> None:
    silent = [
        (where, code)
        for where, call in calls("Refused")
        if call.args and isinstance(call.args[0], ast.Constant)
        for code in texts_in(call.args[0])
        if code not in all_words()
    ]

    assert [] == silent


def test_every_field_error_has_a_sentence() -> None:
    words = all_words()
    silent = [
        (where, field.value, code.value)
        for where, call in calls("Invalid")
        if call.args and isinstance(call.args[0], ast.Dict)
        for field, code in zip(call.args[0].keys, call.args[0].values, strict=True)
        if isinstance(field, ast.Constant) and isinstance(code, ast.Constant)
        if {
            str(code.value),
            f"{field.value!s}.{code.value!s}",
            f"import.{code.value!s}",
        }.isdisjoint(words)
    ]

    assert [] == silent


def test_everything_done_is_said() -> None:
    silent = [
        (where, code)
        for where, call in calls("see_other")
        for keyword in call.keywords
        if keyword.arg == "done" and isinstance(keyword.value, ast.Constant | ast.IfExp)
        for code in texts_in(keyword.value)
        if code and f"done.{code}" not in all_words()
    ]

    assert [] == silent


@pytest.mark.parametrize("sentence", [*all_words().values()])
def test_sentences_are_sentences(sentence: str) -> None:
    assert sentence.strip() == sentence
    assert sentence
    assert list(string.Formatter().parse(sentence))


def test_every_error_has_a_status() -> None:
    for module in walk_packages(service.__path__, "service."):
        if "migrations" not in module.name:
            import_module(module.name)

    without = {
        kind.__name__ for kind in subclasses(ServiceError) if status_of(kind.__new__(kind)) == 500
    }

    assert without <= OUR_FAULT | BEFORE_SERVING
