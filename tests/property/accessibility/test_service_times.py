"""Whatever is asked for, and whenever anybody looks: things fall due in time, once, and never by silence."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accessibility.dues import (
    UNBOOKED,
    UNPLANNED,
    WENT_WRONG,
    Due,
    DueKind,
    RequestFacts,
    VisitFacts,
    due,
    due_after,
)
from accessibility.evidence import CannotReason, Evidence, Refusal
from accessibility.requests import (
    ASKING,
    CLOSED_STATES,
    OPEN_STATES,
    STEPS,
    UNCONFIRMED_AT_START,
    IllegalStep,
    Party,
    RequestState,
    allowed_steps,
    is_open,
    take,
)
from accessibility.service_times import ServiceTimes
from accessibility.slack import working_days_between

FIRST = date(2026, 8, 3)
DAY = timedelta(days=1)
REFUSAL = Refusal(CannotReason.CLASH, "Two rooms", "Join by phone", "0 of 900", FIRST, "Ring us")
BEFOREHAND = Evidence(
    consent=True,
    receipt=True,
    owner="Cleo",
    full_auto=True,
    next_action="Ring",
    next_action_on=FIRST,
    cost_pence=500,
    proof="Booking 1",
    differs="Another room",
    refusal=REFUSAL,
    yes_by="letter",
    ticked=True,
    follow_up="Told the place",
)

DAYS = st.dates(FIRST, date(2027, 6, 30))
HOLIDAYS = st.frozensets(st.dates(FIRST, date(2027, 12, 31)), max_size=20)


@st.composite
def service_times(draw: st.DrawFn) -> ServiceTimes:
    """Draw times that an organisation may set."""
    reply, red = draw(st.integers(0, 10)), draw(st.integers(0, 10))
    return ServiceTimes(
        reply=reply,
        soon=draw(st.integers(0, 20)),
        plan=draw(st.integers(reply, 20)),
        confirm=draw(st.integers(1, 15)),
        feedback=draw(st.integers(1, 20)),
        apology=draw(st.integers(0, 5)),
        red=red,
        amber=draw(st.integers(red, 20)),
    )


@st.composite
def requests(draw: st.DrawFn) -> RequestFacts:
    """Draw a request in any state, asked for on any day, late ones too."""
    asked_on = draw(DAYS)
    return RequestFacts(
        id="r",
        invitation="i",
        state=draw(st.sampled_from(RequestState)),
        lead_days=draw(st.integers(0, 25)),
        asking="1",
        asked_on=asked_on,
        since=asked_on + DAY * draw(st.integers(0, 30)),
        steps=draw(st.integers(1, 9)),
        meeting_day=draw(DAYS),
        wants_receipt=draw(st.booleans()),
    )


@settings(deadline=None)
@given(requests(), service_times(), HOLIDAYS, DAYS, st.integers(0, 200))
def test_what_has_fallen_due_stays_due(
    facts: RequestFacts, times: ServiceTimes, holidays: frozenset[date], today: date, more: int
) -> None:
    earlier = due(facts, today, times, holidays)
    later = due(facts, today + DAY * more, times, holidays)

    assert set(earlier) <= set(later)
    assert all(each.on <= today for each in earlier)
    assert all(facts.asked_on <= each.on <= each.by for each in later)


@settings(deadline=None)
@given(requests(), service_times(), HOLIDAYS, DAYS)
def test_each_thing_has_one_name(
    facts: RequestFacts, times: ServiceTimes, holidays: frozenset[date], today: date
) -> None:
    found = due(facts, today, times, holidays)
    other = due(replace(facts, id="s", invitation="j"), today, times, holidays)

    assert len(found) == len({each.once for each in found})
    assert len(found) == len({each.kind for each in found})
    assert {each.once for each in found}.isdisjoint(each.once for each in other)


@settings(deadline=None)
@given(requests(), service_times(), HOLIDAYS)
def test_the_days_are_those_that_counting_one_by_one_finds(
    facts: RequestFacts, times: ServiceTimes, holidays: frozenset[date]
) -> None:
    whole = {each.kind: each.on for each in due(facts, date(2030, 1, 1), times, holidays)}

    for kind, left in (
        (DueKind.RED, facts.lead_days + times.red),
        (DueKind.AMBER, facts.lead_days + times.amber),
        (DueKind.RING, times.confirm),
    ):
        if kind in whole:
            assert _first(left, facts, holidays) == whole[kind]
    if DueKind.ESCALATE in whole:
        assert whole[DueKind.ESCALATE] <= whole[DueKind.RED]


def _first(left: int, facts: RequestFacts, holidays: Collection[date]) -> date:
    """Look from the day it was asked for, one day after the other."""
    day = facts.asked_on
    while day < facts.meeting_day and working_days_between(day, facts.meeting_day, holidays) > left:
        day += DAY
    return day


@settings(deadline=None)
@given(
    st.builds(
        VisitFacts,
        invitation=st.just("i"),
        day=DAYS,
        took_part=st.booleans(),
        asked_for_something=st.booleans(),
        has_answered=st.booleans(),
        wants_check_in=st.booleans(),
        unhappy_on=st.none() | DAYS,
    ),
    service_times(),
    HOLIDAYS,
    DAYS,
    st.integers(0, 60),
)
def test_afterwards_what_has_fallen_due_stays_due(
    facts: VisitFacts, times: ServiceTimes, holidays: frozenset[date], today: date, more: int
) -> None:
    earlier = due_after(facts, today, times, holidays)
    later = due_after(facts, today + DAY * more, times, holidays)

    assert set(earlier) <= set(later)
    assert len(later) == len({each.once for each in later})
    asks = DueKind.FEEDBACK in {each.kind for each in later}
    assert not (asks and facts.has_answered)
    assert all(each.on > facts.day for each in later if each.kind is DueKind.FEEDBACK)


class Life(RuleBasedStateMachine):
    """A request, everybody who may take a step of it, and the days that pass meanwhile."""

    def __init__(self) -> None:
        """Begin with a draft."""
        super().__init__()
        self.state = RequestState.DRAFT
        self.today = FIRST
        self.since = FIRST
        self.steps = 0
        self.past: list[tuple[RequestState, Party]] = []
        self.was_confirmed = self.is_unconfirmed = self.is_cancelled = False
        self.raised: dict[str, Due] = {}
        self.times = ServiceTimes()
        self.meeting_day, self.lead = FIRST, 0

    @initialize(weeks=st.integers(0, 30), lead=st.integers(0, 25), times=service_times())
    def somebody_is_invited(self, weeks: int, lead: int, times: ServiceTimes) -> None:
        """Say when the session is, how much notice the need asks for, and what we promise."""
        self.meeting_day = FIRST + DAY * (7 * weeks + 3)
        self.lead, self.times = lead, times

    @property
    def given(self) -> Evidence:
        """Give everything a step may need that can be had today."""
        started = self.today >= self.meeting_day
        return replace(BEFOREHAND, meeting_started=started, meeting_cancelled=self.is_cancelled)

    @property
    def facts(self) -> RequestFacts:
        """Give what is known of the request."""
        return RequestFacts(
            id="r",
            invitation="i",
            state=self.state,
            lead_days=self.lead,
            asking="1",
            asked_on=FIRST,
            since=self.since,
            steps=self.steps,
            meeting_day=self.meeting_day,
        )

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        """Let days pass: the timer looks each day, and at the start the system takes its step."""
        before = self.state
        for _ in range(days):
            self.today += DAY
            self._timer()
        if before not in UNCONFIRMED_AT_START:
            assert before is self.state

    def _timer(self) -> None:
        found = due(self.facts, self.today, self.times)
        assert is_open(self.state) or not found
        for each in found:
            assert each == self.raised.setdefault(each.once, each)
        if self.today >= self.meeting_day and self.state in UNCONFIRMED_AT_START:
            self._take(RequestState.ON_THE_DAY, Party.SYSTEM)

    @rule()
    def time_alone_never_says_yes(self) -> None:
        """Look again at once: nothing new falls due, and nothing has moved."""
        before = self.state
        first, second = (due(self.facts, self.today, self.times) for _ in range(2))
        assert (first, before) == (second, self.state)

    @rule(to=st.sampled_from(RequestState), by=st.sampled_from(Party))
    def anybody_tries_anything(self, to: RequestState, by: Party) -> None:
        """Try any step: it is taken if the table and the guards allow it, or nothing changes."""
        before = self.state
        try:
            self._take(to, by)
        except IllegalStep:
            assert before is self.state
        else:
            assert any(step.after is to and by in step.by for step in allowed_steps(before, by))

    @precondition(lambda self: is_open(self.state))
    @rule(data=st.data())
    def somebody_does_what_they_may(self, data: st.DataObject) -> None:
        """Take a step whose guards hold today; withdrawing is always one."""
        able = [(step.after, by) for by in Party for step in allowed_steps(self.state, by)]
        to, by = data.draw(st.sampled_from(able))
        try:
            self._take(to, by)
        except IllegalStep:
            assert RequestState.CLOSED is to or self.today < self.meeting_day

    @rule()
    def the_session_is_cancelled(self) -> None:
        """Let the system close what is open."""
        self.is_cancelled = True
        if is_open(self.state):
            self._take(RequestState.CLOSED, Party.SYSTEM)
        assert not is_open(self.state)

    def _take(self, to: RequestState, by: Party) -> None:
        before = self.state
        taken = take(before, to, by=by, given=self.given)
        self.state, self.since, self.steps = taken.state, self.today, self.steps + 1
        self.past.append((taken.state, by))
        if to is RequestState.ON_THE_DAY:
            assert taken.is_unconfirmed == (before is not RequestState.CONFIRMED)
        self.is_unconfirmed = self.is_unconfirmed or taken.is_unconfirmed

    @invariant()
    def the_person_can_always_take_it_back(self) -> None:
        """Hold for every open state, and for no other."""
        ways_out = {step.after for step in allowed_steps(self.state, Party.PERSON)}
        assert (self.state in OPEN_STATES) is (RequestState.WITHDRAWN in ways_out)

    @invariant()
    def only_people_say_yes_and_only_directors_no(self) -> None:
        """Hold over the whole past: time, machines and silence have never confirmed anything."""
        said = {(state, by) for state, by in self.past}
        yes = {by for state, by in said if state is RequestState.CONFIRMED}
        no = {by for state, by in said if state is RequestState.CANNOT_MEET}
        assert yes <= {Party.PERSON, Party.HELPER}
        assert no <= {Party.DIRECTOR}

    @invariant()
    def what_was_never_confirmed_is_flagged_on_the_day(self) -> None:
        """Hold for every request that came to its day without a yes."""
        states = [state for state, _ in self.past]
        if RequestState.ON_THE_DAY in states:
            before = states[: states.index(RequestState.ON_THE_DAY)]
            assert self.is_unconfirmed is (before[-1] is not RequestState.CONFIRMED)

    @invariant()
    def what_falls_due_fits_the_state(self) -> None:
        """Hold at any moment: nobody is rung who was not asked, nor chased for what is booked."""
        kinds = {each.kind for each in due(self.facts, date(2030, 1, 1), self.times)}
        assert (DueKind.RING in kinds) is (self.state in ASKING)
        assert (DueKind.RED in kinds) is (self.state in UNBOOKED)
        assert (DueKind.PLAN in kinds) is (self.state in UNPLANNED)
        assert (DueKind.APOLOGY in kinds) is (self.state in WENT_WRONG)
        assert not (kinds and self.state in CLOSED_STATES)

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        """Hold over the whole past."""
        assert all(is_open(state) for state, _ in self.past[:-1])


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def test_every_step_there_is_can_be_reached_from_a_draft() -> None:
    """Walk every path by its steps, so that none of the table is dead."""
    ready = replace(BEFOREHAND, meeting_started=True, meeting_cancelled=True)
    reached, walked = {RequestState.DRAFT}, set[tuple[RequestState, RequestState, Party]]()
    while True:
        new = {
            (state, step.after, by)
            for state in reached
            for by in Party
            for step in allowed_steps(state, by)
        } - walked
        if not new:
            break
        for state, after, by in new:
            assert after is take(state, after, by=by, given=ready).state
            reached.add(after)
        walked |= new
    assert set(RequestState) == reached
    assert {(s.before, s.after, by) for s in STEPS for by in s.by} == walked
