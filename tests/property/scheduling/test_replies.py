"""Which answers count, against a slow oracle; and a reader that no bytes can make fail."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scheduling.ical.read import CalendarEvent, UnreadableCalendar, read_calendar
from scheduling.replies import Known, Verdict, judge, version_answered
from scheduling.versions import Version

DAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
NOW = DAY + timedelta(hours=2)
TIMES = (DAY + timedelta(days=14), DAY + timedelta(days=21), None)


@dataclass(frozen=True)
class Sent:
    """An answer as it was sent: about which version, when, and with which start in it."""

    sequence: int
    minute: int
    start: datetime | None

    @property
    def event(self) -> CalendarEvent:
        """Give it as it is read."""
        stamp = DAY + timedelta(minutes=self.minute)
        return CalendarEvent("REPLY", "x", self.sequence, stamp, starts_at=self.start)


SENT = st.builds(Sent, st.integers(0, 6), st.integers(0, 100), st.sampled_from(TIMES))


@given(st.lists(SENT, max_size=8), st.randoms(use_true_random=False), st.sampled_from((None, 2, 4)))
def test_the_newest_answer_wins_whatever_the_order(
    sent: list[Sent], order: Random, moved_with: int | None
) -> None:
    starts_at, version = TIMES[0], Version(4, DAY)
    arrived = list(sent)
    order.shuffle(arrived)

    newest: Version | None = None
    for each in arrived:
        known = Known(version, starts_at, moved_with, newest)
        if judge(each.event, known, NOW) is not Verdict.OLDER:
            newest = version_answered(each.event, known, NOW)

    best = max(((min(each.sequence, 4), each.minute) for each in sent), default=None)
    wanted = None if best is None else Version(best[0], DAY + timedelta(minutes=best[1]))
    assert wanted == newest


@given(SENT, st.sampled_from((None, 1, 3, 4)))
def test_an_answer_counts_if_its_time_is_the_time_now(sent: Sent, moved_with: int | None) -> None:
    known = Known(Version(4, DAY), TIMES[0], moved_with)

    saw_old_time = moved_with is not None and sent.sequence < moved_with
    is_other = saw_old_time and sent.start != TIMES[0]
    wanted = Verdict.OTHER_TIME if is_other else Verdict.COUNTS
    assert wanted is judge(sent.event, known, NOW)


@given(st.integers(0, 10**6), st.integers(-(10**6), 10**6))
def test_no_answer_is_from_the_future(sequence: int, minutes: int) -> None:
    event = CalendarEvent("REPLY", "x", sequence, DAY + timedelta(minutes=minutes))
    known = Known(Version(3, DAY), TIMES[0])

    believed = version_answered(event, known, NOW)

    assert believed.sequence <= 3
    assert believed.stamp <= NOW


LINES = st.sampled_from(
    [
        *(
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "METHOD:REPLY",
            "UID:x",
        ),
        *('ATTENDEE;CN=";PARTSTAT=ACCEPTED:mailto:a@b', "SEQUENCE:1", "DTSTAMP:20270112T090000Z"),
        *("DTSTART;TZID=Europe/London:20270112T090000", "COMMENT:\\", " folded", ";;;:", "\x00"),
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=40), st.sampled_from(["\r\n", "\n", "\r"]))
def test_whatever_comes_is_read_or_refused(lines: list[str], end: str) -> None:
    try:
        events = read_calendar(end.join(lines).encode("utf-8", errors="surrogatepass"))
    except UnreadableCalendar:
        return
    assert events


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    try:
        read_calendar(content)
    except UnreadableCalendar as refusal:
        assert refusal.why.startswith("calendar-")
