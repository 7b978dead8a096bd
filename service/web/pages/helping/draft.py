"""What somebody has told us so far, carried from page to page in the form itself.

Nothing is stored before the last button: a browser that is closed half-way leaves nothing with us.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from multidict import MultiMapping

from accessibility.consent import ConsentChannel
from accessibility.needs import Fault, InvalidNeed, Need, Strength, is_too_long, read_need
from accessibility.terms import Group, Param, Term
from scheduling.text import clean
from service.errors import Invalid
from service.vocabulary import vocabulary

#: The steps that are always there; between the first and the next come those of the groups chosen.
GROUPS: Final = "groups"
OWN: Final = "own"
CHECK: Final = "check"
GROUP: Final = "group-"
DETAILS: Final = "details-"
#: The term for whatever the list has not got, told in one's own words.
OTHER: Final = "OTH-OTHER"
OTHER_PARAM: Final = "own_words"
CODE_OF_FAULT: Final[Mapping[Fault, str]] = {
    Fault.NOT_ASKED: "not-usable",
    Fault.TOO_LONG: "words-too-long",
    Fault.NOT_A_CHOICE: "not-a-choice",
    Fault.NOT_A_NUMBER: "not-a-number",
    Fault.OUT_OF_RANGE: "number-not-possible",
    Fault.NOT_A_DATE: "not-a-date",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """All answers so far. `details` are by field name; `known` is what was stored when it began."""

    groups: frozenset[str]
    strengths: Mapping[str, Strength]
    details: Mapping[str, str]
    own: str
    is_own_off: bool
    known: frozenset[str]
    channel: ConsentChannel

    @property
    def chosen_groups(self) -> Sequence[Group]:
        """The groups chosen, in the order they are shown."""
        return [group for group in vocabulary().groups if group.id in self.groups]

    def chosen_terms(self, group: Group) -> Sequence[Term]:
        """The terms of a group that would help."""
        return [term for term in terms_in(group) if term.code in self.strengths]

    @property
    def chosen(self) -> Sequence[Term]:
        """All terms that would help, own words apart."""
        return [term for group in self.chosen_groups for term in self.chosen_terms(group)]

    @property
    def steps(self) -> Sequence[str]:
        """The journey that these answers lead through."""
        return [GROUPS, *self._group_steps(), OWN, CHECK]

    def _group_steps(self) -> Iterator[str]:
        for group in self.chosen_groups:
            yield f"{GROUP}{group.id}"
            if any(term.params for term in self.chosen_terms(group)):
                yield f"{DETAILS}{group.id}"

    def has_own(self) -> bool:
        """Tell whether there will be something in the person's own words when this is saved."""
        return bool(self.own) or (OTHER in self.known and not self.is_own_off)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Give everything as form fields, to be carried on."""
        yield from ((GROUPS, group) for group in sorted(self.groups))
        yield from ((need_field(code), strength) for code, strength in self.strengths.items())
        yield from self.details.items()
        yield from (("known", code) for code in sorted(self.known))
        yield "channel", self.channel.value
        yield "own", self.own
        if self.is_own_off:
            yield "own_off", "yes"


def terms_in(group: Group) -> Sequence[Term]:
    """Give the terms a group's page shows: all but own words, which have a page of their own."""
    return [term for term in group.terms if term.code != OTHER]


def need_field(code: str) -> str:
    """Name the form field of a term."""
    return f"need-{code}"


def detail_field(term: Term, param: Param) -> str:
    """Name the form field of a detail."""
    return f"detail-{term.code}-{param.name}"


def read_draft(form: MultiMapping[Any]) -> Draft:
    """Read all answers from a form, through the boundary filter; what we did not ask is left out."""
    codes = [term.code for term in vocabulary().terms]
    strengths = {code: _last(form, need_field(code)) for code in codes}
    asked = [detail_field(term, param) for term in vocabulary().terms for param in term.params]
    return Draft(
        groups=frozenset(map(str, form.getall(GROUPS, []))) & {g.id for g in vocabulary().groups},
        strengths={
            code: Strength(strength)
            for code, strength in strengths.items()
            if strength in set(Strength)
        },
        details={name: said for name in asked if (said := _last(form, name))},
        own=_last(form, "own", lines=True),
        is_own_off=_last(form, "own_off") == "yes",
        known=frozenset(map(str, form.getall("known", []))) & set(codes),
        channel=_channel(_last(form, "channel")),
    )


def check_step(draft: Draft, step: str) -> None:
    """Raise Invalid, by field, if what was typed on a page cannot be used."""
    if step == OWN and is_too_long(draft.own):
        raise Invalid({"own": "words-too-long"})
    if step.startswith(DETAILS):
        for group in draft.chosen_groups:
            if step == f"{DETAILS}{group.id}":
                _check_details(draft, draft.chosen_terms(group))


def told_needs(draft: Draft) -> Sequence[Need]:
    """Give all answers as needs; raises Invalid by field."""
    _check_details(draft, draft.chosen)
    check_step(draft, OWN)
    needs = [_need(draft, term) for term in draft.chosen]
    if draft.has_own():
        words = {OTHER_PARAM: draft.own} if draft.own else {}
        needs.append(Need(OTHER, draft.strengths.get(OTHER, Strength.MUST), words))
    return needs


def draft_of(needs: Sequence[tuple[str, Strength, Mapping[str, str]]]) -> Draft:
    """Begin with what is stored; what is sealed is not shown again."""
    strengths = {code: strength for code, strength, _ in needs}
    shown = [term.code for group in vocabulary().groups for term in terms_in(group)]
    return Draft(
        groups=frozenset(
            group.id
            for group in vocabulary().groups
            if any(term.code in strengths for term in terms_in(group))
        ),
        strengths={code: strengths[code] for code in (*shown, OTHER) if code in strengths},
        details={
            f"detail-{code}-{name}": said
            for code, _, said_all in needs
            for name, said in said_all.items()
        },
        own="",
        is_own_off=False,
        known=frozenset(strengths),
        channel=ConsentChannel.WEB,
    )


def _need(draft: Draft, term: Term) -> Need:
    params = {param.name: draft.details.get(detail_field(term, param), "") for param in term.params}
    return read_need(vocabulary(), term.code, draft.strengths[term.code], params)


def _check_details(draft: Draft, terms: Sequence[Term]) -> None:
    wrong: dict[str, str] = {}
    for term in terms:
        try:
            _need(draft, term)
        except InvalidNeed as error:
            wrong[f"detail-{term.code}-{error.name}"] = CODE_OF_FAULT[error.fault]
    if wrong:
        raise Invalid(wrong)


def _last(form: MultiMapping[Any], name: str, *, lines: bool = False) -> str:
    values = [value for value in form.getall(name, []) if isinstance(value, str)]
    return clean(values[-1], lines=lines).strip() if values else ""


def _channel(value: str) -> ConsentChannel:
    return ConsentChannel(value) if value in set(ConsentChannel) else ConsentChannel.WEB
