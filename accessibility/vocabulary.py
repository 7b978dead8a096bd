"""The vocabulary of needs: read from TOML text, checked once, then looked up by code.

The text is handed in; `vocabulary.toml` beside this module holds the one we ship.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Final

from accessibility.errors import AccessibilityError, VocabularyError
from accessibility.tables import Table
from accessibility.terms import (
    AutoLevel,
    Doer,
    Fit,
    Group,
    Param,
    ParamKind,
    Sensitivity,
    Term,
)
from scheduling.ways import Way

PEOPLE: Final = "{people}"
"""What stands in an action line for "1 person" or "3 people"."""

_CODE = re.compile(r"[A-Z]{3}-[A-Z]+")
_NAME = re.compile(r"[a-z][a-z_]*")
_PARAM_NEEDS = {
    ParamKind.TEXT: {"name", "ask", "kind"},
    ParamKind.DATE: {"name", "ask", "kind"},
    ParamKind.NUMBER: {"name", "ask", "kind", "least", "most"},
    ParamKind.CHOICE: {"name", "ask", "kind", "choices"},
}


class UnknownTerm(AccessibilityError):
    """The vocabulary has no term of that code."""

    code = "unknown-term"

    def __init__(self, term_code: str) -> None:
        super().__init__(f"there is no term {term_code!r}")
        self.term_code = term_code


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms, in groups, in the order they are shown."""

    version: str
    groups: tuple[Group, ...]
    _by_code: Mapping[str, Term] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the terms by code."""
        by_code = {term.code: term for group in self.groups for term in group.terms}
        object.__setattr__(self, "_by_code", MappingProxyType(by_code))

    @property
    def terms(self) -> tuple[Term, ...]:
        """List every term, group by group."""
        return tuple(self._by_code.values())

    @property
    def baseline(self) -> tuple[Term, ...]:
        """List the terms that every session keeps, whether anyone asks or not."""
        return tuple(term for term in self.terms if term.baseline)

    def __contains__(self, term_code: object) -> bool:
        """Say whether there is a term of that code."""
        return term_code in self._by_code

    def term(self, term_code: str) -> Term:
        """Look a term up by its code; raises UnknownTerm."""
        if term_code not in self._by_code:
            raise UnknownTerm(term_code)
        return self._by_code[term_code]


def parse_vocabulary(text: str) -> Vocabulary:
    """Read the vocabulary from TOML text; raises VocabularyError with the place and the reason."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError("", str(error)) from error
    top = Table("top", document)
    top.keys({"version", "group"})
    lines = _term_lines(text)
    groups = tuple(_group(table, lines) for table in top.tables("group"))
    vocabulary = Vocabulary(top.text("version"), groups)
    _check_together(groups, vocabulary)
    return vocabulary


