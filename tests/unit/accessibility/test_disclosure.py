"""Every reader and every field: how much is seen, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from accessibility.disclosure import TABLE, Extent, Field, Reader, masked, shown_count, what
from scheduling.time import Slot

START = datetime(2026, 11, 20, 14, tzinfo=UTC)
SLOT = Slot.of(START, 90)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

EXPECTED = {
    "attendance": "full full full full full count own_job none",
    "action_lines": "full unnamed full full none count own_job none",
    "own_words": "full none with_reason none none none none none",
    "contact": "full masked by_safe_rule none full none none none",
    "safe_contact": "full ask_coordinator full ask_coordinator full none none none",
    "safeguarding_note": "by_review write_only none none full none none none",
    "cost": "none none full none none full own_job none",
    "cash_list": "none full full full none none none none",
}
READERS = [
    "person",
    "facilitator",
    "coordinator",
    "cover",
    "safeguarding",
    "director",
    "supplier",
    "admin",
]
CELLS = [
    (reader, field, extent)
    for field, row in EXPECTED.items()
    for reader, extent in zip(READERS, row.split(), strict=True)
]


@pytest.mark.parametrize(("reader", "field", "extent"), CELLS)
def test_each_reader_sees_this_much_during_a_meeting(reader: str, field: str, extent: str) -> None:
    assert Extent(extent) is what(Reader(reader), Field(field), now=START, slot=SLOT)


def test_the_table_has_a_cell_for_every_reader_and_field() -> None:
    cells = {(reader, field) for field, row in TABLE.items() for reader in row}

    assert {(Reader(reader), Field(field)) for reader, field, _ in CELLS} == cells
    assert len(Reader) * len(Field) == len(cells)


@pytest.mark.parametrize("field", [Field.ACTION_LINES, Field.CONTACT])
@pytest.mark.parametrize(
    ("now", "is_seen"),
    [
        (START - 7 * DAY - TICK, False),
        (START - 7 * DAY, True),
        (SLOT.ends_at + 2 * DAY, True),
        (SLOT.ends_at + 2 * DAY + TICK, False),
    ],
)
def test_a_facilitator_sees_what_to_do_from_7_days_before_to_2_after(
    field: Field, now: datetime, is_seen: bool
) -> None:
    extent = what(Reader.FACILITATOR, field, now=now, slot=SLOT)

    assert is_seen is (extent is not Extent.NONE)


@pytest.mark.parametrize(
    ("now", "is_seen"),
    [
        (START - 1.5 * DAY - TICK, False),
        (START - 1.5 * DAY, True),
        (SLOT.ends_at + 2 * DAY, True),
        (SLOT.ends_at + 2 * DAY + TICK, False),
    ],
)
def test_a_facilitator_has_the_cash_list_the_day_before_and_2_days_after(
    now: datetime, is_seen: bool
) -> None:
    extent = what(Reader.FACILITATOR, Field.CASH_LIST, now=now, slot=SLOT)

    assert is_seen is (extent is not Extent.NONE)


@pytest.mark.parametrize(
    ("now", "extent"),
    [
        (START - 365 * DAY, Extent.FULL),
        (SLOT.ends_at + 14 * DAY, Extent.FULL),
        (SLOT.ends_at + 14 * DAY + TICK, Extent.NONE),
    ],
)
def test_a_facilitator_sees_names_and_answers_from_draft_to_14_days_after(
    now: datetime, extent: Extent
) -> None:
    assert extent is what(Reader.FACILITATOR, Field.ATTENDANCE, now=now, slot=SLOT)


def test_a_draft_without_a_time_shows_names_and_nothing_that_waits() -> None:
    seen = {field: what(Reader.FACILITATOR, field, now=START, slot=None) for field in Field}

    assert Extent.FULL is seen[Field.ATTENDANCE]
    assert Extent.NONE is seen[Field.ACTION_LINES]
    assert Extent.NONE is seen[Field.CONTACT]


@pytest.mark.parametrize("now", [START - 400 * DAY, START + 400 * DAY])
@pytest.mark.parametrize("field", Field)
def test_time_changes_nothing_for_anybody_but_facilitators(field: Field, now: datetime) -> None:
    for reader in set(Reader) - {Reader.FACILITATOR}:
        assert TABLE[field][reader] is what(reader, field, now=now, slot=SLOT)


def test_a_facilitator_never_reads_own_words_notes_or_costs() -> None:
    for days in range(-400, 400, 10):
        now = START + days * DAY
        assert Extent.NONE is what(Reader.FACILITATOR, Field.OWN_WORDS, now=now, slot=SLOT)
        assert Extent.NONE is what(Reader.FACILITATOR, Field.COST, now=now, slot=SLOT)
        note = what(Reader.FACILITATOR, Field.SAFEGUARDING_NOTE, now=now, slot=SLOT)
        assert Extent.WRITE_ONLY is note


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("07700 900123", "••• 123"),
        ("+44 (0)1782 555-123", "••• 123"),
        ("999123", "•••"),
        ("ada@example.org", "a•••@e•••.org"),
        ("a@example.org", "•••@e•••.org"),
        ("ada@ex", "a•••@•••"),
        ("@", "•••@•••"),
        ("12 Marsh Street, Stoke ST1 1AA", "•••"),
        ("12345 Long Road 6789", "•••"),
        ("", "•••"),
    ],
)
def test_a_masked_contact_tells_two_apart_and_no_more(contact: str, shown: str) -> None:
    assert shown == masked(contact)


@pytest.mark.parametrize(("count", "shown"), [(0, None), (1, None), (4, None), (5, 5), (120, 120)])
def test_numbers_below_five_are_hidden(count: int, shown: int | None) -> None:
    assert shown == shown_count(count)
