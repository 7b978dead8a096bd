"""What a meeting offers of each way of joining."""

import pytest

from scheduling.errors import BrokenValue
from scheduling.ways import EASE, IN_PERSON_WAYS, REMOTE_WAYS, Way, WayOffer, by_ease


def test_each_way_is_either_remote_or_in_person() -> None:
    assert set(Way) == REMOTE_WAYS | IN_PERSON_WAYS
    assert not REMOTE_WAYS & IN_PERSON_WAYS
    assert [False, True, True, False] == [way.is_remote for way in Way]


def test_the_order_of_ease_names_every_way_once() -> None:
    assert sorted(Way) == sorted(EASE)


def test_an_offer_without_a_limit_is_never_full() -> None:
    offer = WayOffer(Way.OUTDOORS, None, taken=500)

    assert offer.left is None
    assert offer.has_room(1000)
    assert not offer.is_full


@pytest.mark.parametrize(("taken", "left", "is_full"), [(0, 2, False), (1, 1, False), (2, 0, True)])
def test_an_offer_counts_the_places_left(taken: int, left: int, is_full: bool) -> None:
    offer = WayOffer(Way.ROOM, 2, taken)

    assert (left, is_full) == (offer.left, offer.is_full)


def test_a_person_with_a_supporter_needs_two_places() -> None:
    assert WayOffer(Way.ROOM, 3, taken=1).has_room(2)
    assert not WayOffer(Way.ROOM, 3, taken=2).has_room(2)


def test_a_limit_lowered_below_the_places_taken_leaves_none() -> None:
    offer = WayOffer(Way.ROOM, 2, taken=5)

    assert 0 == offer.left
    assert offer.is_full


@pytest.mark.parametrize(("places", "taken"), [(0, 0), (-1, 0), (2, -1), (None, -1)])
def test_an_offer_that_makes_no_sense_is_refused(places: int | None, taken: int) -> None:
    with pytest.raises(BrokenValue):
        WayOffer(Way.ROOM, places, taken)


def test_offers_stand_in_the_order_of_ease() -> None:
    offers = [WayOffer(way, None) for way in Way]

    assert EASE == tuple(offer.way for offer in by_ease(offers))


def test_the_same_way_twice_is_refused() -> None:
    with pytest.raises(BrokenValue):
        by_ease([WayOffer(Way.ROOM, 2), WayOffer(Way.ROOM, 3)])
