"""The values of the vocabulary: a term, its details, and the everyday group it stands in.

How they are read from text and checked against one another is in `accessibility.vocabulary`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.ways import Way


class Fit(StrEnum):
    """Say how a term stands to one way of joining."""

    NONE = "none"
    AUTO = "auto"
    ARRANGE = "arrange"
    CANNOT = "cannot"


class Sensitivity(StrEnum):
    """Say how carefully a term must be handled; restricted ones reach nobody but who must act."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    RESTRICTED = "restricted"


class AutoLevel(StrEnum):
    """Say how much of a term the system does without a human."""

    NONE = "none"
    PART = "part"
    FULL = "full"


class Doer(StrEnum):
    """Name who acts on a term."""

    SYSTEM = "system"
    COORDINATOR = "coordinator"
    FACILITATOR = "facilitator"
    SUPPLIER = "supplier"


class ParamKind(StrEnum):
    """Say what kind of answer a detail takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Param:
    """One detail a term may ask for, and what counts as an answer.

    `least` and `most` are for numbers, both included; `choices` are for choices.
    """

    name: str
    ask: str
    kind: ParamKind
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that can help somebody take part.

    `label` is in the person's words, `what_we_do` is our answer to them, `action_lines` are for the
    facilitator. `acts` names who acts, the first one leading. Notice is counted in working days.
    """

    code: str
    label: str
    what_we_do: str
    action_lines: tuple[str, ...]
    category: str
    ways: Mapping[Way, Fit] = field(hash=False)
    acts: tuple[Doer, ...]
    lead_days: int
    min_lead_days: int
    sensitivity: Sensitivity
    baseline: bool
    auto_level: AutoLevel
    params: tuple[Param, ...]
    conflicts_with: frozenset[str]

    @property
    def is_restricted(self) -> bool:
        """Say whether only those who must act may know of it."""
        return self.sensitivity is Sensitivity.RESTRICTED

    def param(self, name: str) -> Param | None:
        """Find the detail of that name; None if the term does not ask for it."""
        return next((param for param in self.params if param.name == name), None)

    def concerns(self, way: Way) -> bool:
        """Say whether there is anything to do for somebody who joins by that way."""
        return self.ways[way] in (Fit.AUTO, Fit.ARRANGE)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that people look for in one place, in the order they are shown."""

    id: str
    name: str
    hint: str
    terms: tuple[Term, ...]
