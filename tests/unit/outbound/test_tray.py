"""What is laid in the post tray is there whole, once, and can be read."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from service.outbound import letters
from service.outbound.channel import Outgoing, TemporaryFailure
from service.outbound.mail import outgoing
from service.outbound.tray import NoSuchLetter, PostTray
from tests.unit.outbound.samples import ADA, INVITATION, NOTE, SENT_AT, changed

INVITED = outgoing(letters.invitation(INVITATION))


@pytest.fixture
def tray(tmp_path: Path) -> PostTray:
    """Make a tray in a folder that is not there yet."""
    return PostTray(tmp_path / "post")


async def test_a_letter_lies_in_the_tray_as_it_would_have_been_sent(
    tray: PostTray, tmp_path: Path
) -> None:
    await tray.send(INVITED)

    (path,) = (tmp_path / "post").iterdir()
    assert path.read_bytes() == INVITED.raw
    assert path.name.startswith("20270112T090000Z-")


async def test_a_letter_in_the_tray_can_be_read(tray: PostTray) -> None:
    await tray.send(INVITED)

    (letter,) = await tray.newest()
    assert letter.subject == "Thursday session, Thursday 21 January, 2pm"
    assert letter.to == "Ada <ada@example.org>"
    assert letter.when == SENT_AT
    assert letter.text.startswith("Hello Ada,")
    assert "<!doctype html>" in letter.html
    assert letter.calendar.startswith("BEGIN:VCALENDAR")
    assert letter == await tray.letter(letter.name)
    assert await tray.raw(letter.name) == INVITED.raw


async def test_the_same_letter_again_takes_its_own_place(tray: PostTray, tmp_path: Path) -> None:
    await tray.send(INVITED)
    later = replace(INVITATION, version=replace(INVITATION.version, stamp=SENT_AT + timedelta(1)))

    await tray.send(outgoing(letters.invitation(later)))
    await PostTray(tmp_path / "post").send(outgoing(letters.invitation(later)))

    (letter,) = await tray.newest()
    assert letter.when == SENT_AT + timedelta(1)


async def test_the_newest_letter_comes_first(tray: PostTray) -> None:
    for days in (2, 3, 1):
        note = replace(NOTE, key=f"k{days}", date=SENT_AT + timedelta(days))
        await tray.send(outgoing(letters.sign_in(note, url="https://x.example", code="123456")))

    assert [3, 2] == [(each.when - SENT_AT).days for each in await tray.newest(2)]


async def test_many_letters_at_once_all_arrive(tray: PostTray) -> None:
    notes = [replace(NOTE, key=f"k{number}") for number in range(50)]
    sent = [outgoing(letters.your_link(note, ())) for note in notes]

    await asyncio.gather(*(tray.send(each) for each in sent for _ in range(2)))

    assert len(await tray.newest()) == len(sent)


async def test_a_half_written_or_foreign_file_is_not_a_letter(
    tray: PostTray, tmp_path: Path
) -> None:
    await tray.send(INVITED)
    (tmp_path / "post" / "20270112T090000Z-0.part").write_bytes(b"half")
    (tmp_path / "post" / "notes.txt").write_text("mine")

    assert len(await tray.newest()) == 1


@pytest.mark.parametrize(
    "name",
    ["", ".", "../secret.eml", "/etc/passwd", f"20270112T090000Z-{'0' * 32}.eml", "a\x00.eml"],
)
async def test_a_name_that_is_no_letter_opens_nothing(
    tray: PostTray, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret.eml").write_text("secret")
    await tray.send(INVITED)

    with pytest.raises(NoSuchLetter):
        await tray.letter(name)


async def test_a_broken_mail_in_the_tray_does_not_hide_the_others(
    tray: PostTray, tmp_path: Path
) -> None:
    await tray.send(INVITED)
    await tray.send(Outgoing("a@b.example", "c@d.example", b"\xff\x00 no mail", "<x@y>"))

    found = await tray.newest()

    assert ["Thursday session, Thursday 21 January, 2pm", ""] == [each.subject for each in found]


async def test_a_tray_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "post").write_text("a file where the folder should be")
    tray = PostTray(tmp_path / "post")

    with pytest.raises(TemporaryFailure):
        await tray.send(INVITED)
    with pytest.raises(TemporaryFailure):
        await tray.check()


async def test_an_update_is_a_letter_of_its_own(tray: PostTray) -> None:
    await tray.send(INVITED)
    await tray.send(outgoing(letters.update(changed(INVITATION, "It starts at 2pm."))))

    assert len(await tray.newest()) == 2
    assert ADA.mail in (await tray.newest())[0].to
