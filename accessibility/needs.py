"""What one person has told us would help: a need, how strongly, and its details.

Own words and other details are personal: they stay out of `repr`, so that no log can show them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from accessibility.errors import AccessibilityError
from accessibility.terms import Param, ParamKind
from accessibility.vocabulary import Vocabulary

OWN_WORDS_LIMIT: Final = 300
"""The most characters a person's own words may have, here and beside any need."""

_WHOLE = re.compile(r"[0-9]{1,6}")


class Strength(StrEnum):
    """Say whether the person cannot take part without it, or would rather have it."""

    MUST = "must"
    PREFER = "prefer"


class Fault(StrEnum):
    """Say what is wrong with a detail; the words for people come from its translation."""

    NOT_ASKED = "not-asked"
    TOO_LONG = "too-long"
    NOT_A_CHOICE = "not-a-choice"
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_RANGE = "out-of-range"
    NOT_A_DATE = "not-a-date"


class InvalidNeed(AccessibilityError):
    """A detail of a need cannot be accepted; holds its name and the fault, never what was typed."""

    code = "invalid-need"

    def __init__(self, term_code: str, name: str, fault: Fault) -> None:
        super().__init__(f"{term_code} {name}: {fault}")
        self.term_code, self.name, self.fault = term_code, name, fault


@dataclass(frozen=True, slots=True)
class Need:
    """One term that helps one person, how strongly, and the details they gave.

    Made from what somebody typed by `read_need`; direct making is for what is already stored.
    """

    code: str
    strength: Strength
    params: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    def __post_init__(self) -> None:
        """Keep the details from being changed by whoever handed them in."""
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))


def read_need(
    vocabulary: Vocabulary,
    code: str,
    strength: Strength,
    params: Mapping[str, str] | None = None,
) -> Need:
    """Make a need from what was typed; details left blank are left out.

    Raises UnknownTerm for a code outside the vocabulary and InvalidNeed for a detail that the term
    does not ask for or that is not an answer to it.
    """
    term = vocabulary.term(code)
    answers: dict[str, str] = {}
    for name, typed in (params or {}).items():
        param = term.param(name)
        if param is None:
            raise InvalidNeed(code, name, Fault.NOT_ASKED)
        if not typed.strip():
            continue
        answer = typed.strip()
        fault = fault_in(param, answer)
        if fault is not None:
            raise InvalidNeed(code, name, fault)
        answers[name] = answer
    return Need(code, strength, answers)


def fault_in(param: Param, answer: str) -> Fault | None:
    """Say what is wrong with an answer that is not blank; None if nothing is."""
    match param.kind:
        case ParamKind.TEXT:
            return Fault.TOO_LONG if is_too_long(answer) else None
        case ParamKind.CHOICE:
            return None if answer in param.choices else Fault.NOT_A_CHOICE
        case ParamKind.NUMBER:
            return _fault_in_number(param, answer)
        case ParamKind.DATE:
            return None if _is_date(answer) else Fault.NOT_A_DATE
        case unknown:
            assert_never(unknown)


def is_too_long(own_words: str) -> bool:
    """Say whether a person's own words are longer than we keep."""
    return len(own_words) > OWN_WORDS_LIMIT


def _fault_in_number(param: Param, answer: str) -> Fault | None:
    if not _WHOLE.fullmatch(answer):
        return Fault.NOT_A_NUMBER
    return None if param.least <= int(answer) <= param.most else Fault.OUT_OF_RANGE


def _is_date(answer: str) -> bool:
    try:
        return date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        return False
