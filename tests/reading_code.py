"""The code as a tree, for tests that hold the rules of the house: what a function calls, and what calls it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("service", "accessibility", "scheduling")
ACTIONS = "service.actions"

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: A function's module and its name.
Name = tuple[str, str]


@cache
def modules() -> dict[str, ast.Module]:
    """Read every module of ours but the steps of the schema, by its dotted name."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in paths
        if "versions" not in path.parts
    }


def path_of(module: str) -> Path:
    """Give the file of a module."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


@cache
def functions(package: str) -> dict[Name, Function]:
    """Find every function at the top of a module of the package."""
    return {
        (module, node.name): node
        for module, tree in modules().items()
        if module.startswith(f"{package}.")
        for node in tree.body
        if isinstance(node, Function)
    }


@cache
def imported(module: str) -> dict[str, Name]:
    """Say where each name that a module imports comes from."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def calls_in(node: ast.AST) -> list[ast.Call]:
    """List the calls in a piece of code, in the order they stand."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def called_name(call: ast.Call) -> str:
    """Give the name a call is made by; nothing for a call of something's method."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def actions() -> Iterator[Name]:
    """Find what the rest of the service calls in `service.actions`, with an actor and the database."""
    for name in sorted(_used_elsewhere() & functions(ACTIONS).keys()):
        arguments = {argument.arg for argument in functions(ACTIONS)[name].args.args}
        if {"db", "actor"} <= arguments:
            yield name


def reached_from(name: Name) -> Iterator[Function]:
    """Give a function of `service.actions` and all of that package it calls, each once."""
    waiting, seen = [name], set()
    while waiting:
        here = waiting.pop()
        function = functions(ACTIONS).get(here)
        if function is None or here in seen:
            continue
        seen.add(here)
        yield function
        waiting.extend(found(here[0], called_name(call)) for call in calls_in(function))


def found(module: str, name: str) -> Name:
    """Say which function a name in a module means: one of its own, or one it imports."""
    return imported(module).get(name, (module, name))


def _used_elsewhere() -> set[Name]:
    used = set()
    for module, tree in modules().items():
        if module.startswith(f"{ACTIONS}."):
            continue
        used |= set(imported(module).values())
        # `from service.actions import arranging` and then `arranging.review`.
        used |= {
            (".".join(imported(module)[node.value.id]), node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in imported(module)
        }
    return used
