"""Suitability agrees with a plain reading of the source list, for whoever asks for whatever."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.clashes import clashes, no_shared_way
from accessibility.needs import Need, Strength
from accessibility.place_words import Known, PlaceWord
from accessibility.resting import Equipment
from accessibility.slack import first_day_after, last_day_to_begin, working_days_between
from accessibility.suitability import Judge, ready_from, ways_open
from accessibility.terms import Fit
from accessibility.verdicts import Outcome, Profile, Setting
from scheduling.ways import IN_PERSON_WAYS, Way
from service.vocabulary import vocabulary
from tests.unit.accessibility.test_vocabulary import COLUMNS, facts

TODAY = date(2026, 11, 20)
LIST = facts()
#: What each term hangs on at a place, and what mends it, written down a second time and plainly.
AT_PLACE: dict[str, list[tuple[set[PlaceWord], set[PlaceWord], set[Equipment]]]] = {
    "MOB-STEPFREE": [({PlaceWord.STEP_FREE}, {PlaceWord.RAMP}, {Equipment.RAMP})],
    "MOB-TOILET": [({PlaceWord.ACCESSIBLE_TOILET}, set(), set())],
    "MOB-PARKING": [({PlaceWord.PARKING, PlaceWord.DROP_OFF}, set(), set())],
    "COM-LOOP": [({PlaceWord.LOOP}, set(), {Equipment.LOOP})],
    "NEU-SENSORY": [({PlaceWord.QUIET_SPACE}, set(), set())],
    "AIR-VENT": [
        ({PlaceWord.FRESH_AIR}, set(), set()),
        ({PlaceWord.CO2_METER}, set(), {Equipment.CO2_METER}),
    ],
    "AIR-HEPA": [({PlaceWord.FILTER}, set(), {Equipment.AIR_FILTER})],
}
ORDER = (Outcome.WORKS, Outcome.IF_ARRANGED, Outcome.CANNOT)

needs = st.builds(Need, st.sampled_from(sorted(LIST)), st.sampled_from(Strength))
some_needs = st.lists(needs, max_size=6).map(tuple)
equipment = st.frozensets(st.sampled_from(Equipment), max_size=4)
codes = st.frozensets(st.sampled_from(sorted(LIST)), max_size=20)
profiles = st.builds(
    Profile, some_needs, st.lists(some_needs, max_size=2).map(tuple), equipment, codes, codes
)
known = st.builds(
    Known, st.booleans(), st.none() | st.dates(date(2025, 1, 1), TODAY + timedelta(days=9))
)
places = st.dictionaries(st.sampled_from(PlaceWord), known)
holidays = st.frozensets(st.dates(TODAY, TODAY + timedelta(days=60)), max_size=5)
days = st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=60))
meetings = st.builds(
    Setting, st.sampled_from(Way), st.just(TODAY), days, places, equipment, holidays
)


def plainly(profile: Profile, setting: Setting) -> Outcome:
    """Say by the source list alone, need by need, whether the way works."""
    coming = [*profile.needs, *(need for each in profile.supporters for need in each)]
    found = [
        _of_need(need.code, setting, profile) for need in coming if need.strength is Strength.MUST
    ]
    return max(found, key=ORDER.index, default=Outcome.WORKS)


def _of_need(code: str, setting: Setting, profile: Profile) -> Outcome:
    row = LIST[code]
    said = row[COLUMNS[setting.way]]
    if said != "arrange":
        return Outcome.CANNOT if said == "cannot" else Outcome.WORKS
    outcome = _of_things(code, setting, profile.equipment)
    if outcome is Outcome.IF_ARRANGED and code in profile.ruled_out:
        return Outcome.CANNOT
    if outcome is Outcome.IF_ARRANGED and code in profile.arranged:
        return Outcome.WORKS
    left = working_days_between(setting.today, setting.day, setting.holidays)
    if outcome is Outcome.IF_ARRANGED and left < int(row["min_lead_days"]):
        return Outcome.CANNOT
    return outcome


def _of_things(code: str, setting: Setting, own: frozenset[Equipment]) -> Outcome:
    is_online = setting.way is Way.ONLINE
    if code == "DIG-KIT" and is_online:
        if own & {Equipment.TABLET, Equipment.SIM}:
            return Outcome.WORKS
        offered = setting.equipment & {Equipment.TABLET, Equipment.SIM}
        return Outcome.IF_ARRANGED if offered else Outcome.CANNOT
    if code == "COM-CAPAUTO" and is_online:
        approved = Equipment.CAPTIONS in own | setting.equipment
        return Outcome.WORKS if approved else Outcome.IF_ARRANGED
    if code == "CAR-BRING" and setting.way in IN_PERSON_WAYS:
        second = _known(setting, PlaceWord.SECOND_SPACE)
        return Outcome.WORKS if second else Outcome.IF_ARRANGED
    if code not in AT_PLACE:
        return Outcome.IF_ARRANGED
    outcomes = [_at_place(setting, own, *each) for each in AT_PLACE[code]]
    return max(outcomes, key=ORDER.index)


def _at_place(
    setting: Setting,
    own: frozenset[Equipment],
    words: set[PlaceWord],
    there: set[PlaceWord],
    brought: set[Equipment],
) -> Outcome:
    said = [_known(setting, word) for word in words]
    if True in said or own & brought:
        return Outcome.WORKS
    if None in said or setting.equipment & brought:
        return Outcome.IF_ARRANGED
    mends = True in [_known(setting, word) for word in there]
    return Outcome.IF_ARRANGED if mends else Outcome.CANNOT


def _known(setting: Setting, word: PlaceWord) -> bool | None:
    fact = setting.facts.get(word)
    if fact is None or fact.checked_on is None:
        return None
    is_fresh = date(2025, 11, 20) <= fact.checked_on <= TODAY
    return fact.is_so if is_fresh else None


@given(st.lists(profiles, min_size=1, max_size=4), meetings)
@settings(max_examples=400)
def test_a_verdict_is_what_the_source_list_says(people: list[Profile], setting: Setting) -> None:
    judge = Judge(vocabulary(), setting)

    assert [plainly(each, setting) for each in people] == [
        judge.verdict(each).fit for each in people
    ]


@given(profiles, meetings)
def test_a_verdict_carries_what_it_rests_on(profile: Profile, setting: Setting) -> None:
    found = Judge(vocabulary(), setting).verdict(profile)

    assert (found.fit is Outcome.WORKS) == (not found.reasons)
    assert found.fit is not Outcome.IF_ARRANGED or found.arrange
    assert found.begin_by == max((each.lead_days for each in found.arrange), default=None)
    assert all(each.is_late == (setting.left < each.lead_days) for each in found.arrange)
    if found.begin_on is not None and found.begin_by is not None:
        left = working_days_between(found.begin_on, setting.day, setting.holidays)
        assert left == found.begin_by
    wishes = {need.code for need in profile.all_needs if need.strength is Strength.PREFER}
    assert wishes >= set(found.preferences_unmet)


@given(profiles, meetings, st.integers(1, 30))
def test_more_time_never_closes_a_way(profile: Profile, setting: Setting, more: int) -> None:
    later = Setting(
        setting.way,
        setting.today,
        setting.day + timedelta(days=more),
        setting.facts,
        setting.equipment,
        setting.holidays,
    )

    before = Judge(vocabulary(), setting).verdict(profile)
    after = Judge(vocabulary(), later).verdict(profile)

    assert ORDER.index(after.fit) <= ORDER.index(before.fit)


@given(profiles, meetings, equipment)
def test_more_equipment_never_closes_a_way(
    profile: Profile, setting: Setting, more: frozenset[Equipment]
) -> None:
    richer = Setting(
        setting.way,
        setting.today,
        setting.day,
        setting.facts,
        setting.equipment | more,
        setting.holidays,
    )

    before = Judge(vocabulary(), setting).verdict(profile)
    after = Judge(vocabulary(), richer).verdict(profile)

    assert ORDER.index(after.fit) <= ORDER.index(before.fit)


@given(st.lists(profiles, max_size=4), meetings)
def test_on_the_day_all_is_ready_nobody_is_too_late(
    people: list[Profile], setting: Setting
) -> None:
    def judges(day: date) -> list[Judge]:
        return [
            Judge(
                vocabulary(),
                Setting(way, TODAY, day, setting.facts, setting.equipment, setting.holidays),
            )
            for way in (Way.ROOM, setting.way)
        ]

    today = [ways_open(each, judges(TODAY)) for each in people]
    ready = ready_from(today, TODAY, setting.holidays)
    then = [ways_open(each, judges(ready.day)) for each in people]

    closed = [not any(each.is_open for each in ways.values()) for ways in then]
    in_time = [any(each.is_open and not each.is_late for each in ways.values()) for ways in then]
    assert (ready.without, len(people) - ready.without) == (sum(closed), sum(in_time))


@given(st.lists(profiles, max_size=4), st.frozensets(st.sampled_from(Way), min_size=1))
def test_clashes_are_the_pairs_of_the_source_list(
    people: list[Profile], ways: frozenset[Way]
) -> None:
    alone = {("CON-THIRD", "SAF-CONTACT"), ("INF-SUMMARY", "SAF-NEUTRAL")}
    asked = [{need.code for need in each.all_needs} for each in people]
    all_codes = set().union(*asked)
    columns = [COLUMNS[way] for way in ways]

    expected = [
        (code, other)
        for code in sorted(LIST)
        for other in sorted(LIST[code]["conflicts_with"].split())
        if code < other
        and all(
            {LIST[each][column] for column in columns} & {"auto", "arrange"}
            for each in (code, other)
        )
        and any(
            {code, other} <= codes for codes in (asked if (code, other) in alone else [all_codes])
        )
    ]

    assert expected == [each.codes for each in clashes(vocabulary(), people, ways)]


@given(profiles)
def test_musts_without_a_shared_way_leave_no_way_open(profile: Profile) -> None:
    pairs = no_shared_way(vocabulary(), profile)
    judges = [Judge(vocabulary(), Setting(way, TODAY, date(2028, 1, 4))) for way in Way]

    assert not pairs or not any(each.is_open for each in ways_open(profile, judges).values())
    for pair in pairs:
        terms = [vocabulary().term(code) for code in pair.codes]
        assert all(Fit.CANNOT in {term.ways[way] for term in terms} for way in Way)


@given(days, st.integers(0, 30), holidays)
def test_the_days_to_begin_and_to_be_ready_leave_just_the_notice(
    day: date, notice: int, off: frozenset[date]
) -> None:
    begin, ready = last_day_to_begin(day, notice, off), first_day_after(day, notice, off)

    assert notice == working_days_between(begin, day, off)
    assert working_days_between(begin + timedelta(days=1), day, off) < max(notice, 1)
    assert notice == working_days_between(day, ready, off)
    if notice:
        assert notice - 1 == working_days_between(day, ready - timedelta(days=1), off)
