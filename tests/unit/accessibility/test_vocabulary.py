"""The vocabulary says what the source list says, and nonsense is refused with its place."""

import csv
from pathlib import Path

import pytest

from accessibility.errors import VocabularyError
from accessibility.terms import Fit, Term
from accessibility.vocabulary import PEOPLE, UnknownTerm, Vocabulary, parse_vocabulary
from scheduling.ways import Way

FACTS = Path(__file__).parents[2] / "fixtures" / "needs.csv"
COLUMNS = {
    Way.ONLINE: "online",
    Way.ROOM: "in_person",
    Way.OUTDOORS: "outdoor",
    Way.PHONE: "phone",
}

SMALL = """
version = "1"

[[group]]
id = "hearing"
name = "Hearing"
hint = "Loops and captions."

[[group.term]]
code = "COM-LOOP"
label = "I need a loop."
what_we_do = "We bring one."
action_lines = ["Switch it on for {people}."]
category = "communication"
ways = { online = "none", room = "arrange", outdoors = "arrange", phone = "none" }
acts = ["coordinator"]
lead_days = 10
min_lead_days = 3
sensitivity = "medium"
baseline = false
auto_level = "part"
params = [{ name = "kind", ask = "Which kind?", kind = "choice", choices = ["neck", "room"] }]
conflicts_with = ["AIR-OUTDOOR"]

[[group.term]]
code = "AIR-OUTDOOR"
label = "Only outdoors."
what_we_do = "We go out."
action_lines = []
category = "air"
ways = { online = "none", room = "cannot", outdoors = "auto", phone = "none" }
acts = ["coordinator"]
lead_days = 5
min_lead_days = 1
sensitivity = "high"
baseline = false
auto_level = "part"
params = [{ name = "minutes", ask = "How long?", kind = "number", least = 1, most = 9 }]
conflicts_with = ["COM-LOOP"]
"""


def facts() -> dict[str, dict[str, str]]:
    """Read the facts of the source list by code."""
    with FACTS.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


def as_facts(term: Term) -> dict[str, str]:
    """Write a term the way the source list writes it."""
    return {
        "code": term.code,
        **{COLUMNS[way]: fit.value for way, fit in term.ways.items()},
        "acts": "|".join(term.acts),
        "lead_days": str(term.lead_days),
        "min_lead_days": str(term.min_lead_days),
        "category": term.category,
        "auto_level": term.auto_level.value,
        "sensitivity": term.sensitivity.value,
        "baseline": "yes" if term.baseline else "no",
        "params": ",".join(param.name for param in term.params),
        "conflicts_with": " ".join(sorted(term.conflicts_with)),
    }


def test_the_vocabulary_carries_every_fact_of_the_list(vocabulary: Vocabulary) -> None:
    assert facts() == {term.code: as_facts(term) for term in vocabulary.terms}


def test_there_are_70_terms_28_of_them_baseline_and_14_clashes(vocabulary: Vocabulary) -> None:
    pairs = {
        frozenset({term.code, other}) for term in vocabulary.terms for other in term.conflicts_with
    }

    assert (70, 28, 14) == (len(vocabulary.terms), len(vocabulary.baseline), len(pairs))


def test_groups_stand_in_the_order_of_the_text(vocabulary: Vocabulary) -> None:
    names = [group.name for group in vocabulary.groups]

    assert ["How we reach you", "Keeping safe", "Seeing and reading", "Hearing"] == names[:4]
    assert "Something else" == names[-1]


def test_a_term_is_found_by_its_code(vocabulary: Vocabulary) -> None:
    term = vocabulary.term("PRO-BSL")

    assert (20, 10, Fit.CANNOT) == (term.lead_days, term.min_lead_days, term.ways[Way.PHONE])
    assert "PRO-BSL" in vocabulary


def test_a_code_outside_the_vocabulary_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(UnknownTerm, match="PRO-NONE"):
        vocabulary.term("PRO-NONE")

    assert "PRO-NONE" not in vocabulary


def test_restricted_terms_tell_the_facilitator_nothing(vocabulary: Vocabulary) -> None:
    restricted = [term for term in vocabulary.terms if term.is_restricted]

    assert ["SAF-CONTACT", "SAF-APART"] == [term.code for term in restricted]
    assert not any(term.action_lines for term in restricted)


def test_sentences_are_sentences(vocabulary: Vocabulary) -> None:
    sentences = [
        text
        for term in vocabulary.terms
        for text in (term.label, term.what_we_do, *term.action_lines)
    ]

    assert [] == [text for text in sentences if text[-1] not in ".?" or "  " in text]
    assert [] == [text for text in sentences if len(text) > 160]


def test_no_sentence_names_an_illness(vocabulary: Vocabulary) -> None:
    words = " ".join(
        f"{term.label} {term.what_we_do} {' '.join(term.action_lines)}".lower()
        for term in vocabulary.terms
    )

    for word in ("diagnos", "disorder", "patient", "suffer", "condition", "impair", "autis"):
        assert word not in words


def test_the_small_vocabulary_is_read_whole() -> None:
    vocabulary = parse_vocabulary(SMALL)

    assert ["COM-LOOP", "AIR-OUTDOOR"] == [term.code for term in vocabulary.terms]
    assert ("neck", "room") == vocabulary.term("COM-LOOP").params[0].choices
    assert 9 == vocabulary.term("AIR-OUTDOOR").params[0].most
    assert "1" == vocabulary.version


