"""What follows from room events: stays, who is in now, who waits, who took part."""

from datetime import UTC, datetime, timedelta

from scheduling.presence import Somebody, presence_of, took_part
from scheduling.room_events import EventKind, RoomEvent, Visit
from scheduling.time import Slot
from scheduling.ways import Way

BEGIN = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
ROOM = "kiln-street-7f3a"
SLOT = Slot(BEGIN, BEGIN + timedelta(hours=1))


def event(kind: EventKind, seconds: float, occupant: str = "", **facts: object) -> RoomEvent:
    """Tell something that happened so many seconds after the beginning."""
    when = BEGIN + timedelta(seconds=seconds)
    values: dict[str, object] = {"room": ROOM, "at": when, "occupant": occupant, **facts}
    return RoomEvent(key=f"{kind}|{values}", kind=kind, **values)  # type: ignore[arg-type]


def joined(seconds: float, occupant: str = "one", **facts: object) -> RoomEvent:
    """Tell that somebody joined."""
    return event(EventKind.JOINED, seconds, occupant, **facts)


def left(seconds: float, occupant: str = "one", **facts: object) -> RoomEvent:
    """Tell that somebody left."""
    return event(EventKind.LEFT, seconds, occupant, **facts)


def spans(*events: RoomEvent, closed_at: datetime | None = None) -> list[tuple[object, object]]:
    """Give the stays as seconds from the beginning."""
    found = presence_of(events, closed_at=closed_at).stays
    return [(_seconds(each.starts_at), _seconds(each.ends_at)) for each in found]


def test_somebody_on_two_devices_is_in_once() -> None:
    presence = presence_of(
        [
            joined(0, "laptop", person="ada", name="Ada"),
            joined(60, "phone", person="ada", name="Ada W"),
        ]
    )

    assert (Somebody(Way.ONLINE, "ada", "Ada W"),) == presence.now()
    assert 2 == len(presence.stays)


def test_a_dropped_line_is_two_stays_of_one_person() -> None:
    events = [
        joined(0, "one", person="ada"),
        left(600, "one", person="ada"),
        joined(630, "two", person="ada"),
    ]

    assert [(0, 600), (630, None)] == spans(*events)
    assert {"ada": Way.ONLINE} == took_part(presence_of(events), SLOT).people


def test_who_leaves_and_comes_back_within_a_second_is_still_in() -> None:
    assert [(0, 600), (600, None)] == spans(joined(0), left(600), joined(600))


def test_who_comes_and_goes_within_a_second_is_not_in() -> None:
    assert [(0, 0)] == spans(left(0), joined(0))


def test_a_clock_put_back_makes_no_stay_run_backwards() -> None:
    assert [(None, 10)] == spans(joined(10), left(7))


def test_a_leaving_without_a_coming_is_a_stay_of_unknown_start() -> None:
    lonely = left(600, person="ada")

    assert [(None, 600)] == spans(lonely)
    assert {"ada": Way.ONLINE} == took_part(presence_of([lonely]), SLOT).people


def test_a_line_of_an_ended_rooms_list_that_makes_no_sense_is_a_leaving() -> None:
    odd = Visit("one", BEGIN + timedelta(seconds=90), BEGIN + timedelta(seconds=30))

    assert [(None, 90)] == spans(event(EventKind.DESTROYED, 100, visits=(odd,)))


def test_an_ended_rooms_list_knows_even_those_of_whom_nothing_came() -> None:
    nothing_known = Visit("one", person="ada")

    assert [(None, 100)] == spans(event(EventKind.DESTROYED, 100, visits=(nothing_known,)))


def test_who_never_left_has_gone_when_the_room_ended() -> None:
    assert [(0, 700)] == spans(joined(0), event(EventKind.DESTROYED, 700))


def test_who_never_left_has_gone_when_the_room_began_anew() -> None:
    begun = event(EventKind.CREATED, 0, run="1")
    anew = event(EventKind.CREATED, 900, run="2")

    assert [(0, 900)] == spans(begun, joined(0), anew)


