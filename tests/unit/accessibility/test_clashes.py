"""Each pair of needs that pull different ways is named, and each pair of musts without a shared way."""

import pytest

from accessibility.clashes import NO_SHARED_WAY, SETTLE, TALK, clashes, no_shared_way
from accessibility.needs import Need, Strength
from accessibility.suitability import Judge, ways_open
from accessibility.verdicts import Outcome, Profile
from accessibility.vocabulary import Vocabulary, parse_vocabulary
from scheduling.ways import Way
from tests.unit.accessibility.test_suitability import TEN_PAIRS, soon
from tests.unit.accessibility.test_vocabulary import SMALL, facts

FOURTEEN = sorted(
    {
        (min(code, other), max(code, other))
        for code, row in facts().items()
        for other in row["conflicts_with"].split()
    }
)
OF_ONE = [("CON-THIRD", "SAF-CONTACT"), ("INF-SUMMARY", "SAF-NEUTRAL")]


def person(*codes: str, strength: Strength = Strength.MUST) -> Profile:
    """Give somebody who needs these."""
    return Profile(tuple(Need(code, strength) for code in codes))


def test_the_source_list_has_14_clashing_pairs_and_we_can_settle_each() -> None:
    assert 14 == len(FOURTEEN)
    assert FOURTEEN == sorted(SETTLE)


@pytest.mark.parametrize("pair", [pair for pair in FOURTEEN if pair not in OF_ONE], ids="-".join)
def test_two_people_with_clashing_needs_are_shown_as_a_pair_without_names(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    one, other = pair

    (found,) = clashes(vocabulary, [person(one), person("CON-EMAIL"), person(other)])

    assert (pair, SETTLE[pair], False) == (found.codes, found.settle, found.is_restricted)


@pytest.mark.parametrize("pair", FOURTEEN, ids="-".join)
def test_a_clash_within_one_person_is_shown_too(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    assert [pair] == [each.codes for each in clashes(vocabulary, [person(*pair)])]


@pytest.mark.parametrize("pair", OF_ONE, ids="-".join)
def test_what_is_sent_to_one_person_clashes_with_nobody_else(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    assert () == clashes(vocabulary, [person(pair[0]), person(pair[1])])


def test_only_coordinators_may_know_of_a_clash_with_safe_contact(vocabulary: Vocabulary) -> None:
    (found,) = clashes(vocabulary, [person("CON-THIRD", "SAF-CONTACT")])

    assert found.is_restricted


def test_a_supporter_clashes_like_anybody(vocabulary: Vocabulary) -> None:
    brings = Profile((), ((Need("AIR-MASK", Strength.MUST),),))

    found = clashes(vocabulary, [brings, person("COM-LIPREAD", strength=Strength.PREFER)])

    assert [("AIR-MASK", "COM-LIPREAD")] == [each.codes for each in found]


def test_masks_are_no_matter_online(vocabulary: Vocabulary) -> None:
    people = [person("AIR-MASK"), person("COM-LIPREAD")]

    assert () == clashes(vocabulary, people, {Way.ONLINE, Way.PHONE})
    assert 1 == len(clashes(vocabulary, people, {Way.ONLINE, Way.ROOM}))


def test_an_organisations_own_pair_is_to_be_talked_about() -> None:
    own = parse_vocabulary(SMALL.replace("COM-LOOP", "OWN-BELL").replace("AIR-OUTDOOR", "OWN-DRUM"))

    (found,) = clashes(own, [person("OWN-BELL"), person("OWN-DRUM")])

    assert TALK == found.settle


def test_needs_that_are_no_longer_in_the_vocabulary_clash_with_nothing(
    vocabulary: Vocabulary,
) -> None:
    assert () == clashes(vocabulary, [person("OLD-CODE", "COM-LIPREAD")])
    assert () == no_shared_way(vocabulary, person("OLD-CODE", "COM-LIPREAD"))


@pytest.mark.parametrize("pair", TEN_PAIRS, ids="-".join)
def test_two_musts_without_a_shared_way_are_named_with_what_would_give(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    found = no_shared_way(vocabulary, person(*pair))

    assert [(pair, NO_SHARED_WAY)] == [(each.codes, each.settle) for each in found]


def test_no_other_two_musts_are_without_a_shared_way(vocabulary: Vocabulary) -> None:
    everything = person(*(term.code for term in vocabulary.terms))

    assert TEN_PAIRS == [each.codes for each in no_shared_way(vocabulary, everything)]


@pytest.mark.parametrize("pair", TEN_PAIRS, ids="-".join)
def test_as_wishes_the_two_leave_every_way_open(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    judges = [Judge(vocabulary, soon(way, 40)) for way in Way]

    wish = ways_open(person(*pair, strength=Strength.PREFER), judges)

    assert {Outcome.WORKS} == {each.fit for each in wish.values()}
    assert () == no_shared_way(vocabulary, person(*pair, strength=Strength.PREFER))
