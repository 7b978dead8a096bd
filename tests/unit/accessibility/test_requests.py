"""Every step of a request: who may take it, from where, and what it needs."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from accessibility.evidence import CannotReason, Evidence, Guard, Refusal
from accessibility.requests import (
    ASKING,
    CLOSED_STATES,
    OPEN_STATES,
    OUTCOMES,
    STEPS,
    UNCONFIRMED_AT_START,
    IllegalStep,
    MissingEvidence,
    Party,
    RequestState,
    Step,
    Taken,
    allowed_steps,
    is_open,
    must_ring,
    state_words,
    take,
)

REFUSAL = Refusal(
    reason=CannotReason.NO_SUPPLIER,
    tried="Rang three agencies",
    offered_instead="Typed captions",
    cost_against_budget="240 pounds of 900 left",
    review_on=date(2027, 1, 8),
    how_to_complain="Ring or write to the directors",
)
EVERYTHING = Evidence(
    consent=True,
    receipt=True,
    owner="Cleo",
    full_auto=True,
    next_action="Ring the agency",
    next_action_on=date(2026, 11, 23),
    cost_pence=0,
    proof="Booking 1234",
    differs="Captions instead of an interpreter",
    refusal=REFUSAL,
    yes_by="call",
    ticked=True,
    meeting_started=True,
    meeting_cancelled=True,
    follow_up="Nothing to change",
)
WITHOUT = {
    Guard.CONSENT: [replace(EVERYTHING, consent=False)],
    Guard.RECEIPT: [replace(EVERYTHING, receipt=False)],
    Guard.OWNER: [replace(EVERYTHING, owner=" ")],
    Guard.FULL_AUTO: [replace(EVERYTHING, full_auto=False)],
    Guard.NEXT_ACTION: [
        replace(EVERYTHING, next_action=""),
        replace(EVERYTHING, next_action_on=None),
    ],
    Guard.COST: [replace(EVERYTHING, cost_pence=None), replace(EVERYTHING, cost_pence=-1)],
    Guard.PROOF: [replace(EVERYTHING, proof="")],
    Guard.DIFFERS: [replace(EVERYTHING, differs="")],
    Guard.REFUSAL: [
        replace(EVERYTHING, refusal=None),
        replace(EVERYTHING, refusal=replace(REFUSAL, tried=" ")),
        replace(EVERYTHING, refusal=replace(REFUSAL, offered_instead="")),
        replace(EVERYTHING, refusal=replace(REFUSAL, cost_against_budget="")),
        replace(EVERYTHING, refusal=replace(REFUSAL, how_to_complain="")),
    ],
    Guard.YES: [replace(EVERYTHING, yes_by="")],
    Guard.TICK_OR_NOTE: [replace(EVERYTHING, ticked=False, failure_note=" ")],
    Guard.STARTED: [replace(EVERYTHING, meeting_started=False)],
    Guard.CANCELLED: [replace(EVERYTHING, meeting_cancelled=False)],
    Guard.FOLLOW_UP: [replace(EVERYTHING, follow_up="")],
}

THEIRS = {"person", "helper"}
OPEN = [
    "draft",
    "submitted",
    "acknowledged",
    "arranging",
    "arranged",
    "alternative_offered",
    "cannot_meet",
    "confirmed",
    "on_the_day",
    "met",
    "partly_met",
    "not_delivered",
    "reviewed",
]
# before, after, who
LIFE = [
    ("draft", "submitted", THEIRS | {"system"}),
    ("submitted", "acknowledged", {"coordinator", "system"}),
    ("acknowledged", "arranging", {"coordinator"}),
    ("acknowledged", "arranged", {"coordinator"}),
    ("arranging", "arranged", {"coordinator"}),
    ("arranging", "alternative_offered", {"coordinator"}),
    ("arranging", "cannot_meet", {"director"}),
    ("arranging", "on_the_day", {"system"}),
    ("arranged", "confirmed", THEIRS),
    ("arranged", "arranging", THEIRS | {"coordinator"}),
    ("arranged", "on_the_day", {"system"}),
    ("alternative_offered", "confirmed", THEIRS),
    ("alternative_offered", "arranging", THEIRS | {"coordinator"}),
    ("alternative_offered", "cannot_meet", {"director"}),
    ("alternative_offered", "on_the_day", {"system"}),
    ("cannot_meet", "arranging", {"coordinator"}),
    ("cannot_meet", "closed", THEIRS | {"director"}),
    ("confirmed", "on_the_day", THEIRS | {"facilitator"}),
    ("confirmed", "arranging", THEIRS | {"coordinator"}),
    ("on_the_day", "met", THEIRS | {"facilitator"}),
    ("on_the_day", "partly_met", THEIRS | {"facilitator"}),
    ("on_the_day", "not_delivered", THEIRS | {"facilitator"}),
    ("met", "partly_met", THEIRS),
    ("met", "not_delivered", THEIRS),
    ("partly_met", "met", THEIRS),
    ("partly_met", "not_delivered", THEIRS),
    ("not_delivered", "met", THEIRS),
    ("not_delivered", "partly_met", THEIRS),
    ("met", "reviewed", {"coordinator"}),
    ("partly_met", "reviewed", {"coordinator"}),
    ("not_delivered", "reviewed", {"coordinator"}),
    ("reviewed", "closed", {"coordinator"}),
    *[(state, "closed", {"system"}) for state in OPEN],
    *[(state, "withdrawn", THEIRS) for state in OPEN],
]
LEGAL = {
    (RequestState(before), RequestState(after), Party(party))
    for before, after, parties in LIFE
    for party in parties
}


def legal(state: RequestState, to: RequestState, by: Party) -> bool:
    """Try a step with everything it could need."""
    try:
        take(state, to, by=by, given=EVERYTHING)
    except IllegalStep:
        return False
    return True


def test_exactly_these_steps_can_be_taken() -> None:
    every = product(RequestState, RequestState, Party)

    assert LEGAL == {step for step in every if legal(*step)}


def test_a_refused_step_says_from_where_to_where_and_by_whom() -> None:
    with pytest.raises(IllegalStep) as refused:
        take(
            RequestState.ARRANGING,
            RequestState.CANNOT_MEET,
            by=Party.COORDINATOR,
            given=EVERYTHING,
        )

    assert "coordinator may not take a request from arranging to cannot_meet" == str(refused.value)
    assert "illegal-step" == refused.value.code


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.before}-{step.after}")
def test_a_step_without_any_of_its_evidence_is_refused(step: Step) -> None:
    for party, guard in product(step.by, step.needs):
        for poor in WITHOUT[guard]:
            with pytest.raises(MissingEvidence) as refused:
                take(step.before, step.after, by=party, given=poor)
            assert (guard,) == refused.value.missing


@pytest.mark.parametrize(
    ("after", "by", "guards"),
    [
        ("submitted", "person", "consent receipt"),
        ("acknowledged", "coordinator", "owner"),
        ("acknowledged", "system", "full_auto owner"),
        ("arranging", "coordinator", "next_action cost"),
        ("arranged", "coordinator", "proof"),
        ("alternative_offered", "coordinator", "differs"),
        ("cannot_meet", "director", "refusal"),
        ("confirmed", "person", "yes"),
        ("confirmed", "helper", "yes"),
        ("on_the_day", "facilitator", "tick_or_note"),
        ("on_the_day", "system", "started"),
        ("met", "person", ""),
        ("reviewed", "coordinator", "follow_up"),
        ("withdrawn", "person", ""),
    ],
)
def test_entering_a_state_needs_this(after: str, by: str, guards: str) -> None:
    entering = [step for step in STEPS if step.after == after and Party(by) in step.by]

    assert entering
    assert {tuple(Guard(guard) for guard in guards.split())} == {step.needs for step in entering}


def test_the_system_closes_only_when_the_meeting_is_cancelled() -> None:
    for state in OPEN_STATES:
        with pytest.raises(MissingEvidence):
            take(state, RequestState.CLOSED, by=Party.SYSTEM)


def test_a_failure_note_does_in_place_of_a_tick() -> None:
    note = Evidence(failure_note="The loop hummed")

    taken = take(RequestState.CONFIRMED, RequestState.ON_THE_DAY, by=Party.FACILITATOR, given=note)

    assert Taken(RequestState.ON_THE_DAY) == taken


def test_a_plan_nobody_said_yes_to_is_flagged_at_the_start() -> None:
    started = Evidence(meeting_started=True)

    for state in UNCONFIRMED_AT_START:
        taken = take(state, RequestState.ON_THE_DAY, by=Party.SYSTEM, given=started)
        assert Taken(RequestState.ON_THE_DAY, is_unconfirmed=True) == taken


def test_silence_is_never_a_yes() -> None:
    confirming = [step for step in STEPS if step.after is RequestState.CONFIRMED]

    assert {frozenset({Party.PERSON, Party.HELPER})} == {step.by for step in confirming}
    assert all(Guard.YES in step.needs for step in confirming)


def test_nothing_leaves_a_state_that_is_closed() -> None:
    assert {RequestState.WITHDRAWN, RequestState.CLOSED} == CLOSED_STATES
    for state in CLOSED_STATES:
        assert not is_open(state)
        assert [] == [step for party in Party for step in allowed_steps(state, party)]


def test_a_party_finds_at_most_one_step_to_each_state() -> None:
    for state, party in product(RequestState, Party):
        targets = [step.after for step in allowed_steps(state, party)]
        assert len(targets) == len(set(targets))


def test_the_person_is_shown_what_they_can_do() -> None:
    steps = allowed_steps(RequestState.ARRANGED, Party.PERSON)

    assert ["arranging", "confirmed", "withdrawn"] == [step.after for step in steps]


@pytest.mark.parametrize("state", RequestState)
def test_a_human_rings_when_nobody_answered_three_working_days_before(state: RequestState) -> None:
    friday, thursday, wednesday = date(2026, 11, 20), date(2026, 11, 26), date(2026, 11, 25)

    assert (state in ASKING) is must_ring(state, friday, wednesday)
    assert not must_ring(state, friday, thursday)
    assert (state in ASKING) is must_ring(state, friday, thursday, {date(2026, 11, 23)})


def test_every_state_has_its_own_plain_words() -> None:
    words = {state_words(state) for state in RequestState}

    assert len(RequestState) == len(words)
    assert "We are arranging this" == state_words(RequestState.ARRANGING)


def test_the_view_of_the_person_decides() -> None:
    for outcome, other in product(OUTCOMES, OUTCOMES):
        assert (outcome is not other) is legal(outcome, other, Party.PERSON)
        assert not legal(outcome, other, Party.FACILITATOR)