def test_who_came_as_the_room_began_is_in() -> None:
    assert [(0, None)] == spans(joined(0), event(EventKind.CREATED, 1, run="1"))


def test_the_end_of_an_earlier_run_puts_nobody_out_of_the_next() -> None:
    ended = event(EventKind.DESTROYED, 0, run="1", visits=(Visit("zero"),))

    assert (0, None) in spans(ended, joined(0, "one"))


def test_who_never_left_has_gone_once_the_room_is_closed() -> None:
    closed_at = BEGIN + timedelta(hours=2)

    assert [(0, 7200)] == spans(joined(0), closed_at=closed_at)
    assert [(7300, 7300)] == spans(joined(7300), closed_at=closed_at)


def test_a_break_out_is_in_the_meeting_and_its_end_ends_nothing_else() -> None:
    presence = presence_of(
        [
            joined(0, "one", person="ada"),
            joined(0, "two", person="ben"),
            left(300, "one"),
            joined(300, "one", breakout="side"),
            event(EventKind.DESTROYED, 400, breakout="side", visits=(Visit("one"),)),
            joined(401, "one"),
        ]
    )

    assert ["ada", "ben"] == [each.person for each in presence.now()]


def test_who_goes_to_a_break_out_has_left_the_big_room_even_if_that_was_lost() -> None:
    events = [joined(0), joined(300, breakout="side"), left(500, breakout="side")]

    assert () == presence_of(events).now()


def test_guests_without_a_name_count_as_many_as_there_were_at_once() -> None:
    presence = presence_of(
        [
            *(joined(0, "one"), left(600, "one")),
            *(joined(700, "one again"), left(1200, "one again")),
            joined(900, "two"),
        ]
    )

    assert (Somebody(Way.ONLINE),) == presence.now()
    assert {Way.ONLINE: 2} == took_part(presence, SLOT).others


def test_a_guest_with_a_typed_name_counts_once() -> None:
    presence = presence_of(
        [joined(0, "one", name="Mo"), left(600, "one"), joined(700, "two", name=" mo")]
    )

    assert (Somebody(Way.ONLINE, "", " mo"),) == presence.now()
    assert {Way.ONLINE: 1} == took_part(presence, SLOT).others


def test_a_caller_is_by_phone_and_redialling_counts_once() -> None:
    presence = presence_of(
        [
            event(EventKind.DIALLED_IN, 0, "call-1", phone="01632960102"),
            event(EventKind.HUNG_UP, 600, "call-1"),
            event(EventKind.DIALLED_IN, 700, "call-2", phone="01632960102"),
        ]
    )

    assert (Somebody(Way.PHONE),) == presence.now()
    assert {Way.PHONE: 1} == took_part(presence, SLOT).others


def test_a_caller_with_a_pin_of_their_own_is_known_in_the_room() -> None:
    asked = event(EventKind.DIALLED_IN, 0, "pin:joan:1", person="joan")
    nameless = joined(12, "jigasi")

    presence = presence_of([nameless, asked])

    assert (Somebody(Way.PHONE, "joan"),) == presence.now()
    assert () == presence_of([nameless, asked, left(800, "jigasi")]).now()


def test_each_caller_becomes_another_nameless_connection() -> None:
    presence = presence_of(
        [
            joined(-300, "somebody before"),
            event(EventKind.DIALLED_IN, 0, person="joan"),
            event(EventKind.DIALLED_IN, 5, person="ken"),
            joined(12, "first"),
            joined(15, "second"),
        ]
    )

    assert [
        Somebody(Way.PHONE, "joan"),
        Somebody(Way.PHONE, "ken"),
        Somebody(Way.ONLINE),
    ] == list(presence.now())


def test_a_caller_no_connection_follows_is_in_until_the_room_ends() -> None:
    asked = event(EventKind.DIALLED_IN, 0, person="joan")
    named = joined(10, "one", person="ada")

    assert ["ada", "joan"] == sorted(each.person for each in presence_of([asked, named]).now())
    assert () == presence_of([asked, event(EventKind.DESTROYED, 900)]).now()


