"""What each page of the journey asks: its fields, who will see them, and what is carried along."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accessibility.disclosure import Field
from accessibility.needs import OWN_WORDS_LIMIT, Strength
from accessibility.terms import Group, Param, ParamKind, Term
from service.actions.needs import sealed_names
from service.vocabulary import vocabulary
from service.web.pages.helping.draft import (
    CHECK,
    DETAILS,
    GROUP,
    GROUPS,
    OTHER,
    OWN,
    Draft,
    detail_field,
    need_field,
    terms_in,
)
from service.web.pages.helping.who import field_of, who_sees
from service.web.words import say

STRENGTH_WORDS: Final[Mapping[str, str]] = {
    Strength.MUST: "I need this",
    Strength.PREFER: "It would help",
}
CHOICES: Final = (
    *({"value": value, "word": word} for value, word in STRENGTH_WORDS.items()),
    {"value": "", "word": "No, thank you"},
)
#: The fields of the two pages that are always there.
OWN_FIELDS: Final = frozenset({"own", "own_off", need_field(OTHER)})


def step_facts(draft: Draft, step: str, coordinator: str) -> dict[str, Any]:
    """Give the template of a step and all it shows; what is not asked here is carried along."""
    facts: dict[str, Any] = {"step": step, "draft": draft}
    group = _group_of(step)
    asked: set[str] = set()
    if step == GROUPS:
        facts |= {"template": "helping/groups.html", "options": _group_options()}
        asked = {GROUPS, "channel"}
    elif group is not None and step.startswith(GROUP):
        facts |= {"template": "helping/group.html", "group": group, "choices": CHOICES}
        facts["rows"] = _rows(group, draft, coordinator)
        facts["who"] = "" if _is_private(group) else who_sees(Field.ACTION_LINES, coordinator)
        asked = {need_field(term.code) for term in terms_in(group)}
    elif group is not None:
        parts = _detail_parts(draft.chosen_terms(group), draft, coordinator)
        facts |= {"template": "helping/details.html", "group": group, "parts_asked": parts}
        asked = {field["name"] for part in parts for field in part["fields"]}
    elif step == OWN:
        facts |= {"template": "helping/own.html", "limit": OWN_WORDS_LIMIT}
        facts["has_own_before"] = OTHER in draft.known
        facts |= {"choices": CHOICES[:2], "own_field": need_field(OTHER)}
        facts["own_strength"] = draft.strengths.get(OTHER, Strength.MUST)
        facts["who"] = who_sees(Field.OWN_WORDS, coordinator)
        asked = set(OWN_FIELDS)
    else:
        facts |= {"template": "helping/check.html", "lines": _check_lines(draft)}
        facts |= {"removed": _removed(draft)}
    facts["carried"] = [(name, value) for name, value in draft.fields() if name not in asked]
    return facts


def step_before(draft: Draft, step: str) -> str | None:
    """Name the step before this one; None for the first."""
    steps = list(draft.steps)
    place = steps.index(step) if step in steps else len(steps) - 1
    return steps[place - 1] if place else None


def step_after(draft: Draft, step: str, *, is_returning: bool) -> str:
    """Name the step that follows; who came from the last page to change one thing goes back there."""
    steps = list(draft.steps)
    if is_returning and step != GROUPS:
        details = step.replace(GROUP, DETAILS, 1)
        return details if details != step and details in steps else CHECK
    return steps[min(steps.index(step) + 1, len(steps) - 1)] if step in steps else GROUPS


def _group_of(step: str) -> Group | None:
    name = step.removeprefix(GROUP).removeprefix(DETAILS)
    return next((group for group in vocabulary().groups if group.id == name), None)


def _group_options() -> Sequence[Mapping[str, str]]:
    return [
        {"value": group.id, "word": group.name, "hint": group.hint}
        for group in vocabulary().groups
        if terms_in(group)
    ]


def _rows(group: Group, draft: Draft, coordinator: str) -> Sequence[Mapping[str, str]]:
    return [
        {
            "name": need_field(term.code),
            "label": term.label,
            "hint": term.what_we_do,
            "who": who_sees(field_of(term), coordinator) if _is_private(group) else "",
            "value": draft.strengths.get(term.code, ""),
        }
        for term in terms_in(group)
    ]


def _is_private(group: Group) -> bool:
    """Tell whether some of a group is seen by fewer people than the rest."""
    return any(term.is_restricted for term in group.terms)


def _detail_parts(
    terms: Sequence[Term], draft: Draft, coordinator: str
) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "label": term.label,
            "fields": [_detail(term, param, draft, coordinator) for param in term.params],
        }
        for term in terms
        if term.params
    ]


def _detail(term: Term, param: Param, draft: Draft, coordinator: str) -> Mapping[str, Any]:
    name = detail_field(term, param)
    is_sealed = param.name in sealed_names(term)
    hint = ""
    if param.kind is ParamKind.NUMBER:
        hint = say("hint.number", {"least": param.least, "most": param.most})
    elif is_sealed and term.code in draft.known:
        hint = say("hint.sealed-before")
    return {
        "name": name,
        "ask": param.ask,
        "kind": param.kind.value,
        "choices": [{"value": choice, "word": choice.capitalize()} for choice in param.choices],
        "value": draft.details.get(name, ""),
        "hint": hint,
        "who": who_sees(field_of(term, param), coordinator),
    }


def _check_lines(draft: Draft) -> Sequence[Mapping[str, Any]]:
    """Give what was chosen, group by group, with the step that changes it."""
    return [
        {
            "word": group.name,
            "step": f"{GROUP}{group.id}",
            "terms": [_said(term, draft) for term in draft.chosen_terms(group)],
        }
        for group in draft.chosen_groups
    ]


def _said(term: Term, draft: Draft) -> Mapping[str, Any]:
    details = [
        (param.ask, draft.details[detail_field(term, param)])
        for param in term.params
        if draft.details.get(detail_field(term, param))
    ]
    strength = STRENGTH_WORDS[draft.strengths[term.code]]
    return {"label": term.label, "strength": strength, "details": details}


def _removed(draft: Draft) -> Sequence[str]:
    """List what was stored and will be taken off."""
    staying = {term.code for term in draft.chosen} | ({OTHER} if draft.has_own() else set())
    return [vocabulary().term(code).label for code in sorted(draft.known - staying)]
