"""Where a thing is, and what stands in the way of lending it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.kit import KitKind, KitState, Lent, comes_back, must_be_wiped, state_of

TODAY = date(2027, 1, 12)
DAYS = st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=30))
LENT = st.none() | st.builds(Lent, DAYS, st.booleans(), st.booleans())


def test_a_thing_nobody_ever_borrowed_is_here() -> None:
    assert KitState.HERE is state_of(KitKind.TABLET, None, TODAY, is_retired=False)


def test_it_is_late_from_the_day_after_it_was_due() -> None:
    out = state_of(KitKind.PHONE, Lent(TODAY), TODAY, is_retired=False)
    late = state_of(KitKind.PHONE, Lent(TODAY - timedelta(days=1)), TODAY, is_retired=False)

    assert (KitState.OUT, KitState.LATE) == (out, late)


@pytest.mark.parametrize("kind", KitKind)
def test_what_holds_peoples_data_is_wiped_before_anybody_else_has_it(kind: KitKind) -> None:
    back = state_of(kind, Lent(TODAY, is_back=True), TODAY, is_retired=False)
    wiped = state_of(kind, Lent(TODAY, is_back=True, is_wiped=True), TODAY, is_retired=False)

    assert (KitState.TO_WIPE if must_be_wiped(kind) else KitState.HERE) is back
    assert KitState.HERE is wiped


def test_a_sim_is_given_for_good_and_never_late() -> None:
    long_ago = Lent(TODAY - timedelta(days=90))

    assert KitState.GIVEN is state_of(KitKind.SIM, long_ago, TODAY, is_retired=True)
    assert [KitKind.SIM] == [kind for kind in KitKind if not comes_back(kind)]


@given(kind=st.sampled_from(KitKind), last=LENT, is_retired=st.booleans())
def test_only_what_is_back_and_clean_and_in_use_is_here(
    kind: KitKind, last: Lent | None, is_retired: bool
) -> None:
    is_out = last is not None and not last.is_back
    is_dirty = last is not None and must_be_wiped(kind) and not last.is_wiped

    found = state_of(kind, last, TODAY, is_retired=is_retired)

    assert (found is KitState.HERE) is not (is_out or is_dirty or is_retired)