def test_a_menu_that_asks_again_before_the_caller_is_through_tells_of_one_call() -> None:
    asked = [event(EventKind.DIALLED_IN, at, person="joan") for at in (0, 2)]
    call = [*asked, joined(12, "jigasi")]

    assert (Somebody(Way.PHONE, "joan"),) == presence_of(call).now()
    assert () == presence_of([*call, left(800, "jigasi")]).now()


def test_who_rings_again_after_a_minute_is_known_again() -> None:
    first = [event(EventKind.DIALLED_IN, 0, person="joan"), joined(5, "one"), left(20, "one")]
    again = [event(EventKind.DIALLED_IN, 40, person="joan"), joined(45, "two")]

    assert (Somebody(Way.PHONE, "joan"),) == presence_of([*again, *first]).now()
    assert () == presence_of([*again, *first, left(60, "two")]).now()


def test_a_caller_with_the_pin_of_the_session_is_somebody_on_the_phone() -> None:
    asked = event(EventKind.DIALLED_IN, 0, "")
    nameless = joined(12, "jigasi")

    assert (Somebody(Way.PHONE),) == presence_of([nameless, asked]).now()
    assert () == presence_of([nameless, asked, left(800, "jigasi")]).now()
    assert () == presence_of([asked]).now()


def test_a_server_that_knows_who_calls_tells_when_they_go() -> None:
    call = event(EventKind.DIALLED_IN, 0, "call-1", person="joan")
    gone = event(EventKind.HUNG_UP, 60, "call-1")

    assert [(0, 60)] == spans(call, gone, joined(10, "one", name="Mo"), left(11, "one"))[:1]


def test_a_table_for_the_phone_is_by_phone() -> None:
    at_table = joined(0, room="table-1")

    presence = presence_of([at_table], phone_rooms=["table-1"])

    assert (Somebody(Way.PHONE),) == presence.now()


def test_the_host_of_a_table_for_the_phone_is_online() -> None:
    host = joined(0, "browser", person="h-ada", room="table-1")

    presence = presence_of([host], phone_rooms=["table-1"])

    assert (Somebody(Way.ONLINE, "h-ada"),) == presence.now()


def test_the_way_is_the_one_by_which_they_were_there_longest() -> None:
    presence = presence_of(
        [
            event(EventKind.DIALLED_IN, 0, "call", person="joan"),
            event(EventKind.HUNG_UP, 600, "call"),
            joined(300, "laptop", person="joan"),
            left(800, "laptop"),
        ]
    )

    assert {"joan": Way.PHONE} == took_part(presence, SLOT).people


def test_who_only_looked_in_did_not_take_part() -> None:
    presence = presence_of(
        [
            *(joined(0, "one", person="ada"), left(59, "one")),
            *(joined(0, "two", person="ben"), left(30, "two")),
            *(joined(100, "three", person="ben"), left(130, "three")),
            *(joined(-600, "four", person="cleo"), left(0, "four")),
            joined(3600, "five", person="dov"),
        ]
    )

    assert {"ben": Way.ONLINE} == took_part(presence, SLOT).people


def test_who_knocks_waits_until_they_are_let_in_or_go() -> None:
    knocks = event(EventKind.LOBBY_JOINED, 0, "one", person="ada", name="Ada")
    twice = event(EventKind.LOBBY_JOINED, 5, "two", person="ada", name="Ada")
    gone = event(EventKind.LOBBY_LEFT, 9, "one")

    assert (Somebody(Way.ONLINE, "ada", "Ada"),) == presence_of([knocks, twice]).waiting
    assert (Somebody(Way.ONLINE, "ada", "Ada"),) == presence_of([knocks, twice, gone]).waiting
    assert () == presence_of([knocks, gone]).waiting
    assert () == presence_of([knocks, joined(9, "one", person="ada")]).waiting
    assert () == presence_of([knocks, event(EventKind.DESTROYED, 60)]).waiting
    assert () == presence_of([knocks], closed_at=BEGIN + timedelta(hours=2)).waiting


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else round((at - BEGIN).total_seconds())
