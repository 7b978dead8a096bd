"""Receipts: what is taken, told by its first bytes; and what a photo may not say of where it was taken."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.actions.money.receipt_files import LARGEST_RECEIPT, read_receipt
from service.errors import Invalid
from tests.photos import HEIC, PDF, PHOTO, PLACE, SCAN, chunk, exif, jpeg, part, png


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PHOTO, "image/jpeg"),
        (png(), "image/png"),
        (PDF, "application/pdf"),
        (HEIC, "image/heic"),
    ],
)
def test_photos_and_pdfs_are_taken(content: bytes, media_type: str) -> None:
    assert media_type == read_receipt(content).media_type


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(20),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ" + bytes(60),
        b"PK\x03\x04" + bytes(60),
        b"\x00\x00\x00\x18ftypmp42" + bytes(20),
        b"not a photo at all",
        b" %PDF-1.4",
    ],
)
def test_everything_else_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_receipt(content)

    assert {"receipt": "not-a-receipt"} == refused.value.fields


def test_nothing_is_no_receipt() -> None:
    with pytest.raises(Invalid) as refused:
        read_receipt(b"")

    assert {"receipt": "no-file"} == refused.value.fields


def test_five_megabytes_are_taken_and_not_one_byte_more() -> None:
    whole = PDF + bytes(LARGEST_RECEIPT - len(PDF))

    assert LARGEST_RECEIPT == len(read_receipt(whole).content)
    with pytest.raises(Invalid) as refused:
        read_receipt(whole + b" ")
    assert {"receipt": "file-too-long"} == refused.value.fields


@pytest.mark.parametrize(
    "telling",
    [
        part(0xE1, exif(1)),
        part(0xE1, exif(1, order="<")),
        part(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
        part(0xE2, b"MPF\x00" + PLACE),
        part(0xED, b"Photoshop 3.0\x00" + PLACE),
        part(0xFE, PLACE),
    ],
)
def test_a_jpeg_says_nothing_of_where_it_was_taken(telling: bytes) -> None:
    assert jpeg() == read_receipt(jpeg(telling)).content


def test_a_second_picture_behind_the_first_is_left_out() -> None:
    assert jpeg() == read_receipt(jpeg(behind=PHOTO)).content


def test_colours_and_the_picture_stay_as_they_are() -> None:
    harmless = (
        part(0xE0, b"JFIF\x00" + bytes(9)),
        part(0xE2, b"ICC_PROFILE\x00\x01\x01" + bytes(30)),
        part(0xEE, b"Adobe" + bytes(7)),
    )

    assert jpeg(*harmless) == read_receipt(jpeg(*harmless)).content
    assert SCAN in read_receipt(PHOTO).content


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("turn", range(2, 9))
def test_which_way_is_up_is_kept(turn: int, order: str) -> None:
    jfif = part(0xE0, b"JFIF\x00" + bytes(9))

    kept = read_receipt(jpeg(jfif, part(0xE1, exif(turn, order=order)))).content

    said = part(0xE1, exif(turn).removesuffix(PLACE))
    assert jpeg(jfif, said) == kept
    assert kept == read_receipt(kept).content


@pytest.mark.parametrize("turn", [0, 1, 9, 65535])
def test_a_nonsense_turn_is_left_out(turn: int) -> None:
    assert jpeg() == read_receipt(jpeg(part(0xE1, exif(turn)))).content


@pytest.mark.parametrize("kind", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"])
def test_a_png_says_nothing_but_its_picture(kind: bytes) -> None:
    assert png() == read_receipt(png(chunk(kind, PLACE), behind=PLACE)).content


@given(content=st.binary(max_size=200), begins=st.sampled_from([PHOTO, png(), PDF, HEIC]))
@example(content=b"\xff", begins=b"\xff\xd8\xff")
def test_no_bytes_get_through_but_as_a_file_or_a_clear_no(content: bytes, begins: bytes) -> None:
    for at in (3, 8, len(begins) // 2):
        try:
            kept = read_receipt(begins[:at] + content)
        except Invalid as refused:
            assert {"receipt"} == set(refused.fields)
        else:
            assert len(kept.content) <= len(begins) + len(content)


@pytest.mark.parametrize("length", range(3, len(PHOTO)))
def test_a_photo_cut_short_is_refused(length: int) -> None:
    with pytest.raises(Invalid) as refused:
        read_receipt(PHOTO[:length])

    assert {"receipt": "broken-file"} == refused.value.fields