def test_terms_can_be_kept_in_sets(vocabulary: Vocabulary) -> None:
    assert 70 == len(set(vocabulary.terms))


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ('room = "arrange"', 'room = "maybe"', "line 9, term COM-LOOP, ways: room cannot be 'maybe'"),
        (', phone = "none" }', " }", "phone is missing"),
        ('phone = "none" }', 'phone = "none", boat = "none" }', "boat is not known here"),
        ('code = "COM-LOOP"', 'code = "loop"', "line 9, term loop: code must look like ABC-WORD"),
        ('["AIR-OUTDOOR"]', '["AIR-MOON"]', "term COM-LOOP: is in conflict with AIR-MOON, not known"),
        ('["AIR-OUTDOOR"]', '["COM-LOOP"]', "cannot be in conflict with itself"),
        ('["AIR-OUTDOOR"]', "[]", "term AIR-OUTDOOR: COM-LOOP does not know of the conflict"),
        ("lead_days = 10", "lead_days = 2", "lead_days 2 is less than min_lead_days 3"),
        ("lead_days = 10", "lead_days = -1", "lead_days must be a whole number, not below 0"),
        ("lead_days = 10", 'lead_days = "10"', "lead_days must be a whole number, not below 0"),
        ("lead_days = 10", "lead_days = true", "lead_days must be a whole number, not below 0"),
        ("lead_days = 10\n", "", "line 9, term COM-LOOP: lead_days is missing"),
        ("lead_days = 10", "lead_days = 10\nprice = 3", "price is not known here"),
        ('label = "I need a loop."', 'label = "  "', "label must be text that is not empty"),
        ('label = "I need a loop."', "label = 7", "label must be text that is not empty"),
        ("[\"Switch it on for {people}.\"]", '["Switch it on."]', "must say for how many"),
        ("[\"Switch it on for {people}.\"]", '["{people} {name}"]', "may hold no mark but {people}"),
        ("[\"Switch it on for {people}.\"]", '"Switch it on"', "action_lines must be a list"),
        ("[\"Switch it on for {people}.\"]", '[""]', "none empty and none twice"),
        ('sensitivity = "medium"', 'sensitivity = "restricted"', "it may have no action line"),
        ('sensitivity = "medium"', 'sensitivity = "secret"', "sensitivity cannot be 'secret'"),
        ("baseline = false", "baseline = true", "is baseline, so its action lines count nobody"),
        ("baseline = false", 'baseline = "no"', "baseline must be true or false"),
        ('acts = ["coordinator"]', "acts = []", "acts must name somebody"),
        ('acts = ["coordinator"]', 'acts = ["doctor"]', "acts cannot be 'doctor'"),
        ('kind = "choice"', 'kind = "poem"', "param kind: kind cannot be 'poem'"),
        ('kind = "choice", ', "", "kind is missing"),
        ('choices = ["neck", "room"]', "choices = []", "choices must not be empty"),
        ('name = "kind"', 'name = "Kind"', "name must be small letters and underscores"),
        ("least = 1, most = 9", "least = 9, most = 9", "most must be above least"),
        ('id = "hearing"', 'id = "COM-LOOP"', "COM-LOOP: stands there twice"),
        ('version = "1"', "", "top: version is missing"),
        ('version = "1"', "version = 1", "version must be text"),
        ('version = "1"', "version = ", "line 2"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_place_and_reason(right: str, wrong: str, reason: str) -> None:
    assert right in SMALL
    broken = SMALL.replace(right, wrong, 1)

    with pytest.raises(VocabularyError) as refused:
        parse_vocabulary(broken)
    assert reason in str(refused.value)


def test_a_code_that_stands_twice_is_refused() -> None:
    peaceful = SMALL.replace('["AIR-OUTDOOR"]', "[]").replace('["COM-LOOP"]', "[]")
    doubled = peaceful.replace('code = "AIR-OUTDOOR"', 'code = "COM-LOOP"')

    with pytest.raises(VocabularyError, match="COM-LOOP: stands there twice"):
        parse_vocabulary(doubled)


def test_a_term_that_no_way_can_meet_is_refused() -> None:
    never = SMALL.replace(
        'room = "arrange", outdoors = "arrange"', 'room = "none", outdoors = "none"'
    )

    with pytest.raises(VocabularyError, match="ways must offer at least one"):
        parse_vocabulary(never)


@pytest.mark.parametrize("text", ["group = 3", 'group = ["a"]', "group = []\nother = 1"])
def test_a_text_without_proper_groups_is_refused(text: str) -> None:
    with pytest.raises(VocabularyError):
        parse_vocabulary(f'version = "1"\n{text}')


def test_an_empty_group_is_refused() -> None:
    text = 'version = "1"\n[[group]]\nid = "a"\nname = "A"\nhint = "A."\nterm = []'

    with pytest.raises(VocabularyError, match="group a: has no term"):
        parse_vocabulary(text)


def test_a_detail_asked_for_twice_is_refused() -> None:
    detail = '{ name = "kind", ask = "Which kind?", kind = "text" }'
    twice = SMALL.replace("params = [{", f"params = [{detail}, {{", 1)

    with pytest.raises(VocabularyError, match="params must not hold a name twice"):
        parse_vocabulary(twice)


def test_ways_that_are_no_table_are_refused() -> None:
    line = 'ways = { online = "none", room = "cannot", outdoors = "auto", phone = "none" }'

    with pytest.raises(VocabularyError, match="line 25, term AIR-OUTDOOR: ways must be a table"):
        parse_vocabulary(SMALL.replace(line, "ways = 3"))


def test_every_line_that_is_asked_for_says_for_how_many(vocabulary: Vocabulary) -> None:
    for term in vocabulary.terms:
        if term.action_lines:
            assert (PEOPLE in term.action_lines[0]) is not term.baseline
