"""What people type, plans and guests, for properties."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from scheduling.answers import Answer
from scheduling.ical.build import Invite, Mailbox, PartStat
from scheduling.meeting import DialIn, Host, MeetingState, Place, Plan
from scheduling.notices import Guest
from scheduling.time import WallTime
from scheduling.versions import Version
from scheduling.ways import Way, WayOffer

NASTY = [
    "O'Brien",
    'Ada "Ace" ^n',
    "نور وأصدقاؤها",
    "👩🏽‍🦽👨‍👩‍👧",
    "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.example?=",
    "a\r\nBEGIN:VALARM",
    "\x00\x07\x1b[31m\x85\u2028",
    "\u202eabc\u2066",
    "back\\slash\\n, comma; semicolon: colon",
    "é" * 200,
    "Z" + "\u0301" * 40,
]
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Gaza"]
IDS = [UUID(int=number) for number in range(1, 6)]


def words() -> st.SearchStrategy[str]:
    """Make texts: any characters at all, mixed with the ones that break things."""
    pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
    return st.lists(pieces, max_size=3).map("".join)


def instants() -> st.SearchStrategy[datetime]:
    """Make instants of 2026 and 2027, to the minute."""
    minutes = st.integers(0, 2 * 365 * 24 * 60)
    return minutes.map(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count))


def wall_times(zones: st.SearchStrategy[str]) -> st.SearchStrategy[WallTime]:
    """Make wall times, those round clock changes among them."""
    return st.builds(lambda at, zone: WallTime(at.replace(tzinfo=None), zone), instants(), zones)


def invites() -> st.SearchStrategy[Invite]:
    """Make invitations to London meetings by day, with any words in them."""
    start = st.integers(0, 700).map(
        lambda days: WallTime(
            datetime(2026, 1, 1, 9, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=days),
            "Europe/London",
        )
    )
    return st.builds(
        Invite,
        uid=st.from_regex(r"[a-z0-9]{1,40}\.[a-z0-9]{4,90}@example\.org", fullmatch=True),
        version=st.builds(Version, st.integers(0, 99), instants()),
        created=instants(),
        start=start,
        minutes=st.integers(1, 600),
        zone_rule=st.just(""),
        summary=words(),
        description=st.lists(words(), max_size=4).map(tuple),
        location=words(),
        url=st.sampled_from(["", "https://manyways.example.org/i/" + "abcd-" * 30]),
        conference_label=words(),
        organiser=st.builds(Mailbox, words(), st.just("hub@example.org")),
        attendee=st.builds(Mailbox, words(), st.just("o'brien+x@example.org")),
        part_stat=st.sampled_from(PartStat),
        is_private=st.booleans(),
    )


def offers() -> st.SearchStrategy[tuple[WayOffer, ...]]:
    """Make what a meeting offers: each way at most once."""
    ways = st.lists(st.sampled_from(Way), unique=True)
    return ways.map(lambda chosen: tuple(WayOffer(way, 10) for way in chosen))


def plans(states: st.SearchStrategy[MeetingState]) -> st.SearchStrategy[Plan]:
    """Make plans from few values, so that two of them are often alike in much."""
    host = st.sampled_from([None, Host(IDS[0], "Ada"), Host(IDS[1], "Ben")])
    place = st.sampled_from([None, Place("Hall"), Place("Library", "Longton")])
    return st.builds(
        Plan,
        state=states,
        start=st.sampled_from([13, 14]).map(_on_thursday),
        minutes=st.sampled_from([60, 90]),
        neutral_title=st.sampled_from(["Thursday session", "Our session"]),
        is_open=st.booleans(),
        real_title=st.sampled_from(["", "Helpers’ circle"]),
        offers=offers(),
        room_place=place,
        outdoor_place=place,
        lead=host,
        second=host,
        help_phone=st.sampled_from(["01632 960100", "01632 960101"]),
        dial_in=st.sampled_from([None, DialIn("01632 960200", "4711")]),
        note=st.sampled_from(["", "Bring a coat"]),
    )


def guest_lists() -> st.SearchStrategy[list[Guest]]:
    """Make the guests of one meeting, each once."""
    ways = st.sampled_from([None, *Way])
    guests = st.builds(Guest, st.sampled_from(IDS), ways, st.sampled_from(Answer))
    return st.lists(guests, unique_by=lambda guest: guest.id)


def _on_thursday(hour: int) -> WallTime:
    return WallTime(datetime.fromisoformat(f"2027-01-14T{hour}:00"), "Europe/London")
