"""A way works, works once something is arranged, or cannot be; with reasons, and the day to begin."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations

import pytest

from accessibility.needs import Need, Strength
from accessibility.place_words import Known, PlaceWord
from accessibility.resting import RESTS, Equipment
from accessibility.slack import first_day_after, working_days_between
from accessibility.suitability import Judge, ready_from, verdict, ways_open
from accessibility.terms import Fit
from accessibility.verdicts import Outcome, Profile, Reason, ReasonKind, Setting
from accessibility.vocabulary import Vocabulary
from scheduling.ways import IN_PERSON_WAYS, Way
from tests.unit.accessibility.test_vocabulary import COLUMNS, facts

TODAY = date(2026, 11, 20)
SEEN = date(2026, 10, 1)
TEN_PAIRS = sorted(
    (min(pair), max(pair))
    for pair in combinations(facts(), 2)
    if all("cannot" in (facts()[pair[0]][way], facts()[pair[1]][way]) for way in COLUMNS.values())
)
PLENTY = 40


def person(*codes: str) -> Profile:
    """Give somebody who cannot take part without these."""
    return Profile(tuple(Need(code, Strength.MUST) for code in codes))


def soon(
    way: Way,
    left: int = PLENTY,
    known: Mapping[PlaceWord, bool] | None = None,
    *equipment: Equipment,
) -> Setting:
    """Give a way of a meeting with so many working days left, at a place of which this is known."""
    day = first_day_after(TODAY, left)
    there = {word: Known(is_so, SEEN) for word, is_so in (known or {}).items()}
    return Setting(way, TODAY, day, there, frozenset(equipment))


def fit(vocabulary: Vocabulary, profile: Profile, setting: Setting) -> Outcome:
    """Give whether the way works."""
    return verdict(vocabulary, profile, setting).fit


def test_who_needs_nothing_can_come_by_every_way(vocabulary: Vocabulary) -> None:
    judges = [Judge(vocabulary, soon(way, 0)) for way in Way]

    found = ways_open(Profile(), judges)

    assert dict.fromkeys(Way, Outcome.WORKS) == {way: each.fit for way, each in found.items()}
    assert (None, None) == (found[Way.ROOM].begin_by, found[Way.ROOM].begin_on)


def test_there_are_ten_pairs_of_musts_without_a_shared_way() -> None:
    assert 10 == len(TEN_PAIRS)


@pytest.mark.parametrize("pair", TEN_PAIRS, ids="-".join)
def test_a_pair_without_a_shared_way_closes_each_way_with_its_reason(
    vocabulary: Vocabulary, pair: tuple[str, str]
) -> None:
    everything = frozenset(Equipment)
    judges = [Judge(vocabulary, soon(way, PLENTY, {}, *everything)) for way in Way]

    found = ways_open(person(*pair), judges)

    for way, each in found.items():
        assert Outcome.CANNOT is each.fit
        against = [reason.code for reason in each.reasons if not each.is_only_late]
        assert [code for code in pair if facts()[code][COLUMNS[way]] == "cannot"] == [
            code
            for code in pair
            if code in against and Reason(code, ReasonKind.NOT_THIS_WAY) in each.reasons
        ]


@pytest.mark.parametrize(
    ("left", "outcome", "is_late"),
    [
        (20, Outcome.IF_ARRANGED, False),
        (19, Outcome.IF_ARRANGED, True),
        (10, Outcome.IF_ARRANGED, True),
        (9, Outcome.CANNOT, True),
    ],
)
def test_an_interpreter_asks_for_twenty_working_days_and_at_least_ten(
    vocabulary: Vocabulary, left: int, outcome: Outcome, is_late: bool
) -> None:
    found = verdict(vocabulary, person("PRO-BSL"), soon(Way.ONLINE, left))

    assert (outcome, is_late) == (found.fit, found.is_late)
    assert (outcome is Outcome.CANNOT) is found.is_only_late
    assert ["PRO-BSL"] == [each.code for each in found.arrange]


def test_what_is_too_late_says_so_and_what_cannot_be_at_all_says_that(
    vocabulary: Vocabulary,
) -> None:
    late = verdict(vocabulary, person("PRO-BSL"), soon(Way.ROOM, 3))
    never = verdict(vocabulary, person("PRO-BSL"), soon(Way.PHONE, 3))
    both = verdict(vocabulary, person("PRO-BSL", "AIR-REMOTE"), soon(Way.ROOM, 3))

    assert (Reason("PRO-BSL", ReasonKind.TOO_LATE),) == late.reasons
    assert (Reason("PRO-BSL", ReasonKind.NOT_THIS_WAY),) == never.reasons
    assert [True, False, False] == [each.is_only_late for each in (late, never, both)]


def test_the_day_to_begin_is_that_of_what_asks_for_most_notice(vocabulary: Vocabulary) -> None:
    easter = frozenset({date(2027, 3, 26), date(2027, 3, 29)})
    setting = Setting(Way.ROOM, TODAY, date(2027, 4, 1), holidays=easter)

    found = verdict(vocabulary, person("PRO-BSL", "MOB-GUIDE"), setting)

    assert (20, date(2027, 3, 2)) == (found.begin_by, found.begin_on)
    assert 20 == working_days_between(date(2027, 3, 2), date(2027, 4, 1), easter)


def test_wishes_decide_nothing_and_are_named_if_they_cannot_be(vocabulary: Vocabulary) -> None:
    wishes = Profile(
        tuple(Need(code, Strength.PREFER) for code in ("PRO-BSL", "MOB-GUIDE", "AIR-REMOTE"))
    )

    found = verdict(vocabulary, wishes, soon(Way.ROOM, 5))

    assert (Outcome.WORKS, (), ()) == (found.fit, found.arrange, found.reasons)
    assert ("PRO-BSL", "AIR-REMOTE") == found.preferences_unmet


STEP, RAMP = PlaceWord.STEP_FREE, PlaceWord.RAMP
PARK, DROP = PlaceWord.PARKING, PlaceWord.DROP_OFF
AIR, METER = PlaceWord.FRESH_AIR, PlaceWord.CO2_METER
W, A, C = Outcome.WORKS, Outcome.IF_ARRANGED, Outcome.CANNOT


@pytest.mark.parametrize(
    ("code", "known", "equipment", "outcome"),
    [
        ("MOB-STEPFREE", {STEP: True}, (), W),
        ("MOB-STEPFREE", {}, (), A),
        ("MOB-STEPFREE", {STEP: False}, (), C),
        ("MOB-STEPFREE", {STEP: False, RAMP: True}, (), A),
        ("MOB-STEPFREE", {STEP: False, RAMP: False}, (), C),
        ("MOB-STEPFREE", {STEP: False}, (Equipment.RAMP,), A),
        ("MOB-TOILET", {PlaceWord.ACCESSIBLE_TOILET: True}, (), W),
        ("MOB-TOILET", {PlaceWord.ACCESSIBLE_TOILET: False}, tuple(Equipment), C),
        ("MOB-PARKING", {PARK: False, DROP: True}, (), W),
        ("MOB-PARKING", {PARK: False}, (), A),
        ("MOB-PARKING", {PARK: False, DROP: False}, (), C),
        ("COM-LOOP", {PlaceWord.LOOP: True}, (), W),
        ("COM-LOOP", {PlaceWord.LOOP: False}, (), C),
        ("COM-LOOP", {PlaceWord.LOOP: False}, (Equipment.LOOP,), A),
        ("NEU-SENSORY", {PlaceWord.QUIET_SPACE: True}, (), W),
        ("NEU-SENSORY", {PlaceWord.QUIET_SPACE: False}, (), C),
        ("AIR-VENT", {AIR: True, METER: True}, (), W),
        ("AIR-VENT", {AIR: True}, (), A),
        ("AIR-VENT", {AIR: True, METER: False}, (Equipment.CO2_METER,), A),
        ("AIR-VENT", {AIR: True, METER: False}, (), C),
        ("AIR-VENT", {AIR: False}, (Equipment.CO2_METER, Equipment.AIR_FILTER), C),
        ("AIR-HEPA", {PlaceWord.FILTER: True}, (), W),
        ("AIR-HEPA", {PlaceWord.FILTER: False}, (Equipment.AIR_FILTER,), A),
        ("AIR-HEPA", {PlaceWord.FILTER: False}, (), C),
        ("CAR-BRING", {PlaceWord.SECOND_SPACE: True}, (), W),
        ("CAR-BRING", {PlaceWord.SECOND_SPACE: False}, (), A),
        ("AIR-MASK", {}, (), A),
        ("AIR-REMOTE", dict.fromkeys(PlaceWord, True), tuple(Equipment), C),
        ("AIR-OUTDOOR", dict.fromkeys(PlaceWord, True), tuple(Equipment), C),
    ],
)
def test_what_is_known_of_the_place_and_what_can_be_brought_decide(
    vocabulary: Vocabulary,
    code: str,
    known: dict[PlaceWord, bool],
    equipment: tuple[Equipment, ...],
    outcome: Outcome,
) -> None:
    assert outcome is fit(vocabulary, person(code), soon(Way.ROOM, PLENTY, known, *equipment))


@pytest.mark.parametrize("checked_on", [None, date(2025, 11, 19)])
@pytest.mark.parametrize("is_so", [True, False])
def test_a_fact_of_over_a_year_ago_counts_as_unknown(
    vocabulary: Vocabulary, is_so: bool, checked_on: date | None
) -> None:
    there = {STEP: Known(is_so, checked_on)}
    setting = Setting(Way.ROOM, TODAY, TODAY + timedelta(days=60), there)

    found = verdict(vocabulary, person("MOB-STEPFREE"), setting)

    assert Outcome.IF_ARRANGED is found.fit
    assert (Reason("MOB-STEPFREE", ReasonKind.TO_CHECK, STEP),) == found.reasons


@pytest.mark.parametrize(
    ("known", "equipment", "reason"),
    [
        ({PlaceWord.LOOP: False}, (), ReasonKind.NOT_AT_PLACE),
        ({PlaceWord.LOOP: False}, (Equipment.LOOP,), ReasonKind.TO_BRING),
        ({}, (Equipment.LOOP,), ReasonKind.TO_CHECK),
    ],
)
def test_the_reason_names_what_it_hangs_on(
    vocabulary: Vocabulary,
    known: dict[PlaceWord, bool],
    equipment: tuple[Equipment, ...],
    reason: ReasonKind,
) -> None:
    found = verdict(vocabulary, person("COM-LOOP"), soon(Way.ROOM, PLENTY, known, *equipment))

    assert (Reason("COM-LOOP", reason, PlaceWord.LOOP),) == found.reasons


def test_what_the_place_has_needs_no_time_and_what_must_be_checked_does(
    vocabulary: Vocabulary,
) -> None:
    assert W is fit(vocabulary, person("MOB-STEPFREE"), soon(Way.ROOM, 0, {STEP: True}))
    assert C is fit(vocabulary, person("MOB-STEPFREE"), soon(Way.ROOM, 2))


def test_nobody_needs_a_step_free_way_online(vocabulary: Vocabulary) -> None:
    assert W is fit(vocabulary, person("MOB-STEPFREE"), soon(Way.ONLINE, 0, {STEP: False}))


@pytest.mark.parametrize(
    ("equipment", "outcome", "reasons"),
    [
        ((), C, [ReasonKind.NOT_OFFERED]),
        ((Equipment.TABLET,), A, [ReasonKind.TO_BRING]),
        ((Equipment.SIM,), A, [ReasonKind.TO_BRING]),
        ((Equipment.LOOP,), C, [ReasonKind.NOT_OFFERED]),
    ],
)
def test_who_has_no_device_joins_online_with_one_of_ours(
    vocabulary: Vocabulary,
    equipment: tuple[Equipment, ...],
    outcome: Outcome,
    reasons: list[ReasonKind],
) -> None:
    found = verdict(vocabulary, person("DIG-KIT"), soon(Way.ONLINE, PLENTY, {}, *equipment))

    assert (outcome, reasons) == (found.fit, [reason.kind for reason in found.reasons])
    assert A is fit(vocabulary, person("DIG-KIT"), soon(Way.PHONE, PLENTY, {}, *equipment))


def test_who_already_has_a_thing_waits_for_nothing(vocabulary: Vocabulary) -> None:
    needs = person("DIG-KIT").needs
    setting = soon(Way.ONLINE, 0)

    has_tablet = Profile(needs, equipment=frozenset({Equipment.TABLET}))

    judge = Judge(vocabulary, setting)
    assert W is judge.verdict(has_tablet).fit
    assert C is judge.verdict(Profile(needs)).fit


def test_what_is_arranged_already_is_never_too_late(vocabulary: Vocabulary) -> None:
    needs = person("PRO-BSL", "MOB-STEPFREE").needs
    booked = Profile(needs, arranged=frozenset({"PRO-BSL", "MOB-STEPFREE"}))

    in_room = verdict(vocabulary, booked, soon(Way.ROOM, 1))

    assert (W, (), ()) == (in_room.fit, in_room.arrange, in_room.reasons)
    assert C is fit(vocabulary, booked, soon(Way.PHONE, 1))
    assert C is fit(vocabulary, booked, soon(Way.ROOM, 1, {STEP: False}))


def test_what_a_director_ruled_out_closes_the_ways_it_would_be_arranged_for(
    vocabulary: Vocabulary,
) -> None:
    refused = Profile(person("COM-LOOP").needs, ruled_out=frozenset({"COM-LOOP"}))

    in_room = verdict(vocabulary, refused, soon(Way.ROOM))

    assert (C, False, ()) == (in_room.fit, in_room.is_only_late, in_room.arrange)
    assert (Reason("COM-LOOP", ReasonKind.RULED_OUT),) == in_room.reasons
    assert W is fit(vocabulary, refused, soon(Way.ROOM, PLENTY, {PlaceWord.LOOP: True}))
    assert W is fit(vocabulary, refused, soon(Way.ONLINE))


def test_captions_by_computer_work_at_once_where_they_are_approved(vocabulary: Vocabulary) -> None:
    approved = soon(Way.ONLINE, 0, {}, Equipment.CAPTIONS)

    assert W is fit(vocabulary, person("COM-CAPAUTO"), approved)
    assert A is fit(vocabulary, person("COM-CAPAUTO"), soon(Way.ONLINE, 0))
    assert A is fit(vocabulary, person("COM-CAPAUTO"), soon(Way.ROOM, 0, {}, Equipment.CAPTIONS))


def test_a_supporter_comes_the_same_way_and_needs_what_they_need(vocabulary: Vocabulary) -> None:
    shielding = Profile((), ((Need("AIR-REMOTE", Strength.MUST),),))
    in_a_wheelchair = Profile((), ((Need("MOB-STEPFREE", Strength.MUST),), ()))

    assert C is fit(vocabulary, shielding, soon(Way.ROOM))
    assert W is fit(vocabulary, shielding, soon(Way.ONLINE))
    assert C is fit(vocabulary, in_a_wheelchair, soon(Way.ROOM, PLENTY, {STEP: False}))


def test_what_two_who_come_together_both_need_is_said_once(vocabulary: Vocabulary) -> None:
    needs = person("MOB-STEPFREE").needs

    found = verdict(vocabulary, Profile(needs, (needs,)), soon(Way.ROOM))

    assert (1, 1) == (len(found.arrange), len(found.reasons))


@pytest.mark.parametrize(
    ("profile", "in_room", "online"),
    [
        (Profile(), 1, 1),
        (Profile((), ((), ())), 3, 3),
        (person("PRO-SUPPORT"), 2, 2),
        (Profile(person("PRO-SUPPORT").needs, ((),)), 2, 2),
        (person("CAR-BRING"), 2, 1),
    ],
)
def test_everybody_who_comes_along_takes_a_seat(
    profile: Profile, in_room: int, online: int
) -> None:
    assert (in_room, online) == (profile.seats(Way.ROOM), profile.seats(Way.ONLINE))


def test_a_need_that_is_no_longer_in_the_vocabulary_is_looked_at(vocabulary: Vocabulary) -> None:
    found = verdict(vocabulary, person("OLD-CODE"), soon(Way.PHONE))

    assert A is found.fit
    assert (Reason("OLD-CODE", ReasonKind.UNKNOWN_TERM),) == found.reasons
    assert 5 == found.begin_by


def test_terms_rest_on_something_only_where_they_must_be_arranged(vocabulary: Vocabulary) -> None:
    for code, rests in RESTS.items():
        fits = vocabulary.term(code).ways
        for rest in rests:
            assert Fit.ARRANGE in {fits[way] for way in rest.ways}
            assert rest.ways <= IN_PERSON_WAYS or not rest.words


def test_all_is_ready_once_the_longest_notice_of_the_easiest_ways_has_passed(
    vocabulary: Vocabulary,
) -> None:
    judges = [Judge(vocabulary, soon(way, 1)) for way in (Way.ROOM, Way.PHONE)]
    people = [person("PRO-BSL"), person("MOB-TOILET"), person("MOB-GUIDE", "DIG-TRY"), Profile()]

    ready = ready_from([ways_open(each, judges) for each in people], TODAY)

    assert (20, 0) == (ready.notice, ready.without)
    assert first_day_after(TODAY, 20) == ready.day


def test_who_can_never_come_is_counted_and_delays_nobody(vocabulary: Vocabulary) -> None:
    judges = [Judge(vocabulary, soon(Way.ROOM, 1))]
    holidays = frozenset({date(2026, 11, 23)})
    people = [person("AIR-REMOTE", "PRO-BSL"), person("MOB-GUIDE")]

    ready = ready_from([ways_open(each, judges) for each in people], TODAY, holidays)

    assert (2, 1, date(2026, 11, 25)) == (ready.notice, ready.without, ready.day)