def _term_lines(text: str) -> Iterator[int]:
    """Give the line of each term's heading, in the order the terms are read."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() == "[[group.term]]":
            yield number


def _group(table: Table, lines: Iterator[int]) -> Group:
    table = Table(f"group {table.values.get('id', '')}", table.values)
    table.keys({"id", "name", "hint", "term"})
    terms = tuple(_term(entry, next(lines, 0)) for entry in table.tables("term"))
    if not terms:
        table.refuse("has no term")
    return Group(table.text("id"), table.text("name"), table.text("hint"), terms)


def _term(entry: Table, line: int) -> Term:
    table = Table(f"line {line}, term {entry.values.get('code', 'without a code')}", entry.values)
    table.keys({column.name for column in fields(Term)})
    if not _CODE.fullmatch(table.text("code")):
        table.refuse("code must look like ABC-WORD")
    term = Term(
        code=table.text("code"),
        label=table.text("label"),
        what_we_do=table.text("what_we_do"),
        action_lines=table.texts("action_lines"),
        category=table.text("category"),
        ways=_ways(table),
        acts=tuple(table.member(doer, "acts", Doer) for doer in table.texts("acts")),
        lead_days=table.whole("lead_days"),
        min_lead_days=table.whole("min_lead_days"),
        sensitivity=table.one_of("sensitivity", Sensitivity),
        baseline=table.flag("baseline"),
        auto_level=table.one_of("auto_level", AutoLevel),
        params=_params(table),
        conflicts_with=frozenset(table.texts("conflicts_with")),
    )
    _check_alone(term, table)
    return term


def _ways(table: Table) -> Mapping[Way, Fit]:
    values = table.values["ways"]
    if not isinstance(values, dict):
        table.refuse("ways must be a table")
    ways = Table(f"{table.where}, ways", values)
    ways.keys(set(Way))
    return MappingProxyType({way: ways.one_of(way, Fit) for way in Way})


def _params(table: Table) -> tuple[Param, ...]:
    params = tuple(_param(entry) for entry in table.tables("params"))
    if len({param.name for param in params}) < len(params):
        table.refuse("params must not hold a name twice")
    return params


def _param(entry: Table) -> Param:
    table = Table(f"{entry.where}, param {entry.values.get('name', '')}", entry.values)
    if "kind" not in table.values:
        table.refuse("kind is missing")
    kind = table.one_of("kind", ParamKind)
    table.keys(_PARAM_NEEDS[kind])
    name, ask = table.text("name"), table.text("ask")
    if not _NAME.fullmatch(name):
        table.refuse("name must be small letters and underscores")
    if kind is ParamKind.CHOICE:
        return Param(name, ask, kind, choices=_choices(table))
    if kind is ParamKind.NUMBER:
        least, most = table.whole("least"), table.whole("most")
        if most <= least:
            table.refuse("most must be above least")
        return Param(name, ask, kind, least=least, most=most)
    return Param(name, ask, kind)


def _choices(table: Table) -> tuple[str, ...]:
    choices = table.texts("choices")
    if not choices:
        table.refuse("choices must not be empty")
    return choices


def _check_alone(term: Term, table: Table) -> None:
    """Refuse a term that cannot be true whatever the others say."""
    if not term.acts:
        table.refuse("acts must name somebody")
    if term.lead_days < term.min_lead_days:
        table.refuse(f"lead_days {term.lead_days} is less than min_lead_days {term.min_lead_days}")
    if term.code in term.conflicts_with:
        table.refuse("cannot be in conflict with itself")
    if term.is_restricted and term.action_lines:
        table.refuse("is restricted, so it may have no action line")
    if not set(term.ways.values()) & {Fit.AUTO, Fit.ARRANGE}:
        table.refuse("ways must offer at least one that can be met")
    _check_lines(term, table)


def _check_lines(term: Term, table: Table) -> None:
    if not term.action_lines:
        return
    counted = [PEOPLE in line for line in term.action_lines]
    if term.baseline and any(counted):
        table.refuse(f"is baseline, so its action lines count nobody ({PEOPLE})")
    if not term.baseline and not counted[0]:
        table.refuse(f"its first action line must say for how many ({PEOPLE})")
    if any("{" in line.replace(PEOPLE, "") for line in term.action_lines):
        table.refuse(f"action_lines may hold no mark but {PEOPLE}")


def _check_together(groups: Sequence[Group], vocabulary: Vocabulary) -> None:
    """Refuse doubled codes, doubled groups and conflicts that only one side knows of."""
    seen: set[str] = set()
    for name in [group.id for group in groups] + [
        term.code for group in groups for term in group.terms
    ]:
        if name in seen:
            raise VocabularyError(name, "stands there twice")
        seen.add(name)
    for term in vocabulary.terms:
        _check_conflicts(term, vocabulary)


def _check_conflicts(term: Term, vocabulary: Vocabulary) -> None:
    for other in sorted(term.conflicts_with):
        if other not in vocabulary:
            raise VocabularyError(f"term {term.code}", f"is in conflict with {other}, not known")
        if term.code not in vocabulary.term(other).conflicts_with:
            raise VocabularyError(f"term {term.code}", f"{other} does not know of the conflict")
