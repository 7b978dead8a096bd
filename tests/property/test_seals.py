"""A sealed value opens with its key where it was sealed, and nowhere else."""

import os
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from service.storage.seals import NONCE_BYTES, Seal

CIPHER, OTHER = AESGCM(b"k" * 32), AESGCM(b"o" * 32)
names = st.text("abc_", min_size=1, max_size=6)
places = st.tuples(names, names, st.uuids(), st.uuids())


@given(places, st.text(max_size=300))
def test_words_open_where_they_were_sealed(place: tuple[str, str, UUID, UUID], words: str) -> None:
    table, column, house, row = place
    seal = Seal(table, column, house)

    assert words == seal.open(CIPHER, row, *seal.close(CIPHER, row, words))


@given(places, places)
def test_words_open_in_no_other_place(
    place: tuple[str, str, UUID, UUID], other: tuple[str, str, UUID, UUID]
) -> None:
    assume(place != other)
    nonce, sealed = Seal(*place[:3]).close(CIPHER, place[3], "quiet")

    with pytest.raises(InvalidTag):
        Seal(*other[:3]).open(CIPHER, other[3], nonce, sealed)


@given(places)
def test_words_open_with_no_other_key(place: tuple[str, str, UUID, UUID]) -> None:
    seal = Seal(*place[:3])

    with pytest.raises(InvalidTag):
        seal.open(OTHER, place[3], *seal.close(CIPHER, place[3], "quiet"))


@given(places, st.binary(min_size=1, max_size=4), st.integers(min_value=0))
def test_words_that_were_changed_do_not_open(
    place: tuple[str, str, UUID, UUID], flip: bytes, at: int
) -> None:
    seal = Seal(*place[:3])
    nonce, sealed = seal.close(CIPHER, place[3], "somebody at the door")
    at %= len(sealed) - len(flip)
    changed = bytes(a ^ b for a, b in zip(sealed[at:], flip, strict=False))
    assume(any(flip))

    with pytest.raises(InvalidTag):
        seal.open(CIPHER, place[3], nonce, sealed[:at] + changed + sealed[at + len(flip) :])


@given(places)
def test_no_two_values_share_a_nonce(place: tuple[str, str, UUID, UUID]) -> None:
    seal = Seal(*place[:3])

    nonces = {seal.close(CIPHER, place[3], "quiet")[0] for _ in range(50)}

    assert 50 == len(nonces)


@given(places)
def test_what_was_sealed_before_still_opens_in_its_place_alone(
    place: tuple[str, str, UUID, UUID],
) -> None:
    table, column, house, row = place
    nonce, bound_to = os.urandom(NONCE_BYTES), f"{table}|{column}|{row}|{house}".encode()
    sealed = CIPHER.encrypt(nonce, b"quiet", bound_to)

    assert "quiet" == Seal(table, column, house).open(CIPHER, row, nonce, sealed)
    with pytest.raises(InvalidTag):
        Seal(table, column + "x", house).open(CIPHER, row, nonce, sealed)
