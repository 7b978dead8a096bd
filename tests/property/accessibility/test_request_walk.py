"""Whatever happens to a request, in whatever order, the promises hold."""

from dataclasses import replace
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accessibility.evidence import CannotReason, Evidence, Refusal
from accessibility.requests import (
    OPEN_STATES,
    IllegalStep,
    MissingEvidence,
    Party,
    RequestState,
    allowed_steps,
    is_open,
    take,
)

DAY = date(2026, 11, 23)
REFUSAL = Refusal(CannotReason.CLASH, "Two rooms", "Join by phone", "0 of 900", DAY, "Ring us")
EVERYTHING = Evidence(
    consent=True,
    receipt=True,
    owner="Cleo",
    full_auto=True,
    next_action="Ring",
    next_action_on=DAY,
    cost_pence=500,
    proof="Booking 1",
    differs="Another room",
    refusal=REFUSAL,
    yes_by="letter",
    failure_note="Came late",
    meeting_started=True,
    meeting_cancelled=True,
    follow_up="Told the place",
)


class Walk(RuleBasedStateMachine):
    """A request, and anybody who tries anything with it."""

    def __init__(self) -> None:
        """Begin with a draft that nobody has said anything about."""
        super().__init__()
        self.state = RequestState.DRAFT
        self.past: list[tuple[RequestState, Party]] = []

    @rule(to=st.sampled_from(RequestState), by=st.sampled_from(Party), is_silent=st.booleans())
    def anybody_tries_anything(self, to: RequestState, by: Party, is_silent: bool) -> None:
        """Take any step if it is allowed; a refusal changes nothing and says which kind it is."""
        given = replace(EVERYTHING, yes_by="") if is_silent else EVERYTHING
        offered = {step.after for step in allowed_steps(self.state, by)}
        try:
            taken = take(self.state, to, by=by, given=given)
        except MissingEvidence:
            assert is_silent
            assert to is RequestState.CONFIRMED
        except IllegalStep:
            assert to not in offered
        else:
            assert to in offered
            assert not (is_silent and to is RequestState.CONFIRMED)
            assert taken.is_unconfirmed == self._is_sudden_start(taken.state)
            self.state = taken.state
            self.past.append((taken.state, by))

    @precondition(lambda self: is_open(self.state))
    @rule(data=st.data())
    def somebody_does_what_they_may(self, data: st.DataObject) -> None:
        """Take a step that is offered, so that walks get far; there is always one."""
        by = data.draw(st.sampled_from([p for p in Party if allowed_steps(self.state, p)]))
        step = data.draw(st.sampled_from(allowed_steps(self.state, by)))
        self.state = take(self.state, step.after, by=by, given=EVERYTHING).state
        self.past.append((self.state, by))

    def _is_sudden_start(self, state: RequestState) -> bool:
        return state is RequestState.ON_THE_DAY and self.state is not RequestState.CONFIRMED

    @invariant()
    def the_person_can_always_take_it_back(self) -> None:
        """Hold for every open state: the way out is never closed."""
        ways_out = {step.after for step in allowed_steps(self.state, Party.PERSON)}
        assert (self.state in OPEN_STATES) is (RequestState.WITHDRAWN in ways_out)

    @invariant()
    def only_a_director_ever_said_no(self) -> None:
        """Hold over the whole past."""
        said_no = {by for state, by in self.past if state is RequestState.CANNOT_MEET}
        assert said_no <= {Party.DIRECTOR}

    @invariant()
    def only_the_person_ever_said_yes(self) -> None:
        """Hold over the whole past."""
        said_yes = {by for state, by in self.past if state is RequestState.CONFIRMED}
        assert said_yes <= {Party.PERSON, Party.HELPER}

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        """Hold over the whole past: what is withdrawn or closed is the last of it."""
        assert all(is_open(state) for state, _ in self.past[:-1])


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
